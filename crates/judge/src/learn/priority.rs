//! How urgent a team would call a task: an order learned from the priorities it gave before.
//!
//! Priorities are ordered labels, so one model a step answers "at least this high?" (the cumulative view of McCullagh 1980,
//! "Regression models for ordinal data", with free slopes after Frank and Hall 2001). The score is the expected step.
//! Deliberately not here: deadlines, value, dependencies (signals of their own), and who reported the task.
//! Known limit: given priorities are noisy (two teams agree on hardly more than the order), so the label is the lesser answer.

use super::classify::features::Encoder;
use super::classify::model::averaged;
use super::classify::{Document, Group, Part, Reason};
use super::linear::{Fit, Linear};
use super::sparse::Sparse;

/// Rows learned from, the newest.
const MOST_ROWS: usize = 5_000;
/// Rows on either side of a step below which it is not learned: fewer are chance.
const LEAST_ROWS: usize = 5;
/// Tasks back from which a given priority weighs a third in [`momentum`], and how many are looked at: after 30 the weight is
/// below a 400th.
const FADES: f64 = 5.0;
const LOOKED_AT: usize = 30;
/// Share of a rank by which a rank's difference in momentum moves a score; chosen with the groups of features.
const MOMENTUM: f64 = 0.08;
/// Reasons of an estimate.
const MOST_REASONS: usize = 6;
/// Ranks told apart; higher ones count as the highest.
const MOST_RANKS: usize = 20;
/// Groups of features; weights chosen on the later quarter of the history of seven open projects.
const PARTS: [Part; 5] = [
    Part { group: Group::TitleWords, weight: 1.0, min_documents: 1 },
    Part { group: Group::BodyWords, weight: 1.0, min_documents: 3 },
    Part { group: Group::Facts, weight: 1.0, min_documents: 1 },
    Part { group: Group::Structure, weight: 0.5, min_documents: 2 },
    Part { group: Group::Severity, weight: 0.7, min_documents: 1 },
];

/// A task whose priority is known.
#[derive(Clone, Copy, Debug)]
pub struct Ranked<'a> {
    /// The task's text and facts.
    pub document: Document<'a>,
    /// Its priority's place in the team's order, 0 the lowest.
    pub rank: usize,
}

/// How an order is learned.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// Groups of features.
    pub parts: Vec<Part>,
    /// Cost of an error against the size of the weights.
    pub cost: f64,
    /// Rows after which a task counts half; `None` counts all alike.
    pub half_life: Option<f64>,
    /// Share of the model over log-count ratios, 0 to 1.
    pub bayes: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { parts: PARTS.to_vec(), cost: 1.0, half_life: None, bayes: 0.5 }
    }
}

impl Settings {
    /// One weight a row, the newest last with 1.
    fn weights(&self, rows: usize) -> Vec<f64> {
        let half = self.half_life.filter(|half| *half > 0.0).unwrap_or(f64::INFINITY);
        (0..rows).map(|at| (-((rows - 1 - at) as f64) / half).exp2()).collect()
    }
}

/// What to add to the score of a task as it arrives, from the ranks given last, the oldest first: priorities come in runs
/// (before a release, after an import). 0 without any. Tasks that are compared at one moment all get the same.
#[must_use]
pub fn momentum(ranks: &[usize]) -> f64 {
    let recent = ranks.iter().rev().take(LOOKED_AT).enumerate();
    let (sum, total) = recent.fold((0.0, 0.0), |(sum, total), (back, rank)| {
        let weight = (-(back as f64) / FADES).exp();
        (sum + weight * (*rank).min(MOST_RANKS - 1) as f64, total + weight)
    });
    if total > 0.0 { MOMENTUM * sum / total } else { 0.0 }
}

/// A fitted order.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Order {
    encoder: Encoder,
    /// A step: its rank and the model of "at least this rank".
    steps: Vec<(usize, Linear)>,
    /// Share of the history at each rank.
    shares: Vec<f64>,
}

/// How urgent a task seems.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Urgency {
    /// Higher is more urgent; comparable between tasks of one fit only.
    pub score: f64,
    /// Probability of each rank, the lowest first; they add to 1. Empty without a history.
    pub ranks: Vec<f64>,
    /// What moved the score most.
    pub reasons: Vec<Reason>,
}

