//! Who is signed in to the dashboard, and the token that lets the first person in.
//!
//! Only SHA-256 digests of both are kept: they are random numbers of 256 bits, which nobody finds by trying, so a slow hash would
//! protect nothing. Deliberately not here: cookies, how long a session lasts (the caller says what is too old).

use crate::conn::{Row, args, json};
use crate::{Store, StoreError};
use domain::{Access, Clearance, Digest, ProjectGid, Reach};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The one token there is so far.
const ADMIN: &str = "admin";

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSession {
    /// Who, for people and the audit trail.
    pub who: String,
    /// What they may see and do; of a person of Asana's this is asked of Asana instead.
    pub access: Access,
    /// The gid in Asana of who signed in there; none for the admin token's owner.
    pub person: Option<String>,
    /// When they signed in.
    pub made_at: Timestamp,
    /// When they were last heard of.
    pub seen_at: Timestamp,
}

impl Store {
    /// Keeps a session under the digest of its secret; those signed in before `oldest` or unheard of since `idle` go.
    pub async fn start_web_session(
        &self,
        secret: &Digest,
        session: &WebSession,
        (oldest, idle): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec("DELETE FROM web_sessions WHERE made_at < $1 OR seen_at < $2", args![oldest, idle]).await?;
        let projects = match &session.access.reach {
            Reach::All => None,
            Reach::Only(projects) => Some(json(projects)),
            // What each may is looked up at every visit, and nothing is taken from here.
            Reach::Each(_) => Some("[]".to_owned()),
        };
        tx.exec(
            "INSERT INTO web_sessions (hash, who, role, projects, made_at, seen_at, person) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![
                secret.as_str(),
                session.who.as_str(),
                session.access.clearance.word(),
                projects.as_deref(),
                session.made_at,
                session.seen_at,
                session.person.as_deref()
            ],
        )
        .await?;
        tx.commit().await
    }

    /// The session of a secret, however old.
    pub async fn web_session(&self, secret: &Digest) -> Result<Option<WebSession>, StoreError> {
        let sql = "SELECT who, role, projects, made_at, seen_at, person FROM web_sessions WHERE hash = $1";
        self.rows(sql, args![secret.as_str()]).await?.first().map(session).transpose()
    }

    /// Notes that somebody was heard of.
    pub async fn see_web_session(&self, secret: &Digest, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE web_sessions SET seen_at = $1 WHERE hash = $2 AND seen_at < $1";
        self.change(sql, args![at, secret.as_str()]).await.map(|_| ())
    }

    /// Ends a session; false when there is none.
    pub async fn end_web_session(&self, secret: &Digest) -> Result<bool, StoreError> {
        Ok(self.change("DELETE FROM web_sessions WHERE hash = $1", args![secret.as_str()]).await? == 1)
    }

    /// Keeps the digest of the admin token, when none is kept yet; whether it was.
    pub async fn first_admin_token(&self, token: &Digest, at: Timestamp) -> Result<bool, StoreError> {
        let sql =
            "INSERT INTO web_tokens (name, hash, made_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
        Ok(self.change(sql, args![ADMIN, token.as_str(), at]).await? == 1)
    }

    /// Puts another admin token in the place of the one before and ends every session that anybody has.
    pub async fn replace_admin_token(&self, token: &Digest, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO web_tokens (name, hash, made_at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, made_at = excluded.made_at",
            args![ADMIN, token.as_str(), at],
        )
        .await?;
        tx.exec("DELETE FROM web_sessions", vec![]).await?;
        tx.commit().await
    }

    /// Whether that is the digest of the admin token.
    pub async fn is_admin_token(&self, token: &Digest) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM web_tokens WHERE name = $1 AND hash = $2";
        Ok(!self.rows(sql, args![ADMIN, token.as_str()]).await?.is_empty())
    }
}

fn session(row: &Row) -> Result<WebSession, StoreError> {
    let clearance: Clearance = row.word(1)?;
    let reach = match row.text_opt(2)? {
        None => Reach::All,
        Some(_) => Reach::Only(row.json::<BTreeSet<ProjectGid>>(2)?),
    };
    Ok(WebSession {
        who: row.text(0)?,
        access: Access { clearance, reach },
        made_at: row.time(3)?,
        seen_at: row.time(4)?,
        person: row.text_opt(5)?,
    })
}
