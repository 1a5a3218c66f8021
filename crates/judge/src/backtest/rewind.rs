//! Turning time back: a task as it was, from what it is and what happened since.
//!
//! Every change since then is undone, the newest first. What a story does not tell (the description's old text, whose task it
//! was) stays as it is now and is counted, so that the report can say how much of the past is really the past.
//! Deliberately left out: likes, which have no date, and everything Upnext wrote itself.

use domain::{Elsewhere, FieldMap, FieldState, Happened, Happening, Past, Role, Task};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// How much of what changed since then could be undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Coverage {
    /// Changes undone.
    pub undone: usize,
    /// Changes whose old value nobody tells.
    pub untold: usize,
}

impl Coverage {
    /// The share that could be undone, 0–1; 1 when nothing changed.
    #[must_use]
    pub fn share(self) -> f64 {
        let all = self.undone + self.untold;
        if all == 0 { 1.0 } else { self.undone as f64 / all as f64 }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.undone += other.undone;
        self.untold += other.untold;
    }
}

/// The task as it was, or nothing when it was not there yet, already done, or not yet in the project.
pub(crate) fn rewind(past: &Past, at: Timestamp, roles: &FieldMap) -> Option<(Task, Coverage)> {
    if was_open(past, at) { rewind_any(past, at, roles) } else { None }
}

/// The task as it was, open or done; nothing when it was not there yet or not yet in the project.
pub(crate) fn rewind_any(past: &Past, at: Timestamp, roles: &FieldMap) -> Option<(Task, Coverage)> {
    if past.task.created_at > at || !was_there(past, at) {
        return None;
    }
    let mut task = past.task.clone();
    let mut coverage = Coverage::default();
    for happening in past.happenings.iter().rev().filter(|happening| happening.at > at) {
        match undo(&mut task, &happening.what) {
            Some(true) => coverage.undone += 1,
            Some(false) => coverage.untold += 1,
            None => {}
        }
    }
    undo_assignee(&mut task, past, at);
    task.completed = !was_open(past, at);
    task.comments.retain(|comment| comment.at <= at);
    task.likes = 0;
    let before = past.happenings.iter().filter(|happening| happening.at <= at).map(|happening| happening.at);
    task.modified_at = before.max().unwrap_or(task.created_at).max(task.created_at);
    forget_ourselves(&mut task, roles);
    Some((task, coverage))
}

/// Whether a task was open at a moment: by its last completion or reopening before it.
pub(crate) fn was_open(past: &Past, at: Timestamp) -> bool {
    let told = past.happenings.iter().filter_map(|happening| match happening.what {
        Happened::Completed => Some((happening.at, false)),
        Happened::Reopened => Some((happening.at, true)),
        _ => None,
    });
    let told: Vec<(Timestamp, bool)> = told.collect();
    match told.iter().rev().find(|(when, _)| *when <= at) {
        Some((_, open)) => *open,
        None => past.completed_at.is_none_or(|done| done > at || !told.is_empty()),
    }
}

/// Whether it was in the project: from when it joined, or from its creation when nothing tells of that.
fn was_there(past: &Past, at: Timestamp) -> bool {
    let joined = past.happenings.iter().find(|happening| happening.what == Happened::Joined);
    joined.is_none_or(|joined| joined.at <= at)
}

/// Undoes one change; `Some(false)` when its old value is not told, nothing when there is nothing to undo.
fn undo(task: &mut Task, what: &Happened) -> Option<bool> {
    match what {
        Happened::Field { gid, old, .. } => {
            let state = FieldState { value: old.clone(), ours: None };
            task.fields.insert(gid.clone(), state);
        }
        Happened::Dates { old: (start, due), .. } => {
            (task.start_on, task.due_on, task.due_at) = (*start, *due, None);
        }
        Happened::Section { old, .. } => task.section = Some(old.clone()),
        Happened::Waits { on, begins: true } => task.dependencies.retain(|other| other.gid != *on),
        Happened::Waits { on, begins: false } => {
            task.dependencies.push(domain::Dependency { gid: on.clone(), completed: None });
        }
        Happened::Name { old } => task.name.clone_from(old),
        Happened::Notes => return Some(false),
        // Looked up forwards, see below.
        Happened::Assignee(_) => return Some(true),
        // Nothing is judged by other projects: it counts for none of what could be put back.
        Happened::Elsewhere { project, enters } => {
            task.elsewhere.retain(|other| other.project != *project);
            let back = Elsewhere { project: project.clone(), section: None };
            task.elsewhere.extend((!enters).then_some(back));
            return None;
        }
        Happened::Completed | Happened::Reopened | Happened::Joined => return None,
    }
    Some(true)
}

/// Whose it was: the last person it was given to before; nobody when it was first given away later.
fn undo_assignee(task: &mut Task, past: &Past, at: Timestamp) {
    let given = past.happenings.iter().filter_map(|happening| match &happening.what {
        Happened::Assignee(user) => Some((happening, user)),
        _ => None,
    });
    let given: Vec<(&Happening, &Option<domain::UserGid>)> = given.collect();
    match given.iter().rev().find(|(happening, _)| happening.at <= at) {
        Some((_, user)) => {
            let now = task.assignee.take();
            task.assignee = user.as_ref().map(|user| match now {
                Some(person) if person.gid == *user => person,
                _ => domain::Person { gid: user.clone(), name: String::new() },
            });
        }
        None if !given.is_empty() => task.assignee = None,
        None => {}
    }
}

/// Takes out the fields that Upnext fills: they must not tell it what to think.
fn forget_ourselves(task: &mut Task, roles: &FieldMap) {
    let ours: BTreeSet<_> = Role::AI.iter().flat_map(|role| roles.candidates(*role)).collect();
    task.fields.retain(|gid, _| !ours.contains(gid));
    task.section_ours = None;
    task.fields.values_mut().for_each(|state| state.ours = None);
}
