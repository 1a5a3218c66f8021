//! How urgent a team would call a task: an order learned from the priorities it gave before.
//!
//! Priorities are ordered labels, so one model a step answers "at least this high?" (the cumulative view of McCullagh 1980,
//! "Regression models for ordinal data", with free slopes after Frank and Hall 2001). The score is the expected step, with
//! the highest steps counting more, because that is where a wrong place in the queue costs most.
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
/// Reasons of an estimate.
const MOST_REASONS: usize = 6;
/// Groups of features; weights chosen on the later quarter of the history of seven open projects.
const PARTS: [Part; 4] = [
    Part { group: Group::TitleWords, weight: 1.0, min_documents: 1 },
    Part { group: Group::BodyWords, weight: 1.0, min_documents: 3 },
    Part { group: Group::Facts, weight: 1.0, min_documents: 1 },
    Part { group: Group::Structure, weight: 0.5, min_documents: 2 },
];

/// A task whose priority is known.
#[derive(Clone, Copy, Debug)]
pub struct Ranked<'a> {
    /// The task's text and facts.
    pub document: Document<'a>,
    /// Its priority's place in the team's order, 0 the lowest.
    pub rank: usize,
}

/// What is tried when the model is tuned.
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
    /// How much more a step to the highest two priorities counts in the score.
    pub lift: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { parts: PARTS.to_vec(), cost: 1.0, half_life: None, bayes: 0.0, lift: 0.0 }
    }
}

/// A fitted order.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Order {
    encoder: Encoder,
    /// A step: its rank, the model of "at least this rank", and how much it counts in the score.
    steps: Vec<(usize, Linear, f64)>,
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
        let weights: Vec<f64> = (0..history.len())
            .map(|at| match settings.half_life {
                Some(half) if half > 0.0 => (-((history.len() - 1 - at) as f64) / half).exp2(),
                _ => 1.0,
            })
            .collect();
        let fit = Fit { columns: encoder.columns(), cost: settings.cost, row_weights: Some(&weights), seed };
        let top = history.iter().map(|one| one.rank).max().unwrap_or(0);
        let mut shares = vec![0.0; if history.is_empty() { 0 } else { top + 1 }];
        history.iter().for_each(|one| shares[one.rank] += 1.0 / history.len() as f64);
        let steps = (1..=top).filter_map(|rank| {
            let above: Vec<bool> = history.iter().map(|one| one.rank >= rank).collect();
            let count = above.iter().filter(|above| **above).count();
            let counts = if rank + 1 >= top { 1.0 + settings.lift } else { 1.0 };
            (count >= LEAST_ROWS && history.len() - count >= LEAST_ROWS)
                .then(|| (rank, averaged(&fit, &rows, &above, settings.bayes), counts))
        });
        Self { steps: steps.collect(), encoder, shares }
    }

    /// How urgent a task seems.
    #[must_use]
    pub fn urgency(&self, document: &Document<'_>) -> Urgency {
        let row = self.encoder.encode(document);
        let chances: Vec<f64> = self.steps.iter().map(|(_, model, _)| logistic(model.score(&row))).collect();
        let score = chances.iter().zip(&self.steps).map(|(chance, (_, _, counts))| chance * counts).sum();
        Urgency { score, ranks: self.ranks(&chances), reasons: self.reasons(&row) }
    }

    /// Rank probabilities: differences of the chances of "at least", which may not rise; steps not learned keep the
    /// history's shares.
    fn ranks(&self, chances: &[f64]) -> Vec<f64> {
        let mut at_least = vec![1.0_f64; self.shares.len()];
        for rank in 1..at_least.len() {
            let learned = self.steps.iter().position(|(step, _, _)| *step == rank);
            let chance = learned.map_or_else(|| self.shares[rank..].iter().sum(), |at| chances[at]);
            at_least[rank] = chance.min(at_least[rank - 1]);
        }
        let next = at_least.iter().skip(1).chain([&0.0]);
        at_least.iter().zip(next).map(|(this, next)| this - next).collect()
    }

    fn reasons(&self, row: &Sparse) -> Vec<Reason> {
        let part = |column: u32| -> f64 {
            let weight = |(_, model, counts): &(usize, Linear, f64)| counts * model.weights[column as usize];
            self.steps.iter().map(weight).sum()
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
        assert!(of("server down").reasons[0].feature.contains("down"));
        assert!(Order::default().urgency(&Document::default()).ranks.is_empty());
    }
}
