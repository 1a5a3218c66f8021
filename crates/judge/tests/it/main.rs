//! Judging through its front door: a snapshot, a rubric and a moment in, judgements out.
//!
//! Deliberately not here: the inside of a signal; what counts is what it does to a score.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod answers;
mod backlog;
mod backtest;
mod capacity;
mod counterfactual;
mod degenerate;
mod graph;
mod learn_rank;
mod learn_text;
mod portfolio;
mod ratings;
mod recommend;
mod retrieval;
mod retro;
mod risk;
mod rubric;
mod score;
mod signals;
mod team;
mod truth;
mod verdict;
mod weights;
