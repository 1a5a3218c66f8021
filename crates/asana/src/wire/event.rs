//! Events: "look again at this". They carry no scalar values, no id, and may be late, lost or doubled.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Ref;
use super::open_enum::open_enum;

open_enum! {
    /// What happened to the resource.
    EventAction {
        /// A field changed.
        Changed = "changed",
        /// It joined `parent`.
        Added = "added",
        /// It left `parent`.
        Removed = "removed",
        /// It went to the trash.
        Deleted = "deleted",
        /// It came back.
        Undeleted = "undeleted",
    }
}

/// Which field changed. Values are present only where they are Asana objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EventChange {
    /// Name of the field.
    #[serde(default)]
    pub field: Option<String>,
    /// `changed`, `added` or `removed`.
    #[serde(default)]
    pub action: Option<EventAction>,
    /// New value.
    #[serde(default)]
    pub new_value: Option<Value>,
    /// Value added to a list.
    #[serde(default)]
    pub added_value: Option<Value>,
    /// Value removed from a list.
    #[serde(default)]
    pub removed_value: Option<Value>,
}

/// One event of a stream or webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Who; null for Asana itself.
    #[serde(default)]
    pub user: Option<Ref>,
    /// When.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// What.
    pub action: EventAction,
    /// To which object.
    pub resource: Ref,
    /// Joined or left, for `added` and `removed`.
    #[serde(default)]
    pub parent: Option<Ref>,
    /// Which field, for `changed`.
    #[serde(default)]
    pub change: Option<EventChange>,
}
