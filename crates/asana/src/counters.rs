//! Counts of what a client did, for budgets, metrics and "this run made 212 calls".
//!
//! Only totals since the client was made; take a snapshot before and after and subtract.

use std::ops::Sub;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

/// Totals since the client was made. `after - before` gives the share of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// GET attempts sent, rejected ones and retries included; a batch counts each of its actions.
    pub reads: u64,
    /// Writing attempts sent, counted like `reads`.
    pub writes: u64,
    /// Attempts that repeated an earlier one.
    pub retries: u64,
    /// Answers with status 429.
    pub rejected: u64,
    /// Waits for a rate limit.
    pub waits: u64,
    /// Milliseconds spent in those waits.
    pub waited_ms: u64,
}

impl Sub for Counters {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            reads: self.reads.saturating_sub(earlier.reads),
            writes: self.writes.saturating_sub(earlier.writes),
            retries: self.retries.saturating_sub(earlier.retries),
            rejected: self.rejected.saturating_sub(earlier.rejected),
            waits: self.waits.saturating_sub(earlier.waits),
            waited_ms: self.waited_ms.saturating_sub(earlier.waited_ms),
        }
    }
}

/// The live counts behind [`Counters`].
#[derive(Debug, Default)]
pub(crate) struct Tally {
    reads: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    rejected: AtomicU64,
    waits: AtomicU64,
    waited_ms: AtomicU64,
}

impl Tally {
    pub(crate) fn sent(&self, reads: u32, writes: u32) {
        self.reads.fetch_add(u64::from(reads), Ordering::Relaxed);
        self.writes.fetch_add(u64::from(writes), Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn rejected(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn waited(&self, duration: Duration) {
        self.waits.fetch_add(1, Ordering::Relaxed);
        let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.waited_ms.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Counters {
        Counters {
            reads: self.reads.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            rejected: self.rejected.load(Ordering::Relaxed),
            waits: self.waits.load(Ordering::Relaxed),
            waited_ms: self.waited_ms.load(Ordering::Relaxed),
        }
    }
}
