//! The signals: each reads one thing about a task as a strength from 0 to 1.
//!
//! The list below is the table of contents. A signal is one file with a fixed header (*What it measures · Why it
//! matters · Example · When it misleads*), a `read` and a `reason`. To add one: write the file, add its line here,
//! name it in a rubric, add a case to `tests/it/signals.rs`, run `cargo xtask test`.
//! Deliberately not here: weights (the rubric's) and sentiment (comes with learned judgement).

pub mod age;
pub mod business_value;
pub mod comment_activity;
pub mod dependency_criticality;
pub mod due_slack;
pub mod effort;
pub mod existing_priority;
pub mod goal_links;
pub mod stakeholders;
pub mod start_date;

use crate::facts::Facts;
use domain::Reason;

/// What a signal finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sight {
    /// A strength, 0–1.
    Strength(f64),
    /// Known to be absent: counts 0, and nothing is missing.
    Absent,
    /// Not known: counts 0, lowers confidence and is named.
    Unknown,
}

/// One signal.
#[derive(Debug)]
pub struct Signal {
    /// Its name in rubrics and breakdowns.
    pub name: &'static str,
    pub(crate) read: fn(&Facts) -> Sight,
    pub(crate) reason: fn(&Facts) -> Option<Reason>,
}

/// Every signal.
pub const SIGNALS: [Signal; 10] = [
    Signal { name: goal_links::NAME, read: goal_links::read, reason: goal_links::reason },
    Signal { name: business_value::NAME, read: business_value::read, reason: business_value::reason },
    Signal {
        name: existing_priority::NAME,
        read: existing_priority::read,
        reason: existing_priority::reason,
    },
    Signal { name: effort::NAME, read: effort::read, reason: effort::reason },
    Signal { name: due_slack::NAME, read: due_slack::read, reason: due_slack::reason },
    Signal { name: start_date::NAME, read: start_date::read, reason: start_date::reason },
    Signal { name: age::NAME, read: age::read, reason: age::reason },
    Signal {
        name: dependency_criticality::NAME,
        read: dependency_criticality::read,
        reason: dependency_criticality::reason,
    },
    Signal { name: comment_activity::NAME, read: comment_activity::read, reason: comment_activity::reason },
    Signal { name: stakeholders::NAME, read: stakeholders::read, reason: stakeholders::reason },
];

/// The signal of that name.
pub(crate) fn named(name: &str) -> Option<&'static Signal> {
    const LIST: &[Signal] = &SIGNALS;
    LIST.iter().find(|s| s.name == name)
}
