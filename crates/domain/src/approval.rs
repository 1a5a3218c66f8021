//! Approvals: a value that waits for a person's word, and what became of it.
//!
//! One pending approval a task and kind of value. Deliberately not here: when one is asked for or ends (`decide`).

use crate::{ActionId, ApprovalId, Band, FieldGid, PlanId, ProjectGid, RunId, TaskGid};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ask {
    /// The task.
    pub task: TaskGid,
    /// Its name, for people.
    pub name: String,
    /// The kind of value: `priority`, `section`, or a label's word such as `category`.
    pub what: String,
    /// The field; none for a section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldGid>,
    /// The field's name, or "section".
    pub label: String,
    /// What is there now, for people; none when it is empty.
    pub old: Option<String>,
    /// What would be there.
    pub new: String,
    /// The band the task was judged to be in; none for a label.
    pub band: Option<Band>,
    /// The confidence, percent; none for a label.
    pub confidence: Option<u8>,
    /// How many bands the priority would move; none where it has none yet, and for other values.
    pub moves: Option<u8>,
    /// Why.
    pub reason: String,
    /// The plan whose action waits.
    pub plan: PlanId,
    /// The action.
    pub action: ActionId,
}

impl Ask {
    /// What there is one pending approval of.
    #[must_use]
    pub fn place(&self) -> (&TaskGid, &str) {
        (&self.task, &self.what)
    }
}

/// Where an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// It waits for a person.
    Pending,
    /// A person said yes, and it was written.
    Approved,
    /// A person said no: it is not asked again until the value changes.
    Rejected,
    /// Nobody said anything in time: as rejected, without being one.
    Expired,
    /// A newer plan asks for another value.
    Superseded,
    /// The task or its judgement changed, so that the question is void.
    Invalidated,
}

impl ApprovalState {
    /// Every state.
    pub const ALL: [ApprovalState; 6] = [
        ApprovalState::Pending,
        ApprovalState::Approved,
        ApprovalState::Rejected,
        ApprovalState::Expired,
        ApprovalState::Superseded,
        ApprovalState::Invalidated,
    ];

    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ApprovalState::Pending => "pending",
            ApprovalState::Approved => "approved",
            ApprovalState::Rejected => "rejected",
            ApprovalState::Expired => "expired",
            ApprovalState::Superseded => "superseded",
            ApprovalState::Invalidated => "invalidated",
        }
    }
}

/// How an approval ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settled {
    /// Who ended it: a person, silence, or Upnext.
    pub by: String,
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// Why, if there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The run that wrote it: what `undo` takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
}

/// A question to people and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approval {
    /// Its id, `apr_…`.
    pub id: ApprovalId,
    /// The project.
    pub project: ProjectGid,
    /// What is asked, as the newest plan asks it.
    #[serde(flatten)]
    pub ask: Ask,
    /// Where it stands.
    pub state: ApprovalState,
    /// Since when this value has been asked for.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub asked_at: Timestamp,
    /// When it ends by itself.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub expires_at: Timestamp,
    /// How it ended; none while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}
