//! Which rows are held out together.
//!
//! Rows of a label are dealt out in turn, so that every fold has every label that is there often enough, whatever the order
//! of the rows; or the newest rows are held out once, as time will do to the model too. Deliberately without chance.

use std::collections::BTreeMap;

/// Share of a history that is its newest rows.
const NEWEST: f64 = 0.2;

/// The fold of each row, from 0. Of a single fold, rows of fold 0 are the newest and the others are never held out.
pub(super) fn deal(labels: &[usize], folds: usize) -> Vec<usize> {
    if folds != 1 {
        return in_turn(labels, folds);
    }
    let first = labels.len() - (labels.len() as f64 * NEWEST) as usize;
    (0..labels.len()).map(|at| usize::from(at < first)).collect()
}

fn in_turn(labels: &[usize], folds: usize) -> Vec<usize> {
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

    #[test]
    fn a_single_fold_is_the_newest_rows() {
        assert_eq!(deal(&[0; 6], 1), [1, 1, 1, 1, 1, 0]);
    }
}
