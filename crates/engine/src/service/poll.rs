//! Asking an event stream: what webhooks do where there are none.
//!
//! The first question is refused by design and answers with a token; from then on each answer brings at most 100 events and says
//! whether there are more. A token lives for a day: when it is too old, the sweep that follows reads the project whole
//! and finds what was missed. The token is kept only after the events are. Deliberately not here: what events mean (`sort`).

use super::sort::sort_events;
use super::work::{Urgency, Work};
use super::{Service, ServiceError};
use domain::ProjectGid;
use store::Channel;

impl Service {
    /// Asks for what happened since the last question, and to be asked again.
    pub(super) async fn poll(&self, project: &ProjectGid) -> Result<(), ServiceError> {
        let store = &self.engine.store;
        let Some(connection) = store.connection(project).await? else { return Ok(()) };
        if connection.channel != Channel::Events {
            return Ok(());
        }
        let mut sync = connection.sync;
        loop {
            match self.engine.asana.events(project.as_str(), sync.as_deref()).await {
                Ok(page) => {
                    let sorted = sort_events(project, &page.events, &self.settings, self.now());
                    let heard = (&[project][..], self.now());
                    store.sort(&[], &sorted.changes, &sorted.jobs, heard).await?;
                    self.woken(&sorted.jobs);
                    store.hears_by(project, Channel::Events, Some(&page.sync)).await?;
                    if !page.has_more {
                        break;
                    }
                    sync = Some(page.sync);
                }
                Err(asana::Error::SyncExpired { sync: fresh, .. }) => {
                    // The first question of all has no token; one that was good for a while leaves a gap, in which something may
                    // have been deleted. Noted before the new token is.
                    if sync.is_some() {
                        self.whole_is_due(project).await?;
                    }
                    // Token first, then the look: what happens in between is told by the next question.
                    store.hears_by(project, Channel::Events, Some(&fresh)).await?;
                    let now = self.now();
                    self.ask(&[Work::Sweep { project: project.clone() }.job(Urgency::Change, now, now)])
                        .await?;
                    break;
                }
                // What is modified is found by sweeps all the same.
                Err(error @ asana::Error::Forbidden { .. }) => {
                    let every = self.settings.sweep_seconds;
                    let trouble = format!(
                        "event streams are closed to this token, and changes are found by looking every {every} seconds; \
                         webhooks (service.public_url) tell of them at once ({error})"
                    );
                    store.read_to(project, None, Some(&trouble)).await?;
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        let now = self.now();
        let again = Work::Poll { project: project.clone() };
        self.ask(&[again.job(Urgency::Hearing, now, now + self.settings.poll())]).await
    }
}
