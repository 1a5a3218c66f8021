//! What the service tells a monitoring system, in the OpenMetrics text format.
//!
//! Counters and histograms grow as things happen; what the store or the client knows anyway is read when asked. Labels come from
//! closed sets: kinds of jobs, route templates, statuses. Deliberately not here: names of projects, tasks or people. Known limit:
//! requests and actions are those of this process; every other process has its own.

use crate::Health;
use asana::WaitReason;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use engine::Tally;
use engine::service::Observer;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobEnd {
    kind: String,
    ending: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ending {
    ending: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Standing {
    kind: String,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// The ledger keeps millionths of a millionth of a dollar.
const MONEY_PER_DOLLAR: f64 = 1e12;

type Seconds = Gauge<f64, AtomicU64>;
type SecondsSoFar = Counter<f64, AtomicU64>;

/// The numbers of this process; clones are the same ones.
#[derive(Clone)]
pub struct Metrics(Arc<All>);

struct All {
    registry: Registry,
    deliveries: Family<Ending, Counter>,
    jobs: Family<JobEnd, Counter>,
    job_seconds: Family<Kind, Histogram>,
    written: Histogram,
    standing: Family<Standing, Gauge>,
    oldest: Family<Kind, Seconds>,
    unsorted: Gauge,
    changes: Gauge,
    waiting_since: Seconds,
    committing: Gauge,
    connections: Gauge,
    troubled: Gauge,
    actions: Family<Ending, Counter>,
    requests: Family<Request, Counter>,
    waits: Family<Reason, Counter>,
    waited: Family<Reason, SecondsSoFar>,
    model_cost: Seconds,
}

/// From 5 ms to about three quarters of an hour.
fn buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.005, 2.0, 20))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut all = All {
            registry: Registry::with_prefix("upnext"),
            deliveries: Family::default(),
            jobs: Family::default(),
            job_seconds: Family::new_with_constructor(buckets),
            written: buckets(),
            standing: Family::default(),
            oldest: Family::default(),
            unsorted: Gauge::default(),
            changes: Gauge::default(),
            waiting_since: Seconds::default(),
            committing: Gauge::default(),
            connections: Gauge::default(),
            troubled: Gauge::default(),
            actions: Family::default(),
            requests: Family::default(),
            waits: Family::default(),
            waited: Family::default(),
            model_cost: Seconds::default(),
        };
        let r = &mut all.registry;
        r.register("deliveries", "Deliveries of webhooks, by what became of them", all.deliveries.clone());
        r.register("jobs_ended", "Attempts at jobs that ended, by kind and ending", all.jobs.clone());
        let (took, late) = (all.job_seconds.clone(), all.written.clone());
        r.register_with_unit("job_duration", "How long attempts at jobs took", Unit::Seconds, took);
        let help =
            "From the first word of a change to the end of the recalculation that wrote something back";
        r.register_with_unit("event_to_write", help, Unit::Seconds, late);
        r.register("jobs", "Jobs in the queue, by kind and state", all.standing.clone());
        let help = "How long the oldest waiting job of a kind has been due";
        r.register_with_unit("job_oldest_due", help, Unit::Seconds, all.oldest.clone());
        r.register("deliveries_unsorted", "Deliveries that wait to be sorted", all.unsorted.clone());
        r.register("deliveries_uncommitted", "Deliveries that wait to be durable", all.committing.clone());
        r.register(
            "changes_unseen",
            "Tasks that something was heard of and nobody has looked at",
            all.changes.clone(),
        );
        let help = "How long the oldest unsorted delivery or unseen change has waited";
        r.register_with_unit("changes_oldest", help, Unit::Seconds, all.waiting_since.clone());
        r.register("connections", "Connected projects", all.connections.clone());
        r.register("connections_in_trouble", "Connected projects with something wrong", all.troubled.clone());
        all.register_asana();
        all.begin();
        Metrics(Arc::new(all))
    }
}

impl All {
    /// What this process says to Asana, and what models cost.
    fn register_asana(&mut self) {
        let r = &mut self.registry;
        r.register(
            "actions",
            "Actions of plans this process carried out, by how they ended",
            self.actions.clone(),
        );
        let help = "Requests of this process to Asana that ended, by method, route and status";
        r.register("asana_requests", help, self.requests.clone());
        let help = "Waits of this process before requests to Asana; of those that queue, the first";
        r.register("asana_waits", help, self.waits.clone());
        let help = "How long those waits took";
        r.register_with_unit("asana_waited", help, Unit::Seconds, self.waited.clone());
        let help = "The most that language models cost today, by every process";
        r.register("model_cost_dollars_today", help, self.model_cost.clone());
    }
}

