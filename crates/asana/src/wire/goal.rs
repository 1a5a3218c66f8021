//! Goals and what supports them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{CustomFieldValue, Ref, StatusUpdate, User, nullable};

/// The span a goal belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimePeriod {
    /// Id.
    pub gid: String,
    /// First day.
    #[serde(default)]
    pub start_on: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub end_on: Option<Date>,
    /// `FY`, `H1`, `Q1`, …
    #[serde(default)]
    pub period: Option<String>,
    /// For people, for instance `Q1 FY26`.
    #[serde(default)]
    pub display_name: Option<String>,
}

/// How a goal is measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GoalMetric {
    /// Id.
    pub gid: String,
    /// `none`, `currency` or `percentage`.
    #[serde(default)]
    pub unit: Option<String>,
    /// Start.
    #[serde(default)]
    pub initial_number_value: Option<f64>,
    /// Aim.
    #[serde(default)]
    pub target_number_value: Option<f64>,
    /// Now.
    #[serde(default)]
    pub current_number_value: Option<f64>,
    /// Where progress comes from, for instance `project_task_completion`.
    #[serde(default)]
    pub progress_source: Option<String>,
}

/// A goal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Id.
    pub gid: String,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Plain-text description.
    #[serde(default)]
    pub notes: Option<String>,
    /// First day.
    #[serde(default)]
    pub start_on: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub due_on: Option<Date>,
    /// Open: `green`, `yellow`, `red`; closed: `achieved`, `partial`, `missed`, `dropped`; null without a metric.
    #[serde(default)]
    pub status: Option<String>,
    /// Whether it is the whole workspace's.
    #[serde(default)]
    pub is_workspace_level: Option<bool>,
    /// Who owns it.
    #[serde(default)]
    pub owner: Option<User>,
    /// Its team.
    #[serde(default)]
    pub team: Option<Ref>,
    /// Its workspace.
    #[serde(default)]
    pub workspace: Option<Ref>,
    /// Its span.
    #[serde(default)]
    pub time_period: Option<TimePeriod>,
    /// How it is measured.
    #[serde(default)]
    pub metric: Option<GoalMetric>,
    /// The latest status update.
    #[serde(default)]
    pub current_status_update: Option<StatusUpdate>,
    /// Values of its fields.
    #[serde(default, deserialize_with = "nullable")]
    pub custom_fields: Vec<CustomFieldValue>,
    /// Number of likes.
    #[serde(default)]
    pub num_likes: Option<u32>,
}

/// Something that supports a goal: a goal, project, task or portfolio.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GoalRelationship {
    /// Id.
    pub gid: String,
    /// `subgoal` or `supporting_work`.
    #[serde(default)]
    pub resource_subtype: Option<String>,
    /// What supports.
    #[serde(default)]
    pub supporting_resource: Option<Ref>,
    /// What is supported.
    #[serde(default)]
    pub supported_goal: Option<Ref>,
    /// Share of the goal's progress, 0 to 1.
    #[serde(default)]
    pub contribution_weight: Option<f64>,
}
