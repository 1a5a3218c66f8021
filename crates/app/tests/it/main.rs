//! End to end: the `upnext` binary against a local Asana in a process of its own, and real databases.
//!
//! Deliberately not here: anything that looks into Upnext; what counts is what it prints, how it exits and what Asana
//! holds afterwards.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod across;
mod always;
mod api;
mod app;
mod approvals;
mod asana;
mod assign;
mod audit;
mod backlog;
mod backtest;
mod backup;
mod calibrate;
mod chaos;
mod commands;
mod connect;
mod dashboard;
mod database;
mod decided;
mod detector;
mod documents;
mod errors;
mod extract;
mod faults;
mod forget;
mod groom;
mod guarded;
mod hooks;
mod injection;
mod intake;
mod labels;
mod learn;
mod mcp;
#[cfg(feature = "embeddings")]
mod meaning;
mod mirror;
mod model;
mod overrides;
mod people;
mod phases;
mod policy;
mod portfolio;
mod rate;
mod retro;
mod review;
mod serve;
mod served;
mod shared;
mod sign_in;
mod similar;
mod sprint;
mod sprint_project;
mod stale;
mod streams;
mod taken_back;
mod time;
#[cfg(feature = "embeddings")]
#[path = "../../../embed/tests/tiny/mod.rs"]
mod tiny;
#[cfg(feature = "traces")]
mod traces;
mod triage;
mod undo;
mod unheard;
mod visitors;
mod watched;
mod witness;
mod workspaces;
