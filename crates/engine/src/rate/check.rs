//! From an answer to what is kept of it: scores whose quotes were found.
//!
//! A quote is looked for in the texts as they were sent. A score above 0 whose quote is nowhere in them is left out and
//! counted: the model may have made it up, or a text may have told it what to say. Deliberately not here: what a score moves.

use super::prompt::quote_of;
use domain::{Answered, Dimension, Rating};
use llm::{Answer, Question, occurs};

/// The part that holds words, when words are asked for.
pub(crate) const WORDS: &str = "rationale";

/// What is kept of an answer.
pub(crate) fn checked(answer: &Answer, question: &Question<'_>, dimensions: &[Dimension]) -> Answered {
    let words = answer.text(WORDS).map(str::to_owned);
    let model = answer.model.clone();
    let mut kept = Answered { model, rated: vec![], dropped: vec![], refused: None, words };
    for dimension in dimensions {
        let Some(score) = answer.score(dimension.word()) else { continue };
        let quote = answer.text(&quote_of(*dimension)).unwrap_or_default();
        match (score.get(), found(quote, question)) {
            (0, _) => kept.rated.push(rating(*dimension, 0, String::new(), String::new())),
            (score, Some((quote, source))) => kept.rated.push(rating(*dimension, score, quote, source)),
            (_, None) => kept.dropped.push(*dimension),
        }
    }
    kept
}

fn rating(dimension: Dimension, score: u8, quote: String, source: String) -> Rating {
    Rating { dimension, scores: vec![score], quote, source }
}

/// The source's own words, and its name.
fn found(quote: &str, question: &Question<'_>) -> Option<(String, String)> {
    question.sources().find_map(|(name, text)| {
        let words = occurs(quote, text)?.of(text).split_whitespace().collect::<Vec<_>>().join(" ");
        Some((words, name.to_owned()))
    })
}
