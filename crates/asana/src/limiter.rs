//! The pace of one token: requests per minute, requests in flight, searches per minute.
//!
//! Pacing is a GCRA: each call moves a "theoretical arrival time" forward, so calls are spread out evenly with a small
//! burst after a pause. Callers queue in order; only the first of the queue sleeps, the rest wait for its turn, so
//! nothing polls. A 429 stops every caller until Asana's `Retry-After` and empties the burst.
//!
//! Asana does not tell a token's rate. We start at the paid one; a second 429 in a separate burst of refusals within
//! ten minutes is taken as proof that the real one is lower. Known limits: Asana's cost limiter (heavy answers) gives
//! the same 429 and is told apart only by that rule; other processes with the same token are not seen.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use crate::counters::Tally;
use crate::request::Cost;
use crate::settings::{Limits, Wait, WaitObserver, WaitReason};

const MINUTE: Duration = Duration::from_secs(60);

/// Two separate refusals within this span mean a lower limit rather than one heavy answer.
const STRIKE_SPAN: Duration = Duration::from_secs(600);

/// The limits of one token, shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct Limiter {
    calls: Gate,
    searches: Gate,
    reads: Semaphore,
    writes: Semaphore,
    limits: Limits,
    on_wait: Option<WaitObserver>,
}

/// The right to have one call in flight; ends when dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    /// When the call was let through.
    pub(crate) sent_at: Instant,
    _reads: Option<SemaphorePermit<'a>>,
    _writes: Option<SemaphorePermit<'a>>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, on_wait: Option<WaitObserver>) -> Self {
        let now = Instant::now();
        Self {
            calls: Gate::new(Pace::new(limits.per_minute, limits.burst, now)),
            searches: Gate::new(Pace::new(limits.search_per_minute, limits.burst, now)),
            reads: Semaphore::new(limits.reads_in_flight),
            writes: Semaphore::new(limits.writes_in_flight),
            limits,
            on_wait,
        }
    }

    /// Waits until a call of this cost may be sent.
    ///
    /// # Errors
    /// The time still to wait, when Asana asked every caller to stay away for longer than `patience`.
    pub(crate) async fn acquire(
        &self,
        cost: Cost,
        patience: Duration,
        tally: &Tally,
    ) -> Result<Permit<'_>, Duration> {
        // Always reads before writes, so that two batches cannot wait for each other.
        let reads = take(&self.reads, cost.reads, self.limits.reads_in_flight).await;
        let writes = take(&self.writes, cost.writes, self.limits.writes_in_flight).await;
        if cost.search {
            self.pass(&self.searches, 1, WaitReason::Search, (patience, tally)).await?;
        }
        self.pass(&self.calls, cost.reads + cost.writes, WaitReason::Rate, (patience, tally)).await?;
        Ok(Permit { sent_at: Instant::now(), _reads: reads, _writes: writes })
    }

    /// Notes a 429: nobody sends before `wait` is over, and a repeated one lowers the rate.
    pub(crate) fn rejected(&self, sent_at: Instant, wait: Duration) {
        let now = Instant::now();
        let mut pace = self.calls.pace();
        let proven = pace.rejected(now, sent_at, wait);
        if let Some(lower) =
            self.limits.fallback_per_minute.filter(|&lower| proven && lower < pace.per_minute)
        {
            tracing::warn!(from = pace.per_minute, to = lower, "Asana keeps refusing calls: slowing down");
            pace.set_rate(lower, self.limits.burst);
        }
    }

    pub(crate) fn per_minute(&self) -> u32 {
        self.calls.pace().per_minute
    }

    async fn pass(
        &self,
        gate: &Gate,
        cost: u32,
        pacing: WaitReason,
        (patience, tally): (Duration, &Tally),
    ) -> Result<(), Duration> {
        let _turn = gate.queue.lock().await;
        loop {
            let now = Instant::now();
            let turn = {
                let mut pace = gate.pace();
                pace.recover(now, &self.limits);
                pace.take(now, cost)
            };
            let (wait, reason) = match turn {
                Turn::Go => return Ok(()),
                Turn::Blocked(wait) if wait > patience => return Err(wait),
                Turn::Blocked(wait) => (wait, WaitReason::Rejected),
                Turn::Paced(wait) => (wait, pacing),
            };
            self.tell(Wait { duration: wait, reason });
            tally.waited(wait);
            sleep_until(now + wait).await;
        }
    }

    fn tell(&self, wait: Wait) {
        if wait.duration < self.limits.notice_after {
            return;
        }
        tracing::info!(seconds = wait.duration.as_secs(), "waiting for {}", wait.reason);
        if let Some(observer) = &self.on_wait {
            observer.tell(wait);
        }
    }
}

