//! The ways a question ends without an answer, one per thing a caller can do differently.
//!
//! Messages say what to do. None holds a key or a word of what was asked; a provider's own words are cut and cleaned.

use crate::clean::safe_words;
use std::time::Duration;

/// How an answer did not fit its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No JSON, or not whole.
    NotJson,
    /// JSON, but no object.
    NotAnObject,
    /// A part is missing.
    Missing(String),
    /// There are keys nobody asked for.
    Extra,
    /// A part is there twice.
    Twice(String),
    /// A part is of another type.
    WrongType(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::NotJson => f.write_str("it is not JSON"),
            Fault::NotAnObject => f.write_str("it is not a JSON object"),
            Fault::Missing(part) => write!(f, "`{part}` is missing"),
            Fault::Extra => f.write_str("it has keys that were not asked for"),
            Fault::Twice(part) => write!(f, "`{part}` is there twice"),
            Fault::WrongType(part) => write!(f, "`{part}` is of another type"),
        }
    }
}

/// What is wrong with a batch, or with one question of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchFault {
    /// The provider takes none.
    None,
    /// No name for a question of a batch, or there twice; nothing was sent.
    CustomId(String),
    /// It was given to another provider than the one configured.
    OtherProvider,
    /// The connection failed while it was being made: there may be one, which costs.
    Uncertain,
    /// Its answers were asked for before it ended.
    NotEnded,
    /// Its results are said to be on another host, which is not asked because the key would go there.
    ForeignResults,
    /// It ended, and its results hold no line for this question that can be read.
    Missing,
    /// The provider did not come to this question in time.
    Expired,
    /// It was cancelled before this question was answered.
    Cancelled,
}

impl std::fmt::Display for BatchFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BatchFault::None => "the provider takes no batches: ask each question by itself",
            BatchFault::CustomId(id) => {
                let id = safe_words(id);
                return write!(f, "`{id}` cannot name a question: use 1–64 letters, digits, - and _, each name once");
            }
            BatchFault::OtherProvider => {
                "the batch was given to another provider: set model.provider back until its answers are read"
            }
            BatchFault::Uncertain => {
                "the connection failed while the batch was being made: look whether the provider lists a new one, and \
                 cancel it there, before submitting again"
            }
            BatchFault::NotEnded => "the batch has not ended yet: ask for its answers later",
            BatchFault::ForeignResults => {
                "the batch's results are said to be on another host, and the key is not sent there: check model.base_url"
            }
            BatchFault::Missing => "the batch's results hold no readable line for this question: ask it again",
            BatchFault::Expired => "the provider did not come to this question within 24 hours: ask it again",
            BatchFault::Cancelled => "the batch was cancelled before this question was answered",
        })
    }
}

/// What the provider does not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// 401 or 403: the key.
    Key,
    /// 404: the model, or the address.
    Model,
    /// 402, or a 429 that says so: the account's quota or credit.
    Quota,
    /// Any other 4xx, or a redirect: the request itself.
    Request,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ending {
    /// The model would not answer.
    #[error("the model refused to answer{}", said(.0))]
    Refused(String),
    /// The answer was cut at `max_output_tokens`.
    #[error("the answer was cut off: raise model.max_output_tokens (reasoning counts too)")]
    Truncated,
    /// The provider's content filter held the answer back.
    #[error("the provider's content filter held the answer back")]
    Filtered,
    /// The answer is not in the shape asked for.
    #[error("the answer cannot be used: {0}")]
    Malformed(Fault),
    /// A score outside 0–5.
    #[error("the answer cannot be used: `{0}` is not from 0 to 5")]
    OutOfRange(String),
    /// A word that was not among the choices.
    #[error("the answer cannot be used: `{0}` is none of the choices")]
    UnknownChoice(String),
    /// A part of the answer is longer than asked for.
    #[error("the answer cannot be used: `{0}` is longer than was asked for")]
    TooLong(String),
    /// The question does not fit the model's context.
    #[error(
        "the question is too long for the model's context: send less, or use a model or server with more"
    )]
    QuestionTooLong,
    /// No whole answer within `timeout_seconds`. Not asked again: it would take as long and may be paid for twice.
    #[error("no answer within {} s: raise model.timeout_seconds, or use a faster model", .0.as_secs_f64())]
    TimedOut(Duration),
    /// No connection, or it broke, until retries ran out.
    #[error("the model's server cannot be reached: check model.base_url and the network")]
    Unreachable,
    /// 429, 503 or 529 until retries ran out, or a wait longer than we keep.
    #[error("the provider is busy (status {status}){}", wait(.retry_after))]
    Busy {
        /// HTTP status.
        status: u16,
        /// What it asked for last.
        retry_after: Option<Duration>,
    },
    /// Another 5xx until retries ran out, or a failure told in a good answer.
    #[error("the provider failed (status {status}){}", said(.words))]
    Failed {
        /// HTTP status.
        status: u16,
        /// Its words.
        words: String,
    },
    /// The provider does not accept something that asking again will not change.
    #[error("the provider refuses {}{}", refused(*.what), said(.words))]
    Rejected {
        /// What it does not accept.
        what: Rejection,
        /// Its words.
        words: String,
    },
    /// The run's ceiling does not allow this question; nothing was sent.
    #[error("the budget is spent")]
    BudgetSpent,
    /// There is a ceiling in money and no price for the model; nothing was sent.
    #[error(
        "there is a ceiling in money and no price for {0}: add [model.prices.\"{0}\"] (zeros for a server of your own)"
    )]
    NoPrice(String),
    /// A batch, or this question of it, went wrong in a way that only batches have.
    #[error("{0}")]
    Batch(BatchFault),
    /// The caller asked to stop.
    #[error("stopped")]
    Cancelled,
}

impl Ending {
    /// Whether every further question of this run will end the same way, so that there is no point in asking.
    pub fn ends_the_run(&self) -> bool {
        matches!(
            self,
            Ending::Unreachable
                | Ending::Rejected { what: Rejection::Key | Rejection::Model | Rejection::Quota, .. }
                | Ending::BudgetSpent
                | Ending::NoPrice(_)
                | Ending::Cancelled
        )
    }

    /// Whether one more try with the fault named may help: the model answered and only the form is wrong. A refusal, a
    /// filter or a cut comes again.
    pub(crate) fn may_be_repaired(&self) -> bool {
        matches!(
            self,
            Ending::Malformed(_) | Ending::OutOfRange(_) | Ending::UnknownChoice(_) | Ending::TooLong(_)
        )
    }
}

fn said(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(": {words}") }
}

fn wait(asked: &Option<Duration>) -> String {
    let asked = asked.map_or_else(String::new, |asked| format!("; it asks to wait {} s", asked.as_secs()));
    format!("{asked}: lower model.concurrency, or try again later")
}

fn refused(what: Rejection) -> &'static str {
    match what {
        Rejection::Key => "the key (check the key's variable or model.key_file)",
        Rejection::Model => "the model or the address (check model.model and model.base_url)",
        Rejection::Quota => "the account (its quota or credit is used up)",
        Rejection::Request => "the request",
    }
}
