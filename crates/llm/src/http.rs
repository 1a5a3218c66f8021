//! Sends one request and reads one answer.
//!
//! Redirects are not followed: they would carry the key and the text elsewhere. Answers are read up to a bound. One debug
//! line per request, without bodies. Deliberately not here: whether to send again (`client`).

use crate::ending::{Ending, Rejection};
use crate::failure::{Failure, of_connection, of_status};
use crate::settings::{Provider, Settings, SettingsError, is_loopback, wrong};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::time::Duration;

/// Longest time to reach a server at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer read, bytes: far above any answer to a typed question.
const MOST_BYTES: usize = 4 << 20;

/// A connection pool with a provider's address and headers.
#[derive(Debug)]
pub(crate) struct Http {
    client: reqwest::Client,
    root: Url,
    headers: HeaderMap,
    timeout: Duration,
}

impl Http {
    pub(crate) fn new(settings: &Settings, key: Option<&SecretString>) -> Result<Http, SettingsError> {
        let root = settings.root()?;
        let timeout = Duration::from_secs(settings.timeout_seconds);
        Ok(Http { client: client(&root, timeout)?, headers: headers(settings, key)?, root, timeout })
    }

    /// The JSON of a 2xx answer.
    pub(crate) async fn send(&self, path: &[&str], body: Option<&Value>) -> Result<Value, Failure> {
        let started = tokio::time::Instant::now();
        let mut url = self.root.clone();
        // Only URLs that cannot be a base have no path segments, and `Settings::root` lets none of those in.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut request = self.client.request(method, url).headers(self.headers.clone());
        if let Some(body) = body {
            request = request.json(body);
        }
        let outcome = match request.send().await {
            Ok(answer) => self.read(answer).await,
            Err(error) => Err(of_connection(&error, self.timeout)),
        };
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let ending = outcome.as_ref().err().map(|failure| failure.ending.to_string());
        tracing::debug!(path = path.join("/"), ms, ending, "model request");
        outcome
    }

    async fn read(&self, mut answer: reqwest::Response) -> Result<Value, Failure> {
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body: Vec<u8> = vec![];
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= MOST_BYTES => body.extend_from_slice(&chunk),
                Ok(Some(_)) => return Err(odd(status.as_u16(), "an answer of more than 4 MiB")),
                Ok(None) => break,
                Err(error) => return Err(of_connection(&error, self.timeout)),
            }
        }
        if status.is_redirection() {
            let words = "a redirect, which is not followed because it would carry the key".to_owned();
            let ending = Ending::Rejected { what: Rejection::Model, words };
            return Err(Failure { ending, passing: false, after: None, may_cost: false });
        }
        if !status.is_success() {
            return Err(of_status(status.as_u16(), &headers, &body));
        }
        serde_json::from_slice(&body).map_err(|_| odd(status.as_u16(), "an answer that is not JSON"))
    }
}

/// A good status with an answer nobody can read.
pub(crate) fn odd(status: u16, what: &str) -> Failure {
    let ending = Ending::Failed { status, words: format!("{what}; check model.provider and model.base_url") };
    Failure { ending, passing: false, after: None, may_cost: true }
}

fn headers(settings: &Settings, key: Option<&SecretString>) -> Result<HeaderMap, SettingsError> {
    let mut headers = HeaderMap::new();
    if settings.provider == Provider::Anthropic {
        let version = HeaderValue::from_str(&settings.anthropic_version)
            .map_err(|_| wrong("anthropic_version", "holds characters no header may have"))?;
        headers.insert("anthropic-version", version);
    }
    if let Some(key) = key {
        let (name, text): (HeaderName, String) = match settings.provider {
            Provider::Anthropic => (HeaderName::from_static("x-api-key"), key.expose_secret().to_owned()),
            _ => (AUTHORIZATION, format!("Bearer {}", key.expose_secret())),
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| {
            wrong("key_file", "the key holds characters no key has; check its variable or file")
        })?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the client of model providers: own key, limits and retry"
)]
fn client(root: &Url, timeout: Duration) -> Result<reqwest::Client, SettingsError> {
    // A second installation fails, which is as good: some other part of the process chose the provider first.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("upnext/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .https_only(root.scheme() == "https");
    if root.host_str().is_some_and(is_loopback) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|e| {
        let cause = std::error::Error::source(&e).map_or_else(|| e.to_string(), ToString::to_string);
        wrong("base_url", format!("cannot be reached by TLS on this machine: {cause}"))
    })
}
