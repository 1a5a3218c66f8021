//! What stands on a portfolio's projects, whose it is, and which phase holds there: what its plan is made from and checked against.
//!
//! A value is ours when this portfolio's runs wrote it, or may have, by the ledger. Deliberately not here: what is written.

use crate::apply::projects::project_values;
use crate::context::Engine;
use crate::error::EngineError;
use domain::{FieldGid, FieldState, FieldValue, HeldProject, Phase, ProjectGid, Snapshot, Written};
use std::collections::BTreeMap;
use store::OnProjects;

/// The phase in force for a project, as configured and decided.
async fn phase(engine: &Engine, project: &ProjectGid) -> Result<Phase, EngineError> {
    Ok(engine.decided_for(project).await?.project_phase(project))
}

/// The phases of projects, whose values are not needed.
pub(super) async fn phases(
    engine: &Engine,
    projects: &[&ProjectGid],
) -> Result<BTreeMap<ProjectGid, HeldProject>, EngineError> {
    let mut held = BTreeMap::new();
    for project in projects {
        let phase = phase(engine, project).await?;
        held.insert((*project).clone(), HeldProject { phase, fields: None, elsewhere: BTreeMap::new() });
    }
    Ok(held)
}

/// Reads the values of projects. What the token may not read has none.
pub(super) async fn with_values(
    engine: &Engine,
    portfolio: &ProjectGid,
    mut held: BTreeMap<ProjectGid, HeldProject>,
) -> Result<BTreeMap<ProjectGid, HeldProject>, EngineError> {
    let written = engine.store.written_on_projects(&held.keys().collect::<Vec<_>>()).await?;
    for (project, held) in &mut held {
        let values = match project_values(engine, project).await {
            Ok(values) => values,
            Err(
                asana::Error::Forbidden { .. }
                | asana::Error::NotFound { .. }
                | asana::Error::PaymentRequired { .. },
            ) => continue,
            Err(error) => return Err(error.into()),
        };
        let mut fields = BTreeMap::new();
        for (field, value) in values {
            let (ours, elsewhere) = whose(&written, (portfolio, project, &field), value.as_ref());
            if let Some(other) = elsewhere {
                held.elsewhere.insert(field.clone(), other);
            }
            fields.insert(field, FieldState { value, ours });
        }
        held.fields = Some(fields);
    }
    Ok(held)
}

/// What this portfolio wrote in a field, and the other portfolio that wrote the value that stands there, if one did.
fn whose(
    written: &OnProjects,
    (portfolio, project, field): (&ProjectGid, &ProjectGid, &FieldGid),
    value: Option<&FieldValue>,
) -> (Option<Written>, Option<ProjectGid>) {
    let all = written.get(&(project.clone(), field.clone())).map_or(&[][..], Vec::as_slice);
    let stands = |written: &Written| value.is_some() && written.value.as_ref() == value;
    let mine = || all.iter().rev().filter(|(by, _)| by == portfolio).map(|(_, written)| written);
    if let Some(landed) = mine().find(|written| stands(written)) {
        return (Some(landed.clone()), None);
    }
    let other = all.iter().rev().find(|(by, written)| by != portfolio && stands(written));
    (mine().next().cloned(), other.map(|(by, _)| by.clone()))
}

/// A project of a portfolio's plan whose phase is another by now, as a sentence.
pub(crate) async fn phases_changed(
    engine: &Engine,
    snapshot: &Snapshot,
) -> Result<Option<String>, EngineError> {
    for (project, held) in &snapshot.held {
        let now = phase(engine, project).await?;
        if now != held.phase {
            return Ok(Some(format!(
                "project {project} is in another phase since it was made; make a new plan"
            )));
        }
    }
    Ok(None)
}
