//! Questions in batches: half the price, answered within a day, for policies that can wait.
//!
//! A run reads what earlier batches have brought, submits what nobody has asked yet, and goes on with rules for those tasks: no
//! run ever waits. An answer counts only if the task still asks the same question. Deliberately not here: the wire (`llm`). Known
//! limit: a process that dies after a batch was made and before it was noted has paid for answers nobody will read.

use super::ask::{Ask, Session};
use crate::error::EngineError;
use domain::TaskGid;
use llm::{Batch, BatchId, BatchState, Expected, Money};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{OpenBatch, QuestionKey};

/// Why a task has no rating yet.
const WAITING: &str = "its question is in a batch at the provider: a later run has the answer";

impl<'e> Session<'e> {
    /// Reads the answers that have come, and submits the questions that are in no batch. Those that wait are noted as such.
    pub(crate) async fn ask_in_batches(&mut self, asks: Vec<Ask<'e>>) -> Result<(), EngineError> {
        let mut open: HashSet<(TaskGid, QuestionKey)> = HashSet::new();
        let mut asks: HashMap<(TaskGid, QuestionKey), Ask<'e>> =
            asks.into_iter().map(|ask| ((ask.task.clone(), ask.key.clone()), ask)).collect();
        for batch in self.engine.store.open_batches(&self.project).await? {
            if !self.collect(&batch, &mut asks).await? {
                open.extend(batch.questions.into_values());
            }
        }
        let mut new: Vec<Ask<'e>> = vec![];
        for (name, ask) in asks {
            if open.contains(&name) {
                self.waits(&ask.task);
            } else if !self.failed.contains_key(&ask.task) {
                new.push(ask);
            }
        }
        new.sort_by(|a, b| (a.task.numeric_key(), &a.key).cmp(&(b.task.numeric_key(), &b.key)));
        self.submit(new).await
    }

    fn waits(&mut self, task: &TaskGid) {
        self.report.in_batches += 1;
        self.failed.insert(task.clone(), WAITING.to_owned());
    }

    /// Takes the answers of a batch; false while it is under way.
    async fn collect(
        &mut self,
        batch: &OpenBatch,
        asks: &mut HashMap<(TaskGid, QuestionKey), Ask<'e>>,
    ) -> Result<bool, EngineError> {
        let Some(id) = id_of(&batch.id) else { return Ok(false) };
        match self.client.batch_state(&id).await {
            Ok(BatchState::Running { .. }) => return Ok(false),
            Ok(BatchState::Failed(why)) => {
                self.report.stopped.get_or_insert(format!("the provider took nothing of a batch: {why}"));
                self.engine.store.close_batch(&batch.id).await?;
                return Ok(true);
            }
            Ok(BatchState::Ended | BatchState::Expired | BatchState::Cancelled) => {}
            // It stays open: another run asks again.
            Err(unanswered) => {
                self.report.stopped.get_or_insert(unanswered.ending.to_string());
                return Ok(false);
            }
        }
        // Names of questions that tasks still ask; answers to others are of no use any more.
        let wanted: BTreeMap<&String, Ask<'e>> =
            batch.questions.iter().filter_map(|(name, whose)| Some((name, asks.remove(whose)?))).collect();
        let expected: Vec<Expected<'_>> = wanted
            .iter()
            .map(|(name, ask)| Expected { custom_id: name, prompt: self.prompt, size: ask.size })
            .collect();
        match self.client.batch_answers(&id, &expected).await {
            Ok(answers) => {
                let answers: HashMap<String, _> = answers.into_iter().collect();
                let mut answers = answers;
                for (name, ask) in wanted {
                    if let Some(outcome) = answers.remove(name) {
                        self.took(ask, outcome).await?;
                    }
                }
                self.engine.store.close_batch(&batch.id).await?;
                Ok(true)
            }
            Err(unanswered) => {
                self.report.stopped.get_or_insert(unanswered.ending.to_string());
                Ok(false)
            }
        }
    }

    async fn submit(&mut self, asks: Vec<Ask<'e>>) -> Result<(), EngineError> {
        if asks.is_empty() || self.report.stopped.is_some() {
            return Ok(());
        }
        self.engine.stage("submitting a batch to the language model", asks.len());
        let named: Vec<(String, Ask<'e>)> = asks
            .into_iter()
            .enumerate()
            .map(|(at, ask)| (format!("q{at}-{}", &ask.key.0[..16]), ask))
            .collect();
        let questions: Vec<_> =
            named.iter().map(|(name, ask)| (name.clone(), ask.question.clone())).collect();
        let (batches, stopped) = match self.client.submit(&questions).await {
            Ok(batches) => (batches, None),
            Err(not) => (not.batches, Some(not.failed.ending.to_string())),
        };
        let mut named: BTreeMap<String, Ask<'e>> = named.into_iter().collect();
        let mut open = vec![];
        for batch in batches {
            open.push(self.opened(&batch, &mut named));
        }
        self.engine.store.save_batches(&self.project, &open).await?;
        if let Some(why) = stopped {
            self.report.stopped = Some(why);
        }
        Ok(())
    }

    /// A batch as it is kept; its questions wait from now on.
    fn opened(&mut self, batch: &Batch, named: &mut BTreeMap<String, Ask<'e>>) -> OpenBatch {
        let mut questions = BTreeMap::new();
        for name in &batch.custom_ids {
            if let Some(ask) = named.remove(name) {
                self.waits(&ask.task);
                questions.insert(name.clone(), (ask.task, ask.key));
            }
        }
        OpenBatch {
            id: batch.id.to_string(),
            submitted_at: (self.engine.clock)(),
            held: batch.held.total(),
            held_cost: batch.cost.map_or(0, Money::units),
            questions,
        }
    }
}

fn id_of(text: &str) -> Option<BatchId> {
    serde_json::from_value(text.into()).ok()
}
