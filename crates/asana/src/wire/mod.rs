//! The shapes of Asana's answers.
//!
//! Tolerant by design: a key we do not know is ignored, a key that was not asked for is `None` or empty, and a word
//! we do not know is kept in `Other`. Only `gid` is required. Times are UTC, dates have no zone (`due_on` is a local
//! date). These are Asana's words; what they mean to Upnext is decided elsewhere. An empty list does not tell
//! "none" from "not asked for": the caller knows its `opt_fields`.

mod attachment;
mod batch;
mod custom_field;
mod event;
mod goal;
mod job;
mod open_enum;
mod people;
mod portfolio;
mod project;
mod story;
mod task;
mod webhook;

pub use attachment::Attachment;
pub use batch::BatchResult;
pub use custom_field::{
    CustomField, CustomFieldSetting, CustomFieldSubtype, CustomFieldValue, DateValue, EnumOption,
};
pub use event::{Event, EventAction, EventChange};
pub use goal::{Goal, GoalMetric, GoalRelationship, TimePeriod};
pub use job::{Job, JobStatus};
pub use people::{ProjectMembership, Team, User, Workspace};
pub use portfolio::Portfolio;
pub use project::{Project, Section, StatusUpdate, Tag};
pub use story::{Story, StoryDates, StorySource, StoryType};
pub use task::{ApprovalStatus, Dependency, Membership, Task, TaskSubtype};
pub use webhook::{Delivery, Webhook, WebhookFilter};

use serde::{Deserialize, Deserializer, Serialize};

/// A compact record: what Asana puts where an object is only named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ref {
    /// Id.
    pub gid: String,
    /// Name, where the object has one and it was asked for.
    #[serde(default)]
    pub name: Option<String>,
    /// `task`, `project`, `user`, …
    #[serde(default)]
    pub resource_type: Option<String>,
    /// The kind within the type, for instance `milestone`.
    #[serde(default)]
    pub resource_subtype: Option<String>,
}

/// Reads `null` as the default: Asana gives `null` for some empty lists.
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
