//! The open tasks of a project, and those that changed since a moment.
//!
//! Deliberately not here: comments (`stories`), ownership (`provenance`).

use super::convert::{TASK_FIELDS, section_of, to_task, without_dependencies};
use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use domain::{ProjectGid, Section, Task, TaskGid};
use jiff::Timestamp;

/// Open tasks, and what could not be read of them.
#[derive(Default)]
pub(crate) struct Listed {
    pub tasks: Vec<Task>,
    /// Sections that have open tasks, in the order of the list.
    pub sections: Vec<Section>,
    pub notes: Vec<String>,
}

/// Every open task of the project in its manual order.
pub(crate) async fn read_open(engine: &Engine, project: &ProjectGid) -> Result<Listed, EngineError> {
    match read_pages(engine, project, &TASK_FIELDS).await {
        Err(asana::Error::PaymentRequired { .. }) => {
            let mut listed = read_pages(engine, project, &without_dependencies()).await?;
            let note = "dependencies are not part of this workspace's Asana plan: nothing blocks or waits";
            listed.notes.push(note.into());
            Ok(listed)
        }
        listed => Ok(listed?),
    }
}

async fn read_pages(engine: &Engine, project: &ProjectGid, fields: &[&str]) -> Result<Listed, asana::Error> {
    let mut pages =
        engine.asana.tasks().in_project(project.as_str()).only_incomplete().fields(fields).pages();
    let mut listed = Listed::default();
    while let Some(page) = pages.next().await? {
        engine.step(page.len());
        for task in page {
            let section = section_of(&task, project);
            listed.sections.extend(section.filter(|s| !listed.sections.contains(s)));
            listed.tasks.push(to_task(task, project));
        }
    }
    Ok(listed)
}

/// Tasks of the project, completed ones included, that changed at or after a moment.
pub(crate) async fn read_changed(
    engine: &Engine,
    project: &ProjectGid,
    since: Timestamp,
) -> Result<Vec<Task>, EngineError> {
    let fields: Vec<&str> = without_dependencies();
    let list = engine.asana.tasks().in_project(project.as_str()).modified_since(since).fields(&fields);
    Ok(list.collect_all().await?.into_iter().map(|task| to_task(task, project)).collect())
}

/// As [`read_changed`], with dependencies where the plan has them.
pub(super) async fn read_recent(
    engine: &Engine,
    project: &ProjectGid,
    since: Timestamp,
) -> Result<Vec<wire::Task>, EngineError> {
    let list = |fields: &[&str]| {
        engine.asana.tasks().in_project(project.as_str()).modified_since(since).fields(fields).collect_all()
    };
    match list(&TASK_FIELDS).await {
        Err(asana::Error::PaymentRequired { .. }) => Ok(list(&without_dependencies()).await?),
        listed => Ok(listed?),
    }
}

/// One task as Asana tells it, with dependencies where the plan has them, or `None` when it is gone.
pub(super) async fn read_single(engine: &Engine, gid: &TaskGid) -> Result<Option<wire::Task>, EngineError> {
    let get = async |fields: &[&str]| engine.asana.tasks().get(gid.as_str(), fields).await;
    let found = match get(&TASK_FIELDS).await {
        Err(asana::Error::PaymentRequired { .. }) => get(&without_dependencies()).await,
        found => found,
    };
    match found {
        Ok(task) => Ok(Some(task)),
        Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// As [`read_one`], with dependencies where the plan has them.
pub(super) async fn read_whole(
    engine: &Engine,
    project: &ProjectGid,
    gid: &TaskGid,
) -> Result<Option<Task>, EngineError> {
    Ok(read_single(engine, gid).await?.map(|task| to_task(task, project)))
}

/// One task, or Asana's word why not.
pub(crate) async fn read_there(
    engine: &Engine,
    project: &ProjectGid,
    gid: &TaskGid,
) -> Result<Task, asana::Error> {
    let task = engine.asana.tasks().get(gid.as_str(), &without_dependencies()).await?;
    Ok(to_task(task, project))
}

/// One task and whether it is in the project, or `None` when it is gone.
pub(crate) async fn read_here(
    engine: &Engine,
    project: &ProjectGid,
    gid: &TaskGid,
) -> Result<Option<(Task, bool)>, EngineError> {
    match engine.asana.tasks().get(gid.as_str(), &without_dependencies()).await {
        Ok(task) => {
            let here = is_in(&task, project);
            Ok(Some((to_task(task, project), here)))
        }
        Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether a task is in a project.
pub(super) fn is_in(task: &wire::Task, project: &ProjectGid) -> bool {
    task.memberships.iter().any(|m| m.project.as_ref().is_some_and(|p| p.gid == project.as_str()))
}

/// One task, or `None` when it is gone.
pub(crate) async fn read_one(
    engine: &Engine,
    project: &ProjectGid,
    gid: &TaskGid,
) -> Result<Option<Task>, EngineError> {
    match read_there(engine, project, gid).await {
        Ok(task) => Ok(Some(task)),
        Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
