//! Learning from a team's own history, without a language model.
//!
//! Plain, fast and repeatable: the same rows and seed give the same model, to the bit. Nothing here keeps anything (`store`
//! does) and nothing asks what time it is. Every estimate carries what it rests on.
//! Known limit: words are split by Unicode's letters and digits, so languages written without spaces make long words; their
//! pieces of three to five letters still match.

pub mod bm25;
pub mod conformal;
pub mod effort;
pub mod linear;
pub mod metrics;
pub mod sparse;
pub mod text;
pub mod vocabulary;
