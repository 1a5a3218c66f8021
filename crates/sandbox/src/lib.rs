//! A local Asana: the REST API v1.0 over plain HTTP, with state in memory and on disk, events and
//! webhooks, OAuth, fault switches and a clock that can jump. Its manual is `docs/sandbox.md`.
//!
//! For tests, demos and trying Upnext without an account. Built from recorded answers of the real API, its OpenAPI file
//! and its documentation, never from what a particular client happens to send.
//!
//! The page at `/` is in `page`. Not here: access control between members (guests are told apart, see `access.rs`),
//! rendering of rich text. Sending `X-Sandbox-Source: web` makes a call's stories look like a person's (`source` is `api`
//! otherwise). Control endpoints are in [`control`].
//!
//! ```no_run
//! # async fn run(now: jiff::Timestamp) -> Result<(), sandbox::Error> {
//! let world = sandbox::World::new(7, sandbox::Plan::Paid, now);
//! let running = sandbox::serve(sandbox::Options::default(), world).await?;
//! println!("{} with token sandbox-token", running.base_url);
//! running.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod access;
mod body;
mod call;
mod clock;
pub mod control;
mod delivery;
mod demo;
mod error;
mod export_file;
mod faults;
mod generate;
mod http;
mod import;
mod incoming;
mod journal;
mod limits;
mod make;
mod markup;
mod node;
mod oauth;
mod oidc;
mod page;
mod paginate;
mod project;
mod reply;
mod resources;
mod scopes;
mod server;
mod upload;
mod watch;
pub mod world;

pub use clock::stamp;
pub use demo::{Demo, demo_world};
pub use error::Error;
pub use faults::{Faults, Latency, ServerError, Strike, TooManyRequests};
pub use generate::{KNOBS, Knob, KnobError, Knobs, Made, generated_world, knobs_help};
pub use import::{ImportError, ImportReport};
pub use server::{Again, Options, Running, serve};
pub use world::{DEFAULT_TOKEN, Gid, Plan, World};
