//! An approval as people and programs are told of it: what is kept, and from when on silence answers it.
//!
//! Deliberately not here: the answer of silence (`answer`), which goes by the same moment.

use super::{ApprovalFilter, approvals};
use crate::context::Engine;
use crate::error::EngineError;
use decide::silent_yes_at;
use domain::Approval;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// An approval, and from when on silence answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ApprovalView {
    /// What is kept of it.
    #[serde(flatten)]
    pub approval: Approval,
    /// From when on it counts as a yes unless somebody rejects it; left out where the policy takes no silence for a yes, and once it
    /// has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub silent_yes_at: Option<Timestamp>,
}

impl Engine {
    /// An approval as it is told by the policy in force. What people decide about a project is its phase, never how it is asked.
    #[must_use]
    pub fn told(&self, approval: Approval) -> ApprovalView {
        ApprovalView { silent_yes_at: silent_yes_at(&approval, &self.configured), approval }
    }
}

/// The approvals that a filter takes, as [`approvals`], as they are told.
///
/// # Errors
/// The store's.
pub async fn approvals_told(
    engine: &Engine,
    filter: &ApprovalFilter,
) -> Result<Vec<ApprovalView>, EngineError> {
    let found = approvals(&engine.store, filter).await?;
    Ok(found.into_iter().map(|approval| engine.told(approval)).collect())
}
