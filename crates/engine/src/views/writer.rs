//! The run that last wrote into a task, and what there is of it to take back there.
//!
//! Deliberately not here: taking it back (`undo`), and whether a person has changed it since (the undo looks).

use super::cache::Views;
use crate::error::EngineError;
use crate::undo::written;
use domain::{ProjectGid, RunId, TaskGid};
use jiff::Timestamp;

/// What a run wrote into a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    /// The run: what `undo` takes.
    pub run: RunId,
    /// Its workflow.
    pub kind: String,
    /// When it began.
    pub at: Timestamp,
    /// What it wrote there: names of fields; `section`, `project`, `assignee` or `dates`.
    pub fields: Vec<String>,
}

impl Views {
    /// The run that last wrote something into a task of a project; none when none did.
    ///
    /// # Errors
    /// The store's.
    pub async fn last_writer(
        &self,
        project: &ProjectGid,
        task: &TaskGid,
    ) -> Result<Option<Writer>, EngineError> {
        let Some((run, actions)) = self.store.last_writes(project, task).await? else { return Ok(None) };
        let Some(begun) = self.store.run(&run).await? else { return Ok(None) };
        let mut fields: Vec<String> = vec![];
        for name in actions.iter().flat_map(|planned| written(&planned.action)) {
            if !fields.iter().any(|known| known == name) {
                fields.push(name.to_owned());
            }
        }
        Ok(Some(Writer { run, kind: begun.kind, at: begun.started_at, fields }))
    }
}
