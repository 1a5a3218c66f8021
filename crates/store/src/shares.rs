//! How the budget of one Asana token is divided among the processes that use it.
//!
//! Asana counts a token's requests whoever sends them. The budget is `WHOLE` parts; a process holds some, says so in a row, and
//! takes no more than what the others leave. A process that is not heard of for a while has lost its parts. So the parts in use
//! never exceed the whole, with no word to the database per request. Deliberately not here: keeping to a share (`asana`).

use crate::conn::args;
use crate::{Backend, Store, StoreError};
use jiff::Timestamp;

/// The parts a token's budget is divided into.
pub const WHOLE: i64 = 840;

/// Any number that nothing else locks by.
const DIVIDING: &str = "SELECT pg_advisory_xact_lock(7510119)";

impl Store {
    /// Renews this process's claim on a token's budget and tells its parts from now on, out of [`WHOLE`].
    ///
    /// `token` is a digest, never the token. The process must keep to the answer at once: what it gives up is another's from its
    /// next renewal on. Processes last seen before `dead` have lost their parts.
    pub async fn share(
        &self,
        token: &str,
        process: &str,
        now: Timestamp,
        dead: Timestamp,
    ) -> Result<i64, StoreError> {
        let mut tx = self.write().await?;
        if matches!(self.backend, Backend::Postgres { .. }) {
            tx.rows(DIVIDING, vec![]).await?;
        }
        tx.exec("DELETE FROM shares WHERE token = $1 AND seen_at < $2", args![token, dead]).await?;
        let others = tx
            .rows(
                "SELECT COUNT(*), CAST(COALESCE(SUM(parts), 0) AS BIGINT) FROM shares WHERE token = $1 AND process <> $2",
                args![token, process],
            )
            .await?;
        let (count, used) = others.first().map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))?;
        let parts = (WHOLE / (count + 1)).min(WHOLE - used).max(0);
        tx.exec(
            "INSERT INTO shares (token, process, seen_at, parts) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (token, process) DO UPDATE SET seen_at = excluded.seen_at, parts = excluded.parts",
            args![token, process, now, parts],
        )
        .await?;
        tx.commit().await?;
        Ok(parts)
    }

    /// Whether any process divides a token's budget that was seen at or after a moment.
    pub async fn is_shared(&self, since: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM shares WHERE seen_at >= $1 LIMIT 1";
        Ok(!self.rows(sql, args![since]).await?.is_empty())
    }

    /// Gives the parts of a process back: it has stopped.
    pub async fn leave_share(&self, token: &str, process: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM shares WHERE token = $1 AND process = $2";
        self.change(sql, args![token, process]).await.map(drop)
    }
}
