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

impl Store {
    /// The newest entries that are like that and have a number below `before`, at most `limit`.
    pub async fn find_audit(
        &self,
        query: &AuditQuery,
        before: u64,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let sql = "SELECT seq, at, actor, kind, subject, body, prev, hash FROM audit WHERE seq < $1 \
                   AND subject LIKE $2 ESCAPE '!' AND body LIKE $3 ESCAPE '!' AND LOWER(actor) LIKE $4 ESCAPE '!' \
                   AND kind LIKE $5 ESCAPE '!' ORDER BY seq DESC LIMIT $6";
        let all = "%".to_owned();
        let subject =
            if query.task.is_empty() { all.clone() } else { format!("task {}", escaped(&query.task)) };
        let id = if query.id.is_empty() { all.clone() } else { format!("%\"{}\"%", escaped(&query.id)) };
        let actor = format!("%{}%", escaped(&query.actor.to_lowercase()));
        let kind = if query.kind.is_empty() { all } else { escaped(&query.kind) };
        let last = i64::try_from(before).unwrap_or(i64::MAX);
        let rows = self.rows(sql, args![last, subject, id, actor, kind, u64::from(limit)]).await?;
        rows.iter().map(audit_row).collect()
    }
}

/// A text that a pattern takes for itself.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
