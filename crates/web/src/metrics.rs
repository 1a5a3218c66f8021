//! What the service tells a monitoring system, in the OpenMetrics text format.
//!
//! Counters and histograms grow as things happen; what the store or the client knows anyway is read when asked. Labels come from
//! closed sets: kinds of jobs, routes, statuses. Deliberately not here: names of projects, tasks or people.

use crate::Web;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use engine::service::Observer;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
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

type Seconds = Gauge<f64, AtomicU64>;

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
    requests: Family<Kind, Gauge>,
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
            requests: Family::default(),
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
        r.register(
            "asana_requests",
            "Requests of this process to Asana since it started",
            all.requests.clone(),
        );
        r.register(
            "model_cost_dollars_today",
            "What language models cost today, by every process",
            all.model_cost.clone(),
        );
        Metrics(Arc::new(all))
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

    fn written(&self, after: Duration) {
        self.0.written.observe(after.as_secs_f64());
    }
}

/// All numbers, as text.
pub(crate) async fn show(State(web): State<Web>) -> Response {
    if let Err(error) = read(&web).await {
        tracing::warn!(%error, "metrics cannot be read");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut out = String::new();
    match text::encode(&mut out, &web.metrics.0.registry) {
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
async fn read(web: &Web) -> Result<(), store::StoreError> {
    let all = &web.metrics.0;
    let now = (web.clock)();
    let since = |at: jiff::Timestamp| now.duration_since(at).as_secs_f64().max(0.0);
    all.standing.clear();
    all.oldest.clear();
    for row in web.store.job_counts().await? {
        let standing = Standing { kind: row.kind.clone(), state: row.state.word() };
        all.standing.get_or_create(&standing).set(count(row.jobs));
        if row.state == store::JobState::Ready {
            all.oldest.get_or_create(&Kind { kind: row.kind }).set(since(row.oldest));
        }
    }
    let (unsorted, changes, oldest) = web.store.waiting().await?;
    all.unsorted.set(count(unsorted));
    all.changes.set(count(changes));
    all.waiting_since.set(oldest.map_or(0.0, since));
    all.committing.set(whole(web.ingest.waiting()));
    let connections = web.store.connections().await?;
    all.connections.set(whole(connections.len()));
    all.troubled.set(whole(connections.iter().filter(|c| c.trouble.is_some()).count()));
    let asana = web.asana.counters();
    for (kind, requests) in [("read", asana.reads), ("write", asana.writes)] {
        all.requests.get_or_create(&Kind { kind: kind.to_owned() }).set(count(requests));
    }
    Ok(())
}
