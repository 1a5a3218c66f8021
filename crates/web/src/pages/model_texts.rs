//! `/projects/{gid}/tasks/{gid}/model`: what a language model was asked about a task and what it answered, word for word.
//!
//! There is something to see only for what was asked while the debug window (`policy.ai.debug_until`) was open, and the first run after
//! it deletes that. The texts hold whatever people wrote, so an admin of the project alone sees them. Deliberately not here: ratings,
//! which are kept for good (`task`).

use super::Shell;
use super::project::Here;
use super::words;
use crate::dashboard::{Dashboard, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Clearance, TaskGid};
use jiff::Timestamp;
use store::ModelText;

/// Questions of a task that are shown, the newest first.
const SHOWN: u32 = 20;

#[derive(Template)]
#[template(path = "model_texts.html")]
struct Page {
    shell: Shell,
    here: Here,
    task: TaskGid,
    name: String,
    texts: Vec<ModelText>,
    /// Until when the window is open; none when it is shut.
    open_until: Option<Timestamp>,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path((project, task)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Admin)).await?;
    let task = TaskGid::new(task);
    let name = dashboard.views.task_name(&here.gid, &task).await?;
    let name = name.ok_or(Refusal::Missing("The project’s last ranking has no such task."))?;
    let now = dashboard.now();
    let gid = here.gid.clone();
    let look = move |engine: engine::Engine, _| async move {
        Ok(engine.for_project(&gid).await?.policy.ai.debug_until)
    };
    let open_until = dashboard.find(&visitor, look).await?.filter(|until| *until > now);
    // After the window nothing is shown, also before a run has deleted it.
    let texts = match open_until {
        Some(_) => dashboard.store().model_texts_of(&here.gid, &task, SHOWN).await?,
        None => vec![],
    };
    let shell = Shell::of(&visitor, format!("Model – {name}"), "projects");
    Ok(html(&Page { shell, here, task, name, texts, open_until }))
}
