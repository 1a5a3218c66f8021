//! What is shown where there is no ranking: why, and what to do next.
//!
//! Deliberately not here: doing it.

use super::project::Here;
use super::{Shell, query};
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::ProjectGid;
use engine::views::Found;

#[derive(Template)]
#[template(path = "empty.html")]
struct Page {
    shell: Shell,
    project: ProjectGid,
    name: String,
    forgotten: bool,
    /// Whether the service beside this page is to make one by itself.
    awaited: bool,
}

/// A project that was never judged, or whose texts are gone.
pub(super) async fn page(
    dashboard: &Dashboard,
    visitor: &Visitor,
    (project, name): (&ProjectGid, &str),
    forgotten: bool,
) -> Result<Response, Refusal> {
    let connection = dashboard.store().connection(project).await?;
    Ok(html(&Page {
        shell: Shell::of(visitor, name, "projects"),
        project: project.clone(),
        name: name.to_owned(),
        forgotten,
        awaited: !forgotten && dashboard.is_served() && connection.is_some(),
    }))
}

/// Tells a page that lies open whether the ranking it waits for is there: 204 when it is, 202 before. It does not count as use of a session.
pub(super) async fn awaited(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
    fields: Fields,
) -> Result<StatusCode, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    match dashboard.views.ranking(&here.gid, &query::read(&fields), 1).await? {
        Found::NeverJudged => Ok(StatusCode::ACCEPTED),
        Found::Ranked { .. } | Found::Forgotten => Ok(StatusCode::NO_CONTENT),
    }
}
