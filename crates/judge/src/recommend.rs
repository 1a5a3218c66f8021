//! The recommended sprint and action, from the finished ranking.
//!
//! Deliberately not here: capacity and skills (sprint planning), and whether anything is written.

use crate::score::Judged;
use domain::{Band, Judgement, RecommendedAction, Snapshot, Sprint, Task, TaskGid};
use jiff::Timestamp;
use std::collections::HashSet;

/// When less than this share is known of an important task, the first thing to do is to find out more. By the default
/// rubric a task without value, effort, priority and description comes to 0.595.
const CLARIFY_BELOW: f64 = 0.6;
/// Days without any change after which an unwanted old task is a candidate for closing: two years of backlog life is
/// where most trackers' bots give up, one year open and half a year silent is the earlier, gentler question.
const STALE_AGE_DAYS: i64 = 365;
const STALE_SILENCE_DAYS: i64 = 180;

/// Fills sprint and action of judgements sorted by rank.
pub(crate) fn recommend(ranked: &mut [Judged], snapshot: &Snapshot, now: Timestamp, next_tasks: usize) {
    let planned: HashSet<&TaskGid> = snapshot.evidence.sprint.iter().collect();
    // A sprint that was planned by hours and skills goes over a count of tasks.
    let mut places = if planned.is_empty() { next_tasks } else { 0 };
    for Judged { judgement, at, known } in ranked {
        judgement.sprint = sprint(judgement, places);
        if judgement.sprint == Sprint::Next {
            places -= 1;
        } else if !planned.is_empty() && (planned.contains(&judgement.task) || cannot_wait(judgement)) {
            judgement.sprint = Sprint::Next;
        }
        judgement.action = action(judgement, *known < CLARIFY_BELOW, &snapshot.tasks[*at], now);
    }
}

/// What is most urgent and can be begun is for now, whatever was planned.
fn cannot_wait(judgement: &Judgement) -> bool {
    judgement.band == Band::P0 && judgement.waits_for.is_empty()
}

fn sprint(judgement: &Judgement, places: usize) -> Sprint {
    match judgement.band {
        Band::P0 | Band::P1 if judgement.waits_for.is_empty() && places > 0 => Sprint::Next,
        Band::P0 | Band::P1 | Band::P2 => Sprint::Future,
        Band::P3 => Sprint::Backlog,
    }
}

fn action(judgement: &Judgement, unclear: bool, task: &Task, now: Timestamp) -> RecommendedAction {
    let waiting = !judgement.waits_for.is_empty();
    match (judgement.band, judgement.sprint) {
        (Band::P0 | Band::P1, _) if waiting => RecommendedAction::Unblock,
        (Band::P0 | Band::P1 | Band::P2, _) if unclear => RecommendedAction::Clarify,
        (_, Sprint::Next) => RecommendedAction::Schedule,
        (Band::P0 | Band::P1 | Band::P2, _) => RecommendedAction::Plan,
        (Band::P3, _) if is_stale(task, now) => RecommendedAction::ConsiderClosing,
        (Band::P3, _) => RecommendedAction::Keep,
    }
}

fn is_stale(task: &Task, now: Timestamp) -> bool {
    let days = |at: Timestamp| now.duration_since(at).as_secs() / 86_400;
    let last = task.comments.iter().map(|c| c.at).max().unwrap_or(task.created_at);
    days(task.created_at) >= STALE_AGE_DAYS
        && days(last) >= STALE_SILENCE_DAYS
        && task.due_on.is_none()
        && task.dependents.is_empty()
}
