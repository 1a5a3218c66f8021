//! What a run tells: one object for scripts, the same for people.
//!
//! Deliberately not here: layout (the CLI's).

use crate::apply::{Applied, Tally};
use crate::context::Engine;
use domain::{
    Action, ActionId, Judgement, Outcome, OutcomeKind, Plan, PlanId, Project, RunId, Skipped, TaskGid,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Requests of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Requests {
    /// That read.
    pub reads: u64,
    /// That wrote.
    pub writes: u64,
}

impl Requests {
    pub(crate) fn since(engine: &Engine, start: asana::Counters) -> Requests {
        let run = engine.asana.counters() - start;
        Requests { reads: run.reads, writes: run.writes }
    }

    pub(crate) fn add(&mut self, other: Requests) {
        self.reads += other.reads;
        self.writes += other.writes;
    }
}

/// A scored task.
#[derive(Clone, Debug, Serialize)]
pub struct ScoredTask {
    /// The task.
    pub gid: TaskGid,
    /// Its name.
    pub name: String,
    /// Place in the order, 1 is first.
    pub rank: usize,
    /// 0–100.
    pub score: f64,
    /// P0–P3.
    pub band: &'static str,
    /// Percent.
    pub confidence: u8,
    /// Whether that is measured on the team's decisions.
    pub calibrated: bool,
    /// Next Sprint, Future Sprint or Backlog.
    pub sprint: &'static str,
    /// What to do next.
    pub action: &'static str,
    /// Points by criterion; they sum to the score.
    pub contributions: BTreeMap<String, f64>,
    /// Why, strongest first.
    pub reasons: Vec<String>,
    /// What the rubric asked for and did not find.
    pub missing: Vec<String>,
    /// The smallest changes that would move it to another band.
    pub counterfactuals: Vec<String>,
    /// Whether this run wrote its fields.
    pub written: bool,
}

/// A task that was left alone.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SkippedTask {
    /// The task.
    pub gid: TaskGid,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl From<&Skipped> for SkippedTask {
    fn from(skipped: &Skipped) -> Self {
        SkippedTask {
            gid: skipped.task.clone(),
            name: skipped.name.clone(),
            reason: skipped.reason.to_string(),
        }
    }
}

/// A write that did not come out as planned.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Trouble {
    /// The action.
    pub action: ActionId,
    /// What it was to do.
    pub what: String,
    /// How it ended.
    pub ending: String,
}

/// What a groom came to.
#[derive(Clone, Debug, Serialize)]
pub struct GroomReport {
    /// The run: what `undo` takes.
    pub run: RunId,
    /// The project.
    pub project: Project,
    /// The plan: what `plan show` takes.
    pub plan: PlanId,
    /// The phase.
    pub phase: domain::Phase,
    /// The rubric's version.
    pub rubric: String,
    /// Who accepted it for this project; `None` for the configured rubric, and for a plan made earlier.
    pub rubric_accepted: Option<crate::Accepted>,
    /// The configured rubric where the golden set keeps it from judging; `None` otherwise, and for a plan made earlier.
    pub rubric_held: Option<crate::Held>,
    /// What a language model was asked; `None` without one, and for a plan made earlier.
    pub model: Option<crate::ModelUse>,
    /// Scored tasks in rank order.
    pub tasks: Vec<ScoredTask>,
    /// Tasks left alone, each with its reason.
    pub skipped: Vec<SkippedTask>,
    /// Single fields left to people.
    pub kept: Vec<SkippedTask>,
    /// How the writes came out.
    pub outcome: Tally,
    /// Writes that did not come out as planned.
    pub trouble: Vec<Trouble>,
    /// How many values wait for a person in this project, from this and earlier runs.
    pub pending: usize,
    /// Why the rest was not tried, if it was not.
    pub stopped: Option<String>,
    /// What else a reader should know.
    pub notes: Vec<String>,
    /// Requests made.
    pub requests: Requests,
}

