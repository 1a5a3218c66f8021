//! How far the work on a task may differ from its estimate.
//!
//! A lognormal whose two halves have spreads of their own, because real work overruns further than it falls short; fitted to
//! an estimate and its interval. Without an interval the stated default is used: half of all work of one kind takes between
//! a half and twice its estimate four times of five (T. Little 2006, "Schedule Estimation and Uncertainty Surrounding the
//! Cone of Uncertainty", IEEE Software 23(3): the ninth decile is about four times the first).
//! Deliberately not here: where an estimate comes from. Known limit: an interval that does not hold its estimate is widened
//! to it.

/// The ninth decile of the standard normal distribution.
const NINTH: f64 = 1.281_551_565_544_600_4;
/// Spread of the default: the logarithm of four over twice the ninth decile.
pub const USUAL: f64 = 1.386_294_361_119_890_6 / (2.0 * NINTH);
/// The share of the distribution that work which goes on can have used up.
const MOST_GONE: f64 = 0.99;
/// The share of an estimate that is always left of what is not done.
const LEAST_LEFT: f64 = 0.05;
/// No spread is larger: one that turns an hour into a working year four times of ten thousand says nothing any more.
const WIDEST: f64 = 2.0;

/// The distribution of the hours a task takes.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Spread {
    /// The middle: as often more as less. Hours, 0 or more.
    pub middle: f64,
    /// Standard deviation of the logarithm below the middle, 0 or more.
    pub below: f64,
    /// The same above it.
    pub above: f64,
}

impl Spread {
    /// The default around an estimate in hours; what is no number of 0 or more is none.
    #[must_use]
    pub fn usual(middle: f64) -> Option<Spread> {
        possible(middle).map(|middle| Spread { middle, below: USUAL, above: USUAL })
    }

    /// Around an estimate so that the share `coverage` lies between `low` and `high`; all but the share in hours. What says
    /// nothing (no number, a share outside 0–1) falls back to the default spread.
    #[must_use]
    pub fn of(middle: f64, (low, high): (f64, f64), coverage: f64) -> Option<Spread> {
        let usual = Spread::usual(middle)?;
        let within = coverage > 0.0 && coverage < 1.0 && low.is_finite() && high.is_finite();
        if !within || usual.middle <= 0.0 || low < 0.0 {
            return Some(usual);
        }
        let z = quantile_of_normal(0.5 + coverage / 2.0);
        let spread = |factor: f64| (factor.max(1.0).ln() / z).min(WIDEST);
        // An interval from 0 says that nothing may be left to do: as wide as is allowed.
        let below = if low > 0.0 { spread(usual.middle / low) } else { WIDEST };
        Some(Spread { below, above: spread(high / usual.middle), ..usual })
    }

    /// The hours that `z` standard deviations from the middle come to.
    #[must_use]
    pub fn at(&self, z: f64) -> f64 {
        self.middle * (z * if z < 0.0 { self.below } else { self.above }).exp()
    }

    /// The hours that are enough with this probability, above 0 and below 1.
    #[must_use]
    pub fn enough(&self, probability: f64) -> f64 {
        self.at(quantile_of_normal(probability))
    }

    /// The expected hours: `m (e^{b²/2} Φ(−b) + e^{a²/2} Φ(a))`.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.middle * self.moment(1.0)
    }

    /// The variance of the hours.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let mean = self.moment(1.0);
        (self.middle * self.middle * (self.moment(2.0) - mean * mean)).max(0.0)
    }

    /// What is left once so many hours have been worked and it is not done: the distribution of the hours given that they are more.
    #[must_use]
    pub fn left_after(&self, worked: f64) -> Spread {
        if !(worked.is_finite() && worked > 0.0) || self.middle <= 0.0 {
            return *self;
        }
        let ratio = (worked / self.middle).ln();
        let side = if ratio < 0.0 { self.below } else { self.above };
        let gone = if side > 0.0 { normal(ratio / side) } else { f64::from(u8::from(ratio > 0.0)) };
        // What has overrun everything foretold says no more than that it is among the longest one of a hundred.
        let gone = gone.min(MOST_GONE);
        let least = self.middle * LEAST_LEFT;
        let left = |share: f64| (self.enough(1.0 - (1.0 - share) * (1.0 - gone)) - worked).max(least);
        let (low, middle, high) = (left(0.1), left(0.5), left(0.9));
        Spread::of(middle, (low, high), 0.8).unwrap_or(*self)
    }

    /// The moment of that order of the distribution with the middle 1.
    fn moment(&self, order: f64) -> f64 {
        let (below, above) = (order * self.below, order * self.above);
        // `1 − Φ(b)` rather than `Φ(−b)`: without spread the halves then make exactly 1.
        (below * below / 2.0).exp() * (1.0 - normal(below)) + (above * above / 2.0).exp() * normal(above)
    }
}

fn possible(hours: f64) -> Option<f64> {
    (hours.is_finite() && hours >= 0.0).then_some(hours)
}

/// The standard normal distribution function, to 7 digits (Abramowitz and Stegun 1964, 26.2.17).
#[must_use]
pub fn normal(z: f64) -> f64 {
    const B: [f64; 5] = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let sum = B.iter().rev().fold(0.0, |sum, b| (sum + b) * t);
    let upper = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * sum;
    if z >= 0.0 { 1.0 - upper } else { upper }
}

/// Where the standard normal distribution function reaches a probability: by halving, to the digits that [`normal`] has.
#[must_use]
pub fn quantile_of_normal(probability: f64) -> f64 {
    let (mut low, mut high) = (-8.0_f64, 8.0_f64);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if normal(middle) < probability { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::{Spread, normal, quantile_of_normal};
    use fastrand::Rng;

    #[test]
    fn the_normal_distribution_is_that_of_the_tables() {
        for (z, share) in [(0.0, 0.5), (1.0, 0.841_344_7), (1.281_551_6, 0.9), (-1.959_964, 0.025)] {
            assert!((normal(z) - share).abs() < 1e-6, "{z}");
            assert!((quantile_of_normal(share) - z).abs() < 1e-5, "{share}");
        }
    }

    #[test]
    fn mean_and_variance_are_those_of_draws_and_the_interval_holds_its_share() {
        let spread = Spread::of(10.0, (6.0, 30.0), 0.8).unwrap();
        let mut random = Rng::with_seed(1);
        let draws: Vec<f64> = (0..200_000).map(|_| spread.at(quantile_of_normal(random.f64()))).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!((mean / spread.mean() - 1.0).abs() < 0.01, "{mean} {}", spread.mean());
        assert!((variance / spread.variance() - 1.0).abs() < 0.05, "{variance} {}", spread.variance());
        let inside = draws.iter().filter(|d| (6.0..=30.0).contains(*d)).count() as f64 / draws.len() as f64;
        assert!((inside - 0.8).abs() < 0.01, "{inside}");
    }

    #[test]
    fn intervals_that_say_nothing_fall_back() {
        let usual = Spread::usual(4.0);
        for (interval, share) in [((f64::NAN, 5.0), 0.8), ((1.0, f64::INFINITY), 0.8), ((3.0, 5.0), 1.0)] {
            assert_eq!(Spread::of(4.0, interval, share), usual);
        }
        assert_eq!(Spread::usual(f64::NAN), None);
        assert_eq!(Spread::usual(-1.0), None);
        assert_eq!(Spread::usual(0.0).unwrap().mean(), 0.0);
    }
}
