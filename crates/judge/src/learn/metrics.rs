//! How good an estimate was: the measures that reports and gates speak of.
//!
//! All take equally long slices, ignore what is beyond the shorter one, and answer `None` where a measure has no value.

/// The middle value; of an even number, the mean of the two.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The value below which a share of the values lies, 0–1, linear between neighbours.
#[must_use]
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    if sorted.is_empty() {
        return None;
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let at = share.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    let between = low + (high - low) * at.fract();
    // The distance between two numbers at either end of what there is has no number.
    Some(if between.is_finite() { between } else { low * (1.0 - at.fract()) + high * at.fract() })
}

/// The value at which half of the weight is reached.
#[must_use]
pub fn weighted_median(pairs: &[(f64, f64)]) -> Option<f64> {
    let mut sorted: Vec<(f64, f64)> =
        pairs.iter().copied().filter(|(value, weight)| value.is_finite() && *weight > 0.0).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sorted.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    sorted.into_iter().find_map(|(value, weight)| {
        sum += weight;
        (sum >= half).then_some(value)
    })
}

/// Mean absolute error.
#[must_use]
pub fn mean_absolute_error(estimates: &[f64], truths: &[f64]) -> Option<f64> {
    let errors: Vec<f64> = estimates.iter().zip(truths).map(|(a, b)| (a - b).abs()).collect();
    (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64)
}

/// Ranks from 1, ties sharing their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let same = |at: &usize| values[*at] == values[order[start]];
        let end = start + order[start..].iter().take_while(|at| same(at)).count();
        for at in &order[start..end] {
            ranks[*at] = (start + end + 1) as f64 / 2.0;
        }
        start = end.max(start + 1);
    }
    ranks
}

/// Spearman's rank correlation, −1 to 1.
#[must_use]
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len().min(b.len());
    let (a, b) = (ranks(&a[..n]), ranks(&b[..n]));
    let mean = (n as f64 + 1.0) / 2.0;
    let covariance: f64 = a.iter().zip(&b).map(|(x, y)| (x - mean) * (y - mean)).sum();
    let spread = |values: &[f64]| values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>().sqrt();
    let size = spread(&a) * spread(&b);
    (size > 0.0).then(|| covariance / size)
}

/// Kendall's rank correlation with ties (tau-b), −1 to 1; quadratic in the number of values.
#[must_use]
pub fn kendall(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len().min(b.len());
    let (mut sum, mut left, mut right) = (0.0, 0.0, 0.0);
    for i in 0..n {
        for j in 0..i {
            let (x, y) = (sign(a[i] - a[j]), sign(b[i] - b[j]));
            sum += x * y;
            left += x * x;
            right += y * y;
        }
    }
    let size = (left * right).sqrt();
    (size > 0.0).then(|| sum / size)
}

fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// Mean over the classes of the truths of each class's F1.
#[must_use]
pub fn macro_f1<T: PartialEq + Ord>(estimates: &[T], truths: &[T]) -> Option<f64> {
    let mut classes: Vec<&T> = truths.iter().collect();
    classes.sort_unstable();
    classes.dedup();
    let f1 = |class: &T| {
        let count = |fits: &dyn Fn(&T, &T) -> bool| {
            estimates.iter().zip(truths).filter(|(estimate, truth)| fits(estimate, truth)).count() as f64
        };
        let hit = count(&|estimate, truth| estimate == class && truth == class);
        let wrong = count(&|estimate, truth| (estimate == class) != (truth == class));
        if hit == 0.0 { 0.0 } else { 2.0 * hit / (2.0 * hit + wrong) }
    };
    (!classes.is_empty()).then(|| classes.iter().map(|class| f1(class)).sum::<f64>() / classes.len() as f64)
}

/// Chance that a true row scores above a false one.
#[must_use]
pub fn area_under_curve(scores: &[f64], truths: &[bool]) -> Option<f64> {
    let n = scores.len().min(truths.len());
    let ranks = ranks(&scores[..n]);
    let positives = truths[..n].iter().filter(|truth| **truth).count() as f64;
    let negatives = n as f64 - positives;
    let sum: f64 = ranks.iter().zip(truths).filter(|(_, truth)| **truth).map(|(rank, _)| rank).sum();
    let pairs = positives * negatives;
    (pairs > 0.0).then(|| (sum - positives * (positives + 1.0) / 2.0) / pairs)
}

/// Normalised discounted cumulative gain of the first `most`, gains 2^relevance − 1 (Järvelin and Kekäläinen 2002).
#[must_use]
pub fn ndcg(scores: &[f64], relevance: &[f64], most: usize) -> Option<f64> {
    let n = scores.len().min(relevance.len());
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let gain = |rows: &mut dyn Iterator<Item = f64>| {
        rows.take(most).enumerate().map(|(at, r)| (r.exp2() - 1.0) / (at as f64 + 2.0).log2()).sum::<f64>()
    };
    let mut ideal = relevance[..n].to_vec();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let best = gain(&mut ideal.into_iter());
    (best > 0.0).then(|| gain(&mut order.iter().map(|at| relevance[*at])) / best)
}

/// Expected calibration error: over ten equal bins of the stated probability, the gap to the share that came true, weighted by
/// the rows in the bin (Naeini et al. 2015). What is no probability is left out.
#[must_use]
pub fn calibration_error(probabilities: &[f64], came_true: &[bool]) -> Option<f64> {
    let mut bins = [(0.0, 0.0, 0.0); 10];
    let rows = probabilities.iter().zip(came_true);
    for (probability, truth) in rows.filter(|(probability, _)| (0.0..=1.0).contains(*probability)) {
        let (rows, stated, true_ones) = &mut bins[((probability * 10.0) as usize).min(9)];
        *rows += 1.0;
        *stated += probability;
        *true_ones += f64::from(u8::from(*truth));
    }
    let n: f64 = bins.iter().map(|(rows, ..)| rows).sum();
    (n > 0.0).then(|| bins.iter().map(|(_, stated, true_ones)| (stated - true_ones).abs()).sum::<f64>() / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measures_agree_with_values_worked_out_by_hand() {
        assert_eq!(median(&[3.0, 1.0, f64::NAN, 2.0, 10.0]), Some(2.5));
        assert_eq!(weighted_median(&[(1.0, 1.0), (5.0, 3.0), (9.0, 1.0)]), Some(5.0));
        assert_eq!(mean_absolute_error(&[1.0, 4.0], &[2.0, 2.0]), Some(1.5));
        assert!(spearman(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]).unwrap() > 0.999_999);
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert!((kendall(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]).unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(macro_f1(&["a", "b", "b"], &["a", "b", "a"]), Some(2.0 / 3.0));
        assert_eq!(area_under_curve(&[0.1, 0.9, 0.5, 0.5], &[false, true, true, false]), Some(0.875));
        assert_eq!(ndcg(&[3.0, 2.0, 1.0], &[3.0, 2.0, 0.0], 10), Some(1.0));
        assert!((calibration_error(&[0.75; 4], &[true, true, true, false]).unwrap()).abs() < 1e-12);
        assert_eq!(median(&[]), None);
    }
}
