//! The web side: the dashboard, the API, webhooks, health checks and metrics.
//!
//! Pages are HTML from the server and read without scripts. Deliberately not here: any workflow, and where the figures on a page
//! come from (`engine::views`).

mod api;
mod dashboard;
mod health;
mod hooks;
mod ingest;
mod intake;
mod limit;
mod listen;
mod metrics;
mod pages;

pub use api::{KeyWish, new_api_key, revoke_api_key};
pub use dashboard::{Dashboard, new_admin_token};
pub use health::Health;
pub use ingest::Ingest;
pub use listen::bind;
pub use metrics::Metrics;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use engine::service::{HOOK_PATH, Service};
use engine::{Clock, Sealer};
use std::sync::Arc;
use store::Store;

/// What the routes work with; clones are the same.
#[derive(Clone)]
pub struct Web {
    store: Store,
    sealer: Option<Sealer>,
    clock: Clock,
    health: Health,
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
        let ingest = Ingest::start(store.clone(), service.wake.clone());
        Web {
            dashboard: Dashboard::new(store.clone(), clock.clone(), &service.settings.public_url)
                .with_hands(service.engine.clone(), service.zone().clone())
                .beside_service()
                .with_api_rate(service.settings.api_requests_per_minute)
                .with_portfolios(service.settings.portfolios())
                .with_intake(service.settings.intake.clone(), service.sealer.clone()),
            health: Health { ingest: Some(ingest.clone()), ..Health::new(service, metrics.clone()) },
            ingest,
            store,
            sealer: service.sealer.clone(),
            clock,
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

/// The routes.
pub fn router(web: Web) -> Router {
    let dashboard = pages::router(web.dashboard.clone());
    let api = api::router(web.dashboard.clone());
    let health = health::router(web.health.clone());
    let hooks = Router::new()
        .route(&format!("{HOOK_PATH}{{path}}"), post(hooks::receive))
        .layer(DefaultBodyLimit::max(hooks::LARGEST))
        .layer(axum::middleware::from_fn(dashboard::in_time))
        // A flood of deliveries must not copy the service for each.
        .with_state(Arc::new(web));
    hooks.merge(health).merge(dashboard).merge(api)
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
        .route("/health/live", get(health::live));
    listen::serve(listener, router, dashboard.ending(stop)).await
}

/// Serves health checks and metrics alone until `stop` ends: what a further worker answers.
///
/// # Errors
/// The listener's.
pub async fn serve_health(
    listener: tokio::net::TcpListener,
    health: Health,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    listen::serve(listener, health::router(health), stop).await
}
