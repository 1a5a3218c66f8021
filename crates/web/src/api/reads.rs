//! What programs read: `engine::views`, value by value.
//!
//! Deliberately not here: which scope each takes (`operations`); what people are asked and set (`people`).

use super::asked::{Asked, At, Sent, no_longer, whole};
use super::caller::Caller;
use super::paging::{More, Page};
use super::{Api, Problem};
use axum::extract::State;
use axum::{Extension, Json};
use domain::{Band, PlanId, ProjectGid, Scope, TaskGid};
use engine::views::{
    ActionState, Found, Monitoring, Order, PlanLine, PlanQuery, PlanView, ProjectsView, Ranking,
    RankingQuery, RunView, SortKey, TaskView, WhatIf,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Letters of a text that is looked for.
const LONGEST: usize = 200;

/// Moves told of other weights, unless asked otherwise, and at most.
const MOVES: usize = 60;
const MOST_MOVES: usize = 500;

pub(super) type Answer<T> = Result<Json<T>, Problem>;

/// What the key that asks may do.
#[derive(Serialize, JsonSchema)]
pub(super) struct Me {
    /// The key's id.
    id: String,
    /// What it is for.
    name: String,
    /// What it lets a program do.
    scopes: BTreeSet<Scope>,
    /// The projects it sees; null for every project.
    projects: Option<BTreeSet<ProjectGid>>,
    /// From when on it no longer lets in; null when it does until it is revoked.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    expires_at: Option<jiff::Timestamp>,
}

pub(super) async fn me(Extension(caller): Extension<Caller>) -> Json<Me> {
    let key = caller.key;
    Json(Me {
        id: key.id,
        name: key.name,
        scopes: key.scopes,
        projects: key.projects,
        expires_at: key.expires_at,
    })
}

pub(super) async fn projects(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
) -> Answer<ProjectsView> {
    Ok(Json(api.dashboard.views.projects(&caller.access, api.dashboard.now()).await?))
}

/// Which part of a ranking.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RankingAsked {
    /// Only these bands, with commas between them. All without it.
    #[schemars(regex(pattern = "^P[0-3](,P[0-3])*$"), length(max = 200))]
    bands: Option<String>,
    /// Only this section, by name.
    #[schemars(length(max = 200))]
    section: Option<String>,
    /// Only what this person has, by name; an empty text is nobody.
    #[schemars(length(max = 200))]
    assignee: Option<String>,
    /// Only tasks with all these words in their names, or with this gid.
    #[schemars(length(max = 200))]
    text: Option<String>,
    /// The order. By rank without it.
    sort: Option<SortKey>,
    /// Which way; the first, smallest or earliest on top without it.
    order: Option<Order>,
    /// Which page, from 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    page: Option<usize>,
    /// Rows of a page; 100 without it.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<usize>,
}

/// A ranking, or a value that follows from it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Current{T}")]
pub(super) struct Current<T> {
    /// Whether a newer plan is being read just now, so that this is of the one before.
    stale: bool,
    #[serde(flatten)]
    value: T,
}

pub(super) async fn ranking(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At(project): At<ProjectGid>,
    Asked(asked): Asked<RankingAsked>,
) -> Answer<Current<Ranking>> {
    caller.sees(&project)?;
    let page = Page::of(asked.page, asked.per_page)?;
    let texts = [("section", &asked.section), ("assignee", &asked.assignee), ("text", &asked.text)];
    for (name, text) in texts {
        no_longer(name, text.as_deref().unwrap_or_default(), LONGEST)?;
    }
    let query = RankingQuery {
        bands: bands(asked.bands.as_deref())?,
        section: asked.section,
        assignee: asked.assignee,
        text: asked.text.unwrap_or_default(),
        sort: asked.sort.unwrap_or_default(),
        order: asked.order.unwrap_or_default(),
        page: page.page,
    };
    let Json(mut current) = found(api.dashboard.views.ranking(&project, &query, page.per_page).await?)?;
    let (paging, is_there) = page.told(current.value.paging);
    current.value.paging = paging;
    if !is_there {
        current.value.rows.clear();
    }
    Ok(Json(current))
}

pub(super) fn bands(text: Option<&str>) -> Result<Vec<Band>, Problem> {
    let Some(text) = text else { return Ok(vec![]) };
    no_longer("bands", text, LONGEST)?;
    let bands = text.split(',').map(Band::from_label).collect::<Option<Vec<Band>>>();
    bands.ok_or_else(|| Problem::bad("bands: of P0, P1, P2 and P3, with commas between them"))
}

fn found<T>(found: Found<T>) -> Answer<Current<T>> {
    match found {
        Found::Ranked { ranking, stale } => Ok(Json(Current { stale, value: ranking })),
        Found::NeverJudged => Err(Problem::missing(
            "This project is not known here, or has not been judged yet: `upnext groom` does.",
        )),
        Found::Forgotten => Err(Problem::missing(
            "What this project was last judged from is no longer kept: `upnext groom` judges it anew.",
        )),
    }
}

