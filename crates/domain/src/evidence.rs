//! Evidence: what learned models find out about tasks, each finding with what it rests on.
//!
//! Part of the snapshot, so that a saved one replays without the models. Deliberately not here: learning anything (`judge`),
//! keeping models (`store`).

use crate::{Ratings, TaskGid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a model answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// What a task will take.
    Effort,
    /// Type, category, complexity and initial priority of a request.
    Triage,
    /// How often a stated confidence is right.
    Confidence,
}

impl ModelKind {
    /// Every kind, in the order they are learned.
    pub const ALL: [Self; 3] = [Self::Effort, Self::Triage, Self::Confidence];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Effort => "effort",
            Self::Triage => "triage",
            Self::Confidence => "confidence",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A model that evidence rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUsed {
    /// Its id: `model_…`.
    pub id: String,
    /// What it answers.
    pub kind: ModelKind,
    /// When it was learned.
    pub fitted_at: Timestamp,
    /// The oldest thing it was learned from.
    pub from: Timestamp,
    /// The newest.
    pub to: Timestamp,
    /// How many things it was learned from.
    pub rows: usize,
}

/// What effort was learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The team's effort field; its unit is the field's.
    EffortField,
    /// Time tracked in Asana, in minutes.
    ActualTime,
    /// Days from a task's being taken up to its completion.
    CycleTime,
}

/// A finished task that an estimate rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// What it took, in the unit of the estimate.
    pub effort: f64,
    /// Likeness of the texts, above 0 and at most 1.
    pub likeness: f64,
}

/// One way of estimating, what it said and how much it counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opinion {
    /// Which.
    pub of: String,
    /// In the unit of the estimate.
    pub effort: f64,
    /// 0–1; all together are 1.
    pub weight: f64,
}

/// What a task will take, learned from finished ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffortFinding {
    /// The model that found it: `model_…`.
    pub model: String,
    /// What it was learned from.
    pub measure: Measure,
    /// The unit, for people: the effort field's name, `minutes` or `days`.
    pub unit: String,
    /// The estimate, 0 or more.
    pub effort: f64,
    /// Lower end of the interval, at most `effort`.
    pub low: f64,
    /// Upper end, at least `effort`.
    pub high: f64,
    /// The share of truths the interval is made to hold, 0–1.
    pub coverage: f64,
    /// The share that recent intervals did hold; none before one could be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    /// Finished tasks it rests on.
    pub history: usize,
    /// What of the task was read.
    pub inputs: Vec<String>,
    /// The finished tasks most like it, best first, at most five.
    pub neighbours: Vec<Neighbour>,
    /// What each way of estimating said, the weightiest first.
    pub opinions: Vec<Opinion>,
}

/// All findings about one task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// What it will take; none where a person has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<EffortFinding>,
    /// What a language model read in its texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratings: Option<Ratings>,
}

/// How often a stated confidence was right, measured on the team's decisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredConfidence {
    /// From each stated share on, the share that people accepted; both 0–1, rising.
    pub steps: Vec<(f64, f64)>,
    /// Decisions it was measured on.
    pub decisions: usize,
}

/// What enrich adds to a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The models it rests on, one of a kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelUsed>,
    /// Findings by task.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tasks: BTreeMap<TaskGid, Findings>,
    /// The tasks of the sprint that was planned last and has not ended, in their order; empty without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sprint: Vec<TaskGid>,
    /// The measured confidence, once there are enough decisions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<MeasuredConfidence>,
    /// How far a language model's rating may move the strength of a criterion, 0–1, by the policy; none when no task
    /// was rated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai_cap: Option<f64>,
    /// A language model's words for rationales, as they came.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub wordings: BTreeMap<TaskGid, String>,
    /// Its words above the summary's list, as they came; none when the summary was not worded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_wording: Option<String>,
}

impl EffortFinding {
    /// An effort in its unit, for people: `5.5 days`, or `Story Points 8`.
    #[must_use]
    pub fn amount(unit: &str, effort: f64) -> String {
        let number = Self::number(effort);
        match unit {
            "minutes" | "days" => format!("{number} {unit}"),
            field => format!("{field} {number}"),
        }
    }

    /// An effort as a number for people: one decimal below 10, none above.
    #[must_use]
    pub fn number(effort: f64) -> f64 {
        if effort < 10.0 { (effort * 10.0).round() / 10.0 } else { effort.round() }
    }
}

impl Findings {
    /// Nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.effort.is_none() && self.ratings.is_none()
    }
}

impl Evidence {
    /// Nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Evidence::default()
    }

    /// The model of a kind that was used.
    #[must_use]
    pub fn model(&self, kind: ModelKind) -> Option<&ModelUsed> {
        self.models.iter().find(|model| model.kind == kind)
    }
}
