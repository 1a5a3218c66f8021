//! Linear models over sparse features, fitted by coordinate descent on the dual.
//!
//! Logistic regression after Yu, Huang and Lin (2011), "Dual coordinate descent methods for logistic regression and maximum
//! entropy models"; support vector regression after Ho and Lin (2012), "Large-scale linear support vector regression".
//! Rows may weigh differently, so that recent ones count more. The order of the steps is drawn from a seed.

use super::sparse::Sparse;
use fastrand::Rng;

/// Passes over the rows; on text both methods are within a hundredth of their end after far fewer.
const MOST_PASSES: usize = 60;
/// A pass whose largest step is smaller than this ends the fit.
const TOLERANCE: f64 = 0.01;

/// Weights of the columns, and what is added to every score.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Linear {
    /// One weight a column.
    pub weights: Vec<f64>,
    /// Added to every score.
    pub bias: f64,
}

impl Linear {
    /// The score of a row.
    #[must_use]
    pub fn score(&self, row: &Sparse) -> f64 {
        row.dot_dense(&self.weights) + self.bias
    }

    /// The columns that moved a row's score most, with by how much; the strongest first.
    #[must_use]
    pub fn reasons(&self, row: &Sparse, most: usize) -> Vec<(u32, f64)> {
        let mut parts: Vec<(u32, f64)> = row
            .iter()
            .filter_map(|(at, value)| Some((at, f64::from(value) * self.weights.get(at as usize)?)))
            .filter(|(_, part)| *part != 0.0)
            .collect();
        parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        parts.truncate(most);
        parts
    }
}

/// What a fit needs beside its rows.
#[derive(Clone, Copy, Debug)]
pub struct Fit<'a> {
    /// Columns of the rows.
    pub columns: usize,
    /// How much an error costs against the size of the weights; larger follows the rows closer.
    pub cost: f64,
    /// One weight a row; all alike without.
    pub row_weights: Option<&'a [f64]>,
    /// Seed of the order of steps.
    pub seed: u64,
}

impl Fit<'_> {
    fn cost_of(&self, row: usize) -> f64 {
        self.cost * self.row_weights.and_then(|weights| weights.get(row)).copied().unwrap_or(1.0).max(1e-6)
    }

    /// Logistic regression: the probability of `true` is the logistic function of the score.
    #[must_use]
    pub fn logistic(&self, rows: &[Sparse], labels: &[bool]) -> Linear {
        let mut model = Linear { weights: vec![0.0; self.columns], bias: 0.0 };
        let count = rows.len().min(labels.len());
        let mut alphas: Vec<[f64; 2]> = (0..count)
            .map(|at| {
                let cost = self.cost_of(at);
                let first = (0.001 * cost).min(1e-8);
                [first, cost - first]
            })
            .collect();
        let squares: Vec<f64> = rows.iter().map(|row| row.squared() + 1.0).collect();
        for at in 0..count {
            step(&mut model, &rows[at], signed(labels[at]) * alphas[at][0]);
        }
        let mut order: Vec<usize> = (0..count).collect();
        let mut random = Rng::with_seed(self.seed);
        for _ in 0..MOST_PASSES {
            random.shuffle(&mut order);
            let mut largest: f64 = 0.0;
            for &at in &order {
                let sign = signed(labels[at]);
                let margin = sign * model.score(&rows[at]);
                let (moved, gradient) =
                    logistic_step(&mut alphas[at], self.cost_of(at), (squares[at], margin));
                step(&mut model, &rows[at], sign * moved);
                largest = largest.max(gradient);
            }
            if largest < TOLERANCE {
                break;
            }
        }
        model
    }

    /// Support vector regression: absolute error, of which up to `slack` costs nothing.
    #[must_use]
    pub fn regression(&self, rows: &[Sparse], targets: &[f64], slack: f64) -> Linear {
        let mut model = Linear { weights: vec![0.0; self.columns], bias: 0.0 };
        let count = rows.len().min(targets.len());
        let mut betas = vec![0.0_f64; count];
        let squares: Vec<f64> = rows.iter().map(|row| row.squared() + 1.0).collect();
        let mut order: Vec<usize> = (0..count).filter(|at| targets[*at].is_finite()).collect();
        let mut random = Rng::with_seed(self.seed);
        let scale =
            targets.iter().map(|target| target.abs()).filter(|size| size.is_finite()).fold(1e-9, f64::max);
        for _ in 0..MOST_PASSES {
            random.shuffle(&mut order);
            let mut largest: f64 = 0.0;
            for &at in &order {
                let gradient = model.score(&rows[at]) - targets[at];
                let square = squares[at];
                let newton = if gradient + slack < square * betas[at] {
                    -(gradient + slack) / square
                } else if gradient - slack > square * betas[at] {
                    -(gradient - slack) / square
                } else {
                    -betas[at]
                };
                let most = self.cost_of(at);
                let new = (betas[at] + newton).clamp(-most, most);
                let moved = new - betas[at];
                betas[at] = new;
                if moved != 0.0 {
                    step(&mut model, &rows[at], moved);
                }
                largest = largest.max((moved * square).abs());
            }
            if largest < TOLERANCE * 0.1 * scale {
                break;
            }
        }
        model
    }
}

