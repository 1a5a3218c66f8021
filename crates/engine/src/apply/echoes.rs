//! What is known of a task after our own write, so that it is not read again for having been written.
//!
//! Deliberately not here: writing.

use super::Work;
use crate::context::Engine;
use crate::error::EngineError;
use domain::{Comment, Outcome, Plan, PlanKind, Snapshot, TaskGid};
use std::collections::HashMap;
use store::SeenComments;

impl Work<'_> {
    /// Our own write moved `modified_at`; if nothing else had, the comments and attachments we know are still all there are.
    pub(super) async fn remember_echoes(&self, outcomes: &[Outcome]) -> Result<(), EngineError> {
        let (mut seen, mut moved) = (vec![], vec![]);
        for outcome in outcomes {
            let (Some(modified_at), Some(action)) = (outcome.modified_at, self.actions.get(&outcome.action))
            else {
                continue;
            };
            let Some(task) = action.task().and_then(|gid| self.view.untouched(gid)) else { continue };
            moved.push((task.gid.clone(), task.modified_at, modified_at));
            let comments = self.comments.as_ref().map_or(Some(&task.comments), |known| known.get(&task.gid));
            if let Some(comments) = comments.cloned() {
                seen.push((task.gid.clone(), SeenComments { modified_at, comments }));
            }
        }
        let project = &self.plan.project.gid;
        if self.engine.policy.read_attachments {
            self.engine.store.attachments_untouched(project, &moved).await?;
        }
        Ok(self.engine.store.remember_comments(project, &seen).await?)
    }
}

/// For an undo or an approval, which read no comments: those that the store has of tasks that have not changed since.
pub(super) async fn known_comments(
    engine: &Engine,
    plan: &Plan,
    base: &Snapshot,
) -> Result<Option<HashMap<TaskGid, Vec<Comment>>>, EngineError> {
    if !matches!(plan.kind, PlanKind::Undo { .. } | PlanKind::Approval { .. }) {
        return Ok(None);
    }
    let mut seen = engine.store.comments(&plan.project.gid).await?;
    let known = base.tasks.iter().filter_map(|task| {
        let seen = seen.remove(&task.gid).filter(|seen| seen.modified_at == task.modified_at)?;
        Some((task.gid.clone(), seen.comments))
    });
    Ok(Some(known.collect()))
}
