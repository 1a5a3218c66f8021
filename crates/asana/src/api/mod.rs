//! The typed floor: one file per resource, in Asana's words.
//!
//! Each file says which POSTs may be repeated, and nothing else about retrying. Only the calls Upnext makes are here;
//! everything else is one raw [`Client::get`](crate::Client::get) away.

mod attachments;
mod batch;
mod custom_fields;
mod events;
mod goals;
mod portfolios;
mod projects;
mod sections;
mod status_updates;
mod stories;
mod tags;
mod task_write;
mod tasks;
mod users;
mod webhooks;
mod workspaces;

pub use attachments::Attachments;
pub use batch::{Batch, BatchAction};
pub use custom_fields::{CustomFields, NewCustomField, NewEnumOption};
pub use events::EventPage;
pub use goals::Goals;
pub use portfolios::Portfolios;
pub use projects::{NewSetting, Projects};
pub use sections::{Place, Sections};
pub use status_updates::StatusUpdates;
pub use stories::Stories;
pub use tags::Tags;
pub use task_write::{CustomFieldWrite, TaskWrite};
pub use tasks::Tasks;
pub use users::Users;
pub use webhooks::{NewWebhook, Webhooks};
pub use workspaces::Workspaces;
