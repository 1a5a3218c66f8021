//! Projects, their sections and status updates, and tags.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{CustomFieldSetting, CustomFieldValue, Ref, User, nullable};

/// A project. Portfolio items have this shape too, nested portfolios included (see `resource_type`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Id.
    pub gid: String,
    /// `project`, or `portfolio` among a portfolio's items.
    #[serde(default)]
    pub resource_type: Option<String>,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Plain-text description.
    #[serde(default)]
    pub notes: Option<String>,
    /// Whether it is archived.
    #[serde(default)]
    pub archived: Option<bool>,
    /// Whether it is completed.
    #[serde(default)]
    pub completed: Option<bool>,
    /// When it was completed.
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When the project itself changed; changes of its tasks do not count.
    #[serde(default)]
    pub modified_at: Option<Timestamp>,
    /// First day.
    #[serde(default)]
    pub start_on: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub due_on: Option<Date>,
    /// Who owns it.
    #[serde(default)]
    pub owner: Option<User>,
    /// Its team; null on newly made projects.
    #[serde(default)]
    pub team: Option<Ref>,
    /// Its workspace.
    #[serde(default)]
    pub workspace: Option<Ref>,
    /// People in it.
    #[serde(default, deserialize_with = "nullable")]
    pub members: Vec<Ref>,
    /// Followers.
    #[serde(default, deserialize_with = "nullable")]
    pub followers: Vec<Ref>,
    /// Fields its tasks carry.
    #[serde(default, deserialize_with = "nullable")]
    pub custom_field_settings: Vec<CustomFieldSetting>,
    /// Values of its portfolios' fields.
    #[serde(default, deserialize_with = "nullable")]
    pub custom_fields: Vec<CustomFieldValue>,
    /// The latest status update.
    #[serde(default)]
    pub current_status_update: Option<StatusUpdate>,
    /// Its brief.
    #[serde(default)]
    pub project_brief: Option<Ref>,
    /// `public_to_workspace`, `private_to_team` or `private`.
    #[serde(default)]
    pub privacy_setting: Option<String>,
    /// Web address.
    #[serde(default)]
    pub permalink_url: Option<String>,
}

/// A section of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Id.
    pub gid: String,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Its project.
    #[serde(default)]
    pub project: Option<Ref>,
}

/// A status update of a project, portfolio or goal. It cannot be edited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusUpdate {
    /// Id.
    pub gid: String,
    /// Headline.
    #[serde(default)]
    pub title: Option<String>,
    /// Plain text.
    #[serde(default)]
    pub text: Option<String>,
    /// `on_track`, `at_risk`, `off_track`, …
    #[serde(default)]
    pub status_type: Option<String>,
    /// When it was posted.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Who posted it.
    #[serde(default)]
    pub created_by: Option<Ref>,
    /// What it is about.
    #[serde(default)]
    pub parent: Option<Ref>,
}

/// A tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Id.
    pub gid: String,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Colour word.
    #[serde(default)]
    pub color: Option<String>,
    /// Its workspace.
    #[serde(default)]
    pub workspace: Option<Ref>,
}
