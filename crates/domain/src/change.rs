//! Counterfactuals: what would have to be different.
//!
//! Deliberately not here: finding them (`judge`).

use crate::{Band, Points};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One thing a person could change about a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Change {
    /// Another due date.
    DueDate {
        /// The date there is now.
        from: Option<Date>,
        /// The date that would do it.
        to: Date,
    },
    /// Another number in a field.
    Number {
        /// The field's name.
        field: String,
        /// The number there is now.
        from: Option<f64>,
        /// The number that would do it.
        to: f64,
    },
    /// Another option in a field.
    Option {
        /// The field's name.
        field: String,
        /// The option there is now.
        from: Option<String>,
        /// The option that would do it.
        to: String,
    },
    /// A link to an open goal.
    LinkGoal {
        /// The goal's name.
        goal: String,
    },
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Change::DueDate { from: None, to } => write!(f, "a due date of {to}"),
            Change::DueDate { from: Some(from), to } => {
                let days = from.until(*to).map_or(0, |span| i64::from(span.get_days()));
                let (n, word) = if days < 0 { (-days, "earlier") } else { (days, "later") };
                let unit = if n == 1 { "day" } else { "days" };
                write!(f, "a due date {n} {unit} {word} ({to})")
            }
            Change::Number { field, from: None, to } => write!(f, "{field} of {to}"),
            Change::Number { field, from: Some(from), to } => write!(f, "{field} of {to} instead of {from}"),
            Change::Option { field, from: None, to } => write!(f, "{field} “{to}”"),
            Change::Option { field, from: Some(from), to } => write!(f, "{field} “{to}” instead of “{from}”"),
            Change::LinkGoal { goal } => write!(f, "a link to the goal “{goal}”"),
        }
    }
}

/// A change that would move a task to another band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counterfactual {
    /// What would change.
    pub change: Change,
    /// Points it would add (negative: take away).
    pub adds: Points,
    /// The score it would lead to.
    pub score: Points,
    /// The band the task has.
    pub from: Band,
    /// The band it would have.
    pub to: Band,
}

impl std::fmt::Display for Counterfactual {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.adds.tenths() < 0 { "takes" } else { "adds" };
        let size = self.adds.distance(Points::ZERO);
        write!(f, "{} {sign} {size}: {} → {}", self.change, self.from, self.to)
    }
}
