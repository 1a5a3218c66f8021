//! `/runs/{run}/undo`: takes back what a run wrote, all of it, on one task or in one field there, where nobody has changed it since.
//!
//! Deliberately not here: what is restored and what is left (`engine::undo_some`).

use super::{Shell, words};
use crate::dashboard::{Dashboard, Refusal, Signed, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Clearance, RunId, TaskGid};
use engine::{EngineError, UndoOnly, UndoReport};

#[derive(Template)]
#[template(path = "undone.html")]
struct Undone {
    shell: Shell,
    run: RunId,
    /// What it came to; none while it is still being written.
    report: Option<UndoReport>,
    /// The task's page, where it was asked for one.
    task: Option<String>,
}

/// Takes it back.
pub(super) async fn undo(
    State(dashboard): State<Dashboard>,
    Path(run): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let missing = Refusal::Missing("There is no such run, or you may not see it.");
    let run = dashboard.store().run(&RunId::new(run)).await?;
    let Some(run) = run.filter(|run| visitor.access.sees(&run.project.gid)) else { return Err(missing) };
    visitor.must(Clearance::Approver, &run.project.gid)?;
    let tasks: Vec<TaskGid> = fields.all("task").map(TaskGid::new).collect();
    let task = tasks.first().map(|task| format!("/projects/{}/tasks/{task}", run.project.gid));
    let only_in = fields.all("field").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let (only, id) = (UndoOnly { tasks, fields: only_in }, run.id.clone());
    let how = visitor.deciding(&fields);
    let report = dashboard
        .do_it(move |engine, now| async move { engine::undo_some(&engine, &id, &only, (&how, now)).await })
        .await
        .map_err(|refusal| match refusal {
            // A run that wrote nothing, or not on that task: the words say so.
            Refusal::Failed(EngineError::NotUndoable(why)) => Refusal::Bad(why),
            other => other,
        })?;
    Ok(html(&Undone { shell: Shell::of(&visitor, "Undone", "runs"), run: run.id, report, task }))
}
