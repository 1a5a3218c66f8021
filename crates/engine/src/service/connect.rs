//! Connecting a project to the service, and taking it away again; each is in the audit trail with who did it.
//!
//! Deliberately not here: webhooks of connected projects (`hooks`).

use super::work::{Urgency, Work};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::read_project;
use crate::phases::{NewPhase, set_phase};
use crate::rubrics::Deciding;
use asana::wire::Project;
use domain::{Phase, ProjectGid};
use serde::Serialize;
use store::{AuditEntry, Connection, PhaseDecision, PhaseScope};

/// Connects a project that the token sees; a running service takes it up with its next beat.
///
/// # Errors
/// A project that is not there for the token, and whatever stops the reading.
pub async fn connect(
    engine: &Engine,
    project: &ProjectGid,
    how: &Deciding,
) -> Result<Connection, EngineError> {
    let read = read_project(engine, project).await?;
    let by = how.who(engine).await?;
    let is_new = engine.store.connection(project).await?.is_none();
    engine.store.connect(project, &read.workspace.gid, &read.project.name, (engine.clock)()).await?;
    if is_new {
        note(engine, project, &by, "connected").await?;
    }
    let connection = engine.store.connection(project).await?;
    connection.ok_or_else(|| EngineError::UnknownProject { project: project.clone() })
}

/// The same in phase shadow, decided before anything can be written, and looked at as soon as a worker is free.
///
/// # Errors
/// As [`connect`].
pub async fn connect_in_shadow(
    engine: &Engine,
    project: &ProjectGid,
    how: &Deciding,
) -> Result<Connection, EngineError> {
    // Nothing is decided about a project that is not there for the token.
    read_project(engine, project).await?;
    // Decided also where the configuration says shadow for the whole: its rules for sections and types would go on writing, and what
    // it says may change. Only a decision about the whole takes the place of all of it.
    let is_decided = |newest: &PhaseDecision| newest.scope.is_all() && newest.phase == Phase::Shadow;
    if !engine.store.phases(project).await?.last().is_some_and(is_decided) {
        let new = NewPhase { scope: PhaseScope::default(), phase: Phase::Shadow, anyway: false };
        set_phase(engine, project, new, how).await?;
    }
    connect(engine, project, how).await
}

/// Asks for the first look at a project that was just connected, so that nobody waits for the next beat.
///
/// # Errors
/// The store's.
pub async fn look_soon(engine: &Engine, project: &ProjectGid) -> Result<(), EngineError> {
    let now = (engine.clock)();
    let job = Work::Sweep { project: project.clone() }.job(Urgency::Change, now, now);
    engine.store.enqueue(&[job]).await?;
    Ok(())
}

/// Takes a project away: its webhooks in Asana, then what is kept of the connection. False when it was not connected.
///
/// # Errors
/// Asana's, when a webhook cannot be taken away: nothing is forgotten then.
pub async fn disconnect(engine: &Engine, project: &ProjectGid, how: &Deciding) -> Result<bool, EngineError> {
    for hook in engine.store.hooks().await?.into_iter().filter(|hook| hook.project == *project) {
        if let Some(webhook) = &hook.webhook {
            match engine.asana.webhooks().delete(webhook).await {
                Ok(()) | Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        engine.store.forget_hook(&hook.path).await?;
    }
    // A project must be taken away also where Asana lets nobody in any more.
    let by = how.who(engine).await.unwrap_or_else(|_| "command line".into());
    let was = engine.store.disconnect(project).await?;
    if was {
        note(engine, project, &by, "disconnected").await?;
    }
    Ok(was)
}

async fn note(engine: &Engine, project: &ProjectGid, by: &str, what: &str) -> Result<(), EngineError> {
    let entry = AuditEntry {
        at: (engine.clock)(),
        actor: by.to_owned(),
        kind: "connection".into(),
        subject: format!("project {project}"),
        body: serde_json::json!({ "what": what, "project": project }),
    };
    Ok(engine.store.audit(&[entry]).await?)
}

/// A project that the token sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reachable {
    /// The project.
    pub gid: ProjectGid,
    /// Its name.
    pub name: String,
    /// Its workspace's name.
    pub workspace: String,
    /// Whether it is connected.
    pub connected: bool,
    /// The phase that is in force for it.
    pub phase: Phase,
}

/// The projects that the token sees and that are not archived, by workspace and name.
///
/// # Errors
/// Asana's and the store's.
pub async fn reachable(engine: &Engine) -> Result<Vec<Reachable>, EngineError> {
    let connections = engine.store.connections().await?;
    let mut found = vec![];
    for workspace in engine.asana.workspaces().list().fields(&["name"]).collect_all().await? {
        let named = workspace.name.clone().unwrap_or_else(|| workspace.gid.clone());
        let all = engine.asana.workspaces().projects(&workspace.gid);
        let all: Vec<Project> =
            all.query("archived", false).fields(&["name", "archived"]).collect_all().await?;
        for project in all.into_iter().filter(|project| project.archived != Some(true)) {
            let gid = ProjectGid::new(&*project.gid);
            found.push(Reachable {
                phase: engine.decided_for(&gid).await?.project_phase(&gid),
                connected: connections.iter().any(|one| one.project == gid),
                name: project.name.unwrap_or_else(|| gid.to_string()),
                workspace: named.clone(),
                gid,
            });
        }
    }
    found.sort_by_cached_key(|one| (one.workspace.to_lowercase(), one.name.to_lowercase(), one.gid.clone()));
    Ok(found)
}
