//! The limiter on a clock that stands still until everybody waits.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

const READ: Cost = Cost { reads: 1, writes: 0, search: false };
const LONG: Duration = Duration::from_secs(3_600);

async fn send(limiter: &Limiter, tally: &Tally) -> Instant {
    limiter.acquire(READ, (Lane::Interactive, LONG), tally).await.expect("patient enough").sent_at
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
    let told = Arc::new(Mutex::new(Vec::new()));
    let sink = told.clone();
    let observer = WaitObserver::new(move |wait| sink.lock().unwrap().push((wait.reason, wait.duration)));
    let (limiter, tally) = (Limiter::new(Limits::default(), Some(observer)), Tally::default());
    limiter.rejected(Instant::now(), Duration::from_secs(12));
    let refused = limiter.acquire(READ, (Lane::Interactive, Duration::from_secs(5)), &tally).await;
    assert_eq!(refused.err(), Some(Refused::Asana(Duration::from_secs(12))));
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
    let _first = limiter.acquire(READ, (Lane::Interactive, LONG), &tally).await.expect("free");
    let _second = limiter.acquire(READ, (Lane::Interactive, LONG), &tally).await.expect("free");
    let third = limiter.acquire(READ, (Lane::Interactive, LONG), &tally);
    assert!(tokio::time::timeout(LONG, third).await.is_err(), "a third read waits for a free place");
    let held = limiter
        .acquire(write, (Lane::Interactive, LONG), &tally)
        .await
        .expect("reads do not take writes' places");
    let second_write = limiter.acquire(write, (Lane::Interactive, LONG), &tally);
    assert!(tokio::time::timeout(LONG, second_write).await.is_err());
    drop(held);
    limiter.acquire(write, (Lane::Interactive, LONG), &tally).await.expect("free again");
}

