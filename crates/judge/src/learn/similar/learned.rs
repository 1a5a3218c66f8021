//! What confirmed duplicates teach: how much each kind of likeness counts, and how sure to be.
//!
//! The order is a multinomial logit over the earlier tasks, the probability a logistic regression over likeness alone; both
//! learn one confirmation at a time with AdaGrad steps (Duchi, Hazan and Singer 2011), so nothing is ever fitted again and
//! nothing later is known. Known limit: the probability is of a pair that came out on top, not of any two tasks.

use crate::learn::linear::logistic;

/// What is compared between a question and a task.
pub const MEASURES: usize = 8;
/// What the probability rests on: one for all, words, pieces, the lead.
const SIGNS: usize = 4;
/// How far one confirmation moves the weights of the order, and those of the probability, which begin from less.
const STEP: f64 = 0.15;
const STEP_OF_SIGNS: f64 = 0.4;
/// Squared gradients before the first, so that the first step is a small one.
const FIRST_SQUARE: f64 = 0.1;

/// A question compared with one task.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likeness {
    /// Cosine of the words, 0–1.
    pub words: f64,
    /// Cosine of the pieces of words, 0–1.
    pub pieces: f64,
    /// BM25 as a share of the best task's, 0–1.
    pub bm25: f64,
    /// Logarithm of how many tasks came between, at most 0: repeats mostly come soon.
    pub near: f64,
    /// 1 when the task is confirmed to be one of several.
    pub grouped: f64,
    /// Logarithm of the size of the task's group.
    pub size: f64,
    /// As `near`, to the last of the task's group.
    pub near_group: f64,
    /// Cosine of the vectors of a language model, −1 to 1; 0 when either has none.
    pub meaning: f64,
}

impl Likeness {
    fn measures(self) -> [f64; MEASURES] {
        let Self { words, pieces, bm25, near, grouped, size, near_group, meaning } = self;
        [words, pieces, bm25, near, grouped, size, near_group, meaning]
    }
}

/// The weights, with what their steps remember.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Learned {
    weights: [f64; MEASURES],
    squares: [f64; MEASURES],
    signs: [f64; SIGNS],
    sign_squares: [f64; SIGNS],
    /// How many confirmed pairs the weights rest on.
    pub confirmed: u32,
}

impl Default for Learned {
    /// Round numbers set by hand after looking at three public trackers, for one whose duplicates are not known yet. Meaning
    /// weighs what the other cosines do; twice as much found more on one of the trackers and less on another.
    fn default() -> Self {
        Self {
            weights: [8.0, 8.0, 4.0, 0.6, 0.0, 0.0, 0.3, 8.0],
            squares: [FIRST_SQUARE; MEASURES],
            signs: [-5.0, 5.0, 5.0, 1.0],
            sign_squares: [FIRST_SQUARE; SIGNS],
            confirmed: 0,
        }
    }
}

impl Learned {
    /// What a task is ordered by; higher is more alike.
    pub fn score(&self, of: Likeness) -> f64 {
        of.measures().iter().zip(&self.weights).map(|(value, weight)| value * weight).sum()
    }

    /// The chance that a question is a duplicate of its task, given the score's lead over the next task.
    pub fn probability(&self, of: Likeness, lead: f64) -> f64 {
        let score: f64 = signs(of, lead).iter().zip(&self.signs).map(|(value, weight)| value * weight).sum();
        logistic(score)
    }

    /// Learns the order from the tasks a question was compared with, of which those marked are the same.
    pub fn learn_order(&mut self, tasks: &[(Likeness, bool)]) {
        let scores: Vec<f64> = tasks.iter().map(|(of, _)| self.score(*of)).collect();
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shares: Vec<f64> = scores.iter().map(|score| (score - top).exp()).collect();
        let all: f64 = shares.iter().sum();
        let right: f64 =
            shares.iter().zip(tasks).filter(|(_, (_, same))| *same).map(|(share, _)| share).sum();
        if right <= 0.0 {
            return;
        }
        let mut gradient = [0.0; MEASURES];
        for ((of, same), share) in tasks.iter().zip(&shares) {
            let pull = f64::from(u8::from(*same)) * share / right - share / all;
            for (sum, value) in gradient.iter_mut().zip(of.measures()) {
                *sum += pull * value;
            }
        }
        climb(&mut self.weights, &mut self.squares, (&gradient, STEP));
        self.confirmed += 1;
    }

    /// Learns how sure to be from a pair a person has decided on.
    pub fn learn_sureness(&mut self, of: Likeness, lead: f64, same: bool) {
        let missed = f64::from(u8::from(same)) - self.probability(of, lead);
        let gradient = signs(of, lead).map(|value| missed * value);
        climb(&mut self.signs, &mut self.sign_squares, (&gradient, STEP_OF_SIGNS));
    }
}

fn signs(of: Likeness, lead: f64) -> [f64; SIGNS] {
    [1.0, of.words, of.pieces, lead.clamp(0.0, 5.0) / 5.0]
}

fn climb<const N: usize>(weights: &mut [f64; N], squares: &mut [f64; N], (gradient, step): (&[f64; N], f64)) {
    for ((weight, square), slope) in weights.iter_mut().zip(squares).zip(gradient) {
        *square += slope * slope;
        *weight += step * slope / square.sqrt();
    }
}

#[cfg(test)]
mod tests {
    use super::{Learned, Likeness};

    #[test]
    fn what_tells_confirmed_pairs_apart_comes_to_count_more() {
        let mut learned = Learned::default();
        let near = Likeness { near: -1.0, ..Likeness::default() };
        let alike = Likeness { words: 0.3, near: -5.0, ..Likeness::default() };
        let before = learned.score(near) - learned.score(alike);
        for _ in 0..200 {
            learned.learn_order(&[(near, true), (alike, false)]);
            learned.learn_sureness(Likeness { words: 0.5, ..near }, 0.0, true);
        }
        assert!(learned.score(near) - learned.score(alike) > before + 1.0);
        assert!(learned.probability(Likeness { words: 0.5, ..near }, 0.0) > 0.8);
        assert_eq!(learned.confirmed, 200);
        learned.learn_order(&[]);
        assert_eq!(learned.confirmed, 200);
    }
}
