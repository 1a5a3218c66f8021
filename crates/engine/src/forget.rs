//! The forget workflow: a project's texts leave the store.
//!
//! Nothing is asked of Asana, so it works without a token. Deliberately not here: what goes and what stays (`store`).

use crate::error::EngineError;
use domain::ProjectGid;
use jiff::Timestamp;
use store::{Forget, Forgotten, Store};

/// Forgets, while nobody else works on the project.
///
/// # Errors
/// The store's; somebody else at work on the project is one.
pub async fn forget(
    store: &Store,
    project: &ProjectGid,
    what: Forget,
    at: Timestamp,
) -> Result<Forgotten, EngineError> {
    let _lock = store.lock_project(project).await?;
    Ok(store.forget(project, what, at).await?)
}
