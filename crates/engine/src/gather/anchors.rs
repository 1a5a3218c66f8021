//! Finding Upnext's own task, comment and subtask again.
//!
//! The store remembers them; Asana has the last word (somebody may have deleted or completed them). Deliberately not
//! here: making them.

use crate::context::Engine;
use crate::error::EngineError;
use domain::{Anchors, ProjectGid, Task, TaskGid};

/// The anchors as they are now. Costs a request for each one that the list of open tasks does not show.
pub(crate) async fn resolve(
    engine: &Engine,
    project: &ProjectGid,
    tasks: &[Task],
    host_name: &str,
) -> Result<Anchors, EngineError> {
    let mut anchors = engine.store.anchors(project).await?;
    let named = tasks.iter().find(|t| t.name.trim().eq_ignore_ascii_case(host_name)).map(|t| t.gid.clone());
    let known = anchors.host_task.take();
    let listed = known.clone().filter(|gid| tasks.iter().any(|t| t.gid == *gid));
    anchors.host_task = match (listed, known) {
        (Some(gid), _) => Some(gid),
        (None, Some(gid)) if is_there(engine, &gid).await?.is_some() => Some(gid),
        _ => named,
    };
    if anchors.host_task.is_none() {
        return Ok(Anchors::default());
    }
    anchors.review_open = match &anchors.review_subtask {
        None => false,
        Some(gid) => is_there(engine, gid).await?.is_some_and(|completed| !completed),
    };
    Ok(anchors)
}

/// Whether a task is there, and if so whether it is completed.
async fn is_there(engine: &Engine, gid: &TaskGid) -> Result<Option<bool>, EngineError> {
    match engine.asana.tasks().get(gid.as_str(), &["completed"]).await {
        Ok(task) => Ok(Some(task.completed.unwrap_or(false))),
        Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
