//! The stories of the store, each told on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod api_keys;
mod audit;
mod backup;
mod full;
mod jobs;
mod journal;
mod lock;
mod memory;
mod migrating;
mod models;
mod opening;
mod rubrics;
mod service;
mod size;
mod support;
mod texts;
mod things;
mod web;
mod work;