/// Takes as many permits as the cost, but never more than exist. The semaphores are never closed.
async fn take(semaphore: &Semaphore, wanted: u32, capacity: usize) -> Option<SemaphorePermit<'_>> {
    let wanted = wanted.min(u32::try_from(capacity).unwrap_or(u32::MAX));
    if wanted == 0 {
        return None;
    }
    semaphore.acquire_many(wanted).await.ok()
}

/// A queue of callers before one pace. The queue is a fair lock that its first holds while sleeping; the pace has a
/// lock of its own, so that a 429 can be noted meanwhile.
#[derive(Debug)]
struct Gate {
    queue: tokio::sync::Mutex<()>,
    pace: Mutex<Pace>,
}

impl Gate {
    fn new(pace: Pace) -> Self {
        Self { queue: tokio::sync::Mutex::new(()), pace: Mutex::new(pace) }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        // A pace is consistent after every statement, so a panic elsewhere does not spoil it.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the first of the queue may go.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    Go,
    Paced(Duration),
    Blocked(Duration),
}

/// The arithmetic of one rate. Pure: time is an argument.
#[derive(Debug)]
struct Pace {
    per_minute: u32,
    interval: Duration,
    burst: Duration,
    arrival: Instant,
    blocked_until: Instant,
    last_rejection: Option<Instant>,
    last_strike: Option<Instant>,
}

impl Pace {
    fn new(per_minute: u32, burst: Duration, now: Instant) -> Self {
        let mut pace = Self {
            per_minute,
            interval: Duration::ZERO,
            burst,
            arrival: now,
            blocked_until: now,
            last_rejection: None,
            last_strike: None,
        };
        pace.set_rate(per_minute, burst);
        pace
    }

    /// A full burst and the steady flow after it must together stay within any minute's limit, so the steady flow is
    /// slower by the burst's share of a minute.
    fn set_rate(&mut self, per_minute: u32, burst: Duration) {
        self.per_minute = per_minute;
        self.interval = (MINUTE + burst) / per_minute;
    }

    /// Lets a call through and books it, or says how long to wait. A call dearer than the whole burst goes when the
    /// burst is whole and is paid off afterwards.
    fn take(&mut self, now: Instant, cost: u32) -> Turn {
        let blocked = self.blocked_until.saturating_duration_since(now);
        if !blocked.is_zero() {
            return Turn::Blocked(blocked);
        }
        let price = self.interval * cost;
        let debt = self.arrival.saturating_duration_since(now);
        let wait = (debt + price.min(self.burst)).saturating_sub(self.burst);
        if !wait.is_zero() {
            return Turn::Paced(wait);
        }
        self.arrival = self.arrival.max(now) + price;
        Turn::Go
    }

    /// Notes a 429 of a call sent at `sent_at`. True when it is the second separate one within [`STRIKE_SPAN`]: calls
    /// that were already in flight at an earlier 429 say nothing new.
    fn rejected(&mut self, now: Instant, sent_at: Instant, wait: Duration) -> bool {
        let separate = self.last_rejection.is_none_or(|last| sent_at > last);
        self.last_rejection = Some(now);
        self.blocked_until = self.blocked_until.max(now + wait);
        self.arrival = self.arrival.max(self.blocked_until + self.burst);
        if !separate {
            return false;
        }
        let again = self.last_strike.is_some_and(|last| now.duration_since(last) < STRIKE_SPAN);
        self.last_strike = Some(now);
        again
    }

