//! The world's clock: real time plus an offset that only moves forward.
//!
//! The one place that reads the real clock. Everything that expires (offsets, limiter windows) asks here,
//! so a jump through `POST /_sandbox/clock` ages it all at once.

use jiff::{SignedDuration, Timestamp};
use std::time::Instant;

/// Virtual time: starts where the world was told to start and runs with real time.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    origin: Timestamp,
    started: Instant,
    jumped: SignedDuration,
}

impl Clock {
    pub(crate) fn starting_at(origin: Timestamp) -> Self {
        Self { origin, started: Instant::now(), jumped: SignedDuration::ZERO }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let run = SignedDuration::try_from(self.started.elapsed()).unwrap_or(SignedDuration::MAX);
        self.origin.checked_add(run.saturating_add(self.jumped)).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn jump(&mut self, seconds: u32) {
        self.jumped = self.jumped.saturating_add(SignedDuration::from_secs(i64::from(seconds)));
    }
}

/// Asana's way of writing a moment: UTC with milliseconds, `2026-05-23T19:33:31.715Z`.
#[must_use]
pub fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}
