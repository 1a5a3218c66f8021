//! Intervals that hold what they promise: quantiles of recent errors, widened or narrowed until the stated share is met.
//!
//! After Gibbs and Candès (2021), "Adaptive Conformal Inference Under Distribution Shift": every truth that falls outside
//! the interval of its time makes the next ones wider, every one inside makes them narrower, so that in the long run the
//! stated share is inside however the errors drift. Errors are signed and on any scale the caller can undo; recent ones
//! weigh more. Lower and upper end have quantiles of their own, since real work overruns further than it falls short.
//! Known limit: the share is met over all estimates together, not for every kind of task.

use std::collections::VecDeque;

/// Errors kept: five half-lives, beyond which one weighs less than a thirtieth of the newest.
const KEPT: usize = 500;
/// Estimates after which an error weighs half, as long as the shares of the experts (`effort::mixture`) remember.
const HALF_LIFE: f64 = 100.0;
/// How far one miss moves the share that may be missed; the paper uses 0.005–0.05, and at 0.01 a hundred estimates undo a
/// wrong start.
const STEP: f64 = 0.01;
/// Errors needed before quantiles this far out mean anything: a fifth of 20 is four, two at either end.
const ENOUGH: usize = 20;
/// The share that may be missed stays within these, times the promised one: beyond, quantiles are single errors.
const BOUNDS: (f64, f64) = (0.2, 2.0);

/// Recent errors and how wide an interval must be.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Conformal {
    errors: VecDeque<f64>,
    promised: f64,
    missing: f64,
    /// Recency-weighted intervals given and how many of them held.
    given: f64,
    held: f64,
}

impl Conformal {
    /// Nothing known yet; `coverage` is the share of truths that shall be inside, above 0 and below 1.
    #[must_use]
    pub fn new(coverage: f64) -> Self {
        let promised = if coverage.is_finite() { 1.0 - coverage.clamp(0.01, 0.99) } else { 0.2 };
        Self { errors: VecDeque::new(), promised, missing: promised, given: 0.0, held: 0.0 }
    }

    /// The share of truths promised to be inside, 0–1.
    #[must_use]
    pub fn coverage(&self) -> f64 {
        1.0 - self.promised
    }

    /// The share of recent truths that were inside the interval of their time, 0–1.
    #[must_use]
    pub fn measured(&self) -> Option<f64> {
        (self.given > 0.0).then(|| self.held / self.given)
    }

    /// Learns the next error, truth minus estimate; one that is no number is ignored.
    pub fn learn(&mut self, error: f64) {
        if !error.is_finite() {
            return;
        }
        if let Some((low, high)) = self.bounds() {
            let missed = error < low || error > high;
            let moved = self.missing + STEP * (self.promised - f64::from(u8::from(missed)));
            self.missing = moved.clamp(BOUNDS.0 * self.promised, (BOUNDS.1 * self.promised).min(0.9));
            let kept = 0.5_f64.powf(1.0 / HALF_LIFE);
            self.given = self.given * kept + 1.0;
            self.held = self.held * kept + f64::from(u8::from(!missed));
        }
        if self.errors.len() == KEPT {
            self.errors.pop_front();
        }
        self.errors.push_back(error);
    }

    /// Between which errors the next one is promised to lie; `None` with too few errors.
    #[must_use]
    pub fn bounds(&self) -> Option<(f64, f64)> {
        if self.errors.len() < ENOUGH {
            return None;
        }
        let count = self.errors.len();
        let weight = |at: usize| 0.5_f64.powf((count - at) as f64 / HALF_LIFE);
        let mut sorted: Vec<(f64, f64)> =
            self.errors.iter().enumerate().map(|(at, error)| (*error, weight(at))).collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        // The next error is one more of unknown place: its weight, 1, stands outside either end.
        let total = 1.0 + sorted.iter().map(|(_, weight)| weight).sum::<f64>();
        let outside = total * self.missing / 2.0;
        let low = reached(sorted.iter(), outside);
        let high = reached(sorted.iter().rev(), outside);
        Some((low.min(high), high.max(low)))
    }
}

/// The first value at which the weight passed exceeds `outside`; the last when none does.
fn reached<'a>(sorted: impl Iterator<Item = &'a (f64, f64)>, outside: f64) -> f64 {
    let (mut sum, mut last) = (0.0, 0.0);
    for (error, weight) in sorted {
        sum += weight;
        last = *error;
        if sum > outside {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::Conformal;
    use fastrand::Rng;

    /// Share inside of `rounds` errors whose spread and middle `at` gives.
    fn share_inside(rounds: u32, at: impl Fn(u32) -> (f64, f64)) -> f64 {
        let (mut conformal, mut random) = (Conformal::new(0.8), Rng::with_seed(3));
        let (mut given, mut inside) = (0.0, 0.0);
        for round in 0..rounds {
            let (middle, spread) = at(round);
            // The sum of four even draws is close enough to a bell.
            let error = middle + spread * (0..4).map(|_| random.f64() - 0.5).sum::<f64>();
            if let Some((low, high)) = conformal.bounds() {
                given += 1.0;
                inside += f64::from(u8::from(low <= error && error <= high));
            }
            conformal.learn(error);
        }
        inside / given
    }

    #[test]
    fn the_promised_share_is_inside_when_errors_stay_grow_and_drift() {
        let cases: [fn(u32) -> (f64, f64); 4] = [
            |_| (0.0, 1.0),
            |round| (0.0, 1.0 + f64::from(round) / 200.0),
            |round| (f64::from(round) / 100.0, 1.0),
            |round| if round < 1000 { (0.0, 1.0) } else { (2.0, 4.0) },
        ];
        for (nth, case) in cases.into_iter().enumerate() {
            let share = share_inside(2000, case);
            assert!((share - 0.8).abs() < 0.03, "case {nth}: {share}");
        }
    }

    #[test]
    fn too_few_errors_promise_nothing_and_nonsense_is_ignored() {
        let mut conformal = Conformal::new(0.8);
        for _ in 0..19 {
            conformal.learn(1.0);
            conformal.learn(f64::NAN);
        }
        assert_eq!(conformal.bounds(), None);
        conformal.learn(1.0);
        assert_eq!(conformal.bounds(), Some((1.0, 1.0)));
    }
}
