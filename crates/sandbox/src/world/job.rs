//! Jobs: work that Asana answers before it is done.
//!
//! The sandbox does the work at once and lets the job look unfinished for a while.

use super::{Gid, Kind, World};
use crate::call::{Answer, Call};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A piece of work under way or done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// `duplicate_task`, `duplicate_project`, …
    pub resource_subtype: String,
    /// Whose it is: nobody else may read it.
    pub created_by: Gid,
    /// When it began.
    pub started_at: Timestamp,
    /// What it makes.
    pub makes: Option<(Kind, Gid)>,
}

/// How long a job is under way, so that clients meet one that is.
const LASTS: SignedDuration = SignedDuration::from_secs(1);
/// How long of that it has not begun.
const WAITS: SignedDuration = SignedDuration::from_millis(250);
/// Jobs one user may have under way.
pub(crate) const MOST_JOBS: usize = 5;

impl Job {
    /// Starts a job whose work is done already; answers it.
    pub(crate) fn start(world: &mut World, call: &Call, subtype: &str, (kind, gid): (Kind, &Gid)) -> Answer {
        let job = Self {
            resource_subtype: subtype.to_owned(),
            created_by: call.actor.user.clone(),
            started_at: world.now(),
            makes: Some((kind, gid.clone())),
        };
        let gid = world.issue(Kind::Job);
        world.jobs.insert(gid.clone(), job);
        Answer::created(Kind::Job, &gid)
    }
}

impl World {
    /// Asana's word for how far a job is.
    pub(crate) fn job_status(&self, job: &Job) -> &'static str {
        match self.is_under_way(job) {
            true if self.now().duration_since(job.started_at) < WAITS => "not_started",
            true => "in_progress",
            false => "succeeded",
        }
    }

    fn is_under_way(&self, job: &Job) -> bool {
        self.now().duration_since(job.started_at) < LASTS
    }

    /// How many jobs a user has under way.
    pub(crate) fn jobs_under_way(&self, user: &str) -> usize {
        // Jobs are in order of creation, so the young ones are at the end.
        let young = self.jobs.values().rev().take_while(|job| self.is_under_way(job));
        young.filter(|job| job.created_by == user).count()
    }
}
