//! The web page at `/`: what is in the sandbox, what clients asked of it, and forms to change a task as a person would.
//!
//! Rendered on the server from the templates in `templates/`, without scripts. A form's write takes the way of an API
//! call whose source is `web` (`edit.rs`). Needs no token, as `/_sandbox` does; `guard.rs` keeps other sites out.
//!
//! Known limits: no page for teams, tags, webhooks or events; a list shows 100 rows at a time.

mod calls;
mod edit;
mod fields;
mod find;
mod form;
mod goal;
mod guard;
mod history;
mod overview;
mod people;
mod portfolio;
mod project;
mod rows;
mod shell;
mod switches;
mod task;
mod visit;
mod words;

use crate::server::{Server, Shared};
use askama::Template;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shell::Shell;
use visit::Visit;

/// Rows a page of a list shows.
const ROWS: usize = 100;
const STYLES: &str = include_str!("../../templates/page.css");
const ICON: &str = include_str!("../../templates/page.svg");

/// Nothing is loaded or sent but from and to this server; no script runs, whatever a task's text holds.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Sent with every page. A referrer policy of `no-referrer` would take the origin away from our own forms.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Why something is not shown.
#[derive(Template)]
#[template(path = "refused.html")]
struct Refused {
    shell: Shell,
    text: String,
}

/// Answers what is asked of the page; nothing when the path is not the page's.
pub(crate) fn answer(shared: &Shared, head: &Parts, bytes: &[u8]) -> Option<Response> {
    let visit = Visit::of(head, bytes)?;
    let mut response = match guard::refusal(&head.method, &head.headers) {
        Some(reason) => (StatusCode::FORBIDDEN, format!("{reason}\n")).into_response(),
        None => match head.method {
            Method::GET | Method::HEAD => get(shared, &visit),
            Method::POST => post(shared, &visit),
            _ => (StatusCode::METHOD_NOT_ALLOWED, "The page knows GET and POST.\n").into_response(),
        },
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

fn get(shared: &Shared, visit: &Visit) -> Response {
    match visit.parts()[..] {
        ["page.css"] => return typed("text/css; charset=utf-8", STYLES),
        ["page.svg"] => return typed("image/svg+xml", ICON),
        _ => {}
    }
    let mut server = shared.lock();
    server.world.plan = server.plan();
    match visit.parts()[..] {
        [] => overview::show(server),
        ["project", gid] => project::show(server, visit, gid),
        ["task", gid] => task::show(server, visit, gid),
        ["goal", gid] => goal::show(server, gid),
        ["portfolio", gid] => portfolio::show(server, gid),
        ["calls"] => calls::show(server, visit),
        ["faults"] => switches::show(server),
        ["find"] => find::show(server, visit),
        _ => missing(&server, "There is no such page."),
    }
}

fn post(shared: &Shared, visit: &Visit) -> Response {
    match visit.parts()[..] {
        ["acting"] => people::act_as(shared.lock(), visit),
        ["clock"] => switches::set_clock(shared, visit),
        ["faults"] => switches::set_faults(shared, visit),
        ["calls", "empty"] => calls::empty(shared.lock()),
        ["task", gid, ..] => edit::answer(shared, visit, gid),
        _ => missing(&shared.lock(), "There is no such form."),
    }
}

/// 404, as a page.
fn missing(server: &Server, text: &str) -> Response {
    let page = Refused { shell: Shell::of(server, "Not found", ""), text: text.to_owned() };
    html(StatusCode::NOT_FOUND, &page)
}

fn html(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => {
            let mut response = typed("text/html; charset=utf-8", text);
            *response.status_mut() = status;
            response
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be rendered.\n").into_response()
        }
    }
}

fn typed(content_type: &'static str, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// To another page of ours, by GET.
fn see_other(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let path = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, path);
    response
}
