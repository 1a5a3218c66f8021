//! The signals: each reads one thing about a task as a strength from 0 to 1.
//!
//! The list below is the table of contents. A signal is one file with a fixed header (*What it measures · Why it
//! matters · Example · When it misleads*), a `read` and a `reason`. To add one: write the file, add its line here,
//! name it in a rubric, add a case to `tests/it/signals.rs`, run `cargo xtask test`.
//! Signals that read texts (`goal_text`, `comment_sentiment`) are in use or not whatever the texts say, and read only their
//! own task: what somebody writes into one task cannot change how the others are ranked.
//! Deliberately not here: weights (the rubric's).

pub mod age;
pub mod business_value;
pub mod comment_activity;
pub mod comment_sentiment;
pub mod dependency_criticality;
pub mod due_slack;
pub mod effort;
pub mod existing_priority;
pub mod goal_links;
pub mod goal_text;
pub mod stakeholders;
pub mod start_date;

use crate::facts::{Context, Facts};
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
    /// Whether a project has it, where that does not follow from some task having it.
    pub(crate) in_use: Option<fn(&Context) -> bool>,
}

impl Signal {
    const fn new(
        name: &'static str,
        read: fn(&Facts) -> Sight,
        reason: fn(&Facts) -> Option<Reason>,
    ) -> Signal {
        Signal { name, read, reason, in_use: None }
    }

    const fn in_use_when(self, in_use: fn(&Context) -> bool) -> Signal {
        Signal { in_use: Some(in_use), ..self }
    }
}

/// Every signal.
pub const SIGNALS: [Signal; 12] = [
    Signal::new(goal_links::NAME, goal_links::read, goal_links::reason),
    Signal::new(goal_text::NAME, goal_text::read, goal_text::reason).in_use_when(goal_text::in_use),
    Signal::new(business_value::NAME, business_value::read, business_value::reason),
    Signal::new(existing_priority::NAME, existing_priority::read, existing_priority::reason),
    Signal::new(effort::NAME, effort::read, effort::reason),
    Signal::new(due_slack::NAME, due_slack::read, due_slack::reason),
    Signal::new(start_date::NAME, start_date::read, start_date::reason),
    Signal::new(age::NAME, age::read, age::reason),
    Signal::new(dependency_criticality::NAME, dependency_criticality::read, dependency_criticality::reason)
        .in_use_when(dependency_criticality::in_use),
    Signal::new(comment_activity::NAME, comment_activity::read, comment_activity::reason),
    Signal::new(comment_sentiment::NAME, comment_sentiment::read, comment_sentiment::reason)
        .in_use_when(comment_sentiment::in_use),
    Signal::new(stakeholders::NAME, stakeholders::read, stakeholders::reason),
];

/// The signal of that name.
pub(crate) fn named(name: &str) -> Option<&'static Signal> {
    const LIST: &[Signal] = &SIGNALS;
    LIST.iter().find(|s| s.name == name)
}
