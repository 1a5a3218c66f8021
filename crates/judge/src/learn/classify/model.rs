//! The classifier: one linear model a label, averaged from two that err differently, with probabilities that hold.
//!
//! Logistic regression one label against the rest, and the same over features scaled by naive Bayes log-count ratios, after
//! Wang and Manning (2012), "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification". Both are linear in the
//! same columns, so their mean is one linear model and a reason is exactly what it moved the score by. Scores become
//! probabilities by a softmax with a temperature fitted to rows held out (Guo et al. 2017, "On Calibration of Modern Neural
//! Networks").
//! Deliberately not here: what a label means. Known limit: in a short history rows are held out by turns, not by time, so the
//! confidence of a team whose habits change fast is stated too high.

use super::abstain::{HeldOut, Threshold, WhyNone, threshold};
use super::features::{Document, Encoder, Part};
use super::folds::deal;
use crate::learn::calibration::Temperature;
use crate::learn::linear::{Fit, Linear};
use crate::learn::metrics::macro_f1;
use crate::learn::sparse::Sparse;
use std::collections::BTreeMap;

/// Rows held out in turn, the newest: calibration needs one number and a thousand rows give it to a hundredth.
const MOST_HELD_OUT: usize = 1_200;
/// Reasons of a guess.
const MOST_REASONS: usize = 6;
/// How strongly rare labels may be favoured when every label counts alike; see [`Classifier::even_label`].
const EVENNESS: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];

/// A document whose label is known.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// The document.
    pub document: Document<'a>,
    /// Its label.
    pub label: &'a str,
    /// How much it counts, 1 for an ordinary one; what is not finite or below 0 counts nothing.
    pub weight: f64,
    /// Whether it may be held out to fit confidence: rows borrowed from elsewhere may not.
    pub own: bool,
}

/// What is learned and how closely.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Recipe {
    /// Groups of features.
    pub parts: Vec<Part>,
    /// Cost of an error against the size of the weights.
    pub cost: f64,
    /// Share of the model over log-count ratios, 0 to 1.
    pub bayes: f64,
    /// Parts that rows are dealt into to hold each out in turn; 1 holds out the newest rows once; 0 leaves confidence
    /// unfitted.
    pub folds: usize,
    /// Rows after which an example counts half; `None` counts all alike.
    pub half_life: Option<f64>,
    /// Rows learned from, the newest. 5,000 long descriptions are fitted in under five seconds.
    pub most_rows: usize,
    /// How far own rows may depart from borrowed ones: length of the second copy of their features that only they have
    /// (Daumé 2007, "Frustratingly Easy Domain Adaptation"). 0 treats all rows alike; without borrowed rows it counts
    /// nothing.
    pub apart: f32,
}

/// A fitted classifier.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Classifier {
    labels: Vec<String>,
    /// Share of each label in the history.
    shares: Vec<f64>,
    encoder: Encoder,
    models: Vec<Linear>,
    temperature: Temperature,
    evenness: f64,
    quality: f64,
    held_out: Vec<HeldOut>,
}

/// What moved a guess.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reason {
    /// The feature, for people.
    pub feature: String,
    /// By how much it moved the label's log-odds against the other labels' mean; negative speaks against it.
    pub by: f64,
}

/// What a document seems to be.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Guess {
    /// Every label of the history with its probability, the most probable first; they add to 1. Empty without a history.
    pub ranking: Vec<(String, f64)>,
    /// What moved the first label most.
    pub reasons: Vec<Reason>,
}

impl Guess {
    /// The most probable label with its probability.
    #[must_use]
    pub fn best(&self) -> Option<(&str, f64)> {
        self.ranking.first().map(|(label, probability)| (label.as_str(), *probability))
    }

    /// A label's probability; 0 for one that the history lacks.
    #[must_use]
    pub fn probability(&self, label: &str) -> f64 {
        self.ranking.iter().find(|(one, _)| one == label).map_or(0.0, |(_, probability)| *probability)
    }
}

