//! Sends requests: the limiter before each attempt, the retry rules after it.
//!
//! Redirects are never followed, because they would carry the token elsewhere. One debug line per attempt: method,
//! path, status, time, attempt. Bodies are read whole; there is no streaming.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};
use secrecy::SecretString;
use tokio::time::{Instant, sleep};
use tracing::Instrument as _;

use crate::auth::{Auth, Bearer, Need};
use crate::changes::Changes;
use crate::counters::Tally;
use crate::lane::Share;
use crate::limiter::{Limiter, Permit, Refused};
use crate::retry::{self, Fate, Repeat};
use crate::settings::{RetryPolicy, checked_url, is_loopback};
use crate::{Activity, Counters, Error, Request, Settings, oauth};

/// Longest time to reach Asana at all; a failure here proves that nothing was sent.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What a DELETE answers, for one that turns out to be done already.
const EMPTY_DATA: &[u8] = br#"{"data":{}}"#;

/// Connection pool, limits, retry rules and counters of one token.
#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    base_url: Url,
    auth: Auth,
    limiter: Limiter,
    retry: RetryPolicy,
    tally: Tally,
    changes: Changes,
    /// Seconds since 1970 of the latest `Date` header; 0 before the first answer.
    server_second: AtomicI64,
}

/// How one attempt ended.
enum Ending {
    Answered {
        status: StatusCode,
        asked: Option<Duration>,
        body: Vec<u8>,
    },
    Lost(reqwest::Error),
    /// There was no token to send it with.
    NoToken(oauth::Error),
}

/// One call over all its attempts.
struct Run<'r> {
    request: &'r Request,
    url: Url,
    started: Instant,
    attempt: u32,
    /// The token of the latest attempt, once Asana has refused it.
    refused: Option<SecretString>,
    /// Why the outcome of an earlier attempt is unknown.
    unknown: Option<String>,
}

impl Transport {
    pub(crate) fn new(settings: Settings) -> Result<Self, Error> {
        let base_url = checked_url("base_url", &settings.base_url)?;
        settings.check()?;
        Ok(Self {
            http: http_client(&settings.user_agent, settings.timeout, &base_url)?,
            auth: Auth::new(settings.token)?,
            limiter: Limiter::new(settings.limits, settings.on_wait),
            retry: settings.retry,
            tally: Tally::default(),
            changes: Changes::default(),
            server_second: AtomicI64::new(0),
            base_url,
        })
    }

