//! The golden set's gate for language models: a model or prompt that is new to a project is held against the order that was
//! agreed on, before it moves anything.
//!
//! The set's own snapshot is judged once as it was frozen and once with the new ratings. It passes when the agreement reaches
//! `policy.golden_gate` or is no lower than before. What came of it is kept, audited, and only tried again for another set, model
//! or prompt. Without a golden set there is no gate. Deliberately not here: freezing (`rubrics`).

use super::{Asking, Model, ModelUse, Session, ratings, with};
use crate::context::Engine;
use crate::error::EngineError;
use crate::rubrics::Deciding;
use domain::{Moment, ProjectGid, TaskGid};
use jiff::Timestamp;
use judge::Memory;
use judge::weights::agreement;
use llm::{Budget, Prompt, Size};
use serde::{Deserialize, Serialize};
use store::{GoldenSet, ModelGate};

/// How a model and prompt did against a golden set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelVerdict {
    /// The models, as configured.
    pub model: String,
    /// The prompt's version.
    pub prompt: String,
    /// When the golden set was frozen.
    pub frozen_at: Timestamp,
    /// Kendall's tau of the set's snapshot as it was frozen, -1 to 1; none when it was accepted untried.
    pub before: Option<f64>,
    /// The same with the new ratings.
    pub after: Option<f64>,
    /// The least tau that passes by itself.
    pub gate: f64,
    /// Whether the model is used.
    pub holds: bool,
    /// Who accepted it although it does not pass; none otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<String>,
    /// What they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Whether a model may be used.
pub(crate) enum Gate {
    /// It may be used; there may be no golden set at all.
    Open,
    /// It may not, for this reason.
    Closed(String),
}

/// Whether model and prompt may be used for the project, tried now if they were not yet.
pub(crate) async fn gate(
    engine: &Engine,
    (model, prompt): (&Model, &Prompt),
    project: &ProjectGid,
    (asking, budget): (Asking<'_>, &Budget),
) -> Result<(Gate, ModelUse), EngineError> {
    let Some(set) = engine.store.golden(project).await? else {
        let nothing = ModelUse { dollars: Some(0.0), ..ModelUse::default() };
        return Ok((Gate::Open, nothing));
    };
    let asking = Asking { purpose: "golden", ..asking };
    let mut session = Session::begin(engine, (model, prompt), project, (asking, budget)).await?;
    let verdict = match known(engine, &session, &set).await? {
        Some(verdict) => Ok(verdict),
        None => tried(engine, &mut session, &set).await?,
    };
    let gate = match verdict {
        Ok(verdict) if verdict.holds => Gate::Open,
        Ok(verdict) => Gate::Closed(falls_out(&verdict, project)),
        Err(why) => Gate::Closed(format!("it is not held against the golden set yet: {why}")),
    };
    Ok((gate, session.report()))
}

fn falls_out(verdict: &ModelVerdict, project: &ProjectGid) -> String {
    let tau = |tau: Option<f64>| tau.map_or_else(|| "?".to_owned(), |tau| format!("{tau:.3}"));
    format!(
        "with {} the golden set's order agrees to {} instead of {}, below the gate of {}: rules alone score; `upnext llm \
         accept --project {project}` uses it all the same",
        verdict.model,
        tau(verdict.after),
        tau(verdict.before),
        verdict.gate
    )
}

fn key<'a>(session: &'a Session<'_>, models: &'a str, set: &GoldenSet) -> ModelGate<'a> {
    ModelGate {
        project: session.project(),
        model: models,
        prompt: session.prompt_version(),
        golden: set.frozen_at,
    }
}

async fn known(
    engine: &Engine,
    session: &Session<'_>,
    set: &GoldenSet,
) -> Result<Option<ModelVerdict>, EngineError> {
    let models = session.models();
    let body = engine.store.model_gate(&key(session, &models, set)).await?;
    // What cannot be read is tried again.
    Ok(body.and_then(|body| serde_json::from_value(body).ok()))
}

