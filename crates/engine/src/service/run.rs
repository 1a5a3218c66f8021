//! Doing a job, and what becomes of it when it fails.
//!
//! Deliberately not here: taking jobs and holding them (`hands`).

use super::work::{Urgency, Work};
use super::{Service, ServiceError};
use crate::approvals::settle_approvals;
use crate::groom::{Write, groom};
use crate::intake::file_request;
use crate::mirror::{periods_due, post_mirror};
use crate::portfolio::portfolio;
use crate::recalculate::{Extent, Recalculated, recalculate};
use crate::retro::retro_at_sprint_end;
use crate::review::{ReviewPeriod, no_review, post_review};
use crate::{Engine, EngineError, GroomReport, SprintWish, Tally, assignments, learn, post_sprint, risk};
use asana::Lane;
use domain::{PortfolioGid, ProjectGid};
use jiff::{SignedDuration, ToSpan as _};
use store::{Connection, Job, Next, StoreError};

/// How long a project that somebody else works on is left alone.
const IN_USE: SignedDuration = SignedDuration::from_secs(2);

/// How often a token that is refused is tried again: a person has to do something.
const REFUSED: SignedDuration = SignedDuration::from_secs(60);

/// Why a job waits in quiet hours.
const QUIET_HOURS: &str = "quiet hours";

/// How far back is learned from.
const YEARS: i64 = 2;

impl Service {
    /// Does a job.
    pub(super) async fn carry_out(&self, job: &Job) -> Result<(), ServiceError> {
        let work: Work = serde_json::from_str(&job.payload)
            .map_err(|error| ServiceError::Payload(format!("{}: {error}", job.payload)))?;
        // A request is answered wherever its project stands.
        if !matches!(work, Work::Intake { .. })
            && let Some(project) = work.project()
            && self.engine.store.connection(project).await?.is_none()
        {
            // Disconnected since it was asked for; a delivery on its way may have left something.
            self.engine.store.disconnect(project).await?;
            return Ok(());
        }
        let engine = &self.engine_for(job);
        match work {
            Work::Recalculate { project } => self.look(engine, &project, false).await,
            Work::Sweep { project } => self.look(engine, &project, true).await,
            Work::Groom { project } => self.groom(engine, &project).await,
            Work::Learn { project } => self.learn_from(engine, &project).await,
            Work::Review { project } => self.reviewed(engine, &project).await,
            Work::Mirror { project } => self.mirrored(engine, &project).await,
            Work::Retro { project } => self.in_retrospect(engine, &project).await,
            Work::Portfolio { portfolio: gid } => self.ranked(engine, &gid).await,
            Work::Risk { project } => {
                let report = risk(engine, &project, (self.moment(), Write::Apply)).await?;
                self.counted(&report.written.outcome, report.written.stopped)
            }
            Work::Assign { project } => {
                let report = assignments(engine, &project, (self.moment(), Write::Apply)).await?;
                self.counted(&report.written.outcome, report.written.stopped)
            }
            Work::Sprint { project } => {
                let now = self.moment();
                let wish = SprintWish::usual(&engine.policy, now.today);
                let posted = post_sprint(engine, &project, &wish, now).await?;
                self.counted(&posted.posting.outcome, posted.posting.stopped)
            }
            Work::Approvals { project } => {
                let answered = settle_approvals(engine, &project, self.moment()).await?;
                self.observer.actions(&answered.outcome);
                // What could not be written is tried again later, not with the next beat.
                let open =
                    (answered.outcome.open > 0).then(|| "an approved value is not written yet".to_owned());
                answered.stopped.or(open).map_or(Ok(()), |why| Err(EngineError::Stopped(why).into()))
            }
            Work::Intake { project, request, name, notes } => {
                self.file(engine, &project, decide::Request { id: request, name, notes }).await
            }
            Work::Poll { project } => self.poll(&project).await,
            Work::Keep { workspace, base } => self.keep(&workspace, &base).await,
        }
    }

