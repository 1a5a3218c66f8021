//! The retrospective workflow: read a sprint's past, look back at it, and post what was found when asked to.
//!
//! One request a task for its history, as a backtest. Deliberately not here: looking back (`judge::retro`), words and pages
//! (`decide`). Known limit: hours of people are those of their calendars now, with days out of office; what they did for other
//! projects is not known any more.

mod due;
mod kept;
mod projects;
mod span;
mod sprints;

pub use due::retro_at_sprint_end;
pub(crate) use kept::written_since;
pub use span::RetroWish;
pub use sprints::{SprintList, SprintThere, sprints_of};

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{UNKNOWN_SKEW, actor, gather_frame, read_history};
use crate::groom::Write;
use crate::rate::{Asking, ModelUse, budget, word_retro};
use crate::recover::recover;
use crate::report::Requests;
use crate::workload::{Carried, carry_plan, works_within};
use decide::document::{Document, html, markdown, text};
use decide::{ToPost, plan_retro, retro_comment, retro_document, retro_facts};
use domain::{
    FieldGid, Happened, Moment, NumberFormat, Past, Phase, Project, ProjectGid, Role, SectionGid, Snapshot,
    Task, TaskGid,
};
use judge::Memory;
use judge::retro::{Retro, RetroLook, SprintSpan, retro as look_back};
use serde::Serialize;
use std::collections::HashMap;

/// A retrospective, and what posting it came to.
#[derive(Clone, Debug, Serialize)]
pub struct RetroReport {
    /// The project.
    pub project: Project,
    /// The figures, each with its tasks.
    pub retro: Retro,
    /// The comment.
    pub comment: String,
    /// The document as data.
    pub document: Document,
    /// What is, or would be, written.
    pub written: Carried,
    /// What wording cost; none where none was asked for.
    pub model: Option<ModelUse>,
    /// What could not be read and how it was got round.
    pub notes: Vec<String>,
    /// What it cost.
    pub requests: Requests,
}

impl RetroReport {
    /// The document for a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        text(&self.document)
    }
}

/// Looks back at a sprint of a project, and posts what was found when asked to.
///
/// # Errors
/// A sprint that is not there, a project in shadow that is to be written to, and what keeps the project or its history from
/// being read.
pub async fn retro(
    engine: &Engine,
    project: &ProjectGid,
    wish: &RetroWish,
    (now, write): (Moment, Write),
) -> Result<RetroReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    if write == Write::Apply {
        may_write(engine, project)?;
    }
    let start = engine.asana.counters();
    recover(engine, project).await?;
    let looked = look(engine, project, wish, now).await?.map_err(EngineError::Unusable)?;
    let Looked { present, retro, document, notes, host } = looked;
    let (wording, model) = wording(engine, &present, &retro, now).await?;
    let comment = retro_comment(&retro, project, wording.as_deref());
    let (page, markdown) = (html(&document), markdown(&document));
    let posted = kept::posted(engine, project, host, (retro.from, retro.to)).await?;
    let wanted = ToPost { retro: &retro, comment: &comment, page: &page, markdown: &markdown };
    let plan = plan_retro(&present, &engine.policy, (wanted, &posted), &engine.rules(), now);
    let written = carry_plan(engine, (&present, &plan), (now, write), start).await?;
    let (project, requests) = (present.project, Requests::since(engine, start));
    Ok(RetroReport { project, retro, comment, document, written, model, notes, requests })
}

/// The document about a sprint, as [`retro`] makes it, for somebody who only looks: no plan is made and nothing kept.
///
/// The inner error is why its days cannot be told or looked back at, found out only after the history was read: worth keeping for as
/// long as the document would be.
///
/// # Errors
/// A sprint that is not there, days that cannot be, and what keeps the project or its history from being read.
pub async fn retro_page(
    engine: &Engine,
    project: &ProjectGid,
    wish: &RetroWish,
    now: Moment,
) -> Result<Result<Document, String>, EngineError> {
    let engine = &engine.for_project(project).await?;
    Ok(look(engine, project, wish, now).await?.map(|looked| looked.document))
}

/// A sprint looked back at, before anything follows from it.
struct Looked {
    present: Snapshot,
    retro: Retro,
    document: Document,
    notes: Vec<String>,
    /// The open task that carries retrospectives, where there is one.
    host: Option<TaskGid>,
}

/// What a unit of an effort field that is no duration counts as, for each that says anything here.
fn units(engine: &Engine, present: &Snapshot, pasts: &[Past]) -> Vec<String> {
    let candidates = present.roles.candidates(Role::EffortEstimate);
    let says = |gid: &FieldGid| {
        pasts.iter().any(|past| {
            present.roles.value(Role::EffortEstimate, &past.task).is_some_and(|(said, _)| said == gid)
        })
    };
    let fields = candidates.iter().filter(|gid| says(gid)).filter_map(|gid| present.field(gid));
    let hours = engine.rubric.effort().days_per_unit * judge::MINUTES_PER_WORKING_DAY / 60.0;
    fields
        .filter(|field| field.format != NumberFormat::Duration)
        .map(|field| {
            format!("One of “{}” counts as {hours} h (effort.days_per_unit of the rubric)", field.name)
        })
        .collect()
}

