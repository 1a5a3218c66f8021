//! The web side: so far health checks for a supervisor or load balancer.
//!
//! Webhooks, the dashboard, approvals and the intake form will live here. Deliberately not here: any workflow.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use store::Store;

/// The routes. `/health/live` answers while the process runs; `/health/ready` only while the store answers too.
pub fn router(store: Store) -> Router {
    Router::new()
        .route("/health/live", get(|| async { Json(json!({ "status": "live" })) }))
        .route("/health/ready", get(ready))
        .with_state(store)
}

async fn ready(State(store): State<Store>) -> (StatusCode, Json<Value>) {
    match store.runs(None, 1).await {
        Ok(_) => (StatusCode::OK, Json(json!({ "status": "ready", "store": store.describe() }))),
        Err(error) => {
            tracing::warn!(%error, "the store does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                Json(json!({ "status": "not ready", "reason": error.to_string() })),
            )
        }
    }
}

/// Serves until `stop` ends.
///
/// # Errors
/// The listener's.
pub async fn serve(
    listener: tokio::net::TcpListener,
    store: Store,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(store)).with_graceful_shutdown(stop).await
}
