//! `/tags`. Putting one on a task is in `tasks`.

use serde_json::json;

use crate::request::Method;
use crate::wire::Tag;
use crate::{Client, Error, List};

/// Calls about tags. See [`Client::tags`].
#[derive(Clone, Copy, Debug)]
pub struct Tags<'c>(&'c Client);

impl Client {
    /// Calls about tags.
    pub fn tags(&self) -> Tags<'_> {
        Tags(self)
    }
}

impl Tags<'_> {
    /// The tags of a workspace.
    pub fn in_workspace(self, workspace: &str) -> List<Tag> {
        List::new(self.0.call(Method::Get, &["workspaces", workspace, "tags"]))
    }

    /// Makes a tag. Not repeatable: two tags may have one name.
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn create(self, workspace: &str, name: &str) -> Result<Tag, Error> {
        let path = ["workspaces", workspace, "tags"];
        self.0.call(Method::Post, &path).data(json!({ "name": name })).send().await
    }
}
