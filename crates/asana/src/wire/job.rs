//! Jobs: work Asana does after its answer.

use serde::{Deserialize, Serialize};

use super::Ref;
use super::open_enum::open_enum;

open_enum! {
    /// How far a job is.
    JobStatus {
        /// Waiting.
        NotStarted = "not_started",
        /// Running; what it makes is not consistent yet.
        InProgress = "in_progress",
        /// Done.
        Succeeded = "succeeded",
        /// Failed.
        Failed = "failed",
    }
}

/// A job. Only its maker may read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Id.
    pub gid: String,
    /// What it does, for instance `duplicate_task`.
    #[serde(default)]
    pub resource_subtype: Option<String>,
    /// How far it is.
    #[serde(default)]
    pub status: Option<JobStatus>,
    /// The task it makes.
    #[serde(default)]
    pub new_task: Option<Ref>,
    /// The project it makes.
    #[serde(default)]
    pub new_project: Option<Ref>,
    /// The portfolio it makes.
    #[serde(default)]
    pub new_portfolio: Option<Ref>,
}
