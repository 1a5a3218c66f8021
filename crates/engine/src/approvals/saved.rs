//! What the saved plans hold of questions that are answered: the action that waits, and the task as it was judged.
//!
//! Deliberately not here: whether the task still is so (`decide`).

use super::Left;
use crate::context::Engine;
use crate::error::EngineError;
use decide::Approved;
use domain::{Approval, Plan, PlanId, Task, TaskGid};
use std::collections::{BTreeSet, HashMap};

/// A plan and the tasks of its questions; none of them where its snapshot is no longer kept.
struct Saved {
    plan: Plan,
    judged: HashMap<TaskGid, Task>,
}

/// The open questions with their actions, in order. One whose plan is gone is told in `left`.
pub(super) async fn with_actions(
    engine: &Engine,
    open: Vec<Approval>,
    left: &mut Vec<Left>,
) -> Result<Vec<Approved>, EngineError> {
    let mut plans: HashMap<PlanId, Option<Saved>> = HashMap::new();
    for id in open.iter().map(|approval| &approval.ask.plan).collect::<BTreeSet<_>>() {
        plans.insert(id.clone(), saved(engine, id, &open).await?);
    }
    let mut approved = vec![];
    for approval in open {
        let ask = &approval.ask;
        let saved = plans.get(&ask.plan).and_then(Option::as_ref);
        let waiting = saved.and_then(|saved| {
            let planned = saved.plan.actions.iter().find(|action| action.id == ask.action)?;
            let judged = saved.judged.get(&ask.task).cloned();
            Some((planned.clone(), saved.plan.kind.clone(), judged))
        });
        match waiting {
            Some((planned, kind, judged)) => {
                approved.push(Approved { approval, planned, kind, judged, hindrance: None });
            }
            None => left.push(Left {
                why: format!("plan {} is not kept: the next groom asks anew", ask.plan),
                id: approval.id,
                name: approval.ask.name,
                at: None,
            }),
        }
    }
    Ok(approved)
}

async fn saved(engine: &Engine, id: &PlanId, open: &[Approval]) -> Result<Option<Saved>, EngineError> {
    let Some(saved) = engine.store.plan(id).await? else { return Ok(None) };
    let snapshot = engine.store.snapshot(&saved.plan.snapshot).await?;
    let asked: BTreeSet<&TaskGid> =
        open.iter().filter(|one| one.ask.plan == *id).map(|one| &one.ask.task).collect();
    let tasks = snapshot.into_iter().flat_map(|snapshot| snapshot.tasks);
    let judged = tasks.filter(|task| asked.contains(&task.gid)).map(|task| (task.gid.clone(), task));
    Ok(Some(Saved { judged: judged.collect(), plan: saved.plan }))
}
