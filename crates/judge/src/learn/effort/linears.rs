//! Two linear models of a task's words: one follows the middle of what tasks took, one their ratios.
//!
//! The first has the smaller error, the second the better order: few large tasks bend it less. Recent tasks weigh more.
//! Deliberately not here: vectors, which are those of [`super::features`].

use super::history::History;
use super::{Expert, Scale};
use crate::learn::linear::{Fit, Linear};
use crate::learn::metrics::median;
use crate::learn::sparse::Sparse;

/// How much absolute errors cost, targets being in units of their mean distance from the middle. Of 0.01, 0.03, 0.1, 0.3
/// and 1 this one ordered tasks best without losing in error.
const COST: f64 = 0.3;
/// How much squared errors cost: a ridge penalty of 1, the usual start; 3 ordered tasks a little worse.
const SQUARED_COST: f64 = 0.5;
/// Tasks after which a task counts half.
const HALF_LIFE: f64 = 500.0;

/// The two models, each `middle` + `unit` × its score.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct OfWords {
    scale: Scale,
    /// On the scale of errors.
    middle: f64,
    unit: f64,
    by_middle: Linear,
    /// On the scale of ratios, whose unit is 1.
    ratio_middle: f64,
    by_ratio: Linear,
}

impl OfWords {
    /// Fits both to a history whose vectors have `columns` columns.
    pub(super) fn fit(
        history: &History,
        scale: Scale,
        vectors: &[Sparse],
        (columns, seed): (usize, u64),
    ) -> Self {
        let count = history.len();
        let weights: Vec<f64> =
            (0..count).map(|row| 0.5_f64.powf((count - row) as f64 / HALF_LIFE)).collect();
        let fit = Fit { columns, cost: COST, row_weights: Some(&weights), seed };
        let (middle, unit) = history.middle_and_spread();
        let targets: Vec<f64> = history.numbers().iter().map(|number| (number - middle) / unit).collect();
        let ratios: Vec<f64> = history.numbers().iter().map(|number| to_ratio(scale, *number)).collect();
        let ratio_middle = median(&ratios).unwrap_or_default();
        let ratios: Vec<f64> = ratios.iter().map(|ratio| ratio - ratio_middle).collect();
        Self {
            scale,
            middle,
            unit,
            by_middle: fit.regression(vectors, &targets, 0.0),
            ratio_middle,
            by_ratio: Fit { cost: SQUARED_COST, ..fit }.least_squares(vectors, &ratios),
        }
    }

    /// What each says of a task, on the scale of errors, within what is possible.
    pub(super) fn said(&self, vector: &Sparse) -> [(Expert, f64); 2] {
        let middle = self.middle + self.unit * self.by_middle.score(vector);
        let ratio = from_ratio(self.scale, self.ratio_middle + self.by_ratio.score(vector));
        [(Expert::Linear, middle.max(0.0)), (Expert::LinearRatio, ratio.max(0.0))]
    }
}

/// Numbers by ratio are on that scale already; others are put there after adding one, so that nothing is possible.
fn to_ratio(scale: Scale, number: f64) -> f64 {
    match scale {
        Scale::Difference => number.ln_1p(),
        Scale::Ratio => number,
    }
}

fn from_ratio(scale: Scale, ratio: f64) -> f64 {
    match scale {
        Scale::Difference => ratio.exp_m1(),
        Scale::Ratio => ratio,
    }
}
