//! Asks a question: budget before, retries between, checks after.
//!
//! An answer that has the wrong form is asked for once more with the fault named, and that is counted; every other
//! ending stands. Each answer rests on one question alone: there is no conversation. Known limit: waits after a 429 are
//! each question's own.

use crate::answer::{Answer, Spent, Unanswered, Value};
use crate::budget::{Budget, Refusal, Reserved};
use crate::cancel::Cancel;
use crate::clean::{Cleaner, safe_words};
use crate::ending::Ending;
use crate::failure::{Failure, pause};
use crate::http::{Http, Load, odd};
use crate::price::{Money, Price, Usage};
use crate::probe::{Capability, find_out};
use crate::question::{Question, Size};
use crate::read::read;
use crate::schema::Schema;
use crate::settings::{Settings, SettingsError, wrong};
use crate::wire::{Ask, Reply, Stop, Wire};
use secrecy::SecretString;
use serde_json::Value as Json;
use std::sync::Arc;
use tokio::sync::{OnceCell, Semaphore};

/// Asks one provider. Clones share connections, the concurrency cap, the budget and what was found out.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
    budget: Budget,
    cancel: Cancel,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub settings: Settings,
    pub wire: Wire,
    pub http: Http,
    cleaner: Cleaner,
    slots: Semaphore,
    capability: OnceCell<Capability>,
}

/// An answer whose parts are checked, with the model that gave it.
pub(crate) type Checked = (Vec<(String, Value)>, String);

impl Client {
    /// A client of the configured provider. Sends nothing.
    ///
    /// # Errors
    /// A setting that cannot work, `provider = "none"` included.
    pub fn new(settings: &Settings, key: Option<&SecretString>) -> Result<Client, SettingsError> {
        settings.check()?;
        let wire =
            Wire::of(settings).ok_or_else(|| wrong("provider", "is \"none\": there is nobody to ask"))?;
        let capability = match wire {
            Wire::Compatible => OnceCell::new(),
            // Their contracts promise it.
            _ => OnceCell::new_with(Some(Capability::JsonSchema)),
        };
        let shared = Shared {
            settings: settings.clone(),
            wire,
            http: Http::new(settings, key)?,
            cleaner: Cleaner::new(&settings.redaction)?,
            slots: Semaphore::new(settings.concurrency),
            capability,
        };
        Ok(Client { shared: Arc::new(shared), budget: Budget::default(), cancel: Cancel::default() })
    }

    /// The same client under a budget.
    #[must_use]
    pub fn with_budget(mut self, budget: Budget) -> Client {
        self.budget = budget;
        self
    }

    /// The same client, stopped by this.
    #[must_use]
    pub fn with_cancel(mut self, cancel: Cancel) -> Client {
        self.cancel = cancel;
        self
    }

    /// Takes what an earlier probe of the same server and model found; one that is known already stays.
    #[must_use]
    pub fn with_capability(self, found: Capability) -> Client {
        let _ = self.shared.capability.set(found);
        self
    }

    /// What the server holds the model to, once it is known: to be kept for [`Client::with_capability`].
    pub fn capability(&self) -> Option<Capability> {
        self.shared.capability.get().copied()
    }

    /// Makes texts fit to be asked about.
    pub fn cleaner(&self) -> &Cleaner {
        &self.shared.cleaner
    }

    /// The budget it is under.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The model that is asked, as configured: part of the cache key.
    pub fn model(&self, size: Size) -> &str {
        let settings = &self.shared.settings;
        match size {
            Size::Large if !settings.larger_model.is_empty() => &settings.larger_model,
            _ => &settings.model,
        }
    }

    /// The price of the model that is asked, if it is known.
    pub fn price(&self, size: Size) -> Option<&Price> {
        self.shared.settings.prices.get(self.model(size))
    }

    /// Whether there is a larger model to ask.
    pub fn has_larger(&self) -> bool {
        self.model(Size::Large) != self.model(Size::Small)
    }

