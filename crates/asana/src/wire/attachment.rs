//! Attachments, as listed. Deliberately not here: their contents (`download`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Ref;

/// A file or link on a task, project or brief.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Id.
    pub gid: String,
    /// File name or link text.
    #[serde(default)]
    pub name: Option<String>,
    /// `asana`, `external`, `gdrive`, …
    #[serde(default)]
    pub resource_subtype: Option<String>,
    /// Where it is kept.
    #[serde(default)]
    pub host: Option<String>,
    /// Bytes.
    #[serde(default)]
    pub size: Option<u64>,
    /// When it was added.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Address of the content; good for about two minutes.
    #[serde(default)]
    pub download_url: Option<String>,
    /// Address for a browser.
    #[serde(default)]
    pub view_url: Option<String>,
    /// Lasting address; wants a signed-in browser.
    #[serde(default)]
    pub permanent_url: Option<String>,
    /// What it is attached to.
    #[serde(default)]
    pub parent: Option<Ref>,
}
