//! The client against a real HTTP server that plays scripted answers: what goes over the wire, and what comes of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where, helpers included")]

mod batch;
mod download;
mod errors;
mod limits;
mod paging;
mod recordings;
mod retry;
mod secrets;
mod server;
mod settings;
mod typed;