    /// The checked answer to a question.
    ///
    /// # Errors
    /// How it ended otherwise, and what it cost all the same.
    pub async fn ask(&self, question: &Question<'_>) -> Result<Answer, Unanswered> {
        let mut spent = Spent::default();
        let outcome = self.unless_cancelled(self.answer(question, &mut spent)).await;
        spent.cost = cost(&spent, self.price(question.size));
        match outcome {
            Ok((values, model)) => Ok(Answer { values, model, spent }),
            Err(ending) => Err(Unanswered { ending, spent }),
        }
    }

    /// Whether the provider can be reached and takes key and model, and what it holds the model to. OpenAI and Anthropic
    /// are asked for the model's description, which costs nothing; a compatible server answers one or more short questions.
    ///
    /// # Errors
    /// How it ended otherwise.
    pub async fn probe(&self) -> Result<Capability, Unanswered> {
        let mut spent = Spent::default();
        let outcome = self.unless_cancelled(self.examined(&mut spent)).await;
        spent.cost = cost(&spent, self.price(Size::Small));
        outcome.map_err(|ending| Unanswered { ending, spent })
    }

    /// The outcome of the work, unless the wish to stop comes first.
    pub(crate) async fn unless_cancelled<T>(
        &self,
        work: impl Future<Output = Result<T, Ending>>,
    ) -> Result<T, Ending> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Ending::Cancelled),
            outcome = work => outcome,
        }
    }

    async fn examined(&self, spent: &mut Spent) -> Result<Capability, Ending> {
        if self.shared.wire == Wire::Compatible {
            let found = find_out(self, spent).await?;
            let _ = self.shared.capability.set(found);
            return Ok(found);
        }
        spent.requests += 1;
        let path = ["models", self.model(Size::Small)];
        self.shared.http.send(&path, Load::Nothing).await.map_err(|failure| failure.ending)?;
        Ok(Capability::JsonSchema)
    }

    async fn answer(&self, question: &Question<'_>, spent: &mut Spent) -> Result<Checked, Ending> {
        // Questions that come together wait for one probe.
        let form = *self.shared.capability.get_or_try_init(|| find_out(self, spent)).await?;
        match self.once(question, form, None, spent).await {
            Err(fault) if fault.may_be_repaired() => {
                spent.repairs += 1;
                self.once(question, form, Some(&fault), spent).await
            }
            outcome => outcome,
        }
    }

    /// Asks once, over as many requests as it takes; `fault` is what was wrong with the answer before.
    pub(crate) async fn once(
        &self,
        question: &Question<'_>,
        form: Capability,
        fault: Option<&Ending>,
        spent: &mut Spent,
    ) -> Result<Checked, Ending> {
        let mut user = question.user();
        if let Some(fault) = fault {
            user.push_str(&format!("\nYour last answer was not taken: {fault}. Answer again.\n"));
        }
        let schema = question.prompt.schema().json();
        let ask = Ask { form, ..self.worded(question, &user, &schema) };
        let reply = self.reply(&ask, self.price(question.size), spent).await?;
        checked(reply, question.prompt.schema(), form)
    }

    /// A question as it is put to a provider that holds to schemas.
    pub(crate) fn worded<'a>(
        &'a self,
        question: &'a Question<'a>,
        user: &'a str,
        schema: &'a Json,
    ) -> Ask<'a> {
        let settings = &self.shared.settings;
        Ask {
            model: self.model(question.size),
            name: question.prompt.name(),
            version: question.prompt.version(),
            system: question.prompt.system(),
            user,
            schema,
            max_output_tokens: question.max_output_tokens.unwrap_or(settings.max_output_tokens),
            effort: &settings.effort,
            form: Capability::JsonSchema,
        }
    }

    /// Takes out of the budget what a request is likely to use.
    pub(crate) fn reserve(
        &self,
        most: &Usage,
        price: Option<&Price>,
        model: &str,
    ) -> Result<Reserved, Ending> {
        self.budget.reserve(most, price).map_err(|refusal| match refusal {
            Refusal::Spent => Ending::BudgetSpent,
            Refusal::NoPrice => Ending::NoPrice(model.to_owned()),
        })
    }

    /// Sends until there is an answer or sending again may not help.
    async fn reply(&self, ask: &Ask<'_>, price: Option<&Price>, spent: &mut Spent) -> Result<Reply, Ending> {
        let body = self.shared.wire.body(ask);
        let most = likely_most(&body.to_string(), ask.max_output_tokens);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let last = attempt > self.shared.settings.retries;
            // The semaphore is never closed.
            let slot = self.shared.slots.acquire().await;
            let reserved = self.reserve(&most, price, ask.model)?;
            // Until it is told otherwise, nobody knows what a request under way costs.
            spent.requests += 1;
            spent.uncounted += 1;
            spent.held += most;
            let outcome = self.shared.http.send(self.shared.wire.path(), Load::Json(&body)).await;
            let reply = outcome.and_then(|body| {
                self.shared.wire.reply(&body).ok_or_else(|| odd(200, "an answer of a shape we do not know"))
            });
            drop(slot);
            let failure = match reply {
                Ok(reply) => {
                    count(&reply, (reserved, &most), price, spent);
                    match reply.stop {
                        Stop::Failed { passing: true, .. } if !last => None,
                        _ => return Ok(reply),
                    }
                }
                Err(failure) => Some(given_back(failure, (reserved, &most), spent)),
            };
            let after = match failure {
                Some(failure) if last || !failure.passing => return Err(failure.ending),
                Some(failure) => failure.after,
                None => None,
            };
            tokio::time::sleep(pause(attempt, after)).await;
        }
    }
}

