//! A request before it is a task: what it seems to be, what it may take, what it does not say, and what it may repeat.
//!
//! Found with the models in force over the last snapshot; Asana is not asked and nothing is written. Deliberately not here: who may
//! see names of other tasks (the caller leaves them out). Known limit: only tasks that were open when the project was last read are
//! looked at for what a request repeats; `triage` looks at finished ones too once the task is there.

use super::cache::{Found, Views};
use super::ranked::{Ranked, percent};
use super::task::EffortView;
use crate::error::EngineError;
use crate::triage::{TaskAlike, alike};
use domain::{ModelKind, ProjectGid, Task, TaskGid};
use jiff::Timestamp;
use judge::learn::team::{TeamEffort, TeamTriage};
use judge::learn::triage::{Request, Triage, Triaged};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// Looks under way at a time: each takes a core for as long as it lasts.
static LOOKING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);

/// The chance from which a task is told as one that a request may repeat, 0–1.
const WORTH_TELLING: f64 = 0.1;

/// What a request seems to be in one respect.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LabelView {
    /// In which: request type, category, complexity or initial priority.
    pub aspect: &'static str,
    /// The likeliest label.
    pub label: String,
    /// How likely, percent.
    pub probability: f64,
    /// Whether that is as sure as the team asks for.
    pub sure: bool,
}

/// All that is found about a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct RequestView {
    /// Labels, where the project has any.
    pub labels: Vec<LabelView>,
    /// What it may take; none without a learned model.
    pub effort: Option<EffortView>,
    /// Questions that it does not answer.
    pub missing: Vec<String>,
    /// Open tasks that it may repeat, the likeliest first.
    pub similar: Vec<TaskAlike>,
}

impl Views {
    /// What is found about a request. Labels are sure from `precision` on, 0–1.
    ///
    /// # Errors
    /// The store's.
    pub async fn request(
        &self,
        project: &ProjectGid,
        (title, notes): (&str, &str),
        precision: f64,
        now: Timestamp,
    ) -> Result<RequestView, EngineError> {
        let ranked = match self.ranked(project).await? {
            Found::Ranked { ranking, .. } => Some(ranking),
            Found::NeverJudged | Found::Forgotten => None,
        };
        let triage = self.store.model_in_force(project, ModelKind::Triage).await?;
        let triage = triage.and_then(|(_, content)| serde_json::from_slice::<TeamTriage>(&content).ok());
        let effort = self.store.model_in_force(project, ModelKind::Effort).await?;
        let effort = effort.and_then(|(row, content)| {
            Some((row.used.id, serde_json::from_slice::<TeamEffort>(&content).ok()?))
        });
        // No task has such a gid.
        let task = Task::bare(TaskGid::new("request"), title, notes, now);
        let turn = LOOKING.acquire().await.map_err(|error| EngineError::Stopped(error.to_string()))?;
        let looked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            looked_at(&task, ranked.as_ref(), (triage, effort), precision)
        });
        looked.await.map_err(|error| EngineError::Stopped(error.to_string()))
    }
}

fn looked_at(
    task: &Task,
    ranked: Option<&Arc<Ranked>>,
    (triage, effort): (Option<TeamTriage>, Option<(String, TeamEffort)>),
    precision: f64,
) -> RequestView {
    let Some(ranked) = ranked else {
        let request = Request { title: &task.name, notes: &task.notes, facts: &[] };
        return RequestView {
            missing: questions(Triage::default().judge(&request, precision)),
            ..RequestView::default()
        };
    };
    let snapshot = &ranked.snapshot;
    let model = triage.unwrap_or_else(|| TeamTriage::untaught(snapshot));
    let triaged = model.judge(task, precision);
    let labels = triaged.findings.iter().filter_map(|finding| {
        let (label, probability) = finding.ranking.first()?;
        let sure = finding.quiet.is_none();
        let aspect = finding.aspect.words();
        Some(LabelView { aspect, label: label.clone(), probability: percent(*probability), sure })
    });
    let labels = labels.collect();
    let effort = effort.and_then(|(id, model)| model.finding(&id, snapshot, task));
    let open: Vec<&Task> = snapshot.tasks.iter().filter(|known| !known.completed).collect();
    let mut similar = alike(&open, task);
    similar.retain(|like| like.probability >= WORTH_TELLING);
    RequestView {
        labels,
        effort: effort.as_ref().map(super::task::effort),
        missing: questions(triaged),
        similar,
    }
}

fn questions(triaged: Triaged) -> Vec<String> {
    triaged.missing.into_iter().map(|missing| missing.question).collect()
}