    /// Grooms a project.
    async fn groom(&self, engine: &Engine, project: &ProjectGid) -> Result<(), ServiceError> {
        let now = self.moment();
        let whole_at = self.whole_at(project).await?;
        let report = groom(engine, project, now, Write::Apply).await?;
        self.groomed(project, &report);
        if let Some(why) = report.stopped {
            return Err(EngineError::Stopped(why).into());
        }
        self.read_whole(project, whole_at, now.at).await?;
        Ok(self.engine.store.read_to(project, Some(now.at), None).await?)
    }

    /// Makes the task that somebody asked for.
    async fn file(
        &self,
        engine: &Engine,
        project: &ProjectGid,
        request: decide::Request,
    ) -> Result<(), ServiceError> {
        let task = file_request(engine, project, &request, self.moment()).await?;
        tracing::info!(%project, request = %request.id, %task, "made the task of a request");
        Ok(())
    }

    /// Learns from a project's finished work.
    async fn learn_from(&self, engine: &Engine, project: &ProjectGid) -> Result<(), ServiceError> {
        let now = self.moment();
        let since = now.today.saturating_sub(YEARS.years()).to_zoned_datetime(self.zone.clone());
        let since = since.map(|zoned| zoned.timestamp()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Ok(learn(engine, project, since, now).await.map(drop)?)
    }

    /// Posts the digests of decisions that are due, where the policy wants them.
    async fn mirrored(&self, engine: &Engine, project: &ProjectGid) -> Result<(), ServiceError> {
        let due = match periods_due(engine, project, &self.zone, self.moment()).await? {
            Ok(due) => due,
            Err(why) => {
                tracing::info!(%project, "{why}");
                return Ok(());
            }
        };
        for period in due {
            let posted = post_mirror(engine, project, (period, &self.zone), self.moment()).await?;
            self.counted(&posted.posting.outcome, posted.posting.stopped)?;
        }
        Ok(())
    }

    /// Posts the review of the last week, where something may be written.
    async fn reviewed(&self, engine: &Engine, project: &ProjectGid) -> Result<(), ServiceError> {
        if let Some(why) = no_review(engine, project).await? {
            tracing::info!(%project, "{why}");
            return Ok(());
        }
        let now = self.moment();
        let period = ReviewPeriod::last_week(now, self.zone.clone());
        let posted = post_review(engine, project, &period, now).await?;
        self.counted(&posted.posting.outcome, posted.posting.stopped)
    }

    /// Posts the retrospective of a sprint that has ended, if there is one to post.
    async fn in_retrospect(&self, engine: &Engine, project: &ProjectGid) -> Result<(), ServiceError> {
        let posted = retro_at_sprint_end(engine, project, &self.zone, self.moment()).await?;
        posted.map_or(Ok(()), |posted| self.counted(&posted.written.outcome, posted.written.stopped))
    }

    /// Ranks a portfolio's projects and writes what the plan says.
    async fn ranked(&self, engine: &Engine, gid: &PortfolioGid) -> Result<(), ServiceError> {
        let report = portfolio(engine, Some(gid), (self.moment(), Write::Apply)).await?;
        report.written.map_or(Ok(()), |written| self.counted(&written.outcome, written.stopped))
    }

    /// Counts what was carried out; what stopped it is the job's failure.
    fn counted(&self, outcome: &Tally, stopped: Option<String>) -> Result<(), ServiceError> {
        self.observer.actions(outcome);
        stopped.map_or(Ok(()), |why| Err(EngineError::Stopped(why).into()))
    }

    /// The engine for a job: what nobody waits for leaves room in Asana's budget for what somebody does.
    fn engine_for(&self, job: &Job) -> Engine {
        let background = job.priority >= i64::from(Urgency::Background.priority());
        let lane = if background { Lane::Background } else { Lane::Interactive };
        Engine { asana: self.engine.asana.lane(lane), ..self.engine.clone() }
    }

    /// Brings a project up to date; a sweep reads all of it when that is due, and asks for the next sweep.
    async fn look(&self, engine: &Engine, project: &ProjectGid, sweeps: bool) -> Result<(), ServiceError> {
        let now = self.moment();
        if let Some(until) = self.settings.quiet_until(&self.zone, now.at) {
            return Err(ServiceError::NotNow { why: QUIET_HOURS, until });
        }
        let heard = self.engine.store.changes(project).await?.first().map(|change| change.first_at);
        let mut whole_at = self.whole_at(project).await?;
        let is_due = sweeps && whole_at.is_none_or(|due| due <= now.at);
        let extent = if is_due { Extent::Whole } else { Extent::Recent };
        let done = recalculate(engine, project, (now, extent)).await?;
        if is_due || matches!(done, Recalculated::Groomed(_)) {
            whole_at = Some(self.read_whole(project, whole_at, now.at).await?);
        }
        let store = &self.engine.store;
        store.read_to(project, Some(now.at), None).await?;
        if let Recalculated::Groomed(report) = &done {
            self.groomed(project, report);
        }
        if let Recalculated::Changed { tasks, report, triggered } = &done {
            self.observer.actions(&report.outcome);
            let written = report.outcome.done;
            tracing::info!(%project, run = %report.run, tasks, written, "looked at what changed");
            if *triggered {
                self.wake.jobs.notify_one();
            }
            if let Some(first) = heard.filter(|_| written > 0) {
                self.told(first);
            }
        }
        if sweeps {
            let usual = now.at + self.settings.sweep();
            let next = Work::Sweep { project: project.clone() };
            let next = next.job(Urgency::Background, now.at, whole_at.map_or(usual, |due| due.min(usual)));
            self.ask(&[next]).await?;
        }
        Ok(())
    }

    /// Quiet hours may be others since what waits for their end was put back.
    pub(super) async fn heed_new_quiet_hours(&self) -> Result<(), StoreError> {
        let now = self.now();
        let until = self.settings.quiet_until(&self.zone, now).unwrap_or(now);
        let waiting = self.engine.store.wait_anew(&format!("{QUIET_HOURS} until %"), until).await?;
        if waiting > 0 {
            tracing::info!(jobs = waiting, %until, "jobs wait for the end of quiet hours as they are now");
        }
        Ok(())
    }

    /// A whole project was groomed.
    fn groomed(&self, project: &ProjectGid, report: &GroomReport) {
        self.observer.actions(&report.outcome);
        let (tasks, written) = (report.tasks.len(), report.outcome.done);
        tracing::info!(%project, run = %report.run, tasks, written, "groomed");
    }

    /// Shows what is wrong on the projects that a failed job is about. Where Asana lets nobody in, whatever the job, each is looked
    /// at again soon: that look clears it.
    pub(super) async fn in_trouble(
        &self,
        job: &Job,
        error: &ServiceError,
        text: &str,
    ) -> Result<(), StoreError> {
        let store = &self.engine.store;
        if !error.needs_sign_in() {
            let project = job.lane.strip_prefix("project:").map(ProjectGid::new);
            return match project {
                Some(project) => store.read_to(&project, None, Some(text)).await,
                None => Ok(()),
            };
        }
        let work: Option<Work> = serde_json::from_str(&job.payload).ok();
        let is_about = |connection: &Connection| match &work {
            Some(Work::Keep { workspace, .. }) => connection.workspace == *workspace,
            Some(work) => work.project() == Some(&connection.project),
            None => false,
        };
        let now = self.now();
        for connection in store.connections().await?.into_iter().filter(is_about) {
            store.read_to(&connection.project, None, Some(text)).await?;
            let look = Work::Sweep { project: connection.project };
            if job.kind != look.kind() {
                store.enqueue(&[look.job(Urgency::Background, now, now + REFUSED)]).await?;
            }
        }
        Ok(())
    }

    /// Whether and when a failed job is tried again.
    pub(super) fn next(&self, job: &Job, error: &ServiceError) -> Next {
        let now = self.now();
        match error {
            ServiceError::NotNow { until, .. } => Next::PutBack(*until),
            ServiceError::Engine(EngineError::Store(StoreError::Busy { .. })) => Next::PutBack(now + IN_USE),
            error if error.needs_sign_in() => Next::PutBack(now + REFUSED),
            ServiceError::Payload(_) => Next::GiveUp,
            _ if job.tries >= self.settings.retry.tries => Next::GiveUp,
            _ => Next::Retry(now + self.settings.pause(job.tries)),
        }
    }
}
