//! Anchors: Upnext's own comment, subtask and host task in a project, so that there is only ever one of each.

use crate::conn::{args, json};
use crate::{Store, StoreError};
use domain::{Anchors, ProjectGid};

impl Store {
    /// The anchors of a project; all empty when none were saved.
    pub async fn anchors(&self, project: &ProjectGid) -> Result<Anchors, StoreError> {
        let rows = self.rows("SELECT body FROM anchors WHERE project = $1", args![project.as_str()]).await?;
        rows.first().map_or(Ok(Anchors::default()), |row| row.json(0))
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
