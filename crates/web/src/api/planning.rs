//! Dates in danger and proposed people, as the pages show them.
//!
//! What takes longer than a request may goes on, and is there when it is asked for again. Deliberately not here: the reckoning
//! (`engine::Workload`).

use super::asked::{Asked, At};
use super::caller::Caller;
use super::paging::Page;
use super::writes::Working;
use super::{Api, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use domain::ProjectGid;
use engine::views::Paging;
use engine::{AssignView, RiskView};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which part of a list of tasks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TasksAsked {
    /// Which page of the tasks, from 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    page: Option<usize>,
    /// Tasks of a page; 100 without it.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<usize>,
}

/// What endangers a project's dates; of its tasks a page.
#[derive(Serialize, JsonSchema)]
pub(super) struct Risks {
    #[serde(flatten)]
    view: RiskView,
    /// Which part of all tasks they are.
    paging: Paging,
}

/// Who should have what; of the tasks a page.
#[derive(Serialize, JsonSchema)]
pub(super) struct Assignments {
    #[serde(flatten)]
    view: AssignView,
    /// Which part of all tasks they are.
    paging: Paging,
}

pub(super) async fn risk(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At(project): At<ProjectGid>,
    Asked(asked): Asked<TasksAsked>,
) -> Result<Response, Problem> {
    let page = known(&api, (&caller, &project), &asked).await?;
    let Some(told) = api.dashboard.risks(&caller.key.id, &project).await? else { return Ok(working()) };
    let (tasks, paging) = part(&told.tasks, page);
    Ok(Json(Risks { view: RiskView { tasks, ..RiskView::clone(&told) }, paging }).into_response())
}

pub(super) async fn assignments(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At(project): At<ProjectGid>,
    Asked(asked): Asked<TasksAsked>,
) -> Result<Response, Problem> {
    let page = known(&api, (&caller, &project), &asked).await?;
    let told = api.dashboard.assignments(&caller.key.id, &project).await?;
    let Some(told) = told else { return Ok(working()) };
    let (tasks, paging) = part(&told.tasks, page);
    Ok(Json(Assignments { view: AssignView { tasks, ..AssignView::clone(&told) }, paging }).into_response())
}

/// The page that is asked for, of a project that the key sees and something is known of.
async fn known(
    api: &Api,
    (caller, project): (&Caller, &ProjectGid),
    asked: &TasksAsked,
) -> Result<Page, Problem> {
    caller.sees(project)?;
    let page = Page::of(asked.page, asked.per_page)?;
    let name = api.dashboard.views.project_name(&caller.access, project).await?;
    name.map(|_| page).ok_or_else(Problem::no_project)
}

fn part<T: Clone>(all: &[T], page: Page) -> (Vec<T>, Paging) {
    let (paging, is_there) = page.told(Paging::of(all.len(), page.per_page, page.page));
    (if is_there { paging.rows(all).to_vec() } else { vec![] }, paging)
}

fn working() -> Response {
    let detail = "The people of the project are being read, and the reading goes on: ask again in a minute.";
    (StatusCode::ACCEPTED, Json(Working { detail })).into_response()
}