    /// Back to the full rate after a long time without a 429: the 429s may have come from heavy answers.
    fn recover(&mut self, now: Instant, limits: &Limits) {
        let quiet = self.last_rejection.is_some_and(|last| now.duration_since(last) >= limits.recover_after);
        if quiet && limits.fallback_per_minute == Some(self.per_minute) {
            self.set_rate(limits.per_minute, limits.burst);
            self.last_strike = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Cost = Cost { reads: 1, writes: 0, search: false };
    const LONG: Duration = Duration::from_secs(3_600);

    async fn send(limiter: &Limiter, tally: &Tally) -> Instant {
        limiter.acquire(READ, LONG, tally).await.expect("patient enough").sent_at
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_holds_more_than_the_limit() {
        let (limiter, tally) = (Limiter::new(Limits::pinned(150), None), Tally::default());
        let mut sent = Vec::new();
        for _ in 0..600 {
            sent.push(send(&limiter, &tally).await);
        }
        for (i, start) in sent.iter().enumerate() {
            let within = sent[i..].iter().take_while(|at| at.duration_since(*start) < MINUTE).count();
            assert!(within <= 150, "{within} calls in the minute from call {i}");
        }
        assert!(sent[599] - sent[0] < Duration::from_secs(4 * 60 + 10), "and not much slower than it");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_gives_back_only_the_burst() {
        let (limiter, tally) = (Limiter::new(Limits::pinned(600), None), Tally::default());
        tokio::time::advance(LONG).await;
        let start = Instant::now();
        let mut at_once = 0;
        while send(&limiter, &tally).await == start {
            at_once += 1;
        }
        assert_eq!(at_once, 19, "two seconds' share of 600 a minute, less the burst's own share");
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_stops_every_caller_for_retry_after() {
        let (limiter, tally) = (Limiter::new(Limits::default(), None), Tally::default());
        let sent_at = send(&limiter, &tally).await;
        limiter.rejected(sent_at, Duration::from_secs(12));
        let (a, b) = tokio::join!(send(&limiter, &tally), send(&limiter, &tally));
        assert!(a - sent_at >= Duration::from_secs(12) && b - sent_at >= Duration::from_secs(12));
        assert!(b > a, "they do not come back in one burst");
    }

    #[tokio::test(start_paused = true)]
    async fn waits_are_told_once_and_impatience_is_an_answer() {
        let told = std::sync::Arc::new(Mutex::new(Vec::new()));
        let sink = told.clone();
        let observer = WaitObserver::new(move |wait| sink.lock().unwrap().push((wait.reason, wait.duration)));
        let (limiter, tally) = (Limiter::new(Limits::default(), Some(observer)), Tally::default());
        limiter.rejected(Instant::now(), Duration::from_secs(12));
        let refused = limiter.acquire(READ, Duration::from_secs(5), &tally).await;
        assert_eq!(refused.err(), Some(Duration::from_secs(12)));
        send(&limiter, &tally).await;
        assert_eq!(*told.lock().unwrap(), [(WaitReason::Rejected, Duration::from_secs(12))]);
        assert_eq!(tally.snapshot().waited_ms / 1_000, 12);
    }

    #[tokio::test(start_paused = true)]
    async fn only_separate_429s_lower_the_rate_and_a_quiet_hour_restores_it() {
        let (limiter, tally) = (Limiter::new(Limits::default(), None), Tally::default());
        let first = send(&limiter, &tally).await;
        tokio::time::advance(Duration::from_millis(50)).await;
        for _ in 0..50 {
            limiter.rejected(first, Duration::from_secs(1));
        }
        assert_eq!(limiter.per_minute(), 1_500, "fifty answers to one burst are one refusal");
        let second = send(&limiter, &tally).await;
        limiter.rejected(second, Duration::from_secs(1));
        assert_eq!(limiter.per_minute(), 150);
        tokio::time::advance(LONG).await;
        send(&limiter, &tally).await;
        assert_eq!(limiter.per_minute(), 1_500);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pinned_rate_stays() {
        let (limiter, tally) = (Limiter::new(Limits::pinned(1_000), None), Tally::default());
        for _ in 0..5 {
            let sent_at = send(&limiter, &tally).await;
            limiter.rejected(sent_at, Duration::from_secs(1));
        }
        assert_eq!(limiter.per_minute(), 1_000);
    }

    #[tokio::test(start_paused = true)]
    async fn reads_and_writes_are_capped_apart() {
        let limits = Limits { reads_in_flight: 2, writes_in_flight: 1, ..Limits::default() };
        let (limiter, tally) = (Limiter::new(limits, None), Tally::default());
        let write = Cost { reads: 0, writes: 1, search: false };
        let _first = limiter.acquire(READ, LONG, &tally).await.expect("free");
        let _second = limiter.acquire(READ, LONG, &tally).await.expect("free");
        let third = limiter.acquire(READ, LONG, &tally);
        assert!(tokio::time::timeout(LONG, third).await.is_err(), "a third read waits for a free place");
        let held = limiter.acquire(write, LONG, &tally).await.expect("reads do not take writes' places");
        let second_write = limiter.acquire(write, LONG, &tally);
        assert!(tokio::time::timeout(LONG, second_write).await.is_err());
        drop(held);
        limiter.acquire(write, LONG, &tally).await.expect("free again");
    }

    #[tokio::test(start_paused = true)]
    async fn searches_have_their_own_minute() {
        let (limiter, tally) = (Limiter::new(Limits::default(), None), Tally::default());
        let search = Cost { search: true, ..READ };
        let start = Instant::now();
        for _ in 0..61 {
            limiter.acquire(search, LONG, &tally).await.expect("patient enough");
        }
        assert!(start.elapsed() >= Duration::from_secs(59), "took {:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_dearer_than_the_burst_still_goes() {
        let (limiter, tally) = (Limiter::new(Limits::pinned(60), None), Tally::default());
        let batch = Cost { reads: 10, writes: 0, search: false };
        let start = Instant::now();
        limiter.acquire(batch, LONG, &tally).await.expect("patient enough");
        limiter.acquire(batch, LONG, &tally).await.expect("patient enough");
        assert!(start.elapsed() >= Duration::from_secs(8), "ten calls' worth of time lies between them");
    }
}
