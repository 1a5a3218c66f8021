//! Sign-ins to Asana, sealed: this crate never sees a token.
//!
//! Asana replaces tokens as they are refreshed. Processes that share a sign-in tell by its version whether somebody else has
//! refreshed it meanwhile. Deliberately not here: sealing, and talking to Asana.

use crate::conn::args;
use crate::{Store, StoreError};
use jiff::Timestamp;

/// A sign-in as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The tokens, sealed.
    pub sealed: Vec<u8>,
    /// When it was kept.
    pub saved_at: Timestamp,
    /// Rises by one each time it is replaced.
    pub version: i64,
}

impl Store {
    /// The sign-in of a name.
    pub async fn sign_in(&self, name: &str) -> Result<Option<SignIn>, StoreError> {
        let rows =
            self.rows("SELECT sealed, saved_at, version FROM sign_ins WHERE name = $1", args![name]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(SignIn { sealed: row.blob(0)?, saved_at: row.time(1)?, version: row.int(2)? }))
    }

    /// Keeps a sign-in over version `over` (0 when there was none); false when it has been replaced since, and nothing changed.
    pub async fn keep_sign_in(
        &self,
        name: &str,
        sealed: Vec<u8>,
        over: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let kept = self
            .change(
                "INSERT INTO sign_ins (name, sealed, saved_at, version) VALUES ($1, $2, $3, $4 + 1) \
                 ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, saved_at = excluded.saved_at, \
                 version = excluded.version WHERE sign_ins.version = $4",
                args![name, sealed, now, over],
            )
            .await?;
        Ok(kept == 1)
    }

    /// Forgets a sign-in; false when there is none.
    pub async fn forget_sign_in(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.change("DELETE FROM sign_ins WHERE name = $1", args![name]).await? == 1)
    }
}
