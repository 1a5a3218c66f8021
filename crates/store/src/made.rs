//! Projects that runs made, or found by name, beside the one they are about.
//!
//! Asana's lists by team may leave out a project that was made without one: what the journal knows is found again all the same.
//! Deliberately not here: whether such a project is still there.

use crate::conn::args;
use crate::journal::WELL;
use crate::{Store, StoreError};
use domain::{Action, ActionId, Outcome, PlannedAction, ProjectGid};

impl Store {
    /// The projects that actions of this id made or found for a project, by name, the latest first.
    pub async fn made_projects(
        &self,
        project: &ProjectGid,
        by: &ActionId,
    ) -> Result<Vec<(String, ProjectGid)>, StoreError> {
        let sql = "SELECT body, ending FROM attempts WHERE project = $1 AND action = $2 AND state = $3 \
                   ORDER BY seq DESC";
        let mut found: Vec<(String, ProjectGid)> = vec![];
        for row in self.rows(sql, args![project.as_str(), by.as_str(), WELL]).await? {
            let (planned, outcome): (PlannedAction, Outcome) = (row.json(0)?, row.json(1)?);
            if let (Action::EnsureProject { project }, Some(gid)) = (planned.action, outcome.project)
                && !found.iter().any(|(_, known)| *known == gid)
            {
                found.push((project.name, gid));
            }
        }
        Ok(found)
    }
}
