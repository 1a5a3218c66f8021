//! One criterion of the rubric on one task: its points, and what they rest on.
//!
//! Points are rounded to the tenth here, once; the score is the sum of these. Deliberately not here: ranking.

use crate::facts::Facts;
use crate::rubric::{Combine, Criterion, Scale, Source};
use crate::signals::{Sight, Signal};
use domain::{AiShare, Contribution, Missing, Points, Reading, Reason};

impl Criterion {
    /// What feeds it, for people: signals with their shares in percent, or the formula as written.
    #[must_use]
    pub fn made_of(&self) -> String {
        match &self.source {
            Source::Signals { shares, .. } => {
                let each = shares.iter().map(|(s, share)| format!("{} {:.0} %", s.name, 100.0 * share));
                each.collect::<Vec<_>>().join(", ")
            }
            Source::Formula { formula, .. } => formula.text().to_owned(),
        }
    }
}

/// Points of a criterion, without the words.
pub(crate) fn points(criterion: &Criterion, facts: &Facts) -> Points {
    Points::from_f64(100.0 * criterion.weight * strength(criterion, facts))
}

/// Strength of a criterion, 0–1: what rules and learned models give it, drawn towards a language model's rating by at
/// most the policy's cap.
pub(crate) fn strength(criterion: &Criterion, facts: &Facts) -> f64 {
    let rules = by_rules(criterion, facts);
    facts.rating(criterion).map_or(rules, |(_, rated)| rules + cap(facts) * (rated - rules)).clamp(0.0, 1.0)
}

/// How far a rating may move a strength, 0–1, whatever the snapshot holds.
fn cap(facts: &Facts) -> f64 {
    let cap = facts.cx.snapshot.evidence.ai_cap.unwrap_or(0.0);
    if cap.is_finite() { cap.clamp(0.0, 1.0) } else { 0.0 }
}

/// Strength of a criterion by rules and learned models alone, 0–1.
pub(crate) fn by_rules(criterion: &Criterion, facts: &Facts) -> f64 {
    match &criterion.source {
        Source::Signals { combine, shares } => {
            let parts = shares.iter().map(|(signal, share)| match (signal.read)(facts) {
                Sight::Strength(value) => share * value,
                Sight::Absent | Sight::Unknown => 0.0,
            });
            match combine {
                Combine::Sum => parts.sum(),
                Combine::Strongest => parts.fold(0.0, f64::max),
            }
        }
        Source::Formula { formula, .. } => {
            formula.value(facts).map_or(0.0, |value| formula_strength(&criterion.source, value))
        }
    }
    .clamp(0.0, 1.0)
}

/// Where a formula's value lies between `min` (0) and `max` (1).
fn formula_strength(source: &Source, value: f64) -> f64 {
    let Source::Formula { scale, min, max, invert, .. } = source else { return 0.0 };
    let place = match scale {
        Scale::Linear => (value - min) / (max - min),
        Scale::Log if value <= 0.0 => 0.0,
        Scale::Log => (value / min).ln() / (max / min).ln(),
    }
    .clamp(0.0, 1.0);
    if *invert { 1.0 - place } else { place }
}

/// Points of a criterion with the readings they rest on.
pub(crate) fn contribution(criterion: &Criterion, facts: &Facts) -> Contribution {
    let mut readings = match &criterion.source {
        Source::Signals { shares, .. } => {
            shares.iter().filter_map(|(s, share)| reading(s, *share, facts)).collect()
        }
        Source::Formula { .. } => formula_reading(criterion, facts).into_iter().collect::<Vec<_>>(),
    };
    readings.sort_by(|a: &Reading, b: &Reading| b.value.total_cmp(&a.value));
    if matches!(criterion.source, Source::Signals { combine: Combine::Strongest, .. }) {
        // The others add nothing to the points, and so are no reason for them.
        readings.truncate(1);
    }
    Contribution {
        criterion: criterion.name.clone(),
        points: points(criterion, facts),
        most: Points::from_f64(100.0 * criterion.weight),
        readings,
        ai: ai(criterion, facts),
    }
}

/// The part of a criterion's points that a rating makes, so that rules and rating sum to the tenth.
fn ai(criterion: &Criterion, facts: &Facts) -> Option<AiShare> {
    let (rating, _) = facts.rating(criterion)?;
    let without = Points::from_f64(100.0 * criterion.weight * by_rules(criterion, facts));
    let moved = points(criterion, facts) - without;
    let reason = Reason::Rated {
        dimension: rating.dimension,
        score: rating.mean(),
        quote: rating.quote.clone(),
        source: rating.source.clone(),
    };
    (cap(facts) > 0.0 && criterion.weight > 0.0).then_some(AiShare { points: moved, reason })
}

/// A reading counts with its share, so that reasons of different signals can be compared.
fn reading(signal: &Signal, share: f64, facts: &Facts) -> Option<Reading> {
    let Sight::Strength(value) = (signal.read)(facts) else { return None };
    let reason = (signal.reason)(facts)?;
    Some(Reading { signal: signal.name.to_owned(), value: value * share, reason })
}

fn formula_reading(criterion: &Criterion, facts: &Facts) -> Option<Reading> {
    let Source::Formula { formula, .. } = &criterion.source else { return None };
    let value = formula.value(facts)?;
    let reason =
        Reason::Formula { criterion: criterion.name.clone(), formula: formula.text().to_owned(), value };
    let strength = formula_strength(&criterion.source, value);
    Some(Reading { signal: "formula".to_owned(), value: strength, reason })
}

/// What the criterion asked for and did not find, and the share of it that is known, 0–1.
pub(crate) fn coverage(criterion: &Criterion, facts: &Facts) -> (Vec<Missing>, f64) {
    let missing = |input: &str| Missing { criterion: criterion.name.clone(), input: input.to_owned() };
    match &criterion.source {
        Source::Signals { shares, .. } => {
            let unknown: Vec<_> = shares.iter().filter(|(s, _)| (s.read)(facts) == Sight::Unknown).collect();
            let all: f64 = shares.iter().map(|(_, share)| share).sum();
            let lost: f64 = unknown.iter().map(|(_, share)| share).sum();
            (unknown.iter().map(|(s, _)| missing(s.name)).collect(), 1.0 - lost / all)
        }
        Source::Formula { formula, .. } => {
            let absent = formula.missing(facts);
            let known = if absent.is_empty() { 1.0 } else { 0.0 };
            (absent.into_iter().map(missing).collect(), known)
        }
    }
}