impl Classifier {
    /// Learns from a history, the oldest first. The same history, recipe and seed give the same classifier.
    #[must_use]
    pub fn fit(history: &[Example<'_>], recipe: &Recipe, seed: u64) -> Self {
        let history = &history[history.len().saturating_sub(recipe.most_rows)..];
        let mut labels: Vec<String> = history.iter().map(|example| example.label.to_owned()).collect();
        labels.sort_unstable();
        labels.dedup();
        let truths: Vec<usize> = history
            .iter()
            .filter_map(|example| labels.binary_search_by(|one| one.as_str().cmp(example.label)).ok())
            .collect();
        let documents: Vec<Document<'_>> = history.iter().map(|example| example.document).collect();
        let (encoder, rows) = Encoder::learn(&recipe.parts, &documents);
        let weights = weights(history, recipe.half_life);
        let own: Vec<bool> = history.iter().map(|example| example.own).collect();
        let task = Task {
            rows: &rows,
            truths: &truths,
            weights: &weights,
            own: &own,
            labels: labels.len(),
            columns: encoder.columns(),
            recipe,
            seed,
        };
        let mut out =
            Self { shares: task.shares(), models: task.fit(&|_| true), labels, encoder, ..Self::default() };
        out.fit_confidence(&task);
        out
    }

    fn fit_confidence(&mut self, task: &Task<'_>) {
        if self.labels.len() < 2 || task.recipe.folds == 0 {
            return;
        }
        let (scores, truths) = task.held_out();
        self.temperature = Temperature::fit(&scores, &truths);
        let stated: Vec<Vec<f64>> =
            scores.iter().map(|scores| self.temperature.probabilities(scores)).collect();
        self.held_out = stated
            .iter()
            .zip(&truths)
            .map(|(stated, truth)| {
                let best = largest(stated);
                HeldOut { label: best, probability: stated[best], right: best == *truth }
            })
            .collect();
        (self.evenness, self.quality) = EVENNESS
            .into_iter()
            .map(|evenness| {
                let even: Vec<usize> = stated.iter().map(|stated| self.even(stated, evenness)).collect();
                (evenness, macro_f1(&even, &truths).unwrap_or(0.0))
            })
            .fold((0.0, -1.0), |best, one| if one.1 > best.1 + 1e-9 { one } else { best });
    }

    fn even(&self, stated: &[f64], evenness: f64) -> usize {
        let lifted: Vec<f64> = stated
            .iter()
            .zip(&self.shares)
            .map(|(stated, share)| stated / share.max(1e-3).powf(evenness))
            .collect();
        largest(&lifted)
    }

    /// Macro-F1 of [`Classifier::even_label`] on rows held out, 0 to 1; 0 where none were.
    #[must_use]
    pub fn quality(&self) -> f64 {
        self.quality
    }

    /// The labels, in the order of their names.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// What a document seems to be; an empty ranking without a history.
    #[must_use]
    pub fn guess(&self, document: &Document<'_>) -> Guess {
        let row = self.encoder.encode(document);
        let stated = self.stated(&row);
        let mut order: Vec<usize> = (0..stated.len()).collect();
        order.sort_by(|a, b| stated[*b].total_cmp(&stated[*a]).then(a.cmp(b)));
        let reasons = order.first().map(|best| self.reasons(*best, &row)).unwrap_or_default();
        Guess {
            ranking: order.into_iter().map(|at| (self.labels[at].clone(), stated[at])).collect(),
            reasons,
        }
    }

    fn stated(&self, row: &Sparse) -> Vec<f64> {
        if self.labels.len() == 1 {
            return vec![1.0];
        }
        let scores: Vec<f64> = self.models.iter().map(|model| model.score(row)).collect();
        self.temperature.probabilities(&scores)
    }

    /// The label to give when every label counts alike however rare it is (macro-F1): probabilities over a power of the
    /// labels' shares, the power chosen on rows held out. `None` without a history.
    #[must_use]
    pub fn even_label(&self, document: &Document<'_>) -> Option<&str> {
        let stated = self.stated(&self.encoder.encode(document));
        (!stated.is_empty()).then(|| self.labels[self.even(&stated, self.evenness)].as_str())
    }

    /// The probability from which labels given by themselves are right at least as often as `precision`, by rows held out.
    ///
    /// # Errors
    /// Why there is none.
    pub fn threshold(&self, precision: f64) -> Result<Threshold, WhyNone> {
        threshold(&self.held_out, precision)
    }

    /// Stated probabilities of the first guess and whether it was right, for rows held out: what a reliability diagram shows.
    #[must_use]
    pub fn held_out(&self) -> &[HeldOut] {
        &self.held_out
    }

    fn reasons(&self, label: usize, row: &Sparse) -> Vec<Reason> {
        let others = (self.models.len() as f64 - 1.0).max(1.0);
        let mut moved: Vec<(u32, f64)> = row
            .iter()
            .map(|(column, value)| {
                let weight = |model: &Linear| model.weights.get(column as usize).copied().unwrap_or(0.0);
                let all: f64 = self.models.iter().map(weight).sum();
                let own = self.models.get(label).map_or(0.0, weight);
                (column, f64::from(value) * (own - (all - own) / others))
            })
            .collect();
        moved.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        moved.truncate(MOST_REASONS);
        moved.into_iter().map(|(column, by)| Reason { feature: self.encoder.name(column), by }).collect()
    }
}

/// The place of the largest, the first of equals; 0 of none.
fn largest(values: &[f64]) -> usize {
    values.iter().enumerate().fold(0, |best, (at, value)| if *value > values[best] { at } else { best })
}

fn weights(history: &[Example<'_>], half_life: Option<f64>) -> Vec<f64> {
    let age = |at: usize| (history.len() - 1 - at) as f64;
    let recency =
        |at: usize| half_life.filter(|half| *half > 0.0).map_or(1.0, |half| (-age(at) / half).exp2());
    let own = |weight: f64| if weight.is_finite() { weight.clamp(0.0, 1e3) } else { 0.0 };
    history.iter().enumerate().map(|(at, example)| own(example.weight) * recency(at)).collect()
}

/// Vectors with their labels.
struct Task<'a> {
    rows: &'a [Sparse],
    truths: &'a [usize],
    weights: &'a [f64],
    own: &'a [bool],
    labels: usize,
    columns: usize,
    recipe: &'a Recipe,
    seed: u64,
}

impl Task<'_> {
    fn shares(&self) -> Vec<f64> {
        let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
        for (truth, weight) in self.truths.iter().zip(self.weights) {
            *counts.entry(*truth).or_default() += weight;
        }
        let total: f64 = counts.values().sum();
        (0..self.labels).map(|label| counts.get(&label).copied().unwrap_or(0.0) / total.max(1e-9)).collect()
    }

