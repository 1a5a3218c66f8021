//! Boosted trees for the middle or another quantile of a number, given some tens of plain measures.
//!
//! Friedman (2001), "Greedy function approximation: a gradient boosting machine", with the quantile's loss, and rows and
//! columns drawn for each tree and split (Friedman 2002; Breiman 2001). Values are sorted into at most 64 bins first, so a
//! fit is linear in the rows. Deliberately not here: text, missing values (a value that is not finite counts as 0).

use super::metrics::quantile;
use fastrand::Rng;

/// Bins a measure is sorted into.
const MOST_BINS: usize = 64;

/// How trees are grown.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How many.
    pub trees: usize,
    /// Splits between the root and a leaf.
    pub depth: usize,
    /// How much of each tree's advice is taken, 0–1.
    pub rate: f64,
    /// Share of the rows each tree sees.
    pub rows: f64,
    /// Share of the measures each split may use.
    pub columns: f64,
    /// Fewest rows of a leaf.
    pub least: usize,
    /// The quantile that is asked for, 0–1; 0.5 is the middle.
    pub quantile: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum Node {
    Leaf(f64),
    /// Rows whose measure is at most the value go to the first, the others to the second.
    Split(usize, f64, Box<Node>, Box<Node>),
}

/// A fitted sum of trees.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Boost {
    start: f64,
    trees: Vec<Node>,
}

impl Boost {
    /// The estimate for a row.
    #[must_use]
    pub fn predict(&self, row: &[f64]) -> f64 {
        self.start + self.trees.iter().map(|tree| tree.value(row)).sum::<f64>()
    }

    /// Fits trees to rows of equally many measures. Rows beyond the targets, and targets that are not finite, are left out.
    #[must_use]
    pub fn fit(rows: &[Vec<f64>], targets: &[f64], shape: Shape, seed: u64) -> Self {
        let kept: Vec<usize> =
            (0..rows.len().min(targets.len())).filter(|at| targets[*at].is_finite()).collect();
        let targets: Vec<f64> = kept.iter().map(|at| targets[*at]).collect();
        let start = quantile(&targets, shape.quantile).unwrap_or_default();
        let columns = kept.iter().map(|at| rows[*at].len()).min().unwrap_or_default();
        let binned: Vec<Binned> =
            (0..columns).map(|column| Binned::new(kept.iter().map(|at| rows[*at][column]))).collect();
        let mut random = Rng::with_seed(seed);
        let mut estimates = vec![start; targets.len()];
        let mut order: Vec<u32> = (0..targets.len() as u32).collect();
        let mut trees = Vec::with_capacity(shape.trees);
        for _ in 0..if columns == 0 { 0 } else { shape.trees } {
            random.shuffle(&mut order);
            let taken = ((order.len() as f64 * shape.rows).ceil() as usize).min(order.len());
            let missed: Vec<f64> = targets.iter().zip(&estimates).map(|(target, at)| target - at).collect();
            let mut grower = Grower { binned: &binned, missed: &missed, shape, random: &mut random };
            let tree = grower.grow(&mut order[..taken], shape.depth);
            for (nth, estimate) in estimates.iter_mut().enumerate() {
                *estimate += tree.value(&rows[kept[nth]]);
            }
            trees.push(tree);
        }
        Self { start, trees }
    }
}

impl Node {
    fn value(&self, row: &[f64]) -> f64 {
        match self {
            Self::Leaf(value) => *value,
            Self::Split(column, most, low, high) => {
                if finite(row.get(*column).copied().unwrap_or_default()) <= *most {
                    low.value(row)
                } else {
                    high.value(row)
                }
            }
        }
    }
}

fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// One measure of every row as bins, and the largest value of each bin.
struct Binned {
    bins: Vec<u8>,
    most: Vec<f64>,
}

impl Binned {
    fn new(values: impl Iterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.map(finite).collect();
        let mut sorted = values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut most: Vec<f64> = sorted.clone();
        most.dedup();
        if most.len() > MOST_BINS {
            most = (1..=MOST_BINS).map(|nth| sorted[nth * sorted.len() / MOST_BINS - 1]).collect();
            most.dedup();
        }
        let bin = |value: f64| most.partition_point(|most| *most < value) as u8;
        Self { bins: values.into_iter().map(bin).collect(), most }
    }
}

/// What growing one tree needs.
struct Grower<'a> {
    binned: &'a [Binned],
    /// Target minus estimate of each row.
    missed: &'a [f64],
    shape: Shape,
    random: &'a mut Rng,
}

