//! When a project is read whole: every day, and after a gap in what is heard of it.
//!
//! A list of what was modified does not show what was deleted or taken out of the project, so a sweep reads all of it when that is
//! due. The moment is a row of the timetable: it outlives the process, and a gap that is found while a sweep is under way is not taken
//! for dealt with by it. Deliberately not here: the reading (`gather`).

use super::Service;
use domain::ProjectGid;
use jiff::{SignedDuration, Timestamp};
use store::{Schedule, StoreError};

/// The longest that a deleted task stays in a ranking unheard.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// The workflow of its rows, which no line of a configuration can name.
pub(super) const WORD: &str = "whole";

fn row(project: &ProjectGid, next_at: Timestamp) -> Schedule {
    Schedule { project: project.clone(), workflow: WORD.into(), rule: "a day after the last".into(), next_at }
}

impl Service {
    /// When the project is to be read whole; none where it never was.
    pub(super) async fn whole_at(&self, project: &ProjectGid) -> Result<Option<Timestamp>, StoreError> {
        self.engine.store.due_at(project, WORD).await
    }

    /// Notes that the project was read whole from `now` on, when its row said `seen`; answers when it is to be again.
    pub(super) async fn read_whole(
        &self,
        project: &ProjectGid,
        seen: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let next = row(project, now + EVERY);
        self.engine.store.done_until(seen, &next).await?;
        Ok(next.next_at)
    }

    /// Sees that the next sweep reads the project whole: something may have been deleted while nobody listened.
    pub(super) async fn whole_is_due(&self, project: &ProjectGid) -> Result<(), StoreError> {
        self.engine.store.make_due(&row(project, self.now())).await
    }
}
