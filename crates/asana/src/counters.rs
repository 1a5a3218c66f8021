//! Counts of what a client did, for budgets, metrics and "this run made 212 calls".
//!
//! Only totals since the client was made; take a snapshot before and after and subtract. By endpoint and status there is
//! [`Activity`]. How long answers took is not here; the log tells it for every attempt.

use std::collections::BTreeMap;
use std::ops::Sub;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use crate::Method;
use crate::settings::WaitReason;

/// Most endings told apart, far more than Upnext's calls have; a caller that makes up paths does not fill the memory.
const MOST_ENDINGS: usize = 1_000;

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
    /// Waits for a rate limit. While calls queue for one, the first of them counts and the others do not.
    pub waits: u64,
    /// Milliseconds spent in those waits.
    pub waited_ms: u64,
}

/// Totals since the client was made, for a metrics page. Attempts that are under way are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// Attempts that ended, in the order of routes.
    pub requests: Vec<RequestCount>,
    /// Waits that ended, by reason; a reason nothing waited for is left out.
    pub waits: Vec<WaitCount>,
}

/// Attempts on one endpoint that ended alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestCount {
    /// Path with `{gid}` in the place of everything that is no plain word, such as `/tasks/{gid}/stories`; `other` once
    /// there are too many to tell apart. A batch is one attempt on `/batch`.
    pub route: String,
    /// HTTP method.
    pub method: Method,
    /// HTTP status; `None` when there was no whole answer.
    pub status: Option<u16>,
    /// How many.
    pub count: u64,
}

/// Waits for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WaitCount {
    /// What for.
    pub reason: WaitReason,
    /// How many. While calls queue, the first of them counts and the others do not.
    pub waits: u64,
    /// Milliseconds spent in them.
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

/// What attempts are told apart by: route, method and status.
type Ending = (String, Method, Option<u16>);

/// The live counts behind [`Counters`] and [`Activity`].
#[derive(Debug, Default)]
pub(crate) struct Tally {
    reads: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    rejected: AtomicU64,
    endings: Mutex<BTreeMap<Ending, u64>>,
    waits: Mutex<BTreeMap<WaitReason, (u64, Duration)>>,
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

    /// An attempt ended with this status, or without one.
    pub(crate) fn ended(&self, method: Method, segments: &[String], status: Option<u16>) {
        let mut endings = open(&self.endings);
        let full = endings.len() >= MOST_ENDINGS;
        let ending = (route(segments), method, status);
        let ending = if full && !endings.contains_key(&ending) {
            ("other".to_owned(), method, status)
        } else {
            ending
        };
        *endings.entry(ending).or_default() += 1;
    }

    pub(crate) fn waited(&self, reason: WaitReason, duration: Duration) {
        let mut waits = open(&self.waits);
        let (count, total) = waits.entry(reason).or_default();
        *count += 1;
        *total += duration;
    }

    pub(crate) fn snapshot(&self) -> Counters {
        let waits = open(&self.waits);
        let limits = waits.iter().filter(|(reason, _)| reason.is_rate_limit()).map(|(_, &wait)| wait);
        let (waits, waited) =
            limits.fold((0, Duration::ZERO), |(count, sum), (more, time)| (count + more, sum + time));
        Counters {
            reads: self.reads.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            rejected: self.rejected.load(Ordering::Relaxed),
            waits,
            waited_ms: milliseconds(waited),
        }
    }

    pub(crate) fn activity(&self) -> Activity {
        let request = |((route, method, status), &count): (&Ending, &u64)| RequestCount {
            route: route.clone(),
            method: *method,
            status: *status,
            count,
        };
        let wait = |(&reason, &(waits, time)): (&WaitReason, &(u64, Duration))| WaitCount {
            reason,
            waits,
            waited_ms: milliseconds(time),
        };
        Activity {
            requests: open(&self.endings).iter().map(request).collect(),
            waits: open(&self.waits).iter().map(wait).collect(),
        }
    }
}

/// Sums are right after every statement, so a panic elsewhere does not spoil them.
fn open<T>(sums: &Mutex<T>) -> MutexGuard<'_, T> {
    sums.lock().unwrap_or_else(PoisonError::into_inner)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The path without what it names: only words of letters and underscores stay.
fn route(segments: &[String]) -> String {
    let is_word = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    segments.iter().map(|part| if is_word(part) { format!("/{part}") } else { "/{gid}".to_owned() }).collect()
}
