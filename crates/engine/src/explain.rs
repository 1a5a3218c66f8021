//! Why a task has its score: the stored judgement and its history.
//!
//! Deliberately not here: judging afresh (`groom` without `--apply` does that).

use crate::error::EngineError;
use domain::{Band, Judgement, Points, RunId, TaskGid};
use jiff::Timestamp;
use serde::Serialize;
use store::{ModelRow, Store};

/// One earlier score.
#[derive(Clone, Debug, Serialize)]
pub struct PastScore {
    /// The run.
    pub run: RunId,
    /// When.
    pub at: Timestamp,
    /// The score.
    pub score: Points,
    /// The band.
    pub band: Band,
}

/// All that is known of a task's score.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The run that judged it last.
    pub run: RunId,
    /// When.
    pub at: Timestamp,
    /// The version of the rubric it was judged by.
    pub rubric: String,
    /// The judgement, whole.
    pub judgement: Judgement,
    /// The same as sentences.
    pub rationale: String,
    /// The models that learned values come from.
    pub models: Vec<ModelRow>,
    /// Earlier scores, newest first.
    pub history: Vec<PastScore>,
}

/// How many earlier scores are told.
const HISTORY: u32 = 20;

/// The latest judgement of a task; `None` when it was never judged.
///
/// # Errors
/// The store's.
pub async fn explain(store: &Store, task: &TaskGid) -> Result<Option<Explanation>, EngineError> {
    let Some((run, at, judgement)) = store.judgement(task).await? else { return Ok(None) };
    let history = store.history(task, None, HISTORY).await?;
    let plan = store.plan_of_run(&run).await?;
    let rubric = plan.map(|saved| saved.plan.rubric).unwrap_or_default();
    let rationale = decide::rationale(&judgement);
    let mut models = vec![];
    if let Some(effort) = &judgement.findings.effort {
        models.extend(store.model(&effort.model).await?);
    }
    let past = |(run, at, score, band)| PastScore { run, at, score, band };
    let history = history.into_iter().map(past).collect();
    Ok(Some(Explanation { run, at, rubric, judgement, rationale, models, history }))
}
