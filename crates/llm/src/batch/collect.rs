//! Reads how far a batch is, and what came of each of its questions.
//!
//! Results come in any order and are matched by name; of two lines with one name the first counts. A line that cannot be
//! read is passed over: its question is then missing, and is named so.

use super::{BatchId, BatchState, Expected, Outcome, anthropic, openai};
use crate::answer::{Answer, Spent, Unanswered};
use crate::client::{Checked, Client, checked, cost, likely_most};
use crate::ending::{BatchFault, Ending, Rejection};
use crate::http::{Load, odd};
use crate::probe::Capability;
use crate::wire::{Reply, Wire};
use reqwest::Url;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// What a line brought: an ending, or an answer, none when it has no shape we know.
type Came = Result<Option<Reply>, Ending>;

/// A batch as its provider tells it.
pub(super) struct Told {
    pub state: BatchState,
    wire: Wire,
    body: Value,
}

impl Client {
    pub(super) async fn told(&self, id: &BatchId, spent: &mut Spent) -> Result<Told, Ending> {
        let is_own = |wire| (wire == Wire::Anthropic) == (self.shared.wire == Wire::Anthropic);
        let parts = id.parts().filter(|(wire, _)| self.can_batch() && is_own(*wire));
        let (wire, id) = parts.ok_or(Ending::Batch(BatchFault::OtherProvider))?;
        let path = match wire {
            Wire::Anthropic => vec!["messages", "batches", id],
            _ => vec!["batches", id],
        };
        let look = async || self.shared.http.send(&path, Load::Nothing).await;
        let body = self.persisted(spent, look).await.map_err(|failure| failure.ending)?;
        let state = match wire {
            Wire::Anthropic => anthropic::state(&body),
            _ => openai::state(&body),
        };
        let state = state.ok_or_else(|| odd(200, "a batch of a state we do not know").ending)?;
        Ok(Told { state, wire, body })
    }

    pub(super) async fn collected(
        &self,
        id: &BatchId,
        expected: &[Expected<'_>],
        spent: &mut Spent,
    ) -> Result<Vec<(String, Result<Answer, Unanswered>)>, Ending> {
        let told = self.told(id, spent).await?;
        let otherwise = Ending::Batch(match &told.state {
            BatchState::Running { .. } => return Err(Ending::Batch(BatchFault::NotEnded)),
            BatchState::Failed(words) => {
                return Err(Ending::Rejected { what: Rejection::Request, words: words.clone() });
            }
            BatchState::Ended => BatchFault::Missing,
            BatchState::Expired => BatchFault::Expired,
            BatchState::Cancelled => BatchFault::Cancelled,
        });
        let wanted: HashSet<&str> = expected.iter().map(|expected| expected.custom_id).collect();
        let mut found = HashMap::new();
        for url in self.results(&told)? {
            self.read_lines(&url, told.wire, (&wanted, &mut found), spent).await?;
        }
        let answers = expected.iter().map(|expected| {
            let mut spent = Spent { requests: 1, ..Spent::default() };
            let came = found.remove(expected.custom_id).unwrap_or_else(|| Err(otherwise.clone()));
            let outcome = self.answer_of(came, expected, &mut spent);
            spent.cost = cost(&spent, self.half_price(expected.size).as_ref());
            let answer = outcome
                .map(|(values, model)| Answer { values, model, spent })
                .map_err(|ending| Unanswered { ending, spent });
            (expected.custom_id.to_owned(), answer)
        });
        Ok(answers.collect())
    }

    /// Where the results are.
    fn results(&self, told: &Told) -> Result<Vec<Url>, Ending> {
        if told.wire != Wire::Anthropic {
            let content = |file| self.shared.http.url(&["files", file, "content"]);
            return Ok(openai::files(&told.body).map(content).collect());
        }
        let Some(address) = told.body["results_url"].as_str() else { return Ok(vec![]) };
        let own = self.shared.http.own(address);
        own.map(|url| vec![url]).ok_or(Ending::Batch(BatchFault::ForeignResults))
    }

    async fn read_lines(
        &self,
        url: &Url,
        wire: Wire,
        (wanted, found): (&HashSet<&str>, &mut HashMap<String, Came>),
        spent: &mut Spent,
    ) -> Result<(), Ending> {
        let mut unreadable = 0_usize;
        let read = async || {
            unreadable = 0;
            let each = |line: &[u8]| match parsed(line, wire) {
                _ if line.trim_ascii().is_empty() => {}
                None => unreadable += 1,
                Some((custom_id, came)) => {
                    if wanted.contains(&*custom_id) {
                        found.entry(custom_id).or_insert(came);
                    }
                }
            };
            self.shared.http.lines(url, each).await
        };
        self.persisted(spent, read).await.map_err(|failure| failure.ending)?;
        if unreadable > 0 {
            tracing::warn!(unreadable, "lines of a batch's results that cannot be read were passed over");
        }
        Ok(())
    }

    /// The checked answer to one question.
    fn answer_of(&self, came: Came, expected: &Expected<'_>, spent: &mut Spent) -> Result<Checked, Ending> {
        let reply = came?;
        match reply.as_ref().and_then(|reply| reply.usage) {
            Some(usage) => spent.usage = usage,
            None => {
                spent.uncounted = 1;
                // The question is not at hand any more; its stable part is most of it.
                let most = self.shared.settings.max_output_tokens;
                spent.held = likely_most(expected.prompt.system(), most);
            }
        }
        let reply = reply.ok_or_else(|| odd(200, "an answer of a shape we do not know").ending)?;
        checked(reply, expected.prompt.schema(), Capability::JsonSchema)
    }
}

/// A line's name and what it says.
fn parsed(line: &[u8], wire: Wire) -> Option<(String, Came)> {
    let line: Value = serde_json::from_slice(line).ok()?;
    let outcome = match wire {
        Wire::Anthropic => anthropic::outcome(&line),
        _ => openai::outcome(&line),
    };
    let came = match outcome? {
        Outcome::Body(body) => Ok(wire.reply(body)),
        Outcome::Ending(ending) => Err(ending),
    };
    Some((line["custom_id"].as_str()?.to_owned(), came))
}
