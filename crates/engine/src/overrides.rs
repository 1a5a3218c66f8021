//! Overrides: where people set other values than Upnext's, what they said about it, and how a value is given back.
//!
//! Giving back changes no value: it notes that Upnext may write there again. Deliberately not here: finding overrides (`gather`), and
//! Manual Override, which people clear in Asana. Known limits: whether an override still stands is told as of the last run, and people
//! in a field of people by name only where they have a task of the project or overrode a value.

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::gather_named;
use crate::gather::provenance::{Ledger, section_value};
use crate::rubrics::Deciding;
use domain::{
    FieldValue, Moment, Owner, Person, ProjectGid, Role, SectionGid, Snapshot, Task, TaskGid, UserGid,
    Written,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use store::{KeptOverride, Override, OverrideNote, Release, Slot, Store};

/// What became of an override.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
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

/// Who replaced a person's value later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReversedBy {
    /// By what; null when it was cleared.
    pub to: Option<String>,
    /// Whether that is what Upnext had written.
    pub is_ours: bool,
    /// Who.
    pub by: Person,
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
}

/// An override with what became of it, as people and programs are told of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OverrideRow {
    /// Its id, `ovr_…`.
    pub id: String,
    /// When a run found it.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub recorded_at: Timestamp,
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// The field's gid; `section` for the section.
    pub field: String,
    /// The field's name.
    pub field_name: String,
    /// What Upnext had written; null when it had cleared the field.
    pub ours: Option<String>,
    /// What the person set; null when they cleared it.
    pub theirs: Option<String>,
    /// Who, when Asana's stories say.
    pub by: Option<Person>,
    /// When, when Asana's stories say.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub at: Option<Timestamp>,
    /// What somebody said about it.
    pub note: Option<OverrideNote>,
    /// What became of it.
    #[serde(flatten)]
    pub since: Since,
    /// Who replaced it later; null where nobody did, or where Asana's stories do not say.
    pub reversal: Option<ReversedBy>,
}

/// The overrides of a project, in the order they were found.
///
/// # Errors
/// The store's.
pub async fn overrides(store: &Store, project: &ProjectGid) -> Result<Vec<OverrideRow>, EngineError> {
    told(store, project, store.kept_overrides(project).await?).await
}

/// Those of one task.
pub(crate) async fn overrides_of(
    store: &Store,
    project: &ProjectGid,
    task: &TaskGid,
) -> Result<Vec<OverrideRow>, EngineError> {
    let mut kept = store.kept_overrides(project).await?;
    kept.retain(|one| one.found.task == *task);
    told(store, project, kept).await
}

async fn told(
    store: &Store,
    project: &ProjectGid,
    kept: Vec<KeptOverride>,
) -> Result<Vec<OverrideRow>, EngineError> {
    // Nothing more is read for the many tasks that nobody overrode.
    if kept.is_empty() {
        return Ok(vec![]);
    }
    let last = match store.last_judged(project).await? {
        Some(saved) => store.snapshot(&saved.plan.snapshot).await?,
        None => None,
    };
    let ledger = store.ledger(project).await?;
    let since: Vec<Option<Found>> =
        kept.iter().map(|one| found(&one.found, last.as_ref(), &ledger)).collect();
    let names = Names::of(last.as_ref()).with(kept.iter().map(|one| &one.found));
    let row = |(kept, since)| row(kept, since, &names);
    Ok(kept.into_iter().zip(since).map(row).collect())
}

/// How a place is now.
enum Found {
    Theirs,
    GivenBack,
    Other(Option<FieldValue>),
}

fn found(one: &Override, last: Option<&Snapshot>, ledger: &Ledger) -> Option<Found> {
    let slot = one.slot();
    let written = ledger.get(&(one.task.clone(), slot.clone())).and_then(|entry| entry.written.as_ref());
    let task = last.and_then(|snapshot| Some((snapshot, snapshot.task(&one.task)?)));
    let now = task.map(|(snapshot, task)| now_of(one, (snapshot, task), written));
    let is_theirs = |written: &Written| match (&written.value, &one.theirs) {
        (Some(FieldValue::Other(ours)), Some(FieldValue::Enum { gid, .. })) => *ours == gid.as_str(),
        (ours, theirs) => ours == theirs,
    };
    match now {
        _ if written.is_some_and(is_theirs) => Some(Found::GivenBack),
        None => None,
        Some(now) if now == one.theirs => Some(Found::Theirs),
        Some(now) => Some(Found::Other(now)),
    }
}

