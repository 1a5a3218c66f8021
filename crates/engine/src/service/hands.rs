//! The hands: taking jobs, holding them while they are done, letting go when told to stop.
//!
//! A job is held by a lease that is renewed while it is worked on. Hands that lost a job (they were asleep for longer than the
//! lease) stop at once: somebody else does it. Told to stop, they take nothing more and finish what they hold, or put it back
//! when that takes too long; whatever they leave, even killed, is free again when the lease has run out.
//! Deliberately not here: what jobs do (`run`).

use super::{Service, ServiceError};
use std::time::Duration;
use store::{Job, Next};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument as _;

/// How long hands rest that have found nothing due and hear of nothing; what other processes ask for is found by looking.
const REST: Duration = Duration::from_millis(250);

impl Service {
    /// Works until `stop` says true, then lets go.
    pub(super) async fn work(&self, mut stop: watch::Receiver<bool>) {
        let mut held: JoinSet<()> = JoinSet::new();
        let (abandon, abandoned) = watch::channel(false);
        while !*stop.borrow() {
            while held.try_join_next().is_some() {}
            let free = self.settings.jobs_at_once.saturating_sub(held.len());
            let taken = if free == 0 { vec![] } else { self.take(free).await };
            let none = taken.is_empty();
            for job in taken {
                let (service, abandoned) = (self.clone(), abandoned.clone());
                let runtime = tokio::runtime::Handle::current();
                // Whatever is said meanwhile, at any level, tells which job it belongs to.
                let span = tracing::error_span!("job", id = job.id, kind = job.kind, key = job.key);
                // A thread of its own: judging thousands of tasks must not hold up who receives deliveries.
                held.spawn_blocking(move || runtime.block_on(service.hold(job, abandoned).instrument(span)));
            }
            if none || free == 0 {
                tokio::select! {
                    () = self.wake.jobs.notified() => {}
                    Some(_) = held.join_next(), if !held.is_empty() => {}
                    () = tokio::time::sleep(self.rest().await) => {}
                    _ = stop.changed() => {}
                }
            }
        }
        self.let_go(held, &abandon).await;
    }

    async fn take(&self, free: usize) -> Vec<Job> {
        let now = self.now();
        let until = now + self.settings.lease();
        match self.engine.store.claim(&self.name, free, now, until).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::warn!(%error, "no jobs can be taken");
                vec![]
            }
        }
    }

    /// Until the next job is due, but never longer than a look takes to be worth it.
    async fn rest(&self) -> Duration {
        let due = self.engine.store.next_job_at().await.ok().flatten();
        let wait = due.map(|due| due.duration_since(self.now()));
        let wait = wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or(REST);
        // A job that is due and was not taken waits for its lane.
        wait.clamp(Duration::from_millis(5), REST)
    }

    /// Does a job and notes how it ended.
    async fn hold(&self, job: Job, mut abandoned: watch::Receiver<bool>) {
        let started = std::time::Instant::now();
        let done = tokio::select! {
            done = self.carry_out(&job) => done,
            () = self.lost(&job) => {
                tracing::warn!(job = job.id, kind = job.kind, "somebody else has this job by now");
                return;
            }
            _ = abandoned.changed() => Err(ServiceError::NotNow { why: "told to stop", until: self.now() }),
        };
        self.ended(&job, &done, started.elapsed());
        let noted = match &done {
            Ok(()) => self.engine.store.finish_job(&job, self.now()).await,
            Err(error) => self.failed(&job, error).await,
        };
        if let Err(error) = noted {
            // The lease runs out, and the job is done again: every job may be.
            tracing::warn!(job = job.id, kind = job.kind, %error, "how a job ended could not be noted");
        }
        // Its lane is free.
        self.wake.jobs.notify_one();
    }

    async fn failed(&self, job: &Job, error: &ServiceError) -> Result<bool, store::StoreError> {
        let next = self.next(job, error);
        let text = error.to_string();
        match next {
            Next::GiveUp => {
                tracing::error!(
                    job = job.id,
                    key = job.key,
                    tries = job.tries,
                    error = text,
                    "a job was given up"
                )
            }
            Next::Retry(at) => {
                tracing::warn!(job = job.id, key = job.key, tries = job.tries, %at, error = text, "a job failed")
            }
            Next::PutBack(at) => {
                tracing::info!(job = job.id, key = job.key, %at, why = text, "a job was put back")
            }
        }
        if let Some(project) =
            job.lane.strip_prefix("project:").filter(|_| !matches!(error, ServiceError::NotNow { .. }))
        {
            let project = domain::ProjectGid::new(project);
            self.engine.store.read_to(&project, None, Some(&text)).await?;
        }
        self.engine.store.fail_job(job, &text, next, self.now()).await
    }

    /// Renews the lease of a job; ends when that is not ours any more.
    async fn lost(&self, job: &Job) {
        let third = Duration::from_millis(self.settings.lease_seconds.saturating_mul(1000) / 3);
        loop {
            tokio::time::sleep(third).await;
            match self.engine.store.renew(job, self.now() + self.settings.lease()).await {
                Ok(true) => {}
                Ok(false) => return,
                // The store may be back before the lease runs out.
                Err(error) => tracing::warn!(job = job.id, %error, "a lease could not be renewed"),
            }
        }
    }

    /// Gives running jobs their time, then drops them; a dropped one is free again when its lease has run out.
    async fn let_go(&self, mut held: JoinSet<()>, abandon: &watch::Sender<bool>) {
        let grace = Duration::from_secs(self.settings.grace_seconds);
        let ended = tokio::time::timeout(grace, async { while held.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            tracing::warn!(jobs = held.len(), "jobs did not end in time: another process takes them up");
            abandon.send_replace(true);
            while held.join_next().await.is_some() {}
        }
    }
}
