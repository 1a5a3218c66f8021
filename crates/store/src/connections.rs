//! Which projects the service keeps right, and how it hears of their changes.
//!
//! A webhook is noted before Asana is asked to make it: its secret arrives while that call is under way, and is taken only
//! while a registration is pending. Secrets come sealed; this crate never sees one. Deliberately not here: calling Asana,
//! sealing, and what was heard (`heard`).

use crate::conn::{Row, args};
use crate::{Store, StoreError};
use domain::{ProjectGid, WorkspaceGid};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What [`connection`] reads, in its order.
macro_rules! connection_columns {
    () => {
        "project, workspace, name, connected_at, channel, sync, read_to, heard_at, trouble"
    };
}

/// What [`hook`] reads, in its order.
macro_rules! hook_columns {
    () => {
        "path, project, target, webhook, secret, pending_until, heard_at"
    };
}

/// How changes of a project are heard of, beside the sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Not decided yet.
    New,
    /// Asana calls us.
    Webhook,
    /// We ask Asana's event stream.
    Events,
}

impl Channel {
    fn word(self) -> &'static str {
        match self {
            Channel::New => "new",
            Channel::Webhook => "webhook",
            Channel::Events => "events",
        }
    }
}

/// A connected project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Connection {
    /// The project.
    pub project: ProjectGid,
    /// Its workspace.
    pub workspace: WorkspaceGid,
    /// Its name when it was connected.
    pub name: String,
    /// Since when.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub connected_at: Timestamp,
    /// How changes are heard of.
    pub channel: Channel,
    /// Where reading the event stream goes on.
    #[serde(skip)]
    pub sync: Option<String>,
    /// Everything modified before this has been looked at.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub read_to: Option<Timestamp>,
    /// When anything was last heard: a delivery, a heartbeat, an answer of the stream.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub heard_at: Option<Timestamp>,
    /// What is wrong, for people.
    pub trouble: Option<String>,
}

/// A webhook of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The part of its address that nobody can guess.
    pub path: String,
    /// The project it watches.
    pub project: ProjectGid,
    /// The whole address Asana calls.
    pub target: String,
    /// Its gid, once it is made.
    pub webhook: Option<String>,
    /// Its secret, sealed.
    pub secret: Option<Vec<u8>>,
    /// Until when a secret is awaited.
    pub pending_until: Option<Timestamp>,
    /// When it last called.
    pub heard_at: Option<Timestamp>,
}

impl Store {
    /// Connects a project, or changes its names.
    pub async fn connect(
        &self,
        project: &ProjectGid,
        workspace: &WorkspaceGid,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.change(
            "INSERT INTO connections (project, workspace, name, connected_at, channel) VALUES ($1, $2, $3, $4, 'new') \
             ON CONFLICT (project) DO UPDATE SET workspace = excluded.workspace, name = excluded.name",
            args![project.as_str(), workspace.as_str(), name, now],
        )
        .await
        .map(drop)
    }

