//! What a task will take, learned from what the team's finished tasks took: story points, or minutes, or any such unit.
//!
//! Simple experts (medians of late, tasks alike, a linear model of the words) each say a number; those that were right of
//! late count more; the number is drawn to the values the team estimates in; the interval around it holds the stated share of
//! truths. After Tawosi, Moussa and Sarro (2022),
//! "On the Relationship Between Story Points and Development Effort in Agile Open-Source Software", and (2023) "Agile Effort
//! Estimation: Have We Solved the Problem Yet?", who found that elaborate models seldom beat plain ones.
//! Deliberately not here: when a task counts as finished (the caller observes tasks in the order in which they were),
//! keeping the model (it can be serialised), and forgetting (learn anew from the tasks that remain).
//! Known limits: one team's history informs that team alone; words say little about hours, so intervals there are wide.

mod experts;
mod features;
mod history;
mod linears;
mod mixture;
mod model;
mod neighbours;
mod values;

pub use experts::Expert;
pub use model::EffortModel;

/// A task as it was when it was written: nothing that is known only afterwards.
#[derive(Clone, Copy, Debug, Default)]
pub struct Question<'a> {
    /// Its name.
    pub title: &'a str,
    /// Its description; may hold markup.
    pub description: &'a str,
    /// What sort of task it is, such as `Bug`.
    pub kind: Option<&'a str>,
    /// Labels, components, tags.
    pub labels: &'a [&'a str],
    /// The team's own measure of its size when that is not what is asked for: story points where time is estimated.
    pub size: Option<f64>,
}

/// A task that is finished.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a> {
    /// How estimates name it.
    pub id: &'a str,
    /// The task as it was written.
    pub task: Question<'a>,
    /// What it took, in the unit of the model; 0 or more.
    pub effort: f64,
}

/// How errors are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// By difference: story points.
    #[default]
    Difference,
    /// By ratio, for what spans orders of magnitude: minutes. Less than one unit counts as one.
    Ratio,
}

impl Scale {
    /// An effort on the scale on which errors are differences.
    fn number(self, effort: f64) -> f64 {
        match self {
            Self::Difference => effort,
            Self::Ratio => effort.max(1.0).ln(),
        }
    }

    /// Back to the unit: at least 0, at most [`MOST_EFFORT`].
    fn effort(self, number: f64) -> f64 {
        let effort = match self {
            Self::Difference => number,
            Self::Ratio => number.exp(),
        };
        effort.clamp(0.0, MOST_EFFORT)
    }
}

/// Efforts beyond are typing errors: in minutes this is nineteen centuries.
pub const MOST_EFFORT: f64 = 1e9;

/// What a model is made with.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// How errors are measured.
    pub scale: Scale,
    /// The share of truths the interval shall hold, above 0 and below 1.
    pub coverage: f64,
    /// Seed of every chance.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { scale: Scale::Difference, coverage: 0.8, seed: 1 }
    }
}

/// What a task will take, and why.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// In the unit of the finished tasks; close to a value the team uses, where it uses few.
    pub effort: f64,
    /// Lower end of the interval, 0 or more and at most `effort`.
    pub low: f64,
    /// Upper end, at least `effort`.
    pub high: f64,
    /// The share of truths the interval is made to hold, 0–1.
    pub coverage: f64,
    /// The share of recent truths that intervals made in this way did hold, 0–1; none before the first could be checked.
    pub measured: Option<f64>,
    /// The finished tasks most like this one, best first, at most five.
    pub similar: Vec<Similar>,
    /// Which expert said what.
    pub said: Vec<Said>,
    /// How many finished tasks it rests on.
    pub history: usize,
}

/// A finished task like the one asked about.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Similar {
    /// The finished task.
    pub id: String,
    /// Cosine of the texts, above 0 and at most 1.
    pub likeness: f64,
    /// What it took.
    pub effort: f64,
}

/// What an expert said and how much it counted.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Said {
    /// Who.
    pub expert: Expert,
    /// In the unit of the finished tasks.
    pub effort: f64,
    /// 0–1; those of all experts are together 1.
    pub weight: f64,
}

/// Why there is no estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum NoEstimate {
    /// Fewer finished tasks than an estimate needs.
    #[error("not enough history: {finished} finished tasks, {needed} are needed")]
    NotEnoughHistory {
        /// How many there are.
        finished: usize,
        /// How many are needed.
        needed: usize,
    },
}

/// Why a finished task teaches nothing.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Unusable {
    /// Negative, not finite, or beyond [`MOST_EFFORT`].
    #[error("{0} is no effort")]
    NoEffort(f64),
}
