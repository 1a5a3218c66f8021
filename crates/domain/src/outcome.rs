//! Outcomes: how an action ended, each way of doing nothing included.
//!
//! Deliberately not here: retries (a retry is another attempt at the same action).

use crate::{ActionId, AttachmentGid, ProjectGid, SectionGid, StatusUpdateGid, StoryGid, TaskGid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Asana took it.
    Done,
    /// It was already so; nothing was written.
    AlreadySo,
    /// The value is not the expected one: somebody was there first; nothing was written.
    Conflict {
        /// The field, section or text that differs.
        what: String,
        /// What was found there.
        found: String,
    },
    /// The object is gone.
    Gone,
    /// Asana refused it for good.
    Refused {
        /// Asana's words.
        message: String,
    },
    /// Asana could not be reached or kept failing; try again later.
    Unreachable {
        /// What happened last.
        message: String,
    },
    /// A person must approve it first.
    WaitingForApproval,
    /// An action it depends on did not happen.
    Skipped {
        /// Which, and why.
        why: String,
    },
}

impl OutcomeKind {
    /// Whether the world is now as the action wanted it.
    pub fn is_settled_well(&self) -> bool {
        matches!(self, OutcomeKind::Done | OutcomeKind::AlreadySo)
    }

    /// Whether trying again later could help.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            OutcomeKind::Unreachable { .. } | OutcomeKind::WaitingForApproval | OutcomeKind::Skipped { .. }
        )
    }
}

impl std::fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OutcomeKind::Done => f.write_str("done"),
            OutcomeKind::AlreadySo => f.write_str("already so"),
            OutcomeKind::Conflict { what, found } => {
                write!(f, "left alone: {what} now holds {}", if found.is_empty() { "nothing" } else { found })
            }
            OutcomeKind::Gone => f.write_str("gone from Asana"),
            OutcomeKind::Refused { message } => write!(f, "refused by Asana: {message}"),
            OutcomeKind::Unreachable { message } => write!(f, "not done yet: {message}"),
            OutcomeKind::WaitingForApproval => f.write_str("waiting for approval"),
            OutcomeKind::Skipped { why } => write!(f, "skipped: {why}"),
        }
    }
}

/// What one action came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The action.
    pub action: ActionId,
    /// How it ended.
    pub kind: OutcomeKind,
    /// When.
    pub at: Timestamp,
    /// The task it made or found, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskGid>,
    /// The comment it wrote or edited, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<StoryGid>,
    /// The custom field it made or found, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<crate::FieldGid>,
    /// The file it attached or found, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<AttachmentGid>,
    /// The status update it posted or found, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_update: Option<StatusUpdateGid>,
    /// The section it made or found, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<SectionGid>,
    /// The project it made or found beside the plan's, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectGid>,
    /// Whether it made something new (rather than finding it).
    #[serde(default)]
    pub made: bool,
    /// The comment text it replaced, if it replaced one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<String>,
    /// `modified_at` of the task after the write: how our own echo is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<Timestamp>,
}
