//! The intake workflow: the task of a request, made once however often it is asked for; then a triage of it.
//!
//! The task is made as it was asked for in every phase, because asking is a person's own act; what Upnext finds about it is written,
//! asked about or kept to itself by the phase, as any triage. A request has one plan: what was begun and cut short is settled by
//! looking at Asana, and carried on with. Deliberately not here: looking at a request before it is one (`views`), and who may ask.

use crate::apply::apply;
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::gather_frame;
use crate::groom::{Write, finish_run, require_sound, start_run};
use crate::recover::recover;
use crate::report::Requests;
use crate::service::{Urgency, Work};
use crate::triage::triage;
use decide::{Request, intake_plan_id, plan_intake, request_name};
use domain::{Action, Moment, OutcomeKind, Plan, PlanId, ProjectGid, RequestId, RunId, TaskGid};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use store::{JobState, Store};

/// Where a request stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Filed {
    /// The request.
    pub request: RequestId,
    /// The plan that makes its task; none while nobody has begun.
    pub plan: Option<PlanId>,
    /// Its task; none while it is not made.
    pub task: Option<TaskGid>,
    /// Why it could not be made so far, when it was tried.
    pub problem: Option<String>,
    /// Whether it is not tried any more: sent again, or put back with `upnext jobs retry`, it is.
    pub given_up: bool,
}

/// Where a request stands; none when the project knows no such request.
///
/// # Errors
/// The store's.
pub async fn filed(
    store: &Store,
    project: &ProjectGid,
    request: &RequestId,
) -> Result<Option<Filed>, EngineError> {
    let id = intake_plan_id(project, request);
    let job = store.job_of(&job_key(project, request)).await?;
    let given_up = job.as_ref().is_some_and(|job| job.state == JobState::Dead);
    let none = Filed { request: request.clone(), plan: None, task: None, problem: None, given_up };
    let Some(saved) = store.plan(&id).await? else {
        return Ok(job.map(|job| Filed { problem: job.error.filter(|_| given_up), ..none }));
    };
    let outcome = store.outcomes(&saved.run).await?.pop();
    let (task, problem) = match outcome {
        Some(outcome) if outcome.kind.is_settled_well() => (outcome.task, None),
        Some(outcome) => (None, Some(outcome.kind.to_string())),
        None => (None, None),
    };
    let given_up = given_up && task.is_none();
    Ok(Some(Filed { plan: Some(id), task, problem, given_up, ..none }))
}

/// What became of a request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is kept from now on, or tried again.
    Kept(Filed),
    /// It was kept before.
    Known(Filed),
    /// Something else was sent under its number before, and nothing is kept of this.
    Another,
}

/// Keeps a request as a job, once whatever is sent again; one that was given up is tried again.
///
/// # Errors
/// The store's, and work that is no request.
pub async fn take_request(store: &Store, work: &Work, now: Timestamp) -> Result<Taken, EngineError> {
    let Work::Intake { project, request, name, notes } = work else {
        return Err(EngineError::Stopped("only a request is taken as one".into()));
    };
    let job = store.job_of(&job_key(project, request)).await?;
    let known = match (store.plan(&intake_plan_id(project, request)).await?, &job) {
        (Some(saved), _) => saved.plan.actions.into_iter().find_map(|planned| match planned.action {
            Action::FileRequest { name, notes, .. } => Some((name, notes)),
            _ => None,
        }),
        (None, Some(job)) => match serde_json::from_str(&job.payload) {
            Ok(Work::Intake { name, notes, .. }) => Some((request_name(&name), notes)),
            _ => None,
        },
        (None, None) => None,
    };
    if known.is_some_and(|known| known != (request_name(name), notes.clone())) {
        return Ok(Taken::Another);
    }
    let there = filed(store, project, request).await?;
    match (there, job) {
        (Some(filed), _) if filed.task.is_some() => return Ok(Taken::Known(filed)),
        (Some(filed), Some(job)) if job.state != JobState::Dead => return Ok(Taken::Known(filed)),
        (_, Some(job)) => drop(store.retry_job(job.id, None, now).await?),
        (_, None) => store.enqueue(&[work.job(Urgency::Person, now, now)]).await?,
    }
    let there = filed(store, project, request).await?;
    there.map(Taken::Kept).ok_or_else(|| EngineError::Stopped("a request that was kept is not there".into()))
}

/// The key of the job that makes a request's task: one a request of a project.
pub(crate) fn job_key(project: &ProjectGid, request: &RequestId) -> String {
    format!("intake:{project}:{request}")
}

/// Makes the task of a request, unless it is made already, and triages it.
///
/// # Errors
/// What stops it as a whole, and what Asana refuses; nothing is lost: the same call goes on.
pub async fn file_request(
    engine: &Engine,
    project: &ProjectGid,
    request: &Request,
    now: Moment,
) -> Result<TaskGid, EngineError> {
    let task = made(engine, project, request, now).await?;
    match triage(engine, project, std::slice::from_ref(&task), (now, Write::Apply)).await {
        Ok(report) => match report.stopped {
            Some(why) => Err(EngineError::Stopped(why)),
            None => Ok(task),
        },
        // Completed or deleted meanwhile: there is nothing to find out about it any more.
        Err(EngineError::NotInProject { .. }) => Ok(task),
        Err(error) => Err(error),
    }
}

async fn made(
    engine: &Engine,
    project: &ProjectGid,
    request: &Request,
    now: Moment,
) -> Result<TaskGid, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    let start = engine.asana.counters();
    recover(engine, project).await?;
    if let Some(task) = filed(&engine.store, project, &request.id).await?.and_then(|filed| filed.task) {
        return Ok(task);
    }
    let frame = gather_frame(engine, project, now.at).await?;
    let (run, plan) = match open_plan(engine, project, &request.id).await? {
        Some(begun) => begun,
        None => {
            let plan = plan_intake(&frame, request, &engine.policy, &engine.rules(), now);
            require_sound(&plan, &frame, engine)?;
            let run = engine.run_id(project, now);
            start_run(engine, &run, plan.kind.word(), &frame, now).await?;
            engine.store.save_snapshot(&frame).await?;
            engine.store.save_plan(&run, &plan, &engine.rules_text()).await?;
            (run, plan)
        }
    };
    let applied = apply(engine, &run, &plan, &frame).await?;
    let requests = Requests::since(engine, start);
    finish_run(engine, &run, &plan, &applied, (Write::Apply, requests)).await?;
    let outcome = applied.outcomes.into_iter().next_back();
    match outcome {
        Some(outcome) if outcome.kind == OutcomeKind::Done => {
            outcome.task.ok_or_else(|| EngineError::Stopped("Asana did not say which task it made".into()))
        }
        Some(outcome) => Err(EngineError::Stopped(outcome.kind.to_string())),
        None => Err(EngineError::Stopped(applied.stopped.unwrap_or_else(|| "it was not tried".into()))),
    }
}

/// The plan of a request that was begun, or never tried. One that Asana refused is made again: what was in the way may be gone.
async fn open_plan(
    engine: &Engine,
    project: &ProjectGid,
    request: &RequestId,
) -> Result<Option<(RunId, Plan)>, EngineError> {
    let Some(saved) = engine.store.plan(&intake_plan_id(project, request)).await? else { return Ok(None) };
    let ended = engine.store.outcomes(&saved.run).await?.pop();
    let is_open = ended.is_none_or(|outcome| outcome.kind.is_open());
    Ok(is_open.then_some((saved.run, saved.plan)))
}
