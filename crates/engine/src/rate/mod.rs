//! Rate: what a language model reads in the texts of tasks, within a budget, never asked twice.
//!
//! Part of enrich. Answers are checked (`check`), kept with what they cost as they come (`ask`), and become ratings; a model or
//! prompt that is new to a project with a golden set is held against it first (`gate`). Whatever fails leaves tasks unrated:
//! rules score them, the report says which and why, and the next run asks about just those. Deliberately not here: what a
//! rating moves (`judge`), prices and the wire (`llm`).

mod ask;
mod batch;
mod check;
mod gate;
mod limits;
mod prompt;
mod texts;
mod try_one;
mod word;

pub use gate::{ModelVerdict, accept_model, gate_model};
pub use try_one::{Tried, try_task};
pub(crate) use word::{word, word_retro};

use crate::context::Engine;
use crate::error::EngineError;
use crate::report::SkippedTask;
use ask::Session;
use domain::{Moment, Points, Ratings, RunId, Snapshot, Task, TaskGid};
use gate::Gate;
use judge::Memory;
use llm::{Budget, Capability, Ceilings, Client, Money, Prompt, Settings, Size};
use serde::Serialize;
use std::collections::BTreeMap;

/// The language model of a configuration.
#[derive(Clone, Debug)]
pub struct Model {
    /// Who is asked.
    pub client: Client,
    /// How it is configured.
    pub settings: Settings,
}

/// What was asked of a language model in a run, and what came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ModelUse {
    /// The model, as configured.
    pub model: String,
    /// The larger one; empty when there is none.
    pub larger_model: String,
    /// The version of the prompt.
    pub prompt: String,
    /// Tasks with an answer, of this run or an earlier one.
    pub rated: usize,
    /// Answers that were remembered.
    pub remembered: usize,
    /// Answers that came in this run.
    pub answered: usize,
    /// Of those, the larger model's.
    pub by_larger: usize,
    /// Questions that wait in a batch at the provider.
    pub in_batches: usize,
    /// Requests sent.
    pub requests: u64,
    /// Tokens of questions.
    pub input_tokens: u64,
    /// Of those, from the provider's cache.
    pub cached_input_tokens: u64,
    /// Tokens of answers.
    pub output_tokens: u64,
    /// What this run cost, US dollars; none when a price or a count is missing.
    pub dollars: Option<f64>,
    /// Scores that were left out because their quote is not in the task.
    pub quotes_not_found: usize,
    /// Secrets that were taken out of what was sent.
    pub redactions: usize,
    /// Tasks about which the answers are far apart.
    pub disagreeing: usize,
    /// Tasks without an answer, each with its reason.
    pub unrated: Vec<SkippedTask>,
    /// Why no more was asked, if it was not.
    pub stopped: Option<String>,
}

/// A run as far as asking goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asking<'a> {
    pub run: &'a RunId,
    pub now: Moment,
    pub memory: &'a Memory,
    /// One word for the ledger.
    pub purpose: &'static str,
}

/// What a run may use in all, ratings and wordings together.
pub(crate) async fn budget(engine: &Engine, asking: Asking<'_>) -> Result<Budget, EngineError> {
    Ok(match &engine.model {
        Some(model) => Budget::new(limits::left(engine, model, asking).await?),
        None => Budget::default(),
    })
}

