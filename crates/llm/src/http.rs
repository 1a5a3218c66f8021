//! Sends one request and reads one answer, or its lines.
//!
//! Redirects are not followed: they would carry the key and the text elsewhere. Answers are read up to a bound. One debug
//! line per request, without bodies. Deliberately not here: whether to send again (`client`).

use crate::ending::{Ending, Rejection};
use crate::failure::{Failure, of_connection, of_status};
use crate::settings::{Provider, Settings, SettingsError, is_loopback, wrong};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::time::Duration;

/// Longest time to reach a server at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer read, bytes: far above any answer to a typed question.
const MOST_BYTES: usize = 4 << 20;

/// Longest time for what holds many questions or answers, unless `timeout_seconds` is longer: 200 MB at 3 Mbit/s.
const BULK_TIMEOUT: Duration = Duration::from_secs(600);

/// What a request carries; with nothing it is a GET, else a POST.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Load<'b> {
    Nothing,
    Json(&'b Value),
    /// JSON of many questions.
    Bulk(&'b str),
    /// A form with these fields and a file of many questions.
    File {
        fields: &'b [(&'static str, String)],
        name: &'static str,
        text: &'b str,
    },
}

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
    pub(crate) async fn send(&self, path: &[&str], load: Load<'_>) -> Result<Value, Failure> {
        let timeout = match load {
            Load::Nothing | Load::Json(_) => self.timeout,
            Load::Bulk(_) | Load::File { .. } => self.timeout.max(BULK_TIMEOUT),
        };
        let method = if matches!(load, Load::Nothing) { Method::GET } else { Method::POST };
        let url = self.url(path);
        let request = load.onto(self.client.request(method, url.clone()).timeout(timeout));
        logged(&url, async {
            let answer = self.opened(request, timeout).await?;
            let status = answer.status().as_u16();
            let body = whole(answer, timeout).await?;
            serde_json::from_slice(&body).map_err(|_| odd(status, "an answer that is not JSON"))
        })
        .await
    }

    /// Gives each line of a 2xx answer to `each`, as it comes: all of them together may be larger than memory.
    pub(crate) async fn lines(&self, url: &Url, mut each: impl FnMut(&[u8])) -> Result<(), Failure> {
        let timeout = self.timeout.max(BULK_TIMEOUT);
        logged(url, async {
            let mut answer = self.opened(self.client.get(url.clone()).timeout(timeout), timeout).await?;
            let mut line: Vec<u8> = vec![];
            while let Some(chunk) = answer.chunk().await.map_err(|error| of_connection(&error, timeout))? {
                for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
                    line.extend_from_slice(piece);
                    if line.len() > MOST_BYTES {
                        return Err(odd(200, "a line of more than 4 MiB"));
                    }
                    if line.ends_with(b"\n") {
                        each(&line);
                        line.clear();
                    }
                }
            }
            each(&line);
            Ok(())
        })
        .await
    }

    /// The address of a path under the root.
    pub(crate) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.root.clone();
        // Only URLs that cannot be a base have no path segments, and `Settings::root` lets none of those in.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// The address, if it is where the key goes anyway.
    pub(crate) fn own(&self, address: &str) -> Option<Url> {
        Url::parse(address).ok().filter(|url| url.origin() == self.root.origin())
    }

    /// A 2xx answer whose body is still to be read.
    async fn opened(&self, request: RequestBuilder, timeout: Duration) -> Result<Response, Failure> {
        let sent = request.headers(self.headers.clone()).send().await;
        let answer = sent.map_err(|error| of_connection(&error, timeout))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        if status.is_success() {
            return Ok(answer);
        }
        if status.is_redirection() {
            let words = "a redirect, which is not followed because it would carry the key".to_owned();
            let ending = Ending::Rejected { what: Rejection::Model, words };
            return Err(Failure { ending, passing: false, after: None, may_cost: false });
        }
        Err(of_status(status.as_u16(), &headers, &whole(answer, timeout).await?))
    }
}

impl Load<'_> {
    fn onto(self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Load::Nothing => request,
            Load::Json(body) => request.json(body),
            Load::Bulk(json) => request.header(CONTENT_TYPE, "application/json").body(json.to_owned()),
            Load::File { fields, name, text } => {
                let part = Part::text(text.to_owned()).file_name(name);
                let form =
                    fields.iter().fold(Form::new(), |form, (key, value)| form.text(*key, value.clone()));
                request.multipart(form.part("file", part))
            }
        }
    }
}

/// The body of an answer, up to the bound.
async fn whole(mut answer: Response, timeout: Duration) -> Result<Vec<u8>, Failure> {
    let mut body: Vec<u8> = vec![];
    while let Some(chunk) = answer.chunk().await.map_err(|error| of_connection(&error, timeout))? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(odd(answer.status().as_u16(), "an answer of more than 4 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

async fn logged<T>(url: &Url, request: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let started = tokio::time::Instant::now();
    let outcome = request.await;
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let ending = outcome.as_ref().err().map(|failure| failure.ending.to_string());
    tracing::debug!(path = url.path(), ms, ending, "model request");
    outcome
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
