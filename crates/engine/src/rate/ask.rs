//! Asks about many tasks at once, keeps every answer as it comes, and stops when there is no point in going on.
//!
//! An answer is durable before the next question takes its place, so a run that dies has lost no more than the questions that
//! were under way. Ceilings of the day and the month are read again before each question, because other runs spend too; what
//! is under way then can pass them by itself. Deliberately not here: which tasks are asked about.

use super::limits::{Stop, left};
use super::{Asking, Model, ModelUse, check, texts};
use crate::context::Engine;
use crate::error::EngineError;
use domain::{Answered, Dimension, ProjectGid, Ratings, Snapshot, Task, TaskGid};
use futures_util::StreamExt as _;
use llm::{
    Answer, Budget, CacheKey, Clean, Client, Ending, Money, Price, Prompt, Question, Size, Spent, Unanswered,
    cache_key,
};
use std::collections::{BTreeMap, HashMap};
use store::{Attachment, ModelText, NewAnswer, QuestionKey, Used};

/// One question about one task.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'p> {
    pub task: TaskGid,
    pub size: Size,
    pub key: QuestionKey,
    pub question: Question<'p>,
}

/// Asking in one run.
pub(crate) struct Session<'e> {
    pub(super) engine: &'e Engine,
    model: &'e Model,
    pub(super) client: Client,
    pub(super) prompt: &'e Prompt,
    dimensions: Vec<Dimension>,
    pub(super) project: ProjectGid,
    asking: Asking<'e>,
    attachments: HashMap<TaskGid, Vec<Attachment>>,
    /// All that was ever answered about the project's tasks.
    known: HashMap<TaskGid, HashMap<QuestionKey, Answered>>,
    /// The answers that are of use now: to the present texts, rubric, prompt and models.
    /// By size and sample, so that their order does not depend on who was faster.
    found: HashMap<TaskGid, BTreeMap<(bool, u8), Answered>>,
    pub(super) failed: HashMap<TaskGid, String>,
    spent: Spent,
    cost: Option<Money>,
    pub(super) report: ModelUse,
}

impl<'e> Session<'e> {
    /// Begins with what is remembered.
    pub(crate) async fn begin(
        engine: &'e Engine,
        (model, prompt): (&'e Model, &'e Prompt),
        project: &ProjectGid,
        (asking, budget): (Asking<'e>, &Budget),
    ) -> Result<Session<'e>, EngineError> {
        let mut attachments = HashMap::new();
        if engine.policy.read_attachments {
            let seen = engine.store.attachments(project).await?;
            attachments.extend(seen.into_iter().map(|(task, seen)| (task, seen.attachments)));
        }
        let report = ModelUse { stopped: None, ..ModelUse::off(model, String::new()) };
        Ok(Session {
            engine,
            model,
            client: super::prepared(engine, model).await?.with_budget(budget.clone()),
            prompt,
            dimensions: engine.rubric.dimensions(),
            project: project.clone(),
            asking,
            attachments,
            known: engine.store.model_answers(project).await?,
            found: HashMap::new(),
            failed: HashMap::new(),
            spent: Spent::default(),
            cost: Some(Money::default()),
            report: ModelUse { prompt: prompt.version().to_owned(), ..report },
        })
    }

    /// The models that are asked and the prompt, as one name for the golden set's gate.
    pub(crate) fn models(&self) -> String {
        match self.client.has_larger() {
            true => format!("{} + {}", self.client.model(Size::Small), self.client.model(Size::Large)),
            false => self.client.model(Size::Small).to_owned(),
        }
    }

    pub(crate) fn project(&self) -> &ProjectGid {
        &self.project
    }

    pub(crate) fn prompt_version(&self) -> &str {
        self.prompt.version()
    }

    /// Asks about tasks where no answer is remembered: the small model as often as the policy says, the larger one once.
    pub(crate) async fn ask_about(
        &mut self,
        snapshot: &Snapshot,
        tasks: &[usize],
        size: Size,
    ) -> Result<(), EngineError> {
        let mut asks = vec![];
        for task in tasks.iter().map(|at| &snapshot.tasks[*at]) {
            let Some(question) = self.question(snapshot, task) else {
                let why = "policy.ai.exclude leaves nothing of it to show, or it has no text";
                self.failed.insert(task.gid.clone(), why.to_owned());
                continue;
            };
            for sample in 0..self.samples(&task.gid, size) {
                asks.extend(self.ask(&task.gid, &question, (size, sample)));
            }
        }
        if self.waits_for_batches(size) { self.ask_in_batches(asks).await } else { self.ask_all(asks).await }
    }

    /// Close calls wait for nobody, and neither does the gate: a new model is held against the golden set at once or not
    /// at all.
    fn waits_for_batches(&self, size: Size) -> bool {
        let can = self.engine.policy.ai.batch && self.client.can_batch();
        can && size == Size::Small && self.asking.purpose == "rate"
    }

