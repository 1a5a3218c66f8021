//! The web side: webhooks, health checks and metrics.
//!
//! The dashboard, approvals and the intake form will live here. Deliberately not here: any workflow.

mod hooks;
mod ingest;
mod metrics;

pub use ingest::Ingest;
pub use metrics::Metrics;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use engine::service::{HOOK_PATH, Service};
use engine::{Clock, Sealer};
use serde_json::{Value, json};
use store::Store;

/// What the routes work with; clones are the same.
#[derive(Clone)]
pub struct Web {
    store: Store,
    asana: asana::Client,
    sealer: Option<Sealer>,
    clock: Clock,
    zone: jiff::tz::TimeZone,
    ingest: Ingest,
    hooks: hooks::Hooks,
    metrics: Metrics,
}

impl Web {
    /// Beside a service. Must be called within a runtime: it starts the one that keeps deliveries.
    #[must_use]
    pub fn new(service: &Service, metrics: Metrics) -> Web {
        let store = service.engine.store.clone();
        Web {
            ingest: Ingest::start(store.clone(), service.wake.clone()),
            store,
            asana: service.engine.asana.clone(),
            sealer: service.sealer.clone(),
            clock: service.engine.clock.clone(),
            zone: service.zone().clone(),
            hooks: hooks::Hooks::default(),
            metrics,
        }
    }
}

/// The routes. `/health/live` answers while the process runs; `/health/ready` only while the store answers too.
pub fn router(web: Web) -> Router {
    Router::new()
        .route(&format!("{HOOK_PATH}{{path}}"), post(hooks::receive))
        .layer(DefaultBodyLimit::max(hooks::LARGEST))
        .route("/health/live", get(|| async { Json(json!({ "status": "live" })) }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics::show))
        .with_state(web)
}

async fn ready(State(web): State<Web>) -> (StatusCode, Json<Value>) {
    match web.store.runs(None, 1).await {
        Ok(_) => (StatusCode::OK, Json(json!({ "status": "ready", "store": web.store.describe() }))),
        Err(error) => {
            tracing::warn!(%error, "the store does not answer");
            let body = json!({ "status": "not ready", "reason": error.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
    }
}

/// Serves until `stop` ends.
///
/// # Errors
/// The listener's.
pub async fn serve(
    listener: tokio::net::TcpListener,
    web: Web,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(web)).with_graceful_shutdown(stop).await
}
