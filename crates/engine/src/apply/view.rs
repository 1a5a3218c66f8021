//! What the tasks of the project hold now, as far as is known: the snapshot, brought up to date before each chunk.
//!
//! Asana's own clock says since when to look, so that a wrong clock here hides no edit. Deliberately not here: writing.

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::read_changed;
use domain::{Action, Elsewhere, FieldState, Outcome, OutcomeKind, Snapshot, Task, TaskGid, WorkspaceGid};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};

/// Asana's `Date` header counts whole seconds, and its clocks are many: look a little further back.
const OVERLAP: SignedDuration = SignedDuration::from_secs(2);

pub(super) struct View<'a> {
    base: &'a Snapshot,
    /// Where each task of the snapshot stands in it.
    places: HashMap<&'a TaskGid, usize>,
    /// Tasks as they are now where that differs from the snapshot, without their long texts.
    fresh: HashMap<TaskGid, Task>,
    /// Tasks that changed since the snapshot, by others or before our write.
    touched: HashSet<TaskGid>,
    since: Timestamp,
}

impl<'a> View<'a> {
    pub fn new(base: &'a Snapshot) -> View<'a> {
        View {
            base,
            places: base.tasks.iter().enumerate().map(|(at, t)| (&t.gid, at)).collect(),
            fresh: HashMap::new(),
            touched: HashSet::new(),
            since: base.taken_at,
        }
    }

    /// Reads what has changed since the last look: usually one request.
    pub async fn refresh(&mut self, engine: &Engine) -> Result<(), EngineError> {
        let asked_at = engine.asana.server_time();
        let changed = read_changed(engine, &self.base.project.gid, self.since - OVERLAP).await?;
        if let Some(at) = asked_at {
            self.since = at;
        }
        for task in changed {
            if self.task(&task.gid).is_none_or(|known| known.modified_at != task.modified_at) {
                self.touched.insert(task.gid.clone());
            }
            self.fresh.insert(task.gid.clone(), Task { notes: String::new(), ..task });
        }
        Ok(())
    }

    /// The snapshot itself.
    pub fn base(&self) -> &Snapshot {
        self.base
    }

    pub fn workspace(&self) -> &WorkspaceGid {
        &self.base.workspace.gid
    }

    /// The task as it is now, as far as is known.
    pub fn task(&self, gid: &TaskGid) -> Option<&Task> {
        self.fresh.get(gid).or_else(|| self.as_read(gid))
    }

    fn as_read(&self, gid: &TaskGid) -> Option<&'a Task> {
        self.places.get(gid).map(|at| &self.base.tasks[*at])
    }

    /// The oldest open task of that name.
    pub fn named(&self, name: &str) -> Option<&Task> {
        let gids = self.places.keys().copied().chain(self.fresh.keys());
        let open = gids.filter_map(|gid| self.task(gid)).filter(|t| !t.completed);
        let named = open.filter(|t| t.name.trim().eq_ignore_ascii_case(name));
        named.min_by_key(|t| (t.created_at, t.gid.numeric_key()))
    }

    /// The task as the snapshot had it, if nobody but us has changed it since.
    pub fn untouched(&self, gid: &TaskGid) -> Option<&Task> {
        self.as_read(gid).filter(|_| !self.touched.contains(gid))
    }

    /// Takes in what our own write did.
    pub fn note(&mut self, action: &Action, outcome: &Outcome) {
        let Some(now) =
            action.task().filter(|_| outcome.kind == OutcomeKind::Done).and_then(|g| self.task(g))
        else {
            return;
        };
        let mut task = Task { notes: String::new(), comments: vec![], ..now.clone() };
        match action {
            Action::SetFields { changes, .. } => {
                for change in changes {
                    let state = FieldState { value: change.new.clone(), ours: None };
                    task.fields.insert(change.field.clone(), state);
                }
            }
            Action::MoveToSection { to, .. } => task.section = to.gid().cloned(),
            Action::AddToProject { to, .. } => {
                task.elsewhere.extend(to.gid().map(|gid| Elsewhere { project: gid.clone(), section: None }))
            }
            Action::RemoveFromProject { from, .. } => task.elsewhere.retain(|there| there.project != *from),
            Action::Assign { new, .. } => task.assignee.clone_from(new),
            Action::SetDates { new, .. } => (task.start_on, task.due_on) = (new.start_on, new.due_on),
            _ => {}
        }
        task.modified_at = outcome.modified_at.unwrap_or(task.modified_at);
        self.fresh.insert(task.gid.clone(), task);
    }
}
