//! How a candidate's labels came out on the requests held back, and what becomes of each.
//!
//! Deliberately not here: learning them.

use super::super::{LEAST_ROWS, Metric, Report, Verdict, verdict};
use super::{Answers, Row, TeamTriage};
use crate::learn::triage::{Aspect, Triage};
use std::collections::BTreeMap;

const COMMONEST: &str = "the commonest label";

/// Labelled requests, the older that taught and the newer that were held back, and what was said of these.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    pub earlier: &'a [Row<'a>],
    pub later: &'a [Row<'a>],
    pub answers: &'a [Answers],
}

/// What becomes of one label of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    /// It is no worse than what it replaces.
    Taken,
    /// What it would replace stays, for this reason.
    Stays(String),
    /// Nothing was learned of it, and nothing had been.
    Unknown,
}

/// Held-back labels that both a candidate and what it replaces were asked about.
#[derive(Clone, Copy, Debug, Default)]
struct Both {
    rows: usize,
    ours_missed: usize,
    theirs_missed: usize,
}

impl Both {
    fn of(held: &Held<'_>, at: usize, replaced: &TeamTriage) -> Self {
        let mut both = Self::default();
        let is_taught = replaced.model.is_taught(Aspect::ALL[at]);
        for (row, ours) in held.later.iter().zip(held.answers) {
            let Some(label) = row.labelled.labels[at] else { continue };
            let theirs = replaced.first(row, at);
            // Rules that say nothing have it wrong; a model that says nothing had been taught the answer.
            if theirs.is_none() && is_taught {
                continue;
            }
            both.rows += 1;
            both.ours_missed += usize::from(ours[at].first.as_deref() != Some(label));
            both.theirs_missed += usize::from(theirs.as_deref() != Some(label));
        }
        both
    }

    /// By how much larger a share the candidate has wrong.
    fn worse(self) -> f64 {
        (self.ours_missed as f64 - self.theirs_missed as f64) / self.rows.max(1) as f64
    }
}

/// What becomes of a label: a candidate that is worse than what it replaces, or cannot be compared with it, is not taken.
pub(super) fn fate(held: &Held<'_>, at: usize, (candidate, replaced): (&Triage, &TeamTriage)) -> Fate {
    let aspect = Aspect::ALL[at];
    let is_known = replaced.model.is_taught(aspect);
    let whose = if is_known { "the model in force" } else { "the rules" };
    if !candidate.is_taught(aspect) {
        return if is_known {
            Fate::Stays("too few older tasks have one by now".into())
        } else {
            Fate::Unknown
        };
    }
    let both = Both::of(held, at, replaced);
    let Both { rows, ours_missed: ours, theirs_missed: theirs } = both;
    if rows < LEAST_ROWS {
        return Fate::Stays(format!("fewer than {LEAST_ROWS} held-back tasks tell it from {whose}"));
    }
    if ours > theirs {
        return Fate::Stays(format!("of {rows} held-back tasks it had {ours} wrong, {whose} {theirs}"));
    }
    Fate::Taken
}

fn commonest(rows: &[Row<'_>], at: usize) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let labels = rows.iter().filter_map(|row| row.labelled.labels[at]);
    labels.for_each(|label| *counts.entry(label).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(label, _)| label.to_owned())
}

/// How one aspect of the held-back requests was answered.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    known: usize,
    missed: usize,
    missed_by_commonest: usize,
    asked: usize,
    given: usize,
    given_right: usize,
}

impl Counts {
    fn of(held: &Held<'_>, at: usize) -> Self {
        let common = commonest(held.earlier, at);
        let mut counts = Self::default();
        for (row, answers) in held.later.iter().zip(held.answers) {
            let Some(label) = row.labelled.labels[at] else { continue };
            let is_right = answers[at].first.as_deref() == Some(label);
            let is_given = answers[at].is_given == Some(true);
            counts.known += 1;
            counts.missed += usize::from(!is_right);
            counts.missed_by_commonest += usize::from(common.as_deref() != Some(label));
            counts.asked += usize::from(answers[at].is_given.is_some());
            counts.given += usize::from(is_given);
            counts.given_right += usize::from(is_given && is_right);
        }
        counts
    }