    /// Asks for words about tasks, where none are remembered.
    pub(crate) async fn ask_for_words(
        &mut self,
        questions: Vec<(TaskGid, Question<'e>)>,
    ) -> Result<BTreeMap<TaskGid, String>, EngineError> {
        let tasks: Vec<TaskGid> = questions.iter().map(|(task, _)| task.clone()).collect();
        let asks = questions.iter().filter_map(|(task, question)| self.ask(task, question, (Size::Small, 0)));
        let asks: Vec<Ask<'e>> = asks.collect();
        self.ask_all(asks).await?;
        let words = |task: &TaskGid| self.found.get(task)?.values().find_map(|answer| answer.words.clone());
        Ok(tasks.iter().filter_map(|task| Some((task.clone(), words(task)?))).collect())
    }

    /// A text as it may leave.
    pub(crate) fn clean(&self, text: &str) -> Clean {
        self.client.cleaner().clean(text)
    }

    /// What all answers about a task come to; none without any.
    pub(crate) fn ratings(&self, task: &TaskGid) -> Option<Ratings> {
        let answers: Vec<Answered> = self.found.get(task)?.values().cloned().collect();
        Some(Ratings::of_answers(&answers, self.prompt.version(), self.engine.rubric.version()))
    }

    /// Why a task has no answer.
    pub(crate) fn why_not(&self, task: &TaskGid) -> String {
        let stopped = || self.report.stopped.clone().unwrap_or_else(|| "it was not asked about".to_owned());
        self.failed.get(task).cloned().unwrap_or_else(stopped)
    }

    /// What was asked and spent so far.
    pub(crate) fn report(&self) -> ModelUse {
        let usage = self.spent.usage;
        ModelUse {
            requests: self.spent.requests.into(),
            input_tokens: usage.input,
            cached_input_tokens: usage.cached_input,
            output_tokens: usage.output,
            dollars: self.cost.map(Money::dollars),
            ..self.report.clone()
        }
    }

    pub(crate) fn question(&self, snapshot: &Snapshot, task: &Task) -> Option<Question<'e>> {
        let attachments = self.attachments.get(&task.gid).map_or(&[][..], Vec::as_slice);
        let of = (snapshot, task, attachments);
        texts::question(self.prompt, self.client.cleaner(), of, &self.engine.policy.ai)
    }

