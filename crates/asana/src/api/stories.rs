//! `/stories`: reading a task's history, writing comments.

use serde_json::json;

use crate::request::Method;
use crate::wire::Story;
use crate::{Client, Error, List};

/// Calls about stories. See [`Client::stories`].
#[derive(Clone, Copy, Debug)]
pub struct Stories<'c>(&'c Client);

impl Client {
    /// Calls about stories.
    pub fn stories(&self) -> Stories<'_> {
        Stories(self)
    }
}

impl Stories<'_> {
    /// The stories of a task, oldest first. Asana has no filter by time here.
    pub fn of_task(self, task: &str) -> List<Story> {
        List::new(self.0.call(Method::Get, &["tasks", task, "stories"]))
    }

    /// One story.
    ///
    /// # Errors
    /// As any read.
    pub async fn get(self, story: &str, fields: &[&str]) -> Result<Story, Error> {
        self.0.call(Method::Get, &["stories", story]).fields(fields).send().await
    }

    /// Posts a plain-text comment. Not repeatable.
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn create_comment(self, task: &str, text: &str) -> Result<Story, Error> {
        self.0.call(Method::Post, &["tasks", task, "stories"]).data(json!({ "text": text })).send().await
    }

    /// Posts a comment as Asana's XML, rooted at `<body>`; mentions are `<a data-asana-gid="…"/>`. Not repeatable.
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn create_html_comment(self, task: &str, html: &str) -> Result<Story, Error> {
        self.0.call(Method::Post, &["tasks", task, "stories"]).data(json!({ "html_text": html })).send().await
    }

    /// Replaces the text of a comment of the token's user.
    ///
    /// # Errors
    /// As any write; `Forbidden` on other people's comments.
    pub async fn update(self, story: &str, text: &str) -> Result<Story, Error> {
        self.0.call(Method::Put, &["stories", story]).data(json!({ "text": text })).send().await
    }

    /// Replaces the text of a comment by Asana's XML.
    ///
    /// # Errors
    /// As any write; `Forbidden` on other people's comments.
    pub async fn update_html(self, story: &str, html: &str) -> Result<Story, Error> {
        self.0.call(Method::Put, &["stories", story]).data(json!({ "html_text": html })).send().await
    }

    /// Deletes a comment of the token's user.
    ///
    /// # Errors
    /// As any write; `Forbidden` on other people's comments.
    pub async fn delete(self, story: &str) -> Result<(), Error> {
        self.0.call(Method::Delete, &["stories", story]).run().await
    }
}
