//! What happened to a task: the changes its stories tell, with old and new values.
//!
//! Deliberately not here: reading stories (`engine`), or turning time back (`judge`). Known limit: what a story does not
//! tell (the text a description had, who had a task before it was given away) has no value here.

use crate::{FieldGid, FieldValue, ProjectGid, SectionGid, Task, TaskGid, UserGid};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// One change, or something said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// Who; `None` for Asana itself.
    pub by: Option<UserGid>,
    /// What.
    pub what: Happened,
}

/// What can happen to a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happened {
    /// A custom field changed.
    Field {
        /// The field.
        gid: FieldGid,
        /// Its value before.
        old: Option<FieldValue>,
        /// Its value after.
        new: Option<FieldValue>,
    },
    /// Due or start date changed.
    Dates {
        /// Start and due before.
        old: (Option<Date>, Option<Date>),
        /// Start and due after.
        new: (Option<Date>, Option<Date>),
    },
    /// It moved from one section to another.
    Section {
        /// Before.
        old: SectionGid,
        /// After.
        new: SectionGid,
    },
    /// It was given to somebody, or to nobody; whose it was is not told.
    Assignee(Option<UserGid>),
    /// It was done.
    Completed,
    /// It was open again.
    Reopened,
    /// It began or ceased to wait for another.
    Waits {
        /// The other task.
        on: TaskGid,
        /// Began, or ceased.
        begins: bool,
    },
    /// It was renamed.
    Name {
        /// Before.
        old: String,
    },
    /// The description changed; how is not told.
    Notes,
    /// It came into the project.
    Joined,
    /// It came into another project, or left it.
    Elsewhere {
        /// The other project.
        project: ProjectGid,
        /// Came in, or left.
        enters: bool,
    },
}

/// A task as it is now, done or not, with what happened to it, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// As it is now; its comments are all there ever were.
    pub task: Task,
    /// When it was done, if it is.
    pub completed_at: Option<Timestamp>,
    /// Minutes tracked on it, where time is tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_minutes: Option<f64>,
    /// What happened.
    pub happenings: Vec<Happening>,
}