    /// The question, unless its answer is remembered.
    fn ask(
        &mut self,
        task: &TaskGid,
        question: &Question<'e>,
        (size, sample): (Size, u8),
    ) -> Option<Ask<'e>> {
        let key = (self.key(question, size), sample);
        match self.known.get(task).and_then(|of| of.get(&key)).cloned() {
            Some(answer) => {
                self.report.remembered += 1;
                self.take(task, (size, sample), answer);
                None
            }
            None => Some(Ask { task: task.clone(), size, key, question: question.clone().size(size) }),
        }
    }

    pub(crate) fn key(&self, question: &Question<'_>, size: Size) -> String {
        cache_key(&CacheKey {
            content: &question.content(),
            rubric: self.engine.rubric.version(),
            prompt: self.prompt.version(),
            model: self.client.model(size),
        })
    }

    /// How often a model is asked about a task: the sample is the same tasks in every run.
    fn samples(&self, task: &TaskGid, size: Size) -> u8 {
        let policy = &self.engine.policy.ai;
        let digest = domain::Digest::of(task);
        let place = u64::from_str_radix(&digest.as_str()[..8], 16).unwrap_or(0) % 100;
        let is_sampled = size == Size::Small && place < u64::from(policy.sampled_percent);
        if is_sampled { policy.samples } else { 1 }
    }

    fn take(&mut self, task: &TaskGid, (size, sample): (Size, u8), answer: Answered) {
        match answer.refused {
            Some(why) => {
                self.failed.insert(task.clone(), why);
            }
            None => {
                self.found.entry(task.clone()).or_default().insert((size == Size::Large, sample), answer);
            }
        }
    }

    async fn ask_all(&mut self, asks: Vec<Ask<'e>>) -> Result<(), EngineError> {
        if asks.is_empty() || self.report.stopped.is_some() {
            return Ok(());
        }
        self.engine.stage("asking the language model", asks.len());
        let stop = Stop::default();
        let was_known = self.client.capability().is_some();
        let (engine, model, client, asking) = (self.engine, self.model, self.client.clone(), self.asking);
        let one = |ask: Ask<'e>| {
            let (client, stop) = (&client, &stop);
            async move {
                if stop.why().is_some() {
                    return Ok((ask, None));
                }
                if left(engine, model, asking).await?.is_spent() {
                    stop.stop(Ending::BudgetSpent.to_string());
                    return Ok((ask, None));
                }
                let outcome = client.ask(&ask.question).await;
                stop.note(outcome.as_ref().err().map(|unanswered| &unanswered.ending));
                Ok::<_, EngineError>((ask, Some(outcome)))
            }
        };
        let mut outcomes = futures_util::stream::iter(asks)
            .map(one)
            .buffer_unordered(self.model.settings.concurrency.max(1));
        while let Some(outcome) = outcomes.next().await {
            let (ask, outcome) = outcome?;
            if let Some(outcome) = outcome {
                self.took(ask, outcome).await?;
            }
            engine.step(1);
        }
        drop(outcomes);
        self.report.stopped = stop.why();
        if let Some(found) = self.client.capability().filter(|_| !was_known) {
            super::remember_capability(self.engine, found).await?;
        }
        Ok(())
    }

    /// Keeps what came of a question.
    pub(super) async fn took(
        &mut self,
        ask: Ask<'e>,
        outcome: Result<Answer, Unanswered>,
    ) -> Result<(), EngineError> {
        let spent = outcome.as_ref().map_or_else(|unanswered| unanswered.spent, |answer| answer.spent);
        self.count(&spent);
        let store = &self.engine.store;
        let ending = outcome.as_ref().err().map(|unanswered| unanswered.ending.to_string());
        let used = self.used(&ask.task, ask.size, (&spent, ending));
        let kept = match &outcome {
            Ok(answer) => {
                self.report.answered += 1;
                self.report.by_larger += usize::from(ask.size == Size::Large);
                self.report.redactions += ask.question.redactions();
                self.keep_text(&ask, answer).await?;
                let kept = check::checked(answer, &ask.question, &self.dimensions);
                self.report.quotes_not_found += kept.dropped.len();
                kept
            }
            Err(unanswered) if !ends_alike(&unanswered.ending) => {
                store.save_model_use(&used).await?;
                self.failed.insert(ask.task, unanswered.ending.to_string());
                return Ok(());
            }
            Err(unanswered) => Answered {
                model: self.client.model(ask.size).to_owned(),
                rated: vec![],
                dropped: vec![],
                refused: Some(unanswered.ending.to_string()),
                words: None,
            },
        };
        let new = NewAnswer { project: &self.project, task: &ask.task, key: &ask.key, answer: &kept };
        store.save_model_answer(&new, &used).await?;
        self.take(&ask.task, (ask.size, ask.key.1), kept);
        Ok(())
    }

    /// Asks one question and keeps nothing but what it used.
    pub(crate) async fn ask_once(
        &self,
        task: &TaskGid,
        question: &Question<'_>,
        size: Size,
    ) -> Result<Result<Answer, Unanswered>, EngineError> {
        let outcome = self.client.ask(question).await;
        let spent = outcome.as_ref().map_or_else(|unanswered| unanswered.spent, |answer| answer.spent);
        let ending = outcome.as_ref().err().map(|unanswered| unanswered.ending.to_string());
        self.engine.store.save_model_use(&self.used(task, size, (&spent, ending))).await?;
        Ok(outcome)
    }

    fn count(&mut self, spent: &Spent) {
        self.spent.usage += spent.usage;
        self.spent.requests += spent.requests;
        self.cost = self.cost.zip(spent.cost).map(|(sum, cost)| sum.plus(cost));
    }

    fn used(&self, task: &TaskGid, size: Size, (spent, ending): (&Spent, Option<String>)) -> Used {
        let held_cost = self.client.price(size).map_or(0, |price: &Price| price.of(&spent.held).units());
        Used {
            at: (self.engine.clock)(),
            day: self.asking.now.today,
            run: self.asking.run.clone(),
            project: self.project.clone(),
            task: task.clone(),
            purpose: self.asking.purpose.to_owned(),
            model: self.client.model(size).to_owned(),
            requests: spent.requests,
            input: spent.usage.input,
            cached_input: spent.usage.cached_input,
            output: spent.usage.output,
            held: spent.held.total(),
            cost: spent.cost.map(Money::units),
            held_cost,
            ending,
        }
    }

    /// Keeps question and answer whole while a debug window is open.
    async fn keep_text(&self, ask: &Ask<'_>, answer: &Answer) -> Result<(), EngineError> {
        let at = (self.engine.clock)();
        if self.engine.policy.ai.debug_until.is_none_or(|until| until <= at) {
            return Ok(());
        }
        let text = ModelText {
            at,
            task: ask.task.clone(),
            model: answer.model.clone(),
            question: ask.question.user(),
            answer: serde_json::to_string(&answer.values).unwrap_or_default(),
        };
        Ok(self.engine.store.save_model_text(&self.project, &text).await?)
    }
}

/// The same texts would end the same way, so they are not asked about again before they change.
fn ends_alike(ending: &Ending) -> bool {
    matches!(ending, Ending::Refused(_) | Ending::Filtered | Ending::QuestionTooLong)
}
