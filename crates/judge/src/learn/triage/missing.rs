//! What a request does not say, as questions to its requester.
//!
//! Deliberately not here: whether to ask, and how often. Known limit: a fact counts as given when a word for it is there,
//! so "version unknown" is an answer.

use crate::learn::intent::Kind;

/// A fact that is not there.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Missing {
    /// The fact.
    pub fact: String,
    /// The question that asks for it.
    pub question: String,
}

/// A fact with the question for it and the lower-case words that give it.
type Fact = (&'static str, &'static str, &'static [&'static str]);

const BUG: [Fact; 4] = [
    (
        "steps",
        "Which steps lead to it?",
        &["steps", "repro", "1.", "1)", "when i", "after i", "when you", "to see"],
    ),
    ("expected result", "What did you expect to happen?", &["expect", "should", "supposed to", "instead of"]),
    (
        "actual result",
        "What happened instead?",
        &["actual", "instead", "error", "got ", "but ", "exception", "result", "crash", "fails"],
    ),
    (
        "version",
        "Which version and which system is it on?",
        &[
            "version", "build ", "v1", "v2", "v3", "windows", "macos", "linux", "ubuntu", "android", "ios",
            "chrome", "firefox",
        ],
    ),
];
const FEATURE: [Fact; 2] = [
    (
        "purpose",
        "What would it let you do that you cannot do now?",
        &[
            "because",
            "so that",
            "so we",
            "so i",
            "use case",
            "in order to",
            "allow",
            "need",
            "problem",
            "currently",
        ],
    ),
    (
        "proposal",
        "How should it behave?",
        &["should", "would", "propos", "could", "option", "example", "like "],
    ),
];
const QUESTION: [Fact; 2] = [
    (
        "goal",
        "What are you trying to achieve?",
        &["trying", "want", "goal", "need", "would like", "so that", "in order"],
    ),
    (
        "attempts",
        "What have you tried so far?",
        &["tried", "try ", "attempt", "searched", "looked", "read ", "docs", "documentation"],
    ),
];
/// Letters of a description that are read.
const MOST_CHARS: usize = 20_000;

/// The facts a request of a kind should have and has not.
#[must_use]
pub fn missing(kind: Kind, title: &str, notes: &str) -> Vec<Missing> {
    let facts: &[Fact] = match kind {
        Kind::Bug => &BUG,
        Kind::Feature => &FEATURE,
        Kind::Question => &QUESTION,
    };
    let notes: String = notes.chars().take(MOST_CHARS).collect();
    let text = format!("{title}\n{notes} ").to_lowercase();
    facts
        .iter()
        .filter(|(_, _, words)| !words.iter().any(|word| text.contains(word)))
        .map(|(fact, question, _)| Missing { fact: (*fact).to_owned(), question: (*question).to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, missing};

    #[test]
    fn a_bug_without_a_version_is_asked_for_it() {
        let notes = "Steps:\n1. open\nExpected: a list. Actual: nothing.";
        let facts: Vec<String> =
            missing(Kind::Bug, "Empty page", notes).into_iter().map(|one| one.fact).collect();
        assert_eq!(facts, ["version"]);
        assert_eq!(missing(Kind::Bug, "", "").len(), 4);
    }
}
