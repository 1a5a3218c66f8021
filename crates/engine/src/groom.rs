//! The groom workflow: judge a backlog, plan the writes, and carry the plan out when asked.
//!
//! A groom without writing is the same run up to the saved plan; `plan apply` carries that one out later. Deliberately
//! not here: any judging or deciding.

use crate::apply::{Applied, Tally, apply};
use crate::approvals::{Ran, answered_by_silence, ask, with_refused};
use crate::context::Engine;
use crate::enrich::enrich;
use crate::error::EngineError;
use crate::gather::{Gathered, gather};
use crate::portfolio::phases_changed;
use crate::rate::{Asking, budget, rate, word};
use crate::recover::recover;
use crate::report::{GroomReport, Requests};
use crate::retro::written_since;
use crate::rubrics::{accepted, settle};
use crate::workload::ask_of;
use decide::{Recalculation, Severity, check, plan_groom, plan_recalculate};
use domain::{
    Consent, Judgement, Moment, Named, Plan, PlanId, PlanKind, ProjectGid, RunId, Snapshot, TaskGid,
};
use std::collections::{BTreeSet, HashMap};
use store::{AuditEntry, Run, SavedPlan};
use tracing::{Instrument as _, info_span};

/// Whether a run writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Save the plan, write nothing to Asana.
    PlanOnly,
    /// Carry the plan out.
    Apply,
}

/// Grooms a project.
///
/// # Errors
/// What stops the run as a whole. Nothing is lost: what was written is in the journal, and the same command goes on.
pub async fn groom(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
    write: Write,
) -> Result<GroomReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let (accepted, held) = (accepted(engine, project).await?, settle(engine, project).await?);
    let engine = &engine.for_project(project).await?;
    recover(engine, project).await?;
    let report = groom_locked(engine, project, now, write).instrument(info_span!("groom", %project)).await?;
    Ok(GroomReport { rubric_accepted: accepted, rubric_held: held, ..report })
}

/// Grooms a project whose lock is held, with the engine made for it.
pub(crate) async fn groom_locked(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
    write: Write,
) -> Result<GroomReport, EngineError> {
    let start = engine.asana.counters();
    let gathered = gather(engine, project, now.at).instrument(info_span!("gather")).await?;
    let report = judge_and_write(engine, gathered, (now, write), Scope::All).await?;
    Ok(GroomReport { requests: Requests::since(engine, start), ..report })
}

/// Which tasks a run may write.
pub(crate) enum Scope {
    /// All of the project: a groom.
    All,
    /// These: a recalculation.
    Some(BTreeSet<TaskGid>),
}

impl Scope {
    fn word(&self) -> &'static str {
        match self {
            Scope::All => "groom",
            Scope::Some(_) => "recalculate",
        }
    }

    fn holds(&self, task: &TaskGid) -> bool {
        match self {
            Scope::All => true,
            Scope::Some(tasks) => tasks.contains(task),
        }
    }
}

/// The spine from enrich to record.
pub(crate) async fn judge_and_write(
    engine: &Engine,
    Gathered { snapshot, labels }: Gathered,
    (now, write): (Moment, Write),
    scope: Scope,
) -> Result<GroomReport, EngineError> {
    let project = &snapshot.project.gid.clone();
    let start = engine.asana.counters();
    let snapshot = with_refused(engine, snapshot).await?;
    let snapshot = enrich(engine, snapshot, now).instrument(info_span!("enrich")).await?;
    let run = engine.run_id(project, now);
    start_run(engine, &run, scope.word(), &snapshot, now).await?;
    let memory = engine.store.last_bands(project).await?;
    let asking = Asking { run: &run, now, memory: &memory, purpose: "rate" };
    let budget = budget(engine, asking).await?;
    let (mut snapshot, mut model) =
        rate(engine, snapshot, (asking, &budget)).instrument(info_span!("rate")).await?;
    engine.stage("judging", snapshot.tasks.len());
    let mut judgements =
        info_span!("judge").in_scope(|| judge::judge(&snapshot, &engine.rubric, now, &memory));
    let planned = |snapshot: &Snapshot| match &scope {
        Scope::All => plan_groom(snapshot, &judgements, &engine.policy, &engine.rules(), now),
        Scope::Some(tasks) => {
            let changed = Recalculation { judgements: &judgements, memory: &memory, tasks };
            plan_recalculate(snapshot, changed, &engine.policy, &engine.rules(), now)
        }
    };
    let mut plan = info_span!("decide").in_scope(|| planned(&snapshot));
    let wants_words = engine.policy.ai.word_rationales || engine.policy.ai.word_summary;
    if let Some(used) = model.take_if(|used| used.stopped.is_none() && wants_words) {
        let worded;
        (snapshot, worded) = word(engine, snapshot, (&judgements, &plan), (asking, &budget)).await?;
        plan = planned(&snapshot);
        model = Some(used.plus(&worded));
    }
    require_sound(&plan, &snapshot, engine)?;
    keep_plan(engine, (&run, &plan), &snapshot, &memory).await?;
    judgements.retain(|judgement| scope.holds(&judgement.task));
    engine.store.save_judgements(&run, now.at, &judgements).await?;
    engine.store.record_labels(&run, now.at, project, &labels).await?;
    let applied = match write {
        Write::PlanOnly => Applied { outcomes: vec![], stopped: None },
        Write::Apply => {
            engine.store.known_by(&run, &snapshot).await?;
            apply(engine, &run, &plan, &snapshot).instrument(info_span!("apply", %run)).await?
        }
    };
    let outcomes = &applied.outcomes;
    let ran = Ran { run: &run, plan: &plan, snapshot: &snapshot, judgements: &judgements, outcomes };
    ask(engine, ran, now).await?;
    let requests = Requests::since(engine, start);
    finish_run(engine, &run, &plan, &applied, (write, requests)).await?;
    if write == Write::Apply {
        answered_by_silence(engine, project, now).await?;
    }
    let pending = engine.store.pending_count(project).await?;
    let report = GroomReport::new(&run, &plan, &judgements, &applied, requests);
    Ok(GroomReport { model, pending, ..report })
}

