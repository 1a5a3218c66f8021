//! How hard comments press: cues of escalation, else harsh words, by who says so and how long ago.
//!
//! Deliberately not here: what pressure is worth (`signals::comment_sentiment`). Known limits: English; irony.

use crate::learn::escalation::{Kind, cues};
use crate::learn::wording::valences;
use crate::rubric::Rubric;
use domain::{Comment, Moment, Task, Urging};

/// Days after which pressure counts half, as long as a comment's own weight (`signals::comment_activity`).
const HALF_LIFE_DAYS: f64 = 21.0;
/// What the word of somebody who is no named stakeholder counts; a named one counts up to 1.
const ANYBODY: f64 = 0.6;
/// By how much harsh words must outweigh kind ones: one strong word, or two.
const HARSH: f64 = 2.0;

/// The comment that presses hardest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tone {
    /// 0–1.
    pub strength: f64,
    /// What sort of pressure.
    pub urging: Urging,
    /// The words.
    pub quote: String,
    /// Who wrote them.
    pub name: String,
    /// Days since.
    pub days: i64,
}

/// The hardest pressing comment of a task.
pub(crate) fn tone(task: &Task, rubric: &Rubric, now: Moment) -> Option<Tone> {
    let told = task.comments.iter().filter_map(|comment| of(comment, rubric, now));
    told.reduce(|best, next| if next.strength > best.strength { next } else { best })
}

fn of(comment: &Comment, rubric: &Rubric, now: Moment) -> Option<Tone> {
    let (urging, strength, quote) = pressing(&comment.text)?;
    let days = (now.at.duration_since(comment.at).as_secs() / 86_400).max(0);
    let weight = comment
        .author
        .as_ref()
        .map_or(0.0, |author| rubric.stakeholder(&author.name, author.gid.as_str()).clamp(0.0, 1.0));
    let voice = ANYBODY + (1.0 - ANYBODY) * weight;
    let fresh = 0.5f64.powf(days as f64 / HALF_LIFE_DAYS);
    let name = comment.author.as_ref().map(|author| author.name.clone()).unwrap_or_default();
    Some(Tone { strength: strength * voice * fresh, urging, quote, name, days })
}

/// The strongest cue of a text with its words; harsh words where there is none.
pub(crate) fn pressing(text: &str) -> Option<(Urging, f64, String)> {
    let strength = |kind: Kind| match kind {
        Kind::Blocked => (Urging::Blocked, 1.0),
        Kind::Customer => (Urging::Customer, 0.9),
        Kind::Deadline => (Urging::Deadline, 0.7),
        Kind::AskedAgain => (Urging::AskedAgain, 0.6),
    };
    let found = cues(text).into_iter().map(|cue| (strength(cue.kind), cue.quote));
    let strongest = found.reduce(|best, next| if next.0.1 > best.0.1 { next } else { best });
    if let Some(((urging, strength), quote)) = strongest {
        return Some((urging, strength, quote));
    }
    let (kind, harsh) = valences(text);
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    (harsh - kind >= HARSH).then(|| (Urging::Unhappy, 0.4, line.trim().to_owned()))
}
