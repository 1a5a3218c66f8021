//! `/`: the projects, how each stands, and what is being worked on.
//!
//! Deliberately not here: anything about single tasks.

use super::charts::{Rect, stacked};
use super::{Shell, words};
use crate::dashboard::{Dashboard, Refusal, Visitor, html};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use engine::views::{BandCounts, ProjectCard, Working};

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    shell: Shell,
    projects: Vec<ProjectCard>,
    working: Working,
    /// Faults of all projects together.
    faults: usize,
}

pub(super) async fn show(State(dashboard): State<Dashboard>, visitor: Visitor) -> Result<Response, Refusal> {
    let now = dashboard.now();
    let projects = dashboard.views.projects(&visitor.access, now).await?.projects;
    let working = dashboard.views.working(now).await?.seen_by(&visitor.access);
    let faults = projects.iter().map(|card| card.faults()).sum();
    Ok(html(&Page { shell: Shell::of(&visitor, "Projects", "projects"), projects, working, faults }))
}

/// The bands of a project side by side.
fn bar(bands: &BandCounts) -> Vec<Rect> {
    let all = bands.all().max(1) as f64;
    stacked(&bands.each().map(|(_, tasks)| tasks as f64 * 100.0 / all))
}

/// The same in words.
fn bar_words(bands: &BandCounts) -> String {
    let each = bands.each().map(|(band, tasks)| format!("{band} {tasks}"));
    format!("Tasks by band: {}", each.join(", "))
}
