//! The client against a real HTTP server that plays scripted answers, and against the sandbox where signing in is concerned:
//! what goes over the wire, and what comes of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where, helpers included")]

mod batch;
mod download;
mod errors;
mod limits;
mod oauth;
mod paging;
mod recordings;
mod retry;
mod scopes;
mod secrets;
mod server;
mod settings;
mod typed;