pub(super) async fn task(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At((project, task)): At<(ProjectGid, TaskGid)>,
) -> Answer<Current<TaskView>> {
    caller.sees(&project)?;
    let Json(Current { stale, value }) = found(api.dashboard.views.task(&project, &task).await?)?;
    let missing =
        "The project’s last ranking has no such task: it is completed, gone, or in another project.";
    Ok(Json(Current { stale, value: value.ok_or_else(|| Problem::missing(missing))? }))
}

/// Any number of 0 or more; only its share of the sum counts.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(transparent)]
struct Points(#[schemars(range(min = 0.0, max = 1_000_000.0))] f64);

/// Other weights.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Weights {
    /// Points by criterion, such as `{"urgency": 40}`; a criterion that is left out keeps what it has. Shares of the sum count.
    weights: BTreeMap<String, Points>,
    /// The most moves told; 60 without it.
    #[serde(default, deserialize_with = "whole")]
    #[schemars(with = "Option<usize>", range(min = 1, max = 500))]
    limit: Option<usize>,
}

pub(super) async fn what_if(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At(project): At<ProjectGid>,
    Sent(sent): Sent<Weights>,
) -> Answer<Current<WhatIf>> {
    caller.sees(&project)?;
    let limit = sent.limit.unwrap_or(MOVES);
    if !(1..=MOST_MOVES).contains(&limit) {
        return Err(Problem::bad(format!("limit: from 1 to {MOST_MOVES}")));
    }
    let weights: BTreeMap<String, f64> =
        sent.weights.into_iter().map(|(name, Points(points))| (name, points)).collect();
    if let Some((name, _)) = weights.iter().find(|(_, points)| !(0.0..=1e6).contains(*points)) {
        return Err(Problem::bad(format!("weights.{name}: from 0 to 1,000,000")));
    }
    found(api.dashboard.views.what_if(&project, weights, limit).await?)
}

/// Which plans or runs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfProject {
    /// Only of this project, by gid.
    #[schemars(length(max = 200))]
    project: Option<ProjectGid>,
    /// Which page, from 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    page: Option<usize>,
    /// Rows of a page; 100 without it.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<usize>,
}

/// Plans, the newest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Plans {
    /// The page's.
    plans: Vec<PlanLine>,
    #[serde(flatten)]
    more: More,
}

pub(super) async fn plans(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Asked(asked): Asked<OfProject>,
) -> Answer<Plans> {
    let page = of_project(&caller, &asked)?;
    let all = api.dashboard.views.plans(&caller.access, asked.project.as_ref(), page.reads()).await?;
    let (plans, more) = page.cut(all);
    Ok(Json(Plans { plans, more }))
}

fn of_project(caller: &Caller, asked: &OfProject) -> Result<Page, Problem> {
    one_of(caller, asked.project.as_ref())?;
    Page::of(asked.page, asked.per_page)
}

/// Goes on when the project that a list is narrowed to, if it is, may be seen.
pub(super) fn one_of(caller: &Caller, project: Option<&ProjectGid>) -> Result<(), Problem> {
    let Some(project) = project else { return Ok(()) };
    no_longer("project", project.as_str(), LONGEST)?;
    caller.sees(project)
}

/// Which actions of a plan.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanAsked {
    /// Only those that have come so far.
    state: Option<ActionState>,
    /// Which page, from 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    page: Option<usize>,
    /// Rows of a page; 100 without it.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<usize>,
}

pub(super) async fn plan(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At(plan): At<PlanId>,
    Asked(asked): Asked<PlanAsked>,
) -> Answer<PlanView> {
    let page = Page::of(asked.page, asked.per_page)?;
    let query = PlanQuery { state: asked.state, page: page.page };
    let view = api.dashboard.views.plan(&caller.access, &plan, (&query, page.per_page)).await?;
    let mut view =
        view.ok_or_else(|| Problem::missing("There is no such plan, or this key may not see it."))?;
    let (paging, is_there) = page.told(view.paging);
    view.paging = paging;
    if !is_there {
        view.actions.clear();
    }
    Ok(Json(view))
}

/// Runs, the newest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Runs {
    /// The page's.
    runs: Vec<RunView>,
    #[serde(flatten)]
    more: More,
}

pub(super) async fn runs(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Asked(asked): Asked<OfProject>,
) -> Answer<Runs> {
    let page = of_project(&caller, &asked)?;
    let limit = (page.reads(), api.dashboard.now());
    let all = api.dashboard.views.runs(&caller.access, asked.project.as_ref(), limit).await?;
    let (runs, more) = page.cut(all);
    Ok(Json(Runs { runs, more }))
}

pub(super) async fn monitoring(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
) -> Answer<Monitoring> {
    Ok(Json(api.dashboard.views.monitoring(&caller.access, api.dashboard.now()).await?))
}
