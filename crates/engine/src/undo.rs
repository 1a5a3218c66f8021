//! The undo workflow: read what the run's tasks hold now, plan the way back, carry it out.
//!
//! Deliberately not here: which values are restored (`decide`).

use crate::apply::{Tally, apply};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::gather_some;
use crate::groom::{Write, finish_run, require_sound, start_run};
use crate::recover::recover;
use crate::report::{Requests, SkippedTask, UndoReport, trouble};
use decide::{Doing, plan_undo};
use domain::{Action, ActionId, Moment, Outcome, Plan, RunId, TaskGid};
use jiff::SignedDuration;
use std::collections::{BTreeSet, HashMap};

/// The run's own clock may be ahead of Asana's by this much without a write being missed by the look back.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Undoes a run: restores every value that still is what the run wrote.
///
/// # Errors
/// An unknown run, one that wrote nothing, or what stops the undo as a whole.
pub async fn undo(engine: &Engine, id: &RunId, now: Moment) -> Result<UndoReport, EngineError> {
    let run = engine.store.run(id).await?.ok_or_else(|| EngineError::UnknownRun(id.clone()))?;
    let project = run.project.gid.clone();
    let _lock = engine.store.lock_project(&project).await?;
    let engine = &engine.for_project(&project).await?;
    let start = engine.asana.counters();
    recover(engine, &project).await?;
    let saved = engine.store.plan_of_run(id).await?;
    let saved = saved.ok_or_else(|| EngineError::NotUndoable(format!("run {id} made no plan")))?;
    let doings = doings(&saved.plan, engine.store.outcomes(id).await?);
    if doings.is_empty() {
        return Err(EngineError::NotUndoable(format!("run {id} wrote nothing: there is nothing to undo")));
    }
    let wanted: BTreeSet<TaskGid> = doings.iter().filter_map(|d| touched(&d.planned.action)).collect();
    let wanted: Vec<TaskGid> = wanted.into_iter().collect();
    let wanted = (wanted.as_slice(), &saved.plan.snapshot);
    let snapshot = gather_some(engine, &project, run.started_at - CLOCK_SKEW, wanted, now.at).await?;
    let plan = plan_undo(id, &doings, &snapshot, &engine.rules(), now);
    require_sound(&plan, &snapshot, engine)?;
    let undo_run = engine.run_id(&project, now);
    start_run(engine, &undo_run, "undo", &snapshot, now).await?;
    engine.store.save_snapshot(&snapshot).await?;
    engine.store.save_plan(&undo_run, &plan, &engine.rules_text()).await?;
    let applied = apply(engine, &undo_run, &plan, &snapshot).await?;
    let requests = Requests::since(engine, start);
    finish_run(engine, &undo_run, &plan, &applied, (Write::Apply, requests)).await?;
    Ok(UndoReport {
        run: undo_run,
        undone: id.clone(),
        restored: restored(&plan, &applied.outcomes),
        left: plan.skipped.iter().map(SkippedTask::from).collect(),
        outcome: Tally::of(&plan, &applied.outcomes),
        trouble: trouble(&plan, &applied.outcomes),
        stopped: applied.stopped,
        notes: plan.notes.clone(),
        plan: plan.id,
        requests,
    })
}

fn doings(plan: &Plan, outcomes: Vec<Outcome>) -> Vec<Doing> {
    let mut ended: HashMap<ActionId, Outcome> = outcomes.into_iter().map(|o| (o.action.clone(), o)).collect();
    let with_outcome = plan.actions.iter().filter_map(|a| ended.remove(&a.id).map(|outcome| (a, outcome)));
    with_outcome.map(|(planned, outcome)| Doing { planned: planned.clone(), outcome }).collect()
}

/// The task whose fields or section an action changed.
fn touched(action: &Action) -> Option<TaskGid> {
    match action {
        Action::SetFields { task, .. } | Action::MoveToSection { task, .. } => Some(task.clone()),
        _ => None,
    }
}

fn restored(plan: &Plan, outcomes: &[Outcome]) -> Vec<TaskGid> {
    let well = |id: &ActionId| outcomes.iter().any(|o| o.action == *id && o.kind.is_settled_well());
    let done = plan.actions.iter().filter(|a| well(&a.id));
    let tasks: BTreeSet<TaskGid> = done.filter_map(|a| touched(&a.action)).collect();
    tasks.into_iter().collect()
}
