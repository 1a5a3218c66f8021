//! Answers to approvals: yes carries the action out, no ends the question; silence is a yes where the policy says so.
//!
//! Under the project's lock, so that of two people who answer at once one is first and the other is told. Deliberately not here:
//! which questions there are (`asks` in `decide`).

use super::room::with_hindrances;
use super::saved::with_actions;
use super::{ApprovalFilter, pending};
use crate::apply::{Applied, Tally, apply};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{gather_named, with_sprints};
use crate::groom::{Write, finish_run, require_sound, start_run};
use crate::recover::recover;
use crate::report::{Requests, Trouble, trouble};
use crate::rubrics::Deciding;
use decide::{Approved, action_of, plan_approval, silent_yes_at};
use domain::{
    Action, Approval, ApprovalId, ApprovalState, Moment, Outcome, OutcomeKind, Plan, ProjectGid, RunId,
    Settled, Snapshot, TaskGid,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Who approved what nobody rejected in time.
pub const SILENCE: &str = "silence";

/// An approval that the answer did not reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Left {
    /// Which.
    pub id: ApprovalId,
    /// The task's name.
    pub name: String,
    /// Why.
    pub why: String,
    /// When it was answered before, if that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub at: Option<Timestamp>,
}

/// What an answer came to.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ApprovalReport {
    /// The runs that wrote, one a project: what `undo` takes.
    pub runs: Vec<RunId>,
    /// What was approved and written, or rejected.
    pub settled: Vec<Approval>,
    /// What was void, answered before, or could not be written.
    pub left: Vec<Left>,
    /// How the writes came out.
    pub outcome: Tally,
    /// Writes that did not come out as planned.
    pub trouble: Vec<Trouble>,
    /// Why the rest was not tried, if it was not.
    pub stopped: Option<String>,
    /// Requests made.
    pub requests: Requests,
}

/// Says yes: carries out the actions that wait for it, one run a project. What was answered before is told and left.
///
/// # Errors
/// An unknown approval, or what stops a run as a whole.
pub async fn approve(
    engine: &Engine,
    ids: &[ApprovalId],
    how: &Deciding,
    now: Moment,
) -> Result<ApprovalReport, EngineError> {
    let by = how.who(engine).await?;
    let mut report = ApprovalReport::default();
    for (project, ids) in by_project(engine, ids).await? {
        let said = Said { by: &by, why: how.reason.as_deref(), now };
        // What was written in one project is told whatever becomes of the next.
        if let Err(error) = yes_locked(engine, &project, &ids, said, &mut report).await {
            if report.runs.is_empty() && report.settled.is_empty() {
                return Err(error);
            }
            report.stopped = Some(format!("project {project}: {error}"));
            break;
        }
    }
    Ok(report)
}

async fn yes_locked(
    engine: &Engine,
    project: &ProjectGid,
    ids: &[ApprovalId],
    said: Said<'_>,
    report: &mut ApprovalReport,
) -> Result<(), EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    yes(&engine.for_project(project).await?, project, ids, said, report).await
}

/// Says no: ends the questions. They are not asked again until the value changes, and count as labels.
///
/// # Errors
/// An unknown approval, or the store's.
pub async fn reject(
    engine: &Engine,
    ids: &[ApprovalId],
    how: &Deciding,
    now: Moment,
) -> Result<ApprovalReport, EngineError> {
    let by = how.who(engine).await?;
    let mut report = ApprovalReport::default();
    let answered = by_project(engine, ids).await?;
    // All or none of them: nothing is kept before every project is free.
    let mut locks = vec![];
    for project in answered.keys() {
        locks.push(engine.store.lock_project(project).await?);
    }
    for (project, ids) in answered {
        super::expire(&engine.store, &project, now.at).await?;
        let open = open(engine, &ids, &mut report).await?;
        let settled = Settled { by: by.clone(), at: now.at, why: how.reason.clone(), run: None };
        let ended: Vec<Approval> = open
            .into_iter()
            .map(|one| Approval { state: ApprovalState::Rejected, settled: Some(settled.clone()), ..one })
            .collect();
        engine.store.keep_approvals(now.at, &ended, &[]).await?;
        report.settled.extend(ended);
    }
    Ok(report)
}

