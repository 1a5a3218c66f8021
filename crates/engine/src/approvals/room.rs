//! Whether people still have the hours for the tasks that approved questions would give them.
//!
//! Looked at when the question is answered, which may be days after it was asked. Costs a reading of the project and its people, and
//! nothing where no question gives a task to anybody. Deliberately not here: what follows from it (`decide`).

use crate::context::Engine;
use crate::error::EngineError;
use crate::workload::{Promise, unable};
use decide::Approved;
use domain::{Action, Moment, PlanKind, ProjectGid};

/// The questions, those with a hindrance whose person cannot have the task any more.
pub(super) async fn with_hindrances(
    engine: &Engine,
    project: &ProjectGid,
    mut approved: Vec<Approved>,
    now: Moment,
) -> Result<Vec<Approved>, EngineError> {
    let promise = |one: &Approved| match &one.planned.action {
        Action::Assign { task, new: Some(person), .. } => Some(Promise {
            task: task.clone(),
            person: person.clone(),
            // A sprint has all of its days for it, whatever day it is due.
            until: match one.kind {
                PlanKind::Sprint { to, .. } => Some(to),
                _ => None,
            },
        }),
        _ => None,
    };
    let promises: Vec<Promise> = approved.iter().filter_map(promise).collect();
    if promises.is_empty() {
        return Ok(approved);
    }
    let unable = unable(engine, project, &promises, now).await?;
    for one in &mut approved {
        if matches!(one.planned.action, Action::Assign { new: Some(_), .. }) {
            one.hindrance = unable.get(&one.approval.ask.task).cloned();
        }
    }
    Ok(approved)
}
