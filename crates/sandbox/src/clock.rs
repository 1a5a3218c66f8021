//! The world's clock: it jumps forward and runs at a chosen speed, and goes back for nothing but the making up of history.
//!
//! The one place that reads the real clock. Everything that expires (offsets, limiter windows) asks here,
//! so a jump through `POST /_sandbox/clock` ages it all at once.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Virtual time: starts where the world was told to start.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(from = "Timestamp", into = "Timestamp")]
pub(crate) struct Clock {
    origin: Timestamp,
    started: Instant,
    /// World seconds in a real one; 0 stands still.
    speed: f64,
}

impl Clock {
    pub(crate) fn starting_at(origin: Timestamp) -> Self {
        Self { origin, started: Instant::now(), speed: 1.0 }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let run = self.started.elapsed().mul_f64(self.speed);
        let run = SignedDuration::try_from(run).unwrap_or(SignedDuration::MAX);
        self.origin.checked_add(run).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn jump(&mut self, seconds: u32) {
        let by = SignedDuration::from_secs(i64::from(seconds));
        self.origin = self.origin.checked_add(by).unwrap_or(Timestamp::MAX);
    }

    pub(crate) fn speed(&self) -> f64 {
        self.speed
    }

    /// Stops the clock at a moment, which may lie before the one it shows: history that is made up goes by it.
    pub(crate) fn stand_at(&mut self, moment: Timestamp) {
        *self = Self { origin: moment, started: Instant::now(), speed: 0.0 };
    }

    /// Lets the clock run faster or slower from now on.
    pub(crate) fn run(&mut self, speed: f64) {
        *self = Self { origin: self.now(), started: Instant::now(), speed };
    }
}

/// A saved clock is the moment it showed.
impl From<Clock> for Timestamp {
    fn from(clock: Clock) -> Self {
        clock.now()
    }
}

impl From<Timestamp> for Clock {
    fn from(now: Timestamp) -> Self {
        Self::starting_at(now)
    }
}

/// Asana's way of writing a moment: UTC with milliseconds, `2026-05-23T19:33:31.715Z`.
#[must_use]
pub fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}