/// What a place holds: as the snapshot has it, or what Upnext has written after that was read.
fn now_of(
    one: &Override,
    (snapshot, task): (&Snapshot, &Task),
    written: Option<&Written>,
) -> Option<FieldValue> {
    if one.slot() == Slot::Section {
        // The journal knows a section by its gid alone.
        let moved = match written {
            Some(Written { value: Some(FieldValue::Other(gid)), .. }) => Some(SectionGid::new(gid.as_str())),
            _ => None,
        };
        let since = moved.filter(|moved| task.section_ours.as_ref() != Some(moved));
        return since.or_else(|| task.section.clone()).map(|gid| section_value(snapshot, &gid));
    }
    let state = task.fields.get(&one.field);
    let known = state.and_then(|state| state.ours.as_ref()).map(|ours| ours.at);
    match written.filter(|written| known.is_some_and(|known| written.at > known)) {
        Some(since) => since.value.clone(),
        None => state.and_then(|state| state.value.clone()),
    }
}

/// What people are called, for values that hold people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(HashMap<UserGid, String>);

impl Names {
    /// Of those who have a task in a snapshot.
    pub(crate) fn of(snapshot: Option<&Snapshot>) -> Names {
        let tasks = snapshot.into_iter().flat_map(|snapshot| &snapshot.tasks);
        let owners = tasks.filter_map(|task| task.assignee.as_ref());
        Names(owners.map(|person| (person.gid.clone(), person.name.clone())).collect())
    }

    /// And of those who overrode something.
    pub(crate) fn with<'a>(mut self, overrides: impl Iterator<Item = &'a Override>) -> Names {
        let editors = overrides.filter_map(|one| one.by.as_ref());
        self.0.extend(editors.map(|person| (person.gid.clone(), person.name.clone())));
        self
    }

    /// A value in words.
    pub(crate) fn word(&self, value: &FieldValue) -> String {
        let FieldValue::People(gids) = value else { return value.to_string() };
        let name = |gid: &UserGid| self.0.get(gid).cloned().unwrap_or_else(|| format!("user {gid}"));
        gids.iter().map(name).collect::<Vec<String>>().join(", ")
    }
}

fn row(kept: KeptOverride, since: Option<Found>, names: &Names) -> OverrideRow {
    let word = |value: &FieldValue| names.word(value);
    let reversal = kept.reversal.as_ref().map(|reversal| ReversedBy {
        to: reversal.to.as_ref().map(word),
        is_ours: kept.is_put_back(),
        by: reversal.by.clone(),
        at: reversal.at,
    });
    let since = match since {
        None => Since::Unknown,
        Some(Found::Theirs) => Since::Stands,
        Some(Found::GivenBack) => Since::GivenBack,
        Some(Found::Other(now)) => Since::Reversed { value: now.as_ref().map(word).unwrap_or_default() },
    };
    let one = kept.found;
    OverrideRow {
        id: kept.id,
        recorded_at: kept.recorded_at,
        ours: one.ours.as_ref().map(word),
        theirs: one.theirs.as_ref().map(word),
        task: one.task,
        name: one.name,
        field: one.field.to_string(),
        field_name: one.field_name,
        by: one.by,
        at: one.at,
        note: kept.note,
        since,
        reversal,
    }
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
    let shown = match (&release.slot, &found.section) {
        (Slot::Section, Some(gid)) => Some(section_value(&snapshot, gid)),
        _ => value,
    };
    let value = shown.map(|value| value.to_string()).unwrap_or_default();
    Ok(Released { project: project.clone(), name: found.name.clone(), field: name, value })
}

/// The slot of that name with its value, if a person's is there.
fn theirs(
    snapshot: &Snapshot,
    task: &Task,
    wanted: &str,
) -> Result<(Slot, String, Option<FieldValue>), EngineError> {
    let unusable = |problem: String| Err(EngineError::Unusable(problem));
    if wanted.trim().eq_ignore_ascii_case(Override::SECTION) {
        if task.section_ours.is_none() || task.section_ours == task.section {
            return unusable(format!("nobody moved {} away from where Upnext had put it", task.name));
        }
        let value = task.section.as_ref().map(|gid| FieldValue::Other(gid.to_string()));
        return Ok((Slot::Section, Override::SECTION.into(), value));
    }
    let fields = Role::WRITTEN
        .iter()
        .filter_map(|role| snapshot.roles.field(*role).and_then(|gid| snapshot.field(gid)));
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
