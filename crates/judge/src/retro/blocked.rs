//! Time that tasks of the sprint spent waiting for open tasks.
//!
//! Deliberately left out: blockers outside the project that are done by now, because nobody tells when they were; they are counted.

use super::Eye;
use super::member::Member;
use crate::backtest::was_open;
use domain::{Happened, Past, TaskGid};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// A task that waited.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Waited {
    /// The task.
    pub task: TaskGid,
    /// Days within the sprint in which at least one blocker was open.
    pub days: f64,
    /// The blockers with their days, the longest first.
    pub by: Vec<(TaskGid, f64)>,
}

/// All waiting.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Blocked {
    /// Tasks that waited, the longest first.
    pub tasks: Vec<Waited>,
    /// Their days together.
    pub days: f64,
    /// Blockers outside the project of which nobody tells when they were done.
    pub unknown: Vec<TaskGid>,
}

type Stretch = (Timestamp, Timestamp);

pub(super) fn blocked(eye: &Eye<'_>, members: &[Member<'_>]) -> Blocked {
    let mut found = Blocked::default();
    let mut unknown = BTreeSet::new();
    for member in members {
        let within = member.open_within(eye);
        let mut all: Vec<Stretch> = vec![];
        let mut by = vec![];
        for blocker in blockers(member.past) {
            let Some(stretches) = waiting(eye, member.past, &blocker, within) else {
                unknown.insert(blocker);
                continue;
            };
            let days = length(stretches.clone());
            if days > 0.0 {
                by.push((blocker, days));
                all.extend(stretches);
            }
        }
        let days = length(all);
        if days > 0.0 {
            by.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.numeric_key().cmp(&b.0.numeric_key())));
            found.tasks.push(Waited { task: member.past.task.gid.clone(), days, by });
        }
    }
    found.tasks.sort_by(|a, b| {
        b.days.total_cmp(&a.days).then_with(|| a.task.numeric_key().cmp(&b.task.numeric_key()))
    });
    // Nothing sums up to -0 by itself, which people would read.
    found.days = 0.0 + found.tasks.iter().map(|waited| waited.days).sum::<f64>();
    found.unknown = unknown.into_iter().collect();
    found
}

/// Everything a task ever waited for, by gid.
fn blockers(past: &Past) -> BTreeSet<TaskGid> {
    let told = past.happenings.iter().filter_map(|happening| match &happening.what {
        Happened::Waits { on, .. } => Some(on.clone()),
        _ => None,
    });
    told.chain(past.task.dependencies.iter().map(|d| d.gid.clone())).collect()
}

/// The stretches in which the task waited for one open blocker; nothing when that is not known.
fn waiting(eye: &Eye<'_>, past: &Past, on: &TaskGid, within: Stretch) -> Option<Vec<Stretch>> {
    let mut stretches = vec![];
    for linked in linked(past, on, within) {
        match eye.past(on) {
            Some(blocker) => stretches.extend(open(blocker, linked)),
            None => match past.task.dependencies.iter().find(|d| d.gid == *on)?.completed {
                Some(false) => stretches.push(linked),
                _ => return None,
            },
        }
    }
    Some(stretches)
}

/// The stretches in which one waited for the other, whether that was open or not.
fn linked(past: &Past, on: &TaskGid, (from, to): Stretch) -> Vec<Stretch> {
    let mut told: Vec<(Timestamp, bool)> = past
        .happenings
        .iter()
        .filter_map(|happening| match &happening.what {
            Happened::Waits { on: other, begins } if other == on => Some((happening.at, *begins)),
            _ => None,
        })
        .collect();
    told.sort();
    // Before the first change it was as that change found it; without any, as it is now.
    let mut is_on = told.first().is_none_or(|(_, begins)| !begins);
    let mut since = from;
    let mut stretches = vec![];
    for (at, begins) in told.into_iter().map(|(at, begins)| (at.clamp(from, to), begins)) {
        if is_on && at > since {
            stretches.push((since, at));
        }
        (is_on, since) = (begins, at);
    }
    if is_on && to > since {
        stretches.push((since, to));
    }
    stretches
}

/// The parts of a stretch in which a task was open.
fn open(blocker: &Past, (from, to): Stretch) -> Vec<Stretch> {
    let changes = blocker.happenings.iter().filter(|happening| {
        matches!(happening.what, Happened::Completed | Happened::Reopened)
            && happening.at > from
            && happening.at < to
    });
    let mut borders: Vec<Timestamp> = changes.map(|happening| happening.at).collect();
    borders.extend(blocker.completed_at.filter(|at| *at > from && *at < to));
    borders.extend([from.max(blocker.task.created_at.min(to)), to]);
    borders.sort_unstable();
    borders.dedup();
    let parts = borders.windows(2).map(|pair| (pair[0], pair[1]));
    parts.filter(|(begin, _)| was_open(blocker, *begin)).collect()
}

/// Days that are covered at least once.
fn length(mut stretches: Vec<Stretch>) -> f64 {
    stretches.sort_unstable();
    let mut seconds = 0.0;
    let mut until = Timestamp::MIN;
    for (from, to) in stretches {
        let from = from.max(until);
        if to > from {
            seconds += to.duration_since(from).as_secs_f64();
            until = to;
        }
    }
    seconds / DAY
}
