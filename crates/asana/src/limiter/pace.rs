//! The arithmetic of one rate. Pure: time is an argument.
//!
//! [`Pace`] is a GCRA: each call moves a "theoretical arrival time" forward, so calls are spread out evenly with a small
//! burst after a pause. [`Lanes`] is the pace of all calls, the slower one of the background below it, and what Asana's
//! refusals and this process's share make of both.
//!
//! When a rate changes, the number of calls that might go at once stays, cut to the new burst: it never grows. So while a
//! token's shares move between processes, what they send together stays within what one process might have sent. Known
//! limit: a call dearer than the whole burst goes on credit, so each change of a share so small may add one such call.

use std::time::Duration;

use tokio::time::Instant;

use crate::lane::{Lane, Share};
use crate::settings::Limits;

const MINUTE: Duration = Duration::from_secs(60);

/// Two separate refusals within this span mean a lower limit rather than one heavy answer.
const STRIKE_SPAN: Duration = Duration::from_secs(600);

/// Whether the first of the queue may go.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Go,
    /// Our own pace.
    Paced(Duration),
    /// Asana refused a call.
    Blocked(Duration),
    /// Interactive callers go first.
    After,
    /// This process has no share of the rate.
    Shut,
}

/// One rate for both lanes.
#[derive(Debug)]
pub(super) struct Lanes {
    /// The token's rate.
    full: u32,
    share: Share,
    all: Pace,
    background: Pace,
    blocked_until: Instant,
    last_rejection: Option<Instant>,
    last_strike: Option<Instant>,
}

impl Lanes {
    pub(super) fn new(per_minute: u32, burst: Duration, now: Instant) -> Self {
        Self {
            full: per_minute,
            share: Share::WHOLE,
            all: Pace::new(per_minute, burst, now),
            background: Pace::new(Lane::Background.part(per_minute), burst, now),
            blocked_until: now,
            last_rejection: None,
            last_strike: None,
        }
    }

    /// The token's rate as far as it is known.
    pub(super) fn full(&self) -> u32 {
        self.full
    }

    /// This process's share of it.
    pub(super) fn per_minute(&self) -> u32 {
        self.share.of(self.full)
    }

    pub(super) fn set_share(&mut self, share: Share, now: Instant) {
        self.share = share;
        self.resize(now);
    }

    pub(super) fn set_full(&mut self, per_minute: u32, now: Instant) {
        self.full = per_minute;
        self.resize(now);
    }

    fn resize(&mut self, now: Instant) {
        // During a refusal nothing comes back, so what is owed is looked at from its end.
        let from = now.max(self.blocked_until);
        let per_minute = self.per_minute();
        self.all.set_rate(per_minute, from);
        self.background.set_rate(Lane::Background.part(per_minute), from);
    }

    /// Why no call at all may go now.
    pub(super) fn closed(&self, now: Instant) -> Option<Turn> {
        let blocked = self.blocked_until.saturating_duration_since(now);
        if !blocked.is_zero() {
            return Some(Turn::Blocked(blocked));
        }
        self.all.interval.is_none().then_some(Turn::Shut)
    }

    /// Lets a call through and books it, or says how long to wait.
    pub(super) fn take(&mut self, now: Instant, lane: Lane, cost: u32) -> Turn {
        if let Some(closed) = self.closed(now) {
            return closed;
        }
        let (mut wait, background) = (self.all.wait(now, cost), self.background.wait(now, cost));
        if lane == Lane::Background {
            wait = wait.max(background);
        }
        if !wait.is_zero() {
            return Turn::Paced(wait);
        }
        self.all.book(now, cost);
        if lane == Lane::Background {
            self.background.book(now, cost);
        }
        Turn::Go
    }

    /// Notes a 429 of a call sent at `sent_at`. True when it is the second separate one within [`STRIKE_SPAN`]: calls
    /// that were already in flight at an earlier 429 say nothing new.
    pub(super) fn rejected(&mut self, now: Instant, sent_at: Instant, wait: Duration) -> bool {
        let separate = self.last_rejection.is_none_or(|last| sent_at > last);
        self.last_rejection = Some(now);
        self.blocked_until = self.blocked_until.max(now + wait);
        self.all.empty(self.blocked_until);
        self.background.empty(self.blocked_until);
        if !separate {
            return false;
        }
        let again = self.last_strike.is_some_and(|last| now.duration_since(last) < STRIKE_SPAN);
        self.last_strike = Some(now);
        again
    }

    /// Back to the full rate after a long time without a 429: the 429s may have come from heavy answers.
    pub(super) fn recover(&mut self, now: Instant, limits: &Limits) {
        let quiet = self.last_rejection.is_some_and(|last| now.duration_since(last) >= limits.recover_after);
        if quiet && limits.fallback_per_minute == Some(self.full) {
            self.set_full(limits.per_minute, now);
            self.last_strike = None;
        }
    }
}

/// One GCRA.
#[derive(Debug)]
struct Pace {
    /// The price of one call in time; `None` when no call may go.
    interval: Option<Duration>,
    burst: Duration,
    arrival: Instant,
    /// Calls that might go at once, kept while no call may go; never above zero.
    kept: f64,
}

impl Pace {
    fn new(per_minute: u32, burst: Duration, now: Instant) -> Self {
        Self { interval: interval(per_minute, burst), burst, arrival: now, kept: 0.0 }
    }

    fn set_rate(&mut self, per_minute: u32, now: Instant) {
        let new = interval(per_minute, self.burst);
        if new == self.interval {
            return;
        }
        let at_once = match self.interval {
            Some(old) => (self.burst.as_secs_f64() - self.debt(now).as_secs_f64()) / old.as_secs_f64(),
            None => self.kept,
        };
        match new {
            Some(new) => {
                let debt = self.burst.as_secs_f64() - at_once * new.as_secs_f64();
                self.arrival = now + Duration::from_secs_f64(debt.max(0.0));
            }
            None => self.kept = at_once.min(0.0),
        }
        self.interval = new;
    }

    /// How long until a call may go. A call dearer than the whole burst goes when the burst is whole and is paid off
    /// afterwards.
    fn wait(&self, now: Instant, cost: u32) -> Duration {
        (self.debt(now) + self.price(cost).min(self.burst)).saturating_sub(self.burst)
    }

    fn book(&mut self, now: Instant, cost: u32) {
        self.arrival = self.arrival.max(now) + self.price(cost);
    }

    fn price(&self, cost: u32) -> Duration {
        self.interval.unwrap_or_default() * cost
    }

    /// Nothing may go at once at `when`.
    fn empty(&mut self, when: Instant) {
        self.arrival = self.arrival.max(when + self.burst);
    }

    fn debt(&self, now: Instant) -> Duration {
        self.arrival.saturating_duration_since(now)
    }
}

/// A full burst and the steady flow after it must together stay within any minute's limit, so the steady flow is slower by
/// the burst's share of a minute.
fn interval(per_minute: u32, burst: Duration) -> Option<Duration> {
    (MINUTE + burst).checked_div(per_minute)
}