    /// One model a label, from the rows that `kept` names.
    fn fit(&self, kept: &dyn Fn(usize) -> bool) -> Vec<Linear> {
        let kept: Vec<usize> =
            (0..self.rows.len()).filter(|at| kept(*at) && self.weights[*at] > 0.0).collect();
        let apart = if self.own.iter().all(|own| *own) { 0.0 } else { self.recipe.apart };
        let rows: Vec<Sparse> = kept.iter().map(|at| self.doubled(*at, apart)).collect();
        let weights: Vec<f64> = kept.iter().map(|at| self.weights[*at]).collect();
        let columns = if apart > 0.0 { 2 * self.columns + 1 } else { self.columns };
        let fit = Fit { columns, cost: self.recipe.cost, row_weights: Some(&weights), seed: self.seed };
        // Of two labels the second's model is the first's turned round.
        let fitted = if self.labels == 2 { 1 } else { self.labels };
        let mut models: Vec<Linear> = (0..fitted)
            .map(|label| {
                let labels: Vec<bool> = kept.iter().map(|at| self.truths[*at] == label).collect();
                self.joined(averaged(&fit, &rows, &labels, self.recipe.bayes), apart)
            })
            .collect();
        if self.labels == 2 {
            let turned = Linear {
                weights: models[0].weights.iter().map(|weight| -weight).collect(),
                bias: -models[0].bias,
            };
            models.push(turned);
        }
        models
    }

