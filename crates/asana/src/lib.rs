//! The client for Asana's HTTP API.
//!
//! Two floors. Above: typed calls, one file per resource in `api/`, with the shapes of Asana's answers in
//! [`wire`]. Below: raw [`Client::get`], [`Client::post`], [`Client::put`] and [`Client::delete`], which reach
//! any endpoint and keep the same layers under them: `auth`, `limiter`, `retry`, `transport`, `page`, `counters`.
//!
//! What it deliberately does not do: it knows nothing of Upnext (no scores, no plans, no stored state), it never
//! repeats a call that might have created something, and it never puts a token, a query or a body into a log
//! line or an error.
//!
//! Known limits: one client speaks for one token; limits are kept per process, and whoever runs several with one token
//! tells each its [`Share`]; uploads are not here.
//!
//! ```no_run
//! # async fn show() -> Result<(), asana::Error> {
//! let client = asana::Client::new(asana::Settings::new("2/1/1:secret"))?;
//! let me = client.users().me(&["name", "email"]).await?;
//! let mut pages = client.tasks().in_project("1201").fields(&["name", "due_on"]).pages();
//! while let Some(tasks) = pages.next().await? {
//!     println!("{} sees {} tasks", me.name.as_deref().unwrap_or("?"), tasks.len());
//! }
//! # Ok(())
//! # }
//! ```

mod api;
mod auth;
mod changes;
mod client;
mod counters;
mod download;
mod error;
mod lane;
mod limiter;
pub mod oauth;
mod page;
mod request;
mod retry;
mod settings;
pub mod signature;
mod transport;
pub mod wire;

pub use api::{
    Attachments, Batch, BatchAction, CustomFieldWrite, CustomFields, EventPage, Goals, NewCustomField,
    NewEnumOption, NewSetting, NewWebhook, Place, Portfolios, Projects, Sections, StatusUpdates, Stories,
    Tags, TaskWrite, Tasks, Users, Webhooks, Workspaces,
};
pub use auth::{Need, Token, TokenSource};
pub use client::Client;
pub use counters::{Activity, Counters, RequestCount, WaitCount};
pub use error::{Call, Error};
pub use lane::{Lane, Share};
pub use page::{List, Pages};
pub use request::{Answer, Method, Request};
pub use settings::{DEFAULT_BASE_URL, Limits, RetryPolicy, Settings, Wait, WaitObserver, WaitReason};
