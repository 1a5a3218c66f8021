//! After a crash: settle what was begun and never ended, by looking at Asana.
//!
//! Runs first in every workflow, under the project's lock, so that anything begun and not ended belongs to a process
//! that is gone. Deliberately not here: carrying on with the old plan (`plan apply` does that; a groom makes a new one).

mod places;

use crate::apply::comments::says;
use crate::apply::files::find_file;
use crate::apply::keep_anchor;
use crate::apply::projects::{find_status, project_values};
use crate::apply::watch::card;
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{actor, find_comment, read_changed, read_one};
use asana::wire::StatusUpdate;
use domain::{
    Action, AttachmentGid, FieldChange, Outcome, OutcomeKind, ProjectGid, RunId, SectionGid, StatusUpdateGid,
    StoryGid, Task, TaskGid, TaskRef,
};
use jiff::{SignedDuration, Timestamp};
use places::find_of_places;
use std::collections::BTreeMap;
use store::OpenAttempt;

/// What Asana created this long before we noted the attempt can still be its doing: the two clocks differ.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// How many runs back an unfinished one is looked for.
const LOOK_BACK: u32 = 20;

/// How a run ended that recovery closed.
pub(crate) const INTERRUPTED: &str = "interrupted";

/// Settles open attempts of a project and closes runs that never finished. Returns how many attempts were settled.
pub(crate) async fn recover(engine: &Engine, project: &ProjectGid) -> Result<usize, EngineError> {
    let open = engine.store.open_attempts(project).await?;
    let count = open.len();
    let mut by_run: BTreeMap<RunId, Vec<OpenAttempt>> = BTreeMap::new();
    for attempt in open {
        by_run.entry(attempt.run.clone()).or_default().push(attempt);
    }
    for (run, attempts) in by_run {
        settle_run(engine, project, &run, attempts).await?;
    }
    for run in engine.store.runs(Some(project), LOOK_BACK).await? {
        if run.finished_at.is_none() {
            let at = (engine.clock)();
            engine.store.finish_run(&run.id, INTERRUPTED, at, run.reads, run.writes).await?;
        }
    }
    Ok(count)
}

async fn settle_run(
    engine: &Engine,
    project: &ProjectGid,
    run: &RunId,
    attempts: Vec<OpenAttempt>,
) -> Result<(), EngineError> {
    engine.stage("settling an interrupted run", attempts.len());
    let Some(saved) = engine.store.plan_of_run(run).await? else { return Ok(()) };
    let earliest = attempts.iter().map(|a| a.started_at).min().unwrap_or(Timestamp::UNIX_EPOCH);
    // What a portfolio's run writes, or its undo, is on no task, and a portfolio has none.
    let is_on_task = |attempt: &OpenAttempt| {
        !matches!(
            attempt.action.action,
            Action::SetProjectFields { .. } | Action::PostStatus { .. } | Action::DeleteStatus { .. }
        )
    };
    let changed = match attempts.iter().any(is_on_task) {
        true => read_changed(engine, project, earliest - CLOCK_SKEW).await?,
        false => vec![],
    };
    // As they were tried: a move then names the section that was made for it.
    let mut plan = saved.plan;
    for attempt in &attempts {
        let tried = plan.actions.iter_mut().find(|planned| planned.id == attempt.action.id);
        tried.into_iter().for_each(|planned| planned.clone_from(&attempt.action));
    }
    let mut anchors = engine.store.anchors(project).await?;
    let mut outcomes: Vec<Outcome> = engine.store.outcomes(run).await?;
    let mut settled = vec![];
    for attempt in attempts {
        let finding = find(engine, project, &attempt, &changed, &outcomes).await?;
        let outcome = outcome(engine, &attempt, finding);
        keep_anchor(&mut anchors, &attempt.action.action, &outcome);
        engine.step(1);
        outcomes.push(outcome.clone());
        settled.push(outcome);
    }
    engine.store.end(run, &plan, &settled).await?;
    engine.store.save_anchors(project, &anchors).await?;
    Ok(())
}

/// What was found of an attempt's effect.
#[derive(Default)]
struct Finding {
    landed: bool,
    task: Option<TaskGid>,
    section: Option<SectionGid>,
    project: Option<ProjectGid>,
    story: Option<StoryGid>,
    attachment: Option<AttachmentGid>,
    status_update: Option<StatusUpdateGid>,
    created_at: Option<Timestamp>,
    replaced: Option<String>,
}

fn outcome(engine: &Engine, attempt: &OpenAttempt, finding: Finding) -> Outcome {
    // What is not there may still arrive (a request on its way when the process died): the journal keeps the value as
    // pending, so that it will be known as ours.
    let kind = if finding.landed {
        OutcomeKind::Done
    } else {
        OutcomeKind::Unreachable { message: "interrupted before it was confirmed".into() }
    };
    let made = finding.created_at.is_some_and(|at| at >= attempt.started_at - CLOCK_SKEW);
    Outcome {
        action: attempt.action.id.clone(),
        kind,
        at: (engine.clock)(),
        task: finding.task,
        story: finding.story,
        field: None,
        section: finding.section,
        project: finding.project,
        made,
        replaced: finding.replaced.filter(|_| !made),
        attachment: finding.attachment,
        status_update: finding.status_update,
        modified_at: None,
    }
}

