//! `/attachments`: reading, attaching a file, deleting one.

use crate::request::{Form, Method};
use crate::wire::Attachment;
use crate::{Client, Error, List};

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

    /// One attachment, with a fresh address of its content when `fields` ask for `download_url`.
    ///
    /// # Errors
    /// As any read.
    pub async fn get(self, attachment: &str, fields: &[&str]) -> Result<Attachment, Error> {
        self.0.call(Method::Get, &["attachments", attachment]).fields(fields).send().await
    }

    /// Attaches a file to a task or project. Not repeatable.
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn upload(self, parent: &str, name: &str, content: &[u8]) -> Result<Attachment, Error> {
        let form = Form::file(parent, name, content);
        self.0.call(Method::Post, &["attachments"]).form(form).send().await
    }

    /// Deletes an attachment.
    ///
    /// # Errors
    /// As any write.
    pub async fn delete(self, attachment: &str) -> Result<(), Error> {
        self.0.call(Method::Delete, &["attachments", attachment]).run().await
    }

    /// The content of an attachment whose `download_url` was just read; at most `most` bytes are read. The token is not
    /// sent, no redirect is followed, and it is not repeated.
    ///
    /// # Errors
    /// `InvalidRequest` when the content is not at Asana, `TooLarge`, `Unexpected` with status 403 when the address has
    /// expired, `Unavailable`, `Connection`.
    pub async fn download(self, attachment: &Attachment, most: usize) -> Result<Vec<u8>, Error> {
        self.0.transport().download(attachment, most).await
    }
}
