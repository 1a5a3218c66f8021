//! The strengths of every task by criterion: what a score is the weighted sum of.
//!
//! Deliberately not here: weights. Known limit: strengths of a criterion depend on which of its signals the project uses, as
//! scores do.

use crate::facts::{Context, Facts};
use crate::rubric::Rubric;
use crate::{criterion, score};
use domain::{Moment, Snapshot, TaskGid};

/// Every open task as a row of strengths.
#[derive(Clone, Debug, PartialEq)]
pub struct Strengths {
    /// Names of the rubric's criteria, in its order.
    pub criteria: Vec<String>,
    /// The weights in force for this project, summing to 1; 0 for a criterion that no task has an input for.
    pub weights: Vec<f64>,
    /// Task and strengths, 0–1, one a criterion; in the snapshot's order.
    pub tasks: Vec<(TaskGid, Vec<f64>)>,
}

impl Strengths {
    /// The strengths of one task.
    #[must_use]
    pub fn of(&self, task: &TaskGid) -> Option<&[f64]> {
        self.tasks.iter().find(|(gid, _)| gid == task).map(|(_, row)| row.as_slice())
    }
}

/// The strengths of all open tasks under a rubric.
#[must_use]
pub fn strengths(snapshot: &Snapshot, rubric: &Rubric, now: Moment) -> Strengths {
    let cx = Context::new(snapshot, rubric, now);
    let inherited = score::inherited(&cx);
    let open = snapshot.tasks.iter().enumerate().filter(|(_, task)| !task.completed);
    let tasks = open
        .map(|(at, task)| {
            let facts = Facts { cx: &cx, task, at, overlay: None, inherited: inherited[at], texts: true };
            (task.gid.clone(), cx.criteria.iter().map(|c| criterion::strength(c, &facts)).collect())
        })
        .collect();
    Strengths {
        criteria: cx.criteria.iter().map(|c| c.name.clone()).collect(),
        weights: cx.criteria.iter().map(|c| c.weight).collect(),
        tasks,
    }
}
