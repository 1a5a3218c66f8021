//! Drives the client over real HTTP against servers that answer in the providers' recorded shapes.
//!
//! What a real model server does is in `tests/model_server`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where, helpers included")]

mod batches;
mod budget;
mod cleaning;
mod endings;
mod probing;
mod quotes;
mod requests;
mod retrying;
mod server;
mod settings;
mod shapes;
mod validation;
