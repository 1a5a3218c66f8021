//! Chance for made-up workspaces: the few distributions that work follows, all from one seed.

use fastrand::Rng;

/// Draws; the same seed gives the same ones.
#[derive(Debug)]
pub(super) struct Dice(Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// True in `share` of the draws.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.0.f64() < share
    }

    /// 0 to 1.
    pub(super) fn share(&mut self) -> f64 {
        self.0.f64()
    }

    /// From `least` to `most`, both included; `least` when they are the wrong way round.
    pub(super) fn between(&mut self, least: i64, most: i64) -> i64 {
        if least >= most { least } else { self.0.i64(least..=most) }
    }

    /// A place in a list of `len`; 0 for an empty one.
    pub(super) fn index(&mut self, len: usize) -> usize {
        if len == 0 { 0 } else { self.0.usize(0..len) }
    }

    /// One of a list that is not empty.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }

    /// A place in a list by weight.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.0.f64() * weights.iter().sum::<f64>();
        for (nth, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return nth;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// Around 0, with a deviation of 1: the sum of twelve shares less six is close enough to the bell.
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.0.f64()).sum::<f64>() - 6.0
    }

    /// Positive with a long tail: half of the draws are below `median`.
    pub(super) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// A count with the given mean.
    pub(super) fn count(&mut self, mean: f64) -> usize {
        let (end, mut product, mut count) = ((-mean).exp(), self.0.f64(), 0);
        while product > end {
            product *= self.0.f64();
            count += 1;
        }
        count
    }

    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        self.0.shuffle(list);
    }

    /// Some of the places of a list, in order.
    pub(super) fn some_of(&mut self, len: usize, count: usize) -> Vec<usize> {
        let mut places = self.0.choose_multiple(0..len, count.min(len));
        places.sort_unstable();
        places
    }
}
