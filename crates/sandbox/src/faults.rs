//! Fault switches: answers and delays a client must survive, repeatable under the world's seed.
//!
//! Set by a TOML file at the start or by `POST /_sandbox/faults` (JSON of the same shape) while running:
//!
//! ```toml
//! plan = "free"                            # act as if the plan had lapsed: 402 on paid features
//! revoked_tokens = ["sandbox-token"]       # 401 for these
//! search_lag_seconds = 30                  # search does not know newer tasks
//! event_delay_seconds = 60                 # streams and webhooks tell of nothing younger
//! merge_stories_seconds = 60               # repeated edits so close together are one story
//! suppress_task_changed = true             # no `changed` events of tasks; their stories are still told
//! cost_per_minute = 5000                   # budget of the cost limiter, in objects answered; needs limits to be on
//! latency_ms = { min = 5, max = 50 }       # every answer takes this long
//! [too_many_requests]                      # 429 before the work
//! rate = 0.1                               # share of matching calls, 0..1
//! retry_after = 1                          # seconds, may be 0
//! methods = ["PUT", "POST"]                # optional: only these
//! path_prefix = "/tasks"                   # optional: only what begins so, with its query; downloads have `/-/attachments`
//! max_count = 3                            # optional: stop after so many
//! [server_error]                           # 500, 502, 503 or 504 before the work
//! rate = 0.05
//! statuses = [500, 503]                    # optional, default all four
//! [refusal]                                # a plan or a permission that lacks it, before the work
//! rate = 1.0
//! statuses = [402]                         # 402 or 403
//! [write_then_error]                       # the write is done, the answer is 500
//! rate = 0.05
//! [drop_connection]                        # the connection ends without an answer, nothing is done
//! rate = 0.01
//! [lost_events]                            # told by no stream and no webhook
//! rate = 0.01                              # share of events
//! [webhooks]                               # shares of events, drawn for each webhook
//! drop = 0.1                               # never sent
//! duplicate = 0.1                          # sent twice
//! late = 0.1                               # held back
//! late_seconds = 600                       # by this much
//! reorder = 0.1                            # share of deliveries whose events are shuffled
//! ```
//!
//! Unknown keys are refused. Inside a batch, faults strike the whole call only.

use crate::error::{Error, Failure};
use crate::world::{Action, Event, Kind, Plan};
use axum::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// The switches; the default is none.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// The plan to fall back to.
    pub plan: Option<Plan>,
    /// Tokens that answer 401.
    pub revoked_tokens: Vec<String>,
    /// Seconds before search finds a new task; Asana says 10 to 60.
    pub search_lag_seconds: u32,
    /// Seconds before streams and webhooks tell of an event; Asana says a minute, mostly under ten.
    pub event_delay_seconds: u32,
    /// Seconds within which repeated edits of one property by one user are one story; 0 never merges.
    pub merge_stories_seconds: u32,
    /// Whether tasks have no `changed` events, as was reported of Asana since August 2026.
    pub suppress_task_changed: bool,
    /// Events nobody is told of.
    pub lost_events: Option<Lost>,
    /// What happens to the events of webhooks.
    pub webhooks: Option<WebhookFaults>,
    /// Objects a token may be answered in a minute; the plan's own budget without it.
    pub cost_per_minute: Option<u32>,
    /// Delay of every answer.
    pub latency_ms: Option<Latency>,
    /// 429 before the work.
    pub too_many_requests: Option<TooManyRequests>,
    /// A 5xx before the work.
    pub server_error: Option<ServerError>,
    /// A 402 or 403 before the work.
    pub refusal: Option<ServerError>,
    /// A 500 after the write was done.
    pub write_then_error: Option<Strike>,
    /// No answer at all, nothing done.
    pub drop_connection: Option<Strike>,
}

/// How often something is lost.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// Share, 0..=1.
    pub rate: f64,
}

/// Faults of webhooks: shares from 0 to 1, drawn for each event and webhook.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookFaults {
    /// Never sent.
    pub drop: f64,
    /// Sent twice.
    pub duplicate: f64,
    /// Held back.
    pub late: f64,
    /// How long late ones are held back.
    pub late_seconds: u32,
    /// Share of deliveries whose events are shuffled.
    pub reorder: f64,
}

/// A delay between two bounds, milliseconds.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// Shortest delay.
    pub min: u64,
    /// Longest delay.
    pub max: u64,
}

/// Which calls a fault strikes, and how often.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Strike {
    /// Share of matching calls, 0..=1.
    pub rate: f64,
    /// Only these methods, when any are named.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Only paths (below `/api/1.0`) that with their query, as it was sent, start so.
    #[serde(default)]
    pub path_prefix: String,
    /// Stop after so many.
    pub max_count: Option<u64>,
}

