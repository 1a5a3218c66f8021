//! What is shown where there is no ranking: why, and what to do next.
//!
//! Deliberately not here: doing it.

use super::Shell;
use crate::dashboard::{Visitor, html};
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
}

/// A project that was never judged, or whose texts are gone.
pub(super) fn page(visitor: &Visitor, (project, name): (&ProjectGid, &str), forgotten: bool) -> Response {
    html(&Page {
        shell: Shell::of(visitor, name, "projects"),
        project: project.clone(),
        name: name.to_owned(),
        forgotten,
    })
}
