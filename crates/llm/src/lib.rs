//! Asks a language model a typed question and gives back a checked answer, or the name of the way it ended.
//!
//! A model is a witness, not a judge: it is shown cleaned, fenced text, asked for integers 0–5 against anchors, closed
//! choices and verbatim quotes, and nothing it says is taken on trust. Everything is checked again here, whatever the
//! provider promises. It holds no tool, no token of Asana and no memory. Deliberately not here: what to ask (the caller's
//! prompt), what an answer is worth (`judge`), keeping answers (`store`). It reads neither the environment nor files.
//!
//! Many questions that can wait are asked at half the price as a batch ([`Client::submit`]), of OpenAI and Anthropic alone.
//!
//! Known limits: no streaming, no token counts before a call (budgets reserve an estimate).

mod answer;
mod batch;
mod budget;
mod cancel;
pub mod clean;
mod client;
mod digest;
mod ending;
mod failure;
mod http;
mod price;
mod probe;
mod question;
mod quote;
mod read;
mod schema;
mod settings;
mod wire;

pub use answer::{Answer, Score, Spent, Unanswered, Value};
pub use batch::{Batch, BatchId, BatchState, Expected, NotSubmitted};
pub use budget::{Budget, Ceiling};
pub use cancel::Cancel;
pub use clean::{Clean, Cleaner, Secret};
pub use client::Client;
pub use digest::{CacheKey, cache_key};
pub use ending::{BatchFault, Ending, Fault, Rejection};
pub use price::{Money, Price, Usage};
pub use probe::Capability;
pub use question::{Prompt, Question, Size};
pub use quote::{Place, SHORTEST_QUOTE, occurs};
pub use schema::{Kind, Part, Schema};
pub use settings::{Api, Ceilings, Provider, Redaction, Settings, SettingsError};
