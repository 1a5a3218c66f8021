//! Dates in danger and proposed people as somebody sees them who only looks: on a page, or as a program.
//!
//! Of the last judged snapshot and of what was read of people for the workload, so that all of these pages agree. Every figure names its
//! tasks, every task has its address. Nothing is written, not even a plan. Deliberately not here: the forecast (`judge::risk`) and the
//! choice (`decide::assign`). Known limit: `upnext risk` and `upnext assign` read the project anew, so where tasks changed since it was
//! judged, they may say otherwise.

mod assign;
mod risk;

pub use assign::{AssignChosen, AssignPerson, AssignReason, AssignRejected, AssignTask, AssignView};
pub use risk::{HeldUpBy, RiskCause, RiskFinding, RiskTask, RiskView};

use super::Workload;
use super::assign::choice;
use super::reckon::foretold;
use crate::approvals::with_refused;
use crate::error::EngineError;
use decide::task_link;
use domain::{Moment, Snapshot, Task, TaskGid};
use jiff::civil::Date;
use judge::risk::Percentiles;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

/// A task with its address in Asana.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TaskLink {
    /// The task.
    pub task: TaskGid,
    /// Its name; its gid where it was not read.
    pub name: String,
    /// Its address in Asana.
    pub url: String,
}

/// Days between which something ends with a probability of 80 %; none where it is not within two years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EndsBetween {
    /// Earlier with a probability of 10 %.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub tenth: Option<Date>,
    /// As likely before as after.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub middle: Option<Date>,
    /// Later with a probability of 10 %.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub ninetieth: Option<Date>,
}

impl From<Percentiles> for EndsBetween {
    fn from(of: Percentiles) -> Self {
        EndsBetween { tenth: of.tenth, middle: of.middle, ninetieth: of.ninetieth }
    }
}

impl Workload {
    /// The risks, where they were foretold already.
    #[must_use]
    pub fn known_risks(&self) -> Option<Arc<RiskView>> {
        self.risks.get().cloned()
    }

    /// What endangers the project's dates, by as many draws as `upnext risk` makes. Takes a core for some seconds in a large project.
    #[must_use]
    pub fn risks(&self) -> Arc<RiskView> {
        self.risks
            .get_or_init(|| {
                Arc::new(RiskView::of(&self.ground.snapshot, &foretold(&self.ground), &self.notes))
            })
            .clone()
    }

    /// Who should have the tasks that nobody has. Asks Asana for what was finished in two years, a request for a hundred tasks.
    ///
    /// # Errors
    /// What keeps the past from being read, or the store's.
    pub async fn assignments(&self, now: Moment) -> Result<AssignView, EngineError> {
        let ground = &self.ground;
        // What was turned down since the project was judged counts at once.
        let snapshot = with_refused(&ground.engine, ground.snapshot.clone()).await?;
        let choice = choice(&ground.engine, (&snapshot, &ground.efforts), &ground.given, now).await?;
        Ok(AssignView::of(&snapshot, &choice, &self.notes))
    }
}

/// The tasks of a snapshot by their gids: a page names thousands of them.
struct Tasks<'s> {
    snapshot: &'s Snapshot,
    known: HashMap<&'s TaskGid, &'s Task>,
}

impl<'s> Tasks<'s> {
    fn of(snapshot: &'s Snapshot) -> Tasks<'s> {
        Tasks { snapshot, known: snapshot.tasks.iter().map(|task| (&task.gid, task)).collect() }
    }

    fn link(&self, task: &TaskGid) -> TaskLink {
        let name = self.known.get(task).map_or_else(|| format!("task {task}"), |known| known.name.clone());
        TaskLink { url: task_link(&self.snapshot.project.gid, task), task: task.clone(), name }
    }
}
