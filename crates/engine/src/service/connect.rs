//! Connecting a project to the service, and taking it away again.
//!
//! Deliberately not here: webhooks of connected projects (`hooks`).

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::read_project;
use domain::ProjectGid;
use store::Connection;

/// Connects a project that the token sees; a running service takes it up with its next beat.
///
/// # Errors
/// A project that is not there for the token, and whatever stops the reading.
pub async fn connect(engine: &Engine, project: &ProjectGid) -> Result<Connection, EngineError> {
    let read = read_project(engine, project).await?;
    let now = (engine.clock)();
    engine.store.connect(project, &read.workspace.gid, &read.project.name, now).await?;
    let connection = engine.store.connection(project).await?;
    connection.ok_or_else(|| EngineError::UnknownProject { project: project.clone() })
}

/// Takes a project away: its webhooks in Asana, then what is kept of the connection. False when it was not connected.
///
/// # Errors
/// Asana's, when a webhook cannot be taken away: nothing is forgotten then.
pub async fn disconnect(engine: &Engine, project: &ProjectGid) -> Result<bool, EngineError> {
    for hook in engine.store.hooks().await?.into_iter().filter(|hook| hook.project == *project) {
        if let Some(webhook) = &hook.webhook {
            match engine.asana.webhooks().delete(webhook).await {
                Ok(()) | Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        engine.store.forget_hook(&hook.path).await?;
    }
    Ok(engine.store.disconnect(project).await?)
}
