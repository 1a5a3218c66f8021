//! Upnext's own tasks: the host and its review subtask. Found again before made, so that there is one of each.
//!
//! Deliberately not here: what is written on them (`comments`).

use super::{Work, ending, needs};
use crate::error::EngineError;
use crate::gather::provenance::mark;
use crate::gather::read_there;
use asana::TaskWrite;
use asana::wire::Story;
use domain::{
    ActionId, FieldGid, FieldRef, FieldState, Outcome, OutcomeKind, Owner, Task, TaskGid, TaskRef, UserGid,
};

/// How often a creation with an unknown outcome is looked for and tried again.
pub(super) const TRIES: usize = 3;

impl Work<'_> {
    /// An open task of that name in the project.
    pub(super) async fn ensure_task(&mut self, id: &ActionId, name: &str, notes: &str) -> Outcome {
        let mut last = OutcomeKind::AlreadySo;
        for attempt in 0..TRIES {
            if self.view.refresh(self.engine).await.is_err() && attempt == 0 {
                let message = "the project could not be looked at".to_owned();
                return self.outcome(id, OutcomeKind::Unreachable { message });
            }
            if let Some(task) = self.view.named(name) {
                let kind = if attempt == 0 { OutcomeKind::AlreadySo } else { OutcomeKind::Done };
                return Outcome { task: Some(task.gid.clone()), made: attempt > 0, ..self.outcome(id, kind) };
            }
            let new = TaskWrite::new().name(name).notes(notes).projects(&[self.plan.project.gid.as_str()]);
            match self.engine.asana.tasks().create(new, &["name"]).await {
                Ok(task) => return self.made_task(id, TaskGid::new(task.gid)),
                Err(asana::Error::MayHaveLanded { reason, .. }) => {
                    last = OutcomeKind::Unreachable { message: reason };
                }
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            }
        }
        self.outcome(id, last)
    }

    pub(super) fn task_of(&self, reference: &TaskRef) -> Result<TaskGid, OutcomeKind> {
        match reference {
            TaskRef::Existing(gid) => Ok(gid.clone()),
            TaskRef::MadeBy(id) => self.made.get(id).and_then(|m| m.task.clone()).ok_or_else(needs),
        }
    }

    pub(super) fn field_of(&self, reference: &FieldRef) -> Result<FieldGid, OutcomeKind> {
        match reference {
            FieldRef::Existing(gid) => Ok(gid.clone()),
            FieldRef::MadeBy(id) => self.made.get(id).and_then(|m| m.field.clone()).ok_or_else(needs),
        }
    }

    /// An open subtask of that name; a completed one is reopened.
    pub(super) async fn ensure_subtask(
        &self,
        id: &ActionId,
        (parent, assignee): (&TaskGid, Option<&UserGid>),
        name: &str,
        notes: &str,
    ) -> Outcome {
        if let Some(known) = self.anchors.review_subtask.clone().filter(|_| assignee.is_none()) {
            let outcome = self.reopen(id, known, true).await;
            if outcome.kind != OutcomeKind::Gone {
                return outcome;
            }
        }
        let mut last = OutcomeKind::AlreadySo;
        for attempt in 0..TRIES {
            let list = self.engine.asana.tasks().subtasks(parent.as_str()).fields(&["name", "completed"]);
            let subtasks = match list.collect_all().await {
                Ok(subtasks) => subtasks,
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            };
            let named = |t: &&asana::wire::Task| {
                t.name.as_deref().unwrap_or_default().trim().eq_ignore_ascii_case(name)
            };
            if let Some(task) = subtasks.iter().find(named) {
                let gid = TaskGid::new(&*task.gid);
                if attempt > 0 {
                    return self.made_task(id, gid);
                }
                return self.reopen(id, gid, task.completed.unwrap_or(false)).await;
            }
            let mut new = TaskWrite::new().name(name).notes(notes);
            if let Some(person) = assignee {
                new = new.assignee(Some(person.as_str()));
            }
            match self.engine.asana.tasks().create_subtask(parent.as_str(), new, &["name"]).await {
                Ok(task) => return self.made_task(id, TaskGid::new(task.gid)),
                Err(asana::Error::MayHaveLanded { reason, .. }) => {
                    last = OutcomeKind::Unreachable { message: reason };
                }
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            }
        }
        self.outcome(id, last)
    }

    async fn reopen(&self, id: &ActionId, gid: TaskGid, completed: bool) -> Outcome {
        if !completed {
            return Outcome { task: Some(gid), ..self.outcome(id, OutcomeKind::AlreadySo) };
        }
        let write = TaskWrite::new().completed(false);
        match self.engine.asana.tasks().update(gid.as_str(), write, &["completed"]).await {
            Ok(_) => Outcome { task: Some(gid), ..self.outcome(id, OutcomeKind::Done) },
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }

    pub(super) fn made_task(&self, id: &ActionId, gid: TaskGid) -> Outcome {
        Outcome { task: Some(gid), made: true, ..self.outcome(id, OutcomeKind::Done) }
    }

    /// Deletes a task that the undone run made, unless somebody has worked on it.
    pub(super) async fn delete_task(&self, id: &ActionId, gid: &TaskGid, name: &str) -> Outcome {
        match self.worked_on(gid, name).await {
            Err(EngineError::Asana(asana::Error::NotFound { .. })) => {
                return self.outcome(id, OutcomeKind::AlreadySo);
            }
            Err(EngineError::Asana(error)) => return self.outcome(id, ending::of_error(&error)),
            Err(error) => {
                return self.outcome(id, OutcomeKind::Unreachable { message: error.to_string() });
            }
            Ok(Some(found)) => {
                return self.outcome(id, OutcomeKind::Conflict { what: "the task".into(), found });
            }
            Ok(None) => {}
        }
        match self.engine.asana.tasks().delete(gid.as_str()).await {
            Ok(()) => self.outcome(id, OutcomeKind::Done),
            Err(asana::Error::NotFound { .. }) => self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }

    /// What people did with one of our tasks, if they did anything. Our own comment is gone by now, so any other is a
    /// person's, even one by the user whose token this is. What that user did by hand shows by values that the ledger does not know.
    async fn worked_on(&self, gid: &TaskGid, name: &str) -> Result<Option<String>, EngineError> {
        let project = &self.plan.project.gid;
        let mut task = read_there(self.engine, project, gid).await?;
        mark(std::slice::from_mut(&mut task), &self.engine.store.ledger(project).await?);
        if let Some(found) = self.not_as_made(&task, name) {
            return Ok(Some(found));
        }
        let fields = ["resource_subtype", "created_by.gid"];
        let stories = self.engine.asana.stories().of_task(gid.as_str()).fields(&fields).collect_all().await?;
        if let Some(found) = stories.iter().find_map(|story| self.tells_of_people(story, &task)) {
            return Ok(Some(found));
        }
        // Our own file is gone by now too.
        match self.engine.asana.attachments().of(gid.as_str()).fields(&fields).collect_all().await {
            Ok(files) => Ok((!files.is_empty()).then(|| "files".into())),
            // Where files cannot be listed, the stories have told of comments, and that has to do.
            Err(asana::Error::PaymentRequired { .. } | asana::Error::Forbidden { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What of a task is not as we made it, nor as we wrote it since.
    fn not_as_made(&self, task: &Task, name: &str) -> Option<String> {
        let is_theirs = |state: &FieldState| state.owner() == Owner::Person;
        let is_computed = |field| self.view.base().field(field).is_some_and(|field| field.read_only);
        let of_danger = self.is_of_danger(&task.gid);
        let found = if task.name != name {
            "another name"
        } else if task.completed {
            "a task that was completed"
        } else if task.num_subtasks > 0 {
            "subtasks"
        } else if is_theirs(&task.assignee_state()) && !of_danger {
            "an assignee"
        } else if is_theirs(&task.dates_state()) {
            "days"
        } else if !task.elsewhere.is_empty() {
            "another project it is in"
        } else if task.fields.iter().any(|(gid, state)| is_theirs(state) && !is_computed(gid)) {
            "values of fields"
        } else {
            return None;
        };
        Some(found.into())
    }

    /// What a story tells of that we did not do. Stories of Asana itself have no author.
    fn tells_of_people(&self, story: &Story, task: &Task) -> Option<String> {
        let by_other = story.created_by.as_ref().is_some_and(|by| by.gid != self.actor.gid.as_str());
        match story.resource_subtype.as_deref() {
            Some("comment_added") => Some("comments".into()),
            // We write a description once, with the task; that of a subtask about a date again and again.
            Some("notes_changed") if by_other || !self.is_of_danger(&task.gid) => {
                Some("another description".into())
            }
            Some("section_changed") if task.section_ours != task.section => Some("another section".into()),
            _ if by_other => Some("what people did with it".into()),
            _ => None,
        }
    }
}
