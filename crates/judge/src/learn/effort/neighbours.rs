//! The finished tasks whose words are most like a question's, found through an inverted index.
//!
//! Likeness is the cosine of the vectors, 0–1. Deliberately not here: which of them matter how much, which is for
//! [`super::experts`]. Known limit: likeness of words, not of meaning.

use crate::learn::sparse::Sparse;

/// Vectors of finished tasks by column; rows numbered as they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    postings: Vec<Vec<(u32, f32)>>,
    rows: usize,
}

/// A finished task and how like the question it is, above 0 and at most 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Neighbour {
    pub(super) row: usize,
    pub(super) likeness: f64,
}

impl Index {
    /// Adds the next row.
    pub(super) fn add(&mut self, vector: &Sparse) {
        let row = self.rows as u32;
        self.rows += 1;
        for (column, value) in vector.clone().unit().iter() {
            let column = column as usize;
            if self.postings.len() <= column {
                self.postings.resize(column + 1, Vec::new());
            }
            self.postings[column].push((row, value));
        }
    }

    /// The rows that share a feature with a vector, oldest first.
    pub(super) fn like(&self, vector: &Sparse) -> Vec<Neighbour> {
        let mut sums = vec![0.0_f32; self.rows];
        for (column, value) in vector.clone().unit().iter() {
            for (row, other) in self.postings.get(column as usize).into_iter().flatten() {
                sums[*row as usize] += value * other;
            }
        }
        let found = sums.into_iter().enumerate().filter(|(_, sum)| *sum > 0.0);
        found.map(|(row, sum)| Neighbour { row, likeness: f64::from(sum).min(1.0) }).collect()
    }
}

/// The `most` of greatest weight with it, greatest first; ties to the later row, so that the answer is repeatable.
pub(super) fn heaviest(
    neighbours: &[Neighbour],
    most: usize,
    weight: impl Fn(&Neighbour) -> f64,
) -> Vec<(usize, f64)> {
    let mut found: Vec<(usize, f64)> = neighbours.iter().map(|near| (near.row, weight(near))).collect();
    let order = |a: &(usize, f64), b: &(usize, f64)| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0));
    if found.len() > most {
        found.select_nth_unstable_by(most, order);
        found.truncate(most);
    }
    found.sort_unstable_by(order);
    found
}

#[cfg(test)]
mod tests {
    use super::{Index, heaviest};
    use crate::learn::sparse::Sparse;

    #[test]
    fn rows_that_share_more_are_more_alike() {
        let mut index = Index::default();
        for cells in [vec![(0, 1.0)], vec![(0, 1.0), (1, 1.0)], vec![(2, 1.0)], vec![]] {
            index.add(&Sparse::new(cells));
        }
        let like = index.like(&Sparse::new(vec![(0, 2.0), (1, 2.0)]));
        assert_eq!(like.iter().map(|near| near.row).collect::<Vec<_>>(), [0, 1]);
        assert!((like[1].likeness - 1.0).abs() < 1e-6);
        assert_eq!(heaviest(&like, 1, |near| near.likeness)[0].0, 1);
        assert_eq!(heaviest(&like, 2, |_| 1.0).iter().map(|(row, _)| *row).collect::<Vec<_>>(), [1, 0]);
        assert!(index.like(&Sparse::default()).is_empty());
    }
}
