//! `/status_updates` of projects, portfolios and goals: they are read, posted and deleted, never edited.

use serde_json::json;

use crate::request::Method;
use crate::wire::StatusUpdate;
use crate::{Client, Error, List};

/// Calls about status updates. See [`Client::status_updates`].
#[derive(Clone, Copy, Debug)]
pub struct StatusUpdates<'c>(&'c Client);

impl Client {
    /// Calls about status updates.
    pub fn status_updates(&self) -> StatusUpdates<'_> {
        StatusUpdates(self)
    }
}

impl StatusUpdates<'_> {
    /// The status updates of a project, portfolio or goal.
    pub fn of(self, parent: &str) -> List<StatusUpdate> {
        List::new(self.0.call(Method::Get, &["status_updates"]).query("parent", parent))
    }

    /// One status update.
    ///
    /// # Errors
    /// As any read.
    pub async fn get(self, update: &str, fields: &[&str]) -> Result<StatusUpdate, Error> {
        self.0.call(Method::Get, &["status_updates", update]).fields(fields).send().await
    }

    /// Posts one. `status` is `on_track`, `at_risk`, `off_track`, … Not repeatable.
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn create(
        self,
        parent: &str,
        (title, text): (&str, &str),
        status: &str,
    ) -> Result<StatusUpdate, Error> {
        let data = json!({ "parent": parent, "title": title, "text": text, "status_type": status });
        self.0.call(Method::Post, &["status_updates"]).data(data).send().await
    }

    /// Deletes one.
    ///
    /// # Errors
    /// As any write.
    pub async fn delete(self, update: &str) -> Result<(), Error> {
        self.0.call(Method::Delete, &["status_updates", update]).run().await
    }
}
