//! Go or no-go: whether the evidence is enough to let a project out of shadow mode.

use super::{Coverage, Figures};
use crate::learn::metrics::quantile;
use fastrand::Rng;
use serde::Serialize;

/// Weeks with something taken up: fewer say little about any order.
pub(super) const LEAST_WEEKS: usize = 8;
/// Below this share the past that was judged is not the past there was.
pub(super) const LEAST_COVERAGE: f64 = 0.8;
/// How much worse than the best rival counts as no worse.
const NO_WORSE: f64 = 0.02;
/// Redrawn sets of weeks; the bounds move by less than 0.005 with more.
const DRAWS: usize = 2000;

/// What the backtest says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing speaks against the next step.
    Go {
        /// The best order beside Upnext's.
        rival: &'static str,
        /// Bounds of the difference in NDCG to it, four in five.
        lead: (f64, f64),
    },
    /// The named order would have done better.
    NoGo {
        /// It.
        rival: &'static str,
        /// Bounds of the difference in NDCG to it, four in five.
        lead: (f64, f64),
    },
    /// The weeks differ too much to tell.
    Undecided {
        /// The best order beside Upnext's.
        rival: &'static str,
        /// Bounds of the difference in NDCG to it, four in five.
        lead: (f64, f64),
    },
    /// Too few weeks in which anything was taken up.
    TooLittle {
        /// How many.
        weeks: usize,
    },
    /// Too much of the past could not be put back.
    TooUnclear {
        /// The share that could, 0–1.
        coverage: f64,
    },
}

/// Compares Upnext with the best other order, week by week.
pub(super) fn of(figures: &[Figures], coverage: Coverage) -> Verdict {
    let Some((ours, others)) = figures.split_first() else { return Verdict::TooLittle { weeks: 0 } };
    let weeks = ours.ndcg.len();
    if weeks < LEAST_WEEKS {
        return Verdict::TooLittle { weeks };
    }
    if coverage.share() < LEAST_COVERAGE {
        return Verdict::TooUnclear { coverage: coverage.share() };
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let best = others.iter().max_by(|a, b| mean(&a.ndcg).total_cmp(&mean(&b.ndcg)));
    let Some(best) = best else { return Verdict::TooLittle { weeks } };
    let leads: Vec<f64> = ours.ndcg.iter().zip(&best.ndcg).map(|(a, b)| a - b).collect();
    let (rival, lead) = (best.name, bounds(&leads));
    if lead.0 >= -NO_WORSE {
        Verdict::Go { rival, lead }
    } else if lead.1 < 0.0 {
        Verdict::NoGo { rival, lead }
    } else {
        Verdict::Undecided { rival, lead }
    }
}

/// Where the mean lies, four times in five, when the weeks are drawn again (Efron 1979).
pub(super) fn bounds(leads: &[f64]) -> (f64, f64) {
    let mut random = Rng::with_seed(leads.len() as u64);
    let means: Vec<f64> = (0..DRAWS)
        .map(|_| {
            (0..leads.len()).map(|_| leads[random.usize(0..leads.len())]).sum::<f64>() / leads.len() as f64
        })
        .collect();
    (quantile(&means, 0.1).unwrap_or(0.0), quantile(&means, 0.9).unwrap_or(0.0))
}
