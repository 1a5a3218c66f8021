//! What other weights would do to a project's order. Nothing is written: judging is pure.
//!
//! The last snapshot is judged again with the rubric in force under other weights, for the moment and with the remembered bands
//! of the plan it came from, so that only the weights differ. Deliberately not here: putting weights in force (`rubrics`).

use super::cache::{Found, Views};
use super::ranked::{BandCounts, Ranked, percent};
use crate::error::EngineError;
use domain::{Judgement, ProjectGid, TaskGid};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Tasks at the head of an order whose coming and going is told.
const HEAD: usize = 10;

/// Judgements under way at a time: each takes a core for as long as it lasts.
static JUDGING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);

/// A criterion's weight as it is and as it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Weight {
    /// The criterion.
    pub criterion: String,
    /// Its share of the score in force, percent.
    pub now: f64,
    /// What was asked for, any number of 0 or more.
    pub asked: f64,
    /// Its share under what was asked for, percent.
    pub share: f64,
}

/// A task that another order puts elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Move {
    /// The task.
    pub gid: TaskGid,
    /// Its name.
    pub name: String,
    /// Its place now.
    pub rank: usize,
    /// Its place then.
    pub then: usize,
    /// Its score now.
    pub score: f64,
    /// Its score then.
    pub score_then: f64,
    /// Its band now.
    pub band: &'static str,
    /// Its band then.
    pub band_then: &'static str,
}

impl Move {
    /// Places it rises; below 0 when it falls.
    #[must_use]
    pub fn rises(&self) -> i64 {
        self.rank as i64 - self.then as i64
    }
}

/// What other weights would do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhatIf {
    /// The project.
    pub project: domain::Project,
    /// When it was judged.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// The weights.
    pub weights: Vec<Weight>,
    /// Whether they differ from those in force.
    pub differs: bool,
    /// Tasks by band now.
    pub bands: BandCounts,
    /// Tasks by band then.
    pub bands_then: BandCounts,
    /// Tasks that change their place.
    pub moved: usize,
    /// Tasks that change their band.
    pub crossed: usize,
    /// Tasks that would come among the first ten.
    pub comes: Vec<String>,
    /// Tasks that would leave them.
    pub goes: Vec<String>,
    /// The first tasks of the other order, and those that move furthest.
    pub moves: Vec<Move>,
}

impl Views {
    /// What other weights would do: points by criterion, of which what is left out stays as it is. At most `limit` moves are told.
    ///
    /// # Errors
    /// The store's; weights that are below 0 or no numbers, or that are all 0.
    pub async fn what_if(
        &self,
        project: &ProjectGid,
        asked: BTreeMap<String, f64>,
        limit: usize,
    ) -> Result<Found<WhatIf>, EngineError> {
        let found = self.ranked(project).await?;
        let Found::Ranked { ranking, stale } = found else {
            return Ok(match found {
                Found::Forgotten => Found::Forgotten,
                _ => Found::NeverJudged,
            });
        };
        let weights = weights(&ranking, &asked)?;
        let stopped = |error: String| EngineError::Stopped(error);
        let turn = JUDGING.acquire().await.map_err(|error| stopped(error.to_string()))?;
        // The turn lasts as long as the work, also when nobody waits for it any more.
        let ranking = tokio::task::spawn_blocking(move || {
            let compared = compare(&ranking, weights, limit);
            drop(turn);
            compared
        })
        .await;
        Ok(Found::Ranked { ranking: ranking.map_err(|error| stopped(error.to_string()))??, stale })
    }
}

fn weights(ranked: &Ranked, asked: &BTreeMap<String, f64>) -> Result<Vec<Weight>, EngineError> {
    let unusable = |why: &str| Err(EngineError::Unusable(why.to_owned()));
    let names: Vec<&str> = ranked.rubric.criteria().iter().map(|criterion| criterion.name.as_str()).collect();
    if let Some(unknown) = asked.keys().find(|name| !names.contains(&name.as_str())) {
        return unusable(&format!(
            "`{unknown}` is no criterion of the rubric; these are: {}",
            names.join(", ")
        ));
    }
    let mut weights: Vec<Weight> = ranked
        .rubric
        .criteria()
        .iter()
        .map(|criterion| {
            let now = percent(criterion.weight);
            let asked = asked.get(&criterion.name).copied().unwrap_or(now);
            Weight { criterion: criterion.name.clone(), now, asked, share: 0.0 }
        })
        .collect();
    if weights.iter().any(|weight| !(0.0..=1e6).contains(&weight.asked)) {
        return unusable("weights must be numbers from 0 to 1,000,000");
    }
    let sum: f64 = weights.iter().map(|weight| weight.asked).sum();
    if sum <= 0.0 {
        return unusable("at least one weight must be above 0");
    }
    for weight in &mut weights {
        weight.share = percent(weight.asked / sum);
    }
    Ok(weights)
}

fn compare(ranked: &Ranked, weights: Vec<Weight>, limit: usize) -> Result<WhatIf, EngineError> {
    let differs = weights.iter().any(|weight| (weight.share - weight.now).abs() > 0.05);
    let shares: Vec<f64> = weights.iter().map(|weight| weight.asked).collect();
    let rubric = ranked.rubric.with_weights("what-if", &shares);
    let rubric = rubric.map_err(|error| EngineError::Unusable(error.to_string()))?;
    let then = if differs {
        judge::judge(&ranked.snapshot, &rubric, ranked.now, &ranked.memory)
    } else {
        ranked.judgements.clone()
    };
    let left: HashSet<&TaskGid> = ranked.skipped.iter().map(|skipped| &skipped.gid).collect();
    let now: HashMap<&TaskGid, &Judgement> = ranked.judgements.iter().map(|j| (&j.task, j)).collect();
    let moves: Vec<Move> = then
        .iter()
        .filter(|judgement| !left.contains(&judgement.task))
        .filter_map(|judgement| now.get(&judgement.task).map(|before| moved(before, judgement)))
        .collect();
    let comes = moves.iter().filter(|m| m.then <= HEAD && m.rank > HEAD);
    let goes = moves.iter().filter(|m| m.then > HEAD && m.rank <= HEAD);
    Ok(WhatIf {
        project: ranked.project.clone(),
        at: ranked.now.at,
        weights,
        differs,
        bands: ranked.bands,
        bands_then: BandCounts::of(then.iter().filter(|j| !left.contains(&j.task)).map(|j| j.band)),
        moved: moves.iter().filter(|m| m.rises() != 0).count(),
        crossed: moves.iter().filter(|m| m.band != m.band_then).count(),
        comes: comes.map(|m| m.name.clone()).collect(),
        goes: goes.map(|m| m.name.clone()).collect(),
        moves: told(moves, limit),
    })
}

fn moved(before: &Judgement, then: &Judgement) -> Move {
    Move {
        gid: then.task.clone(),
        name: then.name.clone(),
        rank: before.rank,
        then: then.rank,
        score: before.score.to_f64(),
        score_then: then.score.to_f64(),
        band: before.band.label(),
        band_then: then.band.label(),
    }
}

/// Half of what is told are the first of the other order, the rest those that move furthest.
fn told(mut moves: Vec<Move>, limit: usize) -> Vec<Move> {
    let rest = moves.split_off(moves.len().min(limit / 2));
    let mut far = rest;
    far.sort_by_key(|m| std::cmp::Reverse(m.rises().unsigned_abs()));
    far.truncate(limit - moves.len());
    moves.extend(far.into_iter().filter(|m| m.rises() != 0));
    moves.sort_by_key(|m| m.then);
    moves
}
