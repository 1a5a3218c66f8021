//! Overrides: where people set other values than Upnext's, what they said about it, and how a value is given back.
//!
//! Giving back changes no value: it notes that Upnext may write there again. Deliberately not here: finding overrides (`gather`), and
//! Manual Override, which people clear in Asana. Known limit: whether an override still stands is told as of the last run.

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::gather_named;
use crate::rubrics::Deciding;
use domain::{FieldValue, Moment, Owner, ProjectGid, Role, Snapshot, Task, TaskGid, Written};
use serde::Serialize;
use store::{KeptOverride, OverrideNote, Release, Slot, Store};

/// What became of an override.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "now", rename_all = "snake_case")]
pub enum Since {
    /// The person's value is still there, and theirs.
    Stands,
    /// The field holds another value by now.
    Reversed {
        /// Which; empty when it was cleared.
        value: String,
    },
    /// It was given back: Upnext may write there again.
    GivenBack,
    /// The task is completed or gone, or was not looked at since.
    Unknown,
}

/// An override with what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct OverrideRow {
    /// The override.
    #[serde(flatten)]
    pub kept: KeptOverride,
    /// What became of it.
    #[serde(flatten)]
    pub since: Since,
}

/// The overrides of a project, in the order they were found.
///
/// # Errors
/// The store's.
pub async fn overrides(store: &Store, project: &ProjectGid) -> Result<Vec<OverrideRow>, EngineError> {
    let kept = store.kept_overrides(project).await?;
    let last = match store.last_judged(project).await? {
        Some(saved) => store.snapshot(&saved.plan.snapshot).await?,
        None => None,
    };
    let ledger = store.ledger(project).await?;
    let since = |kept: &KeptOverride| {
        let found = &kept.found;
        let slot = (found.task.clone(), Slot::Field(found.field.clone()));
        let written = ledger.get(&slot).and_then(|entry| entry.written.as_ref());
        let task = last.as_ref().and_then(|snapshot| snapshot.task(&found.task));
        let now = task.map(|task| task.fields.get(&found.field).and_then(|s| s.value.clone()));
        match now {
            _ if written.is_some_and(|w| w.value == found.theirs) => Since::GivenBack,
            None => Since::Unknown,
            Some(now) if now == found.theirs => Since::Stands,
            Some(now) => Since::Reversed { value: now.map(|v| v.to_string()).unwrap_or_default() },
        }
    };
    Ok(kept.into_iter().map(|kept| OverrideRow { since: since(&kept), kept }).collect())
}

/// Notes why somebody overrode a value, in place of an earlier note.
///
/// # Errors
/// An unknown override, or the store's.
pub async fn note_override(engine: &Engine, id: &str, text: &str, how: &Deciding) -> Result<(), EngineError> {
    let note = OverrideNote { text: text.to_owned(), by: how.who(engine).await?, at: (engine.clock)() };
    if engine.store.note_override(id, &note).await? {
        return Ok(());
    }
    let problem = format!("there is no override {id}: `upnext overrides list PROJECT` shows them");
    Err(EngineError::Unusable(problem))
}

/// What was given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Released {
    /// The project.
    pub project: ProjectGid,
    /// The task's name.
    pub name: String,
    /// The field's name, or "section".
    pub field: String,
    /// What it holds.
    pub value: String,
}

/// The project that a task was judged in last.
///
/// # Errors
/// A task that Upnext never judged, or the store's.
pub async fn judged_in(store: &Store, task: &TaskGid) -> Result<ProjectGid, EngineError> {
    let never =
        || EngineError::Unusable(format!("Upnext has judged no task {task}: groom its project first"));
    let (run, ..) = store.judgement(task).await?.ok_or_else(never)?;
    Ok(store.run(&run).await?.ok_or_else(never)?.project.gid)
}

/// Gives a field of a task (or its section) back to Upnext in a project: the value that a person set stays until a run has a better
/// one. Where the task is in other projects too, nothing is given back there.
///
/// # Errors
/// A task that is not in the project, a field Upnext never writes, a value that is not a person's; what keeps the task from being read.
pub async fn release(
    engine: &Engine,
    (project, task): (&ProjectGid, &TaskGid),
    field: &str,
    how: &Deciding,
    now: Moment,
) -> Result<Released, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let snapshot = gather_named(engine, project, std::slice::from_ref(task), now.at).await?;
    let found = snapshot.task(task).ok_or_else(|| EngineError::UnknownTask(task.clone()))?;
    if found.section.is_none() {
        return Err(EngineError::NotInProject { project: project.clone(), task: task.clone() });
    }
    let (slot, name, value) = theirs(&snapshot, found, field)?;
    let release = Release {
        project: project.clone(),
        task: task.clone(),
        slot,
        field: name.clone(),
        written: Written { value: value.clone(), at: now.at },
        by: how.who(engine).await?,
        reason: how.reason.clone(),
    };
    engine.store.release(&release).await?;
    let value = match (&release.slot, value) {
        (Slot::Section, _) => snapshot
            .sections
            .iter()
            .find(|s| Some(&s.gid) == found.section.as_ref())
            .map(|s| s.name.clone())
            .unwrap_or_default(),
        (_, value) => value.map(|v| v.to_string()).unwrap_or_default(),
    };
    Ok(Released { project: project.clone(), name: found.name.clone(), field: name, value })
}

/// The slot of that name with its value, if a person's is there.
fn theirs(
    snapshot: &Snapshot,
    task: &Task,
    wanted: &str,
) -> Result<(Slot, String, Option<FieldValue>), EngineError> {
    let unusable = |problem: String| Err(EngineError::Unusable(problem));
    if wanted.trim().eq_ignore_ascii_case("section") {
        if task.section_ours.is_none() || task.section_ours == task.section {
            return unusable(format!("nobody moved {} away from where Upnext had put it", task.name));
        }
        let value = task.section.as_ref().map(|gid| FieldValue::Other(gid.to_string()));
        return Ok((Slot::Section, "section".into(), value));
    }
    let roles = Role::AI.iter().chain(&[Role::Priority]);
    let fields = roles.filter_map(|role| snapshot.roles.field(*role).and_then(|gid| snapshot.field(gid)));
    let fields: Vec<_> = fields.collect();
    let Some(field) = fields.iter().find(|field| field.name.eq_ignore_ascii_case(wanted.trim())) else {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        return unusable(format!(
            "Upnext writes no field “{wanted}” here; it writes {}, and section. Manual Override is cleared in Asana",
            names.join(", ")
        ));
    };
    let state = task.fields.get(&field.gid).cloned().unwrap_or_default();
    if state.owner() != Owner::Person {
        return unusable(format!(
            "{} of {} is not a person's: there is nothing to give back",
            field.name, task.name
        ));
    }
    Ok((Slot::Field(field.gid.clone()), field.name.clone(), state.value))
}