/// Adds ratings to a snapshot, as far as model, policy and budget go. Without a model nothing changes.
pub(crate) async fn rate(
    engine: &Engine,
    mut snapshot: Snapshot,
    (asking, budget): (Asking<'_>, &Budget),
) -> Result<(Snapshot, Option<ModelUse>), EngineError> {
    // Also where the model was taken out of the configuration while the window was open.
    forget_old_texts(engine, asking.now).await?;
    let Some(model) = &engine.model else { return Ok((snapshot, None)) };
    let Some(prompt) = prompt::prompt(&engine.rubric.dimensions()) else {
        let why =
            format!("no criterion of rubric {} names a dimension to ask about", engine.rubric.version());
        return Ok((snapshot, Some(ModelUse::off(model, why))));
    };
    if let Some(why) = switched_off(&model.settings.budget, engine.policy.ai.cap) {
        return Ok((snapshot, Some(ModelUse::off(model, why))));
    }
    let (project, with_prompt) = (snapshot.project.gid.clone(), (model, &prompt));
    let (gate, at_gate) = gate::gate(engine, with_prompt, &project, (asking, budget)).await?;
    if let Gate::Closed(why) = gate {
        return Ok((snapshot, Some(ModelUse { stopped: Some(why), ..at_gate })));
    }
    let mut session = Session::begin(engine, with_prompt, &project, (asking, budget)).await?;
    let tasks = by_rank(engine, &snapshot, asking);
    session.ask_about(&snapshot, &tasks, Size::Small).await?;
    let first = ratings(&session, &snapshot, &tasks);
    if model.client.has_larger() {
        let close = close_calls(engine, &with(&snapshot, &first, engine.policy.ai.cap), asking);
        session.ask_about(&snapshot, &close, Size::Large).await?;
    }
    let found = ratings(&session, &snapshot, &tasks);
    let report = session.report();
    let report = ModelUse {
        rated: found.len(),
        disagreeing: found.values().filter(|ratings| ratings.disagree()).count(),
        unrated: unrated(&session, &snapshot, &tasks, &found),
        ..report
    };
    snapshot = with(&snapshot, &found, engine.policy.ai.cap);
    Ok((snapshot, Some(report.plus(&at_gate))))
}

/// The configured model and what it is asked, for commands that are about nothing else.
pub(crate) fn configured(engine: &Engine) -> Result<(&Model, Prompt), EngineError> {
    let none = "no language model is configured: see [model] in `upnext config default`";
    let model = engine.model.as_ref().ok_or_else(|| EngineError::Unusable(none.to_owned()))?;
    let version = engine.rubric.version();
    let nothing = || format!("no criterion of rubric {version} names a dimension to ask about");
    let prompt = prompt::prompt(&engine.rubric.dimensions());
    Ok((model, prompt.ok_or_else(|| EngineError::Unusable(nothing()))?))
}

/// What the configured server holds the model to is looked up again after this many days: servers are updated.
const KNOWN_FOR_DAYS: i64 = 7;

/// The client with what an earlier run found out about its server.
async fn prepared(engine: &Engine, model: &Model) -> Result<Client, EngineError> {
    let since = (engine.clock)() - jiff::SignedDuration::from_hours(24 * KNOWN_FOR_DAYS);
    let settings = &model.settings;
    let known = engine.store.model_server(&settings.base_url, &settings.model, since).await?;
    let known = known.and_then(|body| serde_json::from_value(body).ok());
    Ok(match known {
        Some(found) => model.client.clone().with_capability(found),
        None => model.client.clone(),
    })
}

/// Remembers what the configured server holds the model to, so that the next run need not find it out.
///
/// # Errors
/// The store's.
pub async fn remember_capability(engine: &Engine, found: Capability) -> Result<(), EngineError> {
    let Some(model) = &engine.model else { return Ok(()) };
    let (settings, body) = (&model.settings, serde_json::to_value(found).unwrap_or_default());
    let at = (engine.clock)();
    Ok(engine.store.save_model_server(&settings.base_url, &settings.model, (&body, at)).await?)
}

/// Why nothing may be asked at all. A ceiling of 0 is the switch: what is remembered is then left out as well, and the plan
/// is the one that is made without a model.
fn switched_off(budget: &Ceilings, cap: f64) -> Option<String> {
    let tokens = [
        ("run_tokens", budget.run_tokens),
        ("day_tokens", budget.day_tokens),
        ("month_tokens", budget.month_tokens),
    ];
    let dollars = [
        ("run_dollars", budget.run_dollars),
        ("day_dollars", budget.day_dollars),
        ("month_dollars", budget.month_dollars),
    ];
    let none = tokens.iter().find(|(_, most)| *most == Some(0)).map(|(key, _)| *key);
    let none = none.or_else(|| dollars.iter().find(|(_, most)| *most == Some(0.0)).map(|(key, _)| *key));
    match none {
        Some(key) => Some(format!("model.budget.{key} is 0")),
        None => (cap <= 0.0).then(|| "policy.ai.cap is 0".to_owned()),
    }
}

/// Tasks that reach the plan, first things first: when the budget ends, what matters most has been read.
fn by_rank(engine: &Engine, snapshot: &Snapshot, asking: Asking<'_>) -> Vec<usize> {
    let at: BTreeMap<&TaskGid, usize> =
        snapshot.tasks.iter().enumerate().map(|(at, t)| (&t.gid, at)).collect();
    let judged = judge::judge(snapshot, &engine.rubric, asking.now, asking.memory);
    let ranked = judged.iter().filter_map(|judgement| at.get(&judgement.task).copied());
    ranked.filter(|at| engine.policy.takes(&snapshot.tasks[*at], snapshot)).collect()
}

/// Tasks that a larger model is asked about: near a band's border, or answered in different ways.
fn close_calls(engine: &Engine, snapshot: &Snapshot, asking: Asking<'_>) -> Vec<usize> {
    let bands = engine.rubric.bands();
    let within = |score: Points| {
        let near = |border: Points| score.distance(border) <= engine.policy.ai.larger_within;
        [bands.p0, bands.p1, bands.p2].into_iter().any(near)
    };
    let judged = judge::judge(snapshot, &engine.rubric, asking.now, asking.memory);
    let close = judged.iter().filter(|judgement| {
        judgement
            .findings
            .ratings
            .as_ref()
            .is_some_and(|ratings| within(judgement.score) || ratings.disagree())
    });
    let at = |gid: &TaskGid| snapshot.tasks.iter().position(|task| task.gid == *gid);
    close.filter_map(|judgement| at(&judgement.task)).collect()
}

fn ratings(session: &Session<'_>, snapshot: &Snapshot, tasks: &[usize]) -> BTreeMap<TaskGid, Ratings> {
    let of = |at: &usize| Some((snapshot.tasks[*at].gid.clone(), session.ratings(&snapshot.tasks[*at].gid)?));
    tasks.iter().filter_map(of).collect()
}

/// The snapshot with these ratings and no others.
pub(crate) fn with(snapshot: &Snapshot, found: &BTreeMap<TaskGid, Ratings>, cap: f64) -> Snapshot {
    let mut snapshot = snapshot.clone();
    for findings in snapshot.evidence.tasks.values_mut() {
        findings.ratings = None;
    }
    for (task, ratings) in found {
        snapshot.evidence.tasks.entry(task.clone()).or_default().ratings = Some(ratings.clone());
    }
    snapshot.evidence.tasks.retain(|_, findings| !findings.is_empty());
    snapshot.evidence.ai_cap = (!found.is_empty()).then_some(cap);
    snapshot
}

fn unrated(
    session: &Session<'_>,
    snapshot: &Snapshot,
    tasks: &[usize],
    found: &BTreeMap<TaskGid, Ratings>,
) -> Vec<SkippedTask> {
    let missing = tasks.iter().map(|at| &snapshot.tasks[*at]).filter(|task| !found.contains_key(&task.gid));
    let told = |task: &Task| SkippedTask {
        gid: task.gid.clone(),
        name: task.name.clone(),
        reason: session.why_not(&task.gid),
    };
    missing.map(told).collect()
}

/// What was kept whole goes when its window is over, or was closed.
async fn forget_old_texts(engine: &Engine, now: Moment) -> Result<(), EngineError> {
    let is_open = engine.policy.ai.debug_until.is_some_and(|until| until > now.at);
    if !is_open {
        engine.store.forget_model_texts(jiff::Timestamp::MAX).await?;
    }
    Ok(())
}

impl ModelUse {
    /// This and what was asked and spent besides.
    pub(crate) fn plus(self, other: &ModelUse) -> ModelUse {
        ModelUse {
            answered: self.answered + other.answered,
            remembered: self.remembered + other.remembered,
            requests: self.requests + other.requests,
            input_tokens: self.input_tokens + other.input_tokens,
            cached_input_tokens: self.cached_input_tokens + other.cached_input_tokens,
            output_tokens: self.output_tokens + other.output_tokens,
            dollars: self.dollars.zip(other.dollars).map(|(a, b)| a + b),
            redactions: self.redactions + other.redactions,
            stopped: self.stopped.or_else(|| other.stopped.clone()),
            ..self
        }
    }

    fn off(model: &Model, why: String) -> ModelUse {
        let larger = model.client.model(Size::Large);
        ModelUse {
            model: model.client.model(Size::Small).to_owned(),
            larger_model: if model.client.has_larger() { larger.to_owned() } else { String::new() },
            dollars: Some(0.0),
            stopped: Some(why),
            ..ModelUse::default()
        }
    }

    /// Tasks left without an answer and why they were, those alike together, most first.
    #[must_use]
    pub fn unrated_by_reason(&self) -> Vec<(&str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for task in &self.unrated {
            *counts.entry(&task.reason).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    /// The cost for people: `$0.0123`, or that it is not known.
    #[must_use]
    pub fn cost(&self) -> String {
        let known = |dollars: f64| Money::from_dollars(dollars).to_string();
        self.dollars.map_or_else(|| "cost not known".to_owned(), known)
    }
}
