//! A project read with its people, and when its open tasks will be done.
//!
//! Deliberately not here: what is told of it, or written.

use super::risk::nobody;
use super::{Read, read};
use crate::context::Engine;
use crate::error::EngineError;
use domain::{Moment, ProjectGid, Snapshot};
use jiff::ToSpan as _;
use judge::capacity::Capacity;
use judge::risk::{Efforts, Forecast, Settings, Worker, forecast, network};

/// Days people's hours are reckoned for; beyond, they are taken to go on like that.
const AHEAD: i64 = 182;

/// What was read and reckoned.
pub(crate) struct Foretold {
    pub snapshot: Snapshot,
    pub efforts: Efforts,
    pub forecast: Forecast,
    /// Everybody's hours over the next half year.
    pub capacities: Vec<Capacity>,
    /// What could not be read of people.
    pub notes: Vec<String>,
}

/// Reads a project and foretells the ends of its open tasks. The project's lock is held.
pub(crate) async fn foretell(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
) -> Result<Foretold, EngineError> {
    let Read { snapshot, efforts, colleagues, .. } = read(engine, project, now).await?;
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
    let drawn = network(&snapshot, &efforts, now, workers, nobody(engine, now, most));
    engine.stage("drawing", drawn.tasks.len());
    let forecast = forecast(&drawn, &Settings::default());
    Ok(Foretold { snapshot, efforts, forecast, capacities, notes: colleagues.notes })
}
