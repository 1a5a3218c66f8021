//! Making stated probabilities come true as often as they say, and showing whether they do.
//!
//! Temperature scaling (Guo et al. 2017) for scores of several labels; isotonic regression by pooling adjacent violators
//! (Ayer et al. 1955) for one probability; the reliability diagram and its error (Naeini et al. 2015).
//! Deliberately not here: which rows are held out. Known limit: isotonic regression needs some hundred rows, below which it
//! copies chance; a temperature needs some dozen.

use super::metrics::calibration_error;

/// Temperatures looked at: from ten times as sure to ten times as unsure, in steps of a twentieth of e.
const SPAN: f64 = std::f64::consts::LN_10;
const STEPS: i32 = 92;
/// Rows below which a temperature is left at 1.
const LEAST_ROWS: usize = 10;

/// What scores are divided by before the softmax.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Temperature(f64);

impl Default for Temperature {
    fn default() -> Self {
        Self(1.0)
    }
}

impl Temperature {
    /// The temperature under which the truths are most probable. Rows of another length than the first count nothing.
    #[must_use]
    pub fn fit(scores: &[Vec<f64>], truths: &[usize]) -> Self {
        let rows: Vec<(&Vec<f64>, usize)> = scores
            .iter()
            .zip(truths.iter().copied())
            .filter(|(scores, truth)| *truth < scores.len() && scores.iter().all(|score| score.is_finite()))
            .collect();
        if rows.len() < LEAST_ROWS {
            return Self::default();
        }
        let loss = |temperature: f64| -> f64 {
            rows.iter().map(|(scores, truth)| -softmax(scores, temperature)[*truth].max(1e-12).ln()).sum()
        };
        let tried =
            (-STEPS / 2..=STEPS / 2).map(|step| (SPAN * 2.0 * f64::from(step) / f64::from(STEPS)).exp());
        let best =
            tried.map(|temperature| (temperature, loss(temperature))).min_by(|a, b| a.1.total_cmp(&b.1));
        Self(best.map_or(1.0, |(temperature, _)| temperature))
    }

    /// Probabilities of scores; they add to 1.
    #[must_use]
    pub fn probabilities(self, scores: &[f64]) -> Vec<f64> {
        softmax(scores, self.0)
    }
}

/// Probabilities of scores over a temperature; what is not finite is 0. They add to 1.
#[must_use]
pub fn softmax(scores: &[f64], temperature: f64) -> Vec<f64> {
    let finite = |score: &f64| if score.is_finite() { *score } else { 0.0 };
    let most = scores.iter().map(finite).fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> =
        scores.iter().map(|score| ((finite(score) - most) / temperature.max(1e-6)).exp()).collect();
    let total: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / total).collect()
}

/// A step function that never falls.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Isotonic {
    /// From each stated value on, what came true.
    steps: Vec<(f64, f64)>,
}

impl Isotonic {
    /// Fits by pooling adjacent violators; what is not finite counts nothing.
    #[must_use]
    pub fn fit(stated: &[f64], came_true: &[bool]) -> Self {
        let mut rows: Vec<(f64, f64)> = stated
            .iter()
            .zip(came_true)
            .filter(|(stated, _)| stated.is_finite())
            .map(|(stated, truth)| (*stated, f64::from(u8::from(*truth))))
            .collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Blocks: where they begin, the sum of truths, the rows.
        let mut blocks: Vec<(f64, f64, f64)> = Vec::new();
        for (stated, truth) in rows {
            blocks.push((stated, truth, 1.0));
            while let [.., before, last] = blocks.as_slice()
                && (before.1 / before.2 >= last.1 / last.2 || before.0 == last.0)
            {
                let merged = (before.0, before.1 + last.1, before.2 + last.2);
                blocks.truncate(blocks.len() - 2);
                blocks.push(merged);
            }
        }
        Self { steps: blocks.into_iter().map(|(from, sum, count)| (from, sum / count)).collect() }
    }

    /// The steps of a fit: from each stated value on, what came true.
    #[must_use]
    pub fn steps(&self) -> &[(f64, f64)] {
        &self.steps
    }

    /// A fit that was kept as its steps.
    #[must_use]
    pub fn from_steps(steps: Vec<(f64, f64)>) -> Self {
        Self { steps }
    }

    /// What a stated value is worth; unchanged without a fit.
    #[must_use]
    pub fn at(&self, stated: f64) -> f64 {
        let after = self.steps.partition_point(|(from, _)| *from <= stated);
        match (after.checked_sub(1).and_then(|at| self.steps.get(at)), self.steps.first()) {
            (Some((_, worth)), _) | (None, Some((_, worth))) => *worth,
            (None, None) => stated,
        }
    }
}

/// One bar of a reliability diagram.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bar {
    /// Rows in it.
    pub rows: usize,
    /// Mean stated probability.
    pub stated: f64,
    /// Share that came true.
    pub came_true: f64,
}

/// A reliability diagram with its error.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reliability {
    /// Bars of a tenth each that have rows, rising.
    pub bars: Vec<Bar>,
    /// Expected calibration error, 0 to 1; `None` without rows.
    pub error: Option<f64>,
}

impl Reliability {
    /// Of stated probabilities and whether they came true; what is no probability is left out.
    #[must_use]
    pub fn of(stated: &[f64], came_true: &[bool]) -> Self {
        let mut bins = vec![(0_usize, 0.0, 0.0); 10];
        let rows = stated.iter().zip(came_true);
        for (stated, truth) in rows.filter(|(stated, _)| (0.0..=1.0).contains(*stated)) {
            let (rows, sum, hits) = &mut bins[((stated * 10.0) as usize).min(9)];
            *rows += 1;
            *sum += stated;
            *hits += f64::from(u8::from(*truth));
        }
        let bar = |(rows, sum, hits): (usize, f64, f64)| Bar {
            rows,
            stated: sum / rows as f64,
            came_true: hits / rows as f64,
        };
        Self {
            bars: bins.into_iter().filter(|(rows, _, _)| *rows > 0).map(bar).collect(),
            error: calibration_error(stated, came_true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Isotonic, Reliability, Temperature, softmax};

    #[test]
    fn a_temperature_takes_back_what_scores_claim_too_much() {
        let sure: Vec<Vec<f64>> = (0..100).map(|_| vec![4.0, 0.0]).collect();
        let truths: Vec<usize> = (0..100).map(|at| usize::from(at % 4 == 0)).collect();
        let stated = Temperature::fit(&sure, &truths).probabilities(&[4.0, 0.0]);
        assert!((stated[0] - 0.75).abs() < 0.02, "{stated:?}");
        assert_eq!(softmax(&[f64::NAN, 0.0], 1.0), [0.5, 0.5]);
    }

    #[test]
    fn adjacent_violators_are_pooled() {
        let fitted = Isotonic::fit(&[0.1, 0.2, 0.3, 0.4], &[false, true, false, true]);
        assert_eq!([fitted.at(0.0), fitted.at(0.25), fitted.at(0.35), fitted.at(0.9)], [0.0, 0.5, 0.5, 1.0]);
        assert_eq!(Isotonic::default().at(0.3), 0.3);
    }

    #[test]
    fn a_diagram_has_the_bars_that_have_rows() {
        let diagram = Reliability::of(&[0.75, 0.75, 0.75, 0.75], &[true, true, true, false]);
        assert_eq!(diagram.bars.len(), 1);
        assert!(diagram.error.unwrap() < 1e-9);
    }
}