/// The verdict, or why there is none yet.
async fn tried(
    engine: &Engine,
    session: &mut Session<'_>,
    set: &GoldenSet,
) -> Result<Result<ModelVerdict, String>, EngineError> {
    let gone = || EngineError::Rules(format!("the snapshot {} of the golden set is gone", set.snapshot));
    let snapshot = engine.store.snapshot(&set.snapshot).await?.ok_or_else(gone)?;
    let at = |gid: &TaskGid| snapshot.tasks.iter().position(|task| task.gid == *gid);
    let tasks: Vec<usize> = set.order.iter().filter_map(at).collect();
    session.ask_about(&snapshot, &tasks, Size::Small).await?;
    if let Some(why) = session.report().stopped {
        return Ok(Err(why));
    }
    let found = ratings(session, &snapshot, &tasks);
    let of = |snapshot: &domain::Snapshot| {
        agreement(&set.order, &judge::judge(snapshot, &engine.rubric, set.now, &Memory::new())).tau
    };
    let (before, after) = (of(&snapshot), of(&with(&snapshot, &found, engine.policy.ai.cap)));
    let gate = engine.policy.golden_gate;
    let verdict = ModelVerdict {
        model: session.models(),
        prompt: session.prompt_version().to_owned(),
        frozen_at: set.frozen_at,
        before: Some(before),
        after: Some(after),
        gate,
        holds: after >= gate || after >= before,
        accepted_by: None,
        reason: None,
    };
    save(engine, session, set, &verdict).await?;
    Ok(Ok(verdict))
}

async fn save(
    engine: &Engine,
    session: &Session<'_>,
    set: &GoldenSet,
    verdict: &ModelVerdict,
) -> Result<(), EngineError> {
    let (models, at) = (session.models(), (engine.clock)());
    let body = serde_json::to_value(verdict).unwrap_or_default();
    let by = verdict.accepted_by.as_deref().unwrap_or("upnext");
    Ok(engine.store.save_model_gate(&key(session, &models, set), &body, (at, by)).await?)
}

/// Holds the configured model against the golden set of a project, or tells what came of it before.
///
/// # Errors
/// No model, no golden set, or a model that could not be asked about all of it.
pub async fn gate_model(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
) -> Result<(ModelVerdict, ModelUse), EngineError> {
    decide(engine, project, now, None).await
}

/// Lets the configured model be used for a project although it does not agree with the golden set, or was not tried.
///
/// # Errors
/// No model or no golden set.
pub async fn accept_model(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
    how: &Deciding,
) -> Result<ModelVerdict, EngineError> {
    Ok(decide(engine, project, now, Some(how)).await?.0)
}

async fn decide(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
    accept: Option<&Deciding>,
) -> Result<(ModelVerdict, ModelUse), EngineError> {
    let engine = &engine.for_project(project).await?;
    let set = engine.store.golden(project).await?.ok_or_else(|| EngineError::NoGolden(project.clone()))?;
    let (model, prompt) = super::configured(engine)?;
    let (run, memory) = (engine.run_id(project, now), Memory::new());
    let asking = Asking { run: &run, now, memory: &memory, purpose: "golden" };
    let budget = Budget::new(super::limits::left(engine, model, asking).await?);
    let mut session = Session::begin(engine, (model, &prompt), project, (asking, &budget)).await?;
    let known = known(engine, &session, &set).await?;
    let verdict = match (accept, known) {
        (None, Some(verdict)) => verdict,
        (None, None) => tried(engine, &mut session, &set).await?.map_err(EngineError::Unusable)?,
        (Some(how), known) => {
            let untried = ModelVerdict {
                model: session.models(),
                prompt: session.prompt_version().to_owned(),
                frozen_at: set.frozen_at,
                before: None,
                after: None,
                gate: engine.policy.golden_gate,
                holds: true,
                accepted_by: None,
                reason: None,
            };
            let verdict = ModelVerdict {
                holds: true,
                accepted_by: Some(how.who(engine).await?),
                reason: how.reason.clone(),
                ..known.unwrap_or(untried)
            };
            save(engine, &session, &set, &verdict).await?;
            verdict
        }
    };
    Ok((verdict, session.report()))
}
