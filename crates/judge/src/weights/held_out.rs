//! Whether learned weights tell answers better that they were not fitted on.
//!
//! Answers to chosen questions cannot foretell one another: each question was chosen by the answers before it, and even thrown
//! coins then seem to agree (in a simulation four of five coin throwers got a proposal that way). So part of the questions are checks: pairs that
//! the rubric in force and the learned weights put in opposite order, whose answers nothing is fitted on until they have been
//! counted. Answers that somebody gave without being asked are left out in turn instead (cross-validation).
//! Deliberately not here: the past, which is split by time.

use super::fit::{Pair, believed, part, told};
use crate::rubric::Rubric;
use serde::{Deserialize, Serialize};

/// Fits of a cross-validation at most; with more answers than that, several are left out together.
const MOST_FITS: usize = 25;
/// How probable the answers to contested pairs may be for somebody who throws a coin. At a tenth, 13 of 150 simulated coin
/// throwers get a proposal after 20 questions, and of people with any weights at all, who slip once in ten, 77 in a hundred
/// (tests/it/weights.rs); a person decides after that.
const MOST_CHANCE: f64 = 0.1;

/// What an answer is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// The question was chosen to learn from.
    Learn,
    /// The question was chosen to check what was learned.
    Check,
    /// Nobody chose the question: it came with the answer.
    Given,
}

/// An answer and what it is used for.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The answer.
    pub pair: Pair,
    /// Its use.
    pub used: Use,
}

/// Answers foretold by weights that were fitted without them. Those that call two tasks equal are not foretold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeldOut {
    /// Answers that were foretold.
    pub answers: usize,
    /// The share of them that the weights before agree with, 0–1.
    pub before: f64,
    /// The share that the learned weights agree with, 0–1.
    pub after: f64,
    /// Answers about pairs that the two put in opposite order.
    pub contested: usize,
    /// Of the contested, those that side with the learned weights.
    pub sided: usize,
}

impl HeldOut {
    /// How probable so many or more would side with the learned weights if every answer were a thrown coin (sign test).
    #[must_use]
    pub fn chance(&self) -> f64 {
        let (mut ways, mut sum) = (1.0, 0.0);
        for nth in 0..=self.contested {
            if nth >= self.sided {
                sum += ways;
            }
            ways *= (self.contested - nth) as f64 / (nth + 1) as f64;
        }
        sum / 2f64.powi(self.contested as i32)
    }

    /// Whether the answers speak for the learned weights.
    #[must_use]
    pub fn speaks_for_them(&self) -> bool {
        self.after > self.before && self.chance() <= MOST_CHANCE
    }

    fn count(&mut self, (old, new): (&[f64], &[f64]), first: &[f64], second: &[f64]) {
        let lead = |weights: &[f64]| -> f64 {
            weights.iter().zip(first.iter().zip(second)).map(|(w, (a, b))| w * (a - b)).sum()
        };
        let (old, new) = (lead(old), lead(new));
        self.answers += 1;
        self.before += agrees(old);
        self.after += agrees(new);
        if old * new < 0.0 {
            self.contested += 1;
            self.sided += usize::from(new > 0.0);
        }
    }
}

/// 1 when the first is first, 0 when it is last, one half when neither is.
fn agrees(lead: f64) -> f64 {
    if lead > 0.0 {
        1.0
    } else if lead < 0.0 {
        0.0
    } else {
        0.5
    }
}

/// Foretells the checks by all other answers; without any chosen question, every answer by the others.
#[must_use]
pub fn held_out(rubric: &Rubric, answers: &[Answered]) -> HeldOut {
    let prior: Vec<f64> = rubric.criteria().iter().map(|criterion| criterion.weight).collect();
    let pairs: Vec<&Pair> = answers.iter().map(|answer| &answer.pair).collect();
    let told = told(pairs.iter().copied(), prior.len());
    let old: Vec<f64> = told.iter().map(|at| prior[*at]).collect();
    let is_chosen = answers.iter().any(|answer| answer.used != Use::Given);
    let folds = if is_chosen { 1 } else { answers.len().min(MOST_FITS) };
    let mut result = HeldOut::default();
    for fold in 0..folds {
        let is_out = |nth: &usize| match is_chosen {
            true => answers[*nth].used == Use::Check,
            false => nth % folds == fold,
        };
        let fitted = (0..answers.len()).filter(|nth| !is_out(nth)).map(|nth| pairs[nth]);
        let belief = believed(&prior, &told, fitted);
        let new: Vec<f64> = belief.weights().iter().map(|weight| weight.mean).collect();
        for pair in (0..answers.len()).filter(is_out).map(|nth| pairs[nth]).filter(|pair| !pair.is_tie) {
            result.count((&old, &new), &part(&pair.first, &told), &part(&pair.second, &told));
        }
    }
    let count = result.answers.max(1) as f64;
    HeldOut { before: result.before / count, after: result.after / count, ..result }
}

#[cfg(test)]
mod tests {
    use super::HeldOut;

    #[test]
    fn the_sign_test_agrees_with_values_worked_out_by_hand() {
        let of = |sided, contested| HeldOut { contested, sided, ..HeldOut::default() }.chance();
        assert_eq!(of(0, 0), 1.0);
        assert_eq!(of(4, 4), 1.0 / 16.0);
        assert_eq!(of(6, 7), 8.0 / 128.0);
        assert!((of(7, 9) - 46.0 / 512.0).abs() < 1e-12);
    }
}
