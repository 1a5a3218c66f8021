//! The limits of one token: requests per minute, requests in flight, searches per minute.
//!
//! A call takes its places in flight (`places`), then passes the search rate and the rate of all calls (`gate`, `pace`).
//! Before each of them callers queue in two lanes (`line`): interactive calls go first, background calls may use only part.
//! All limits are this process's share of the token's; the share may change at any moment. A 429 stops every caller until
//! Asana's `Retry-After` and empties the burst.
//!
//! Asana does not tell a token's rate. We start at the paid one; a second 429 in a separate burst of refusals within
//! ten minutes is taken as proof that the real one is lower. Known limits: Asana's cost limiter (heavy answers) gives
//! the same 429 and is told apart only by that rule; other processes with the same token are known only by the share, so
//! each of them finds out for itself that the token's rate is lower.

mod gate;
mod line;
mod pace;
mod places;

use std::time::Duration;

use tokio::time::Instant;

use crate::counters::Tally;
use crate::lane::{Lane, Share};
use crate::request::Cost;
use crate::settings::{Limits, Wait, WaitObserver, WaitReason};
use gate::Gate;
use pace::Lanes;
use places::{Place, Places};

/// As good as never; what a patience beyond all clocks is cut to.
const DECADES: Duration = Duration::from_secs(30 * 365 * 86_400);

/// The limits of one token, shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct Limiter {
    calls: Gate,
    searches: Gate,
    reads: Places,
    writes: Places,
    limits: Limits,
    on_wait: Option<WaitObserver>,
}

/// The right to have one call in flight; ends when dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    /// When the call was let through.
    pub(crate) sent_at: Instant,
    _reads: Option<Place<'a>>,
    _writes: Option<Place<'a>>,
}

/// What a caller brings to every queue.
#[derive(Debug)]
struct Ask {
    lane: Lane,
    /// Until when the caller waits for Asana's refusals to end, or for a share.
    deadline: Instant,
}

/// Why a call was not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Asana asked every caller to stay away for so long, which is longer than the caller has patience.
    Asana(Duration),
    /// This process had no share of a limit for as long as the caller has patience.
    NoShare,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, on_wait: Option<WaitObserver>) -> Self {
        let rate = |per_minute| Lanes::new(per_minute, limits.burst, Instant::now());
        Self {
            calls: Gate::new(rate(limits.per_minute), WaitReason::Rate),
            searches: Gate::new(rate(limits.search_per_minute), WaitReason::Search),
            reads: Places::new(limits.reads_in_flight),
            writes: Places::new(limits.writes_in_flight),
            limits,
            on_wait,
        }
    }

    /// Waits until a call of this cost may be sent.
    ///
    /// # Errors
    /// Why it may not within `patience`. Waits for our own pace have no end.
    pub(crate) async fn acquire(
        &self,
        cost: Cost,
        (lane, patience): (Lane, Duration),
        tally: &Tally,
    ) -> Result<Permit<'_>, Refused> {
        let now = Instant::now();
        let ask = Ask { lane, deadline: now.checked_add(patience).unwrap_or(now + DECADES) };
        let mut watch = Watch { limiter: self, tally, waiting: None };
        // Always reads before writes, so that two batches cannot wait for each other.
        let reads = self.reads.take(cost.reads, &ask, &mut watch).await?;
        let writes = self.writes.take(cost.writes, &ask, &mut watch).await?;
        if cost.search {
            self.searches.pass(1, (&ask, &self.limits), &mut watch).await?;
        }
        self.calls.pass(cost.reads + cost.writes, (&ask, &self.limits), &mut watch).await?;
        Ok(Permit { sent_at: Instant::now(), _reads: reads, _writes: writes })
    }

    /// Notes a 429: nobody sends before `wait` is over, and a repeated one lowers the rate.
    pub(crate) fn rejected(&self, sent_at: Instant, wait: Duration) {
        let now = Instant::now();
        self.calls.change(|lanes| {
            let proven = lanes.rejected(now, sent_at, wait);
            let lower = self.limits.fallback_per_minute.filter(|&lower| proven && lower < lanes.full());
            if let Some(lower) = lower {
                tracing::warn!(from = lanes.full(), to = lower, "Asana keeps refusing calls: slowing down");
                lanes.set_full(lower, now);
            }
        });
    }

    /// From now on this process has this share of every limit.
    pub(crate) fn set_share(&self, share: Share) {
        let now = Instant::now();
        self.reads.set_share(share);
        self.writes.set_share(share);
        self.searches.change(|lanes| lanes.set_share(share, now));
        self.calls.change(|lanes| lanes.set_share(share, now));
    }

    /// This process's share of the rate.
    pub(crate) fn per_minute(&self) -> u32 {
        self.calls.lanes().per_minute()
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

/// Tells and counts the waits of one call while it is the first of a queue. A wait that ends early, because the call was
/// given up, is counted as far as it went.
#[derive(Debug)]
struct Watch<'a> {
    limiter: &'a Limiter,
    tally: &'a Tally,
    waiting: Option<(WaitReason, Instant)>,
}

impl Watch<'_> {
    /// Waiting begins, or goes on for the same reason. `until` is when it ends at the latest, if that is known.
    fn begin(&mut self, reason: WaitReason, until: Option<Instant>) {
        if self.waiting.is_some_and(|(known, _)| known == reason) {
            return;
        }
        self.end();
        let now = Instant::now();
        self.waiting = Some((reason, now));
        if let Some(until) = until {
            self.limiter.tell(Wait { duration: until.saturating_duration_since(now), reason });
        }
    }

    /// The call goes on.
    fn end(&mut self) {
        if let Some((reason, since)) = self.waiting.take() {
            self.tally.waited(reason, since.elapsed());
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests;
