//! What can go wrong, by what a caller can do about it.
//!
//! Every message names the method and path and repeats Asana's own words; none holds a token, a query or a body.

use std::fmt;
use std::time::Duration;

use crate::request::Method;

/// Method and path of a call, without its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// HTTP method.
    pub method: Method,
    /// Path under the base URL, for example `/tasks/1201`.
    pub path: String,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// A call that did not give its answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 401: the token is wrong, expired or revoked, or the app is disabled in the workspace.
    #[error("{call}: Asana does not accept the token ({message}); make a new one or sign in again")]
    Unauthorized {
        /// The call.
        call: Call,
        /// Asana's message.
        message: String,
    },
    /// There is no token to send the call with. Nothing was changed.
    #[error("{call}: not sent, because there is no token ({reason})")]
    Token {
        /// The call.
        call: Call,
        /// Why there is none, and what helps.
        reason: crate::oauth::Error,
    },
    /// 402, or a 403 that says the same: the workspace's plan lacks the feature. Degrade, do not retry.
    #[error("{call}: the workspace's Asana plan lacks this feature ({message})")]
    PaymentRequired {
        /// The call.
        call: Call,
        /// Asana's message.
        message: String,
    },
    /// 403: the user or the token's scopes may not do this.
    #[error(
        "{call}: the token's user may not do this ({message}); share the object with that user or widen the scopes"
    )]
    Forbidden {
        /// The call.
        call: Call,
        /// Asana's message.
        message: String,
    },
    /// 404: deleted, never there, or invisible to the token's user.
    #[error(
        "{call}: Asana knows no such object ({message}); it was deleted or is not shared with the token's user"
    )]
    NotFound {
        /// The call.
        call: Call,
        /// Asana's message.
        message: String,
    },
    /// 400: the request itself is wrong. Nothing was changed.
    #[error("{call}: Asana refused the request ({message})")]
    BadRequest {
        /// The call.
        call: Call,
        /// Asana's message.
        message: String,
    },
    /// 413, or a 400 saying that the result set is too large: ask for less (by section, fewer fields).
    #[error("{call}: the answer would be too large ({message}); ask for a smaller part")]
    TooLarge {
        /// The call.
        call: Call,
        /// Asana's message.
        message: String,
    },
    /// The place in a list is lost because its page token expired. Start the list again.
    #[error("{call}: the place in this list has expired ({message}); list it again from the beginning")]
    PageExpired {
        /// The call.
        call: Call,
        /// Asana's message.
        message: String,
    },
    /// 429 until retries ran out. Nothing was changed.
    #[error("{call}: Asana's rate limit held until retries ran out{}", after(.retry_after))]
    RateLimited {
        /// The call.
        call: Call,
        /// What Asana asked for last.
        retry_after: Option<Duration>,
    },
    /// Not sent: other processes have the whole of the token's limits, for as long as this call may wait.
    #[error(
        "{call}: not sent, because other processes have the whole of the token's limits; try again later"
    )]
    NoShare {
        /// The call.
        call: Call,
    },
    /// 5xx until retries ran out, on a call that changes nothing.
    #[error("{call}: Asana is unavailable (status {status}, {message}); try again later")]
    Unavailable {
        /// The call.
        call: Call,
        /// HTTP status.
        status: u16,
        /// Asana's message; on a 500 it holds the phrase Asana's support asks for.
        message: String,
    },
    /// A write was sent and its fate is unknown. Look at the object before writing again.
    #[error("{call}: sent, but the outcome is unknown ({reason}); check the object before writing again")]
    MayHaveLanded {
        /// The call.
        call: Call,
        /// What happened to the answer.
        reason: String,
    },
    /// 412 of an event stream: crawl again, then go on with the new token.
    #[error(
        "{call}: the event token is missing or too old; read everything again and go on with the new token"
    )]
    SyncExpired {
        /// The call.
        call: Call,
        /// The token to go on with.
        sync: String,
    },
    /// No connection, or it broke, on a call that changes nothing or was never sent.
    #[error("{call}: no connection to Asana; check the network and base_url")]
    Connection {
        /// The call.
        call: Call,
        /// The cause, without the URL.
        #[source]
        source: reqwest::Error,
    },
    /// The answer does not have the shape we know. The body is not shown.
    #[error("{call}: the answer's field `{path}` is not as expected ({problem})")]
    Decode {
        /// The call.
        call: Call,
        /// JSON path of the field, for example `data[3].due_on`; `.` is the whole answer.
        path: String,
        /// What kind of mismatch, with line and column; no content.
        problem: String,
    },
    /// A status this client knows no rule for (redirects, 451 and the like).
    #[error("{call}: Asana answered with status {status} ({message})")]
    Unexpected {
        /// The call.
        call: Call,
        /// HTTP status.
        status: u16,
        /// Asana's message.
        message: String,
    },
    /// The caller asked for something that is no valid request; nothing was sent.
    #[error("{call}: not sent, because {reason}")]
    InvalidRequest {
        /// The call.
        call: Call,
        /// What is wrong.
        reason: String,
    },
    /// A setting is wrong.
    #[error("asana setting `{name}` {reason}")]
    Settings {
        /// Which one.
        name: &'static str,
        /// What is wrong and what to use instead.
        reason: String,
    },
}