impl GroomReport {
    pub(crate) fn new(
        run: &RunId,
        plan: &Plan,
        judgements: &[Judgement],
        applied: &Applied,
        requests: Requests,
    ) -> GroomReport {
        let skipped: HashSet<&TaskGid> = plan.skipped.iter().map(|s| &s.task).collect();
        let written = written(plan, &applied.outcomes);
        let scored = judgements.iter().filter(|j| !skipped.contains(&j.task));
        GroomReport {
            run: run.clone(),
            project: plan.project.clone(),
            plan: plan.id.clone(),
            phase: plan.phase,
            rubric: plan.rubric.clone(),
            rubric_accepted: None,
            rubric_held: None,
            model: None,
            tasks: scored.map(|j| scored_task(j, written.contains(&j.task))).collect(),
            skipped: plan.skipped.iter().map(SkippedTask::from).collect(),
            kept: plan.kept.iter().map(SkippedTask::from).collect(),
            outcome: Tally::of(plan, &applied.outcomes),
            trouble: trouble(plan, &applied.outcomes),
            pending: 0,
            stopped: applied.stopped.clone(),
            notes: plan.notes.clone(),
            requests,
        }
    }
}

fn written<'p>(plan: &'p Plan, outcomes: &[Outcome]) -> HashSet<&'p TaskGid> {
    let done: HashSet<&ActionId> =
        outcomes.iter().filter(|o| o.kind == OutcomeKind::Done).map(|o| &o.action).collect();
    let fields = plan.actions.iter().filter(|a| done.contains(&a.id));
    fields.filter(|a| matches!(a.action, Action::SetFields { .. })).filter_map(|a| a.action.task()).collect()
}

pub(crate) fn trouble(plan: &Plan, outcomes: &[Outcome]) -> Vec<Trouble> {
    let actions: HashMap<&ActionId, &Action> = plan.actions.iter().map(|a| (&a.id, &a.action)).collect();
    let bad =
        outcomes.iter().filter(|o| !o.kind.is_settled_well() && o.kind != OutcomeKind::WaitingForApproval);
    bad.map(|o| Trouble {
        action: o.action.clone(),
        what: actions.get(&o.action).map(|a| domain::fit(&a.summary(), 120)).unwrap_or_default(),
        ending: o.kind.to_string(),
    })
    .collect()
}

fn scored_task(judgement: &Judgement, written: bool) -> ScoredTask {
    let mut missing: Vec<String> = judgement.missing.iter().map(|m| m.input.clone()).collect();
    missing.sort();
    missing.dedup();
    ScoredTask {
        gid: judgement.task.clone(),
        name: judgement.name.clone(),
        rank: judgement.rank,
        score: judgement.score.to_f64(),
        band: judgement.band.label(),
        confidence: judgement.confidence.percent,
        calibrated: judgement.confidence.calibrated,
        sprint: judgement.sprint.label(),
        action: judgement.action.label(),
        contributions: judgement
            .contributions
            .iter()
            .map(|c| (c.criterion.clone(), c.points.to_f64()))
            .collect(),
        reasons: judgement.reasons().into_iter().map(ToString::to_string).collect(),
        missing,
        counterfactuals: judgement.counterfactuals.iter().map(ToString::to_string).collect(),
        written,
    }
}

/// What an undo came to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UndoReport {
    /// The undo's own run.
    pub run: RunId,
    /// The run that was undone.
    pub undone: RunId,
    /// The plan of the undo.
    pub plan: PlanId,
    /// Tasks whose fields were restored.
    pub restored: Vec<TaskGid>,
    /// What was left as people have it now.
    pub left: Vec<SkippedTask>,
    /// How the writes came out.
    pub outcome: Tally,
    /// Writes that did not come out as planned.
    pub trouble: Vec<Trouble>,
    /// Why the rest was not tried, if it was not.
    pub stopped: Option<String>,
    /// What else a reader should know.
    pub notes: Vec<String>,
    /// Requests made.
    pub requests: Requests,
}
