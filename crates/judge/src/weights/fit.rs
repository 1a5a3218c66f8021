//! From pairs to weights: the rubric's weights as prior, moved by what people put first.
//!
//! Only criteria in which some pair differs are fitted; they share what they weighed together before, and the others keep
//! their weight. Deliberately not here: whether the result is any better (`held_out`).

use crate::learn::preference::{Preference, Trust, Weight};
use crate::rubric::{Rubric, RubricError};
use serde::{Deserialize, Serialize};

/// Differences in strength below this tell nothing: a tenth of a point of the score at most.
const LEAST_LEAD: f64 = 1e-3;
/// Every fit draws the same chances: the same answers give the same proposal.
pub(super) const SEED: u64 = 0x5eed;

/// Two tasks, and which of them comes first.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Strengths of the one that comes first, one a criterion.
    pub first: Vec<f64>,
    /// Strengths of the other.
    pub second: Vec<f64>,
    /// Whether they were called equal instead.
    pub is_tie: bool,
    /// How the answer was come by.
    pub trust: Trust,
}

/// One criterion's weight before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LearnedWeight {
    /// The criterion.
    pub criterion: String,
    /// Its weight in the rubric, 0–1.
    pub before: f64,
    /// What the pairs make of it, 0–1; all weights sum to 1.
    pub after: f64,
    /// Nine of ten weights that fit the pairs lie above it.
    pub low: f64,
    /// Nine of ten lie below it.
    pub high: f64,
    /// Whether any pair told something of it; otherwise it keeps its weight.
    pub is_told: bool,
}

/// The criteria, by place, that some pair differs in.
pub(super) fn told<'a>(pairs: impl Iterator<Item = &'a Pair> + Clone, criteria: usize) -> Vec<usize> {
    let differs = |at: &usize| {
        pairs.clone().any(|pair| match (pair.first.get(*at), pair.second.get(*at)) {
            (Some(a), Some(b)) => (a - b).abs() > LEAST_LEAD,
            _ => false,
        })
    };
    (0..criteria).filter(differs).collect()
}

/// What is believed of the told criteria's weights after the pairs.
pub(super) fn believed<'a>(
    prior: &[f64],
    told: &[usize],
    pairs: impl IntoIterator<Item = &'a Pair>,
) -> Preference {
    let weights: Vec<f64> = told.iter().map(|at| prior[*at]).collect();
    let mut belief = Preference::around(&weights, SEED);
    for pair in pairs {
        let (first, second) = (part(&pair.first, told), part(&pair.second, told));
        if pair.is_tie {
            belief.same(&first, &second, pair.trust);
        } else {
            belief.answer(&first, &second, pair.trust);
        }
    }
    belief
}

/// The strengths at some places.
pub(super) fn part(strengths: &[f64], at: &[usize]) -> Vec<f64> {
    at.iter().map(|at| strengths.get(*at).copied().unwrap_or(f64::NAN)).collect()
}

/// The weights that the pairs speak for, one a criterion of the rubric.
#[must_use]
pub fn fit(rubric: &Rubric, pairs: &[Pair]) -> Vec<LearnedWeight> {
    let prior: Vec<f64> = rubric.criteria().iter().map(|criterion| criterion.weight).collect();
    let told = told(pairs.iter(), prior.len());
    let weights = believed(&prior, &told, pairs).weights();
    let share: f64 = told.iter().map(|at| prior[*at]).sum();
    let learned = |at: usize| told.iter().position(|known| *known == at).map(|nth| weights[nth]);
    let criteria = rubric.criteria().iter().enumerate();
    criteria
        .map(|(at, criterion)| {
            let kept = Weight { mean: prior[at], low: prior[at], high: prior[at] };
            let weight = learned(at).map_or(kept, |weight| Weight {
                mean: weight.mean * share,
                low: weight.low * share,
                high: weight.high * share,
            });
            LearnedWeight {
                criterion: criterion.name.clone(),
                before: prior[at],
                after: weight.mean,
                low: weight.low,
                high: weight.high,
                is_told: learned(at).is_some(),
            }
        })
        .collect()
}

/// The rubric with the learned weights, under a new version.
///
/// # Errors
/// Weights of another rubric.
pub fn proposed(rubric: &Rubric, learned: &[LearnedWeight], version: &str) -> Result<Rubric, RubricError> {
    let weights: Vec<f64> = learned.iter().map(|weight| weight.after).collect();
    rubric.with_weights(version, &weights)
}
