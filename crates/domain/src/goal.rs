//! Goals and what supports them.
//!
//! Deliberately not here: goal metrics.

use crate::{GoalGid, ProjectGid, TaskGid};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Status of a goal, in Asana's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalStatus {
    /// On track.
    Green,
    /// At risk.
    Yellow,
    /// Off track.
    Red,
    /// Closed: achieved.
    Achieved,
    /// Closed: partly achieved.
    Partial,
    /// Closed: missed.
    Missed,
    /// Closed: dropped.
    Dropped,
    /// No status given.
    Unknown,
}

impl GoalStatus {
    /// Whether work for the goal still counts.
    pub fn is_open(self) -> bool {
        matches!(self, GoalStatus::Green | GoalStatus::Yellow | GoalStatus::Red | GoalStatus::Unknown)
    }

    /// How people say it.
    pub fn words(self) -> &'static str {
        match self {
            GoalStatus::Green => "on track",
            GoalStatus::Yellow => "at risk",
            GoalStatus::Red => "off track",
            GoalStatus::Achieved => "achieved",
            GoalStatus::Partial => "partly achieved",
            GoalStatus::Missed => "missed",
            GoalStatus::Dropped => "dropped",
            GoalStatus::Unknown => "no status",
        }
    }
}

/// What supports a goal, from Asana's goal relationships.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Support {
    /// A single task.
    Task {
        /// The task.
        gid: TaskGid,
        /// Asana's contribution weight, 0–1.
        weight: f64,
    },
    /// A whole project.
    Project {
        /// The project.
        gid: ProjectGid,
        /// Asana's contribution weight, 0–1.
        weight: f64,
    },
}

/// A goal that this project or its tasks support.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// The goal.
    pub gid: GoalGid,
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: GoalStatus,
    /// Its description.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// The first day of its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_on: Option<Date>,
    /// The last.
    pub due_on: Option<Date>,
    /// What supports it.
    pub supports: Vec<Support>,
}