    fn metrics(self, aspect: Aspect, live: Option<Both>, precision: f64) -> Vec<Metric> {
        let share = |part: usize, of: usize| part as f64 / of as f64;
        let (name, known) = (aspect.words(), self.known);
        let right = share(known - self.missed, known);
        let mut first = Metric::new(&format!("{name} right"), right, known)
            .beside(COMMONEST, share(known - self.missed_by_commonest, known));
        first.in_force = live.map(|both| right + both.worse());
        let wanted = 100.0 * precision;
        let given = format!("{name} given by itself, {wanted:.0} % to be right");
        let given = Metric::new(&given, share(self.given, self.asked.max(1)), self.asked);
        let kept = (self.given > 0).then(|| {
            Metric::new(&format!("{name} right where given"), share(self.given_right, self.given), self.given)
        });
        [first, given].into_iter().chain(kept).collect()
    }
}

/// The report of a candidate, with the verdict on the version that is made of the labels that are taken and of those that stay.
pub(super) fn report(
    rows: &[Row<'_>],
    held: &Held<'_>,
    (fates, replaced): (&[Fate; 4], &TeamTriage),
    precision: f64,
) -> Report {
    let mut metrics = vec![];
    let (mut taken, mut all) = (Counts::default(), Both::default());
    for (at, aspect) in Aspect::ALL.into_iter().enumerate() {
        let counts = Counts::of(held, at);
        if counts.known == 0 {
            continue;
        }
        let is_known = replaced.model.is_taught(aspect);
        let both = is_known.then(|| Both::of(held, at, replaced)).filter(|both| both.rows >= LEAST_ROWS);
        metrics.extend(counts.metrics(aspect, both, precision));
        if fates[at] == Fate::Taken {
            taken.known += counts.known;
            taken.missed += counts.missed;
            taken.missed_by_commonest += counts.missed_by_commonest;
            let both = both.unwrap_or_default();
            all.rows += both.rows;
            all.ours_missed += both.ours_missed;
            all.theirs_missed += both.theirs_missed;
        }
    }
    let share = |missed: usize| missed as f64 / taken.known.max(1) as f64;
    let (ours, commonest) = (share(taken.missed), share(taken.missed_by_commonest));
    let in_force = (all.rows > 0).then(|| ours - all.worse());
    if taken.known > 0 {
        let mut wrong = Metric::new("labels wrong", ours, taken.known).beside(COMMONEST, commonest);
        wrong.in_force = in_force;
        metrics.insert(0, wrong);
    }
    Report {
        window: rows.first().zip(rows.last()).map(|(first, last)| (first.at, last.at)),
        rows: rows.len(),
        features: ["words of name and description", "headings", "structure", "intent", "tone"]
            .map(str::to_owned)
            .to_vec(),
        metrics,
        verdict: with_staying(verdict(ours, (COMMONEST, commonest), in_force), fates),
    }
}

/// The verdict, with the labels that stay as they are and why; a version of such alone is none.
fn with_staying(verdict: Verdict, fates: &[Fate; 4]) -> Verdict {
    let told = |(aspect, fate): (Aspect, &Fate)| match fate {
        Fate::Stays(why) => Some(format!("{} stays as it was: {why}", aspect.words())),
        Fate::Taken | Fate::Unknown => None,
    };
    let staying: Vec<String> = Aspect::ALL.into_iter().zip(fates).filter_map(told).collect();
    if !fates.contains(&Fate::Taken) {
        let why = format!(
            "no label is as good as what it would replace: {}; `upnext model use` puts it in force all the same",
            staying.join("; ")
        );
        return Verdict::Refused { why };
    }
    match verdict {
        Verdict::Promoted { why } => Verdict::Promoted { why: [vec![why], staying].concat().join("; ") },
        other => other,
    }
}
