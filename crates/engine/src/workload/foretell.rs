//! A project read with its people, and when its open tasks will be done.
//!
//! Deliberately not here: what is told of it, or written.

use super::{Read, read};
use crate::context::Engine;
use crate::error::EngineError;
use domain::{Moment, ProjectGid, Snapshot};
use jiff::ToSpan as _;
use judge::capacity::Capacity;
use judge::risk::{Efforts, Forecast, Settings, Worker, forecast, network};
use store::Override;

/// Days people's hours are reckoned for; beyond, they are taken to go on like that.
const AHEAD: i64 = 182;

/// What was read and reckoned.
pub(crate) struct Foretold {
    pub snapshot: Snapshot,
    pub overrides: Vec<Override>,
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
    let Read { snapshot, overrides, efforts, colleagues } = read(engine, project, now).await?;
    let days = (now.today, now.today.saturating_add(AHEAD.days()));
    let capacities: Vec<Capacity> =
        colleagues.people.iter().map(|person| person.capacity(project, days, now)).collect();
    let workers = capacities.iter().map(|of| Worker {
        person: of.person.clone(),
        // The project's own tasks are what is foretold: only other projects' hours are gone.
        hours: of.days.iter().map(|day| (day.works - day.elsewhere).max(0.0)).collect(),
    });
    let nobody = nobody(now, days.1);
    let drawn = network(&snapshot, &efforts, now, workers.collect(), nobody);
    engine.stage("drawing", drawn.tasks.len());
    let forecast = forecast(&drawn, &Settings::default());
    Ok(Foretold { snapshot, overrides, efforts, forecast, capacities, notes: colleagues.notes })
}

/// The hours of whoever will take a task that nobody has: eight on weekdays.
fn nobody(now: Moment, to: jiff::civil::Date) -> Vec<f64> {
    let days = std::iter::successors(Some(now.today), |date| date.tomorrow().ok());
    let weekday = |date: jiff::civil::Date| date.weekday().to_monday_zero_offset() < 5;
    days.take_while(|date| *date <= to).map(|date| if weekday(date) { 8.0 } else { 0.0 }).collect()
}