    /// A row with its second copy and a constant behind it, when it is an own one.
    fn doubled(&self, at: usize, apart: f32) -> Sparse {
        let row = &self.rows[at];
        if apart <= 0.0 || !self.own[at] {
            return row.clone();
        }
        let copy = row.clone().times(apart).beside(&Sparse::new(vec![(0, apart)]), self.columns as u32);
        row.beside(&copy, self.columns as u32)
    }

    /// The model of own rows over the columns of one copy.
    fn joined(&self, mut model: Linear, apart: f32) -> Linear {
        if apart > 0.0 {
            let copy = model.weights.split_off(self.columns);
            let apart = f64::from(apart);
            model.weights.iter_mut().zip(&copy).for_each(|(weight, own)| *weight += apart * own);
            model.bias += apart * copy.last().copied().unwrap_or(0.0);
        }
        model
    }

    /// Scores of own rows by models that did not see them, with the truths.
    fn held_out(&self) -> (Vec<Vec<f64>>, Vec<usize>) {
        let folds = deal(self.truths, self.recipe.folds);
        let counted: Vec<usize> =
            (0..self.rows.len()).rev().filter(|at| self.own[*at]).take(MOST_HELD_OUT).collect();
        let mut scores = vec![Vec::new(); self.rows.len()];
        for fold in 0..self.recipe.folds {
            let models = self.fit(&|at| folds[at] != fold);
            for at in counted.iter().filter(|at| folds[**at] == fold) {
                scores[*at] = models.iter().map(|model| model.score(&self.rows[*at])).collect();
            }
        }
        let scored = counted.into_iter().rev().filter(|at| folds[*at] < self.recipe.folds);
        scored.map(|at| (std::mem::take(&mut scores[at]), self.truths[at])).unzip()
    }
}

/// Logistic regression, and the same over log-count ratios, as one model.
pub(in crate::learn) fn averaged(fit: &Fit<'_>, rows: &[Sparse], labels: &[bool], bayes: f64) -> Linear {
    let plain = if bayes < 1.0 {
        fit.logistic(rows, labels)
    } else {
        Linear { weights: vec![0.0; fit.columns], bias: 0.0 }
    };
    if bayes <= 0.0 {
        return plain;
    }
    let ratios = ratios(fit.columns, rows, labels);
    let scaled: Vec<Sparse> = rows
        .iter()
        .map(|row| {
            Sparse::new(row.iter().map(|(at, value)| (at, value * ratios[at as usize] as f32)).collect())
        })
        .collect();
    let counted = fit.logistic(&scaled, labels);
    let weights = plain.weights.iter().zip(&counted.weights).zip(&ratios);
    Linear {
        weights: weights
            .map(|((plain, counted), ratio)| (1.0 - bayes) * plain + bayes * counted * ratio)
            .collect(),
        bias: (1.0 - bayes) * plain.bias + bayes * counted.bias,
    }
}

/// The log of how much of the true rows a column makes up against the false ones, one added to each count.
fn ratios(columns: usize, rows: &[Sparse], labels: &[bool]) -> Vec<f64> {
    let mut counts = [vec![1.0_f64; columns], vec![1.0_f64; columns]];
    for (row, label) in rows.iter().zip(labels) {
        row.add_to(&mut counts[usize::from(*label)], 1.0);
    }
    let total = |counts: &[f64]| counts.iter().sum::<f64>().max(1.0);
    let (out, inside) = (total(&counts[0]), total(&counts[1]));
    counts[0]
        .iter()
        .zip(&counts[1])
        .map(|(no, yes)| (yes.max(1e-6) / inside).ln() - (no.max(1e-6) / out).ln())
        .collect()
}