#[tokio::test(start_paused = true)]
async fn searches_have_their_own_minute() {
    let (limiter, tally) = (Limiter::new(Limits::default(), None), Tally::default());
    let search = Cost { search: true, ..READ };
    let start = Instant::now();
    for _ in 0..61 {
        limiter.acquire(search, (Lane::Interactive, LONG), &tally).await.expect("patient enough");
    }
    assert!(start.elapsed() >= Duration::from_secs(59), "took {:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_batch_dearer_than_the_burst_still_goes() {
    let (limiter, tally) = (Limiter::new(Limits::pinned(60), None), Tally::default());
    let batch = Cost { reads: 10, writes: 0, search: false };
    let start = Instant::now();
    limiter.acquire(batch, (Lane::Interactive, LONG), &tally).await.expect("patient enough");
    limiter.acquire(batch, (Lane::Interactive, LONG), &tally).await.expect("patient enough");
    assert!(start.elapsed() >= Duration::from_secs(8), "ten calls' worth of time lies between them");
}

/// Calls in the fullest minute.
fn fullest(sent: &[Instant]) -> usize {
    let within = |i: usize| sent[i..].iter().take_while(|at| at.duration_since(sent[i]) < MINUTE).count();
    (0..sent.len()).map(within).max().unwrap_or(0)
}

/// Background callers without end; each call is in flight for a fifth of a second.
fn flood(limiter: &Arc<Limiter>, callers: usize, cost: Cost) -> Arc<Mutex<Vec<Instant>>> {
    let sent = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..callers {
        let (limiter, sent) = (limiter.clone(), sent.clone());
        tokio::spawn(async move {
            let tally = Tally::default();
            loop {
                let permit = limiter.acquire(cost, (Lane::Background, LONG), &tally).await.expect("patient");
                sent.lock().expect("whole").push(permit.sent_at);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
    }
    sent
}

#[tokio::test(start_paused = true)]
async fn interactive_calls_go_at_once_while_thousands_of_background_calls_queue() {
    let (limiter, tally) = (Arc::new(Limiter::new(Limits::pinned(1_500), None)), Tally::default());
    let sent = flood(&limiter, 3_000, READ);
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let asked = Instant::now();
        for _ in 0..9 {
            assert_eq!(send(&limiter, &tally).await, asked, "what somebody waits for is not paced");
        }
    }
    let sent = sent.lock().expect("whole");
    assert!(fullest(&sent) <= 1_200, "{} background calls in a minute", fullest(&sent));
    assert!(sent.len() > 90 * 18, "{} in 90 seconds: and not much slower than their part", sent.len());
}

#[tokio::test(start_paused = true)]
async fn at_small_rates_an_interactive_call_waits_for_one_call_at_most() {
    for per_minute in [150, 60, 35, 10, 2] {
        let (limiter, tally) = (Arc::new(Limiter::new(Limits::pinned(per_minute), None)), Tally::default());
        flood(&limiter, 300, READ);
        for pause in 0..20 {
            tokio::time::sleep(Duration::from_millis(60_000 + 137 * pause)).await;
            let asked = Instant::now();
            let waited = send(&limiter, &tally).await - asked;
            let one_call = Duration::from_secs(62) / per_minute;
            assert!(waited <= one_call, "{waited:?} at {per_minute} a minute");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_background_leaves_places_free_and_lets_a_wide_batch_through() {
    let limits = Limits { writes_in_flight: 10, ..Limits::pinned(60_000) };
    let (limiter, tally) = (Arc::new(Limiter::new(limits, None)), Tally::default());
    let write = Cost { reads: 0, writes: 1, search: false };
    flood(&limiter, 100, write);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    let held = [
        limiter.acquire(write, (Lane::Interactive, LONG), &tally).await.expect("a place is kept"),
        limiter.acquire(write, (Lane::Interactive, LONG), &tally).await.expect("a place is kept"),
    ];
    assert_eq!(started.elapsed(), Duration::ZERO);
    drop(held);
    let batch = Cost { writes: 10, ..write };
    limiter.acquire(batch, (Lane::Interactive, LONG), &tally).await.expect("patient");
    assert!(started.elapsed() <= Duration::from_millis(201), "as soon as what is in flight has ended");
    assert_eq!(tally.activity().waits[0].reason, WaitReason::InFlight);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_leaves_nothing_behind() {
    let limits = Limits { writes_in_flight: 1, ..Limits::default() };
    let (limiter, tally) = (Limiter::new(limits, None), Tally::default());
    let write = Cost { reads: 0, writes: 1, search: false };
    let held = limiter.acquire(write, (Lane::Interactive, LONG), &tally).await.expect("free");
    let given_up = limiter.acquire(write, (Lane::Interactive, LONG), &tally);
    assert!(tokio::time::timeout(MINUTE, given_up).await.is_err());
    let background = limiter.acquire(write, (Lane::Background, LONG), &tally);
    let (got, ()) = tokio::join!(background, async { drop(held) });
    got.expect("nobody interactive is left in the line");
    assert_eq!(tally.activity().waits[0].waited_ms, 60_000, "what was waited for in vain counts too");
}

#[tokio::test(start_paused = true)]
async fn a_share_binds_and_frees_waiting_calls_at_once() {
    let (limiter, tally) = (Limiter::new(Limits::pinned(600), None), Tally::default());
    limiter.set_share(Share::NONE);
    let refused = limiter.acquire(READ, (Lane::Interactive, MINUTE), &tally).await;
    assert_eq!(refused.err(), Some(Refused::NoShare));
    assert_eq!(limiter.per_minute(), 0);
    let started = Instant::now();
    let (sent, ()) = tokio::join!(send(&limiter, &tally), async {
        tokio::time::sleep(Duration::from_secs(7)).await;
        limiter.set_share(Share::new(1, 4).expect("a fraction"));
    });
    assert_eq!(limiter.per_minute(), 150);
    assert!(sent - started >= Duration::from_secs(7) && sent - started < Duration::from_secs(8));
    assert_eq!(tally.activity().waits[0].reason, WaitReason::Rate);
    assert_eq!(tally.activity().waits[1].reason, WaitReason::Share);
    assert_eq!(tally.activity().waits[1].waited_ms, 67_000);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_lasts_as_long_as_asana_said_whatever_the_share() {
    let (limiter, tally) = (Limiter::new(Limits::pinned(600), None), Tally::default());
    limiter.rejected(Instant::now(), MINUTE);
    let refused_at = Instant::now();
    let (sent, ()) = tokio::join!(send(&limiter, &tally), async {
        for denominator in [20, 1, 4] {
            tokio::time::sleep(Duration::from_secs(5)).await;
            limiter.set_share(Share::new(1, denominator).expect("a fraction"));
        }
    });
    let waited = sent - refused_at;
    assert!(waited >= MINUTE && waited < MINUTE + Duration::from_secs(1), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_smaller_share_waits_for_calls_in_flight_and_a_larger_one_does_not() {
    let limits = Limits { writes_in_flight: 8, ..Limits::default() };
    let (limiter, tally) = (Limiter::new(limits, None), Tally::default());
    let write = Cost { reads: 0, writes: 1, search: false };
    let ask = (Lane::Interactive, LONG);
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(limiter.acquire(write, ask, &tally).await.expect("free"));
    }
    limiter.set_share(Share::new(1, 4).expect("a fraction"));
    held.truncate(2);
    assert!(tokio::time::timeout(MINUTE, limiter.acquire(write, ask, &tally)).await.is_err());
    let (got, ()) =
        tokio::join!(limiter.acquire(write, ask, &tally), async { limiter.set_share(Share::WHOLE) });
    got.expect("room again");
}

/// One change of how the token is shared among three processes: how long it holds, in twelfths who has what, and how
/// many calls each begins.
type Step = (u64, [u32; 3], [usize; 3]);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let shares = [[12, 0, 0], [0, 12, 0], [4, 4, 4], [6, 5, 1], [1, 1, 10], [3, 0, 9], [0, 0, 0], [2, 2, 2]];
    let calls = prop::array::uniform3(0_usize..300);
    prop::collection::vec((0_u64..40_000, prop::sample::select(shares.to_vec()), calls), 1..12)
}

/// What three processes with one token did, and when each share began.
struct Past {
    sent: [Vec<Instant>; 3],
    shares: Vec<(Instant, [u32; 3])>,
}

async fn live(per_minute: u32, steps: Vec<Step>) -> Past {
    let limiters: Vec<_> = (0..3).map(|_| Arc::new(Limiter::new(Limits::pinned(per_minute), None))).collect();
    limiters.iter().for_each(|limiter| limiter.set_share(Share::NONE));
    let sent: [Arc<Mutex<Vec<Instant>>>; 3] = Default::default();
    let mut shares = vec![(Instant::now(), [0; 3])];
    for (lasts, twelfths, calls) in steps {
        // Whoever divides takes before it gives.
        let before = shares[shares.len() - 1].1;
        for first in [true, false] {
            for who in (0..3).filter(|&who| (twelfths[who] < before[who]) == first) {
                limiters[who].set_share(Share::new(twelfths[who], 12).expect("a fraction"));
            }
        }
        shares.push((Instant::now(), twelfths));
        for (who, count) in calls.into_iter().enumerate() {
            for i in 0..count {
                let (limiter, sent) = (limiters[who].clone(), sent[who].clone());
                let lane = if i % 3 == 0 { Lane::Interactive } else { Lane::Background };
                tokio::spawn(async move {
                    let permit = limiter.acquire(READ, (lane, LONG), &Tally::default()).await;
                    sent.lock().expect("whole").extend(permit.ok().map(|permit| permit.sent_at));
                });
            }
        }
        tokio::time::sleep(Duration::from_millis(lasts)).await;
    }
    Past { sent: sent.map(|sent| sent.lock().expect("whole").clone()), shares }
}

impl Past {
    /// What one process may send in the minute from `start`: a burst of its share then, and the flow of its shares.
    fn bound(&self, who: usize, start: Instant, per_minute: u32) -> f64 {
        let rate = |share: u32| f64::from(per_minute) * f64::from(share) / 12.0 / 62.0;
        let end = start + MINUTE;
        let mut bound = 0.0;
        for (i, &(from, share)) in self.shares.iter().enumerate() {
            let until = self.shares.get(i + 1).map_or(end, |next| next.0);
            if from <= start {
                bound = rate(share[who]) * 2.0;
            }
            let lasts = until.min(end).saturating_duration_since(from.max(start));
            bound += rate(share[who]) * lasts.as_secs_f64();
        }
        bound
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_shares_no_minute_holds_more_than_they_allow(steps in steps()) {
        const PER_MINUTE: u32 = 600;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let past = runtime.expect("a runtime").block_on(live(PER_MINUTE, steps));
        for (who, sent) in past.sent.iter().enumerate() {
            for (i, &start) in sent.iter().enumerate() {
                let within = sent[i..].iter().take_while(|at| at.duration_since(start) < MINUTE).count();
                let bound = past.bound(who, start, PER_MINUTE);
                prop_assert!(within as f64 <= bound + 1e-6, "{within} calls, and {bound} allowed");
            }
        }
        let mut all = past.sent.concat();
        all.sort_unstable();
        prop_assert!(fullest(&all) <= PER_MINUTE as usize, "{} calls in a minute", fullest(&all));
    }
}
