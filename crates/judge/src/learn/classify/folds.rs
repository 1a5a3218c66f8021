//! Which rows are held out together.
//!
//! Rows of a label are dealt out in turn, so that every fold has every label that is there often enough, whatever the order
//! of the rows. Deliberately without chance.

use std::collections::BTreeMap;

/// The fold of each row, from 0.
pub(super) fn deal(labels: &[usize], folds: usize) -> Vec<usize> {
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    labels
        .iter()
        .map(|label| {
            let count = seen.entry(*label).or_default();
            *count += 1;
            // Labels begin at different folds, or the first would hold every rare one.
            (*count - 1 + label) % folds.max(1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::deal;

    #[test]
    fn every_fold_has_its_share_of_every_label() {
        assert_eq!(deal(&[0, 0, 0, 0, 1, 1, 1, 1], 2), [0, 1, 0, 1, 1, 0, 1, 0]);
        assert!(deal(&[], 0).is_empty());
    }
}
