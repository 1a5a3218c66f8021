//! `/projects/{gid}/tasks/{gid}`: why a task has its score, and what would change it.
//!
//! Deliberately not here: how any of it was found (`judge`).

use super::charts::{Rect, line, stacked};
use super::{Shell, empty, words};
use crate::dashboard::{Dashboard, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Clearance, ProjectGid, TaskGid};
use engine::views::{Found, Happened, TaskView, Writer};

/// The box of the course of scores.
const COURSE: (f64, f64) = (600.0, 80.0);

#[derive(Template)]
#[template(path = "task.html")]
struct Page {
    shell: Shell,
    view: TaskView,
    stale: bool,
    parts: Vec<Rect>,
    /// The course of scores, oldest first, as points of a line; empty below two.
    course: String,
    course_words: String,
    /// Whether the visitor may see what a language model was asked.
    may_look: bool,
    /// The run that last wrote here, where the visitor may take it back.
    writer: Option<Writer>,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path((project, task)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let (project, task) = (ProjectGid::new(project), TaskGid::new(task));
    let name = dashboard.views.project_name(&visitor.access, &project).await?;
    let name = name.ok_or_else(Refusal::no_project)?;
    let (view, stale) = match dashboard.views.task(&project, &task).await? {
        Found::Ranked { ranking: Some(view), stale } => (view, stale),
        Found::Ranked { ranking: None, .. } => {
            return Err(Refusal::Missing(
                "The project’s last ranking has no such task: it is completed, gone, or in another project.",
            ));
        }
        Found::NeverJudged => return empty::page(&dashboard, &visitor, (&project, &name), false).await,
        Found::Forgotten => return empty::page(&dashboard, &visitor, (&project, &name), true).await,
    };
    let (course, course_words) = course(&view);
    let points: Vec<f64> = view.contributions.iter().map(|part| part.points).collect();
    let shell = Shell::of(&visitor, view.task.name.clone(), "projects");
    let may_look = visitor.access.may(Clearance::Admin, &project);
    let may_undo = dashboard.has_hands() && visitor.access.may(Clearance::Approver, &project);
    let writer = if may_undo { dashboard.views.last_writer(&project, &task).await? } else { None };
    Ok(html(&Page { shell, parts: stacked(&points), view, stale, course, course_words, may_look, writer }))
}

fn course(view: &TaskView) -> (String, String) {
    let scores: Vec<f64> = view
        .history
        .iter()
        .rev()
        .filter_map(|entry| match &entry.what {
            Happened::Judged { score, .. } => Some(*score),
            Happened::Overruled { .. } | Happened::Reversed { .. } => None,
        })
        .collect();
    if scores.len() < 2 {
        return (String::new(), String::new());
    }
    let (first, last) = (scores[0], scores[scores.len() - 1]);
    let told = format!("Score over the last {} judgements: from {first:.1} to {last:.1}", scores.len());
    (line(&scores, COURSE), told)
}

/// The share of a criterion's most that it reached, for a bar.
fn reached(points: &f64, most: &f64) -> String {
    if *most > 0.0 { format!("{:.1}", (points / most * 100.0).clamp(0.0, 100.0)) } else { "0".into() }
}

/// What a language model was asked about.
fn dimension(rating: &domain::Rating) -> String {
    words::title(rating.dimension.word())
}

/// The mean of what it answered, on its scale.
fn mean(rating: &domain::Rating) -> String {
    words::points(&rating.mean())
}
