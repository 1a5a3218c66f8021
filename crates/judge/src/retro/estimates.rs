//! How far estimates were from the hours that were tracked, of what was done; by the size of the estimate, never by person.
//!
//! Deliberately left out: the time from taking up to done as a stand-in for hours, which holds nights, waiting and other work.

use super::RetroTask;
use crate::learn::metrics::{mean_absolute_error, median};
use domain::TaskGid;
use serde::Serialize;

/// Borders between sizes, hours: half a day, two days.
const BORDERS: [f64; 2] = [4.0, 16.0];

/// Estimates of one size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Size {
    /// From how many estimated hours on, this number not included; 0 for the smallest.
    pub above: f64,
    /// Up to how many; none for the largest.
    pub up_to: Option<f64>,
    /// The tasks.
    pub tasks: Vec<TaskGid>,
    /// Mean absolute error, hours.
    pub mae: f64,
    /// The middle of tracked over estimated: 1.5 says that it takes half as much again.
    pub ratio: f64,
}

/// How good estimates were.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimates {
    /// Done tasks with an estimate and tracked time.
    pub tasks: Vec<TaskGid>,
    /// Done tasks that lack either.
    pub unmeasured: Vec<TaskGid>,
    /// Mean of tracked less estimated hours: above 0 where estimates are too low.
    pub bias: Option<f64>,
    /// Mean absolute error, hours.
    pub mae: Option<f64>,
    /// The middle of tracked over estimated.
    pub ratio: Option<f64>,
    /// The same by size, the smallest first; sizes without a task are left out.
    pub sizes: Vec<Size>,
}

pub(super) fn estimates(tasks: &[RetroTask]) -> Estimates {
    let mut found = Estimates::default();
    let mut pairs: Vec<(f64, f64, &TaskGid)> = vec![];
    for task in tasks.iter().filter(|task| task.ending.is_done()) {
        match (task.hours.filter(|hours| *hours > 0.0), task.tracked) {
            (Some(hours), Some(tracked)) => pairs.push((hours, tracked, &task.task)),
            _ => found.unmeasured.push(task.task.clone()),
        }
    }
    found.tasks = pairs.iter().map(|(.., task)| (*task).clone()).collect();
    if pairs.is_empty() {
        return found;
    }
    found.bias = Some(pairs.iter().map(|(told, took, _)| took - told).sum::<f64>() / pairs.len() as f64);
    (found.mae, found.ratio) = figures(&pairs);
    let lows = std::iter::once(0.0).chain(BORDERS);
    let highs = BORDERS.into_iter().map(Some).chain([None]);
    for (above, up_to) in lows.zip(highs) {
        let fits = |told: f64| told > above && up_to.is_none_or(|most| told <= most);
        let of_size: Vec<_> = pairs.iter().copied().filter(|(told, ..)| fits(*told)).collect();
        if let (Some(mae), Some(ratio)) = figures(&of_size) {
            let tasks = of_size.iter().map(|(.., task)| (*task).clone()).collect();
            found.sizes.push(Size { above, up_to, tasks, mae, ratio });
        }
    }
    found
}

fn figures(pairs: &[(f64, f64, &TaskGid)]) -> (Option<f64>, Option<f64>) {
    let (told, took): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(told, took, _)| (*told, *took)).unzip();
    let ratios: Vec<f64> = pairs.iter().map(|(told, took, _)| took / told).collect();
    (mean_absolute_error(&told, &took), median(&ratios))
}
