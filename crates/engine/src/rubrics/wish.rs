//! A rubric as somebody would have it: other weights, other thresholds of the bands; tried on a page, or kept as a proposal.
//!
//! Deliberately not here: putting it in force (`accept_rubric`), and learning weights (`calibrate`).

use super::{Deciding, golden_evidence};
use crate::calibrate::{BandChange, Evidence, keep_proposal, proposal};
use crate::context::Engine;
use crate::error::EngineError;
use domain::{Bands, Points, ProjectGid};
use judge::Rubric;
use judge::weights::{LearnedWeight, change, next_version};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{Origin, RubricVersion};

/// What somebody asks for; what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RubricWish {
    /// Weights by criterion, any number of 0 or more; only the proportions count.
    pub weights: BTreeMap<String, f64>,
    /// The lowest score of P0, P1 and P2, points.
    pub floors: [Option<f64>; 3],
}

/// Weights alone.
impl From<BTreeMap<String, f64>> for RubricWish {
    fn from(weights: BTreeMap<String, f64>) -> RubricWish {
        RubricWish { weights, ..RubricWish::default() }
    }
}

/// A criterion's weight as it is and as it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Weight {
    /// The criterion.
    pub criterion: String,
    /// Its share of the score in force, percent.
    pub now: f64,
    /// What was asked for, any number of 0 or more.
    pub asked: f64,
    /// Its share under what was asked for, percent.
    pub share: f64,
}

impl RubricWish {
    /// The weights of a rubric beside those asked for.
    ///
    /// # Errors
    /// A criterion that the rubric does not have; weights below 0 or no numbers, or all 0.
    pub fn weights_of(&self, rubric: &Rubric) -> Result<Vec<Weight>, EngineError> {
        let unusable = |why: &str| Err(EngineError::Unusable(why.to_owned()));
        let names: Vec<&str> = rubric.criteria().iter().map(|criterion| criterion.name.as_str()).collect();
        if let Some(unknown) = self.weights.keys().find(|name| !names.contains(&name.as_str())) {
            let known = names.join(", ");
            return unusable(&format!("`{unknown}` is no criterion of the rubric; these are: {known}"));
        }
        let weight = |criterion: &judge::Criterion| {
            let now = percent(criterion.weight);
            let asked = self.weights.get(&criterion.name).copied().unwrap_or(now);
            Weight { criterion: criterion.name.clone(), now, asked, share: 0.0 }
        };
        let mut weights: Vec<Weight> = rubric.criteria().iter().map(weight).collect();
        if weights.iter().any(|weight| !(0.0..=1e6).contains(&weight.asked)) {
            return unusable("weights must be numbers from 0 to 1,000,000");
        }
        let sum: f64 = weights.iter().map(|weight| weight.asked).sum();
        if sum <= 0.0 {
            return unusable("at least one weight must be above 0");
        }
        for weight in &mut weights {
            weight.share = percent(weight.asked / sum);
        }
        Ok(weights)
    }

    /// The bands of a rubric with the thresholds asked for.
    #[must_use]
    pub fn bands_of(&self, rubric: &Rubric) -> Bands {
        let now = *rubric.bands();
        let floor = |at: usize, now: Points| self.floors[at].map_or(now, Points::from_f64);
        Bands { p0: floor(0, now.p0), p1: floor(1, now.p1), p2: floor(2, now.p2), ..now }
    }

    /// The rubric that is asked for, under another version; the same when nothing else is asked for.
    ///
    /// # Errors
    /// As [`RubricWish::weights_of`]; thresholds that do not fall.
    pub fn of(&self, rubric: &Rubric, version: &str) -> Result<Rubric, EngineError> {
        let shares: Vec<f64> = self.weights_of(rubric)?.iter().map(|weight| weight.asked).collect();
        let unusable = |error: judge::RubricError| EngineError::Unusable(error.to_string());
        let other = rubric.with_weights(version, &shares).map_err(unusable)?;
        other.with_bands(self.bands_of(rubric)).map_err(unusable)
    }

    /// Whether it differs from a rubric: a weight by more than a twentieth of a percent, or a threshold.
    ///
    /// # Errors
    /// As [`RubricWish::weights_of`].
    pub fn differs_from(&self, rubric: &Rubric) -> Result<bool, EngineError> {
        let weights = self.weights_of(rubric)?;
        let moved = weights.iter().any(|weight| (weight.share - weight.now).abs() > 0.05);
        Ok(moved || self.bands_of(rubric) != *rubric.bands())
    }
}

fn percent(share: f64) -> f64 {
    (1000.0 * share).round() / 10.0
}

/// Keeps what somebody asks for as a proposal of the project, with what it would change of the last snapshot. Nothing is in force
/// by that: somebody accepts it, or turns it down.
///
/// # Errors
/// What is no change, or cannot be; a project that was never judged; the store's.
pub async fn propose_rubric(
    engine: &Engine,
    project: &ProjectGid,
    wish: &RubricWish,
    how: &Deciding,
) -> Result<RubricVersion, EngineError> {
    let engine = &engine.for_project(project).await?;
    let unusable = |text: &str| EngineError::Unusable(text.to_owned());
    if !wish.differs_from(&engine.rubric)? {
        return Err(unusable("this is the rubric in force: change a weight or a threshold first"));
    }
    let never =
        || unusable("the project was never judged: groom it first, so that it is seen what would change");
    let saved = engine.store.last_judged(project).await?.ok_or_else(never)?;
    let snapshot = engine.store.snapshot(&saved.plan.snapshot).await?.ok_or_else(never)?;
    let known = engine.store.rubrics(project).await?;
    let version = next_version(engine.rubric.version(), known.iter().map(|known| known.version.as_str()));
    let rubric = wish.of(&engine.rubric, &version)?;
    let (before, after) = (*engine.rubric.bands(), *rubric.bands());
    let evidence = Evidence {
        base: engine.rubric.version().to_owned(),
        weights: wish.weights_of(&engine.rubric)?.into_iter().map(asked).collect(),
        answers: None,
        past: None,
        backlog: Some(change(&snapshot, saved.plan.now, &engine.rubric, &rubric)),
        golden: golden_evidence(engine, project, [&engine.rubric, &rubric]).await?,
        bands: (before != after).then_some(BandChange { before, after }),
        reason: how.reason.clone(),
    };
    let proposal = proposal(engine, (project, Origin::Hand), &rubric, &evidence);
    keep_proposal(engine, proposal, &how.who(engine).await?).await
}

/// A weight that was asked for; nothing about it is uncertain.
fn asked(weight: Weight) -> LearnedWeight {
    let (before, after) = (weight.now / 100.0, weight.share / 100.0);
    LearnedWeight { criterion: weight.criterion, before, after, low: after, high: after, is_told: true }
}
