//! The pages: one file each, with a template beside it in `templates/`; this list is the table of contents.
//!
//! A page asks `engine::views` for what it shows and puts it in words. Deliberately not here: what is true (`engine`), and who may
//! see it (`domain::Access`, asked through `dashboard::Visitor`).

mod approvals;
mod asana_sign_in;
mod assign;
mod audit;
mod calibrate;
mod charts;
mod connect;
mod document;
mod empty;
mod jobs;
mod model_texts;
mod monitoring;
mod overrides;
mod overview;
mod phases;
mod plans;
mod policy;
mod portfolio;
mod portfolio_phases;
mod project;
mod query;
mod ranking;
mod retro;
mod review;
mod risk;
mod rubric;
mod runs;
mod saved;
mod shell;
mod sign_in;
mod table;
mod task;
mod undo;
mod what_if;
pub(crate) mod words;
mod workload;

pub(crate) use shell::Shell;

use crate::dashboard::{self, Dashboard, Refusal, Visitor};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// Bytes of a request's body that anything here takes; forms are held to less.
const LARGEST: usize = 64 * 1024;

/// Every page.
pub(crate) fn router(dashboard: Dashboard) -> Router {
    Router::new()
        .route("/", get(overview::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-in/asana", get(asana_sign_in::leave))
        .route(Dashboard::ASANA_BACK, get(asana_sign_in::come_back))
        .route("/sign-out", post(sign_in::leave))
        .route("/projects/{project}", get(ranking::show))
        .route("/projects/{project}/ranking.csv", get(table::download))
        .route("/projects/{project}/views", post(saved::keep))
        .route("/projects/{project}/views/forget", post(saved::forget))
        .route("/projects/{project}/what-if", get(what_if::show))
        .route("/projects/{project}/tasks/{task}", get(task::show))
        .merge(of_project())
        .route("/portfolio", get(portfolio::show))
        .route("/portfolio.csv", get(portfolio::csv))
        .route("/portfolio/{portfolio}/phases", get(portfolio_phases::show).post(portfolio_phases::decide))
        .route("/portfolio/{portfolio}/phases/back", post(portfolio_phases::back))
        .route("/connect", get(connect::show).post(connect::connect))
        .route("/disconnect", post(connect::disconnect))
        .route("/audit", get(audit::show))
        .route("/audit.csv", get(audit::csv))
        .route("/audit.jsonl", get(audit::json))
        .route("/approvals", get(approvals::show).post(approvals::answer))
        .route("/plans", get(plans::list))
        .route("/plans/{plan}", get(plans::show))
        .route("/runs", get(runs::show))
        .route("/runs/{run}/undo", post(undo::undo))
        .route("/jobs", get(jobs::show))
        .route("/monitoring", get(monitoring::show))
        .route("/live", get(dashboard::live))
        .route("/assets/{version}/{name}", get(dashboard::asset))
        .merge(crate::intake::routes())
        .method_not_allowed_fallback(no_such_way)
        .fallback(missing)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(axum::middleware::from_fn(dashboard::around))
        .with_state(dashboard)
}

/// The pages about one project that decide on something.
fn of_project() -> Router<Dashboard> {
    Router::new()
        .route("/projects/{project}/awaited", get(empty::awaited))
        .route("/projects/{project}/phases", get(phases::show).post(phases::decide))
        .route("/projects/{project}/phases/back", post(phases::back))
        .route("/projects/{project}/workload", get(workload::show))
        .route("/projects/{project}/risk", get(risk::show))
        .route("/projects/{project}/assign", get(assign::show))
        .route("/projects/{project}/review", get(review::show))
        .route("/projects/{project}/retro", get(retro::show))
        .route("/projects/{project}/tasks/{task}/model", get(model_texts::show))
        .route("/projects/{project}/overrides", get(overrides::show))
        .route("/projects/{project}/overrides/note", post(overrides::note))
        .route("/projects/{project}/overrides/release", post(overrides::release))
        .route("/projects/{project}/policy", get(policy::show))
        .route("/projects/{project}/rubric", get(rubric::show).post(rubric::decide))
        .route("/projects/{project}/rubric/propose", post(rubric::propose))
        .route("/projects/{project}/calibrate", get(calibrate::show).post(calibrate::begin))
        .route("/projects/{project}/calibrate/answer", post(calibrate::answer))
        .route("/projects/{project}/calibrate/propose", post(calibrate::propose))
}

/// The address is there for the other way of asking: forms are sent, pages are looked at.
async fn no_such_way() -> Refusal {
    Refusal::NoSuchWay
}

/// There is no such page; strangers are asked to sign in first.
async fn missing(_: Visitor) -> Refusal {
    Refusal::Missing("There is no such page.")
}
