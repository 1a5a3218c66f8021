//! Words that ask for attention now: quoted from the text, by kind.
//!
//! Deliberately not here: what to do about them, and the mood (`sentiment`). Known limits: English; a denied cue ("not
//! urgent") is left out only when the denial stands within three words before it.

use super::wording::negates;

/// A kind of cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Time is short.
    Deadline,
    /// A customer or the management is asking.
    Customer,
    /// Work stands still or a service is down.
    Blocked,
    /// It has been asked before.
    AskedAgain,
}

/// A cue where it stands.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cue {
    /// Its kind.
    pub kind: Kind,
    /// The line it stands in, at most [`LONGEST_QUOTE`] letters around it, as written.
    pub quote: String,
}

/// Letters of a quote: a sentence, not a paragraph.
pub const LONGEST_QUOTE: usize = 120;
/// Cues of one text; more of them say nothing new.
const MOST_CUES: usize = 12;
/// Letters of a text that are looked at.
const MOST_CHARS: usize = 20_000;

const PHRASES: [(Kind, &[&str]); 4] = [
    (
        Kind::Deadline,
        &[
            "urgent",
            "asap",
            "as soon as possible",
            "immediately",
            "deadline",
            "due today",
            "due tomorrow",
            "by tomorrow",
            "by end of day",
            "by eod",
            "eod",
            "overdue",
            "right away",
            "time is running out",
            "running out of time",
            "before the release",
            "last minute",
            "today at the latest",
        ],
    ),
    (
        Kind::Customer,
        &[
            "customer is",
            "customers are",
            "customer complain",
            "customer escalat",
            "client is",
            "clients are",
            "escalat",
            "contract",
            "sla",
            "churn",
            "cancel their",
            "cancel our",
            "refund",
            "legal action",
            "ceo",
            "cto",
            "vp of",
            "board is asking",
            "key account",
            "lose the account",
            "losing customers",
            "angry customer",
            "important customer",
        ],
    ),
    (
        Kind::Blocked,
        &[
            "blocked",
            "blocker",
            "blocking",
            "outage",
            "is down",
            "are down",
            "went down",
            "production down",
            "prod is",
            "in production",
            "cannot work",
            "can't work",
            "unable to work",
            "stuck",
            "showstopper",
            "show stopper",
            "standstill",
            "waiting on you",
            "data loss",
            "unusable",
            "nobody can",
            "no one can",
            "all users",
        ],
    ),
    (
        Kind::AskedAgain,
        &[
            "any update",
            "any news",
            "any progress",
            "following up",
            "follow up on",
            "follow-up",
            "still waiting",
            "still no",
            "again and again",
            "once again",
            "asked before",
            "asked already",
            "already asked",
            "second time",
            "third time",
            "reminder",
            "ping",
            "bump",
            "how long",
            "for weeks",
            "for months",
            "weeks ago",
            "months ago",
            "no response",
            "no answer",
            "not heard back",
            "haven't heard",
        ],
    ),
];

/// The cues of a text, in its order; one of a kind a line.
#[must_use]
pub fn cues(text: &str) -> Vec<Cue> {
    let end = text.char_indices().nth(MOST_CHARS).map_or(text.len(), |(at, _)| at);
    let in_line = |line| PHRASES.iter().filter_map(move |(kind, phrases)| cue(line, *kind, phrases));
    text[..end].lines().flat_map(in_line).take(MOST_CUES).collect()
}

fn cue(line: &str, kind: Kind, phrases: &[&str]) -> Option<Cue> {
    // Only ASCII letters change, so that places in the two texts stay the same.
    let lower = line.to_ascii_lowercase();
    let at = phrases.iter().filter_map(|phrase| place(&lower, phrase)).min()?;
    Some(Cue { kind, quote: around(line, at) })
}

/// Where a phrase begins at the start of a word, not denied. Phrases of at most four letters must be whole words.
fn place(lower: &str, phrase: &str) -> Option<usize> {
    lower.match_indices(phrase).map(|(at, _)| at).find(|at| {
        let starts = !lower[..*at].ends_with(char::is_alphanumeric);
        let ends = phrase.len() > 4 || !lower[at + phrase.len()..].starts_with(char::is_alphanumeric);
        let denied = lower[..*at].split_whitespace().rev().take(3).any(negates);
        starts && ends && !denied
    })
}

fn around(line: &str, at: usize) -> String {
    let before = line[..at].chars().count();
    let skip = before.saturating_sub(LONGEST_QUOTE / 2);
    line.chars().skip(skip).take(LONGEST_QUOTE).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Kind, cues};

    #[test]
    fn cues_are_quoted_by_kind() {
        let found =
            cues("Production is down for us.\nAny update? Our customer is furious.\nWe need this ASAP!");
        let kinds: Vec<Kind> = found.iter().map(|cue| cue.kind).collect();
        assert_eq!(kinds, [Kind::Blocked, Kind::Customer, Kind::AskedAgain, Kind::Deadline]);
        assert_eq!(found[3].quote, "We need this ASAP!");
    }

    #[test]
    fn denied_cues_and_parts_of_words_are_none() {
        assert_eq!(cues("This is not urgent.\nThe mapping of slates keeps shipping"), []);
    }
}
