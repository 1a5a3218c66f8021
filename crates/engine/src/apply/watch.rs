//! Subtasks about dates in danger: compare, then give them another text, complete or reopen them.
//!
//! An answer that got lost is settled by reading the subtask. Deliberately not here: making one (`hosts`), and what it says (`decide`).

use super::{Work, ending};
use crate::context::Engine;
use asana::TaskWrite;
use domain::{ActionId, Card, Outcome, OutcomeKind, TaskGid};

/// What a task says and is; none when it is gone or out of sight.
pub(crate) async fn card(engine: &Engine, gid: &TaskGid) -> Result<Option<Card>, asana::Error> {
    match engine.asana.tasks().get(gid.as_str(), &["notes", "completed"]).await {
        Ok(task) => Ok(Some(Card {
            text: task.notes.unwrap_or_default(),
            completed: task.completed.unwrap_or(false),
        })),
        Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Work<'_> {
    /// Whether a task is one about a date in danger.
    pub(super) fn is_of_danger(&self, gid: &TaskGid) -> bool {
        self.anchors.dangers.values().any(|danger| danger.subtask == *gid)
    }

    pub(super) async fn turn_subtask(
        &self,
        id: &ActionId,
        gid: &TaskGid,
        (expected, new): (&Card, &Card),
    ) -> Outcome {
        let task = Some(gid.clone());
        match card(self.engine, gid).await {
            Err(error) => return self.outcome(id, ending::of_error(&error)),
            Ok(None) => return self.outcome(id, OutcomeKind::Gone),
            Ok(Some(now)) if now == *new => {
                return Outcome { task, ..self.outcome(id, OutcomeKind::AlreadySo) };
            }
            Ok(Some(now)) if now != *expected => {
                let found = if now.completed { "completed" } else { "another description" }.to_owned();
                return self.outcome(id, OutcomeKind::Conflict { what: "the subtask".into(), found });
            }
            Ok(Some(_)) => {}
        }
        let write = TaskWrite::new().notes(&new.text).completed(new.completed);
        match self.engine.asana.tasks().update(gid.as_str(), write, &["completed"]).await {
            Ok(_) => Outcome { task, ..self.outcome(id, OutcomeKind::Done) },
            Err(error) => match card(self.engine, gid).await {
                Ok(Some(now)) if now == *new => Outcome { task, ..self.outcome(id, OutcomeKind::Done) },
                _ => self.outcome(id, ending::of_error(&error)),
            },
        }
    }
}
