//! Tasks that somebody asked for: found by the request's mark before they are made, so that a request is one task.
//!
//! Deliberately not here: labels, which follow by a triage.

use super::hosts::TRIES;
use super::{Work, ending};
use crate::gather::read_changed;
use asana::TaskWrite;
use domain::{ActionId, Outcome, OutcomeKind, RequestId, TaskGid};
use jiff::SignedDuration;

/// A task may have been made so long before the moment of its plan: the two clocks differ.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

impl Work<'_> {
    /// The task of a request. An earlier attempt may have landed without anybody having heard of it.
    pub(super) async fn file_request(
        &self,
        id: &ActionId,
        request: &RequestId,
        (name, notes): (&str, &str),
    ) -> Outcome {
        let project = &self.plan.project.gid;
        let mut last = OutcomeKind::AlreadySo;
        for _ in 0..TRIES {
            let changed = match read_changed(self.engine, project, self.plan.now.at - CLOCK_SKEW).await {
                Ok(changed) => changed,
                Err(error) => {
                    let message = format!("the project could not be looked at: {error}");
                    return self.outcome(id, OutcomeKind::Unreachable { message });
                }
            };
            if let Some(task) = changed.iter().find(|task| decide::is_marked(&task.notes, request)) {
                return self.made_task(id, task.gid.clone());
            }
            let new = TaskWrite::new().name(name).notes(notes).projects(&[project.as_str()]);
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
}
