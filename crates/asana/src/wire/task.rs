//! Tasks.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{CustomFieldValue, Ref, User, nullable};

open_enum! {
    /// What kind of task it is.
    TaskSubtype {
        /// An ordinary task.
        DefaultTask = "default_task",
        /// A milestone; it has no start date.
        Milestone = "milestone",
        /// An approval.
        Approval = "approval",
        /// A task of a custom type.
        Custom = "custom",
    }
}

open_enum! {
    /// State of an approval.
    ApprovalStatus {
        /// Not decided; the task is incomplete.
        Pending = "pending",
        /// Approved.
        Approved = "approved",
        /// Rejected.
        Rejected = "rejected",
        /// Changes were asked for.
        ChangesRequested = "changes_requested",
    }
}

/// A task's place in one project. Asked for without sub-paths, both are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The project.
    #[serde(default)]
    pub project: Option<Ref>,
    /// The section within it.
    #[serde(default)]
    pub section: Option<Ref>,
}

/// A task this one waits for, or that waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Id of the other task.
    pub gid: String,
    /// Its name, where asked for.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it is completed, where asked for.
    #[serde(default)]
    pub completed: Option<bool>,
    /// Its due day, where asked for.
    #[serde(default)]
    pub due_on: Option<Date>,
}

/// A task. Absent means "not asked for" or "not set"; the caller knows which by its `opt_fields`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Id.
    pub gid: String,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Plain-text description.
    #[serde(default)]
    pub notes: Option<String>,
    /// Description as Asana's XML.
    #[serde(default)]
    pub html_notes: Option<String>,
    /// What kind of task.
    #[serde(default)]
    pub resource_subtype: Option<TaskSubtype>,
    /// State, of an approval.
    #[serde(default)]
    pub approval_status: Option<ApprovalStatus>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When it last changed; field values count, joining a project does not.
    #[serde(default)]
    pub modified_at: Option<Timestamp>,
    /// Whether it is completed.
    #[serde(default)]
    pub completed: Option<bool>,
    /// When it was completed.
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// Who completed it.
    #[serde(default)]
    pub completed_by: Option<User>,
    /// Due day, local.
    #[serde(default)]
    pub due_on: Option<Date>,
    /// Due moment; when present it counts more than `due_on`.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// First day.
    #[serde(default)]
    pub start_on: Option<Date>,
    /// First moment.
    #[serde(default)]
    pub start_at: Option<Timestamp>,
    /// Whose it is.
    #[serde(default)]
    pub assignee: Option<User>,
    /// The task it is a subtask of.
    #[serde(default)]
    pub parent: Option<Ref>,
    /// Its workspace.
    #[serde(default)]
    pub workspace: Option<Ref>,
    /// Its projects.
    #[serde(default, deserialize_with = "nullable")]
    pub projects: Vec<Ref>,
    /// Its places in projects.
    #[serde(default, deserialize_with = "nullable")]
    pub memberships: Vec<Membership>,
    /// What it waits for.
    #[serde(default, deserialize_with = "nullable")]
    pub dependencies: Vec<Dependency>,
    /// What waits for it.
    #[serde(default, deserialize_with = "nullable")]
    pub dependents: Vec<Dependency>,
    /// Values of its projects' fields.
    #[serde(default, deserialize_with = "nullable")]
    pub custom_fields: Vec<CustomFieldValue>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Ref>,
    /// Followers.
    #[serde(default, deserialize_with = "nullable")]
    pub followers: Vec<User>,
    /// Number of likes.
    #[serde(default)]
    pub num_likes: Option<u32>,
    /// Number of direct subtasks.
    #[serde(default)]
    pub num_subtasks: Option<u32>,
    /// Who made it; null for outsiders' form answers.
    #[serde(default)]
    pub created_by: Option<User>,
    /// Sum of its time entries, in minutes.
    #[serde(default)]
    pub actual_time_minutes: Option<f64>,
    /// Web address.
    #[serde(default)]
    pub permalink_url: Option<String>,
}