impl Error {
    /// Whether the very same call may succeed later without anyone changing anything.
    /// `MayHaveLanded` is not: the state must be checked first.
    pub fn is_retryable_later(&self) -> bool {
        if let Self::Token { reason, .. } = self {
            return reason.is_retryable_later();
        }
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::NoShare { .. }
                | Self::Unavailable { .. }
                | Self::Connection { .. }
                | Self::PageExpired { .. }
        )
    }

    /// Whether no further call can succeed until somebody signs in again or gives another token.
    pub fn needs_sign_in(&self) -> bool {
        matches!(self, Self::Unauthorized { .. } | Self::Token { .. }) && !self.is_retryable_later()
    }

    /// The call that failed; `None` for wrong settings.
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::Unauthorized { call, .. }
            | Self::Token { call, .. }
            | Self::PaymentRequired { call, .. }
            | Self::Forbidden { call, .. }
            | Self::NotFound { call, .. }
            | Self::BadRequest { call, .. }
            | Self::TooLarge { call, .. }
            | Self::PageExpired { call, .. }
            | Self::RateLimited { call, .. }
            | Self::NoShare { call }
            | Self::Unavailable { call, .. }
            | Self::MayHaveLanded { call, .. }
            | Self::SyncExpired { call, .. }
            | Self::Connection { call, .. }
            | Self::Decode { call, .. }
            | Self::Unexpected { call, .. }
            | Self::InvalidRequest { call, .. } => Some(call),
            Self::Settings { .. } => None,
        }
    }

    pub(crate) fn settings(name: &'static str, reason: impl Into<String>) -> Self {
        Self::Settings { name, reason: reason.into() }
    }

    /// The error of a final answer. `status` is not 2xx; `body` is what came with it.
    pub(crate) fn from_status(call: Call, status: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let body: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
        let message = body.message();
        match status {
            400 if says(&message, "pagination token") => Self::PageExpired { call, message },
            400 if says(&message, "too large") => Self::TooLarge { call, message },
            400 => Self::BadRequest { call, message },
            401 => Self::Unauthorized { call, message },
            402 => Self::PaymentRequired { call, message },
            // Before 2018, and still on some calls, a missing plan is a 403 that only its text tells apart.
            403 if says(&message, "not available for free") => Self::PaymentRequired { call, message },
            403 => Self::Forbidden { call, message },
            404 => Self::NotFound { call, message },
            412 => match body.sync {
                Some(sync) => Self::SyncExpired { call, sync },
                None => Self::Unexpected { call, status, message },
            },
            413 => Self::TooLarge { call, message },
            429 => Self::RateLimited { call, retry_after },
            500..=599 => Self::Unavailable { call, status, message },
            300..=399 => Self::Unexpected {
                call,
                status,
                message: "a redirect, which is not followed because it would carry the token; check base_url"
                    .to_owned(),
            },
            _ => Self::Unexpected { call, status, message },
        }
    }

    /// The error of a body that does not decode. Serde's own text is left out: it quotes the body.
    pub(crate) fn decode(call: Call, error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let inner = error.inner();
        let kind = match inner.classify() {
            serde_json::error::Category::Data => "missing or of another type",
            serde_json::error::Category::Eof => "the answer ends too early",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "not JSON",
        };
        let problem = format!("{kind}, line {} column {}", inner.line(), inner.column());
        Self::Decode { call, path: error.path().to_string(), problem }
    }
}

fn says(message: &str, phrase: &str) -> bool {
    message.to_ascii_lowercase().contains(phrase)
}

fn after(retry_after: &Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |d| format!("; it asked to wait {} s", d.as_secs()))
}

/// Asana's error body: `{"errors":[{"message","help","phrase"}],"sync"}`.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct ErrorBody {
    errors: Vec<ErrorItem>,
    sync: Option<String>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct ErrorItem {
    message: Option<String>,
    phrase: Option<String>,
}

impl ErrorBody {
    /// Longest message kept: Asana's longest known ones are near 300 characters, and some repeat what we sent.
    const MAX_CHARS: usize = 400;

    fn message(&self) -> String {
        let parts: Vec<String> = self.errors.iter().filter_map(ErrorItem::text).collect();
        if parts.is_empty() {
            return "no message".to_owned();
        }
        parts.join("; ").chars().take(Self::MAX_CHARS).collect()
    }
}

impl ErrorItem {
    fn text(&self) -> Option<String> {
        match (&self.message, &self.phrase) {
            (Some(message), Some(phrase)) => Some(format!("{message} (phrase: {phrase})")),
            (Some(text), None) | (None, Some(text)) => Some(text.clone()),
            (None, None) => None,
        }
    }
}
