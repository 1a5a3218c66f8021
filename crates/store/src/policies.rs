//! Policies that were in force, as they were configured: each from when on, and who noticed it first.
//!
//! A row says that something ran by that policy; until when it was in force is when the next began. Deliberately not here: what a
//! policy holds (`decide`), and phases that people decided on (`phases`).

use crate::audit::{AuditEntry, append};
use crate::conn::{Row, args};
use crate::{Store, StoreError};
use domain::Digest;
use jiff::Timestamp;

/// A policy that was in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its number, rising.
    pub number: u64,
    /// The digest of its text.
    pub digest: Digest,
    /// From when on.
    pub began_at: Timestamp,
    /// What ran by it first: a workflow with its run, or the service.
    pub noticed_by: String,
    /// Its text: JSON.
    pub body: String,
}

impl Store {
    /// Notes that something runs by a policy, and audits it, when the last one noted is another; whether it was.
    pub async fn note_policy(&self, body: &str, noticed_by: &str, at: Timestamp) -> Result<bool, StoreError> {
        let digest = Digest::of_bytes(body.as_bytes());
        let is_last = |last: Option<PolicyVersion>| last.is_some_and(|last| last.digest == digest);
        if is_last(self.policies(1).await?.pop()) {
            return Ok(false);
        }
        let mut tx = self.write().await?;
        let told = serde_json::json!({
            "what": "another policy is in force", "policy": serde_json::from_str::<serde_json::Value>(body).ok(),
        });
        let entry = AuditEntry {
            at,
            actor: noticed_by.to_owned(),
            kind: "policy".into(),
            subject: "configuration".into(),
            body: told,
        };
        // It holds the end of the trail, so that of two processes one comes second.
        append(&mut tx, &[entry]).await?;
        if is_last(tx.rows(NEWEST, args![1u64]).await?.first().map(version).transpose()?) {
            return Ok(false);
        }
        let sql = "INSERT INTO policies (digest, began_at, noticed_by, body) VALUES ($1, $2, $3, $4)";
        tx.exec(sql, args![digest.as_str(), at, noticed_by, body]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The policies that were in force last, the newest first.
    pub async fn policies(&self, limit: u32) -> Result<Vec<PolicyVersion>, StoreError> {
        self.rows(NEWEST, args![u64::from(limit)]).await?.iter().map(version).collect()
    }
}

const NEWEST: &str =
    "SELECT seq, digest, began_at, noticed_by, body FROM policies ORDER BY seq DESC LIMIT $1";

fn version(row: &Row) -> Result<PolicyVersion, StoreError> {
    Ok(PolicyVersion {
        number: row.count(0)?,
        digest: Digest::from_hex(row.text(1)?),
        began_at: row.time(2)?,
        noticed_by: row.text(3)?,
        body: row.text(4)?,
    })
}
