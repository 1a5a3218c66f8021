//! Why a request is not answered with what it asked for: one shape for all, that of RFC 9457.
//!
//! What is not to be seen is not there: the same words for what does not exist and what is somebody else's. Deliberately not here:
//! what failed inside; it goes to the log.

use crate::dashboard::{Refusal, words};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::EngineError;
use schemars::JsonSchema;
use serde::Serialize;
use store::StoreError;

/// The type of its answers.
pub(super) const KIND: &str = "application/problem+json";

/// A problem as it is sent (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct Body {
    /// Always `about:blank`: the status says what sort of problem it is.
    r#type: &'static str,
    /// The status in words.
    title: String,
    /// The status.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What is wrong, and what to do about it.
    detail: String,
}

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    /// Seconds to wait.
    wait: Option<i64>,
}

impl Problem {
    /// The request makes no sense; or it does, and cannot be done as things are.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem { status, detail: detail.into(), wait: None }
    }

    pub(super) fn bad(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(super) fn missing(detail: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, detail)
    }

    pub(super) fn no_project() -> Problem {
        Problem::missing("There is no such project here, or this key may not see it.")
    }

    pub(super) fn impossible(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    pub(super) fn forbidden(detail: String) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, detail)
    }

    pub(super) fn unknown() -> Problem {
        let detail = "Send an API key that is neither revoked nor expired: `Authorization: Bearer KEY`.";
        Problem::new(StatusCode::UNAUTHORIZED, detail)
    }

    pub(super) fn too_many(seconds: i64) -> Problem {
        let detail = format!("Too many requests with this key: try again in {seconds} s.");
        Problem { wait: Some(seconds), ..Problem::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    pub(super) fn method() -> Problem {
        let detail = "This address does not take that method: see /api/v1/openapi.json.";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
    }

    pub(super) fn unavailable(detail: &str) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }
}

impl<E: Into<Refusal>> From<E> for Problem {
    fn from(refusal: E) -> Problem {
        match refusal.into() {
            Refusal::Bad(text)
            | Refusal::Failed(EngineError::Unusable(text) | EngineError::NotUndoable(text)) => {
                Problem::impossible(text)
            }
            Refusal::Missing(text) => Problem::missing(text),
            Refusal::Failed(EngineError::Store(busy @ StoreError::Busy { .. })) => {
                let detail = format!("{busy}. Nothing was changed: try again in a moment.");
                Problem::new(StatusCode::CONFLICT, detail)
            }
            Refusal::Failed(error) => {
                tracing::error!(%error, "a request to the API failed");
                Problem::unavailable("This cannot be done just now; the log says why. Try again in a moment.")
            }
            other => {
                let (status, _, detail) = words(&other);
                Problem::new(status, detail)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Problem").to_owned();
        let status = self.status.as_u16();
        let body = Body { r#type: "about:blank", title, status, detail: self.detail };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(KIND));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