/// Keeps a plan with what it rests on, before anything of it is done.
async fn keep_plan(
    engine: &Engine,
    (run, plan): (&RunId, &Plan),
    snapshot: &Snapshot,
    memory: &judge::Memory,
) -> Result<(), EngineError> {
    if plan.kind == PlanKind::Groom {
        engine.store.save_anchors(&plan.project.gid, &snapshot.anchors).await?;
    }
    engine.store.save_snapshot(snapshot).await?;
    engine.store.save_plan(run, plan, &crate::replay::saved_rules(engine, memory)).await?;
    Ok(engine.store.audit(&[planned_entry(engine, (run, plan), snapshot)]).await?)
}

/// What the audit keeps of a plan: what it rests on and by which rules; its actions follow one by one, with their judgements. The
/// policy is told whole by plans over a whole project, and stands for the recalculations after them by its digest.
fn planned_entry(engine: &Engine, (run, plan): (&RunId, &Plan), snapshot: &Snapshot) -> AuditEntry {
    let mut prompts: BTreeSet<&str> = BTreeSet::new();
    let mut models: BTreeSet<&str> = BTreeSet::new();
    for ratings in snapshot.evidence.tasks.values().filter_map(|found| found.ratings.as_ref()) {
        prompts.insert(&ratings.prompt);
        models.extend(ratings.models.iter().map(String::as_str));
    }
    let waiting = plan.actions.iter().filter(|a| a.consent == Consent::Waiting).count();
    let body = serde_json::json!({
        "run": run, "plan": plan.id, "kind": plan.kind.word(), "phase": plan.phase, "rubric": plan.rubric,
        "snapshot": plan.snapshot, "rules": engine.rules().digest, "actions": plan.actions.len(), "waiting": waiting,
        "skipped": plan.skipped.len(), "models": snapshot.evidence.models, "language_models": models,
        "prompts": prompts, "policy": (plan.kind == PlanKind::Groom).then_some(&engine.policy),
    });
    AuditEntry {
        at: plan.now.at,
        actor: format!("Upnext as {} ({})", snapshot.actor.name, snapshot.actor.gid),
        kind: "plan".into(),
        subject: format!("project {}", plan.project.gid),
        body,
    }
}

/// Carries out what is still open of a saved plan.
///
/// # Errors
/// An unknown plan, one whose snapshot is no longer kept, or what stops the run.
pub async fn apply_plan(engine: &Engine, id: &PlanId) -> Result<GroomReport, EngineError> {
    let saved = engine.store.plan(id).await?.ok_or_else(|| EngineError::UnknownPlan(id.clone()))?;
    let project = saved.plan.project.gid.clone();
    let _lock = engine.store.lock_project(&project).await?;
    let engine = &engine.for_project(&project).await?;
    may_still_be_applied(engine, &saved)?;
    let start = engine.asana.counters();
    recover(engine, &project).await?;
    if let Some(undo) = undone(engine, &project, &saved.run).await? {
        let problem = format!(
            "plan {id} was carried out by {} and taken back by {undo}: make a new plan with `upnext groom`",
            saved.run
        );
        return Err(EngineError::Unusable(problem));
    }
    let snapshot = engine.store.snapshot(&saved.plan.snapshot).await?;
    let snapshot = snapshot.ok_or_else(|| EngineError::SnapshotGone(id.clone()))?;
    is_not_overtaken(engine, &saved.plan, &snapshot).await?;
    let applied = apply(engine, &saved.run, &saved.plan, &snapshot).await?;
    ask_of(engine, (&saved.run, &saved.plan), (&snapshot, &[]), &applied, saved.plan.now).await?;
    let requests = Requests::since(engine, start);
    finish_run(engine, &saved.run, &saved.plan, &applied, (Write::Apply, requests)).await?;
    let judgements: Vec<Judgement> = vec![];
    Ok(GroomReport::new(&saved.run, &saved.plan, &judgements, &applied, requests))
}

