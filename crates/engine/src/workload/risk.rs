//! The risk workflow: when the open tasks of a project will be done, and which dates are in danger.
//!
//! Deliberately not here: the forecast itself (`judge::risk`), what owners are told (`decide`).

use super::carry::{Carried, Ground, Inputs, carry};
use super::{PersonHours, Read, read, together};
use crate::context::Engine;
use crate::error::EngineError;
use crate::groom::Write;
use crate::recover::recover;
use crate::report::Requests;
use domain::{Moment, Project, ProjectGid};
use jiff::ToSpan as _;
use jiff::civil::Date;
use judge::capacity::Capacity;
use judge::risk::{Forecast, Settings, Worker, forecast, network};
use serde::Serialize;

/// Days people's hours are reckoned for; beyond, they are taken to go on like that.
const AHEAD: i64 = 182;

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
    let Read { snapshot, labels, efforts, colleagues } = read(engine, project, now).await?;
    let days = (now.today, now.today.saturating_add(AHEAD.days()));
    let capacities: Vec<Capacity> =
        colleagues.people.iter().map(|person| person.capacity(project, days, now)).collect();
    let workers = capacities.iter().map(|of| Worker {
        person: of.person.clone(),
        // The project's own tasks are what is foretold: only other projects' hours are gone.
        hours: of.days.iter().map(|day| (day.works - day.elsewhere).max(0.0)).collect(),
    });
    let workers: Vec<Worker> = workers.collect();
    let most = workers.iter().map(|worker| worker.hours.len()).max().unwrap_or(0);
    let nobody = nobody(engine, now, most);
    let drawn = network(&snapshot, &efforts, now, workers.clone(), nobody.clone());
    engine.stage("drawing", drawn.tasks.len());
    let forecast = forecast(&drawn, &Settings::default());
    let ground = Ground {
        snapshot: &snapshot,
        labels: &labels,
        judgements: &[],
        inputs: Inputs::Risk { workers, nobody: Some(nobody) },
    };
    let written = carry(engine, ground, (now, write), start).await?;
    let notes = capacities.iter().flat_map(|of| of.notes.clone()).chain(colleagues.notes);
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

/// The hours of whoever will take a task that nobody has: the team's, for as many days as people's are known, or as are reckoned with
/// where nobody is.
pub(super) fn nobody(engine: &Engine, now: Moment, days: usize) -> Vec<f64> {
    days_from(now, days, |date| engine.team.hours_on(date))
}

/// The hours of each day from today on, for so many days, or as many as are reckoned with.
pub(super) fn days_from(now: Moment, days: usize, hours: impl Fn(Date) -> f64) -> Vec<f64> {
    let count = if days > 0 { days } else { AHEAD as usize + 1 };
    let days = std::iter::successors(Some(now.today), |date| date.tomorrow().ok());
    days.take(count).map(hours).collect()
}
