//! Views that people keep: a name for an address of a project's ranking.
//!
//! Deliberately not here: showing them (`ranking`).

use super::query;
use crate::dashboard::{Dashboard, Fields, Refusal, Signed, see_other};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Clearance, ProjectGid};
use store::SavedView;

/// Views of a project: more are no help in finding anything.
const MOST: u32 = 30;

/// Letters of a name.
const LONGEST: usize = 60;

/// Keeps a view.
pub(super) async fn keep(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let project = ProjectGid::new(project);
    signed.visitor.must(Clearance::Approver, &project)?;
    if dashboard.views.project_name(&signed.visitor.access, &project).await?.is_none() {
        return Err(Refusal::no_project());
    }
    let name = signed.fields.get("name").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Refusal::Bad("A view needs a name: go back and give one.".into()));
    }
    // Read and written again: what is kept is a query of ours and nothing else.
    let asked = query::read(&Fields::read(signed.fields.get("query").unwrap_or_default().as_bytes()));
    let query = query::write(&asked);
    let view = SavedView {
        name: domain::fit(&name, LONGEST),
        query: query.clone(),
        made_by: signed.visitor.who.clone(),
        made_at: dashboard.now(),
    };
    if !dashboard.store().save_view(&project, &view, MOST).await? {
        let text = format!("This project has {MOST} views already: forget one of them first.");
        return Err(Refusal::Bad(text));
    }
    let what = format!("kept the view “{}” of project {project}: {query}", view.name);
    dashboard.note("view", &signed.visitor.who, &what).await?;
    Ok(see_other(&format!("/projects/{project}?{query}")))
}

/// Forgets a view.
pub(super) async fn forget(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let project = ProjectGid::new(project);
    signed.visitor.must(Clearance::Approver, &project)?;
    let name = signed.fields.get("name").unwrap_or_default();
    if dashboard.store().forget_view(&project, name).await? {
        let what = format!("forgot the view “{}” of project {project}", domain::fit(name, LONGEST));
        dashboard.note("view", &signed.visitor.who, &what).await?;
    }
    Ok(see_other(&format!("/projects/{project}")))
}
