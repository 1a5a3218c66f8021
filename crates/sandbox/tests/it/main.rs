//! The sandbox over real HTTP: every test starts its own on a port of its own.

mod app;
mod attachments;
mod batch;
mod control;
mod custom_fields;
mod demo;
mod duplicates;
mod envelope;
mod events;
mod goals;
mod import;
mod limits;
mod oauth;
mod openapi;
mod paging;
mod places;
mod portfolios;
mod projection;
mod recordings;
mod state;
mod status_updates;
mod stories;
mod task_search;
mod tasks;
mod time_periods;
mod webhooks;
