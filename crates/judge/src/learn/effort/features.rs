//! What a task's text is to the estimators: counted features, and vectors weighted by how rare each feature is.
//!
//! Features are numbered as they first appear and their document frequencies grow with the history, so nothing has to be
//! read twice. The frequencies in force are a copy, renewed by [`Ledger::renew`]: between two renewals all vectors are
//! made alike. Weights as in [`crate::learn::vocabulary`].
//! Known limit: the names of features stay for as long as the model does; to forget a text, learn anew without it.

use super::Question;
use crate::learn::sparse::Sparse;
use crate::learn::text::{CODE, LINK, grams, plain, words};
use std::collections::BTreeMap;

/// Title, description, and what is known beside the text; each a vector of its own with its own weight.
const BLOCKS: usize = 3;
/// Features in fewer tasks are noise to a linear model and cannot match a neighbour.
const MIN_DOCUMENTS: u32 = 2;

/// A task as counted features of each block.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Document([Vec<(u32, u32)>; BLOCKS]);

/// Features by name and how many tasks have each.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Ledger {
    columns: BTreeMap<String, u32>,
    counts: Vec<u32>,
    documents: u32,
    /// Rarity in force, by column; 0 for what is too rare to count.
    rarity: Vec<f32>,
}

impl Ledger {
    /// Columns that vectors may have now.
    pub(super) fn columns(&self) -> usize {
        self.rarity.len()
    }

    /// A task's features, unknown ones left out.
    pub(super) fn look_up(&self, question: &Question<'_>) -> Document {
        Document(
            features(question)
                .map(|names| count(names.iter().filter_map(|name| self.columns.get(name).copied()))),
        )
    }

    /// A task's features, unknown ones numbered.
    pub(super) fn take_in(&mut self, question: &Question<'_>) -> Document {
        Document(features(question).map(|names| {
            count(names.into_iter().map(|name| {
                let next = self.columns.len() as u32;
                *self.columns.entry(name).or_insert(next)
            }))
        }))
    }

    /// Counts a finished task towards the frequencies.
    pub(super) fn add(&mut self, document: &Document) {
        self.counts.resize(self.columns.len(), 0);
        self.documents += 1;
        for (column, _) in document.0.iter().flatten() {
            self.counts[*column as usize] += 1;
        }
    }

    /// Puts the frequencies counted so far in force.
    pub(super) fn renew(&mut self) {
        let all = f64::from(1 + self.documents);
        let rarity = |count: &u32| {
            if *count < MIN_DOCUMENTS { 0.0 } else { ((all / f64::from(1 + count)).ln() + 1.0) as f32 }
        };
        self.rarity = self.counts.iter().map(rarity).collect();
    }

    /// A document's vector under the frequencies in force: each block of length 1 times its weight.
    pub(super) fn vector(&self, document: &Document, weights: [f32; BLOCKS]) -> Sparse {
        let block = |(cells, weight): (&Vec<(u32, u32)>, f32)| {
            let cell = |(column, count): &(u32, u32)| {
                let rarity = self.rarity.get(*column as usize).copied().unwrap_or(0.0);
                (*column, (1.0 + f64::from(*count).ln()) as f32 * rarity)
            };
            Sparse::new(cells.iter().map(cell).collect()).unit().times(weight)
        };
        let blocks = document.0.iter().zip(weights).map(block);
        Sparse::new(blocks.flat_map(|block| block.iter().collect::<Vec<_>>()).collect())
    }
}

fn count(columns: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for column in columns {
        *counts.entry(column).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// Names of a task's features, block by block.
fn features(question: &Question<'_>) -> [Vec<String>; BLOCKS] {
    let title: Vec<String> = words(&plain(question.title)).collect();
    let description: Vec<String> = words(&plain(question.description)).collect();
    let facts = facts(question, &title, &description);
    let description = description.into_iter().map(|word| format!("d:{word}")).collect();
    [grams("t:", &title), description, facts]
}

/// Kind, labels, lengths on a scale of doublings, and what the description holds.
fn facts(question: &Question<'_>, title: &[String], description: &[String]) -> Vec<String> {
    let doublings = |length: usize| (length + 1).ilog2();
    let mut facts = vec![
        format!("f:title {}", doublings(title.len())),
        format!("f:description {}", doublings(description.len())),
    ];
    // Sizes that differ by a fifth are the same: the log's steps.
    let size = question.size.filter(|size| size.is_finite() && *size > 0.0);
    facts.extend(size.map(|size| format!("f:size {}", (size.log2() * 4.0).round())));
    facts.extend(question.kind.map(|kind| format!("f:kind {kind}")));
    facts.extend(question.labels.iter().map(|label| format!("f:label {label}")));
    facts.extend(
        [CODE, LINK]
            .iter()
            .filter(|marker| description.iter().any(|word| word == *marker))
            .map(|marker| format!("f:has {marker}")),
    );
    facts
}
