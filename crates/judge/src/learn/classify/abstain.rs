//! When to keep quiet: the least probability from which a team's wanted precision was reached on rows held out.
//!
//! Deliberately cautious: of many thresholds the luckiest looks best, so each is judged by the lower end of its interval.
//! Known limit: one threshold for all labels; a label the model always gets wrong is hidden by many it gets right.

/// A row held out of the fit: the first guess, what it claimed, and whether it was right.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct HeldOut {
    /// The guessed label, by its place among the classifier's labels.
    pub label: usize,
    /// The stated probability, 0 to 1.
    pub probability: f64,
    /// Whether the label was the true one.
    pub right: bool,
}

/// From which probability on a label is given.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Threshold {
    /// The least probability, 0 to 1.
    pub probability: f64,
    /// Share of rows held out at or above it that were right.
    pub precision: f64,
    /// Share of rows held out that are at or above it.
    pub coverage: f64,
}

/// Why no label is given by itself.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum WhyNone {
    /// Too little to judge by.
    #[error("only {rows} labelled tasks to check against, {needed} are needed")]
    TooFewRows {
        /// Rows held out.
        rows: usize,
        /// Rows that are needed.
        needed: usize,
    },
    /// No threshold was right often enough.
    #[error("no confidence level was right in {wanted:.2} of cases; the best reached {best:.2}")]
    NotPreciseEnough {
        /// The wanted share.
        wanted: f64,
        /// The best cautious share of any threshold.
        best: f64,
    },
}

/// Rows a threshold must rest on: below 20 the interval is wider than any useful difference.
const LEAST_ROWS: usize = 20;
/// Standard errors below the observed share: one, so that five of six thresholds hold on new rows.
const CAUTION: f64 = 1.0;

/// The least probability whose rows were right at least as often as `precision`, cautiously.
pub(in crate::learn) fn threshold(held_out: &[HeldOut], precision: f64) -> Result<Threshold, WhyNone> {
    if held_out.len() < LEAST_ROWS {
        return Err(WhyNone::TooFewRows { rows: held_out.len(), needed: LEAST_ROWS });
    }
    let mut rows = held_out.to_vec();
    rows.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let (mut right, mut best, mut found) = (0_usize, 0.0_f64, None);
    for (at, row) in rows.iter().enumerate() {
        right += usize::from(row.right);
        let count = at + 1;
        // Rows of one probability stand or fall together.
        let tied = rows.get(count).is_some_and(|next| next.probability == row.probability);
        if count < LEAST_ROWS || tied {
            continue;
        }
        let share = cautious(right, count);
        best = best.max(share);
        if share >= precision {
            found = Some(Threshold {
                probability: row.probability,
                precision: right as f64 / count as f64,
                coverage: count as f64 / rows.len() as f64,
            });
        }
    }
    found.ok_or(WhyNone::NotPreciseEnough { wanted: precision, best })
}

/// The lower end of Wilson's (1927) interval for a share.
fn cautious(right: usize, count: usize) -> f64 {
    let (n, share, z2) = (count as f64, right as f64 / count as f64, CAUTION * CAUTION);
    let spread = CAUTION * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    (share + z2 / (2.0 * n) - spread) / (1.0 + z2 / n)
}

#[cfg(test)]
mod tests {
    use super::{HeldOut, WhyNone, threshold};

    fn rows(count: usize, right: impl Fn(usize) -> bool) -> Vec<HeldOut> {
        (0..count)
            .map(|at| HeldOut { label: 0, probability: at as f64 / count as f64, right: right(at) })
            .collect()
    }

    #[test]
    fn the_threshold_is_the_least_that_reaches_the_precision() {
        let found = threshold(&rows(200, |at| at >= 100), 0.9).unwrap();
        assert!((0.44..0.5).contains(&found.probability), "{found:?}");
        assert!(found.precision > 0.9);
    }

    #[test]
    fn without_a_threshold_there_is_a_reason() {
        assert_eq!(threshold(&rows(5, |_| true), 0.9), Err(WhyNone::TooFewRows { rows: 5, needed: 20 }));
        let none = threshold(&rows(100, |at| at % 2 == 0), 0.9).unwrap_err();
        assert!(matches!(none, WhyNone::NotPreciseEnough { .. }), "{none}");
    }
}