impl All {
    /// What has not happened yet has happened 0 times: a rise is seen only where there was something before.
    fn begin(&self) {
        for ending in ["kept", "forged", "shed"] {
            drop(self.deliveries.get_or_create(&Ending { ending }));
        }
        for reason in ["rate", "search", "rejected", "in_flight", "share"] {
            drop(self.waits.get_or_create(&Reason { reason }));
            drop(self.waited.get_or_create(&Reason { reason }));
        }
    }
}

impl Metrics {
    pub(crate) fn delivery(&self, ending: &'static str) {
        self.0.deliveries.get_or_create(&Ending { ending }).inc();
    }
}

impl Observer for Metrics {
    fn job(&self, kind: &str, well: bool, took: Duration) {
        let ending = if well { "well" } else { "failed" };
        self.0.jobs.get_or_create(&JobEnd { kind: kind.to_owned(), ending }).inc();
        self.0.job_seconds.get_or_create(&Kind { kind: kind.to_owned() }).observe(took.as_secs_f64());
    }

    fn actions(&self, tally: &Tally) {
        let endings = [
            ("done", tally.done),
            ("already_so", tally.already_so),
            ("conflict", tally.conflicts),
            ("refused", tally.refused),
            ("waiting", tally.waiting),
            ("open", tally.open),
        ];
        for (ending, actions) in endings {
            self.0.actions.get_or_create(&Ending { ending }).inc_by(actions as u64);
        }
    }

    fn written(&self, after: Duration) {
        self.0.written.observe(after.as_secs_f64());
    }
}

/// All numbers, as text.
pub(crate) async fn show(State(health): State<Health>) -> Response {
    if let Err(error) = read(&health).await {
        tracing::warn!(%error, "metrics cannot be read");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut out = String::new();
    match text::encode(&mut out, &health.metrics.0.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], out).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads what the store and the client know.
async fn read(health: &Health) -> Result<(), store::StoreError> {
    let all = &health.metrics.0;
    let now = (health.clock)();
    let since = |at: jiff::Timestamp| now.duration_since(at).as_secs_f64().max(0.0);
    all.standing.clear();
    all.oldest.clear();
    for row in health.store.job_counts().await? {
        let standing = Standing { kind: row.kind.clone(), state: row.state.word() };
        all.standing.get_or_create(&standing).set(count(row.jobs));
        if row.state == store::JobState::Ready {
            all.oldest.get_or_create(&Kind { kind: row.kind }).set(since(row.oldest));
        }
    }
    let (unsorted, changes, oldest) = health.store.waiting().await?;
    all.unsorted.set(count(unsorted));
    all.changes.set(count(changes));
    all.waiting_since.set(oldest.map_or(0.0, since));
    all.committing.set(health.ingest.as_ref().map_or(0, |ingest| whole(ingest.waiting())));
    let connections = health.store.connections().await?;
    all.connections.set(whole(connections.len()));
    all.troubled.set(whole(connections.iter().filter(|c| c.trouble.is_some()).count()));
    let today = health.zone.to_datetime(now).date();
    let (used, _) = health.store.model_use_until(today).await?;
    all.model_cost.set(used.cost.saturating_add(used.held_cost) as f64 / MONEY_PER_DOLLAR);
    let activity = health.asana.activity();
    for count in activity.requests {
        let status = count.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        let request = Request { method: count.method.to_string(), route: count.route, status };
        raise(all.requests.get_or_create(&request).inner(), count.count);
    }
    for wait in activity.waits {
        let reason = Reason { reason: word(wait.reason) };
        raise(all.waits.get_or_create(&reason).inner(), wait.waits);
        // Bits of numbers that are not negative are in the order of the numbers.
        raise(all.waited.get_or_create(&reason).inner(), (wait.waited_ms as f64 / 1000.0).to_bits());
    }
    Ok(())
}

/// Brings a counter to what somebody else has counted. Two readers at once must not count twice, nor go back.
fn raise(counter: &AtomicU64, to: u64) {
    counter.fetch_max(to, Ordering::Relaxed);
}

fn word(reason: WaitReason) -> &'static str {
    match reason {
        WaitReason::Rate => "rate",
        WaitReason::Search => "search",
        WaitReason::Rejected => "rejected",
        WaitReason::InFlight => "in_flight",
        WaitReason::Share => "share",
    }
}