    /// Forgets a connection with what was heard of it and what starts by the clock for it; false when there is none. Its webhooks
    /// stay noted until they are taken away in Asana.
    pub async fn disconnect(&self, project: &ProjectGid) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let gone = tx.exec("DELETE FROM connections WHERE project = $1", args![project.as_str()]).await?;
        tx.exec("DELETE FROM changes WHERE project = $1", args![project.as_str()]).await?;
        tx.exec("DELETE FROM deliveries WHERE project = $1", args![project.as_str()]).await?;
        tx.exec("DELETE FROM schedules WHERE project = $1", args![project.as_str()]).await?;
        tx.commit().await?;
        Ok(gone == 1)
    }

    /// All connections, by project.
    pub async fn connections(&self) -> Result<Vec<Connection>, StoreError> {
        let sql = concat!("SELECT ", connection_columns!(), " FROM connections ORDER BY project");
        self.rows(sql, vec![]).await?.iter().map(connection).collect()
    }

    /// One connection.
    pub async fn connection(&self, project: &ProjectGid) -> Result<Option<Connection>, StoreError> {
        let sql = concat!("SELECT ", connection_columns!(), " FROM connections WHERE project = $1");
        self.rows(sql, args![project.as_str()]).await?.first().map(connection).transpose()
    }

    /// Notes how changes are heard of and where the stream goes on.
    pub async fn hears_by(
        &self,
        project: &ProjectGid,
        channel: Channel,
        sync: Option<&str>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE connections SET channel = $2, sync = $3 WHERE project = $1";
        self.change(sql, args![project.as_str(), channel.word(), sync]).await.map(drop)
    }

    /// Notes up to when everything modified has been looked at, and what is wrong, if anything is.
    pub async fn read_to(
        &self,
        project: &ProjectGid,
        read_to: Option<Timestamp>,
        trouble: Option<&str>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE connections SET read_to = COALESCE($2, read_to), trouble = $3 WHERE project = $1";
        self.change(sql, args![project.as_str(), read_to, trouble]).await.map(drop)
    }

    /// Notes a webhook that Asana is about to be asked for.
    pub async fn expect_hook(
        &self,
        path: &str,
        project: &ProjectGid,
        target: &str,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO webhooks (path, project, target, pending_until) VALUES ($1, $2, $3, $4)";
        self.change(sql, args![path, project.as_str(), target, until]).await.map(drop)
    }

    /// Takes the secret of a webhook that is awaited; false when none is.
    pub async fn take_secret(&self, path: &str, sealed: Vec<u8>, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE webhooks SET secret = $2 WHERE path = $1 AND secret IS NULL AND pending_until > $3";
        Ok(self.change(sql, args![path, sealed, now]).await? == 1)
    }

    /// Notes that Asana has made a webhook.
    pub async fn hook_made(&self, path: &str, webhook: &str) -> Result<(), StoreError> {
        let sql = "UPDATE webhooks SET webhook = $2, pending_until = NULL WHERE path = $1";
        self.change(sql, args![path, webhook]).await.map(drop)
    }

    /// Forgets a webhook.
    pub async fn forget_hook(&self, path: &str) -> Result<(), StoreError> {
        self.change("DELETE FROM webhooks WHERE path = $1", args![path]).await.map(drop)
    }

    /// Notes that a webhook called.
    pub async fn hook_called(&self, path: &str, at: Timestamp) -> Result<(), StoreError> {
        self.change("UPDATE webhooks SET heard_at = $2 WHERE path = $1", args![path, at]).await.map(drop)
    }

    /// The webhook of a path.
    pub async fn hook(&self, path: &str) -> Result<Option<Hook>, StoreError> {
        let sql = concat!("SELECT ", hook_columns!(), " FROM webhooks WHERE path = $1");
        self.rows(sql, args![path]).await?.first().map(hook).transpose()
    }

    /// All webhooks.
    pub async fn hooks(&self) -> Result<Vec<Hook>, StoreError> {
        let sql = concat!("SELECT ", hook_columns!(), " FROM webhooks ORDER BY path");
        self.rows(sql, vec![]).await?.iter().map(hook).collect()
    }
}

fn connection(row: &Row) -> Result<Connection, StoreError> {
    Ok(Connection {
        project: ProjectGid::new(row.text(0)?),
        workspace: WorkspaceGid::new(row.text(1)?),
        name: row.text(2)?,
        connected_at: row.time(3)?,
        channel: row.word(4)?,
        sync: row.text_opt(5)?,
        read_to: row.time_opt(6)?,
        heard_at: row.time_opt(7)?,
        trouble: row.text_opt(8)?,
    })
}

fn hook(row: &Row) -> Result<Hook, StoreError> {
    Ok(Hook {
        path: row.text(0)?,
        project: ProjectGid::new(row.text(1)?),
        target: row.text(2)?,
        webhook: row.text_opt(3)?,
        secret: row.blob_opt(4)?,
        pending_until: row.time_opt(5)?,
        heard_at: row.time_opt(6)?,
    })
}
