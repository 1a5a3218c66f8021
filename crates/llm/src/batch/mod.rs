//! Many questions at half the price, answered within a day: the batch APIs of OpenAI and Anthropic.
//!
//! [`Client::submit`] sends them and gives back what to keep; hours or a restart later [`Client::batch_state`] says how far
//! a batch is and [`Client::batch_answers`] reads what came, each answer checked by the very code that checks one asked for
//! by itself. Nothing is remembered here: ids, and which prompt each question had, are the caller's to keep. A batch that
//! may have been created is never created again blindly.
//!
//! Deliberately not here: when a batch is worth the wait (policy), waiting (the caller's schedule). Known limits: an answer
//! of the wrong form is not asked for again, ask that question by itself; a submission is held in memory whole; a process
//! that dies after a batch was created and before its id was kept has paid for answers nobody will read.

mod anthropic;
mod collect;
mod create;
mod openai;
mod parcel;

use crate::answer::{Answer, Spent, Unanswered};
use crate::budget::Reserved;
use crate::client::Client;
use crate::ending::Ending;
use crate::failure::{Failure, pause};
use crate::price::{Money, Price, Usage};
use crate::question::{Prompt, Question, Size};
use crate::wire::Wire;
use create::Progress;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A batch: the interface it was made for, `/`, and the provider's own id. To be kept until its answers are read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(String);

impl BatchId {
    fn new(wire: Wire, id: &str) -> BatchId {
        BatchId(format!("{}/{id}", word(wire)))
    }

    /// The interface and the provider's id.
    fn parts(&self) -> Option<(Wire, &str)> {
        let (interface, id) = self.0.split_once('/')?;
        let wire = [Wire::Responses, Wire::Chat, Wire::Anthropic].into_iter().find(|w| word(*w) == interface);
        wire.map(|wire| (wire, id))
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn word(wire: Wire) -> &'static str {
    match wire {
        Wire::Responses => "responses",
        Wire::Chat => "chat",
        Wire::Compatible => "compatible",
        Wire::Anthropic => "anthropic",
    }
}

/// A batch that was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// The questions in it.
    pub custom_ids: Vec<String>,
    /// The most that it is likely to use: what a ceiling has to count until its answers are read.
    pub held: Usage,
    /// What that costs, at half price; none without a price.
    pub cost: Option<Money>,
}

/// How far a batch is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// Under way. Anthropic counts none as done before all are.
    Running {
        /// Questions it has come to.
        done: u64,
        /// Questions in it; 0 while the provider has not counted them.
        total: u64,
    },
    /// Every question was come to, with whatever ending.
    Ended,
    /// The day was over first; what was answered by then can be read.
    Expired,
    /// The provider took none of it, for this reason.
    Failed(String),
    /// Somebody cancelled it; what was answered by then can be read.
    Cancelled,
}

/// An answer that is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'p> {
    /// The question's name in its batch.
    pub custom_id: &'p str,
    /// What was asked.
    pub prompt: &'p Prompt,
    /// Which model was asked: it has the price.
    pub size: Size,
}

/// Questions that were not submitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{failed}")]
pub struct NotSubmitted {
    /// Why.
    pub failed: Unanswered,
    /// Batches that were created before it: they will be answered and cost.
    pub batches: Vec<Batch>,
}

/// What a line of the results says of its question.
enum Outcome<'l> {
    Body(&'l Value),
    Ending(Ending),
}

impl Client {
    /// Whether the provider takes batches; compatible servers have none.
    pub fn can_batch(&self) -> bool {
        self.shared.wire != Wire::Compatible
    }

    /// Submits questions, each under a name of the caller's: 1–64 letters, digits, `-` and `_`, each name once. They are
    /// split by model and by the providers' limits, so that there may be several batches.
    ///
    /// The budget holds all of them at half price before anything is sent, and goes on holding those that were created:
    /// reading their answers is another run's, and leaves that run's budget alone.
    ///
    /// # Errors
    /// Why not all of them were submitted, and the batches that were.
    pub async fn submit(&self, questions: &[(String, Question<'_>)]) -> Result<Vec<Batch>, NotSubmitted> {
        let mut progress = Progress::default();
        let outcome = self.unless_cancelled(self.submitted(questions, &mut progress)).await;
        let Progress { held, batches, spent } = progress;
        // What was not begun gives back what it held, whatever stopped it.
        held.into_iter().for_each(Reserved::release);
        match outcome {
            Ok(()) => Ok(batches),
            Err(ending) => Err(NotSubmitted { failed: free(ending, spent), batches }),
        }
    }

    /// How far a batch is.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub async fn batch_state(&self, id: &BatchId) -> Result<BatchState, Unanswered> {
        let mut spent = Spent::default();
        let told = self.unless_cancelled(self.told(id, &mut spent)).await;
        told.map(|told| told.state).map_err(|ending| free(ending, spent))
    }

    /// The answers of a batch that has ended, expired or was cancelled, one for each that is expected, in that order.
    /// Lines of other questions are passed over. Each is paid for at half price, and counts as one request.
    ///
    /// # Errors
    /// Why no answer at all can be read. What a single question ended with is in its place of the list.
    pub async fn batch_answers(
        &self,
        id: &BatchId,
        expected: &[Expected<'_>],
    ) -> Result<Vec<(String, Result<Answer, Unanswered>)>, Unanswered> {
        let mut spent = Spent::default();
        let collecting = self.collected(id, expected, &mut spent);
        self.unless_cancelled(collecting).await.map_err(|ending| free(ending, spent))
    }

    /// Sends until there is an answer or sending again may not help.
    async fn persisted<T>(
        &self,
        spent: &mut Spent,
        mut send: impl AsyncFnMut() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            spent.requests += 1;
            match send().await {
                Err(failure) if failure.passing && attempt <= self.shared.settings.retries => {
                    tokio::time::sleep(pause(attempt, failure.after)).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// What a token of a batch costs.
    fn half_price(&self, size: Size) -> Option<Price> {
        self.price(size).map(Price::half)
    }
}

/// An ending before any answer: it cost nothing, or what nobody knows.
fn free(ending: Ending, mut spent: Spent) -> Unanswered {
    spent.cost = (spent.uncounted == 0).then(Money::default);
    Unanswered { ending, spent }
}
