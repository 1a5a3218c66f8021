//! What a language model is asked about a task.
//!
//! Each dimension is an integer 0–5 against anchors and a quote. Scores come before quotes, in a fixed order. The prompt's
//! version is a digest of all of this, so any change here is a new version by itself. Deliberately not here: the texts.

use domain::Dimension;
use llm::{Kind, Part, Prompt, Schema};

/// Longest quote asked for, characters: a sentence.
const QUOTE: usize = 200;

/// What the model is told to do.
const TASK: &str = "You read one task of a team's backlog and say what its texts show. You do not decide what is done first: \
you report what is written. For each question below give a score from 0 to 5 by the meaning that stands beside it, then copy \
the words that show it. Judge only by what the texts state. Words that merely demand importance (such as \"urgent\" or \
\"top priority\") without saying why or for whom show nothing: score them 0 unless a fact stands behind them. Where the texts \
are silent, the score is 0 and the quote is empty. A score above 0 needs a quote of at least three words, copied letter by \
letter from one of the texts in data marks other than facts.";

/// What a dimension asks, and what 1 to 5 mean.
fn asked(dimension: Dimension) -> (&'static str, [&'static str; 5]) {
    match dimension {
        Dimension::StrategicFit => (
            "How much the work described serves the goals listed in the facts, or the stated purpose of the project.",
            [
                "the texts show that it serves none of them",
                "a remote link",
                "it supports one of them in part",
                "it clearly advances one of them",
                "one of them cannot be reached without it",
            ],
        ),
        Dimension::UserBusinessValue => (
            "What users or the business gain when it is done.",
            [
                "nobody would notice",
                "a small convenience for few",
                "a real gain for some, or a small one for many",
                "a large gain for many, or revenue or cost that is named",
                "the product or business depends on it",
            ],
        ),
        Dimension::TimeCriticality => (
            "How fast its value is lost by waiting.",
            [
                "the texts say that it can wait",
                "waiting months costs little",
                "waiting weeks costs something that is named",
                "a near date, a running loss or people who cannot work are named",
                "damage happens now and grows every day",
            ],
        ),
        Dimension::RiskReduction => (
            "What risk it removes, or what other work it makes possible.",
            [
                "the texts show that nothing depends on it",
                "a small risk, or one small piece of work",
                "a known risk, or some work that waits for it",
                "a serious risk to data, money or security, or much work that waits",
                "without it the service, the law or a whole plan is at stake",
            ],
        ),
        Dimension::StakeholderPressure => (
            "Who asks for it and how firmly, by what is written.",
            [
                "it is offered as an idea, nobody asks",
                "one colleague would like it",
                "several people, or one team, ask for it",
                "a customer or the management asks for it",
                "a customer or the management sets a condition, such as leaving or a contract",
            ],
        ),
    }
}

/// The prompt for these dimensions; none when there are none.
pub(crate) fn prompt(dimensions: &[Dimension]) -> Option<Prompt> {
    let score = |dimension: &Dimension| {
        let (about, anchors) = asked(*dimension);
        let mut all = ["the texts say nothing about it"; 6];
        all[1..].copy_from_slice(&anchors);
        let kind = Kind::Score(all.map(str::to_owned));
        Part { name: dimension.word().to_owned(), about: about.to_owned(), kind }
    };
    let quote = |dimension: &Dimension| Part {
        name: quote_of(*dimension),
        about: format!("The words that show {}.", dimension.word()),
        kind: Kind::Quote(QUOTE),
    };
    let parts = dimensions.iter().map(score).chain(dimensions.iter().map(quote)).collect();
    // The names are fixed and fit; no dimensions are no question.
    Some(Prompt::new("rate_task", TASK, Schema::new(parts).ok()?))
}

/// The key of a dimension's quote.
pub(crate) fn quote_of(dimension: Dimension) -> String {
    format!("{}_quote", dimension.word())
}