async fn find(
    engine: &Engine,
    project: &ProjectGid,
    attempt: &OpenAttempt,
    changed: &[Task],
    outcomes: &[Outcome],
) -> Result<Finding, EngineError> {
    match &attempt.action.action {
        Action::SetFields { task, changes, .. } => {
            let task = current(engine, project, task, changed).await?;
            Ok(Finding { landed: task.is_some_and(|t| shows(&t, changes)), ..Finding::default() })
        }
        Action::Assign { task, .. } | Action::SetDates { task, .. } => {
            let task = current(engine, project, task, changed).await?;
            let landed = task.is_some_and(|task| is_so(&task, &attempt.action.action));
            Ok(Finding { landed, ..Finding::default() })
        }
        Action::MoveToSection { .. }
        | Action::EnsureSection { .. }
        | Action::DeleteSection { .. }
        | Action::EnsureProject { .. }
        | Action::AddToProject { .. }
        | Action::RemoveFromProject { .. }
        | Action::DeleteProject { .. } => find_of_places(engine, project, &attempt.action.action).await,
        Action::EnsureTask { name, .. } => Ok(named(changed, name)),
        Action::FileRequest { request, .. } => {
            let task = changed.iter().find(|task| decide::is_marked(&task.notes, request));
            Ok(task.map_or_else(Finding::default, made))
        }
        Action::EnsureSubtask { parent, name, .. } => match task_of(parent, outcomes) {
            Some(parent) => find_subtask(engine, &parent, name).await,
            None => Ok(Finding::default()),
        },
        Action::TurnSubtask { subtask, new, .. } => {
            let landed = card(engine, subtask).await?.is_some_and(|now| now == *new);
            Ok(Finding { landed, task: Some(subtask.clone()), ..Finding::default() })
        }
        Action::PutComment { task, marker, expected, text, .. } => match task_of(task, outcomes) {
            Some(task) => find_text(engine, &task, marker, expected.clone(), text).await,
            None => Ok(Finding::default()),
        },
        Action::AttachFile { .. } | Action::SetProjectFields { .. } | Action::PostStatus { .. } => {
            find_beside(engine, attempt, outcomes).await
        }
        // Nobody can see whether it ran; it must not run twice.
        Action::RunRule { .. } => Ok(Finding { landed: true, ..Finding::default() }),
        Action::DeleteTask { task, .. } => {
            Ok(Finding { landed: read_one(engine, project, task).await?.is_none(), ..Finding::default() })
        }
        // Setup and the undo of comments look for themselves when they are run again.
        Action::EnsureField { .. }
        | Action::AttachField { .. }
        | Action::DeleteComment { .. }
        | Action::DeleteFile { .. }
        | Action::DeleteStatus { .. }
        | Action::RestoreComment { .. } => Ok(Finding::default()),
    }
}

/// What was found of what is written beside tasks' fields: files, values of projects, status updates.
async fn find_beside(
    engine: &Engine,
    attempt: &OpenAttempt,
    outcomes: &[Outcome],
) -> Result<Finding, EngineError> {
    match &attempt.action.action {
        Action::AttachFile { task, name, content, replaces } => match task_of(task, outcomes) {
            Some(task) => find_attached(engine, &task, (name, content), (replaces, attempt)).await,
            None => Ok(Finding::default()),
        },
        Action::SetProjectFields { project, changes, .. } => {
            let now = match project_values(engine, project).await {
                Err(error) if is_out_of_sight(&error) => return Ok(Finding::default()),
                now => now?,
            };
            let is = |c: &FieldChange| now.get(&c.field).cloned().flatten() == c.new;
            Ok(Finding { landed: changes.iter().all(is), ..Finding::default() })
        }
        Action::PostStatus { parent, title, text, .. } => {
            find_posted(engine, parent, (title, text), attempt).await
        }
        _ => Ok(Finding::default()),
    }
}

/// What is gone, was never let in, or is not part of the plan any more: nothing can be found out, and the rest goes on.
fn is_out_of_sight(error: &asana::Error) -> bool {
    matches!(
        error,
        asana::Error::NotFound { .. } | asana::Error::Forbidden { .. } | asana::Error::PaymentRequired { .. }
    )
}

