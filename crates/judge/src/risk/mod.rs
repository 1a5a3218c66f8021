//! When open tasks will be done, how likely their due dates are missed, and what they are missed for.
//!
//! The network of tasks, the spread of their efforts and the hours of their owners are drawn many times; every owner works on
//! one task after the other. Everything is told with what it rests on: the tasks that carry the end, the predecessor that
//! causes a delay, and what of the dates contradicts itself before anything is drawn.
//! Deliberately not here: what is written where (`decide`), and what days people work (`capacity`).
//! Known limits: each owner's order of work is that of the middle case in all draws; a task that has been begun is reckoned
//! with the whole of its effort; a dependency on a task that was not read is told, and waited for by nobody.

mod axis;
mod finding;
mod forecast;
mod order;
mod read;
mod simulate;
pub mod spread;

pub use finding::Finding;
pub use forecast::{Cause, CauseKind, Forecast, Percentiles, TaskForecast};
pub use read::{Efforts, efforts, network};
pub use spread::Spread;

use domain::{Person, TaskGid};
use jiff::civil::Date;

/// A task of the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The task.
    pub task: TaskGid,
    /// Its name, for people.
    pub name: String,
    /// Who has it, by place in [`Network::people`].
    pub owner: Option<usize>,
    /// What it takes; none when nothing says so.
    pub effort: Option<Spread>,
    /// The day before which it is not begun.
    pub starts: Option<Date>,
    /// The day by which it is to be done.
    pub due: Option<Date>,
    /// The tasks it waits for, by place in [`Network::tasks`].
    pub waits_for: Vec<usize>,
    /// Open tasks it waits for that were not read.
    pub outside: Vec<TaskGid>,
}

/// Somebody with their working hours.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Worker {
    /// Who.
    pub person: Person,
    /// Hours for these tasks on every day from today on.
    pub hours: Vec<f64>,
}

/// Open tasks, who has them and how they hang together.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Day 0.
    pub today: Date,
    /// The tasks.
    pub tasks: Vec<Node>,
    /// Their owners.
    pub people: Vec<Worker>,
    /// Hours a day, from today on, of whoever will take a task that nobody has.
    pub nobody: Vec<f64>,
}

/// How a forecast is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How often the network is drawn, at least 1.
    pub draws: usize,
    /// What the draws follow from: the same seed gives the same forecast, whatever the threads.
    pub seed: u64,
    /// The correlation of the logarithms of any two tasks' errors, 0–1: what a team misjudges, it misjudges together.
    /// 0 makes the end of a project look surer than it is.
    pub shared: f64,
    /// Hours a task without effort is reckoned with where no other has one.
    pub assumed_hours: f64,
    /// Threads to draw on, at least 1.
    pub threads: usize,
}

impl Default for Settings {
    /// 10,000 draws; a correlation of 0.2, which S. Book (1999, "Why Correlation Matters in Cost Estimating") recommends where
    /// none was measured.
    fn default() -> Self {
        Self { draws: 10_000, seed: 1, shared: 0.2, assumed_hours: 8.0, threads: 2 }
    }
}

/// Forecasts every task of a network. Nothing is drawn on from outside: the same network and settings give the same forecast.
#[must_use]
pub fn forecast(network: &Network, settings: &Settings) -> Forecast {
    let prepared = order::Prepared::of(network, settings);
    let drawn = simulate::draw(&prepared, settings);
    forecast::forecast(network, &prepared, &drawn)
}
