//! What a text asks for by its phrases: a repair, something new, or an answer.
//!
//! Phrases that mean the same in every team, written from general knowledge of issue trackers. They are the cold start of
//! `triage`, and features of its learned models, where a few hundred labelled tasks have not seen every phrase.
//! Known limits: English; a phrase counts even where it is quoted.

use super::text::plain;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something does not do what it should.
    Bug,
    /// Something new.
    Feature,
    /// An answer.
    Question,
}

/// Phrases of the kinds.
const PHRASES: [(Kind, &[&str]); 3] = [
    (
        Kind::Bug,
        &[
            "bug",
            "crash",
            "error",
            "exception",
            "traceback",
            "fail",
            "broken",
            "does not work",
            "doesn't work",
            "doesn't ",
            "does not ",
            "not working",
            "wrong",
            "incorrect",
            "regression",
            "steps to reproduce",
            "expected behavior",
            "expected result",
            "actual",
            "instead of",
            "no longer",
            "stack trace",
            "unexpected",
            "freez",
            "hang",
            "missing",
            "leak",
            "flicker",
            "stuck",
            "can't ",
            "cannot ",
            "not found",
            "undefined",
            "invalid",
            "after updat",
            "since updat",
            "used to work",
            "segfault",
            "nan",
            "warning",
            "not respond",
            "disappear",
            "overlap",
            "duplicat",
            "inconsisten",
            "too slow",
        ],
    ),
    (
        Kind::Feature,
        &[
            "feature",
            "add ",
            "support for",
            "support ",
            "would be nice",
            "would be great",
            "would be useful",
            "would be helpful",
            "it would",
            "i would like",
            "i'd like",
            "i'd love",
            "would love",
            "allow",
            "proposal",
            "propose",
            "suggest",
            "enhancement",
            "improve",
            "option to",
            "ability to",
            "able to",
            "wish",
            "as a user",
            "so that",
            "use case",
            "implement",
            "introduce",
            "consider",
            "request",
            "currently",
            "new api",
            "provide",
            "make it",
            "enable",
            "should be able",
            "please add",
            "rfc",
            "expose",
            "customiz",
            "configur",
            "better",
        ],
    ),
    (
        Kind::Question,
        &[
            "how to",
            "how do",
            "how can",
            "how should",
            "how is",
            "is it possible",
            "is there a way",
            "is there any",
            "what is",
            "what's the",
            "what are",
            "what does",
            "why ",
            "can i ",
            "can we",
            "can you",
            "could you",
            "does anyone",
            "do i ",
            "question",
            "help",
            "clarif",
            "documentation for",
            "where can",
            "where is",
            "which ",
            "i don't understand",
            "not sure",
            "wonder",
            "confus",
            "am i ",
            "i want to",
            "i need to",
            "i'm trying",
            "i am trying",
            "trying to",
            "any idea",
            "anyone",
            "thanks",
            "thank you",
            "please tell",
            "explain",
            "understand",
            "explanation",
            "best way",
            "tutorial",
            "stackoverflow",
            "install",
        ],
    ),
];
/// Letters of a description that are read.
const MOST_CHARS: usize = 3_000;

impl Kind {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Bug, "a fault"), (Self::Feature, "a wish"), (Self::Question, "a question")];

    /// The kind a text most resembles.
    #[must_use]
    pub fn of(title: &str, body: &str) -> Self {
        let points = points(title, body);
        Self::ALL[(0..3).fold(0, |best, at| if points[at] > points[best] { at } else { best })].0
    }
}

/// How many phrases of each kind title and description have.
fn counts(title: &str, body: &str) -> ([usize; 3], [usize; 3]) {
    let begins = |text: &str| format!("{} ", text.chars().take(MOST_CHARS).collect::<String>());
    let title = begins(title).to_lowercase();
    let body = plain(&begins(body)).to_lowercase();
    let count =
        |text: &str| PHRASES.map(|(_, phrases)| phrases.iter().filter(|one| text.contains(**one)).count());
    (count(&title), count(&body))
}

/// Points of bug, feature and question: a title's phrase counts double, a question mark at its end as one.
#[must_use]
pub fn points(title: &str, body: &str) -> [f64; 3] {
    let (titled, described) = counts(title, body);
    let mut points = [0, 1, 2].map(|at| 2.0 * titled[at] as f64 + 0.7 * described[at].min(3) as f64);
    if title.trim_end().ends_with('?') {
        points[2] += 2.0;
    }
    if body.contains("    at ") || body.contains("```") {
        points[0] += 0.5;
    }
    points
}

/// Signs for a learned model: how many phrases of each kind, in steps, and which kind leads.
#[must_use]
pub fn findings(title: &str, body: &str) -> Vec<String> {
    let (titled, described) = counts(title, body);
    let mut out = Vec::new();
    for (at, (_, name)) in Kind::ALL.iter().enumerate() {
        for least in [1, 2].into_iter().filter(|least| titled[at] >= *least) {
            out.push(format!("title has {least} or more phrases of {name}"));
        }
        for least in [1, 2, 3, 5, 8].into_iter().filter(|least| described[at] >= *least) {
            out.push(format!("description has {least} or more phrases of {name}"));
        }
    }
    let leads = |counts: [usize; 3]| {
        let best = (0..3).fold(0, |best, at| if counts[at] > counts[best] { at } else { best });
        if counts[best] == 0 { "nothing known" } else { Kind::ALL[best].1 }
    };
    out.push(format!("title reads like {}", leads(titled)));
    out.push(format!("description reads like {}", leads(described)));
    out
}

#[cfg(test)]
mod tests {
    use super::{Kind, findings};

    #[test]
    fn kinds_are_told_by_their_phrases() {
        assert_eq!(Kind::of("Login crashes", "Expected behavior: it opens"), Kind::Bug);
        assert_eq!(Kind::of("Add dark mode", "It would be nice"), Kind::Feature);
        assert_eq!(Kind::of("How do I export?", ""), Kind::Question);
        assert!(findings("How do I export?", "").contains(&"title reads like a question".to_owned()));
    }
}
