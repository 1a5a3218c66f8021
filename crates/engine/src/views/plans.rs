//! Plans: what each would do, what it leaves alone, and how far it has been carried out.
//!
//! A plan of an earlier version of the project stays what it was. Deliberately not here: carrying one out.

use super::action::{ActionState, Known, PlannedView, state};
use super::cache::{Found, Views};
use super::paging::Paging;
use super::ranked::LeftAlone;
use crate::error::EngineError;
use domain::{Access, ActionId, Phase, PlanId, Project, ProjectGid, RunId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use store::{Attempted, PlanRow, SavedPlan};

/// Plans read to find those somebody may see.
const READ: u32 = 1000;

/// One line of the list of plans.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlanLine {
    /// The plan.
    #[serde(flatten)]
    pub row: PlanRow,
    /// The project's name.
    pub project_name: String,
}

/// Which actions somebody asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlanQuery {
    /// Only those that have come so far.
    pub state: Option<ActionState>,
    /// Which page, from 1.
    pub page: usize,
}

/// How many actions have come how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StateCounts {
    /// A person must approve them first.
    pub waiting: usize,
    /// They may be done, and were not tried.
    pub given: usize,
    /// Begun, or not done yet.
    pub open: usize,
    /// As the plan wants it.
    pub done: usize,
    /// Ended for good in another way.
    pub otherwise: usize,
}

impl StateCounts {
    /// How many have come so far.
    #[must_use]
    pub fn of(&self, state: ActionState) -> usize {
        match state {
            ActionState::Waiting => self.waiting,
            ActionState::Given => self.given,
            ActionState::Open => self.open,
            ActionState::Done => self.done,
            ActionState::Otherwise => self.otherwise,
        }
    }

    fn add(&mut self, state: ActionState) {
        let count = match state {
            ActionState::Waiting => &mut self.waiting,
            ActionState::Given => &mut self.given,
            ActionState::Open => &mut self.open,
            ActionState::Done => &mut self.done,
            ActionState::Otherwise => &mut self.otherwise,
        };
        *count += 1;
    }
}

/// A plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlanView {
    /// The plan.
    pub id: PlanId,
    /// The run that saved it.
    pub run: RunId,
    /// Groom, recalculate, triage, setup or undo.
    pub kind: &'static str,
    /// The project.
    pub project: Project,
    /// The moment it was made for.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// How far it may go.
    pub phase: Phase,
    /// The rubric's version.
    pub rubric: String,
    /// How far its actions have come.
    pub counts: StateCounts,
    /// The actions of the page.
    pub actions: Vec<PlannedView>,
    /// Which part of those asked for they are.
    pub paging: Paging,
    /// Tasks left alone, each with its reason.
    pub left_alone: Vec<LeftAlone>,
    /// Single fields left to people.
    pub kept: Vec<LeftAlone>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

impl Views {
    /// The newest plans that somebody may see.
    ///
    /// # Errors
    /// The store's.
    pub async fn plans(
        &self,
        access: &Access,
        project: Option<&ProjectGid>,
        limit: usize,
    ) -> Result<Vec<PlanLine>, EngineError> {
        let names: HashMap<ProjectGid, String> =
            self.store.known_projects().await?.into_iter().map(|known| (known.project, known.name)).collect();
        let asked = if access.sees_all() || project.is_some() { limit as u32 } else { READ };
        let rows = self.store.plans(project, asked).await?;
        let seen = rows.into_iter().filter(|row| access.sees(&row.project)).take(limit);
        let line = |row: PlanRow| PlanLine {
            project_name: names.get(&row.project).cloned().unwrap_or_else(|| row.project.to_string()),
            row,
        };
        Ok(seen.map(line).collect())
    }

    /// A plan with the actions that are asked for, `per_page` of them; none when there is no such plan, or none to be seen.
    ///
    /// # Errors
    /// The store's.
    pub async fn plan(
        &self,
        access: &Access,
        id: &PlanId,
        (query, per_page): (&PlanQuery, usize),
    ) -> Result<Option<PlanView>, EngineError> {
        let saved = self.store.plan(id).await?.filter(|saved| access.sees(&saved.plan.project.gid));
        let Some(saved) = saved else { return Ok(None) };
        let attempted = self.store.attempted(id).await?;
        // Fields and sections are named as in the last ranking; without one a plan is shown all the same.
        let known = match self.ranked(&saved.plan.project.gid).await {
            Ok(Found::Ranked { ranking, .. }) => Known::of(&ranking.snapshot),
            Ok(Found::NeverJudged | Found::Forgotten) | Err(_) => Known::default(),
        };
        Ok(Some(view(saved, (&attempted, &known), query, per_page)))
    }
}

fn view(
    saved: SavedPlan,
    (attempted, known): (&[Attempted], &Known),
    query: &PlanQuery,
    per_page: usize,
) -> PlanView {
    let plan = saved.plan;
    let attempts: HashMap<&ActionId, &Attempted> =
        attempted.iter().map(|attempt| (&attempt.action, attempt)).collect();
    let mut counts = StateCounts::default();
    let mut asked = vec![];
    for action in &plan.actions {
        let attempt = attempts.get(&action.id).copied();
        let state = state(action, attempt);
        counts.add(state);
        if query.state.is_none_or(|wanted| wanted == state) {
            asked.push((action, attempt));
        }
    }
    let paging = Paging::of(asked.len(), per_page, query.page);
    let actions =
        paging.rows(&asked).iter().map(|(action, attempt)| PlannedView::of(action, *attempt, known));
    let left = |skipped: &domain::Skipped| LeftAlone {
        gid: skipped.task.clone(),
        name: skipped.name.clone(),
        reason: skipped.reason.to_string(),
    };
    PlanView {
        counts,
        actions: actions.collect(),
        paging,
        left_alone: plan.skipped.iter().map(left).collect(),
        kept: plan.kept.iter().map(left).collect(),
        id: plan.id,
        run: saved.run,
        kind: plan.kind.word(),
        at: plan.now.at,
        phase: plan.phase,
        rubric: plan.rubric,
        notes: plan.notes,
        project: plan.project,
    }
}