/// As a yes or an end where silence has lasted long enough, for a project that nobody works on.
pub(crate) async fn settle_approvals(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
) -> Result<ApprovalReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    answered_by_silence(&engine.for_project(project).await?, project, now).await
}

/// Takes silence for a yes, where the policy says so; ends what is too old. The caller holds the project's lock.
pub(crate) async fn answered_by_silence(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
) -> Result<ApprovalReport, EngineError> {
    super::expire(&engine.store, project, now.at).await?;
    let days = engine.policy.approvals.silence_days;
    let mut report = ApprovalReport::default();
    if days == 0 {
        return Ok(report);
    }
    let filter = ApprovalFilter { project: Some(project.clone()), ..ApprovalFilter::default() };
    let waiting = pending(&engine.store, &filter).await?;
    let is_over = |one: &Approval| silent_yes_at(one, &engine.policy).is_some_and(|at| at <= now.at);
    // What is over the cap of a run waits for the next.
    let silent = waiting.into_iter().filter(is_over).take(engine.policy.max_writes);
    let ids: Vec<ApprovalId> = silent.map(|one| one.id).collect();
    if !ids.is_empty() {
        let why = format!("nobody rejected it within {days} days (policy.approvals.silence_days)");
        let said = Said { by: SILENCE, why: Some(&why), now };
        yes(engine, project, &ids, said, &mut report).await?;
    }
    Ok(report)
}

async fn by_project(
    engine: &Engine,
    ids: &[ApprovalId],
) -> Result<BTreeMap<ProjectGid, Vec<ApprovalId>>, EngineError> {
    let known = engine.store.approvals_named(ids).await?;
    let mut found: BTreeMap<ProjectGid, Vec<ApprovalId>> = BTreeMap::new();
    for id in ids {
        let one = known.iter().find(|one| one.id == *id);
        let one = one.ok_or_else(|| EngineError::UnknownApproval(id.clone()))?;
        let of_project = found.entry(one.project.clone()).or_default();
        if !of_project.contains(id) {
            of_project.push(id.clone());
        }
    }
    Ok(found)
}

/// Those that still wait; the others are told.
async fn open(
    engine: &Engine,
    ids: &[ApprovalId],
    report: &mut ApprovalReport,
) -> Result<Vec<Approval>, EngineError> {
    let (open, ended): (Vec<Approval>, Vec<Approval>) = engine
        .store
        .approvals_named(ids)
        .await?
        .into_iter()
        .partition(|one| one.state == ApprovalState::Pending);
    report.left.extend(ended.into_iter().map(|one| {
        let state = one.state.word();
        let (why, at) = match one.settled {
            Some(settled) => (format!("{state} already, by {}", settled.by), Some(settled.at)),
            None => (state.to_owned(), None),
        };
        Left { id: one.id, name: one.ask.name, why, at }
    }));
    Ok(open)
}

/// Who said yes, why and when.
#[derive(Clone, Copy)]
struct Said<'a> {
    by: &'a str,
    why: Option<&'a str>,
    now: Moment,
}

