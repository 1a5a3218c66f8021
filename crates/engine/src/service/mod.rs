//! The service: keeps every connected project right, for months, beside other processes that do the same.
//!
//! What is heard goes to the store first and from there to jobs; jobs are done by `hands`, the usual ones are asked for by the
//! `beat`. Any number of processes may run on one store. Deliberately not here: HTTP (`web`) and the workflows themselves.

mod beat;
mod burst;
mod clock;
mod connect;
mod hands;
mod hooks;
mod poll;
mod run;
mod settings;
mod share;
mod sort;
mod whole;
mod work;

pub use connect::{Reachable, connect, connect_in_shadow, disconnect, look_soon, reachable};
pub use hooks::HOOK_PATH;
pub use settings::{IntakeRule, Retry, ScheduleRule, ServiceSettings, Workflow};
pub use share::Beside;
pub use work::{Urgency, Work};

use crate::seal::{SealError, Sealer};
use crate::{Engine, EngineError, Tally};
use domain::{Moment, ProjectGid, WorkspaceGid};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Job, NewJob, StoreError, Unsorted};
use tokio::sync::{Notify, watch};

/// Deliveries sorted in one transaction. Small, because whoever delivers waits for it: receiving and sorting share the one writer of
/// SQLite (2,000 held it for 20 ms, which was the slowest hundredth of acknowledgements).
const SORTED_AT_ONCE: u32 = 500;

/// How long the sorter waits between two transactions, so that it does not run one after every commit of a flood: receiving and
/// sorting share the one writer of SQLite. Shorter than changes settle.
const BETWEEN_SORTS: Duration = Duration::from_millis(25);

/// How many times as long as sorting took the sorter rests while more waits than one transaction takes: in a flood receiving goes
/// first, and what waits is durable.
const SORTER_YIELDS: u32 = 3;

/// How long the sorter rests that hears of nothing; another process may have received something and died.
const SORTER_RESTS: Duration = Duration::from_secs(1);

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A workflow did not come to its end.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Asana said no, or could not be reached.
    #[error(transparent)]
    Asana(#[from] asana::Error),
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A secret cannot be sealed or read.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Not a fault: it is to be done later.
    #[error("{why} until {until}")]
    NotNow {
        /// Why.
        why: &'static str,
        /// When it may be done.
        until: Timestamp,
    },
    /// A job of another version of Upnext.
    #[error("this version of upnext does not know such a job ({0})")]
    Payload(String),
}

impl ServiceError {
    /// Whether nothing can be done until somebody signs in again or gives another token.
    pub(crate) fn needs_sign_in(&self) -> bool {
        matches!(self, Self::Engine(EngineError::Asana(error)) | Self::Asana(error) if error.needs_sign_in())
    }
}

/// Who is woken within the process.
#[derive(Debug, Default)]
pub struct Wake {
    /// Deliveries wait to be sorted.
    pub deliveries: Notify,
    /// Jobs may be due.
    pub jobs: Notify,
}

/// What the service tells of itself, for metrics.
pub trait Observer: Send + Sync {
    /// A job ended after so long.
    fn job(&self, kind: &str, well: bool, took: Duration);
    /// A plan was carried out, and its actions ended so.
    fn actions(&self, tally: &Tally);
    /// A change was written back so long after it was heard of.
    fn written(&self, after: Duration);
}

/// The service of one process; clones are the same one.
#[derive(Clone)]
pub struct Service {
    /// Everything a workflow works with.
    pub engine: Engine,
    /// How it behaves.
    pub settings: Arc<ServiceSettings>,
    /// Seals secrets; without one there are no webhooks.
    pub sealer: Option<Sealer>,
    /// Who is woken.
    pub wake: Arc<Wake>,
    /// Who is told.
    pub observer: Arc<dyn Observer>,
    /// Whether this process is the one that Asana calls: it knows the address, and looks after webhooks.
    pub receives: bool,
    name: Arc<str>,
    zone: TimeZone,
    zone_name: String,
    kept: Arc<Mutex<HashMap<WorkspaceGid, Timestamp>>>,
    bursts: Arc<Mutex<burst::Bursts>>,
}

impl Service {
    /// The service of this process; `name` tells it from others and in the list of jobs.
    ///
    /// # Errors
    /// An unknown time zone.
    pub fn new(
        engine: Engine,
        settings: ServiceSettings,
        (sealer, observer): (Option<Sealer>, Arc<dyn Observer>),
        (name, zone): (&str, &str),
    ) -> Result<Service, jiff::Error> {
        Ok(Service {
            engine,
            settings: Arc::new(settings),
            sealer,
            wake: Arc::default(),
            observer,
            receives: false,
            name: name.into(),
            zone: TimeZone::get(zone)?,
            zone_name: zone.to_owned(),
            kept: Arc::default(),
            bursts: Arc::default(),
        })
    }

