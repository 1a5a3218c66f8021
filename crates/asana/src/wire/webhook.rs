//! Webhooks and what they deliver.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Event, Ref, nullable};

/// Which events a webhook wants. Filters of one webhook are alternatives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookFilter {
    /// `task`, `story`, …
    pub resource_type: String,
    /// The kind within the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_subtype: Option<String>,
    /// `changed`, `added`, `removed`, `deleted` or `undeleted`; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Names of changed fields, with `changed` only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// A webhook and its health. After 24 hours of failures Asana deletes it without a word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Id.
    pub gid: String,
    /// Whether it delivers.
    #[serde(default)]
    pub active: Option<bool>,
    /// What it watches.
    #[serde(default)]
    pub resource: Option<Ref>,
    /// Where it delivers.
    #[serde(default)]
    pub target: Option<String>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Last delivery that was accepted.
    #[serde(default)]
    pub last_success_at: Option<Timestamp>,
    /// Last delivery that was not.
    #[serde(default)]
    pub last_failure_at: Option<Timestamp>,
    /// What the target answered then.
    #[serde(default)]
    pub last_failure_content: Option<String>,
    /// Failed attempts in a row.
    #[serde(default)]
    pub delivery_retry_count: Option<u32>,
    /// When it will be deleted if failures go on.
    #[serde(default)]
    pub failure_deletion_timestamp: Option<Timestamp>,
    /// Which events it wants.
    #[serde(default, deserialize_with = "nullable")]
    pub filters: Vec<WebhookFilter>,
}

/// The body of a delivery; without events it is a heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// What happened, in no promised order.
    #[serde(default, deserialize_with = "nullable")]
    pub events: Vec<Event>,
}