async fn yes(
    engine: &Engine,
    project: &ProjectGid,
    ids: &[ApprovalId],
    said: Said<'_>,
    report: &mut ApprovalReport,
) -> Result<(), EngineError> {
    let (start, now) = (engine.asana.counters(), said.now);
    recover(engine, project).await?;
    super::expire(&engine.store, project, now.at).await?;
    let waiting = open(engine, ids, report).await?;
    let approved = with_actions(engine, waiting, &mut report.left).await?;
    if approved.is_empty() {
        return Ok(());
    }
    let approved = with_hindrances(engine, project, approved, now).await?;
    let mut tasks: Vec<TaskGid> = approved.iter().map(|one| one.approval.ask.task.clone()).collect();
    tasks.sort();
    tasks.dedup();
    let snapshot = gather_named(engine, project, &tasks, now.at).await?;
    let snapshot = with_places(engine, snapshot, &approved).await?;
    let rules = engine.rules();
    let (plan, void) = plan_approval(&approved, said.by, (&snapshot, &engine.policy), &rules, now);
    require_sound(&plan, &snapshot, engine)?;
    let run = engine.run_id(project, now);
    start_run(engine, &run, plan.kind.word(), &snapshot, now).await?;
    engine.store.save_snapshot(&snapshot).await?;
    engine.store.save_plan(&run, &plan, &engine.rules_text()).await?;
    let applied = apply(engine, &run, &plan, &snapshot).await?;
    keep(engine, (&approved, &void), (&run, &plan, &applied), said, report).await?;
    let requests = Requests::since(engine, start);
    finish_run(engine, &run, &plan, &applied, (Write::Apply, requests)).await?;
    report.outcome.add(&Tally::of(&plan, &applied.outcomes));
    report.trouble.extend(trouble(&plan, &applied.outcomes));
    report.stopped = report.stopped.take().or(applied.stopped);
    report.requests.add(requests);
    report.runs.push(run);
    Ok(())
}

/// The snapshot with the projects beside this one, where a task is to be put into one.
async fn with_places(
    engine: &Engine,
    snapshot: Snapshot,
    approved: &[Approved],
) -> Result<Snapshot, EngineError> {
    let names: Vec<&str> = approved
        .iter()
        .filter_map(|one| match &one.planned.action {
            Action::AddToProject { to_name, .. } => Some(to_name.as_str()),
            _ => None,
        })
        .collect();
    if names.is_empty() { Ok(snapshot) } else { with_sprints(engine, snapshot, &names).await }
}

/// Ends what was written, and what was void; what Asana could not be told still waits.
async fn keep(
    engine: &Engine,
    (approved, void): (&[Approved], &[decide::Void]),
    (run, _plan, applied): (&RunId, &Plan, &Applied),
    said: Said<'_>,
    report: &mut ApprovalReport,
) -> Result<(), EngineError> {
    let outcomes: HashMap<&str, &Outcome> =
        applied.outcomes.iter().map(|outcome| (outcome.action.as_str(), outcome)).collect();
    let mut ended = vec![];
    for Approved { approval, .. } in approved {
        let action = action_of(approval);
        let outcome = outcomes.get(action.as_str()).map(|outcome| &outcome.kind);
        let why = match (void.iter().find(|(id, _)| *id == approval.id), outcome) {
            (Some((_, why)), _) => Err((true, why.clone())),
            (None, Some(kind)) if kind.is_settled_well() => Ok(()),
            // What Asana refuses for good would be refused again.
            (
                None,
                Some(kind @ (OutcomeKind::Conflict { .. } | OutcomeKind::Gone | OutcomeKind::Refused { .. })),
            ) => Err((true, kind.to_string())),
            (None, Some(kind)) => Err((false, kind.to_string())),
            (None, None) => Err((false, "not tried: it still waits".to_owned())),
        };
        let (state, settled) = match why {
            Ok(()) => {
                let why = said.why.map(str::to_owned);
                let settled = Settled { by: said.by.into(), at: said.now.at, why, run: Some(run.clone()) };
                (ApprovalState::Approved, settled)
            }
            Err((is_void, why)) => {
                let (id, name) = (approval.id.clone(), approval.ask.name.clone());
                report.left.push(Left { id, name, why: why.clone(), at: None });
                if !is_void {
                    continue;
                }
                let by = decide::UPNEXT.to_owned();
                let settled = Settled { by, at: said.now.at, why: Some(why), run: None };
                (ApprovalState::Invalidated, settled)
            }
        };
        let one = Approval { state, settled: Some(settled), ..approval.clone() };
        if state == ApprovalState::Approved {
            report.settled.push(one.clone());
        }
        ended.push(one);
    }
    engine.store.keep_approvals(said.now.at, &ended, &[]).await?;
    Ok(())
}
