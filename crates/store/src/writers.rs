//! The projects that Upnext writes to, for those that share tasks with them.
//!
//! Deliberately not here: which of them writes a task they share (`decide`).

use crate::conn::args;
use crate::{Store, StoreError};
use domain::{Project, ProjectGid, Writer};
use jiff::Timestamp;

impl Store {
    /// The projects Upnext writes to: those that are connected, and those that were written to at or after `since`.
    pub async fn writers(&self, since: Timestamp) -> Result<Vec<Writer>, StoreError> {
        let sql = "SELECT k.project, k.name, k.writing, CASE WHEN c.project IS NULL THEN CAST(0 AS BIGINT) ELSE 1 END \
                   FROM known k LEFT JOIN connections c ON c.project = k.project \
                   WHERE k.writing IS NOT NULL AND (c.project IS NOT NULL OR k.taken_at >= $1) ORDER BY k.project";
        let rows = self.rows(sql, args![since]).await?;
        rows.iter()
            .map(|row| {
                let project = Project { gid: ProjectGid::new(row.text(0)?), name: row.text(1)? };
                Ok(Writer { project, connected: row.int(3)? != 0, writing: row.json(2)? })
            })
            .collect()
    }
}
