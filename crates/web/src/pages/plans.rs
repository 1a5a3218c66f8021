//! `/plans` and `/plans/{id}`: what a plan would do, before and after, and how far it has come.
//!
//! Deliberately not here: carrying a plan out.

use super::{Shell, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{PlanId, ProjectGid};
use engine::views::{ActionState, PlanLine, PlanQuery, PlanView};

/// Plans of the list.
const PLANS: usize = 100;

/// Actions of a page.
const ACTIONS: usize = 50;

/// Letters of a text that are shown before the rest is folded.
const FOLDED: usize = 90;

#[derive(Template)]
#[template(path = "plans.html")]
struct List {
    shell: Shell,
    plans: Vec<PlanLine>,
    /// The project they are of, when only one was asked for.
    only: Option<String>,
}

/// The newest plans.
pub(super) async fn list(
    State(dashboard): State<Dashboard>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let project = fields.get("project").map(ProjectGid::new);
    if let Some(project) = &project {
        visitor.sees(project)?;
    }
    let plans = dashboard.views.plans(&visitor.access, project.as_ref(), PLANS).await?;
    let only = project.map(|project| project.to_string());
    Ok(html(&List { shell: Shell::of(&visitor, "Plans", "plans"), plans, only }))
}

/// A state to choose.
struct StateChoice {
    state: ActionState,
    actions: usize,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "plan.html")]
struct Page {
    shell: Shell,
    plan: PlanView,
    states: Vec<StateChoice>,
    /// The state asked for, as an address has it.
    state: Option<ActionState>,
}

/// One plan.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(plan): Path<String>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let state = fields.get("state").and_then(ActionState::from_word);
    let query = PlanQuery { state, page: fields.page() };
    let plan = dashboard.views.plan(&visitor.access, &PlanId::new(plan), (&query, ACTIONS)).await?;
    let plan = plan.ok_or(Refusal::Missing("There is no such plan, or you may not see it."))?;
    let choice = |choice: ActionState| StateChoice {
        state: choice,
        actions: plan.counts.of(choice),
        chosen: state == Some(choice),
    };
    let states = ActionState::ALL.into_iter().map(choice).filter(|s| s.actions > 0 || s.chosen).collect();
    let shell = Shell::of(&visitor, format!("Plan of {}", plan.project.name), "plans");
    Ok(html(&Page { shell, plan, states, state }))
}

/// The address of a page of the actions.
fn page_of(state: &Option<ActionState>, page: usize) -> String {
    match state {
        Some(state) => format!("?state={}&page={page}", state.word()),
        None => format!("?page={page}"),
    }
}

/// Whether a text is folded.
fn is_long(text: &str) -> bool {
    text.chars().count() > FOLDED || text.contains('\n')
}

/// The beginning of a text, on one line.
fn beginning(text: &str) -> String {
    domain::fit(&text.split_whitespace().collect::<Vec<_>>().join(" "), FOLDED)
}
