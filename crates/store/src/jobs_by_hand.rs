//! Jobs that a person takes in hand: another chance for one that was given up, and one that is forgotten.
//!
//! Audited in the transaction that does it. Deliberately not here: what the service does with jobs by itself (`jobs`).

use crate::audit::{AuditEntry, append};
use crate::conn::{Tx, args};
use crate::{Store, StoreError};
use jiff::Timestamp;

impl Store {
    /// Gives a dead job another chance, with its attempts counted anew; false when there is no such dead job. When the same
    /// work waits already, that one will do, and the dead one goes. `by` is the person who wants it, for the audit trail; none where it
    /// is asked for by the work itself.
    pub async fn retry_job(&self, id: i64, by: Option<&str>, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let key = key_of(&mut tx, id).await?;
        let gone = tx
            .exec(
                "DELETE FROM jobs WHERE seq = $1 AND state = 'dead' \
                 AND EXISTS (SELECT 1 FROM jobs w WHERE w.key = jobs.key AND w.state = 'ready')",
                args![id],
            )
            .await?;
        let back = tx
            .exec(
                "UPDATE jobs SET state = 'ready', tries = 0, run_at = $2 WHERE seq = $1 AND state = 'dead'",
                args![id, now],
            )
            .await?;
        let done = gone + back == 1;
        if let (true, Some(by)) = (done, by) {
            append(&mut tx, &[entry((by, now), (id, &key), "gave another chance to")]).await?;
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Forgets a job that is not being worked on; false when there is no such job. `by` is who had it forgotten, for the audit trail.
    pub async fn drop_job(&self, id: i64, by: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let key = key_of(&mut tx, id).await?;
        let sql = "DELETE FROM jobs WHERE seq = $1 AND state <> 'leased'";
        let gone = tx.exec(sql, args![id]).await?;
        if gone == 1 {
            append(&mut tx, &[entry((by, now), (id, &key), "dropped")]).await?;
        }
        tx.commit().await?;
        Ok(gone == 1)
    }
}

/// A job's key; empty where there is no such job.
async fn key_of(tx: &mut Tx, id: i64) -> Result<String, StoreError> {
    let rows = tx.rows("SELECT key FROM jobs WHERE seq = $1", args![id]).await?;
    rows.first().map_or_else(|| Ok(String::new()), |row| Ok(row.text(0)?.to_owned()))
}

/// What a person did with a job.
fn entry((by, at): (&str, Timestamp), (id, key): (i64, &str), what: &str) -> AuditEntry {
    AuditEntry {
        at,
        actor: by.to_owned(),
        kind: "job".into(),
        subject: format!("job {id}"),
        body: serde_json::json!({ "what": format!("{what} job {id}, {key}"), "job": id, "key": key }),
    }
}
