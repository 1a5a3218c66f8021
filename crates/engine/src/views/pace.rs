//! How steady a project's order is, and how long its runs take.
//!
//! Deliberately not here: how long a change waits for its run (`/metrics`).

use super::cache::Views;
use crate::error::EngineError;
use domain::ProjectGid;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Days that bands are compared over.
const CHURN_DAYS: i64 = 7;

/// Runs whose times are told of, the newest.
const RUNS: u32 = 1000;

/// How far the order was unsteady in the week before the ranking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Churn {
    /// Days looked at.
    pub days: i64,
    /// Tasks that were judged in them.
    pub judged: u64,
    /// Of those, tasks that were put in more than one band.
    pub moved: u64,
}

/// How long runs of one kind took, of the newest thousand in these days.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RunTimes {
    /// `groom` or `recalculate`.
    pub kind: String,
    /// How many.
    pub runs: usize,
    /// Seconds that half of them took at most.
    pub middle: f64,
    /// Seconds that nineteen of twenty took at most.
    pub p95: f64,
}

impl Views {
    /// How unsteady a project's order was in the week before a moment.
    pub(crate) async fn churn(&self, project: &ProjectGid, at: Timestamp) -> Result<Churn, EngineError> {
        let since = at - SignedDuration::from_hours(24 * CHURN_DAYS);
        let (judged, moved) = self.store.churn(project, since).await?;
        Ok(Churn { days: CHURN_DAYS, judged, moved })
    }

    /// How long the newest runs of a project since a moment took.
    pub(crate) async fn run_times(
        &self,
        project: &ProjectGid,
        since: Timestamp,
    ) -> Result<Vec<RunTimes>, EngineError> {
        Ok(by_kind(self.store.run_times(project, since, RUNS).await?))
    }
}

/// Times by kind.
fn by_kind(times: Vec<(String, u64)>) -> Vec<RunTimes> {
    let mut kinds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (kind, took) in times {
        kinds.entry(kind).or_default().push(took);
    }
    let told = |(kind, mut took): (String, Vec<u64>)| {
        took.sort_unstable();
        // The smallest time that so many of a hundred do not exceed.
        let at = |percent: usize| took[(took.len() * percent).div_ceil(100).max(1) - 1] as f64 / 1000.0;
        RunTimes { runs: took.len(), middle: at(50), p95: at(95), kind }
    };
    kinds.into_iter().map(told).collect()
}
