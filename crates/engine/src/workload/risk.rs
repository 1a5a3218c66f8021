//! The risk workflow: when the open tasks of a project will be done, and which dates are in danger.
//!
//! Deliberately not here: the forecast itself (`judge::risk`), what owners are told (`decide`).

use super::carry::{Carried, carry};
use super::{Foretold, PersonHours, foretell, together};
use crate::context::Engine;
use crate::error::EngineError;
use crate::groom::Write;
use crate::recover::recover;
use crate::report::Requests;
use decide::plan_risk;
use domain::{Moment, Project, ProjectGid};
use judge::risk::Forecast;
use serde::Serialize;

/// What a look at risks found.
#[derive(Clone, Debug, Serialize)]
pub struct RiskReport {
    /// The project.
    pub project: Project,
    /// The forecast, its findings and notes.
    pub forecast: Forecast,
    /// Everybody's hours over the next half year.
    pub people: Vec<PersonHours>,
    /// What is, or would be, told to whom.
    pub written: Carried,
    /// What could not be read and how it was got round.
    pub notes: Vec<String>,
    /// What reading cost.
    pub requests: Requests,
}

/// Foretells the ends of a project's open tasks, and tells owners of dates in danger when asked.
///
/// # Errors
/// What keeps the project or its people from being read, or stops the run as a whole.
pub async fn risk(
    engine: &Engine,
    project: &ProjectGid,
    (now, write): (Moment, Write),
) -> Result<RiskReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    let start = engine.asana.counters();
    recover(engine, project).await?;
    let Foretold { snapshot, overrides, forecast, capacities, notes, .. } =
        foretell(engine, project, now).await?;
    let plan = plan_risk(&snapshot, &forecast, &engine.policy, &engine.rules(), now);
    let written = carry(engine, (&snapshot, &overrides), &plan, (now, write), start).await?;
    let notes = capacities.iter().flat_map(|of| of.notes.clone()).chain(notes);
    let mut notes = together(notes);
    notes.extend(snapshot.notes.iter().cloned());
    Ok(RiskReport {
        project: snapshot.project.clone(),
        forecast,
        people: capacities.iter().map(PersonHours::from).collect(),
        written,
        notes,
        requests: Requests::since(engine, start),
    })
}
