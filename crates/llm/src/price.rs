//! Tokens and what they cost.
//!
//! Money is counted in whole millionths of a millionth of a dollar: a price of $0.01 per million tokens is then exact per
//! token. A model without a price costs an unknown amount, never nothing.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::AddAssign;

/// Millionths of a millionth of a US dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(u64);

/// In one dollar.
const PER_DOLLAR: f64 = 1e12;
/// A price per million tokens is this many per token and dollar.
const PER_TOKEN: f64 = PER_DOLLAR / 1e6;

impl Money {
    /// So many millionths of a millionth of a dollar: what [`Money::units`] gave.
    pub fn from_units(units: u64) -> Money {
        Money(units)
    }

    /// In millionths of a millionth of a dollar, to be kept.
    pub fn units(self) -> u64 {
        self.0
    }

    /// So many dollars; negative ones and what is no number are none.
    pub fn from_dollars(dollars: f64) -> Money {
        // A float cast saturates, and takes NaN for 0.
        Money((dollars * PER_DOLLAR).round() as u64)
    }

    /// In dollars.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / PER_DOLLAR
    }

    /// The sum, at most what can be counted.
    #[must_use]
    pub fn plus(self, other: Money) -> Money {
        Money(self.0.saturating_add(other.0))
    }

    /// The difference, at least nothing.
    #[must_use]
    pub fn less(self, other: Money) -> Money {
        Money(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Money {
    /// Dollars with as many digits as tell it from nothing: `$0.0018`, `$12.40`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dollars = self.dollars();
        let digits = if dollars == 0.0 || dollars >= 1.0 {
            2
        } else if dollars >= 0.001 {
            4
        } else {
            6
        };
        write!(f, "${dollars:.digits$}")
    }
}

/// US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Of the question.
    pub input: f64,
    /// Of that part of the question that the provider had in its cache.
    pub cached_input: f64,
    /// Of that part that it put into its cache; as `input` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<f64>,
    /// Of the answer, reasoning included.
    pub output: f64,
}

impl Price {
    /// What this usage costs.
    pub fn of(&self, usage: &Usage) -> Money {
        let fresh = usage.input.saturating_sub(usage.cached_input).saturating_sub(usage.cache_write);
        let parts = [
            (fresh, self.input),
            (usage.cached_input, self.cached_input),
            (usage.cache_write, self.cache_write.unwrap_or(self.input)),
            (usage.output, self.output),
        ];
        Money(parts.iter().fold(0, |sum, (tokens, price)| {
            let per_token = (price * PER_TOKEN).round() as u64;
            per_token.saturating_mul(*tokens).saturating_add(sum)
        }))
    }

    /// What batches cost: half of each, with both providers.
    pub(crate) fn half(&self) -> Price {
        Price {
            input: self.input / 2.0,
            cached_input: self.cached_input / 2.0,
            cache_write: self.cache_write.map(|price| price / 2.0),
            output: self.output / 2.0,
        }
    }

    /// Every price is a number of 0 or more.
    pub(crate) fn is_sound(&self) -> bool {
        [self.input, self.cached_input, self.cache_write.unwrap_or(0.0), self.output]
            .iter()
            .all(|price| price.is_finite() && *price >= 0.0)
    }
}

/// Tokens of one or more requests, as the provider counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Of the whole question, what was in a cache included.
    pub input: u64,
    /// Of `input`: read from the provider's cache.
    pub cached_input: u64,
    /// Of `input`: written to it.
    pub cache_write: u64,
    /// Of the answer, reasoning included.
    pub output: u64,
}

impl Usage {
    /// Question and answer together.
    pub fn total(&self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

impl Usage {
    /// What is left of it, at least nothing.
    pub(crate) fn without(self, other: &Usage) -> Usage {
        Usage {
            input: self.input.saturating_sub(other.input),
            cached_input: self.cached_input.saturating_sub(other.cached_input),
            cache_write: self.cache_write.saturating_sub(other.cache_write),
            output: self.output.saturating_sub(other.output),
        }
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Usage) {
        self.input = self.input.saturating_add(other.input);
        self.cached_input = self.cached_input.saturating_add(other.cached_input);
        self.cache_write = self.cache_write.saturating_add(other.cache_write);
        self.output = self.output.saturating_add(other.output);
    }
}