impl Grower<'_> {
    fn grow(&mut self, rows: &mut [u32], depth: usize) -> Node {
        let split = if depth == 0 || rows.len() < 2 * self.shape.least { None } else { self.best(rows) };
        let Some((column, bin)) = split else {
            let missed: Vec<f64> = rows.iter().map(|row| self.missed[*row as usize]).collect();
            return Node::Leaf(quantile(&missed, self.shape.quantile).unwrap_or_default() * self.shape.rate);
        };
        let binned = &self.binned[column];
        // Which rows are on which side matters, their order does not: leaves sort.
        rows.sort_unstable_by_key(|row| (binned.bins[*row as usize] > bin, *row));
        let low = rows.partition_point(|row| binned.bins[*row as usize] <= bin);
        let (low, high) = rows.split_at_mut(low);
        let most = binned.most[bin as usize];
        let (low, high) = (self.grow(low, depth - 1), self.grow(high, depth - 1));
        Node::Split(column, most, Box::new(low), Box::new(high))
    }

    /// The split after which the gradients of the two sides differ most, among some of the measures.
    fn best(&mut self, rows: &[u32]) -> Option<(usize, u8)> {
        let mut columns: Vec<usize> = (0..self.binned.len()).collect();
        self.random.shuffle(&mut columns);
        columns.truncate(((columns.len() as f64 * self.shape.columns).ceil() as usize).max(1));
        let above =
            |row: u32| f64::from(u8::from(self.missed[row as usize] > 0.0)) - 1.0 + self.shape.quantile;
        let all: f64 = rows.iter().map(|row| above(*row)).sum();
        let mut best: Option<(f64, usize, u8)> = None;
        for column in columns {
            let binned = &self.binned[column];
            let mut sums = [(0.0, 0_usize); MOST_BINS];
            for row in rows {
                let (sum, count) = &mut sums[binned.bins[*row as usize] as usize];
                (*sum, *count) = (*sum + above(*row), *count + 1);
            }
            let (mut sum, mut count) = (0.0, 0);
            for (bin, (more, rows_in)) in sums.iter().enumerate().take(binned.most.len() - 1) {
                (sum, count) = (sum + more, count + rows_in);
                let left = rows.len() - count;
                if *rows_in == 0 || count < self.shape.least || left < self.shape.least {
                    continue;
                }
                let gain = sum * sum / count as f64 + (all - sum).powi(2) / left as f64;
                if best.is_none_or(|(most, ..)| gain > most + 1e-12) {
                    best = Some((gain, column, bin as u8));
                }
            }
        }
        let none = all * all / rows.len() as f64;
        best.filter(|(gain, ..)| *gain > none + 1e-12).map(|(_, column, bin)| (column, bin))
    }
}

#[cfg(test)]
mod tests {
    use super::{Boost, Shape};

    const SHAPE: Shape =
        Shape { trees: 80, depth: 3, rate: 0.1, rows: 0.7, columns: 1.0, least: 5, quantile: 0.5 };

    #[test]
    fn a_rule_with_outliers_is_followed_and_quantiles_lie_around_it() {
        let rows: Vec<Vec<f64>> = (0..300).map(|nth| vec![f64::from(nth % 10), f64::from(nth % 7)]).collect();
        let target = |nth: usize| {
            let noise = ((nth * 7919) % 100) as f64 / 10.0;
            if nth.is_multiple_of(50) { 1e6 } else { rows[nth][0] * 10.0 + noise }
        };
        let targets: Vec<f64> = (0..300).map(target).collect();
        let at =
            |quantile: f64| Boost::fit(&rows, &targets, Shape { quantile, ..SHAPE }, 1).predict(&[7.0, 3.0]);
        assert!((at(0.5) - 75.0).abs() < 6.0, "{}", at(0.5));
        assert!(at(0.1) < at(0.5) && at(0.5) < at(0.9));
        assert_eq!(at(0.5).to_bits(), at(0.5).to_bits());
    }

    #[test]
    fn nothing_and_nonsense_are_survived() {
        assert_eq!(Boost::fit(&[], &[], SHAPE, 1).predict(&[1.0]), 0.0);
        let rows = vec![vec![f64::NAN, f64::INFINITY]; 30];
        let targets: Vec<f64> = (0..30).map(|nth| if nth == 0 { f64::NAN } else { 2.0 }).collect();
        assert_eq!(Boost::fit(&rows, &targets, SHAPE, 1).predict(&[0.0]), 2.0);
    }
}
