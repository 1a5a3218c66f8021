//! Gather: read a project from Asana into a snapshot. The only stage that reads for a judgement.
//!
//! One list of open tasks carries fields, memberships and dependencies, 100 a request; stories are read only of tasks
//! that changed since their comments were last read. What a plan or token does not allow is noted, not fatal.
//! Deliberately not here: subtasks. Completed tasks and attachments are read for finding only (`texts`).

mod anchors;
mod attachments;
mod convert;
mod goals;
mod history;
mod project;
pub(crate) mod provenance;
mod recent;
mod sprints;
mod stories;
mod tasks;
mod texts;

use crate::context::Engine;
use crate::error::EngineError;
use decide::TargetSections;
use domain::{Digest, Person, ProjectGid, Snapshot, Task, TaskGid, UserGid, Writer};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::Labels;

pub(crate) use attachments::Files;
pub use attachments::Unread;
pub(crate) use convert::{field_value, to_definition};
pub(crate) use history::{list_history, read_history, read_stories};
pub(crate) use project::list_sections;
use project::{UNLISTED, has_custom_fields, read_sections};
pub(crate) use project::{read_project, workspace_fields};
pub(crate) use recent::{Recent, gather_recent, gather_whole};
pub(crate) use sprints::{read_sprints, with_projects, with_sprints};
pub(crate) use stories::find_comment;
use tasks::read_whole;
pub(crate) use tasks::{read_changed, read_here, read_one, read_open, read_there};
pub(crate) use texts::{TaskText, Texts, read_text, read_texts};

/// How wrong our clock may be when Asana's is not known (a proxy that drops the `Date` header).
pub(crate) const UNKNOWN_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// A snapshot with what was learnt on the way.
pub(crate) struct Gathered {
    pub snapshot: Snapshot,
    pub labels: Labels,
}

/// Reads a project whole. `now` is when the reading begins.
pub(crate) async fn gather(
    engine: &Engine,
    gid: &ProjectGid,
    now: Timestamp,
) -> Result<Gathered, EngineError> {
    engine.stage("reading the project", 0);
    let actor = actor(engine).await?;
    // Asana's own clock: what changed while we read is found by the look before the first write.
    let taken_at = engine.asana.server_time().unwrap_or(now - UNKNOWN_SKEW);
    let read = read_project(engine, gid).await?;
    let fields_available = !read.fields.is_empty() || has_custom_fields(engine, &read.workspace.gid).await?;
    let listed = read_open(engine, gid).await?;
    let mut notes = listed.notes;
    // Tasks name the sections they are in; empty ones matter only as targets of moves.
    let no_targets = engine.policy.sections == TargetSections::default();
    let all = if no_targets { None } else { list_sections(engine, gid).await? };
    if all.is_none() && !no_targets {
        notes.push(UNLISTED.to_owned());
    }
    let sections = all.unwrap_or(listed.sections);
    let goals = goals::read_goals(engine, &read).await?;
    notes.extend(goals.note);
    let host = engine.policy.host_task.clone();
    let anchors = anchors::resolve(engine, gid, &listed.tasks, &host).await?;
    let writers = writers(engine, gid, &listed.tasks, now).await?;
    let mut snapshot = Snapshot {
        workspace: read.workspace,
        project: read.project,
        taken_at,
        actor,
        sections,
        roles: engine.names.resolve(&read.fields),
        fields_available,
        fields: read.fields,
        tasks: listed.tasks,
        goals: goals.goals,
        goals_read: goals.read,
        anchors,
        notes,
        evidence: domain::Evidence::default(),
        refused: vec![],
        writers,
        held: BTreeMap::new(),
        sprints: None,
    };
    let ledger = engine.store.ledger(gid).await?;
    provenance::mark(&mut snapshot.tasks, &ledger);
    let stories = stories::read_comments(engine, &mut snapshot, &ledger).await?;
    let editors = provenance::adopt(engine, &mut snapshot, &stories).await?;
    let labels = provenance::labels(&snapshot, &editors, &ledger);
    Ok(Gathered { snapshot, labels })
}

/// Days for which a project that is not connected counts as written to after its last run: one that is groomed by hand or by a
/// timer of its own is, even once a month.
const WRITTEN_FOR: i64 = 31;

/// The projects Upnext writes to that share some of these tasks with this one, itself among them; empty where none does.
async fn writers(
    engine: &Engine,
    project: &ProjectGid,
    tasks: &[Task],
    now: Timestamp,
) -> Result<Vec<Writer>, EngineError> {
    let shared: BTreeSet<&ProjectGid> = tasks.iter().flat_map(|t| &t.elsewhere).map(|e| &e.project).collect();
    if shared.is_empty() {
        return Ok(vec![]);
    }
    let mut writers = engine.store.writers(now - SignedDuration::from_hours(24 * WRITTEN_FOR)).await?;
    writers.retain(|writer| writer.project.gid == *project || shared.contains(&writer.project.gid));
    if writers.iter().all(|writer| writer.project.gid == *project) {
        return Ok(vec![]);
    }
    for writer in &mut writers {
        // What is noted is as old as the last run there; people may have decided since.
        let policy = engine.decided_for(&writer.project.gid).await?;
        (writer.writing.phase, writer.writing.phase_for) = (policy.phase, policy.phase_for);
    }
    Ok(writers)
}

