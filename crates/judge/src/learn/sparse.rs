//! Vectors that are nearly all zero: pairs of column and value, columns rising.

/// A sparse vector.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Sparse {
    cells: Vec<(u32, f32)>,
}

impl Sparse {
    /// From cells in any order; values of a column that comes twice are added. Zeros and what is not finite are left out.
    #[must_use]
    pub fn new(mut cells: Vec<(u32, f32)>) -> Self {
        cells.sort_unstable_by_key(|(column, _)| *column);
        let mut out: Vec<(u32, f32)> = Vec::with_capacity(cells.len());
        for (column, value) in cells.into_iter().filter(|(_, value)| value.is_finite()) {
            match out.last_mut() {
                Some((last, sum)) if *last == column => *sum += value,
                _ => out.push((column, value)),
            }
        }
        out.retain(|(_, value)| *value != 0.0);
        Self { cells: out }
    }

    /// Column and value, columns rising.
    pub fn iter(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        self.cells.iter().copied()
    }

    /// How many columns are not zero.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether every column is zero.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The inner product with another sparse vector.
    #[must_use]
    pub fn dot(&self, other: &Self) -> f64 {
        let (mut a, mut b, mut sum) = (0, 0, 0.0);
        while let (Some((left, x)), Some((right, y))) = (self.cells.get(a), other.cells.get(b)) {
            match left.cmp(right) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => {
                    sum += f64::from(*x) * f64::from(*y);
                    (a, b) = (a + 1, b + 1);
                }
            }
        }
        sum
    }

    /// The inner product with dense weights; columns beyond them count nothing.
    #[must_use]
    pub fn dot_dense(&self, weights: &[f64]) -> f64 {
        self.cells.iter().filter_map(|(at, value)| Some(f64::from(*value) * weights.get(*at as usize)?)).sum()
    }

    /// Adds `factor` times this vector to dense weights that are long enough.
    pub fn add_to(&self, weights: &mut [f64], factor: f64) {
        for (at, value) in &self.cells {
            if let Some(weight) = weights.get_mut(*at as usize) {
                *weight += factor * f64::from(*value);
            }
        }
    }

    /// The squared length.
    #[must_use]
    pub fn squared(&self) -> f64 {
        self.cells.iter().map(|(_, value)| f64::from(*value) * f64::from(*value)).sum()
    }

    /// The same direction with length 1; an empty vector stays empty.
    #[must_use]
    pub fn unit(mut self) -> Self {
        let length = self.squared().sqrt();
        if length > 0.0 {
            self.cells.iter_mut().for_each(|(_, value)| *value = (f64::from(*value) / length) as f32);
        }
        self
    }

    /// Every value times `factor`.
    #[must_use]
    pub fn times(mut self, factor: f32) -> Self {
        self.cells.iter_mut().for_each(|(_, value)| *value *= factor);
        self
    }

    /// This vector with another behind it, whose columns begin at `offset`.
    #[must_use]
    pub fn beside(&self, other: &Self, offset: u32) -> Self {
        let moved = other.cells.iter().map(|(column, value)| (column + offset, *value));
        Self { cells: self.cells.iter().copied().chain(moved).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::Sparse;

    #[test]
    fn cells_are_sorted_summed_and_kept_finite() {
        let vector = Sparse::new(vec![(7, 1.0), (2, 3.0), (7, 1.0), (5, f32::NAN), (9, 0.0)]);
        assert_eq!(vector.iter().collect::<Vec<_>>(), [(2, 3.0), (7, 2.0)]);
        assert_eq!(vector.dot(&Sparse::new(vec![(7, 0.5), (8, 4.0)])), 1.0);
        assert_eq!(vector.dot_dense(&[0.0, 0.0, 2.0]), 6.0);
    }
}