/// Refuses what people have decided against since it was planned: answers are given one by one, and a phase that was changed holds for
/// plans that were made before.
fn may_still_be_applied(engine: &Engine, saved: &SavedPlan) -> Result<(), EngineError> {
    let plan = &saved.plan;
    let refused =
        |why: &str| Err(EngineError::Unusable(format!("plan {} is not carried out: {why}", plan.id)));
    if matches!(plan.kind, PlanKind::Approval { .. }) {
        return refused("it was made of answers; what still waits is answered with `upnext approvals`");
    }
    let then: serde_json::Value = serde_json::from_str(&saved.rules).unwrap_or_default();
    let now = serde_json::to_value(&engine.policy).unwrap_or_default();
    let policy = then.pointer("/rules/policy").or_else(|| then.get("policy"));
    let differs = |key: &str| policy.is_some_and(|policy| policy.get(key) != now.get(key));
    // What an undo takes back, what somebody asked for, and fields that are set up are a person's own act in any phase.
    let is_own_act = matches!(plan.kind, PlanKind::Undo { .. } | PlanKind::Intake { .. } | PlanKind::Setup);
    if !is_own_act && (differs("phase") || differs("phase_for")) {
        return refused("the phase has been changed since it was made; make a new one");
    }
    Ok(())
}

/// Refuses what has been overtaken since it was planned: another phase of a project of a portfolio, another run's retrospective.
async fn is_not_overtaken(engine: &Engine, plan: &Plan, snapshot: &Snapshot) -> Result<(), EngineError> {
    let why = match &plan.kind {
        PlanKind::Portfolio => phases_changed(engine, snapshot).await?,
        PlanKind::Retro { .. } => written_since(engine, plan).await?,
        _ => None,
    };
    let refused = |why| EngineError::Unusable(format!("plan {} is not carried out: {why}", plan.id));
    why.map_or(Ok(()), |why| Err(refused(why)))
}

/// The undo of a run, if there was one.
async fn undone(engine: &Engine, project: &ProjectGid, run: &RunId) -> Result<Option<RunId>, EngineError> {
    Ok(undos(engine, project).await?.remove(run))
}

/// The runs of a project that were undone, each with its last undo.
pub(crate) async fn undos(
    engine: &Engine,
    project: &ProjectGid,
) -> Result<HashMap<RunId, RunId>, EngineError> {
    let saved = engine.store.undos(project).await?;
    let pairs = saved.into_iter().filter_map(|saved| match saved.plan.kind {
        PlanKind::Undo { run } => Some((run, saved.run)),
        _ => None,
    });
    Ok(pairs.collect())
}

pub(crate) async fn start_run(
    engine: &Engine,
    id: &RunId,
    kind: &str,
    snapshot: &Snapshot,
    now: Moment,
) -> Result<(), EngineError> {
    engine.note_policy(&format!("Upnext ({kind} {id})")).await?;
    let project = Named { gid: snapshot.project.gid.clone(), name: snapshot.project.name.clone() };
    let run = Run {
        id: id.clone(),
        kind: kind.to_owned(),
        project,
        started_at: now.at,
        finished_at: None,
        ending: None,
        plan: None,
        reads: 0,
        writes: 0,
        applied: false,
    };
    Ok(engine.store.start_run(&run).await?)
}

pub(crate) async fn finish_run(
    engine: &Engine,
    run: &RunId,
    plan: &Plan,
    applied: &Applied,
    (write, requests): (Write, Requests),
) -> Result<(), EngineError> {
    let tally = Tally::of(plan, &applied.outcomes);
    let ending = match (write, &applied.stopped) {
        (Write::PlanOnly, _) => {
            let given = plan.actions.iter().filter(|a| a.consent == Consent::Given).count();
            format!("planned, {given} to do")
        }
        (Write::Apply, Some(why)) => format!("stopped: {why}"),
        (Write::Apply, None) => {
            format!("applied, {} done, {} open", tally.done + tally.already_so, tally.open)
        }
    };
    let at = (engine.clock)();
    Ok(engine.store.finish_run(run, &ending, at, requests.reads, requests.writes).await?)
}

/// Refuses a plan in which the checker finds an error.
pub(crate) fn require_sound(plan: &Plan, snapshot: &Snapshot, engine: &Engine) -> Result<(), EngineError> {
    let findings: Vec<String> = check(plan, snapshot, &engine.policy)
        .into_iter()
        .filter(|f| f.severity == Severity::Error)
        .map(|f| match f.action {
            Some(action) => format!("{action}: {}", f.problem),
            None => f.problem,
        })
        .collect();
    if findings.is_empty() { Ok(()) } else { Err(EngineError::Unsound { plan: plan.id.clone(), findings }) }
}
