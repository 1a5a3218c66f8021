//! `/jobs`: what the service has to do, is doing, and has given up.
//!
//! Deliberately not here: giving a job another chance (`upnext jobs retry`).

use super::{Shell, words};
use crate::dashboard::{Dashboard, Refusal, Visitor, html};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use engine::views::{JobView, JobsView};

/// Jobs of each state.
const JOBS: u32 = 100;

#[derive(Template)]
#[template(path = "jobs.html")]
struct Page {
    shell: Shell,
    jobs: JobsView,
}

pub(super) async fn show(State(dashboard): State<Dashboard>, visitor: Visitor) -> Result<Response, Refusal> {
    let jobs = dashboard.views.jobs(&visitor.access, JOBS).await?;
    Ok(html(&Page { shell: Shell::of(&visitor, "Jobs", "jobs"), jobs }))
}

/// What a job is about.
fn about(job: &JobView) -> String {
    job.project.as_ref().map_or_else(|| job.job.lane.clone(), |project| format!("project {project}"))
}