/// Reads and looks back. The engine is the one made for the project; the inner error is what only its history told.
async fn look(
    engine: &Engine,
    project: &ProjectGid,
    wish: &RetroWish,
    now: Moment,
) -> Result<Result<Looked, String>, EngineError> {
    let mut present = gather_frame(engine, project, now.at).await?;
    // Asana's own clock: what changes from here on is found by the look before the first write.
    present.taken_at = engine.asana.server_time().unwrap_or(now.at - UNKNOWN_SKEW);
    let (present, meant) = projects::meant(engine, wish, present, now).await?;
    wish.can_be(&meant, (now, engine)).map_err(EngineError::Unusable)?;
    let since = wish.since(&meant, now);
    let pasts = read_history(engine, project, since).await?;
    let left_out = projects::left_out(engine, &meant.membership, &pasts, since).await?;
    let host = span::open_named(&pasts, &engine.policy.retro_task);
    let mut pasts: Vec<Past> = pasts.into_iter().filter(|past| !is_own(engine, past)).collect();
    forget_other_boards(&present, &mut pasts);
    let sprint = match wish.span(meant, &pasts, (now, engine)) {
        Ok(sprint) => sprint,
        Err(why) => return Ok(Err(why)),
    };
    let (retro, mut notes) = found(engine, (&present, &pasts), &sprint, now).await?;
    notes.extend(left_out);
    notes.extend(units(engine, &present, &pasts));
    notes.extend(present.notes.iter().cloned());
    let names: HashMap<TaskGid, String> =
        pasts.iter().map(|past| (past.task.gid.clone(), past.task.name.clone())).collect();
    let document = retro_document(&retro, &present.project, &names, &notes);
    Ok(Ok(Looked { present, retro, document, notes, host }))
}

fn may_write(engine: &Engine, project: &ProjectGid) -> Result<(), EngineError> {
    let unusable = |problem: &str| Err(EngineError::Unusable(problem.to_owned()));
    if engine.policy.project_phase(project) == Phase::Shadow {
        return unusable(
            "the project is in phase shadow, in which nothing is written to Asana: leave out --apply",
        );
    }
    if engine.policy.retro_task.trim().is_empty() {
        return unusable("policy.retro_task is empty, so there is no task to post a retrospective on");
    }
    Ok(())
}

/// Upnext's own tasks are no work of the team's.
fn is_own(engine: &Engine, past: &Past) -> bool {
    let policy = &engine.policy;
    let own = [&policy.host_task, &policy.review_subtask, &policy.retro_task];
    own.iter().any(|name| !name.is_empty() && past.task.name.trim().eq_ignore_ascii_case(name))
}

/// A task of several projects is moved on the board of each, and nothing tells which: what is known of no section here was elsewhere.
fn forget_other_boards(present: &Snapshot, pasts: &mut [Past]) {
    let is_here = |gid: &SectionGid| present.sections.iter().any(|section| section.gid == *gid);
    for past in pasts {
        past.happenings.retain(|happening| match &happening.what {
            Happened::Section { old, new } => is_here(old) || is_here(new),
            _ => true,
        });
    }
}

/// The figures, and what could not be read for them.
async fn found(
    engine: &Engine,
    (present, pasts): (&Snapshot, &[Past]),
    sprint: &SprintSpan,
    now: Moment,
) -> Result<(Retro, Vec<String>), EngineError> {
    let ours = actor(engine).await?.gid;
    let tasks: Vec<Task> = pasts.iter().map(|past| past.task.clone()).collect();
    let crew = Snapshot { tasks, ..present.clone() };
    let (hours, notes) = works_within(engine, &crew, (sprint.from, sprint.to), now).await?;
    let warned = kept::warned(engine, &present.project.gid).await?;
    let overruled = kept::overruled(engine, &present.project.gid).await?;
    engine.stage("looking back", pasts.len());
    let look = RetroLook {
        present,
        pasts,
        sprint,
        now: now.at,
        rubric: &engine.rubric,
        ours: &ours,
        hours: &hours,
        warned: &warned,
        overruled: &overruled,
    };
    Ok((look_back(&look), notes))
}

/// A paragraph worded by a language model, where the policy wants one.
async fn wording(
    engine: &Engine,
    present: &Snapshot,
    retro: &Retro,
    now: Moment,
) -> Result<(Option<String>, Option<ModelUse>), EngineError> {
    let Some(first) = retro.tasks.first().filter(|_| engine.policy.ai.word_retro && engine.model.is_some())
    else {
        return Ok((None, None));
    };
    let run = engine.run_id(&present.project.gid, now);
    let memory = Memory::new();
    let asking = Asking { run: &run, now, memory: &memory, purpose: "word" };
    let budget = budget(engine, asking).await?;
    let facts = (first.task.clone(), retro_facts(retro));
    let (wording, used) = word_retro(engine, present, facts, (asking, &budget)).await?;
    Ok((wording, Some(used)))
}
