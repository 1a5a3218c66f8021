//! The past of a project as a sprint needs it: what was finished when, and what has been begun.
//!
//! A request for a hundred tasks. Deliberately not here: what the past says of the next sprint (`decide::sprint`).

use super::{ASSUMED_HOURS, wanted::numbered_hours};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::list_history;
use decide::sprint::{PastSprint, Planned, SPANS, past_sprints};
use domain::{Moment, Past, Snapshot};
use jiff::SignedDuration;
use judge::learn::metrics::median;
use judge::risk::Efforts;

/// Minutes of an hour.
const MINUTES: f64 = 60.0;

/// What of the past counts.
pub(super) struct History {
    pub sprints: Vec<PastSprint>,
    /// Efforts with what has been worked taken off.
    pub efforts: Efforts,
    pub notes: Vec<String>,
}

/// Reads it. `efforts` are those of the open tasks, whole.
pub(super) async fn read(
    engine: &Engine,
    snapshot: &Snapshot,
    (planned, now): (&Planned<'_>, Moment),
    efforts: Efforts,
) -> Result<History, EngineError> {
    let back = SignedDuration::from_hours(24 * planned.days.max(1) * SPANS);
    let past = match list_history(engine, &snapshot.project.gid, now.at - back).await {
        Ok(past) => past,
        Err(EngineError::Asana(error)) if super::people::refused(&error) => {
            let note = format!("finished tasks could not be read, so no velocity is known: {error}");
            return Ok(History { sprints: vec![], efforts, notes: vec![note] });
        }
        Err(error) => return Err(error),
    };
    let own = |past: &Past| numbered_hours(engine, snapshot, &past.task);
    let tracked = |past: &Past| past.actual_minutes.filter(|of| *of > 0.0).map(|of| of / MINUTES);
    let done: Vec<&Past> = past.iter().filter(|one| one.completed_at.is_some()).collect();
    let known: Vec<f64> = done.iter().filter_map(|one| own(one)).collect();
    let usual = median(&known).unwrap_or(ASSUMED_HOURS);
    let hours = |one: &Past| own(one).or_else(|| tracked(one)).unwrap_or(usual);
    let sprints = past_sprints(&past, planned, hours);
    let mut notes = vec![];
    let without = done.iter().filter(|one| own(one).is_none() && tracked(one).is_none()).count();
    if without > 0 && !sprints.is_empty() {
        notes.push(format!(
            "{without} of {} finished tasks have neither effort nor tracked time and count {usual:.1} h each in the velocity",
            done.len()
        ));
    }
    let (efforts, begun) = left(&past, efforts, tracked);
    notes.extend(begun);
    Ok(History { sprints, efforts, notes })
}

/// The efforts with the time tracked on open tasks taken off.
fn left(
    past: &[Past],
    mut efforts: Efforts,
    tracked: impl Fn(&Past) -> Option<f64>,
) -> (Efforts, Option<String>) {
    let (mut count, mut sum) = (0, 0.0);
    for one in past.iter().filter(|one| one.completed_at.is_none()) {
        if let (Some(worked), Some(effort)) = (tracked(one), efforts.get_mut(&one.task.gid)) {
            *effort = effort.left_after(worked);
            count += 1;
            sum += worked;
        }
    }
    let note = (count > 0).then(|| {
        let tasks = if count == 1 { "task has" } else { "tasks have" };
        format!("{count} {tasks} been begun ({sum:.0} h tracked): what is left of them is reckoned with")
    });
    (efforts, note)
}
