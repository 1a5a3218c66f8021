//! `/runs`: what was started, how it ended, and what it asked of Asana.
//!
//! Deliberately not here: what a run did (its plan says it).

use super::{Shell, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor, html};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{Clearance, ProjectGid, RunId};
use engine::views::RunView;

/// Runs of the list.
const RUNS: usize = 200;

#[derive(Template)]
#[template(path = "runs.html")]
struct Page {
    shell: Shell,
    runs: Vec<RunView>,
    only: Option<String>,
    /// Those that the visitor may take back here.
    undoes: Vec<RunId>,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let project = fields.get("project").map(ProjectGid::new);
    if let Some(project) = &project {
        visitor.sees(project)?;
    }
    let runs = dashboard.views.runs(&visitor.access, project.as_ref(), (RUNS, dashboard.now())).await?;
    let only = project.map(|project| project.to_string());
    let may = |run: &RunView| visitor.access.may(Clearance::Approver, &run.run.project.gid);
    let undoes = if dashboard.has_hands() {
        runs.iter().filter(|run| may(run)).map(|run| run.run.id.clone()).collect()
    } else {
        vec![]
    };
    Ok(html(&Page { shell: Shell::of(&visitor, "Runs", "runs"), runs, only, undoes }))
}

/// Whether a run wrote what can be taken back.
fn can_be_undone(view: &RunView) -> bool {
    view.run.applied && view.run.finished_at.is_some() && !matches!(view.run.kind.as_str(), "undo" | "setup")
}