impl Order {
    /// Learns from a history, the oldest first.
    #[must_use]
    pub fn fit(history: &[Ranked<'_>], settings: &Settings, seed: u64) -> Self {
        let history = &history[history.len().saturating_sub(MOST_ROWS)..];
        let documents: Vec<Document<'_>> = history.iter().map(|one| one.document).collect();
        let (encoder, rows) = Encoder::learn(&settings.parts, &documents);
        let weights = settings.weights(history.len());
        let fit = Fit { columns: encoder.columns(), cost: settings.cost, row_weights: Some(&weights), seed };
        let ranks: Vec<usize> = history.iter().map(|one| one.rank.min(MOST_RANKS - 1)).collect();
        let top = ranks.iter().max().copied();
        let mut shares = vec![0.0; top.map_or(0, |top| top + 1)];
        ranks.iter().for_each(|rank| shares[*rank] += 1.0 / ranks.len() as f64);
        let steps = (1..=top.unwrap_or(0)).filter_map(|step| {
            let above: Vec<bool> = ranks.iter().map(|rank| *rank >= step).collect();
            let count = above.iter().filter(|above| **above).count();
            (count >= LEAST_ROWS && ranks.len() - count >= LEAST_ROWS)
                .then(|| (step, averaged(&fit, &rows, &above, settings.bayes)))
        });
        Self { steps: steps.collect(), encoder, shares }
    }

    /// How urgent a task seems.
    #[must_use]
    pub fn urgency(&self, document: &Document<'_>) -> Urgency {
        let row = self.encoder.encode(document);
        let chances: Vec<f64> = self.steps.iter().map(|(_, model)| logistic(model.score(&row))).collect();
        let score = chances.iter().sum();
        Urgency { score, ranks: self.ranks(&chances), reasons: self.reasons(&row) }
    }

    /// Rank probabilities: differences of the chances of "at least", which may not rise; steps not learned keep the
    /// history's shares.
    fn ranks(&self, chances: &[f64]) -> Vec<f64> {
        let mut at_least = vec![1.0_f64; self.shares.len()];
        for rank in 1..at_least.len() {
            let learned = self.steps.iter().position(|(step, _)| *step == rank);
            let chance = learned.map_or_else(|| self.shares[rank..].iter().sum(), |at| chances[at]);
            at_least[rank] = chance.min(at_least[rank - 1]);
        }
        let next = at_least.iter().skip(1).chain([&0.0]);
        at_least.iter().zip(next).map(|(this, next)| this - next).collect()
    }

    fn reasons(&self, row: &Sparse) -> Vec<Reason> {
        let part = |column: u32| -> f64 {
            self.steps.iter().filter_map(|(_, model)| model.weights.get(column as usize)).sum()
        };
        let mut moved: Vec<(u32, f64)> =
            row.iter().map(|(column, value)| (column, f64::from(value) * part(column))).collect();
        moved.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        moved.truncate(MOST_REASONS);
        moved.into_iter().map(|(column, by)| Reason { feature: self.encoder.name(column), by }).collect()
    }
}

fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

#[cfg(test)]
mod tests {
    use super::{Order, Ranked, Settings};
    use crate::learn::classify::Document;

    #[test]
    fn what_was_urgent_before_is_urgent_again() {
        let titles = ["typo in the manual", "server down for everyone", "rename a button"];
        let history: Vec<Ranked<'_>> = (0..30)
            .map(|at| Ranked {
                document: Document { title: titles[at % 3], ..Document::default() },
                rank: [0, 4, 1][at % 3],
            })
            .collect();
        let order = Order::fit(&history, &Settings::default(), 1);
        let of = |title| order.urgency(&Document { title, ..Document::default() });
        assert!(of("server down again").score > of("typo in a page").score + 1.0);
        assert!((of("anything").ranks.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(of("server down").reasons.iter().any(|reason| reason.feature.contains("down")));
        assert!(Order::default().urgency(&Document::default()).ranks.is_empty());
    }
}
