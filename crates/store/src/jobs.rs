//! The queue of work: what is to be done, by whom it is being done, and every attempt at it.
//!
//! A job waits once per key: asking again for what already waits changes that one row. A lane has one running job at a time,
//! so two jobs of a project never meet. Who takes a job holds it by a numbered lease: a worker that was thought dead and
//! comes back cannot end a job that somebody else has taken since. The same statements on both databases; PostgreSQL takes
//! jobs one transaction at a time over all processes (an advisory lock), as SQLite's single writer does anyway.
//! Deliberately not here: what jobs mean, how long a lease or a pause is, and looking again when nothing was due.
//! Known limit: moments come from the callers, so the clocks of machines that share a database must agree within a
//! fraction of a lease.

use crate::conn::{Arg, Row, Tx, args};
use crate::job::{Again, Job, JobAttempt, JobCount, JobState, NewJob, Next};
use crate::{Backend, Store, StoreError};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Any number that nothing else locks by; projects are locked by digests.
const CLAIMING: &str = "SELECT pg_advisory_xact_lock(7510118)";

impl Store {
    /// Asks for work, all of it or none.
    pub async fn enqueue(&self, jobs: &[NewJob]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        enqueue(&mut tx, jobs).await?;
        tx.commit().await
    }

    /// Takes up to `limit` due jobs until `until`, the most urgent first.
    pub async fn claim(
        &self,
        worker: &str,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Job>, StoreError> {
        let mut tx = self.write().await?;
        if matches!(self.backend, Backend::Postgres { .. }) {
            tx.rows(CLAIMING, vec![]).await?;
        }
        let mut taken = vec![];
        while taken.len() < limit {
            let rows = tx.rows(CLAIM, args![worker, until, now]).await?;
            let Some(job) = rows.first().map(job).transpose()? else { break };
            begin_attempt(&mut tx, &job, worker, now).await?;
            taken.push(job);
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// Keeps a job until `until`; false when somebody else has it by now.
    pub async fn renew(&self, job: &Job, until: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let kept = tx
            .exec(
                "UPDATE jobs SET leased_until = $1 WHERE seq = $2 AND lease = $3 AND state = 'leased'",
                args![until, job.id, job.lease],
            )
            .await?;
        tx.commit().await?;
        Ok(kept == 1)
    }

    /// Ends a job; false when somebody else has it by now, and nothing was changed.
    pub async fn finish_job(&self, job: &Job, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let ended = tx
            .exec(
                "DELETE FROM jobs WHERE seq = $1 AND lease = $2 AND state = 'leased'",
                args![job.id, job.lease],
            )
            .await?;
        end_attempt(&mut tx, job, ("done", None), now).await?;
        tx.commit().await?;
        Ok(ended == 1)
    }

    /// Ends an attempt that did not do the job; false when somebody else has it by now, and nothing was changed.
    pub async fn fail_job(
        &self,
        job: &Job,
        error: &str,
        next: Next,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let ours = "SELECT 1 FROM jobs WHERE seq = $1 AND lease = $2 AND state = 'leased'";
        if tx.rows(ours, args![job.id, job.lease]).await?.is_empty() {
            return Ok(false);
        }
        let ending = if matches!(next, Next::PutBack(_)) { "put back" } else { "failed" };
        release(&mut tx, job, error, next).await?;
        end_attempt(&mut tx, job, (ending, Some(error)), now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Frees the jobs whose lease has run out, and tells which. A job that was lost `max_tries` times is given up: it may be
    /// what kills its workers.
    pub async fn free_lost_jobs(&self, now: Timestamp, max_tries: u64) -> Result<Vec<Job>, StoreError> {
        let mut tx = self.write().await?;
        if matches!(self.backend, Backend::Postgres { .. }) {
            tx.rows(CLAIMING, vec![]).await?;
        }
        let rows = tx.rows(LOST, args![now]).await?;
        let lost: Vec<Job> = rows.iter().map(job).collect::<Result<_, _>>()?;
        for job in &lost {
            let next = if job.tries >= max_tries { Next::GiveUp } else { Next::Retry(now) };
            let error = "its worker was not heard of until the lease ran out";
            release(&mut tx, job, error, next).await?;
            end_attempt(&mut tx, job, ("lost", Some(error)), now).await?;
        }
        tx.commit().await?;
        Ok(lost)
    }

    /// The job of that key: one that waits or runs before one that was given up.
    pub async fn job_of(&self, key: &str) -> Result<Option<Job>, StoreError> {
        self.rows(OF_KEY, args![key]).await?.first().map(job).transpose()
    }

    /// Jobs as they stand, the most urgent first; only those of one state when given.
    pub async fn jobs(&self, state: Option<JobState>, limit: u32) -> Result<Vec<Job>, StoreError> {
        let rows = self.rows(LIST, args![state.map(JobState::word), i64::from(limit)]).await?;
        rows.iter().map(job).collect()
    }

    /// The same of these lanes.
    pub async fn jobs_of_lanes(
        &self,
        state: Option<JobState>,
        lanes: &[String],
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let mut tx = self.read().await?;
        let lanes = lanes.iter().map(|lane| Arg::from(lane.as_str())).collect();
        let rows = tx.rows_in(OF_LANES, args![state.map(JobState::word)], lanes).await?;
        tx.commit().await?;
        let mut jobs: Vec<Job> = rows.iter().map(job).collect::<Result<_, _>>()?;
        jobs.sort_by_key(|job| (job.priority, job.run_at, job.id));
        jobs.truncate(limit as usize);
        Ok(jobs)
    }

    /// The attempts at a job, oldest first.
    pub async fn job_attempts(&self, job: i64) -> Result<Vec<JobAttempt>, StoreError> {
        let sql = "SELECT job, lease, worker, began_at, ended_at, ending, error FROM job_attempts WHERE job = $1 ORDER BY seq";
        self.rows(sql, args![job]).await?.iter().map(attempt).collect()
    }

    /// How many jobs stand where.
    pub async fn job_counts(&self) -> Result<Vec<JobCount>, StoreError> {
        let sql =
            "SELECT kind, state, COUNT(*), MIN(run_at) FROM jobs GROUP BY kind, state ORDER BY kind, state";
        let count = |row: &Row| {
            Ok(JobCount {
                kind: row.text(0)?,
                state: row.word(1)?,
                jobs: row.count(2)?,
                oldest: row.time(3)?,
            })
        };
        self.rows(sql, vec![]).await?.iter().map(count).collect()
    }

    /// The keys of jobs of these kinds that wait or run.
    pub async fn live_job_keys(&self, kinds: &[&str]) -> Result<BTreeSet<String>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT key FROM jobs WHERE state <> 'dead' AND kind IN";
        let rows = tx.rows_in(sql, vec![], kinds.iter().map(|kind| Arg::from(*kind)).collect()).await?;
        tx.commit().await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// When the next waiting job is due.
    pub async fn next_job_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let rows = self.rows("SELECT MIN(run_at) FROM jobs WHERE state = 'ready'", vec![]).await?;
        rows.first().map_or(Ok(None), |row| row.time_opt(0))
    }

    /// Lets waiting jobs of a kind wait until a moment at least, but for those asked for at or before `made_after`.
    pub async fn put_off(
        &self,
        kind: &str,
        until: Timestamp,
        made_after: Timestamp,
    ) -> Result<u64, StoreError> {
        let sql = "UPDATE jobs SET run_at = $2 WHERE kind = $1 AND state = 'ready' AND run_at < $2 AND made_at > $3";
        self.change(sql, args![kind, until, made_after]).await
    }

    /// Gives waiting jobs whose last attempt ended with an error like this (as SQL's LIKE takes it) another time.
    pub async fn wait_anew(&self, error: &str, run_at: Timestamp) -> Result<u64, StoreError> {
        let sql = "UPDATE jobs SET run_at = $2 WHERE state = 'ready' AND error LIKE $1";
        self.change(sql, args![error, run_at]).await
    }

    /// Forgets attempts that ended before a moment, of jobs that are gone.
    pub async fn forget_attempts(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let gone = tx
            .exec(
                "DELETE FROM job_attempts WHERE ended_at < $1 \
                 AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.seq = job_attempts.job)",
                args![before],
            )
            .await?;
        tx.commit().await?;
        Ok(gone)
    }
}

/// What [`job`] reads, in its order.
macro_rules! columns {
    () => {
        "seq, kind, key, lane, payload, priority, made_at, run_at, tries, lease, state, worker, error"
    };
}

/// The most urgent due job whose lane is free.
const CLAIM: &str = concat!(
    "UPDATE jobs SET state = 'leased', lease = lease + 1, tries = tries + 1, worker = $1, leased_until = $2 \
     WHERE seq = (SELECT j.seq FROM jobs j WHERE j.state = 'ready' AND j.run_at <= $3 \
         AND NOT EXISTS (SELECT 1 FROM jobs l WHERE l.state = 'leased' AND l.lane = j.lane) \
         ORDER BY j.priority, j.run_at, j.seq LIMIT 1) \
     RETURNING ",
    columns!()
);

const LOST: &str =
    concat!("SELECT ", columns!(), " FROM jobs WHERE state = 'leased' AND leased_until <= $1 ORDER BY seq");

const OF_KEY: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM jobs WHERE key = $1 ORDER BY CASE WHEN state = 'dead' THEN 1 ELSE 0 END, seq DESC LIMIT 1"
);

const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM jobs WHERE CAST($1 AS TEXT) IS NULL OR state = $1 ORDER BY priority, run_at, seq LIMIT $2"
);

const OF_LANES: &str =
    concat!("SELECT ", columns!(), " FROM jobs WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) AND lane IN");

/// Within a transaction of the caller's, so that work is asked for together with what made it necessary.
pub(crate) async fn enqueue(tx: &mut Tx, jobs: &[NewJob]) -> Result<(), StoreError> {
    for new in jobs {
        let latest = match new.again {
            Again::Sooner => None,
            Again::Later(most) => Some(most.as_millis()),
        };
        let latest = latest.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX));
        let mut values = args![
            new.kind.as_str(),
            new.key.as_str(),
            new.lane.as_str(),
            new.payload.as_str(),
            i64::from(new.priority),
            new.asked_at,
            new.run_at,
        ];
        values.push(Arg::Int(latest));
        tx.exec(ENQUEUE, values).await?;
    }
    Ok(())
}