impl Fit<'_> {
    /// Ridge regression: squared error, on the same dual as [`Fit::regression`]; a cost of 0.5 is a penalty of 1.
    #[must_use]
    pub fn least_squares(&self, rows: &[Sparse], targets: &[f64]) -> Linear {
        let mut model = Linear { weights: vec![0.0; self.columns], bias: 0.0 };
        let count = rows.len().min(targets.len());
        let mut order: Vec<usize> = (0..count).filter(|at| targets[*at].is_finite()).collect();
        let scale = order.iter().map(|at| targets[*at].abs()).fold(1e-9, f64::max);
        let mut betas = vec![0.0_f64; count];
        let mut random = Rng::with_seed(self.seed);
        for _ in 0..MOST_PASSES {
            random.shuffle(&mut order);
            let mut largest: f64 = 0.0;
            for &at in &order {
                let softness = 0.5 / self.cost_of(at);
                let wrong = targets[at] - model.score(&rows[at]) - softness * betas[at];
                let moved = wrong / (rows[at].squared() + 1.0 + softness);
                betas[at] += moved;
                step(&mut model, &rows[at], moved);
                largest = largest.max(wrong.abs());
            }
            if largest < TOLERANCE * scale {
                break;
            }
        }
        model
    }
}

fn signed(label: bool) -> f64 {
    if label { 1.0 } else { -1.0 }
}

/// Moves the weights along a row; the bias is a column that is always 1.
fn step(model: &mut Linear, row: &Sparse, by: f64) {
    row.add_to(&mut model.weights, by);
    model.bias += by;
}

/// Newton's method on one pair of dual variables; answers how far the first moved, and the gradient before.
fn logistic_step(pair: &mut [f64; 2], cost: f64, (square, margin): (f64, f64)) -> (f64, f64) {
    const MOST_STEPS: usize = 50;
    const SHRINK: f64 = 0.1;
    let turned = 0.5 * square * (pair[1] - pair[0]) + margin < 0.0;
    let (first, sign) = if turned { (1, -1.0) } else { (0, 1.0) };
    let old = pair[first];
    let mut at = if cost - old < 0.5 * cost { SHRINK * old } else { old };
    let slope = |at: f64| square * (at - old) + sign * margin + (at / (cost - at)).ln();
    let mut gradient = slope(at);
    let before = gradient.abs();
    for _ in 0..MOST_STEPS {
        if gradient.abs() < 1e-3 {
            break;
        }
        let curve = square + cost / ((cost - at) * at);
        let next = at - gradient / curve;
        at = if next <= 0.0 { at * SHRINK } else { next.min(cost * (1.0 - 1e-12)) };
        gradient = slope(at);
    }
    if !at.is_finite() {
        return (0.0, 0.0);
    }
    pair[first] = at;
    pair[1 - first] = cost - at;
    (sign * (at - old), before)
}

/// The logistic function.
#[must_use]
pub fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

#[cfg(test)]
mod tests {
    use super::{Fit, Sparse, logistic};

    fn row(values: &[f32]) -> Sparse {
        Sparse::new(values.iter().zip(0..).map(|(value, at)| (at, *value)).collect())
    }

    #[test]
    fn a_plain_rule_is_learned_and_probabilities_follow_the_shares() {
        // Of rows with the feature three quarters are true, of those without none.
        let rows: Vec<Sparse> = (0..80).map(|nth| row(&[f32::from(u8::from(nth % 2 == 0))])).collect();
        let labels: Vec<bool> = (0..80).map(|nth| nth % 2 == 0 && nth % 8 != 0).collect();
        let fit = Fit { columns: 1, cost: 5.0, row_weights: None, seed: 1 };
        let model = fit.logistic(&rows, &labels);
        let share = logistic(model.score(&row(&[1.0])));
        assert!((share - 0.75).abs() < 0.03, "{share}");
        assert!(logistic(model.score(&row(&[0.0]))) < 0.05);
        assert_eq!(model, fit.logistic(&rows, &labels));
    }

    #[test]
    fn regression_follows_the_middle_and_not_the_outlier() {
        let rows: Vec<Sparse> = (0..50).map(|nth| row(&[nth as f32 / 50.0])).collect();
        let mut targets: Vec<f64> = (0..50).map(|nth| 2.0 + 3.0 * f64::from(nth) / 50.0).collect();
        targets[10] = 1000.0;
        let fit = Fit { columns: 1, cost: 10.0, row_weights: None, seed: 1 };
        let model = fit.regression(&rows, &targets, 0.0);
        assert!((model.score(&row(&[0.5])) - 3.5).abs() < 0.2, "{model:?}");
    }

    #[test]
    fn least_squares_follow_the_mean() {
        let rows: Vec<Sparse> = (0..50).map(|nth| row(&[nth as f32 / 50.0])).collect();
        let targets: Vec<f64> =
            (0..50).map(|nth| 2.0 + 3.0 * f64::from(nth) / 50.0 + f64::from(nth % 2)).collect();
        let fit = Fit { columns: 1, cost: 10.0, row_weights: None, seed: 1 };
        let model = fit.least_squares(&rows, &targets);
        assert!((model.score(&row(&[0.5])) - 4.0).abs() < 0.1, "{model:?}");
        assert_eq!(fit.least_squares(&[], &[]).score(&row(&[1.0])), 0.0);
    }

    #[test]
    fn nothing_and_nonsense_are_survived() {
        let fit = Fit { columns: 2, cost: 1.0, row_weights: None, seed: 1 };
        assert_eq!(fit.logistic(&[], &[]).score(&row(&[1.0, 1.0])), 0.0);
        let rows = [row(&[f32::NAN, f32::MAX]), row(&[0.0, f32::INFINITY])];
        assert!(fit.regression(&rows, &[f64::NAN, 1.0], 0.1).score(&row(&[1.0, 1.0])).is_finite());
        assert!(fit.logistic(&rows, &[true, true]).score(&row(&[1.0, 1.0])).is_finite());
    }
}
