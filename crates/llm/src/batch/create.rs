//! Makes batches: names checked, budget held, then one after another sent.
//!
//! Uploading a file may be repeated, because a file alone does nothing. Making the batch may not once it may have landed:
//! OpenAI's is then looked for by its file; Anthropic's cannot be told from others, and the ending says so. A status that
//! says it failed is taken at its word, as with a single question.

use super::parcel::{Line, Parcel, packed};
use super::{Batch, BatchId, anthropic, openai};
use crate::answer::Spent;
use crate::budget::Reserved;
use crate::client::{Client, likely_most};
use crate::ending::{BatchFault, Ending};
use crate::failure::Failure;
use crate::http::{Load, odd};
use crate::question::Question;
use crate::wire::Wire;
use serde_json::Value;
use std::collections::{HashSet, VecDeque};

/// How far a submission came.
#[derive(Default)]
pub(super) struct Progress {
    /// Of the batches that were not begun, in their order.
    pub held: VecDeque<Reserved>,
    pub batches: Vec<Batch>,
    pub spent: Spent,
}

impl Client {
    pub(super) async fn submitted(
        &self,
        questions: &[(String, Question<'_>)],
        progress: &mut Progress,
    ) -> Result<(), Ending> {
        if !self.can_batch() {
            return Err(Ending::Batch(BatchFault::None));
        }
        check_names(questions)?;
        let lines = questions.iter().map(|(custom_id, question)| self.line(custom_id, question)).collect();
        let parcels = match self.shared.wire {
            Wire::Anthropic => packed(lines, ',', anthropic::LIMITS),
            _ => packed(lines, '\n', openai::LIMITS),
        };
        for parcel in &parcels {
            let price = self.half_price(parcel.size);
            let reserved = self.reserve(&parcel.most, price.as_ref(), self.model(parcel.size))?;
            progress.held.push_back(reserved);
        }
        for parcel in &parcels {
            let reserved = progress.held.pop_front();
            progress.batches.push(self.created(parcel, reserved, &mut progress.spent).await?);
        }
        Ok(())
    }

    fn line(&self, custom_id: &str, question: &Question<'_>) -> Line {
        let (user, schema) = (question.user(), question.prompt.schema().json());
        let ask = self.worded(question, &user, &schema);
        let body = self.shared.wire.body(&ask);
        let most = likely_most(&body.to_string(), ask.max_output_tokens);
        let text = match self.shared.wire {
            Wire::Anthropic => anthropic::line(custom_id, &body),
            wire => openai::line(wire, custom_id, &body),
        };
        Line { custom_id: custom_id.to_owned(), size: question.size, text, most }
    }

    async fn created(
        &self,
        parcel: &Parcel,
        reserved: Option<Reserved>,
        spent: &mut Spent,
    ) -> Result<Batch, Ending> {
        let made = match self.shared.wire {
            Wire::Anthropic => {
                let body = anthropic::creation(&parcel.text);
                self.made(&["messages", "batches"], Load::Bulk(&body), parcel, spent).await
            }
            wire => self.made_of_a_file(wire, parcel, spent).await,
        };
        match made {
            // Unsettled, the reservation stays.
            Ok(id) => Ok(Batch {
                id: BatchId::new(self.shared.wire, &id),
                custom_ids: parcel.custom_ids.clone(),
                held: parcel.most,
                cost: self.half_price(parcel.size).map(|price| price.of(&parcel.most)),
            }),
            Err(failure) => {
                if let Some(reserved) = reserved.filter(|_| !failure.may_cost) {
                    reserved.release();
                }
                Err(failure.ending)
            }
        }
    }

    async fn made_of_a_file(
        &self,
        wire: Wire,
        parcel: &Parcel,
        spent: &mut Spent,
    ) -> Result<String, Failure> {
        let load = Load::File { fields: &openai::fields(), name: "batch.jsonl", text: &parcel.text };
        let upload = async || id_of(&self.shared.http.send(&["files"], load).await?);
        let uploaded = self.persisted(spent, upload).await;
        let file = uploaded.map_err(|failure| Failure { may_cost: false, ..failure })?;
        let body = openai::creation(wire, &file);
        match self.made(&["batches"], Load::Json(&body), parcel, spent).await {
            Err(failure) if failure.may_cost => match self.looked_for(&file, spent).await {
                Some(id) => {
                    settle(parcel, spent);
                    Ok(id)
                }
                None => Err(failure),
            },
            outcome => outcome,
        }
    }

    /// The id of a new batch.
    async fn made(
        &self,
        path: &[&str],
        load: Load<'_>,
        parcel: &Parcel,
        spent: &mut Spent,
    ) -> Result<String, Failure> {
        // Until it is told otherwise, nobody knows whether there is a batch.
        spent.uncounted = spent.uncounted.saturating_add(count(parcel));
        spent.held += parcel.most;
        let create = async || {
            let sent = self.shared.http.send(path, load).await;
            sent.and_then(|body| id_of(&body)).map_err(once_only)
        };
        let outcome = self.persisted(spent, create).await;
        if !outcome.as_ref().is_err_and(|failure| failure.may_cost) {
            settle(parcel, spent);
        }
        outcome
    }

    /// The batch of this file among the newest; none too when they cannot be listed.
    async fn looked_for(&self, file: &str, spent: &mut Spent) -> Option<String> {
        let list = async || self.shared.http.send(&["batches"], Load::Nothing).await;
        let listed = self.persisted(spent, list).await.ok()?;
        let of_file = listed["data"].as_array()?.iter().find(|batch| batch["input_file_id"] == file)?;
        id_of(of_file).ok()
    }
}

/// A batch that may have been made is not made again.
fn once_only(failure: Failure) -> Failure {
    match (failure.may_cost, &failure.ending) {
        (false, _) => failure,
        (true, Ending::TimedOut(_) | Ending::Unreachable) => {
            Failure { ending: Ending::Batch(BatchFault::Uncertain), passing: false, ..failure }
        }
        (true, _) => Failure { passing: false, ..failure },
    }
}

/// Takes back that a parcel's cost is unknown: there is no batch, or one that holds it itself.
fn settle(parcel: &Parcel, spent: &mut Spent) {
    spent.uncounted = spent.uncounted.saturating_sub(count(parcel));
    spent.held = spent.held.without(&parcel.most);
}

fn count(parcel: &Parcel) -> u32 {
    u32::try_from(parcel.custom_ids.len()).unwrap_or(u32::MAX)
}

fn id_of(body: &Value) -> Result<String, Failure> {
    let id = body["id"].as_str().filter(|id| !id.is_empty());
    id.map(str::to_owned).ok_or_else(|| odd(200, "an answer of a shape we do not know"))
}

/// What both providers take as a name, each once.
fn check_names(questions: &[(String, Question<'_>)]) -> Result<(), Ending> {
    let mut seen = HashSet::new();
    let fits = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    let wrong = questions.iter().map(|(custom_id, _)| custom_id).find(|custom_id| {
        !(1..=64).contains(&custom_id.len()) || !custom_id.bytes().all(fits) || !seen.insert(*custom_id)
    });
    wrong.map_or(Ok(()), |custom_id| Err(Ending::Batch(BatchFault::CustomId(custom_id.clone()))))
}
