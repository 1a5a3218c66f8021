//! What goes back before it is HTTP, and the answers of a batch in it.
//!
//! Deliberately not here: what an answer holds (the resource files decide that).

use crate::call::Call;
use crate::error::Failure;
use crate::project::{Fields, pick};
use crate::resources;
use crate::world::Webhook;
use axum::body::Body as HttpBody;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

/// What goes back, before it is HTTP.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<u64>,
    /// What of the request is going to change in the API.
    pub(crate) asana_change: Option<&'static str>,
    pub(crate) body: Value,
    /// Whether the body is indented.
    pub(crate) is_pretty: bool,
    /// Webhooks whose targets must agree before the answer is whole.
    pub(crate) handshakes: Vec<Handshake>,
}

/// A webhook that waits for its target.
#[derive(Debug)]
pub(crate) struct Handshake {
    pub(crate) hook: Box<Webhook>,
    pub(crate) call: Box<Call>,
    /// Its place in the answer of a batch, and what of each answer was asked for.
    pub(crate) slot: Option<(usize, Fields)>,
}

impl From<Failure> for Reply {
    fn from(failure: Failure) -> Self {
        Self {
            status: failure.status,
            location: None,
            retry_after: failure.retry_after,
            asana_change: None,
            body: failure.body(),
            is_pretty: false,
            handshakes: Vec::new(),
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let text = if self.is_pretty { format!("{:#}", self.body) } else { self.body.to_string() };
        let mut response = Response::new(HttpBody::from(text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        if let Some(location) = self.location.and_then(|at| HeaderValue::try_from(at).ok()) {
            headers.insert(header::LOCATION, location);
        }
        if let Some(change) = self.asana_change {
            headers.insert("asana-change", HeaderValue::from_static(change));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Puts the answers of a batch into a body; those of webhooks are filled in once their targets have agreed.
pub(crate) fn batch(call: &Call, replies: Vec<Reply>, (reply, body): (&mut Reply, &mut Map<String, Value>)) {
    let mut rows = Vec::new();
    for (at, inner) in replies.into_iter().enumerate() {
        rows.push(pick(&resources::batch_row(&inner), &call.fields));
        let waiting = inner.handshakes.into_iter();
        reply
            .handshakes
            .extend(waiting.map(|waits| Handshake { slot: Some((at, call.fields.clone())), ..waits }));
    }
    body.insert("data".to_owned(), rows.into());
}
