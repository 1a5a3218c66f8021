//! The projects that Upnext writes to, for those that share tasks with them.
//!
//! Deliberately not here: which of them writes a task they share (`decide`).

use crate::conn::{args, json};
use crate::{Store, StoreError};
use domain::{Project, ProjectGid, Writer, Writing};
use jiff::Timestamp;

impl Store {
    /// Notes that a project is written to, and what is written there.
    pub async fn write_to(
        &self,
        project: &Project,
        writing: &Writing,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.change(
            "INSERT INTO writers (project, name, body, written_at) VALUES ($1, $2, $3, $4) ON CONFLICT (project) \
             DO UPDATE SET name = excluded.name, body = excluded.body, written_at = excluded.written_at",
            args![project.gid.as_str(), project.name.as_str(), json(writing), at],
        )
        .await?;
        Ok(())
    }

    /// The projects Upnext writes to: those of them that are connected, and those that were written to at or after `since`.
    pub async fn writers(&self, since: Timestamp) -> Result<Vec<Writer>, StoreError> {
        let sql = "SELECT w.project, w.name, w.body, CASE WHEN c.project IS NULL THEN CAST(0 AS BIGINT) ELSE 1 END \
                   FROM writers w LEFT JOIN connections c ON c.project = w.project \
                   WHERE c.project IS NOT NULL OR w.written_at >= $1 ORDER BY w.project";
        let rows = self.rows(sql, args![since]).await?;
        rows.iter()
            .map(|row| {
                let project = Project { gid: ProjectGid::new(row.text(0)?), name: row.text(1)? };
                Ok(Writer { project, connected: row.int(3)? != 0, writing: row.json(2)? })
            })
            .collect()
    }
}
