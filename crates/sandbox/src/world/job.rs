//! Jobs: work that Asana answers before it is done.
//!
//! The sandbox does the work at once and lets the job look unfinished for a while.

use super::{Gid, World};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A piece of work under way or done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// `duplicate_task`.
    pub resource_subtype: String,
    /// When it began.
    pub started_at: Timestamp,
    /// The task it makes.
    pub new_task: Option<Gid>,
}

/// How long a job is in progress, so that clients meet one that is.
const LASTS: SignedDuration = SignedDuration::from_secs(1);

impl World {
    /// Asana's word for how far a job is.
    pub(crate) fn job_status(&self, job: &Job) -> &'static str {
        if self.now().duration_since(job.started_at) < LASTS { "in_progress" } else { "succeeded" }
    }
}
