//! What programs read of people: what waits for one or was answered, and what they set in place of Upnext's values.
//!
//! Deliberately not here: answering (`writes`).

use super::asked::{Asked, At};
use super::caller::Caller;
use super::paging::Page;
use super::reads::{Answer, bands, one_of};
use super::{Api, Problem};
use axum::extract::State;
use axum::{Extension, Json};
use domain::{ApprovalState, ProjectGid};
use engine::views::Paging;
use engine::{ApprovalFilter, ApprovalView, OverrideRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most bands that a priority can move by.
const MOST_CHANGE: u8 = 3;

/// Which approvals.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalsAsked {
    /// Only of this project, by gid.
    #[schemars(length(max = 200))]
    project: Option<ProjectGid>,
    /// Only those that stand so; what waits without it.
    state: Option<ApprovalState>,
    /// Only of tasks in these bands, with commas between them.
    #[schemars(regex(pattern = "^P[0-3](,P[0-3])*$"), length(max = 200))]
    bands: Option<String>,
    /// Only with at least this confidence, percent.
    #[schemars(range(min = 0, max = 100))]
    min_confidence: Option<u8>,
    /// Only where the priority moves at least so many bands. One that has none yet counts as moving all the way, and so does what is
    /// no priority; a priority that stands for no band is left out.
    #[schemars(range(min = 1, max = 3))]
    min_change: Option<u8>,
    /// Which page, from 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    page: Option<usize>,
    /// Rows of a page; 100 without it.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<usize>,
}

/// What waits for a person, or what became of it: the highest bands first, of each the largest moves first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Approvals {
    /// The page's.
    approvals: Vec<ApprovalView>,
    /// Which part of all they are.
    paging: Paging,
}

pub(super) async fn approvals(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Asked(asked): Asked<ApprovalsAsked>,
) -> Answer<Approvals> {
    let page = Page::of(asked.page, asked.per_page)?;
    one_of(&caller, asked.project.as_ref())?;
    if asked.min_confidence.is_some_and(|least| least > 100) {
        return Err(Problem::bad("min_confidence: from 0 to 100"));
    }
    if asked.min_change.is_some_and(|least| !(1..=MOST_CHANGE).contains(&least)) {
        return Err(Problem::bad(format!("min_change: from 1 to {MOST_CHANGE}")));
    }
    let filter = ApprovalFilter {
        project: asked.project,
        state: Some(asked.state.unwrap_or(ApprovalState::Pending)),
        bands: bands(asked.bands.as_deref())?,
        min_confidence: asked.min_confidence,
        min_change: asked.min_change,
    };
    let mut all = engine::approvals(api.dashboard.store(), &filter).await?;
    all.retain(|approval| caller.access.sees(&approval.project));
    let (paging, is_there) = page.told(Paging::of(all.len(), page.per_page, page.page));
    let rows = if is_there { paging.rows(&all).to_vec() } else { vec![] };
    let approvals = rows.into_iter().map(|one| api.dashboard.told(one)).collect();
    Ok(Json(Approvals { approvals, paging }))
}

/// Which part of a list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Which page, from 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    page: Option<usize>,
    /// Rows of a page; 100 without it.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<usize>,
}

/// What people set in place of Upnext's values, the newest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Overrides {
    /// The page's.
    overrides: Vec<OverrideRow>,
    /// Which part of all they are.
    paging: Paging,
}

pub(super) async fn overrides(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At(project): At<ProjectGid>,
    Asked(asked): Asked<Part>,
) -> Answer<Overrides> {
    let page = Page::of(asked.page, asked.per_page)?;
    let known = api.dashboard.views.project_name(&caller.access, &project).await?;
    known.ok_or_else(Problem::no_project)?;
    let mut all = engine::overrides(api.dashboard.store(), &project).await?;
    all.reverse();
    let (paging, is_there) = page.told(Paging::of(all.len(), page.per_page, page.page));
    let overrides = if is_there { paging.rows(&all).to_vec() } else { vec![] };
    Ok(Json(Overrides { overrides, paging }))
}
