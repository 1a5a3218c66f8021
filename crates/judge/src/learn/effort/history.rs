//! What is finished: the rows every expert looks at, in the order they were finished.
//!
//! Numbers are kept on the scale on which errors are measured. Texts are kept as counted features only.

use super::features::Document;
use super::{Finished, Scale};
use crate::learn::metrics::median;

/// One finished task.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Row {
    id: String,
    effort: f64,
    number: f64,
    kind: Option<String>,
    size: Option<f64>,
    document: Document,
}

/// The finished tasks.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct History {
    rows: Vec<Row>,
    /// Their numbers once more, side by side for the medians.
    numbers: Vec<f64>,
}

impl History {
    pub(super) fn push(&mut self, finished: &Finished<'_>, scale: Scale, document: Document) {
        let number = scale.number(finished.effort);
        self.numbers.push(number);
        self.rows.push(Row {
            id: finished.id.to_owned(),
            effort: finished.effort,
            number,
            kind: finished.task.kind.map(str::to_owned),
            size: finished.task.size,
            document,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn id(&self, row: usize) -> &str {
        &self.rows[row].id
    }

    /// In the unit of the tasks.
    pub(super) fn effort(&self, row: usize) -> f64 {
        self.rows[row].effort
    }

    /// On the scale of errors.
    pub(super) fn number(&self, row: usize) -> f64 {
        self.numbers[row]
    }

    pub(super) fn kind(&self, row: usize) -> Option<&str> {
        self.rows[row].kind.as_deref()
    }

    pub(super) fn size(&self, row: usize) -> Option<f64> {
        self.rows[row].size
    }

    pub(super) fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// The numbers of the last `most` finished, or of all there are.
    pub(super) fn last(&self, most: usize) -> &[f64] {
        &self.numbers[self.numbers.len().saturating_sub(most)..]
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.rows.iter().map(|row| &row.document)
    }

    /// The middle of all numbers and their mean distance from it, which is above 0.
    pub(super) fn middle_and_spread(&self) -> (f64, f64) {
        let middle = median(&self.numbers).unwrap_or_default();
        let sum: f64 = self.numbers.iter().map(|number| (number - middle).abs()).sum();
        (middle, (sum / self.numbers.len().max(1) as f64).max(1e-6))
    }
}