/// Reads a project without its tasks: what a look back needs of the present.
pub(crate) async fn gather_frame(
    engine: &Engine,
    gid: &ProjectGid,
    now: Timestamp,
) -> Result<Snapshot, EngineError> {
    engine.stage("reading the project", 0);
    let actor = actor(engine).await?;
    let read = read_project(engine, gid).await?;
    let goals = goals::read_goals(engine, &read).await?;
    let (sections, note) = read_sections(engine, gid).await?;
    Ok(Snapshot {
        workspace: read.workspace,
        project: read.project,
        taken_at: now,
        actor,
        sections,
        roles: engine.names.resolve(&read.fields),
        fields_available: !read.fields.is_empty(),
        fields: read.fields,
        tasks: vec![],
        goals: goals.goals,
        goals_read: goals.read,
        anchors: domain::Anchors::default(),
        notes: note.into_iter().chain(goals.note).collect(),
        evidence: domain::Evidence::default(),
        refused: vec![],
        writers: vec![],
        held: BTreeMap::new(),
        sprints: None,
    })
}

/// Reads the current state of some tasks of a project, for undo: everything changed since, and the rest one by one. `before` is
/// the snapshot of the run, which knows sections that have no task any more.
pub(crate) async fn gather_some(
    engine: &Engine,
    gid: &ProjectGid,
    since: Timestamp,
    (wanted, before): (&[TaskGid], &Digest),
    now: Timestamp,
) -> Result<Snapshot, EngineError> {
    engine.stage("reading what has changed", 0);
    let actor = actor(engine).await?;
    let taken_at = engine.asana.server_time().unwrap_or(now - UNKNOWN_SKEW);
    let read = read_project(engine, gid).await?;
    let mut tasks = read_changed(engine, gid, since).await?;
    tasks.retain(|t| wanted.contains(&t.gid));
    for missing in wanted {
        if !tasks.iter().any(|t| t.gid == *missing) {
            tasks.extend(read_one(engine, gid, missing).await?);
        }
    }
    let now_there = Present { read, taken_at, actor };
    now_there.with(engine, tasks, Some(before)).await
}

/// From this many tasks on, the list of all open ones is read instead of each by itself: it holds a hundred a request.
const LISTED_FROM: usize = 20;

/// Reads the current state of some tasks of a project, for what people approved of them.
pub(crate) async fn gather_named(
    engine: &Engine,
    gid: &ProjectGid,
    wanted: &[TaskGid],
    now: Timestamp,
) -> Result<Snapshot, EngineError> {
    engine.stage("reading the tasks", wanted.len());
    let actor = actor(engine).await?;
    let taken_at = engine.asana.server_time().unwrap_or(now - UNKNOWN_SKEW);
    let read = read_project(engine, gid).await?;
    let mut tasks = vec![];
    if wanted.len() >= LISTED_FROM {
        tasks = read_open(engine, gid).await?.tasks;
        tasks.retain(|task| wanted.contains(&task.gid));
    }
    for missing in wanted {
        if !tasks.iter().any(|t| t.gid == *missing) {
            tasks.extend(read_whole(engine, gid, missing).await?);
        }
    }
    Present { read, taken_at, actor }.with(engine, tasks, None).await
}

/// A project as it is now, its tasks aside.
struct Present {
    read: project::ProjectRead,
    taken_at: Timestamp,
    actor: Person,
}

impl Present {
    /// The snapshot with these tasks. `before` is an older one, which knows sections that have no task any more.
    async fn with(
        self,
        engine: &Engine,
        mut tasks: Vec<Task>,
        before: Option<&Digest>,
    ) -> Result<Snapshot, EngineError> {
        let Present { read, taken_at, actor } = self;
        let gid = &read.project.gid;
        let (mut sections, note) = read_sections(engine, gid).await?;
        if let (Some(before), true) = (before, note.is_some()) {
            let before = engine.store.snapshot(before).await?;
            let before = before.into_iter().flat_map(|snapshot| snapshot.sections);
            sections.extend(
                before.filter(|section| !sections.iter().any(|s| s.gid == section.gid)).collect::<Vec<_>>(),
            );
        }
        let ledger = engine.store.ledger(gid).await?;
        let anchors = engine.store.anchors(gid).await?;
        provenance::mark(&mut tasks, &ledger);
        tasks.sort_by(|a, b| a.gid.numeric_key().cmp(&b.gid.numeric_key()));
        Ok(Snapshot {
            workspace: read.workspace,
            project: read.project,
            taken_at,
            actor,
            sections,
            roles: engine.names.resolve(&read.fields),
            fields_available: true,
            fields: read.fields,
            tasks,
            goals: vec![],
            goals_read: false,
            anchors,
            notes: note.into_iter().collect(),
            evidence: domain::Evidence::default(),
            refused: vec![],
            writers: vec![],
            held: BTreeMap::new(),
            sprints: None,
        })
    }
}

/// The user whose token this is. Asked for once by a process: a client has one token for good.
pub(crate) async fn actor(engine: &Engine) -> Result<Person, EngineError> {
    let me = engine
        .me
        .get_or_try_init(async || {
            let me = engine.asana.users().me(&["name"]).await?;
            Ok::<Person, EngineError>(Person { gid: UserGid::new(me.gid), name: me.name.unwrap_or_default() })
        })
        .await?;
    Ok(me.clone())
}
