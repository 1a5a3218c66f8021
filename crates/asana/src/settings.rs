//! What a client needs to be told: where Asana is, who we are, how fast we may ask and how often we may ask again.
//!
//! Values are checked once, when a client is made; a wrong one is `Error::Settings` naming the setting.
//! This module does not read files or the environment.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use serde::Serialize;

use crate::{Error, Token};

/// Asana's public API.
pub const DEFAULT_BASE_URL: &str = "https://app.asana.com/api/1.0";

/// Who we are, unless a setting says otherwise.
pub(crate) const USER_AGENT: &str = concat!("upnext/", env!("CARGO_PKG_VERSION"));

/// Everything a [`Client`](crate::Client) needs. Start with [`Settings::new`] and change what differs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Root of the API, without a trailing slash (one is tolerated). Must be `https`, or `http` on a loopback host.
    pub base_url: String,
    /// Personal access token, service-account token or OAuth access token, or a source of them. Never shown by `Debug`.
    pub token: Token,
    /// Sent as `User-Agent`, so that Asana's support can find our calls.
    pub user_agent: String,
    /// How fast and how wide we may ask.
    pub limits: Limits,
    /// How often and how long a failed call is repeated.
    pub retry: RetryPolicy,
    /// Longest time for one attempt, from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// Told about every wait of at least [`Limits::notice_after`].
    pub on_wait: Option<WaitObserver>,
}

impl Settings {
    /// Settings for Asana's public API with default limits: 60 s per attempt, `upnext/<version>` as user agent.
    pub fn new(token: impl Into<Token>) -> Self {
        Self {
            base_url: DEFAULT_BASE_URL.to_owned(),
            token: token.into(),
            user_agent: USER_AGENT.to_owned(),
            limits: Limits::default(),
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(60),
            on_wait: None,
        }
    }

    /// Refuses values that no client can work with; `base_url` and `token` are checked where they are used.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.timeout.is_zero() {
            return Err(Error::settings("timeout", "must be longer than nothing; 60 s is the default"));
        }
        if HeaderValue::from_str(&self.user_agent).is_err() {
            return Err(Error::settings("user_agent", "holds characters no header may have"));
        }
        self.limits.check()?;
        self.retry.check()
    }
}

/// A URL that secrets may be sent to.
pub(crate) fn checked_url(name: &'static str, text: &str) -> Result<Url, Error> {
    let wrong = |reason: String| Err(Error::settings(name, reason));
    let url = match Url::parse(text.trim()) {
        Ok(url) => url,
        Err(e) => return wrong(format!("is not a URL ({e}); Asana's is {DEFAULT_BASE_URL}")),
    };
    let Some(host) = url.host_str() else {
        return wrong("names no host".to_owned());
    };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("must not hold a user name or password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("must not hold a query or a fragment".to_owned());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(host) => Ok(url),
        "http" => wrong(format!(
            "sends secrets to {host} unencrypted; use https (plain http is for loopback hosts only)"
        )),
        other => wrong(format!("has the scheme {other}; use https")),
    }
}

/// Whether a URL's host can only be this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// How fast and how wide one token may ask. The defaults are Asana's published limits for paid workspaces.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Requests per minute, at least 1. Rejected ones count too.
    pub per_minute: u32,
    /// Where to fall to when 429 answers show that the real limit is lower than `per_minute`; `None` pins the rate.
    pub fallback_per_minute: Option<u32>,
    /// How long without a 429 before a fallen rate is tried at full height again.
    pub recover_after: Duration,
    /// GET requests in flight at once, at least 1.
    pub reads_in_flight: usize,
    /// Writing requests in flight at once, at least 1.
    pub writes_in_flight: usize,
    /// Search requests per minute, at least 1; they count against `per_minute` as well.
    pub search_per_minute: u32,
    /// How much of the minute's share may be spent at once after a pause. Asana looks at shorter spans than a
    /// minute, so this is a few seconds, not a minute.
    pub burst: Duration,
    /// Waits shorter than this are not reported to the observer or the log.
    pub notice_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_minute: 1_500,
            fallback_per_minute: Some(150),
            recover_after: Duration::from_secs(3_600),
            reads_in_flight: 50,
            writes_in_flight: 15,
            search_per_minute: 60,
            burst: Duration::from_secs(2),
            notice_after: Duration::from_secs(1),
        }
    }
}