const ENQUEUE: &str = "INSERT INTO jobs (kind, key, lane, payload, priority, state, made_at, run_at, tries, lease) \
     VALUES ($1, $2, $3, $4, $5, 'ready', $6, $7, 0, 0) \
     ON CONFLICT (key) WHERE state = 'ready' DO UPDATE SET payload = excluded.payload, \
     priority = CASE WHEN excluded.priority < jobs.priority THEN excluded.priority ELSE jobs.priority END, \
     run_at = CASE \
         WHEN $8 IS NULL AND excluded.run_at < jobs.run_at THEN excluded.run_at \
         WHEN $8 IS NULL THEN jobs.run_at \
         WHEN excluded.run_at <= jobs.run_at THEN jobs.run_at \
         WHEN jobs.made_at + $8 <= jobs.run_at THEN jobs.run_at \
         WHEN jobs.made_at + $8 < excluded.run_at THEN jobs.made_at + $8 \
         ELSE excluded.run_at END";

async fn begin_attempt(tx: &mut Tx, job: &Job, worker: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO job_attempts (job, kind, key, lease, worker, began_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![job.id, job.kind.as_str(), job.key.as_str(), job.lease, worker, now],
    )
    .await?;
    Ok(())
}

async fn end_attempt(
    tx: &mut Tx,
    job: &Job,
    (ending, error): (&str, Option<&str>),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE job_attempts SET ended_at = $3, ending = $4, error = $5 WHERE job = $1 AND lease = $2 AND ended_at IS NULL",
        args![job.id, job.lease, now, ending, error],
    )
    .await?;
    Ok(())
}

