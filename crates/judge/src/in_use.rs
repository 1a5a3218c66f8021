//! Which inputs of the rubric a project uses at all, and what that makes of the weights.
//!
//! An input that no open task of the project has says nothing about any of them: its share goes to the other signals of
//! its criterion, and a criterion without any input gives its weight to the other criteria. As soon as one task has it,
//! it counts for all. What is in use whatever single tasks have (`Signal::in_use`) keeps only the part of its criterion that
//! it may fill. So a backlog with priorities and dates alone fills the scale as a fully described one does.
//! Deliberately not here: single missing values, which count nothing and are named.

use crate::criterion;
use crate::facts::{Context, Facts};
use crate::rubric::{Combine, Criterion, Source};
use crate::signals::{Sight, Signal};

/// An input of the rubric that no open task has.
pub(crate) enum Unused {
    Signal(&'static Signal),
    Formula(usize),
}

/// The inputs of the rubric that this project does not use.
pub(crate) fn unused(cx: &Context) -> Vec<Unused> {
    let inputs =
        cx.rubric.criteria().iter().enumerate().flat_map(|(at, criterion)| match &criterion.source {
            Source::Signals { shares, .. } => {
                shares.iter().map(|(signal, _)| Unused::Signal(signal)).collect()
            }
            Source::Formula { .. } => vec![Unused::Formula(at)],
        });
    inputs
        .filter(|input| match input {
            Unused::Signal(signal) => !in_use(signal, cx),
            Unused::Formula(_) => !any(cx, |facts| input.fed_by(facts)),
        })
        .collect()
}

impl Unused {
    /// Whether the task, as it is or is imagined, would bring it into use, and so change the weights of all.
    pub(crate) fn fed_by(&self, facts: &Facts) -> bool {
        match self {
            Unused::Signal(signal) => matches!((signal.read)(facts), Sight::Strength(_)),
            Unused::Formula(at) => criterion::coverage(&facts.cx.rubric.criteria()[*at], facts).1 > 0.0,
        }
    }
}

/// The rubric's criteria with the weights in force for this project; unused ones stay, with a weight of 0.
pub(crate) fn criteria_in_use(cx: &Context) -> Vec<Criterion> {
    let all = cx.rubric.criteria();
    let mut adapted: Vec<Criterion> = all.iter().map(|c| adapt(c, cx)).collect();
    let total: f64 = adapted.iter().map(|c| c.weight).sum();
    if total <= 0.0 {
        return all.to_vec();
    }
    adapted.iter_mut().for_each(|c| c.weight /= total);
    adapted
}

fn adapt(criterion: &Criterion, cx: &Context) -> Criterion {
    let without = || Criterion { weight: 0.0, ..criterion.clone() };
    match &criterion.source {
        Source::Formula { .. } => {
            let has_value = |facts: &Facts| criterion::coverage(criterion, facts).1 > 0.0;
            if any(cx, has_value) { criterion.clone() } else { without() }
        }
        Source::Signals { combine, shares } => {
            let mut used: Vec<_> = shares.iter().filter(|(signal, _)| in_use(signal, cx)).copied().collect();
            if used.is_empty() {
                return without();
            }
            let mut weight = criterion.weight;
            match combine {
                Combine::Sum => {
                    let sum: f64 = used.iter().map(|(_, share)| share).sum();
                    used.iter_mut().for_each(|(_, share)| *share /= sum);
                }
                // Goals in the workspace bring their criterion into use even where no task is linked to one. All that
                // texts may add is then all it counts.
                Combine::Strongest if used.iter().all(|(signal, _)| signal.in_use.is_some()) => {
                    let most = used.iter().map(|(_, share)| *share).fold(0.0, f64::max);
                    weight *= most;
                    used.iter_mut().for_each(|(_, share)| *share /= most);
                }
                Combine::Strongest => {}
            }
            let source = Source::Signals { combine: *combine, shares: used };
            Criterion { weight, source, ..criterion.clone() }
        }
    }
}

fn in_use(signal: &Signal, cx: &Context) -> bool {
    if let Some(in_use) = signal.in_use {
        return in_use(cx);
    }
    any(cx, |facts| matches!((signal.read)(facts), Sight::Strength(_)))
}

fn any(cx: &Context, holds: impl Fn(&Facts) -> bool) -> bool {
    let open = cx.snapshot.tasks.iter().enumerate().filter(|(_, task)| !task.completed);
    open.into_iter()
        .any(|(at, task)| holds(&Facts { cx, task, at, overlay: None, inherited: 0.0, texts: true }))
}
