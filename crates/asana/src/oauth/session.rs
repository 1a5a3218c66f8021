//! One person's permission, kept usable: the token source of a client in a service.
//!
//! A token is refreshed five minutes before it ends, or when Asana refused it. However many calls want one, one refresh is
//! under way at most, and the others get its result. While a refresh does not work and the old token still does, that one is
//! used. After a refusal for good nothing is asked any more. Known limit: processes that share a permission refresh each for
//! itself, which Asana allows: every refresh gives a token of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::{App, Error, Tokens};
use crate::auth::{Need, TokenSource};

/// How long before its end a token is refreshed: enough for a slow network and clocks that differ a little.
const EARLY: SignedDuration = SignedDuration::from_secs(300);

/// How long after a refresh that did not work the next one may begin. Those who waited for it share its error.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);

type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;
type Keep = Box<dyn Fn(Tokens) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// A person's permission and what keeps it usable. Clones are the same session.
#[derive(Clone)]
pub struct Session(Arc<Shared>);

struct Shared {
    app: App,
    now: Clock,
    keep: Keep,
    tokens: RwLock<Tokens>,
    /// Held by whoever refreshes: the latest failure, and when it was.
    failed: Mutex<Option<(Timestamp, Error)>>,
}

impl Session {
    /// A session that begins with `tokens`. `now` tells the time; `keep` is awaited after every refresh, before anybody gets
    /// the fresh token, and takes care of its own failures.
    pub fn new<F>(
        app: App,
        tokens: Tokens,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        keep: impl Fn(Tokens) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self(Arc::new(Shared {
            app,
            now: Box::new(now),
            keep: Box::new(move |tokens| Box::pin(keep(tokens))),
            tokens: RwLock::new(tokens),
            failed: Mutex::new(None),
        }))
    }

    /// What a client takes instead of a fixed token.
    pub fn source(&self) -> TokenSource {
        let shared = self.0.clone();
        TokenSource::new(move |need| {
            let shared = shared.clone();
            async move { shared.give(&need).await }
        })
    }

    /// What the source gives for a need, for callers that know where to look when there is none.
    ///
    /// # Errors
    /// As [`App::refresh`].
    pub async fn token(&self, need: &Need) -> Result<SecretString, Error> {
        self.0.give(need).await
    }

    /// The tokens as they are now.
    pub fn tokens(&self) -> Tokens {
        self.0.tokens()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("tokens", &self.tokens()).finish_non_exhaustive()
    }
}

impl Shared {
    async fn give(&self, need: &Need) -> Result<SecretString, Error> {
        if let Some(token) = self.usable(need, EARLY) {
            return Ok(token);
        }
        let mut failed = self.failed.lock().await;
        // Somebody else may have refreshed meanwhile.
        if let Some(token) = self.usable(need, EARLY) {
            return Ok(token);
        }
        let now = (self.now)();
        let error = match failed.as_ref().filter(|(at, error)| holds(*at, error, now)) {
            Some((_, error)) => error.clone(),
            None => match self.refresh(now).await {
                Ok(token) => return Ok(token),
                Err(error) => failed.insert(((self.now)(), error)).1.clone(),
            },
        };
        self.usable(need, SignedDuration::ZERO).ok_or(error)
    }

    async fn refresh(&self, now: Timestamp) -> Result<SecretString, Error> {
        let fresh = self.app.refresh(&self.tokens(), now).await.inspect_err(|error| {
            tracing::warn!(%error, "an access token could not be refreshed");
        })?;
        (self.keep)(fresh.clone()).await;
        let token = fresh.access.clone();
        *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(token)
    }

    /// The access token, if it serves the need and lasts for longer than `margin`.
    fn usable(&self, need: &Need, margin: SignedDuration) -> Option<SecretString> {
        let tokens = self.tokens();
        let left = tokens.expires_at.duration_since((self.now)());
        let fits = match need {
            Need::Valid => left > margin,
            // A refreshed one that is about to end will do: it is wanted at once.
            Need::InsteadOf(refused) => {
                left > SignedDuration::ZERO && refused.expose_secret() != tokens.access.expose_secret()
            }
        };
        fits.then_some(tokens.access)
    }

    fn tokens(&self) -> Tokens {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whether an error still stands for a further attempt: for a moment, or for ever when the permission is gone.
fn holds(at: Timestamp, error: &Error, now: Timestamp) -> bool {
    matches!(error, Error::SignInAgain { .. }) || now.duration_since(at) < PAUSE
}
