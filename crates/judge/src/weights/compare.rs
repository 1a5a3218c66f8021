//! What another rubric would change: the order, the first ten, the bands.
//!
//! Deliberately not here: whether that is for the better.

use crate::learn::metrics::kendall;
use crate::{Memory, Rubric, judge};
use domain::{Band, Judgement, Moment, Snapshot, TaskGid};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// The first places of an order that people look at.
const TOP: usize = 10;

/// How far a judged order agrees with a given one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Tasks that are in both.
    pub tasks: usize,
    /// Kendall's tau, −1 to 1: 1 is the same order, 0 none in common, −1 the reverse. 1 for fewer than two tasks.
    pub tau: f64,
    /// The share of the first ten that both have among their first ten, 0–1.
    pub top_ten: f64,
}

/// Compares an order, best first, with judgements in rank order; tasks that only one of them has are left out.
#[must_use]
pub fn agreement(order: &[TaskGid], judgements: &[Judgement]) -> Agreement {
    let judged: HashSet<&TaskGid> = judgements.iter().map(|j| &j.task).collect();
    let wanted: Vec<&TaskGid> = order.iter().filter(|gid| judged.contains(gid)).collect();
    let places: HashMap<&TaskGid, usize> = wanted.iter().enumerate().map(|(at, gid)| (*gid, at)).collect();
    let found: Vec<&TaskGid> =
        judgements.iter().map(|j| &j.task).filter(|gid| places.contains_key(gid)).collect();
    let here: Vec<f64> = (0..found.len()).map(|at| at as f64).collect();
    let there: Vec<f64> = found.iter().map(|gid| places[*gid] as f64).collect();
    let top = wanted.len().min(TOP);
    let both = found.iter().take(top).filter(|gid| places[*gid] < top).count();
    Agreement {
        tasks: found.len(),
        tau: kendall(&here, &there).unwrap_or(1.0),
        top_ten: if top == 0 { 1.0 } else { both as f64 / top as f64 },
    }
}

/// What one rubric in another's place would change of a project.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// How far the two orders agree.
    pub order: Agreement,
    /// Tasks whose band would be another.
    pub bands: usize,
}

/// Judges a project by both rubrics, without memory of earlier bands.
#[must_use]
pub fn change(snapshot: &Snapshot, now: Moment, old: &Rubric, new: &Rubric) -> Change {
    let judged = |rubric| judge(snapshot, rubric, now, &Memory::new());
    let (old, new) = (judged(old), judged(new));
    let bands: HashMap<&TaskGid, Band> = old.iter().map(|j| (&j.task, j.band)).collect();
    let order: Vec<TaskGid> = old.iter().map(|j| j.task.clone()).collect();
    Change {
        order: agreement(&order, &new),
        bands: new.iter().filter(|j| bands.get(&j.task).is_some_and(|band| *band != j.band)).count(),
    }
}
