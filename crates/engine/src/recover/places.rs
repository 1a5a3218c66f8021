//! What was found of the places tasks are in: sections, and projects beside the plan's.
//!
//! A task that comes to another place keeps its `modified_at`, so that it is asked itself. Deliberately not here: writing.

use super::{Finding, is_out_of_sight};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{list_sections, read_one, read_sprints};
use domain::{Action, NewProject, Privacy, ProjectGid, SectionGid, TaskGid};

/// What was found of a place that is made, filled or taken away.
pub(super) async fn find_of_places(
    engine: &Engine,
    project: &ProjectGid,
    action: &Action,
) -> Result<Finding, EngineError> {
    match action {
        Action::MoveToSection { task, to, .. } => {
            let task = read_one(engine, project, task).await?;
            let landed = task.is_some_and(|t| to.gid().is_some() && t.section.as_ref() == to.gid());
            Ok(Finding { landed, ..Finding::default() })
        }
        Action::EnsureSection { name } => find_section(engine, project, name).await,
        Action::DeleteSection { section, .. } => {
            let sections = list_sections(engine, project).await?.unwrap_or_default();
            let gone = !sections.iter().any(|known| known.gid == *section);
            Ok(Finding { landed: gone, ..Finding::default() })
        }
        Action::EnsureProject { project: new } => find_project(engine, project, new).await,
        Action::AddToProject { task, to, .. } => match to.gid() {
            Some(to) => {
                let landed = is_in(engine, project, (task, to)).await? == Some(true);
                Ok(Finding { landed, ..Finding::default() })
            }
            None => Ok(Finding::default()),
        },
        Action::RemoveFromProject { task, from, .. } => {
            let landed = is_in(engine, project, (task, from)).await? == Some(false);
            Ok(Finding { landed, ..Finding::default() })
        }
        Action::DeleteProject { project: made, .. } => {
            let found = engine.asana.projects().get(made.as_str(), &["name"]).await;
            let landed = matches!(found, Err(asana::Error::NotFound { .. }));
            match found {
                Err(error) if !is_out_of_sight(&error) => Err(error.into()),
                _ => Ok(Finding { landed, ..Finding::default() }),
            }
        }
        _ => Ok(Finding::default()),
    }
}

/// Whether a task is in another project; none when it is gone.
async fn is_in(
    engine: &Engine,
    project: &ProjectGid,
    (task, other): (&TaskGid, &ProjectGid),
) -> Result<Option<bool>, EngineError> {
    Ok(read_one(engine, project, task).await?.map(|task| task.is_in(other)))
}

async fn find_section(engine: &Engine, project: &ProjectGid, name: &str) -> Result<Finding, EngineError> {
    let list = engine.asana.projects().sections(project.as_str()).fields(&["name", "created_at"]);
    let sections = match list.collect_all().await {
        Ok(sections) => sections,
        Err(asana::Error::Forbidden { .. } | asana::Error::NotFound { .. }) => return Ok(Finding::default()),
        Err(error) => return Err(error.into()),
    };
    let is = |section: &asana::wire::Section| {
        section.name.as_deref().is_some_and(|known| known.trim().eq_ignore_ascii_case(name))
    };
    Ok(sections.into_iter().find(is).map_or_else(Finding::default, |section| Finding {
        landed: true,
        created_at: section.created_at,
        section: Some(SectionGid::new(section.gid)),
        ..Finding::default()
    }))
}

/// The project of that name that is as it was to be made. Whether a private one was shared is not looked at: the next plan does so.
async fn find_project(
    engine: &Engine,
    project: &ProjectGid,
    new: &NewProject,
) -> Result<Finding, EngineError> {
    let called = |name: &str| name.trim().eq_ignore_ascii_case(&new.name);
    let beside = match read_sprints(engine, project, called).await {
        Err(EngineError::Asana(error)) if is_out_of_sight(&error) => return Ok(Finding::default()),
        beside => beside?,
    };
    for one in beside.there.iter().filter(|one| !one.archived) {
        let found = match engine.asana.projects().get(one.gid.as_str(), &["notes", "created_at"]).await {
            Err(error) if is_out_of_sight(&error) => continue,
            found => found?,
        };
        if found.notes.as_deref() == Some(&new.notes) {
            return Ok(Finding {
                landed: new.privacy != Privacy::Private,
                created_at: found.created_at,
                project: Some(one.gid.clone()),
                ..Finding::default()
            });
        }
    }
    Ok(Finding::default())
}
