//! A team's own models: learned from its history, checked on a part held back, and put in force only when they are no
//! worse there than what they replace.
//!
//! Every candidate comes with a [`Report`]: the time it was learned from, what it reads, its figures beside a simple
//! baseline and beside the model in force, and the verdict. Deliberately not here: reading history (`engine`), keeping
//! models (`store`), and what a finding is worth in a score (`signals`).

mod confidence;
mod effort;
mod triage;

pub use confidence::{Decision, Decisions, Overruled, Stated, TeamConfidence, confidence};
pub use effort::{EFFORT_NEEDED, TeamEffort, effort, measurable};
pub use triage::{LABELS, TeamTriage, triage};

use crate::Rubric;
use domain::{Past, Snapshot};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What there is to learn from.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// The project as it is now: fields, roles, sections; its tasks are not used.
    pub frame: &'a Snapshot,
    /// How fields are read as numbers.
    pub rubric: &'a Rubric,
    /// The project's tasks, open and done; what Upnext wrote is marked as its own.
    pub pasts: &'a [Past],
}

/// A figure measured on what was held back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What is measured.
    pub name: String,
    /// The candidate's.
    pub value: f64,
    /// What it is held against, with its figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<(String, f64)>,
    /// The figure of the model in force, on the rows both could be asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<f64>,
    /// Rows it was measured on.
    pub rows: usize,
}

impl Metric {
    fn new(name: &str, value: f64, rows: usize) -> Self {
        Self { name: name.to_owned(), value, baseline: None, in_force: None, rows }
    }

    fn beside(self, baseline: &str, value: f64) -> Self {
        Self { baseline: Some((baseline.to_owned(), value)), ..self }
    }
}

/// Whether a candidate is put in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It is no worse than what it replaces.
    Promoted {
        /// In which way.
        why: String,
    },
    /// It is worse: what was in force stays.
    Refused {
        /// Than what.
        why: String,
    },
    /// There is too little to learn from; nothing was learned.
    NotEnoughHistory {
        /// How many there are.
        have: usize,
        /// How many it takes.
        needed: usize,
        /// Of what.
        of: String,
    },
}

/// What became of learning one kind of model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The oldest and the newest thing learned from.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Things learned from.
    pub rows: usize,
    /// What is read of each.
    pub features: Vec<String>,
    /// Figures on what was held back.
    pub metrics: Vec<Metric>,
    /// Whether it is put in force.
    pub verdict: Verdict,
}

impl Report {
    fn not_enough(have: usize, needed: usize, of: &str) -> Self {
        let verdict = Verdict::NotEnoughHistory { have, needed, of: of.to_owned() };
        Self { window: None, rows: have, features: vec![], metrics: vec![], verdict }
    }
}

/// A candidate, if there was enough to learn one from, and its report.
#[derive(Clone, Debug)]
pub struct Learned<M> {
    /// The model.
    pub model: Option<M>,
    /// How it did.
    pub report: Report,
}

/// The newest share of the history that is held back: enough to tell a model from a median, little enough to learn from
/// the rest.
const HELD_BACK: f64 = 0.3;
/// Rows below which a comparison is chance, whatever it says.
const LEAST_ROWS: usize = 10;
/// Rounding of sums differs in the last digits; that is no worsening.
const ROUNDING: f64 = 1e-9;

/// The verdict on an error (less is better) beside the baseline's and the one in force.
fn verdict(error: f64, (baseline, theirs): (&str, f64), in_force: Option<f64>) -> Verdict {
    let say = |value: f64| format!("{value:.3}");
    if !(error.is_finite() && theirs.is_finite() && in_force.is_none_or(f64::is_finite)) {
        return Verdict::Refused { why: "its error could not be measured".to_owned() };
    }
    if let Some(live) = in_force
        && error > live + ROUNDING
    {
        let why = format!("its error {} is above {} of the model in force", say(error), say(live));
        return Verdict::Refused { why };
    }
    if error > theirs + ROUNDING {
        let why = format!("its error {} is above {} of {baseline}", say(error), say(theirs));
        return Verdict::Refused { why };
    }
    let beside =
        in_force.map_or_else(String::new, |live| format!(" and {} of the model in force", say(live)));
    Verdict::Promoted {
        why: format!("its error {} is not above {} of {baseline}{beside}", say(error), say(theirs)),
    }
}

/// The verdict where a model is in force and there is too little both could be asked about.
fn incomparable() -> Verdict {
    let why = format!(
        "fewer than {LEAST_ROWS} held-back rows tell it from the model in force; `upnext model use` puts it in force all the same"
    );
    Verdict::Refused { why }
}
