//! Jobs of the service: what waits, what is being done, what was given up and why.
//!
//! Deliberately not here: changing any of it.

use super::cache::Views;
use crate::error::EngineError;
use crate::service::Work;
use domain::{Access, ProjectGid, Reach};
use serde::Serialize;
use store::{Connection, Job, JobAttempt, JobState};

/// A job.
#[derive(Clone, Debug, Serialize)]
pub struct JobView {
    /// As it is kept.
    pub job: Job,
    /// The project it is about; none when it is about a workspace.
    pub project: Option<ProjectGid>,
    /// Attempts at it that did not end well, oldest first.
    pub failures: Vec<JobAttempt>,
}

/// What the service has to do.
#[derive(Clone, Debug, Serialize)]
pub struct JobsView {
    /// Jobs that were given up.
    pub given_up: Vec<JobView>,
    /// Jobs being worked on.
    pub working: Vec<JobView>,
    /// Jobs that wait, the most urgent first.
    pub waiting: Vec<JobView>,
    /// Connected projects that are in trouble.
    pub troubled: Vec<Connection>,
    /// Connected projects.
    pub connected: usize,
}

impl JobView {
    fn of(job: Job) -> JobView {
        let work: Option<Work> = serde_json::from_str(&job.payload).ok();
        let project = work.and_then(|work| work.project().cloned());
        JobView { job, project, failures: vec![] }
    }
}

/// The lanes somebody may look into; none when they may into all.
fn lanes(access: &Access) -> Option<Vec<String>> {
    let projects: Vec<&ProjectGid> = match &access.reach {
        Reach::All => return None,
        Reach::Only(projects) => projects.iter().collect(),
        Reach::Each(projects) => projects.keys().collect(),
    };
    Some(projects.into_iter().flat_map(Work::lanes_of).collect())
}

/// Whether somebody may see a job: of their projects, or of a workspace when they see everything.
fn seen(access: &Access, job: &JobView) -> bool {
    job.project.as_ref().map_or_else(|| access.sees_all(), |project| access.sees(project))
}

impl Views {
    /// Jobs that somebody may see, at most `limit` of each state.
    ///
    /// # Errors
    /// The store's.
    pub async fn jobs(&self, access: &Access, limit: u32) -> Result<JobsView, EngineError> {
        let mut connections = self.store.connections().await?;
        connections.retain(|connection| access.sees(&connection.project));
        let connected = connections.len();
        connections.retain(|connection| connection.trouble.is_some());
        Ok(JobsView {
            given_up: self.jobs_of(access, JobState::Dead, limit).await?,
            working: self.jobs_of(access, JobState::Leased, limit).await?,
            waiting: self.jobs_of(access, JobState::Ready, limit).await?,
            troubled: connections,
            connected,
        })
    }

    pub(super) async fn jobs_of(
        &self,
        access: &Access,
        state: JobState,
        limit: u32,
    ) -> Result<Vec<JobView>, EngineError> {
        let jobs = match lanes(access) {
            None => self.store.jobs(Some(state), limit).await?,
            Some(lanes) => self.store.jobs_of_lanes(Some(state), &lanes, limit).await?,
        };
        let mut jobs: Vec<JobView> = jobs.into_iter().map(JobView::of).collect();
        jobs.retain(|job| seen(access, job));
        for job in jobs.iter_mut().filter(|job| job.job.tries > 0) {
            let mut attempts = self.store.job_attempts(job.job.id).await?;
            attempts.retain(|attempt| attempt.error.is_some());
            job.failures = attempts;
        }
        Ok(jobs)
    }
}
