//! What a monitoring system asks of a process: `/health/live`, `/health/ready` and `/metrics`, of a service and of a further worker.
//!
//! Deliberately not here: the numbers themselves (`metrics`), and whether Asana can be reached.

use crate::dashboard;
use crate::ingest::Ingest;
use crate::metrics::{self, Metrics};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use engine::Clock;
use engine::service::Service;
use serde_json::{Value, json};
use store::Store;

/// What the answers are made of; clones are the same.
#[derive(Clone)]
pub struct Health {
    pub(crate) store: Store,
    pub(crate) asana: asana::Client,
    pub(crate) clock: Clock,
    pub(crate) zone: jiff::tz::TimeZone,
    pub(crate) metrics: Metrics,
    /// None in a process that takes no deliveries.
    pub(crate) ingest: Option<Ingest>,
}

impl Health {
    /// Of a process that takes no deliveries.
    #[must_use]
    pub fn new(service: &Service, metrics: Metrics) -> Health {
        Health {
            store: service.engine.store.clone(),
            asana: service.engine.asana.clone(),
            clock: service.engine.clock.clone(),
            zone: service.zone().clone(),
            metrics,
            ingest: None,
        }
    }
}

/// The routes. `/health/live` answers while the process runs; `/health/ready` only while the store answers too.
pub(crate) fn router(health: Health) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics::show))
        .layer(axum::middleware::from_fn(dashboard::in_time))
        .with_state(health)
}

pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

async fn ready(State(health): State<Health>) -> (StatusCode, Json<Value>) {
    match health.store.runs(None, 1).await {
        Ok(_) => (StatusCode::OK, Json(json!({ "status": "ready", "store": health.store.describe() }))),
        Err(error) => {
            tracing::warn!(%error, "the store does not answer");
            let body = json!({ "status": "not ready", "reason": error.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
    }
}
