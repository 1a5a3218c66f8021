//! `/attachments`, read-only; contents are not fetched.

use crate::request::Method;
use crate::wire::Attachment;
use crate::{Client, List};

/// Calls about attachments. See [`Client::attachments`].
#[derive(Clone, Copy, Debug)]
pub struct Attachments<'c>(&'c Client);

impl Client {
    /// Calls about attachments.
    pub fn attachments(&self) -> Attachments<'_> {
        Attachments(self)
    }
}

impl Attachments<'_> {
    /// The attachments of a task, project or brief.
    pub fn of(self, parent: &str) -> List<Attachment> {
        List::new(self.0.call(Method::Get, &["attachments"]).query("parent", parent))
    }
}
