//! What has changed in a project since it was last read: the last snapshot brought up to date.
//!
//! One request lists what was modified since; tasks that something was heard of and that the list leaves out (deleted, taken
//! out of the project, a dependency that moves no `modified_at`) are read one by one. What Upnext itself wrote since is taken in
//! and is no change. A task deleted or taken away unheard is in no such list: it is found where the project is read whole and
//! compared, which happens when that is asked for, and where a task shows a section that is not known. Deliberately not here: names,
//! fields and sections of the project, which only a whole reading takes in; when one is due (`service`).

use super::convert::{section_of, to_task};
use super::stories::read_comments;
use super::tasks::{is_in, read_recent, read_single};
use super::{Gathered, UNKNOWN_SKEW, actor, gather, provenance, writers};
use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use domain::{FieldGid, Owner, Role, Snapshot, Task, TaskGid};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// Asana's `Date` header counts whole seconds, and its clocks are many: look a little further back.
const OVERLAP: SignedDuration = SignedDuration::from_secs(2);

/// Tasks read one by one at a time; Asana allows 50 reads in flight.
const AT_ONCE: usize = 10;

/// A project as it is now, and which of its open tasks are not as they were.
pub(crate) struct Recent {
    pub gathered: Gathered,
    pub changed: BTreeSet<TaskGid>,
    /// Whether a person asked for a groom: completed the host task, or made one.
    pub triggered: bool,
    /// Whether Asana named any task as modified, be it by ourselves.
    pub listed: bool,
    /// Whether an open task of before is there no more: done, deleted or taken out.
    pub lost: bool,
}

/// Brings `base` up to date. `heard` are tasks that something was heard of.
pub(crate) async fn gather_recent(
    engine: &Engine,
    base: Snapshot,
    heard: &[TaskGid],
    now: Timestamp,
) -> Result<Recent, EngineError> {
    engine.stage("reading what has changed", 0);
    let project = base.project.gid.clone();
    let actor = actor(engine).await?;
    let taken_at = engine.asana.server_time().unwrap_or(now - UNKNOWN_SKEW);
    let mut seen = read_recent(engine, &project, base.taken_at - OVERLAP).await?;
    let listed: BTreeSet<&str> = seen.iter().map(|task| task.gid.as_str()).collect();
    let unlisted: Vec<&TaskGid> = heard.iter().filter(|gid| !listed.contains(gid.as_str())).collect();
    let singles: Vec<(TaskGid, Option<wire::Task>)> = stream::iter(
        unlisted
            .into_iter()
            .map(async |gid| Ok::<_, EngineError>((gid.clone(), read_single(engine, gid).await?))),
    )
    .buffered(AT_ONCE)
    .try_collect()
    .await?;
    let mut gone = BTreeSet::new();
    for (gid, task) in singles {
        match task {
            Some(task) => seen.push(task),
            None => drop(gone.insert(gid)),
        }
    }
    if seen.iter().any(|task| shows_the_unknown(task, &base)) {
        return gather_whole(engine, base, now).await;
    }
    let mut snapshot = Snapshot { taken_at, actor, notes: vec![], ..base.clone() };
    let any = !seen.is_empty() || !gone.is_empty();
    take_in(&mut snapshot, seen, &gone);
    // What the last run made is known by now: it is nobody's wish for another run.
    snapshot.anchors = engine.store.anchors(&project).await?;
    snapshot.writers = writers(engine, &project, &snapshot.tasks, now).await?;
    let ledger = engine.store.ledger(&project).await?;
    provenance::mark(&mut snapshot.tasks, &ledger);
    let stories = read_comments(engine, &mut snapshot, &ledger).await?;
    let editors = provenance::adopt(engine, &mut snapshot, &stories).await?;
    let labels = provenance::labels(&snapshot, &editors, &ledger);
    let host = snapshot.anchors.host_task.clone();
    Ok(Recent::of(engine, &base, Gathered { snapshot, labels }, (host.as_ref(), any)))
}

/// Reads the project whole, and compares: what is in no list of changes is found so.
pub(crate) async fn gather_whole(
    engine: &Engine,
    base: Snapshot,
    now: Timestamp,
) -> Result<Recent, EngineError> {
    // As it is known: a task that somebody made is found to be the host by the reading itself.
    let host = engine.store.anchors(&base.project.gid).await?.host_task;
    let gathered = gather(engine, &base.project.gid, now).await?;
    Ok(Recent::of(engine, &base, gathered, (host.as_ref(), true)))
}

impl Recent {
    /// `host` is the host task as it was known, `listed` whether Asana named any task.
    fn of(
        engine: &Engine,
        base: &Snapshot,
        gathered: Gathered,
        (host, listed): (Option<&TaskGid>, bool),
    ) -> Recent {
        let now = &gathered.snapshot;
        let changed = changed(base, now);
        let there: BTreeSet<&TaskGid> = now.tasks.iter().map(|task| &task.gid).collect();
        let closed = host.is_some_and(|gid| base.task(gid).is_some() && now.task(gid).is_none());
        let name = engine.policy.host_task.as_str();
        let named = |gid: &TaskGid| now.task(gid).is_some_and(|t| t.name.trim().eq_ignore_ascii_case(name));
        let is_new = |gid: &TaskGid| base.task(gid).is_none() && host != Some(gid);
        let made = !name.is_empty() && changed.iter().any(|gid| is_new(gid) && named(gid));
        let lost = base.tasks.iter().any(|task| !there.contains(&task.gid));
        Recent { triggered: closed || made, gathered, changed, listed, lost }
    }
}

