//! Anchors: Upnext's own comment, subtask and host task in a project, so that there is only ever one of each.

use crate::conn::{args, json};
use crate::{Store, StoreError};
use domain::{Anchors, ProjectGid, TaskGid};
use std::collections::BTreeSet;

impl Store {
    /// The anchors of a project; all empty when none were saved.
    pub async fn anchors(&self, project: &ProjectGid) -> Result<Anchors, StoreError> {
        let rows = self.rows("SELECT body FROM anchors WHERE project = $1", args![project.as_str()]).await?;
        rows.first().map_or(Ok(Anchors::default()), |row| row.json(0))
    }

    /// The subtasks about dates in danger that were made in any project: what is open of them is Upnext's own, and nobody's work.
    pub async fn warnings(&self) -> Result<BTreeSet<TaskGid>, StoreError> {
        let rows = self.rows("SELECT body FROM anchors", args![]).await?;
        let anchors = rows.iter().map(|row| row.json::<Anchors>(0)).collect::<Result<Vec<_>, _>>()?;
        let dangers = anchors.into_iter().flat_map(|of| of.dangers.into_values());
        Ok(dangers.map(|danger| danger.subtask).collect())
    }

    /// Keeps the anchors of a project in place of the earlier ones.
    pub async fn save_anchors(&self, project: &ProjectGid, anchors: &Anchors) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO anchors (project, body) VALUES ($1, $2) \
             ON CONFLICT (project) DO UPDATE SET body = excluded.body",
            args![project.as_str(), json(anchors)],
        )
        .await?;
        tx.commit().await
    }
}