/// The answer in a reply, or why there is none: the same for a question asked by itself and for one of a batch.
pub(crate) fn checked(reply: Reply, schema: &Schema, form: Capability) -> Result<Checked, Ending> {
    match reply.stop {
        Stop::Done => Ok((read(&reply.text, schema, form)?, reply.model)),
        Stop::Refused(words) => Err(Ending::Refused(safe_words(&words))),
        Stop::Truncated => Err(Ending::Truncated),
        Stop::Filtered => Err(Ending::Filtered),
        Stop::ContextFull => Err(Ending::QuestionTooLong),
        Stop::Failed { words, .. } => Err(Ending::Failed { status: 200, words: safe_words(&words) }),
    }
}

/// Puts the provider's count in the place of the estimate; without a count the estimate stays.
fn count(reply: &Reply, (reserved, most): (Reserved, &Usage), price: Option<&Price>, spent: &mut Spent) {
    if let Some(usage) = &reply.usage {
        reserved.settle(usage, price);
        spent.usage += *usage;
        spent.uncounted -= 1;
        spent.held = spent.held.without(most);
    }
}

/// Gives back what was reserved for a request that was surely not carried out.
fn given_back(failure: Failure, (reserved, most): (Reserved, &Usage), spent: &mut Spent) -> Failure {
    if !failure.may_cost {
        reserved.release();
        spent.uncounted -= 1;
        spent.held = spent.held.without(most);
    }
    failure
}

pub(crate) fn cost(spent: &Spent, price: Option<&Price>) -> Option<Money> {
    if spent.requests == 0 {
        return Some(Money::default());
    }
    (spent.uncounted == 0).then(|| price.map(|price| price.of(&spent.usage))).flatten()
}

/// A token is rarely less than three bytes: English has about four a token, other alphabets two or three bytes a letter.
const BYTES_A_TOKEN: usize = 3;

pub(crate) fn likely_most(body: &str, max_output_tokens: u32) -> Usage {
    let input = u64::try_from(body.len() / BYTES_A_TOKEN).unwrap_or(u64::MAX);
    Usage { input, output: max_output_tokens.into(), ..Usage::default() }
}