/// Puts a job back or among the dead. One that is to be tried again while the same work was asked for anew gives way to it.
async fn release(tx: &mut Tx, job: &Job, error: &str, next: Next) -> Result<(), StoreError> {
    let (state, run_at, tries) = match next {
        Next::Retry(at) => ("ready", at, job.tries),
        Next::PutBack(at) => ("ready", at, job.tries.saturating_sub(1)),
        Next::GiveUp => ("dead", job.run_at, job.tries),
    };
    if state == "ready" {
        let gone = tx
            .exec(
                "DELETE FROM jobs WHERE seq = $1 \
                 AND EXISTS (SELECT 1 FROM jobs w WHERE w.key = $2 AND w.state = 'ready')",
                args![job.id, job.key.as_str()],
            )
            .await?;
        if gone == 1 {
            return Ok(());
        }
    } else {
        // One dead job a key says what is wrong; the same again and again says no more.
        let sql = "DELETE FROM jobs WHERE key = $1 AND state = 'dead'";
        tx.exec(sql, args![job.key.as_str()]).await?;
    }
    tx.exec(
        "UPDATE jobs SET state = $2, run_at = $3, tries = $4, error = $5, leased_until = NULL WHERE seq = $1",
        args![job.id, state, run_at, tries, error],
    )
    .await?;
    Ok(())
}

fn job(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.int(0)?,
        kind: row.text(1)?,
        key: row.text(2)?,
        lane: row.text(3)?,
        payload: row.text(4)?,
        priority: row.int(5)?,
        made_at: row.time(6)?,
        run_at: row.time(7)?,
        tries: row.count(8)?,
        lease: row.int(9)?,
        state: row.word(10)?,
        worker: row.text_opt(11)?,
        error: row.text_opt(12)?,
    })
}

fn attempt(row: &Row) -> Result<JobAttempt, StoreError> {
    Ok(JobAttempt {
        job: row.int(0)?,
        lease: row.int(1)?,
        worker: row.text(2)?,
        began_at: row.time(3)?,
        ended_at: row.time_opt(4)?,
        ending: row.text_opt(5)?,
        error: row.text_opt(6)?,
    })
}
