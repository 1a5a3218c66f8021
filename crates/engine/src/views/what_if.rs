//! What other weights and thresholds would do to a project's order. Nothing is written: judging is pure.
//!
//! The last snapshot is judged again with its rubric under other weights and thresholds, for the moment and with the remembered bands
//! of the plan it came from, so that only they differ. Deliberately not here: putting them in force (`rubrics`).

use super::cache::{Found, Views};
use super::ranked::{BandCounts, Ranked};
use crate::error::EngineError;
use crate::rubrics::{RubricWish, Weight};
use domain::{Bands, Judgement, ProjectGid, TaskGid};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// Tasks at the head of an order whose coming and going is told.
const HEAD: usize = 10;

/// Judgements under way at a time: each takes a core for as long as it lasts.
static JUDGING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);

/// Where the bands begin, points; below P2 is P3.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Floors {
    /// The lowest score of P0.
    pub p0: f64,
    /// The lowest score of P1.
    pub p1: f64,
    /// The lowest score of P2.
    pub p2: f64,
}

impl Floors {
    fn of(bands: &Bands) -> Floors {
        Floors { p0: bands.p0.to_f64(), p1: bands.p1.to_f64(), p2: bands.p2.to_f64() }
    }
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
    /// Where the bands begin now.
    pub floors: Floors,
    /// Where they would begin.
    pub floors_then: Floors,
    /// Whether anything differs from what is in force.
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
    /// What another rubric would do. At most `limit` moves are told.
    ///
    /// # Errors
    /// The store's; weights that are below 0 or no numbers, or that are all 0; thresholds that do not fall.
    pub async fn what_if(
        &self,
        project: &ProjectGid,
        wish: impl Into<RubricWish>,
        limit: usize,
    ) -> Result<Found<WhatIf>, EngineError> {
        let found = self.ranked(project).await?;
        let Found::Ranked { ranking, stale } = found else {
            return Ok(match found {
                Found::Forgotten => Found::Forgotten,
                _ => Found::NeverJudged,
            });
        };
        let wish = wish.into();
        let rubric = wish.of(&ranking.rubric, "what-if")?;
        let weights = wish.weights_of(&ranking.rubric)?;
        let differs = wish.differs_from(&ranking.rubric)?;
        let stopped = |error: String| EngineError::Stopped(error);
        let turn = JUDGING.acquire().await.map_err(|error| stopped(error.to_string()))?;
        // The turn lasts as long as the work, also when nobody waits for it any more.
        let ranking = tokio::task::spawn_blocking(move || {
            let compared = compare(&ranking, (&rubric, weights, differs), limit);
            drop(turn);
            compared
        })
        .await;
        Ok(Found::Ranked { ranking: ranking.map_err(|error| stopped(error.to_string()))?, stale })
    }
}

fn compare(
    ranked: &Ranked,
    (rubric, weights, differs): (&judge::Rubric, Vec<Weight>, bool),
    limit: usize,
) -> WhatIf {
    let then = if differs {
        judge::judge(&ranked.snapshot, rubric, ranked.now, &ranked.memory)
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
    WhatIf {
        floors: Floors::of(ranked.rubric.bands()),
        floors_then: Floors::of(rubric.bands()),
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
    }
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
