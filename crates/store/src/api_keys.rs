//! API keys: what each lets a program do, under the id it is found by.
//!
//! Of the key itself only the SHA-256 is kept: it is a random number of 256 bits, which nobody finds by trying, so a slow hash
//! would protect nothing and cost every request. A revoked key stays, so that its id in the audit trail has a name. Deliberately
//! not here: making keys, and whether one is good at a moment (`domain::ApiKey`).

use crate::audit::append;
use crate::conn::{Row, args, json};
use crate::{AuditEntry, Store, StoreError};
use domain::{ApiKey, Digest, ProjectGid, Scope};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What [`key`] reads, in its order.
macro_rules! columns {
    () => {
        "id, name, scopes, projects, made_at, expires_at, revoked_at, used_at, hash"
    };
}

impl Store {
    /// Keeps a new key with the digest of its secret, and notes it in the audit trail.
    pub async fn add_api_key(
        &self,
        key: &ApiKey,
        secret: &Digest,
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let projects = key.projects.as_ref().map(json);
        tx.exec(
            "INSERT INTO api_keys (id, hash, name, scopes, projects, made_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![
                key.id.as_str(),
                secret.as_str(),
                key.name.as_str(),
                json(&key.scopes),
                projects.as_deref(),
                key.made_at,
                key.expires_at
            ],
        )
        .await?;
        append(&mut tx, std::slice::from_ref(entry)).await?;
        tx.commit().await
    }

    /// The key of an id, however old, with the digest of its secret.
    pub async fn api_key(&self, id: &str) -> Result<Option<(ApiKey, Digest)>, StoreError> {
        let sql = concat!("SELECT ", columns!(), " FROM api_keys WHERE id = $1");
        let rows = self.rows(sql, args![id]).await?;
        rows.first().map(|row| Ok((key(row)?, Digest::from_hex(row.text(8)?)))).transpose()
    }

    /// Every key, the newest first.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let sql = concat!("SELECT ", columns!(), " FROM api_keys ORDER BY made_at DESC, id");
        self.rows(sql, vec![]).await?.iter().map(key).collect()
    }

    /// Takes a key back and notes it in the audit trail; false when there is none, or it was taken back before.
    pub async fn revoke_api_key(&self, id: &str, entry: &AuditEntry) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
        if tx.exec(sql, args![entry.at, id]).await? == 0 {
            return Ok(false);
        }
        append(&mut tx, std::slice::from_ref(entry)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Notes that a key was used.
    pub async fn see_api_key(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE api_keys SET used_at = $1 WHERE id = $2 AND (used_at IS NULL OR used_at < $1)";
        self.change(sql, args![at, id]).await.map(|_| ())
    }
}

fn key(row: &Row) -> Result<ApiKey, StoreError> {
    let projects = row.text_opt(3)?.map(|_| row.json::<BTreeSet<ProjectGid>>(3)).transpose()?;
    Ok(ApiKey {
        id: row.text(0)?,
        name: row.text(1)?,
        scopes: row.json::<BTreeSet<Scope>>(2)?,
        projects,
        made_at: row.time(4)?,
        expires_at: row.time_opt(5)?,
        revoked_at: row.time_opt(6)?,
        used_at: row.time_opt(7)?,
    })
}
