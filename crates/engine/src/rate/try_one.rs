//! One task, one question, shown whole: what the model is told, what it answers, what is kept of it, what it cost.
//!
//! Asks about the task as the newest groom read it, always anew; the answer changes no score, what it used is counted.
//! Deliberately not here: layout.

use super::{Asking, Session, check, configured};
use crate::context::Engine;
use crate::error::EngineError;
use domain::{Answered, Moment, Snapshot, TaskGid};
use jiff::Timestamp;
use judge::Memory;
use llm::{Budget, Money, Size, Value};
use serde::Serialize;

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Tried {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// When the groom whose texts are shown read the project.
    pub read_at: Timestamp,
    /// The model, as configured.
    pub model: String,
    /// The prompt's version.
    pub prompt: String,
    /// What every question begins with.
    pub system: String,
    /// The question: facts and texts, cleaned and between marks.
    pub question: String,
    /// Secrets that were taken out.
    pub redactions: usize,
    /// The answer, part by part; empty when there was none.
    pub answer: Vec<(String, Value)>,
    /// What is kept of it; none when there was no answer.
    pub kept: Option<Answered>,
    /// Why there was none.
    pub ending: Option<String>,
    /// Requests sent.
    pub requests: u32,
    /// Tokens of the question.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
    /// What it cost, US dollars; none when that is not known.
    pub dollars: Option<f64>,
}

/// Asks the configured model about a task, `size` which of its two.
///
/// # Errors
/// No model, a task that no groom has read, or a task of which nothing may be shown.
pub async fn try_task(
    engine: &Engine,
    task: &TaskGid,
    now: Moment,
    size: Size,
) -> Result<Tried, EngineError> {
    let snapshot = newest(engine, task).await?;
    let project = snapshot.project.gid.clone();
    let engine = &engine.for_project(&project).await?;
    let (model, prompt) = configured(engine)?;
    let (run, memory) = (engine.run_id(&project, now), Memory::new());
    let asking = Asking { run: &run, now, memory: &memory, purpose: "try" };
    let budget = Budget::new(super::ask::left(engine, model, asking).await?);
    let session = Session::begin(engine, (model, &prompt), &project, (asking, &budget)).await?;
    let task = snapshot.task(task).ok_or_else(|| EngineError::UnknownTask(task.clone()))?;
    let nothing = || EngineError::Unusable("policy.ai.exclude leaves nothing of the task to show".to_owned());
    let question = session.question(&snapshot, task).ok_or_else(nothing)?.size(size);
    let outcome = session.ask_once(&task.gid, &question, size).await?;
    let (answer, ending, spent) = match outcome {
        Ok(answer) => (Some(answer.clone()), None, answer.spent),
        Err(unanswered) => (None, Some(unanswered.ending.to_string()), unanswered.spent),
    };
    Ok(Tried {
        task: task.gid.clone(),
        name: task.name.clone(),
        read_at: snapshot.taken_at,
        model: model.client.model(size).to_owned(),
        prompt: prompt.version().to_owned(),
        system: prompt.system().to_owned(),
        question: question.user(),
        redactions: question.redactions(),
        kept: answer.as_ref().map(|answer| check::checked(answer, &question, &engine.rubric.dimensions())),
        answer: answer.map(|answer| answer.values).unwrap_or_default(),
        ending,
        requests: spent.requests,
        input_tokens: spent.usage.input,
        output_tokens: spent.usage.output,
        dollars: spent.cost.map(Money::dollars),
    })
}

/// The newest reading of a task.
async fn newest(engine: &Engine, task: &TaskGid) -> Result<Snapshot, EngineError> {
    let unread = || {
        EngineError::Unusable(format!(
            "no groom that is still kept has read task {task}: run `upnext groom --project …` first (without --apply it \
             writes nothing to Asana)"
        ))
    };
    let (run, ..) = engine.store.judgement(task).await?.ok_or_else(unread)?;
    let plan = engine.store.plan_of_run(&run).await?.ok_or_else(unread)?;
    engine.store.snapshot(&plan.plan.snapshot).await?.ok_or_else(unread)
}
