//! Portfolios. Their items have the shape of projects.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{CustomFieldSetting, CustomFieldValue, Ref, StatusUpdate, User, nullable};

/// A portfolio of projects and portfolios.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Portfolio {
    /// Id.
    pub gid: String,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Who owns it; an ordinary token lists only its own.
    #[serde(default)]
    pub owner: Option<User>,
    /// Its workspace.
    #[serde(default)]
    pub workspace: Option<Ref>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// First day.
    #[serde(default)]
    pub start_on: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub due_on: Option<Date>,
    /// Fields its items carry.
    #[serde(default, deserialize_with = "nullable")]
    pub custom_field_settings: Vec<CustomFieldSetting>,
    /// Values of the fields of portfolios it is in.
    #[serde(default, deserialize_with = "nullable")]
    pub custom_fields: Vec<CustomFieldValue>,
    /// The latest status update.
    #[serde(default)]
    pub current_status_update: Option<StatusUpdate>,
    /// Web address.
    #[serde(default)]
    pub permalink_url: Option<String>,
}
