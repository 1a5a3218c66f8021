//! The web side: the dashboard, the API, webhooks, health checks and metrics.
//!
//! Pages are HTML from the server and read without scripts. Deliberately not here: any workflow, and where the figures on a page
//! come from (`engine::views`).

mod api;
mod dashboard;
mod hooks;
mod ingest;
mod intake;
mod limit;
mod listen;
mod metrics;
mod pages;

pub use api::{KeyWish, new_api_key, revoke_api_key};
pub use dashboard::{Dashboard, new_admin_token};
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
    dashboard: Dashboard,
}

impl Web {
    /// Beside a service. Must be called within a runtime: it starts the one that keeps deliveries.
    #[must_use]
    pub fn new(service: &Service, metrics: Metrics) -> Web {
        let store = service.engine.store.clone();
        let clock = service.engine.clock.clone();
        Web {
            dashboard: Dashboard::new(store.clone(), clock.clone(), &service.settings.public_url)
                .with_hands(service.engine.clone(), service.zone().clone())
                .beside_service()
                .with_api_rate(service.settings.api_requests_per_minute)
                .with_portfolios(service.settings.portfolios())
                .with_intake(service.settings.intake.clone(), service.sealer.clone()),
            ingest: Ingest::start(store.clone(), service.wake.clone()),
            store,
            asana: service.engine.asana.clone(),
            sealer: service.sealer.clone(),
            clock,
            zone: service.zone().clone(),
            hooks: hooks::Hooks::default(),
            metrics,
        }
    }
}

impl Web {
    /// The same, letting people in who are members of a project in Asana: see [`Dashboard::with_asana_sign_in`].
    #[must_use]
    pub fn with_asana_sign_in(self, app: asana::oauth::App, scopes: &'static [&'static str]) -> Web {
        // Without the service's key nobody could be known again who comes back.
        let Some(sealer) = self.sealer.clone() else { return self };
        Web { dashboard: self.dashboard.clone().with_asana_sign_in(app, scopes, sealer), ..self }
    }

    /// The same with the configuration's manual: see [`Dashboard::with_manual`].
    #[must_use]
    pub fn with_manual(self, manual: &'static str) -> Web {
        Web { dashboard: self.dashboard.clone().with_manual(manual), ..self }
    }

    /// The dashboard that is served beside the webhooks.
    #[must_use]
    pub fn dashboard(&self) -> &Dashboard {
        &self.dashboard
    }
}

/// The routes. `/health/live` answers while the process runs; `/health/ready` only while the store answers too.
pub fn router(web: Web) -> Router {
    let dashboard = pages::router(web.dashboard.clone());
    let api = api::router(web.dashboard.clone());
    let service = Router::new()
        .route(&format!("{HOOK_PATH}{{path}}"), post(hooks::receive))
        .layer(DefaultBodyLimit::max(hooks::LARGEST))
        .route("/health/live", get(|| async { Json(json!({ "status": "live" })) }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics::show))
        .layer(axum::middleware::from_fn(dashboard::in_time))
        .with_state(web);
    service.merge(dashboard).merge(api)
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
    let dashboard = web.dashboard.clone();
    listen::serve(listener, router(web), dashboard.ending(stop)).await
}

/// Serves the dashboard alone until `stop` ends: no webhooks, no work.
///
/// # Errors
/// The listener's.
pub async fn serve_dashboard(
    listener: tokio::net::TcpListener,
    dashboard: Dashboard,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = pages::router(dashboard.clone())
        .merge(api::router(dashboard.clone()))
        .route("/health/live", get(|| async { Json(json!({ "status": "live" })) }));
    listen::serve(listener, router, dashboard.ending(stop)).await
}