/// 429 answers. The keys of [`Strike`] are repeated because serde cannot both flatten and refuse unknown keys.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TooManyRequests {
    /// Share of matching calls, 0..=1.
    pub rate: f64,
    /// Seconds in `Retry-After`; 0 is allowed.
    #[serde(default = "one")]
    pub retry_after: u64,
    /// Only these methods, when any are named.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Only paths that start so.
    #[serde(default)]
    pub path_prefix: String,
    /// Stop after so many.
    pub max_count: Option<u64>,
}

/// Answers of some statuses before the work.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServerError {
    /// Share of matching calls, 0..=1.
    pub rate: f64,
    /// Chosen from at random: 500, 502, 503, 504 when none are named.
    #[serde(default = "all_server_errors")]
    pub statuses: Vec<u16>,
    /// Only these methods, when any are named.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Only paths that start so.
    #[serde(default)]
    pub path_prefix: String,
    /// Stop after so many.
    pub max_count: Option<u64>,
}

fn one() -> u64 {
    1
}

fn all_server_errors() -> Vec<u16> {
    vec![500, 502, 503, 504]
}

impl Faults {
    /// Reads the TOML file's text.
    ///
    /// # Errors
    ///
    /// [`Error::Faults`] naming the key that is unknown or out of range.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let faults: Self = toml::from_str(text).map_err(|error| Error::Faults(error.to_string()))?;
        faults.check()?;
        Ok(faults)
    }

    /// Reads the same shape as JSON.
    pub(crate) fn from_json(bytes: &[u8]) -> Result<Self, Error> {
        let faults: Self = serde_json::from_slice(bytes).map_err(|error| Error::Faults(error.to_string()))?;
        faults.check()?;
        Ok(faults)
    }

    fn check(&self) -> Result<(), Error> {
        for (name, strike) in self.strikes() {
            if !(0.0..=1.0).contains(&strike.rate) {
                let rate = strike.rate;
                return Err(Error::Faults(format!("{name}.rate is {rate}; give a number from 0 to 1")));
            }
        }
        let hooks = self.webhooks.unwrap_or_default();
        let shares = [
            ("lost_events.rate", self.lost_events.map_or(0.0, |lost| lost.rate)),
            ("webhooks.drop", hooks.drop),
            ("webhooks.duplicate", hooks.duplicate),
            ("webhooks.late", hooks.late),
            ("webhooks.reorder", hooks.reorder),
        ];
        if let Some((name, share)) = shares.iter().find(|(_, share)| !(0.0..=1.0).contains(share)) {
            return Err(Error::Faults(format!("{name} is {share}; give a number from 0 to 1")));
        }
        let statuses = self.server_error.iter().flat_map(|fault| &fault.statuses);
        if let Some(status) = statuses.into_iter().find(|status| !(500..=599).contains(*status)) {
            return Err(Error::Faults(format!(
                "server_error.statuses holds {status}; give 500, 502, 503 or 504"
            )));
        }
        let refusals = self.refusal.iter().flat_map(|fault| &fault.statuses);
        if let Some(status) = refusals.into_iter().find(|status| !matches!(**status, 402 | 403)) {
            return Err(Error::Faults(format!("refusal.statuses holds {status}; give 402 or 403")));
        }
        match self.latency_ms {
            Some(latency) if latency.min > latency.max => {
                Err(Error::Faults("latency_ms.min is above latency_ms.max; swap them".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// The striking faults that are set, in the order they are drawn.
    fn strikes(&self) -> Vec<(&'static str, Strike)> {
        let too_many = self.too_many_requests.as_ref().map(|fault| Strike {
            rate: fault.rate,
            methods: fault.methods.clone(),
            path_prefix: fault.path_prefix.clone(),
            max_count: fault.max_count,
        });
        let with_status = |fault: &Option<ServerError>| {
            fault.as_ref().map(|fault| Strike {
                rate: fault.rate,
                methods: fault.methods.clone(),
                path_prefix: fault.path_prefix.clone(),
                max_count: fault.max_count,
            })
        };
        [
            ("drop_connection", self.drop_connection.clone()),
            ("too_many_requests", too_many),
            ("server_error", with_status(&self.server_error)),
            ("refusal", with_status(&self.refusal)),
            ("write_then_error", self.write_then_error.clone()),
        ]
        .into_iter()
        .filter_map(|(name, strike)| Some((name, strike?)))
        .collect()
    }
}

/// How a struck call ends.
#[derive(Debug)]
pub(crate) enum Ending {
    Drop,
    Fail(Failure),
    FailAfterwards(Failure),
}

/// What was drawn for one call.
#[derive(Debug, Default)]
pub(crate) struct Injected {
    pub(crate) latency: Option<Duration>,
    pub(crate) ending: Option<Ending>,
}

/// The switches in force, their dice, and how often each struck.
#[derive(Debug)]
pub(crate) struct FaultState {
    pub(crate) faults: Faults,
    pub(crate) counts: BTreeMap<&'static str, u64>,
    random: fastrand::Rng,
    seed: u64,
}

impl FaultState {
    pub(crate) fn new(faults: Faults, seed: u64) -> Result<Self, Error> {
        faults.check()?;
        Ok(Self { faults, counts: BTreeMap::new(), random: fastrand::Rng::with_seed(seed), seed })
    }

    /// Replaces the switches; counts and dice start over, so the run repeats.
    pub(crate) fn replace(&mut self, faults: Faults) {
        self.faults = faults;
        self.counts.clear();
        self.random = fastrand::Rng::with_seed(self.seed);
    }

    pub(crate) fn plan(&self) -> Option<Plan> {
        self.faults.plan
    }

    pub(crate) fn is_revoked(&self, token: &str) -> bool {
        self.faults.revoked_tokens.iter().any(|known| known == token)
    }

    /// Whether nobody is told of an event.
    pub(crate) fn loses(&mut self, event: &Event) -> bool {
        let suppressed =
            self.faults.suppress_task_changed && (event.kind, event.action) == (Kind::Task, Action::Changed);
        suppressed || self.strikes_event("lost_events", self.faults.lost_events.map_or(0.0, |lost| lost.rate))
    }

    /// The deliveries of one event to one webhook: for each, how many seconds late it is.
    pub(crate) fn deliveries_of_event(&mut self) -> Vec<u32> {
        let faults = self.faults.webhooks.unwrap_or_default();
        if self.strikes_event("webhooks.drop", faults.drop) {
            return Vec::new();
        }
        let late = if self.strikes_event("webhooks.late", faults.late) { faults.late_seconds } else { 0 };
        if self.strikes_event("webhooks.duplicate", faults.duplicate) { vec![late, late] } else { vec![late] }
    }

    /// Brings the events of one delivery out of order, now and then.
    pub(crate) fn shuffle(&mut self, events: &mut [Event]) {
        if self.strikes_event("webhooks.reorder", self.faults.webhooks.unwrap_or_default().reorder) {
            self.random.shuffle(events);
        }
    }

    /// The dice are left alone where a fault is off, so that switching one on does not move the others.
    fn strikes_event(&mut self, name: &'static str, share: f64) -> bool {
        let struck = share > 0.0 && self.random.f64() < share;
        if struck {
            *self.counts.entry(name).or_default() += 1;
        }
        struck
    }

    /// Draws the fate of one call.
    pub(crate) fn draw(&mut self, method: &Method, path: &str) -> Injected {
        let latency = self
            .faults
            .latency_ms
            .map(|latency| Duration::from_millis(self.random.u64(latency.min..=latency.max)));
        let struck = self
            .faults
            .strikes()
            .into_iter()
            .find(|(name, strike)| self.strikes_now(name, strike, method, path));
        let ending = struck.map(|(name, _)| {
            *self.counts.entry(name).or_default() += 1;
            self.ending(name)
        });
        Injected { latency, ending }
    }

    fn strikes_now(&mut self, name: &str, strike: &Strike, method: &Method, path: &str) -> bool {
        let spent = self.counts.get(name).copied().unwrap_or(0);
        let methods = &strike.methods;
        let matches = path.starts_with(&strike.path_prefix)
            && (methods.is_empty() || methods.iter().any(|m| m.eq_ignore_ascii_case(method.as_str())))
            && strike.max_count.is_none_or(|most| spent < most)
            && !(name == "write_then_error" && method == Method::GET);
        matches && self.random.f64() < strike.rate
    }

    fn ending(&mut self, name: &str) -> Ending {
        match name {
            "drop_connection" => Ending::Drop,
            "too_many_requests" => {
                let wait = self.faults.too_many_requests.as_ref();
                Ending::Fail(Failure::too_many(wait.map_or(1, |fault| fault.retry_after)))
            }
            "server_error" | "refusal" => {
                let faults = &self.faults;
                let fault = if name == "refusal" { &faults.refusal } else { &faults.server_error };
                let statuses = fault.as_ref().map(|fault| &fault.statuses);
                let status = statuses
                    .and_then(|statuses| self.random.choice(statuses.iter()))
                    .and_then(|status| StatusCode::from_u16(*status).ok());
                Ending::Fail(failed(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)))
            }
            _ => Ending::FailAfterwards(failed(StatusCode::INTERNAL_SERVER_ERROR)),
        }
    }
}

fn failed(status: StatusCode) -> Failure {
    let words = if status.is_server_error() { "Server Error" } else { "Not available" };
    Failure::new(status, words)
}
