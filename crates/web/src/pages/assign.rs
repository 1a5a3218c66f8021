//! `/projects/{gid}/assign`: who should have the tasks that nobody has, with the reasons, and why each of the others is not proposed.
//! Nothing is written.
//!
//! Deliberately not here: the choice (`engine::Workload`), and suggesting or assigning, which is the command's and the timetable's.

use super::project::Here;
use super::risk::told;
use super::{Shell, words};
use crate::dashboard::{Dashboard, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::AssignView;
use std::sync::Arc;

/// Tasks that are told; the API has all.
const SHOWN: usize = 60;

#[derive(Template)]
#[template(path = "assign.html")]
struct Page {
    shell: Shell,
    here: Here,
    /// None while people are still being read, or where there is no Asana to ask.
    found: Option<Arc<AssignView>>,
    problem: Option<String>,
    has_hands: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let has_hands = dashboard.has_hands();
    let (mut found, mut problem) = (None, None);
    if has_hands {
        (found, problem) = told(dashboard.assignments(&visitor.place(), &here.gid).await)?;
    }
    let shell = Shell::of(&visitor, format!("Assign – {}", here.name), "projects");
    Ok(html(&Page { shell, here, found, problem, has_hands }))
}

/// How many tasks somebody is proposed for.
fn proposed(view: &AssignView) -> usize {
    view.tasks.iter().filter(|task| task.chosen.is_some()).count()
}

fn hours(value: &f64) -> String {
    format!("{value:.0}\u{a0}h")
}

fn certainty(view: &AssignView) -> String {
    format!("{:.0}\u{a0}%", 100.0 * view.finishing)
}
