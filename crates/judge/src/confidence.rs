//! Confidence in a score.
//!
//! Stated first: the share of the rubric's inputs that are known, reduced where layers disagree (the priority a person set
//! and the rest of the score, a language model's ratings and the rules, or its answers with one another); labelled not
//! calibrated. Where the team's decisions have shown how often such a confidence is right
//! (`learn::team`), that takes its place. Deliberately not here: any model's opinion of itself.

use crate::criterion;
use crate::facts::Facts;
use crate::learn::calibration::Isotonic;
use domain::{Confidence, MeasuredConfidence};

/// Nothing that rests on no measured decision is shown as certain, or as certainly wrong.
const RANGE: (f64, f64) = (5.0, 95.0);
/// How much a complete disagreement between a person's priority and the score takes away.
const DISAGREEMENT: f64 = 0.3;
/// How much answers of a language model take away that are far apart (`Rating::disagrees`): as much as a person's priority
/// two thirds of the scale off.
const UNRELIABLE: f64 = 0.2;
/// A task without a description is judged by its title alone.
const NO_DESCRIPTION: f64 = 0.85;

/// How much is known of a task, 0–1: the share of the rubric's inputs, less without a description.
pub(crate) fn known(facts: &Facts, coverage: f64) -> f64 {
    coverage * if facts.task.notes.trim().is_empty() { NO_DESCRIPTION } else { 1.0 }
}

/// `known` and `strength` (the score as a share of 100) are 0–1.
pub(crate) fn confidence(facts: &Facts, known: f64, strength: f64) -> Confidence {
    let agreement =
        facts.priority().map_or(1.0, |(_, theirs)| 1.0 - DISAGREEMENT * (theirs - strength).abs());
    let agreement = agreement * with_ratings(facts);
    let percent = |share: f64| (100.0 * share).round().clamp(RANGE.0, RANGE.1) as u8;
    let stated = percent(known * agreement);
    let share = f64::from(stated) / 100.0;
    // Below what people have decided on nothing was measured.
    let reaches =
        |measured: &&MeasuredConfidence| measured.steps.first().is_some_and(|(from, _)| *from <= share);
    match facts.cx.snapshot.evidence.confidence.as_ref().filter(reaches) {
        Some(measured) => {
            let worth = Isotonic::from_steps(measured.steps.clone()).at(share);
            Confidence { percent: percent(worth), calibrated: true, stated, decisions: measured.decisions }
        }
        None => Confidence { percent: stated, calibrated: false, stated, decisions: 0 },
    }
}

/// Agreement of the ratings with the rules, by the weights of the criteria they speak to, and with one another, 0–1.
fn with_ratings(facts: &Facts) -> f64 {
    let Some(ratings) = facts.ratings() else { return 1.0 };
    let (mut apart, mut weights) = (0.0, 0.0);
    for criterion in &facts.cx.criteria {
        if let Some((_, rated)) = facts.rating(criterion) {
            apart += criterion.weight * (rated - criterion::by_rules(criterion, facts)).abs();
            weights += criterion.weight;
        }
    }
    let apart = if weights > 0.0 { apart / weights } else { 0.0 };
    (1.0 - DISAGREEMENT * apart) * if ratings.disagree() { 1.0 - UNRELIABLE } else { 1.0 }
}
