//! Giving tasks to people and setting their days: compare, then set.
//!
//! An answer that got lost is settled by reading the task. Deliberately not here: who and when.

use super::Work;
use asana::TaskWrite;
use domain::{ActionId, Dates, Outcome, OutcomeKind, Person, TaskGid};

impl Work<'_> {
    pub(super) async fn assign(
        &self,
        id: &ActionId,
        gid: &TaskGid,
        (expected, new): (Option<&Person>, Option<&Person>),
    ) -> Outcome {
        let Some(task) = self.view.task(gid) else { return self.outcome(id, OutcomeKind::Gone) };
        if let Some(kind) = self.closed(task).or_else(|| self.kept(task)) {
            return self.outcome(id, kind);
        }
        let now = task.assignee.as_ref().map(|person| &person.gid);
        if now == new.map(|person| &person.gid) {
            return self.outcome(id, OutcomeKind::AlreadySo);
        }
        if now != expected.map(|person| &person.gid) {
            let found = task.assignee.as_ref().map(|person| person.name.clone()).unwrap_or_default();
            return self.outcome(id, OutcomeKind::Conflict { what: "the assignee".into(), found });
        }
        let write = TaskWrite::new().assignee(new.map(|person| person.gid.as_str()));
        let wanted = new.map(|person| person.gid.clone());
        match self.engine.asana.tasks().update(gid.as_str(), write, &["modified_at"]).await {
            Ok(task) => Outcome { modified_at: task.modified_at, ..self.outcome(id, OutcomeKind::Done) },
            Err(error) => {
                let is = |task: &domain::Task| task.assignee.as_ref().map(|p| p.gid.clone()) == wanted;
                self.settle(id, gid, &error, is).await
            }
        }
    }

    pub(super) async fn set_dates(
        &self,
        id: &ActionId,
        gid: &TaskGid,
        (expected, new): (Dates, Dates),
    ) -> Outcome {
        let Some(task) = self.view.task(gid) else { return self.outcome(id, OutcomeKind::Gone) };
        if let Some(kind) = self.closed(task).or_else(|| self.kept(task)) {
            return self.outcome(id, kind);
        }
        let now = task.dates();
        if now == new {
            return self.outcome(id, OutcomeKind::AlreadySo);
        }
        // A due time that was set since is as much another value as another day.
        if now != expected || task.due_at.is_some() {
            let found = now.to_string();
            return self.outcome(id, OutcomeKind::Conflict { what: "the days".into(), found });
        }
        let mut write = TaskWrite::new().due_on(new.due_on);
        if new.start_on != now.start_on {
            write = write.start_on(new.start_on);
        }
        match self.engine.asana.tasks().update(gid.as_str(), write, &["modified_at"]).await {
            Ok(task) => Outcome { modified_at: task.modified_at, ..self.outcome(id, OutcomeKind::Done) },
            Err(error) => self.settle(id, gid, &error, |task| task.dates() == new).await,
        }
    }
}
