//! What is shown where there is no ranking: why, and what to do next.
//!
//! Deliberately not here: doing it.

use super::Shell;
use crate::dashboard::{Dashboard, Refusal, Visitor, html};
use askama::Template;
use axum::response::Response;
use domain::ProjectGid;

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
        awaited: !forgotten && dashboard.has_hands() && connection.is_some(),
    }))
}