    /// Works until `stop` says true and what was under way has ended. What is delivered is sorted from the first moment; jobs begin
    /// once Asana has told whose token it is.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        if let Err(error) = self.engine.note_policy("Upnext (service)").await {
            tracing::warn!(%error, "the policy in force could not be noted; the next run does it");
        }
        tokio::join!(self.sorter(stop.clone()), self.working(stop));
    }

    async fn working(&self, stop: watch::Receiver<bool>) {
        let Some(whose) = self.whose_budget(stop.clone()).await else { return };
        if let Err(error) = self.heed_new_quiet_hours().await {
            tracing::warn!(%error, "jobs wait for the end of quiet hours as they were");
        }
        tokio::select! {
            () = self.keep_share(&whose) => {}
            () = async { tokio::join!(self.beat(stop.clone()), self.work(stop)); } => {}
        }
        if let Err(error) = self.engine.store.leave_share(&whose, &self.name).await {
            tracing::debug!(%error, "the share is free again when it has not been renewed for a while");
        }
    }

    /// Sorts deliveries until `stop` says true.
    async fn sorter(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let begun = tokio::time::Instant::now();
            match self.sort_some().await {
                Ok(sorted) if sorted > 0 => {
                    let is_full = sorted >= SORTED_AT_ONCE as usize;
                    let rest = if is_full { SORTER_YIELDS * begun.elapsed() } else { Duration::ZERO };
                    tokio::time::sleep(rest.max(BETWEEN_SORTS)).await;
                    continue;
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "deliveries cannot be sorted"),
            }
            tokio::select! {
                () = self.wake.deliveries.notified() => {}
                () = tokio::time::sleep(SORTER_RESTS) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn sort_some(&self) -> Result<usize, StoreError> {
        let waiting = self.engine.store.unsorted(SORTED_AT_ONCE).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let mut sorted = self.sorted(&waiting);
        let projects: BTreeSet<&ProjectGid> =
            waiting.iter().map(|unsorted| &unsorted.delivery.project).collect();
        let projects: Vec<&ProjectGid> = projects.into_iter().collect();
        let heard = (projects.as_slice(), self.now());
        let all = self.wait_for_bursts(&mut sorted);
        self.engine.store.sort(&sorted.ids, &sorted.changes, &sorted.jobs, heard).await?;
        if all {
            let (until, made_after) =
                (self.now() + self.settings.burst(), self.now() - self.settings.burst_at_most());
            self.engine.store.put_off("recalculate", until, made_after).await?;
        }
        self.woken(&sorted.jobs);
        Ok(waiting.len())
    }

    fn sorted(&self, waiting: &[Unsorted]) -> sort::Sorted {
        let me = self.engine.me.get().map(|me| &me.gid);
        sort::sort(waiting, &self.settings, me, self.now())
    }

    /// Lets jobs of projects in which a burst is under way wait for its end; whether one is in many projects, and all have to.
    fn wait_for_bursts(&self, sorted: &mut sort::Sorted) -> bool {
        let (pause, now) = (self.settings.burst(), self.now());
        let mut bursts = self.bursts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bursts.hear(&sorted.by_others, pause, now);
        let projects: BTreeSet<&ProjectGid> = sorted.changes.iter().map(|change| &change.project).collect();
        for project in projects.into_iter().filter(|project| bursts.in_project(project, pause, now)) {
            let job = Work::after_burst(project, &self.settings, now);
            sorted.jobs.retain(|other| other.key != job.key);
            sorted.jobs.push(job);
        }
        bursts.in_all(pause, now)
    }

    /// Asks for jobs.
    ///
    /// # Errors
    /// The store's.
    pub async fn ask(&self, jobs: &[NewJob]) -> Result<(), ServiceError> {
        if !jobs.is_empty() {
            self.engine.store.enqueue(jobs).await?;
            self.woken(jobs);
        }
        Ok(())
    }

    fn woken(&self, jobs: &[NewJob]) {
        if !jobs.is_empty() {
            self.wake.jobs.notify_one();
        }
    }

    /// The zone that days are reckoned in.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn now(&self) -> Timestamp {
        (self.engine.clock)()
    }

    fn moment(&self) -> Moment {
        // Asana and the store keep milliseconds; a finer moment would not survive a round trip.
        let now = self.now();
        let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Moment { at, today: self.zone.to_datetime(at).date() }
    }

    fn ended(&self, job: &Job, done: &Result<(), ServiceError>, took: Duration) {
        let well = matches!(done, Ok(()) | Err(ServiceError::NotNow { .. }));
        self.observer.job(&job.kind, well, took);
        tracing::debug!(
            job = job.id,
            kind = job.kind,
            key = job.key,
            well,
            ms = took.as_millis(),
            "a job ended"
        );
    }

    /// A change that was heard of then has been written back.
    fn told(&self, heard: Timestamp) {
        if let Ok(after) = Duration::try_from(self.now().duration_since(heard)) {
            self.observer.written(after);
        }
    }
}
