//! A sprint's plan as a comment on the host task: a preview for a team, by the clock or on request.
//!
//! Deliberately not here: planning and words.

use super::sprint::{SprintWish, Thought, think};
use crate::context::Engine;
use crate::error::EngineError;
use crate::posting::{Posting, post};
use crate::recover::recover;
use decide::sprint::{plan_sprint_preview, preview_text};
use domain::{Moment, Phase, ProjectGid};
use serde::Serialize;

/// What posting a preview came to.
#[derive(Clone, Debug, Serialize)]
pub struct SprintPosted {
    /// What posting came to.
    #[serde(flatten)]
    pub posting: Posting,
    /// What it says.
    pub text: String,
}

/// Plans a sprint and posts the plan as one comment a first day; nothing else is written.
///
/// # Errors
/// A project in shadow, a policy without a host task, and as [`super::sprint`].
pub async fn post_sprint(
    engine: &Engine,
    project: &ProjectGid,
    wish: &SprintWish,
    now: Moment,
) -> Result<SprintPosted, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    let unusable = |problem: &str| Err(EngineError::Unusable(problem.to_owned()));
    if engine.policy.project_phase(project) == Phase::Shadow {
        return unusable(
            "the project is in phase shadow, in which nothing is written to Asana: leave out --post",
        );
    }
    if engine.policy.host_task.is_empty() {
        return unusable("policy.host_task is empty, so there is no task to post a plan on");
    }
    let start = engine.asana.counters();
    recover(engine, project).await?;
    let Thought { snapshot, plan: sprint, notes, .. } = think(engine, project, wish, now).await?;
    let text = preview_text(&sprint, (wish.from, wish.to), &notes);
    let plan =
        plan_sprint_preview(&snapshot, (&text, wish.from, wish.to), &engine.policy, &engine.rules(), now);
    let posting = post(engine, &plan, &snapshot, start).await?;
    Ok(SprintPosted { text, posting })
}
