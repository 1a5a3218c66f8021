//! Projects that runs made, or found by name, beside the one they are about.
//!
//! Asana's lists by team may leave out a project that was made without one: what the journal knows is found again all the same.
//! Deliberately not here: whether such a project is still there.

use crate::conn::args;
use crate::journal::{WAITING, WELL};
use crate::{Store, StoreError};
use domain::{Action, ActionId, Outcome, PlannedAction, ProjectGid};

/// A project that Upnext made or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeProject {
    /// The project.
    pub gid: ProjectGid,
    /// What it was called when it was made or found.
    pub name: String,
    /// Whether it was made as planned: `false` after an attempt that made it and was kept from sharing it.
    pub complete: bool,
}

impl Store {
    /// The projects that actions of this id made or found for a project, each as its last attempt left it, the latest first.
    pub async fn made_projects(
        &self,
        project: &ProjectGid,
        by: &ActionId,
    ) -> Result<Vec<MadeProject>, StoreError> {
        let sql = "SELECT body, ending, state FROM attempts WHERE project = $1 AND action = $2 AND state IN ($3, $4) \
                   ORDER BY seq DESC";
        let mut found: Vec<MadeProject> = vec![];
        for row in self.rows(sql, args![project.as_str(), by.as_str(), WELL, WAITING]).await? {
            let (planned, outcome): (PlannedAction, Outcome) = (row.json(0)?, row.json(1)?);
            if let (Action::EnsureProject { project }, Some(gid)) = (planned.action, outcome.project)
                && !found.iter().any(|known| known.gid == gid)
            {
                found.push(MadeProject { gid, name: project.name, complete: row.int(2)? == WELL });
            }
        }
        Ok(found)
    }
}
