//! Asana's error answers: status, wording and the `{"errors":[…]}` body.
//!
//! Wording comes from recorded answers of the real API; messages Asana is not known to use are written in its style.
//! Deliberately not here: which rule was broken (the resource files decide that).

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The sentence Asana puts beside nearly every error.
pub(crate) const HELP: &str = "For more information on API status codes and how to handle them, read the docs on errors: https://developers.asana.com/docs/errors";

/// Why the sandbox itself could not be started or filled; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port could not be opened.
    #[error("cannot listen on 127.0.0.1:{port}: choose another --port or stop what is using it")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The client for webhooks could not be made.
    #[error("webhooks cannot be sent: {0}")]
    Client(String),
    /// The world could not be written to disk.
    #[error("the sandbox cannot be saved to {}: {source}", path.display())]
    Save {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A saved world could not be read.
    #[error("{} cannot be loaded: {reason}", path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The fault switches could not be understood.
    #[error("the fault switches are not valid: {0}")]
    Faults(String),
}

/// An error answer of the API.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// Seconds for `Retry-After`, on 429 only.
    pub(crate) retry_after: Option<u64>,
    /// Asana's word for the failure, on a few.
    pub(crate) error: Option<&'static str>,
    /// Keys beside `errors`, such as `sync` on a 412.
    pub(crate) extra: Box<Map<String, Value>>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after: None, error: None, extra: Box::default() }
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn payment(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "No matching route for request")
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Not Authorized")
    }

    /// `task: Unknown object: 123` (404).
    pub(crate) fn unknown(what: &str, gid: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what}: Unknown object: {gid}"))
    }

    /// `user: Not a recognized ID: x` (404).
    pub(crate) fn unrecognized(what: &str, value: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what}: Not a recognized ID: {value}"))
    }

    pub(crate) fn not_a_long(what: &str, value: &str) -> Self {
        Self::bad(format!("{what}: Not a Long: {value}"))
    }

    /// `workspace: Missing input` (400).
    pub(crate) fn missing(what: &str) -> Self {
        Self::bad(format!("{what}: Missing input"))
    }

    pub(crate) fn too_many(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "You have made too many requests recently. Please, be chill.",
            )
        }
    }

    /// The body as Asana writes it: `help` everywhere but on a 412, `phrase` on server errors.
    pub(crate) fn body(&self) -> Value {
        let mut error = json!({ "message": self.message });
        if self.status == StatusCode::INTERNAL_SERVER_ERROR {
            error["phrase"] = json!("6 sad squid snuggle softly");
        }
        if self.status != StatusCode::PRECONDITION_FAILED {
            error["help"] = json!(HELP);
        }
        if let Some(word) = self.error {
            error["error"] = json!(word);
            error["user_message"] = json!(self.message);
        }
        let mut body = Map::new();
        body.insert("errors".to_owned(), json!([error]));
        body.extend((*self.extra).clone());
        Value::Object(body)
    }
}