/// A field or section of the project that it did not have when it was read.
fn shows_the_unknown(task: &wire::Task, base: &Snapshot) -> bool {
    let section = section_of(task, &base.project.gid);
    let known = |section: &domain::Section| base.sections.iter().any(|s| s.gid == section.gid);
    section.is_some_and(|section| !known(&section))
}

/// Puts tasks in the place of what was known of them; closed ones, and those that left the project, go.
fn take_in(snapshot: &mut Snapshot, seen: Vec<wire::Task>, gone: &BTreeSet<TaskGid>) {
    let project = snapshot.project.gid.clone();
    let mut at: HashMap<TaskGid, usize> =
        snapshot.tasks.iter().enumerate().map(|(at, task)| (task.gid.clone(), at)).collect();
    let (mut away, mut open) = (gone.clone(), BTreeSet::new());
    for task in seen {
        let here = is_in(&task, &project);
        let task = to_task(task, &project);
        if here && !task.completed {
            open.insert(task.gid.clone());
        }
        match at.get(&task.gid) {
            _ if !here || task.completed => drop(away.insert(task.gid)),
            Some(&at) => {
                let comments = std::mem::take(&mut snapshot.tasks[at].comments);
                snapshot.tasks[at] = Task { comments, ..task };
            }
            None => {
                at.insert(task.gid.clone(), snapshot.tasks.len());
                snapshot.tasks.push(task);
            }
        }
    }
    snapshot.tasks.retain(|task| !away.contains(&task.gid));
    // A task that was not read again still says of what it waits for how that was.
    for dependency in snapshot.tasks.iter_mut().flat_map(|task| &mut task.dependencies) {
        if away.contains(&dependency.gid) {
            dependency.completed = Some(true);
        } else if open.contains(&dependency.gid) {
            dependency.completed = Some(false);
        }
    }
}

/// The open tasks of `now` that are new or not as they were, what Upnext wrote itself aside, and those that were joined by a
/// dependency to a task that is not there any more.
fn changed(base: &Snapshot, now: &Snapshot) -> BTreeSet<TaskGid> {
    let ours = Role::AI.iter().chain(&[Role::AiRisk, Role::RecommendedAssignee]);
    let ai: BTreeSet<&FieldGid> = ours.filter_map(|role| now.roles.field(*role)).collect();
    let before: HashMap<&TaskGid, &Task> = base.tasks.iter().map(|task| (&task.gid, task)).collect();
    let there: BTreeSet<&TaskGid> = now.tasks.iter().map(|task| &task.gid).collect();
    let mut changed: BTreeSet<TaskGid> = BTreeSet::new();
    for task in &now.tasks {
        let same = before.get(&task.gid).is_some_and(|was| essence(was, &ai) == essence(task, &ai));
        if !same {
            changed.insert(task.gid.clone());
        }
    }
    for lost in base.tasks.iter().filter(|task| !there.contains(&task.gid)) {
        let joined = lost.dependents.iter().chain(lost.dependencies.iter().map(|d| &d.gid));
        changed.extend(joined.filter(|gid| there.contains(gid)).cloned());
    }
    changed
}

/// A task without what our own writes move.
fn essence(task: &Task, ai: &BTreeSet<&FieldGid>) -> Task {
    let mut task = task.clone();
    task.modified_at = Timestamp::UNIX_EPOCH;
    (task.section_ours, task.assignee_ours, task.dates_ours) = (None, None, None);
    // That a sprint's project has it is our doing.
    let put_into = std::mem::take(&mut task.put_into);
    task.elsewhere.retain(|there| !put_into.contains(&there.project));
    task.fields.retain(|gid, state| !ai.contains(gid) || state.owner() == Owner::Person);
    task.fields.values_mut().for_each(|state| state.ours = None);
    // A completed blocker is told by the list of the blocked and by its own absence alike.
    task.dependencies.retain(|d| d.completed != Some(true));
    task
}

#[cfg(test)]
mod tests {
    use super::essence;
    use domain::{Elsewhere, ProjectGid, Task, TaskGid};
    use jiff::Timestamp;
    use std::collections::BTreeSet;

    #[test]
    fn putting_a_task_into_a_sprints_project_is_no_change_and_a_person_doing_it_is_one() {
        let before = Task::bare(TaskGid::new("1"), "T", "", Timestamp::UNIX_EPOCH);
        let sprint = ProjectGid::new("70");
        let there = Task {
            elsewhere: vec![Elsewhere { project: sprint.clone(), section: Some("Untitled section".into()) }],
            ..before.clone()
        };
        let ours = Task { put_into: vec![sprint], ..there.clone() };
        let ai = BTreeSet::new();
        assert!(essence(&before, &ai) == essence(&ours, &ai));
        assert!(essence(&before, &ai) != essence(&there, &ai));
        // A person took it out again: of no account to its score.
        let out = Task { elsewhere: vec![], ..ours };
        assert!(essence(&before, &ai) == essence(&out, &ai));
    }
}
