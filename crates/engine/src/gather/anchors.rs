//! Finding Upnext's own task, comment and subtask again.
//!
//! The store remembers them; Asana has the last word (somebody may have deleted or completed them). Deliberately not
//! here: making them.

use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use domain::{Action, ActionId, Anchors, ProjectGid, Task, TaskGid};

/// Plans looked through for the last groom that wrote. Plans nobody applied lie between; after so many of them in a row
/// nobody waits for that review any more.
const LOOK_BACK: u32 = 50;

/// The anchors as they are now. Costs a request for each one that the list of open tasks does not show, as for each
/// subtask about a date in danger where the policy has them.
pub(crate) async fn resolve(
    engine: &Engine,
    project: &ProjectGid,
    tasks: &[Task],
    host_name: &str,
) -> Result<Anchors, EngineError> {
    let mut anchors = engine.store.anchors(project).await?;
    if engine.policy.risk.subtask {
        for danger in anchors.dangers.values_mut() {
            danger.open = is_there(engine, &danger.subtask).await?.map(|completed| !completed);
        }
    }
    let known = anchors.host_task.clone();
    let host = host(engine, known.as_ref(), tasks, host_name).await?;
    if host != known {
        // Another task: neither the comment nor the review on the one before is its.
        let Anchors { notices, risks, dangers, .. } = anchors;
        anchors = Anchors { host_task: host, notices, risks, dangers, ..Anchors::default() };
    }
    if anchors.host_task.is_none() {
        return Ok(anchors);
    }
    let review = match &anchors.review_subtask {
        None => None,
        Some(gid) => is_there(engine, gid).await?,
    };
    if review.is_none() {
        anchors.review_subtask = None;
    }
    anchors.review_open = review == Some(false);
    anchors.review_owed = review_owed(engine, project).await?;
    Ok(anchors)
}

/// The task that is the host now. One of that name that was made after the one we know takes its place: whoever makes it wants the
/// report there.
async fn host(
    engine: &Engine,
    known: Option<&TaskGid>,
    tasks: &[Task],
    name: &str,
) -> Result<Option<TaskGid>, EngineError> {
    let named = tasks.iter().filter(|t| !name.is_empty() && t.name.trim().eq_ignore_ascii_case(name));
    let newest = named.max_by_key(|t| (t.created_at, t.gid.numeric_key()));
    let made_at = match known {
        None => None,
        Some(gid) => match tasks.iter().find(|t| t.gid == *gid) {
            Some(ours) => Some(ours.created_at),
            None => look(engine, gid).await?.map(|ours| ours.created_at.unwrap_or_default()),
        },
    };
    let is_newer = |task: &&Task| made_at.is_none_or(|at| task.created_at > at);
    let taken_over = newest.filter(is_newer).map(|task| task.gid.clone());
    Ok(taken_over.or(made_at.and(known.cloned())))
}

/// Whether the last groom that wrote was stopped before it came to the review subtask: its writes are to be looked at,
/// even when the next groom finds nothing more to write.
async fn review_owed(engine: &Engine, project: &ProjectGid) -> Result<bool, EngineError> {
    let plans = engine.store.plans(Some(project), LOOK_BACK).await?;
    let Some(last) = plans.into_iter().find(|p| p.kind == "groom" && p.done > 0).filter(|p| p.open > 0)
    else {
        return Ok(false);
    };
    let Some(saved) = engine.store.plan(&last.id).await? else { return Ok(false) };
    let outcomes = engine.store.outcomes(&last.run).await?;
    let settled = |id: &ActionId| outcomes.iter().any(|o| o.action == *id && o.kind.is_settled_well());
    let mut reviews = saved.plan.actions.iter().filter(|p| matches!(p.action, Action::EnsureSubtask { .. }));
    Ok(reviews.any(|planned| !settled(&planned.id)))
}

/// Whether a task is there, and if so whether it is completed.
async fn is_there(engine: &Engine, gid: &TaskGid) -> Result<Option<bool>, EngineError> {
    Ok(look(engine, gid).await?.map(|task| task.completed.unwrap_or(false)))
}

/// A task of ours, open or closed; none when it is gone.
async fn look(engine: &Engine, gid: &TaskGid) -> Result<Option<wire::Task>, EngineError> {
    match engine.asana.tasks().get(gid.as_str(), &["completed", "created_at"]).await {
        Ok(task) => Ok(Some(task)),
        Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
