//! Why there is no token, by what can be done about it. No message holds a code, a token or a secret.

/// Signing in, refreshing or revoking did not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Asana does not know the app, or its secret is another one, or it may not do this. The operator must look.
    #[error(
        "Asana refuses the app ({message}); check its client id, secret and settings in the developer console"
    )]
    AppRefused {
        /// Asana's message.
        message: String,
    },
    /// The app is not registered for the scopes it asked for.
    #[error(
        "the app may not ask for these scopes ({message}); register it for them in the developer console, or for full permissions"
    )]
    ScopesRefused {
        /// Asana's message.
        message: String,
    },
    /// The person did not let the app in.
    #[error("the person did not let the app in")]
    Denied,
    /// The code was used before, has expired, or is for another address or verifier. The person must sign in again.
    #[error("Asana does not accept the code ({message}); it works once and for ten minutes: sign in again")]
    CodeRefused {
        /// Asana's message.
        message: String,
    },
    /// The refresh token was revoked. Nothing helps but the person signing in again.
    #[error("the person's permission was taken back ({message}); they must sign in again")]
    SignInAgain {
        /// Asana's message.
        message: String,
    },
    /// What came back belongs to another sign-in, or somebody made it up. Nothing was sent to Asana.
    #[error("this is not the answer to the sign-in that was begun; begin again")]
    WrongState,
    /// No connection, or it broke.
    #[error("no answer from Asana's sign-in ({reason}); check the network")]
    Network {
        /// What happened, without the address.
        reason: String,
    },
    /// Asana cannot answer at the moment: 429 or 5xx.
    #[error("Asana's sign-in is unavailable (status {status}); try again later")]
    Unavailable {
        /// HTTP status.
        status: u16,
    },
    /// The caller's own source of tokens could not give one.
    #[error("no token could be had: {reason}")]
    Source {
        /// What happened.
        reason: String,
    },
    /// An answer this client knows no rule for.
    #[error("Asana's sign-in answered with status {status} ({message})")]
    Unexpected {
        /// HTTP status.
        status: u16,
        /// Asana's message, or what is wrong with the answer.
        message: String,
    },
    /// What was kept is no tokens. The content is not shown.
    #[error("the tokens that were kept cannot be read; sign in again")]
    Unreadable,
    /// The operating system gives no random numbers.
    #[error("this machine gives no random numbers")]
    NoRandomness,
}

impl Error {
    /// Longest message kept.
    const MAX_CHARS: usize = 400;

    /// What the `error` and `error_description` of a callback's query say.
    pub fn from_callback(error: &str, description: Option<&str>) -> Self {
        let message = message(error, description);
        match error {
            "access_denied" => Self::Denied,
            "forbidden_scopes" | "invalid_scope" => Self::ScopesRefused { message },
            _ => Self::AppRefused { message },
        }
    }

    /// Whether the same may succeed later without anybody doing anything.
    pub fn is_retryable_later(&self) -> bool {
        matches!(self, Self::Network { .. } | Self::Unavailable { .. } | Self::Source { .. })
    }

    pub(super) fn network(error: &reqwest::Error) -> Self {
        let reason = match error {
            e if e.is_timeout() => "no answer in time",
            e if e.is_connect() => "no connection",
            _ => "the connection broke",
        };
        Self::Network { reason: reason.to_owned() }
    }

    /// The error of an answer that is not 2xx. What `invalid_grant` means depends on what was given.
    pub(super) fn from_status(status: u16, body: &[u8], grant: fn(String) -> Self) -> Self {
        let body: Refusal = serde_json::from_slice(body).unwrap_or_default();
        let message = message(&body.error, body.error_description.as_deref());
        match (status, body.error.as_str()) {
            (429 | 500..=599, _) => Self::Unavailable { status },
            (_, "invalid_grant") => grant(message),
            (_, "invalid_client" | "unauthorized_client") => Self::AppRefused { message },
            _ => Self::Unexpected { status, message },
        }
    }
}

/// RFC 6749, 5.2.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

fn message(error: &str, description: Option<&str>) -> String {
    let text = match description {
        Some(description) => format!("{error}: {description}"),
        None if error.is_empty() => "no message".to_owned(),
        None => error.to_owned(),
    };
    text.chars().take(Error::MAX_CHARS).collect()
}
