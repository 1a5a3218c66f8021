//! What the tasks of the project hold now, as far as is known: the snapshot, brought up to date before each chunk.
//!
//! Asana's own clock says since when to look, so that a wrong clock here hides no edit. Deliberately not here: writing.

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::read_changed;
use domain::{
    Action, FieldState, Outcome, OutcomeKind, Plan, ProjectGid, Snapshot, Task, TaskGid, WorkspaceGid,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};

/// Asana's `Date` header counts whole seconds, and its clocks are many: look a little further back.
const OVERLAP: SignedDuration = SignedDuration::from_secs(2);

pub(super) struct View {
    project: ProjectGid,
    workspace: WorkspaceGid,
    tasks: HashMap<TaskGid, Task>,
    /// Tasks that changed since the snapshot, by others or before our write.
    touched: HashSet<TaskGid>,
    since: Timestamp,
}

impl View {
    pub fn new(base: &Snapshot) -> View {
        View {
            project: base.project.gid.clone(),
            workspace: base.workspace.gid.clone(),
            tasks: base.tasks.iter().map(|t| (t.gid.clone(), t.clone())).collect(),
            touched: HashSet::new(),
            since: base.taken_at,
        }
    }

    /// Reads what has changed since the last look: usually one request.
    pub async fn refresh(&mut self, engine: &Engine) -> Result<(), EngineError> {
        let asked_at = engine.asana.server_time();
        let changed = read_changed(engine, &self.project, self.since - OVERLAP).await?;
        if let Some(at) = asked_at {
            self.since = at;
        }
        for task in changed {
            let known = self.tasks.get(&task.gid);
            if known.is_none_or(|k| k.modified_at != task.modified_at) {
                self.touched.insert(task.gid.clone());
            }
            let comments = known.map(|k| k.comments.clone()).unwrap_or_default();
            self.tasks.insert(task.gid.clone(), Task { comments, ..task });
        }
        Ok(())
    }

    pub fn workspace(&self) -> &WorkspaceGid {
        &self.workspace
    }

    pub fn task(&self, gid: &TaskGid) -> Option<&Task> {
        self.tasks.get(gid)
    }

    /// Open tasks of that name, oldest first.
    pub fn named(&self, name: &str) -> Option<&Task> {
        let open = self.tasks.values().filter(|t| !t.completed && t.name.trim().eq_ignore_ascii_case(name));
        open.min_by(|a, b| {
            a.created_at.cmp(&b.created_at).then(a.gid.numeric_key().cmp(&b.gid.numeric_key()))
        })
    }

    /// The task as the snapshot had it, if nobody but us has changed it since.
    pub fn untouched(&self, gid: &TaskGid) -> Option<&Task> {
        self.tasks.get(gid).filter(|_| !self.touched.contains(gid))
    }

    /// Takes in what our own write did.
    pub fn note(&mut self, plan: &Plan, outcome: &Outcome) {
        if outcome.kind != OutcomeKind::Done {
            return;
        }
        let Some(planned) = plan.actions.iter().find(|a| a.id == outcome.action) else { return };
        let Some(task) = planned.action.task().and_then(|gid| self.tasks.get_mut(gid)) else { return };
        match &planned.action {
            Action::SetFields { changes, .. } => {
                for change in changes {
                    let state = FieldState { value: change.new.clone(), ours: None };
                    task.fields.insert(change.field.clone(), state);
                }
            }
            Action::MoveToSection { to, .. } => task.section = Some(to.clone()),
            _ => {}
        }
        if let Some(at) = outcome.modified_at {
            task.modified_at = at;
        }
    }
}
