//! The REST API: what the pages show, and what may be answered on them, for programs.
//!
//! Lets in by API key alone: cookies are not looked at, so no page of another site can use somebody's session here. Values are
//! those of `engine::views`; the description (`/api/v1/openapi.json`) is made from the same table as the routes and from the same
//! types as the answers. Deliberately not here: what is true (`engine`), and who may see it (`domain::Access`).

mod asked;
mod caller;
mod describe;
mod keys;
mod operations;
mod paging;
mod people;
mod planning;
mod problem;
mod reads;
mod requests;
mod writes;

pub use keys::{KeyWish, new_api_key, revoke_api_key};

use crate::dashboard::{self, Dashboard};
use crate::limit::Limit;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use problem::Problem;
use std::sync::Arc;
use std::time::Duration;

/// Where the API begins.
const ROOT: &str = "/api/v1";

/// Bytes of a request's body.
const LARGEST: usize = 64 * 1024;

/// How long an answer may take; shorter than the server's own limit, so that it is a problem in the documented shape.
const IN_TIME: Duration = Duration::from_secs(28);

/// What the routes work with; clones are the same.
#[derive(Clone)]
struct Api {
    dashboard: Dashboard,
    limit: Arc<Limit>,
}

/// Every route below `/api/v1`.
pub(crate) fn router(dashboard: Dashboard) -> Router {
    let api = Api { limit: Arc::new(Limit::new(dashboard.api_rate())), dashboard };
    let operations = operations::all();
    let description: Arc<str> = describe::description(&operations).to_string().into();
    let mut routes = Router::new();
    for operation in operations {
        let guard = from_fn_with_state((api.clone(), operation.scope), caller::guard);
        routes = routes.route(operation.path, operation.handler.route_layer(guard));
    }
    let routes = routes
        .route("/openapi.json", get(move || async move { document(&description) }))
        .fallback(|| async { Problem::missing("There is no such address: see /api/v1/openapi.json.") })
        .method_not_allowed_fallback(|| async { Problem::method() })
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn(in_time))
        .layer(from_fn(dashboard::around))
        .with_state(api);
    Router::new().nest(ROOT, routes)
}

fn document(description: &str) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], description.to_owned()).into_response()
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(IN_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::unavailable("This took too long; try again.").into_response(),
    }
}