    pub(crate) fn base_url(&self) -> &Url {
        &self.base_url
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn counters(&self) -> Counters {
        self.tally.snapshot()
    }

    pub(crate) fn activity(&self) -> Activity {
        self.tally.activity()
    }

    pub(crate) fn set_share(&self, share: Share) {
        self.limiter.set_share(share);
    }

    pub(crate) fn server_time(&self) -> Option<jiff::Timestamp> {
        let second = self.server_second.load(Ordering::Relaxed);
        (second != 0).then(|| jiff::Timestamp::from_second(second).ok()).flatten()
    }

    pub(crate) fn requests_per_minute(&self) -> u32 {
        self.limiter.per_minute()
    }

    pub(crate) fn replace_token(&self, token: &SecretString) -> Result<(), Error> {
        self.auth.replace(token)
    }

    /// The body of the successful answer.
    pub(crate) async fn send(&self, request: &Request) -> Result<Vec<u8>, Error> {
        request.check()?;
        let url = self.url(request);
        let mut run = Run { request, url, started: Instant::now(), attempt: 0, refused: None, unknown: None };
        loop {
            let (ending, bearer) = self.attempt(&mut run).await?;
            match ending {
                Ending::Answered { status, body, .. } if status.is_success() => return Ok(body),
                Ending::Answered { status, .. } if run.is_done_by_earlier_attempt(status) => {
                    return Ok(EMPTY_DATA.to_vec());
                }
                // What was refused for its token was not carried out, whatever it is; the next token is tried once.
                Ending::Answered { status: StatusCode::UNAUTHORIZED, .. }
                    if self.auth.renews() && run.refused.is_none() =>
                {
                    run.refused = bearer.map(|bearer| bearer.token);
                }
                failed => match self.pause_before_repeat(&mut run, &failed) {
                    Some(pause) => sleep(pause).await,
                    None => return Err(run.error(failed)),
                },
            }
        }
    }

    /// How one attempt ended, and with which token it was sent.
    async fn attempt(&self, run: &mut Run<'_>) -> Result<(Ending, Option<Bearer>), Error> {
        let patience = self.retry.total_time.saturating_sub(run.started.elapsed());
        let lane = run.request.client.its_lane();
        let permit = self
            .limiter
            .acquire(run.request.cost, (lane, patience), &self.tally)
            .await
            .map_err(|refused| run.not_let_through(refused))?;
        run.attempt += 1;
        // Asked for last: the queue may have taken longer than a token lives.
        let bearer = match self.auth.bearer(run.need()).await {
            Ok(bearer) => bearer,
            Err(error) => return Ok((Ending::NoToken(error), None)),
        };
        if run.attempt > 1 {
            self.tally.retried();
        }
        self.tally.sent(run.request.cost.reads, run.request.cost.writes);
        let call = &run.request.call;
        let span =
            tracing::debug_span!("asana", method = %call.method, path = %call.path, attempt = run.attempt);
        let ending = self.exchange(run, &bearer).instrument(span).await;
        let ending = ending.unwrap_or_else(|e| Ending::Lost(e.without_url()));
        self.note(run, &permit, &ending);
        Ok((ending, Some(bearer)))
    }

    async fn exchange(&self, run: &Run<'_>, bearer: &Bearer) -> Result<Ending, reqwest::Error> {
        let mut builder = self
            .http
            .request(run.request.call.method.http(), run.url.clone())
            .header(reqwest::header::AUTHORIZATION, bearer.header.clone())
            .header(reqwest::header::ACCEPT, "application/json");
        if let Some(body) = &run.request.body {
            builder = builder.json(body);
        }
        if let Some(form) = &run.request.form {
            let kind = form.content_type.as_str();
            builder = builder.header(reqwest::header::CONTENT_TYPE, kind).body(form.bytes.clone());
        }
        let answer = builder.send().await?;
        let (status, asked) = (answer.status(), retry::retry_after(answer.headers()));
        self.changes.note(answer.headers());
        if let Some(at) = retry::sent_at(answer.headers()) {
            self.server_second.store(at.as_second(), Ordering::Relaxed);
        }
        let body = answer.bytes().await?.to_vec();
        Ok(Ending::Answered { status, asked, body })
    }

    /// Logs the attempt. A 429 is counted and stops everybody, whether or not this call is repeated.
    fn note(&self, run: &Run<'_>, permit: &Permit<'_>, ending: &Ending) {
        let call = &run.request.call;
        let status = match ending {
            Ending::Answered { status, .. } => Some(status.as_u16()),
            Ending::Lost(_) | Ending::NoToken(_) => None,
        };
        let ms = u64::try_from(permit.sent_at.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.tally.ended(call.method, &run.request.segments, status);
        tracing::debug!(method = %call.method, path = %call.path, status, ms, attempt = run.attempt, "asana request");
        if let Ending::Answered { status: StatusCode::TOO_MANY_REQUESTS, asked, .. } = ending {
            self.tally.rejected();
            let wait = asked.unwrap_or_else(|| retry::pause(&self.retry, run.attempt, None));
            self.limiter.rejected(permit.sent_at, wait);
        }
    }

    /// The pause before the next attempt, or `None` when this was the last. Remembers an unknown outcome.
    fn pause_before_repeat(&self, run: &mut Run<'_>, failed: &Ending) -> Option<Duration> {
        let fate = failed.fate()?;
        if fate == Fate::Unknown {
            run.unknown = Some(failed.reason());
        }
        let asked = match failed {
            Ending::Answered { asked, .. } => *asked,
            Ending::Lost(_) | Ending::NoToken(_) => None,
        };
        let pause = retry::pause(&self.retry, run.attempt, asked);
        let in_time = run.started.elapsed() + pause <= self.retry.total_time;
        let goes_on = run.request.repeat.allows(fate) && run.attempt < self.retry.max_attempts && in_time;
        goes_on.then_some(pause)
    }

    fn url(&self, request: &Request) -> Url {
        let mut url = self.base_url.clone();
        // Only URLs that cannot be a base have no path segments, and `checked_base_url` lets none of those in.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&request.segments);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }
}

impl Ending {
    /// What became of a failed attempt, or `None` when the answer is final and a repetition would bring the same.
    fn fate(&self) -> Option<Fate> {
        match self {
            Self::Lost(error) if error.is_builder() => None,
            Self::Lost(error) if error.is_connect() => Some(Fate::NotCarriedOut),
            Self::Lost(_) => Some(Fate::Unknown),
            Self::Answered { status: StatusCode::TOO_MANY_REQUESTS, .. } => Some(Fate::NotCarriedOut),
            Self::Answered { status, .. } if retry::is_transient(status.as_u16()) => Some(Fate::Unknown),
            Self::NoToken(error) if error.is_retryable_later() => Some(Fate::NotCarriedOut),
            Self::Answered { .. } | Self::NoToken(_) => None,
        }
    }

    /// Whether it tells that earlier attempts of unknown outcome were not carried out either: a refusal for what was asked
    /// does, one for the token does not.
    fn settles(&self) -> bool {
        match self {
            Self::Answered { status, .. } => self.fate().is_none() && *status != StatusCode::UNAUTHORIZED,
            Self::Lost(_) | Self::NoToken(_) => false,
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::Answered { status, .. } => format!("Asana answered with status {}", status.as_u16()),
            Self::Lost(error) if error.is_timeout() => "no answer in time".to_owned(),
            Self::Lost(_) => "the connection broke before the answer was complete".to_owned(),
            Self::NoToken(error) => error.to_string(),
        }
    }
}

impl Run<'_> {
    fn need(&self) -> Need {
        self.refused.clone().map_or(Need::Valid, Need::InsteadOf)
    }

    /// A DELETE whose earlier attempt may have worked, and whose object is gone now.
    fn is_done_by_earlier_attempt(&self, status: StatusCode) -> bool {
        self.request.repeat == Repeat::Delete && self.unknown.is_some() && status == StatusCode::NOT_FOUND
    }

    /// The error of the last attempt. A write of which any attempt has an unknown outcome says so, unless Asana's last
    /// word settles it.
    fn error(self, last: Ending) -> Error {
        let call = self.request.call.clone();
        if let (true, false, Some(reason)) = (self.request.changes_something(), last.settles(), self.unknown)
        {
            return Error::MayHaveLanded { call, reason };
        }
        match last {
            Ending::Answered { status, asked, body } => {
                Error::from_status(call, status.as_u16(), &body, asked)
            }
            Ending::Lost(source) => Error::Connection { call, source },
            Ending::NoToken(reason) => Error::Token { call, reason },
        }
    }

    fn not_let_through(&self, refused: Refused) -> Error {
        let call = self.request.call.clone();
        match (&self.unknown, refused) {
            (Some(reason), _) if self.request.changes_something() => {
                Error::MayHaveLanded { call, reason: reason.clone() }
            }
            (_, Refused::Asana(wait)) => Error::RateLimited { call, retry_after: Some(wait) },
            (_, Refused::NoShare) => Error::NoShare { call },
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the client that keeps auth, limits and retry")]
pub(crate) fn http_client(
    user_agent: &str,
    timeout: Duration,
    base_url: &Url,
) -> Result<reqwest::Client, Error> {
    // A second installation fails, which is as good: some other part of the process chose the provider first.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .https_only(base_url.scheme() == "https");
    if base_url.host_str().is_some_and(is_loopback) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|e| {
        let cause = std::error::Error::source(&e).map_or_else(|| e.to_string(), ToString::to_string);
        Error::settings("base_url", format!("cannot be reached by TLS on this machine: {cause}"))
    })
}
