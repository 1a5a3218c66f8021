//! What the note to a task's owner says, what of it may cease to be true, and how that is taken back.
//!
//! The last note is read by how its lines begin. Deliberately not here: when somebody is told (`recalculate`).

use crate::words::{NOTICE_MARKER, short};
use domain::{Band, Judgement};

/// How the line about a band that rose begins.
const ROSE: &str = "Now ";
/// How the line about a date at risk begins.
const AT_RISK: &str = "Date at risk: ";
/// How the line begins that takes a band back.
const FELL: &str = "No longer ";
/// The line that takes a risk back.
const PASSED: &str = "The date is no longer at risk.";
/// What takes back the risk in the other note, beside this one.
pub(crate) const DANGER_PASSED: &str = "The date is no longer in danger.";

/// What there is to tell of a task.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct News {
    /// The band it rose from.
    pub rose: Option<Band>,
    /// Why its date is at risk.
    pub risk: Option<String>,
    /// The band that was told and that it has no more.
    pub fell: Option<Band>,
    /// Whether a risk that was told is none any more.
    pub passed: bool,
}

impl News {
    /// Whether it is news, and not only the end of what was.
    pub fn is_fresh(&self) -> bool {
        self.rose.is_some() || self.risk.is_some()
    }

    /// The note.
    pub fn text(&self, judgement: &Judgement) -> String {
        let mut lines = vec![format!("{NOTICE_MARKER} (automatic; people decide)")];
        if let Some(was) = self.rose {
            let why: Vec<String> =
                judgement.reasons().into_iter().take(2).map(|r| short(&r.to_string())).collect();
            lines.push(format!("{ROSE}{} (was {was}): {}.", judgement.band, why.join("; ")));
        }
        // Where there is fresh news of the band, what it fell from goes without saying.
        if let Some(told) = self.fell.filter(|_| !self.is_fresh()) {
            lines.push(format!("{FELL}{told}: {} now.", judgement.band));
        }
        lines.extend(self.risk.as_ref().map(|risk| format!("{AT_RISK}{risk}.")));
        lines.extend(self.passed.then(|| PASSED.to_owned()));
        lines.join("\n")
    }
}

/// What the last note says that may have ceased to be true: the band it tells of, and whether it tells of a risk.
pub(crate) fn said(note: &str) -> (Option<Band>, bool) {
    let band = note.lines().find_map(|line| Band::from_label(line.strip_prefix(ROSE)?.get(..2)?));
    (band, note.lines().any(|line| line.starts_with(AT_RISK)))
}

/// Whether a note to an owner does nothing but take back an earlier one: nobody needs it where that is gone.
#[must_use]
pub fn takes_back(text: &str) -> bool {
    let ends = |line: &str| line.starts_with(FELL) || line == PASSED || line == DANGER_PASSED;
    let mut lines = text.lines().skip(1).peekable();
    lines.peek().is_some() && lines.all(ends)
}
