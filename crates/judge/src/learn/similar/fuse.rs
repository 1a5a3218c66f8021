//! Orders made one, by whole texts and by passages; and how close two vectors of a language model are.
//!
//! Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): places are added, so scores that mean different things need no
//! common scale. Deliberately not here: where the vectors come from.

use std::collections::HashMap;

/// The paper's constant: how far down a place still counts.
const DEPTH: f64 = 60.0;

/// Cosine of two vectors; 0 when their lengths differ or one is nothing.
pub fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let sum = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>()
    };
    let size = (sum(a, a) * sum(b, b)).sqrt();
    let cosine = sum(a, b) / size;
    if a.len() == b.len() && size > 0.0 && cosine.is_finite() { cosine } else { 0.0 }
}

/// What a place adds, from 0 for the best.
fn share(place: usize) -> f64 {
    1.0 / (DEPTH + 1.0 + place as f64)
}

/// Orders of the same things made one, each best first and without repeats, with its weight; answers the sums of their
/// shares. What an order does not name gets nothing from it; ties end by number.
pub fn reciprocal(orders: &[(&[usize], f64)]) -> Vec<(usize, f64)> {
    let mut sums: HashMap<usize, f64> = HashMap::new();
    for (order, weight) in orders {
        for (place, of) in order.iter().enumerate() {
            *sums.entry(*of).or_default() += weight * share(place);
        }
    }
    let mut fused: Vec<(usize, f64)> = sums.into_iter().collect();
    fused.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    fused
}

#[cfg(test)]
mod tests {
    use super::{cosine, reciprocal};

    #[test]
    fn being_good_in_both_orders_beats_being_first_in_one() {
        let fused: Vec<usize> =
            reciprocal(&[(&[7, 5, 9], 1.0), (&[4, 5], 1.0)]).into_iter().map(|(of, _)| of).collect();
        assert_eq!(fused, [5, 4, 7, 9]);
    }

    #[test]
    fn vectors_that_cannot_be_compared_are_not_alike() {
        assert!(cosine(&[1.0, 0.0], &[1.0, 1.0]) > 0.7);
        assert_eq!(cosine(&[1.0], &[1.0, 1.0]), 0.0);
        assert_eq!(cosine(&[0.0], &[f32::NAN]), 0.0);
    }
}
