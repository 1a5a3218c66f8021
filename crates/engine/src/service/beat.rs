//! The beat: what has to happen again and again, in every process, and does no harm when it happens in several.
//!
//! Jobs whose worker is gone are freed; connected projects have a sweep and a look after their webhooks waiting; the timetable
//! fires; old attempts are forgotten. Deliberately not here: doing any of it (jobs do).

use super::work::{Urgency, Work};
use super::{Service, ServiceError, Workflow, clock, whole};
use domain::{PortfolioGid, ProjectGid, WorkspaceGid};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use store::{Connection, Schedule};
use tokio::sync::watch;

/// Well below a minute, the finest a timetable can say.
const EVERY: Duration = Duration::from_secs(5);

/// The part of a lease that is for noticing that it was not renewed: a fifth.
pub(super) const NOTICED: i32 = 5;

/// How often webhooks are looked after.
const KEEP: SignedDuration = SignedDuration::from_mins(10);

/// How long attempts of jobs that are gone are kept.
const ATTEMPTS_KEPT: i64 = 14;

/// A beat in so many forgets old attempts.
const FORGET_EVERY: u64 = 720;

impl Service {
    /// Beats until `stop` says true.
    pub(super) async fn beat(&self, mut stop: watch::Receiver<bool>) {
        let mut count = 0u64;
        // Jobs whose worker is gone are free within the lease: they are held for so much less than that.
        let every = EVERY.min(Duration::from_secs(self.settings.lease_seconds) / NOTICED.unsigned_abs());
        while !*stop.borrow() {
            if let Err(error) = self.one_beat(count).await {
                tracing::warn!(%error, "a beat was missed");
            }
            count += 1;
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn one_beat(&self, count: u64) -> Result<(), ServiceError> {
        let store = &self.engine.store;
        let now = self.now();
        for job in store.free_lost_jobs(now, self.settings.retry.tries).await? {
            tracing::warn!(
                job = job.id,
                key = job.key,
                worker = job.worker,
                "a job was lost and is free again"
            );
            self.wake.jobs.notify_one();
        }
        let connections = store.connections().await?;
        self.ask_for_the_usual(&connections, now).await?;
        self.set_timetable(&connections, now).await?;
        self.fire(now).await?;
        self.look_after_approvals(&connections, now).await?;
        if count.is_multiple_of(FORGET_EVERY) {
            store.forget_attempts(now - (ATTEMPTS_KEPT * 24).hours()).await?;
            self.forget_audit(now).await?;
        }
        Ok(())
    }

    /// Deletes what of the audit trail is older than the configuration keeps, a whole day at a time: what stays is verified as before.
    async fn forget_audit(&self, now: Timestamp) -> Result<(), ServiceError> {
        let days = i64::from(self.settings.audit_days);
        if days == 0 {
            return Ok(());
        }
        let zone = self.zone();
        let begin = zone.to_datetime(now - (days * 24).hours()).date().to_zoned_datetime(zone.clone());
        let Ok(begin) = begin else { return Ok(()) };
        let signed = (format!("policy: service.audit_days = {days}"), "older than it is to be kept");
        let pruned =
            self.engine.store.prune_audit(begin.timestamp(), (&signed.0, Some(signed.1)), now).await?;
        if let Some((point, entries)) = pruned {
            tracing::info!(entries, after = point.seq, hash = %point.hash, "the audit trail was pruned");
        }
        Ok(())
    }

    /// A sweep for every project and a look after every workspace's webhooks, where none waits or runs.
    async fn ask_for_the_usual(
        &self,
        connections: &[Connection],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let waiting = self.engine.store.live_job_keys(&["keep", "poll", "sweep"]).await?;
        let mut jobs = vec![];
        let workspaces: BTreeSet<&WorkspaceGid> = connections.iter().map(|c| &c.workspace).collect();
        for workspace in workspaces {
            let work = Work::Keep { workspace: workspace.clone(), base: self.base() };
            let job = work.job(Urgency::Hearing, now, now);
            if self.receives && !waiting.contains(&job.key) && self.keep_due(workspace, now) {
                jobs.push(job);
            }
        }
        for connection in connections {
            let due = connection.read_to.map_or(now, |read| (read + self.settings.sweep()).max(now));
            let work = Work::Sweep { project: connection.project.clone() };
            // The first look at a project is what a person who has just connected it waits for.
            let urgency = if connection.read_to.is_none() { Urgency::Change } else { Urgency::Background };
            let job = work.job(urgency, now, due);
            if !waiting.contains(&job.key) {
                jobs.push(job);
            }
            let poll = Work::Poll { project: connection.project.clone() }.job(Urgency::Hearing, now, now);
            if connection.channel == store::Channel::Events && !waiting.contains(&poll.key) {
                jobs.push(poll);
            }
        }
        self.ask(&jobs).await
    }

    /// A job for every project in which something has waited for a person for long enough.
    async fn look_after_approvals(
        &self,
        connections: &[Connection],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let days = i64::from(self.engine.policy.approvals.silence_days);
        let silent = (days > 0).then(|| now - (days * 24).hours());
        let due = self.engine.store.approvals_due(now, silent).await?;
        let waiting = self.engine.store.live_job_keys(&["approvals"]).await?;
        let connected = |project: &ProjectGid| connections.iter().any(|c| c.project == *project);
        let jobs = due.into_iter().filter(connected).map(|project| Work::Approvals { project });
        let jobs = jobs.map(|work| work.job(Urgency::Background, now, now));
        let jobs: Vec<_> = jobs.filter(|job| !waiting.contains(&job.key)).collect();
        self.ask(&jobs).await
    }

    /// Whether a workspace's webhooks were last looked after long enough ago, or by nobody since this process began.
    fn keep_due(&self, workspace: &WorkspaceGid, now: Timestamp) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let due = kept.get(workspace).is_none_or(|last| now.duration_since(*last) >= KEEP);
        if due {
            kept.insert(workspace.clone(), now);
        }
        due
    }

    /// Rows for what the configuration says, and none for what it does not say any more.
    async fn set_timetable(&self, connections: &[Connection], now: Timestamp) -> Result<(), ServiceError> {
        let store = &self.engine.store;
        let wanted = self.wanted(connections);
        let mut there = BTreeSet::new();
        for row in store.schedules().await? {
            if row.workflow == whole::WORD {
                if !connections.iter().any(|one| one.project == row.project) {
                    store.forget_schedule(&row.project, &row.workflow).await?;
                }
                continue;
            }
            let key = (row.project.clone(), row.workflow.clone());
            match wanted.get(&key) {
                Some((rule, ..)) if *rule == row.rule => drop(there.insert(key)),
                Some(_) => {}
                None => store.forget_schedule(&row.project, &row.workflow).await?,
            }
        }
        for ((project, workflow), (rule, cron, zone)) in wanted {
            if there.contains(&(project.clone(), workflow.clone())) {
                continue;
            }
            match clock::next(&cron, &zone, now) {
                Ok(next_at) => store.set_schedule(&Schedule { project, workflow, rule, next_at }).await?,
                Err(why) => tracing::warn!(%project, why, "a schedule does not fire"),
            }
        }
        Ok(())
    }

    /// The rule, expression and zone of every workflow that starts by the clock.
    fn wanted(&self, connections: &[Connection]) -> BTreeMap<(ProjectGid, String), (String, String, String)> {
        let mut wanted = BTreeMap::new();
        for rule in &self.settings.schedules {
            // A portfolio's row stands under its own number, whatever is connected.
            let Some(portfolio) = &rule.portfolio else { continue };
            let zone = rule.zone.clone().unwrap_or_else(|| self.zone_name.clone());
            let key = (ProjectGid::new(portfolio.as_str()), rule.workflow.word().to_owned());
            wanted.insert(key, (format!("{} {zone}", rule.cron), rule.cron.clone(), zone));
        }
        for connection in connections {
            for rule in self.settings.lines_of(&connection.project) {
                let zone = rule.zone.clone().unwrap_or_else(|| self.zone_name.clone());
                let key = (connection.project.clone(), rule.workflow.word().to_owned());
                wanted.insert(key, (format!("{} {zone}", rule.cron), rule.cron.clone(), zone));
            }
        }
        wanted
    }

    /// Asks for what is due. Moments missed while nothing ran are made up for once.
    async fn fire(&self, now: Timestamp) -> Result<(), ServiceError> {
        let due = |row: &Schedule| row.next_at <= now && row.workflow != whole::WORD;
        for row in self.engine.store.schedules().await?.into_iter().filter(due) {
            let Some((cron, zone)) = row.rule.rsplit_once(' ') else { continue };
            let next = match clock::next(cron, zone, now) {
                Ok(next) => next,
                Err(why) => {
                    tracing::warn!(project = %row.project, why, "a schedule does not fire again");
                    continue;
                }
            };
            let project = row.project.clone();
            let work = match row.workflow.as_str() {
                word if word == Workflow::Learn.word() => Work::Learn { project },
                word if word == Workflow::Review.word() => Work::Review { project },
                word if word == Workflow::Mirror.word() => Work::Mirror { project },
                word if word == Workflow::Retro.word() => Work::Retro { project },
                word if word == Workflow::Portfolio.word() => {
                    Work::Portfolio { portfolio: PortfolioGid::new(project.as_str()) }
                }
                word if word == Workflow::Risk.word() => Work::Risk { project },
                word if word == Workflow::Assign.word() => Work::Assign { project },
                word if word == Workflow::Sprint.word() => Work::Sprint { project },
                _ => Work::Groom { project },
            };
            if self.engine.store.fire(&row, next, &work.job(Urgency::Background, now, now)).await? {
                tracing::info!(project = %row.project, workflow = row.workflow, %next, "the timetable fires");
                self.wake.jobs.notify_one();
            }
        }
        Ok(())
    }
}
