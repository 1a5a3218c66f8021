//! What models found about tasks, so that a task that has not changed is not asked about again.
//!
//! One finding a task, named by the digest of all it rests on: the task's texts and the models. Deliberately not here: what
//! a finding says. Known limit: the finding of a task that left the project stays until the project is forgotten.

use crate::conn::{Row, args, json};
use crate::{Store, StoreError};
use domain::{Digest, Findings, ProjectGid, TaskGid};
use std::collections::HashMap;

impl Store {
    /// All that is remembered of a project's findings, by task.
    pub async fn findings(
        &self,
        project: &ProjectGid,
    ) -> Result<HashMap<TaskGid, (Digest, Findings)>, StoreError> {
        let sql = "SELECT task, digest, body FROM findings WHERE project = $1";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        // What cannot be read is found again.
        let read = |row: &Row| {
            Some((TaskGid::new(row.text(0).ok()?), (Digest::from_hex(row.text(1).ok()?), row.json(2).ok()?)))
        };
        Ok(rows.iter().filter_map(read).collect())
    }

    /// Remembers findings in place of what was remembered of the same tasks.
    pub async fn remember_findings(
        &self,
        project: &ProjectGid,
        found: &[(TaskGid, Digest, Findings)],
    ) -> Result<(), StoreError> {
        let row = |(task, digest, findings): &(TaskGid, Digest, Findings)| {
            args![project.as_str(), task.as_str(), digest.as_str(), json(findings)]
        };
        let mut tx = self.write().await?;
        tx.insert_rows(
            "INSERT INTO findings (project, task, digest, body)",
            found.iter().map(row).collect(),
            "ON CONFLICT (project, task) DO UPDATE SET digest = excluded.digest, body = excluded.body",
        )
        .await?;
        tx.commit().await
    }
}