impl Limits {
    /// The default limits with the rate pinned to `per_minute`: 429 answers are honoured but never change it.
    pub fn pinned(per_minute: u32) -> Self {
        Self { per_minute, fallback_per_minute: None, ..Self::default() }
    }

    /// Into how many equal shares these limits can be cut so that every kind of call still gets through with each.
    pub fn most_shares(&self) -> u32 {
        let places = self.reads_in_flight.min(self.writes_in_flight);
        let rates =
            self.per_minute.min(self.search_per_minute).min(self.fallback_per_minute.unwrap_or(u32::MAX));
        rates.min(u32::try_from(places).unwrap_or(u32::MAX))
    }

    fn check(&self) -> Result<(), Error> {
        let zero = |name: &'static str| Err(Error::settings(name, "must be at least 1"));
        match self {
            Self { per_minute: 0, .. } => zero("limits.per_minute"),
            Self { fallback_per_minute: Some(0), .. } => zero("limits.fallback_per_minute"),
            Self { reads_in_flight: 0, .. } => zero("limits.reads_in_flight"),
            Self { writes_in_flight: 0, .. } => zero("limits.writes_in_flight"),
            Self { search_per_minute: 0, .. } => zero("limits.search_per_minute"),
            _ => Ok(()),
        }
    }
}

/// How often and how long a failed call is repeated. Which calls may be repeated at all is not a setting.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// Attempts in total, the first included, at least 1.
    pub max_attempts: u32,
    /// Upper bound of the first pause; it doubles with each attempt and the pause is drawn below it (full jitter).
    pub base_delay: Duration,
    /// Upper bound of any pause that Asana did not ask for itself.
    pub max_delay: Duration,
    /// No new attempt starts later than this after the first one. A `Retry-After` beyond it ends the call at once.
    pub total_time: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 6,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            total_time: Duration::from_secs(300),
        }
    }
}

impl RetryPolicy {
    /// One attempt only.
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    fn check(&self) -> Result<(), Error> {
        if self.max_attempts == 0 {
            return Err(Error::settings("retry.max_attempts", "must be at least 1"));
        }
        Ok(())
    }
}

/// Why a call waits before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// Our own pacing below the requests-per-minute limit.
    Rate,
    /// Our own pacing below the search limit.
    Search,
    /// Asana answered 429 and every call with this token waits.
    Rejected,
    /// As many calls are in flight as may be. Counted, but never told: how long it takes is not known.
    InFlight,
    /// Other processes have the whole of the token's limits.
    Share,
}

impl WaitReason {
    /// Whether it is one of Asana's rate limits.
    pub(crate) fn is_rate_limit(self) -> bool {
        matches!(self, Self::Rate | Self::Search | Self::Rejected)
    }
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rate => "Asana's rate limit",
            Self::Search => "Asana's search limit",
            Self::Rejected => "Asana, which refused a call for now",
            Self::InFlight => "calls in flight",
            Self::Share => "a share of Asana's limits, which other processes have",
        })
    }
}

/// A wait that is about to begin: "waiting 12 s for Asana's rate limit".
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    /// How long; at the longest for [`WaitReason::Share`].
    pub duration: Duration,
    /// For what.
    pub reason: WaitReason,
}

/// A function that is told about waits, so that a person can see why nothing moves. It must not block.
#[derive(Clone)]
pub struct WaitObserver(Arc<dyn Fn(Wait) + Send + Sync>);

impl WaitObserver {
    /// Wraps the function.
    pub fn new(observe: impl Fn(Wait) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observe))
    }

    pub(crate) fn tell(&self, wait: Wait) {
        (self.0)(wait);
    }
}

impl fmt::Debug for WaitObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WaitObserver")
    }
}
