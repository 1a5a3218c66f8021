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
use crate::rubrics::Deciding;
use decide::{Doing, plan_undo};
use domain::{Action, ActionId, Moment, Outcome, Plan, PlanKind, RunId, TaskGid};
use jiff::SignedDuration;
use std::collections::{BTreeSet, HashMap};
use store::AuditEntry;

/// The run's own clock may be ahead of Asana's by this much without a write being missed by the look back.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Undoes a run: restores every value that still is what the run wrote.
///
/// # Errors
/// An unknown run, one that wrote nothing, or what stops the undo as a whole.
pub async fn undo(engine: &Engine, id: &RunId, now: Moment) -> Result<UndoReport, EngineError> {
    undo_some(engine, id, &UndoOnly::default(), (&Deciding::default(), now)).await
}

/// What of a run is undone; what is left out does not narrow it.
#[derive(Clone, Debug, Default)]
pub struct UndoOnly {
    /// Only on these tasks.
    pub tasks: Vec<TaskGid>,
    /// Only in fields of these names; `section` for moves, `project` for a sprint's, `assignee`, `dates`.
    pub fields: Vec<String>,
}

/// Undoes part of a run, as [`undo`]. Who asked for it, and why, is noted before anything is done.
///
/// # Errors
/// A task or field that the run did not write, and as [`undo`].
pub async fn undo_some(
    engine: &Engine,
    id: &RunId,
    only: &UndoOnly,
    (how, now): (&Deciding, Moment),
) -> Result<UndoReport, EngineError> {
    let run = engine.store.run(id).await?.ok_or_else(|| EngineError::UnknownRun(id.clone()))?;
    let project = run.project.gid.clone();
    let _lock = engine.store.lock_project(&project).await?;
    let engine = &engine.for_project(&project).await?;
    let start = engine.asana.counters();
    recover(engine, &project).await?;
    let saved = engine.store.plan_of_run(id).await?;
    let saved = saved.ok_or_else(|| EngineError::NotUndoable(format!("run {id} made no plan")))?;
    let outcomes = engine.store.outcomes(id).await?;
    let doings = doings(&saved.plan.with_places(&outcomes), outcomes);
    if doings.is_empty() {
        return Err(EngineError::NotUndoable(format!("run {id} wrote nothing: there is nothing to undo")));
    }
    let (doings, others) = narrowed(doings, only, id)?;
    let wanted: BTreeSet<TaskGid> = doings.iter().filter_map(|d| touched(&d.planned.action)).collect();
    let wanted: Vec<TaskGid> = wanted.into_iter().collect();
    let wanted = (wanted.as_slice(), &saved.plan.snapshot);
    let snapshot = match saved.plan.kind {
        // A portfolio is no project: its run touched no task, and apply looks at what it touched itself.
        PlanKind::Portfolio => of_portfolio(engine, &saved.plan).await?,
        _ => gather_some(engine, &project, run.started_at - CLOCK_SKEW, wanted, now.at).await?,
    };
    let before = match saved.plan.kind {
        // It knows no neighbours: what was approved is read by itself.
        PlanKind::Approval { .. } => None,
        _ => engine.store.snapshot(&saved.plan.snapshot).await?,
    };
    let mut plan = plan_undo(id, &doings, (&snapshot, before.as_ref()), &engine.rules(), now);
    if others > 0 {
        plan.notes.push(format!("{others} other writes of the run were not asked for and stay"));
    }
    require_sound(&plan, &snapshot, engine)?;
    note(engine, id, only, (how, now)).await?;
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

/// Notes in the audit trail who takes what of a run back.
async fn note(
    engine: &Engine,
    run: &RunId,
    only: &UndoOnly,
    (how, now): (&Deciding, Moment),
) -> Result<(), EngineError> {
    let part = |what: &str, of: Vec<&str>| {
        if of.is_empty() { String::new() } else { format!(", {what} {}", of.join(", ")) }
    };
    let tasks = part("on task", only.tasks.iter().map(TaskGid::as_str).collect());
    let fields = part("in", only.fields.iter().map(String::as_str).collect());
    let what = format!("asked to take back {run}{tasks}{fields}");
    let entry = AuditEntry {
        at: now.at,
        actor: how.who(engine).await?,
        kind: "undo".into(),
        subject: run.to_string(),
        body: serde_json::json!({ "what": what, "run": run, "reason": how.reason }),
    };
    Ok(engine.store.audit(&[entry]).await?)
}

/// The snapshot a portfolio's run rested on.
async fn of_portfolio(engine: &Engine, plan: &Plan) -> Result<domain::Snapshot, EngineError> {
    let snapshot = engine.store.snapshot(&plan.snapshot).await?;
    snapshot.ok_or_else(|| EngineError::SnapshotGone(plan.id.clone()))
}

fn doings(plan: &Plan, outcomes: Vec<Outcome>) -> Vec<Doing> {
    let mut ended: HashMap<ActionId, Outcome> = outcomes.into_iter().map(|o| (o.action.clone(), o)).collect();
    let with_outcome = plan.actions.iter().filter_map(|a| ended.remove(&a.id).map(|outcome| (a, outcome)));
    with_outcome.map(|(planned, outcome)| Doing { planned: planned.clone(), outcome }).collect()
}

/// The part of a run that is to be undone, and how many of its writes are not.
fn narrowed(doings: Vec<Doing>, only: &UndoOnly, run: &RunId) -> Result<(Vec<Doing>, usize), EngineError> {
    let refused = |problem: String| Err(EngineError::NotUndoable(problem));
    if let Some(task) = only.tasks.iter().find(|t| !doings.iter().any(|d| d.planned.action.task() == Some(t)))
    {
        return refused(format!("run {run} wrote nothing to task {task}"));
    }
    let is = |name: &str, wanted: &str| name.eq_ignore_ascii_case(wanted.trim());
    let names: BTreeSet<&str> = doings.iter().flat_map(|doing| written(&doing.planned.action)).collect();
    if let Some(field) = only.fields.iter().find(|wanted| !names.iter().any(|name| is(name, wanted))) {
        let names: Vec<&str> = names.into_iter().collect();
        return refused(format!("run {run} wrote no field “{field}”; it wrote {}", names.join(", ")));
    }
    let (mut kept, mut others) = (vec![], 0);
    for mut doing in doings {
        let of_task = doing.planned.action.task().is_some_and(|task| only.tasks.contains(task));
        let mut stays = only.tasks.is_empty() || of_task;
        if stays && !only.fields.is_empty() {
            let named = |name: &str| only.fields.iter().any(|wanted| is(name, wanted));
            stays = match &mut doing.planned.action {
                Action::SetFields { changes, .. } => {
                    let before = changes.len();
                    changes.retain(|change| named(&change.name));
                    others += usize::from(!changes.is_empty() && changes.len() < before);
                    !changes.is_empty()
                }
                Action::MoveToSection { .. } => named("section"),
                Action::AddToProject { .. } => named("project"),
                Action::Assign { .. } => named("assignee"),
                Action::SetDates { .. } => named("dates"),
                _ => false,
            };
        }
        if stays {
            kept.push(doing);
        } else {
            others += 1;
        }
    }
    Ok((kept, others))
}

/// What an action writes, by the names that [`UndoOnly::fields`] takes.
pub(crate) fn written(action: &Action) -> Vec<&str> {
    match action {
        Action::SetFields { changes, .. } => changes.iter().map(|change| change.name.as_str()).collect(),
        Action::MoveToSection { .. } => vec!["section"],
        Action::AddToProject { .. } => vec!["project"],
        Action::Assign { .. } => vec!["assignee"],
        Action::SetDates { .. } => vec!["dates"],
        _ => vec![],
    }
}

/// The task whose fields or section an action changed.
fn touched(action: &Action) -> Option<TaskGid> {
    match action {
        Action::SetFields { task, .. }
        | Action::MoveToSection { task, .. }
        | Action::AddToProject { task, .. }
        | Action::RemoveFromProject { task, .. }
        | Action::Assign { task, .. }
        | Action::SetDates { task, .. } => Some(task.clone()),
        _ => None,
    }
}

fn restored(plan: &Plan, outcomes: &[Outcome]) -> Vec<TaskGid> {
    let well = |id: &ActionId| outcomes.iter().any(|o| o.action == *id && o.kind.is_settled_well());
    let done = plan.actions.iter().filter(|a| well(&a.id));
    let tasks: BTreeSet<TaskGid> = done.filter_map(|a| touched(&a.action)).collect();
    tasks.into_iter().collect()
}