/// The file that an attempt attached, if it did: a new one of that name and size.
async fn find_attached(
    engine: &Engine,
    task: &TaskGid,
    file: (&str, &str),
    (replaces, attempt): (&[AttachmentGid], &OpenAttempt),
) -> Result<Finding, EngineError> {
    let found = match find_file(engine, task, file, replaces).await {
        Err(error) if is_out_of_sight(&error) => return Ok(Finding::default()),
        found => found?,
    };
    let is_new = |at: Option<Timestamp>| at.is_some_and(|at| at >= attempt.started_at - CLOCK_SKEW);
    let file = found.into_iter().find(|file| is_new(file.created_at));
    Ok(file.map_or_else(Finding::default, |file| Finding {
        landed: true,
        created_at: file.created_at,
        attachment: Some(AttachmentGid::new(file.gid)),
        ..Finding::default()
    }))
}

/// The status update that an attempt posted, if it did.
async fn find_posted(
    engine: &Engine,
    parent: &str,
    (title, text): (&str, &str),
    attempt: &OpenAttempt,
) -> Result<Finding, EngineError> {
    let found = match find_status(engine, parent, title, &actor(engine).await?.gid).await {
        Err(error) if is_out_of_sight(&error) => return Ok(Finding::default()),
        found => found?,
    };
    let is_new = |at: Option<Timestamp>| at.is_some_and(|at| at >= attempt.started_at - CLOCK_SKEW);
    let is_it = |update: &StatusUpdate| update.text.as_deref() == Some(text) && is_new(update.created_at);
    let update = found.into_iter().find(is_it);
    Ok(update.map_or_else(Finding::default, |update| Finding {
        landed: true,
        created_at: update.created_at,
        status_update: Some(StatusUpdateGid::new(update.gid)),
        ..Finding::default()
    }))
}

async fn current(
    engine: &Engine,
    project: &ProjectGid,
    gid: &TaskGid,
    changed: &[Task],
) -> Result<Option<Task>, EngineError> {
    match changed.iter().find(|t| t.gid == *gid) {
        Some(task) => Ok(Some(task.clone())),
        None => read_one(engine, project, gid).await,
    }
}

/// Whether a task has the assignee or the days that an action gives it.
fn is_so(task: &Task, action: &Action) -> bool {
    match action {
        Action::Assign { new, .. } => {
            task.assignee.as_ref().map(|person| &person.gid) == new.as_ref().map(|person| &person.gid)
        }
        Action::SetDates { new, .. } => task.dates() == *new,
        _ => false,
    }
}

/// One request sets all fields of an action: a single new value shows that it landed, whatever people did since.
fn shows(task: &Task, changes: &[FieldChange]) -> bool {
    let now = |c: &FieldChange| task.fields.get(&c.field).and_then(|s| s.value.clone());
    changes.iter().any(|c| c.new != c.expected && now(c) == c.new)
}

fn named(changed: &[Task], name: &str) -> Finding {
    match changed.iter().find(|t| !t.completed && t.name.trim().eq_ignore_ascii_case(name)) {
        Some(task) => made(task),
        None => Finding::default(),
    }
}

/// A task that is there.
fn made(task: &Task) -> Finding {
    Finding {
        landed: true,
        task: Some(task.gid.clone()),
        created_at: Some(task.created_at),
        ..Finding::default()
    }
}

fn task_of(reference: &TaskRef, outcomes: &[Outcome]) -> Option<TaskGid> {
    match reference {
        TaskRef::Existing(gid) => Some(gid.clone()),
        TaskRef::MadeBy(id) => outcomes.iter().rev().find(|o| o.action == *id).and_then(|o| o.task.clone()),
    }
}

async fn find_subtask(engine: &Engine, parent: &TaskGid, name: &str) -> Result<Finding, EngineError> {
    let fields = ["name", "completed", "created_at"];
    let subtasks = match engine.asana.tasks().subtasks(parent.as_str()).fields(&fields).collect_all().await {
        Ok(subtasks) => subtasks,
        Err(error) if is_out_of_sight(&error) => return Ok(Finding::default()),
        Err(error) => return Err(error.into()),
    };
    let named =
        subtasks.into_iter().find(|t| t.name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(name)));
    Ok(named.map_or_else(Finding::default, |task| Finding {
        landed: !task.completed.unwrap_or(false),
        created_at: task.created_at,
        task: Some(TaskGid::new(task.gid)),
        ..Finding::default()
    }))
}

async fn find_text(
    engine: &Engine,
    task: &TaskGid,
    marker: &str,
    before: Option<String>,
    text: &str,
) -> Result<Finding, EngineError> {
    let actor = actor(engine).await?;
    let found = match find_comment(engine, task, marker, &actor.gid).await {
        Ok(found) => found,
        Err(error) if is_out_of_sight(&error) => return Ok(Finding::default()),
        Err(error) => return Err(error.into()),
    };
    let ours = found.into_iter().find(|story| story.text.as_deref().is_some_and(|now| says(now, text)));
    Ok(ours.map_or_else(Finding::default, |story| Finding {
        landed: true,
        created_at: story.created_at,
        story: Some(StoryGid::new(story.gid)),
        replaced: before,
        ..Finding::default()
    }))
}
