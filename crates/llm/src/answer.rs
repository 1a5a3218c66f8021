//! What comes back: checked values, and what they cost.
//!
//! A failed question costs too, so [`Unanswered`] carries the same [`Spent`]. Deliberately not here: how an answer is read
//! and checked (`read`).

use crate::ending::Ending;
use crate::price::{Money, Usage};
use crate::schema::SCORES;
use serde::{Deserialize, Serialize};

/// An integer 0–5; no other can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Score(u8);

impl Score {
    /// The score, or nothing when it is out of range.
    pub fn new(value: i64) -> Option<Score> {
        u8::try_from(value).ok().filter(|value| SCORES.contains(value)).map(Score)
    }

    /// 0–5.
    pub fn get(self) -> u8 {
        self.0
    }

    /// 0–1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / f64::from(*SCORES.end())
    }
}

impl TryFrom<u8> for Score {
    type Error = &'static str;

    fn try_from(value: u8) -> Result<Score, Self::Error> {
        Score::new(value.into()).ok_or("a score is an integer from 0 to 5")
    }
}

impl From<Score> for u8 {
    fn from(score: Score) -> u8 {
        score.0
    }
}

/// One checked value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Of a score.
    Score(Score),
    /// One of the words that could be chosen.
    Choice(String),
    /// What the model says it read; not looked for yet.
    Quote(String),
    /// The model's own words.
    Words(String),
}

/// What a question used, all its requests together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Tokens, as the provider counted them.
    pub usage: Usage,
    /// What they cost; none when a price or a count is missing.
    pub cost: Option<Money>,
    /// Requests sent, those that failed included.
    pub requests: u32,
    /// Answers of which the provider told no count: they may have cost what nobody knows.
    pub uncounted: u32,
    /// The most that those answers are likely to have used: what a ceiling has to count.
    #[serde(default)]
    pub held: Usage,
    /// Second questions asked because an answer did not fit: 0 or 1.
    pub repairs: u32,
}

/// A checked answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Every part of the schema, in its order.
    pub values: Vec<(String, Value)>,
    /// The model, as the provider names it.
    pub model: String,
    /// What it used.
    pub spent: Spent,
}

impl Answer {
    /// The score of that name.
    pub fn score(&self, name: &str) -> Option<Score> {
        match self.value(name)? {
            Value::Score(score) => Some(*score),
            _ => None,
        }
    }

    /// The choice, quote or words of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Choice(text) | Value::Quote(text) | Value::Words(text) => Some(text),
            Value::Score(_) => None,
        }
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(part, _)| part == name).map(|(_, value)| value)
    }
}

/// A question that got no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{ending}")]
pub struct Unanswered {
    /// Why.
    pub ending: Ending,
    /// What it used all the same.
    pub spent: Spent,
}
