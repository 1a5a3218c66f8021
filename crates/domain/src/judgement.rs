//! A judgement: the score of one task, taken apart.
//!
//! `score` equals the sum of the contributions, to the tenth. Deliberately not here: how any of it is computed.

use crate::{Band, Counterfactual, Findings, Points, Reason, RecommendedAction, Sprint, TaskGid};
use serde::{Deserialize, Serialize};

/// What one signal read on a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The signal's name.
    pub signal: String,
    /// Its strength, 0–1.
    pub value: f64,
    /// What was seen.
    pub reason: Reason,
}

/// An input the rubric asks for and the task does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    /// The criterion that wanted it.
    pub criterion: String,
    /// The signal or field that is not there.
    pub input: String,
}

/// What a language model's rating adds to a criterion, or takes from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AiShare {
    /// Points, part of the criterion's; below 0 when it takes away.
    pub points: Points,
    /// What was read.
    pub reason: Reason,
}

/// What one criterion adds to the score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The criterion's name.
    pub criterion: String,
    /// Points added.
    pub points: Points,
    /// The most it could add: 100 × its weight.
    pub most: Points,
    /// The readings it rests on, strongest first.
    pub readings: Vec<Reading>,
    /// The part of the points that is a language model's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai: Option<AiShare>,
}

/// How far to trust a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confidence {
    /// Percent, 0–100.
    pub percent: u8,
    /// False while it is only coverage of inputs and agreement of layers, not measured on the team's decisions.
    pub calibrated: bool,
    /// Percent before measuring: coverage of inputs and agreement of layers.
    #[serde(default)]
    pub stated: u8,
    /// Decisions of the team that it was measured on; 0 while it is not.
    #[serde(default)]
    pub decisions: usize,
}

/// The judgement of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The task.
    pub task: TaskGid,
    /// Its name when it was judged.
    pub name: String,
    /// Place in the project's order, 1 is first.
    pub rank: usize,
    /// 0–100.
    pub score: Points,
    /// The band, with hysteresis against the one it had.
    pub band: Band,
    /// How far to trust it.
    pub confidence: Confidence,
    /// When to take it up.
    pub sprint: Sprint,
    /// What to do next.
    pub action: RecommendedAction,
    /// One entry per criterion of the rubric, in its order.
    pub contributions: Vec<Contribution>,
    /// What the rubric asked for and did not find.
    pub missing: Vec<Missing>,
    /// Open tasks it waits for.
    pub waits_for: Vec<TaskGid>,
    /// Tasks it forms a dependency cycle with, if any.
    pub cycle: Vec<TaskGid>,
    /// The smallest changes found that would move it to another band, smallest first.
    pub counterfactuals: Vec<Counterfactual>,
    /// What learned models found, as it was judged by.
    #[serde(default, skip_serializing_if = "Findings::is_empty")]
    pub findings: Findings,
}

impl Judgement {
    /// The reasons of all readings, by the points they stand for, largest first.
    pub fn reasons(&self) -> Vec<&Reason> {
        let mut weighted: Vec<(f64, &Reason)> = self
            .contributions
            .iter()
            .flat_map(|c| {
                let ai = c.ai.iter().map(|ai| (ai.points.to_f64(), &ai.reason));
                c.readings.iter().map(|r| (r.value * c.most.to_f64(), &r.reason)).chain(ai)
            })
            .filter(|(strength, _)| *strength > 0.0)
            .collect();
        weighted.sort_by(|a, b| b.0.total_cmp(&a.0));
        weighted.into_iter().map(|(_, reason)| reason).collect()
    }
}
