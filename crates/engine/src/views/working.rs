//! What is being worked on at this moment, small enough to be sent every second.
//!
//! Progress is counted in the journal, so it is the same whichever process works. Deliberately not here: sending it.

use super::cache::Views;
use super::runs::RunView;
use crate::error::EngineError;
use domain::{Access, PlanId, ProjectGid, RunId};
use jiff::Timestamp;
use serde::Serialize;

/// Runs looked at.
const RUNS: u32 = 50;

/// A run at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorkingRun {
    /// The run.
    pub run: RunId,
    /// The workflow.
    pub kind: String,
    /// The project.
    pub project: ProjectGid,
    /// Its name.
    pub name: String,
    /// When it began.
    pub since: Timestamp,
    /// The plan it carries out, once it has one.
    pub plan: Option<PlanId>,
    /// Actions that have ended.
    pub ended: u64,
    /// Actions of the plan; 0 while there is none.
    pub actions: u64,
}

/// What is being worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Working {
    /// Runs, the newest first.
    pub runs: Vec<WorkingRun>,
    /// Runs that have ended since the store was made: changes when one does.
    pub newest: Option<(RunId, Option<Timestamp>)>,
}

impl Working {
    /// The same without what somebody may not see.
    #[must_use]
    pub fn seen_by(&self, access: &Access) -> Working {
        let runs = self.runs.iter().filter(|run| access.sees(&run.project)).cloned().collect();
        Working { runs, newest: if access.sees_all() { self.newest.clone() } else { None } }
    }
}

impl Views {
    /// What is being worked on.
    ///
    /// # Errors
    /// The store's.
    pub async fn working(&self, now: Timestamp) -> Result<Working, EngineError> {
        let newest = self.store.runs(None, 1).await?.pop().map(|run| (run.id, run.finished_at));
        let mut runs = vec![];
        for run in self.store.unfinished_runs(RUNS).await? {
            let view = RunView::of(run, now);
            if !view.working {
                continue;
            }
            let run = view.run;
            let (ended, actions) = match &run.plan {
                Some(plan) => {
                    (self.store.ended_actions(plan).await?, self.store.planned_actions(plan).await?)
                }
                None => (0, 0),
            };
            runs.push(WorkingRun {
                run: run.id,
                kind: run.kind,
                project: run.project.gid,
                name: run.project.name,
                since: run.started_at,
                plan: run.plan,
                ended,
                actions,
            });
        }
        Ok(Working { runs, newest })
    }
}
