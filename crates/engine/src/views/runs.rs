//! Runs: what was started, how it ended, and what it asked of Asana.
//!
//! Deliberately not here: what a run did (its plan says it).

use super::cache::Views;
use crate::error::EngineError;
use domain::{Access, ProjectGid};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::Run;

/// A run that has no end for longer than this was cut short; a large first groom is done well within.
const LONGEST: SignedDuration = SignedDuration::from_hours(6);

/// Runs read to find those somebody may see.
const READ: u32 = 2000;

/// A run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunView {
    /// As it is kept.
    #[serde(flatten)]
    pub run: Run,
    /// Whether it seems to be at work.
    pub working: bool,
    /// Whether it stopped before its end.
    pub stopped: bool,
    /// How long it took, seconds.
    pub seconds: Option<f64>,
}

impl RunView {
    pub(crate) fn of(run: Run, now: Timestamp) -> RunView {
        let working = run.finished_at.is_none() && now.duration_since(run.started_at) < LONGEST;
        let cut = |ending: &String| ending.starts_with("stopped") || ending.starts_with("interrupted");
        let stopped = !working && run.ending.as_ref().is_none_or(cut);
        let seconds =
            run.finished_at.map(|ended| ended.duration_since(run.started_at).as_secs_f64().max(0.0));
        RunView { run, working, stopped, seconds }
    }
}

impl Views {
    /// The newest runs that somebody may see.
    ///
    /// # Errors
    /// The store's.
    pub async fn runs(
        &self,
        access: &Access,
        project: Option<&ProjectGid>,
        (limit, now): (usize, Timestamp),
    ) -> Result<Vec<RunView>, EngineError> {
        let asked = if access.sees_all() || project.is_some() { limit as u32 } else { READ };
        let runs = self.store.runs(project, asked).await?;
        let seen = runs.into_iter().filter(|run| access.sees(&run.project.gid)).take(limit);
        Ok(seen.map(|run| RunView::of(run, now)).collect())
    }
}
