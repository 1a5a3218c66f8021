//! `/events` and `/jobs`: what changed, and what is still running.
//!
//! Take a token first, then crawl, then poll. Events may be lost, so a sweep by `modified_since` is needed all the same.

use crate::request::Method;
use crate::wire::{Event, Job};
use crate::{Client, Error};

/// One answer of an event stream: at most 100 events.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// The events; order within is not promised.
    pub events: Vec<Event>,
    /// Token to go on with; keep it only after the events are dealt with.
    pub sync: String,
    /// Whether to ask again right now.
    pub has_more: bool,
}

impl Client {
    /// What happened to a task, project or goal since the token.
    ///
    /// # Errors
    /// `SyncExpired` with a fresh token for the first call (no token yet) and for a token that is too old: read the
    /// resource anew, then go on with the fresh token.
    pub async fn events(&self, resource: &str, sync: Option<&str>) -> Result<EventPage, Error> {
        let mut request = self.call(Method::Get, &["events"]).query("resource", resource);
        if let Some(sync) = sync {
            request = request.query("sync", sync);
        }
        let call = request.call.clone();
        let answer = request.send_full::<Vec<Event>>().await?;
        let Some(sync) = answer.sync else {
            return Err(Error::Decode { call, path: "sync".to_owned(), problem: "missing".to_owned() });
        };
        Ok(EventPage { events: answer.data, sync, has_more: answer.has_more })
    }

    /// How far a job is.
    ///
    /// # Errors
    /// As any read.
    pub async fn job(&self, job: &str) -> Result<Job, Error> {
        self.call(Method::Get, &["jobs", job]).send().await
    }
}
