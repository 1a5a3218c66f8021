//! End to end: the `upnext` binary against a local Asana in a process of its own, and real databases.
//!
//! Deliberately not here: anything that looks into Upnext; what counts is what it prints, how it exits and what Asana
//! holds afterwards.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod app;
mod asana;
mod backlog;
mod backtest;
mod backup;
mod calibrate;
mod chaos;
mod commands;
mod database;
mod documents;
mod errors;
mod extract;
mod faults;
mod forget;
mod groom;
mod injection;
mod learn;
#[cfg(feature = "embeddings")]
mod meaning;
mod model;
mod people;
mod rate;
mod serve;
mod served;
mod sign_in;
mod similar;
mod time;
#[cfg(feature = "embeddings")]
#[path = "../../../embed/tests/tiny/mod.rs"]
mod tiny;
mod triage;
mod undo;
mod watched;
mod witness;
