//! Looking into the audit: entries about a task, of a run, by somebody, newest first.
//!
//! Deliberately not here: appending and checking (`audit`). Known limit: a run is found by reading bodies, so a search without a hit
//! reads the whole trail.

use crate::audit::audit_row;
use crate::chain::AuditRow;
use crate::conn::args;
use crate::{Store, StoreError};

/// Which entries are looked for; what is left empty does not narrow them down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// About the task of this gid.
    pub task: String,
    /// That name this run, plan or other id.
    pub id: String,
    /// Whose actor has this in it, in whatever case.
    pub actor: String,
    /// Of this kind.
    pub kind: String,
}

/// Entries read at a time when names are looked at: in SQL, SQLite knows no case but that of ASCII, and PostgreSQL that of its locale.
const BATCH: u32 = 1000;

impl Store {
    /// The newest entries that are like that and have a number below `before`, at most `limit`.
    pub async fn find_audit(
        &self,
        query: &AuditQuery,
        before: u64,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let actor = query.actor.to_lowercase();
        let batch = if actor.is_empty() { limit } else { BATCH };
        let mut found = vec![];
        let mut last = before;
        while found.len() < limit as usize {
            let rows = self.audit_below(query, last, batch).await?;
            let is_all = rows.len() < batch as usize;
            last = rows.last().map_or(0, |row| row.seq);
            found.extend(rows.into_iter().filter(|row| row.actor.to_lowercase().contains(&actor)));
            if is_all {
                break;
            }
        }
        found.truncate(limit as usize);
        Ok(found)
    }

    /// The same, by whomever.
    async fn audit_below(
        &self,
        query: &AuditQuery,
        before: u64,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let sql = "SELECT seq, at, actor, kind, subject, body, prev, hash FROM audit WHERE seq < $1 \
                   AND subject LIKE $2 ESCAPE '!' AND body LIKE $3 ESCAPE '!' AND kind LIKE $4 ESCAPE '!' \
                   ORDER BY seq DESC LIMIT $5";
        let all = "%".to_owned();
        let subject =
            if query.task.is_empty() { all.clone() } else { format!("task {}", escaped(&query.task)) };
        let id = if query.id.is_empty() { all.clone() } else { format!("%\"{}\"%", escaped(&query.id)) };
        let kind = if query.kind.is_empty() { all } else { escaped(&query.kind) };
        let last = i64::try_from(before).unwrap_or(i64::MAX);
        let rows = self.rows(sql, args![last, subject, id, kind, u64::from(limit)]).await?;
        rows.iter().map(audit_row).collect()
    }
}

/// A text that a pattern takes for itself.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
