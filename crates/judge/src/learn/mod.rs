//! Learning from a team's own history, without a language model.
//!
//! Plain, fast and repeatable: the same rows and seed give the same model, to the bit. Nothing here keeps anything (`store`
//! does) and nothing asks what time it is. Every estimate carries what it rests on.
//! Known limit: words are split by Unicode's letters and digits, so languages written without spaces make long words; their
//! pieces of three to five letters still match.

pub mod assignee;
pub mod bm25;
pub mod boost;
pub mod calibration;
pub mod classify;
pub mod conformal;
pub mod effort;
pub mod escalation;
pub mod form;
pub mod injection;
pub mod intent;
pub mod lexicon;
pub mod linear;
pub mod metrics;
pub mod preference;
pub mod priority;
pub mod retrieval;
pub mod sentiment;
pub mod severity;
pub mod similar;
pub mod sparse;
pub mod team;
pub mod text;
pub mod triage;
pub mod velocity;
pub mod vocabulary;
pub mod wording;
