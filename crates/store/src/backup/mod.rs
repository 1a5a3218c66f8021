//! Backups: everything a store holds, in one file that either database can be restored from.
//!
//! A gzip of JSON lines: a head with the schema's version, then for each table a line that names its columns and the last
//! number it gave out, and a line for each row; at the end the count of rows and the SHA-256 of all lines before. One format
//! for both databases, so that a store can move from one to the other; read from one state of the store while others write.
//! Deliberately not here: the key that secrets are sealed with (keep a copy of it elsewhere), or anything but the whole.
//! Known limit: rows go in by statements of 200, not by the databases' own ways of loading much at once.

mod file;
mod fill;
mod make;
mod restore;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

pub use file::check_backup;

/// Told how many rows of which table have been dealt with so far.
pub type Told<'a> = &'a (dyn Fn(&str, u64) + Sync);

/// The version of the format.
const FORMAT: u32 = 1;

/// Every table of the schema, each after those it refers to, and whether it numbers its rows.
const TABLES: &[(&str, bool)] = &[
    ("runs", true),
    ("snapshots", true),
    ("plans", true),
    ("judgements", false),
    ("scores", false),
    ("comments", false),
    ("attempts", true),
    ("ledger", false),
    ("pending", true),
    ("anchors", false),
    ("overrides", true),
    ("audit", false),
    ("audit_head", false),
    ("rubrics", true),
    ("answers", true),
    ("golden_sets", true),
    ("attachments", false),
    ("attachments_seen", false),
    ("comments_found", false),
    ("models", true),
    ("findings", false),
    ("model_answers", true),
    ("model_usage", true),
    ("model_gates", false),
    ("model_texts", true),
    ("model_servers", false),
    ("model_batches", true),
    ("vectors", false),
    ("connections", false),
    ("webhooks", false),
    ("deliveries", true),
    ("changes", false),
    ("jobs", true),
    ("job_attempts", true),
    ("schedules", false),
    ("sign_ins", false),
    ("shares", false),
    ("known", false),
    ("writers", false),
    ("portfolios", false),
    ("web_tokens", false),
    ("web_sessions", false),
    ("web_views", true),
    ("approvals", true),
    ("phases", true),
    ("override_notes", false),
    ("override_reversals", false),
    ("backtests", false),
    ("audit_checkpoints", false),
    ("api_keys", false),
    ("policies", true),
    ("standing_rubrics", false),
];

/// A backup that was read from its first to its last line and is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// The version of the schema it was made of.
    pub schema: i64,
    /// When.
    pub made_at: Timestamp,
    /// Rows, of all tables.
    pub rows: u64,
    /// The SHA-256 of its lines.
    pub digest: Digest,
}

/// A store that was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// What from.
    pub backup: Backup,
    /// The store.
    pub store: String,
    /// Where the file that was there before lies now.
    pub kept: Option<PathBuf>,
    /// What checking the restored audit chain found.
    pub audit: crate::AuditReport,
}

/// A line that is not a row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    UpnextBackup { format: u32, schema: i64, made_at: Timestamp },
    Table(Table),
    End { rows: u64, sha256: Digest },
}

/// The head of a table.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Table {
    name: String,
    columns: Vec<Column>,
    /// The highest number given out so far, also to rows that are gone.
    last: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Column {
    name: String,
    kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Int,
    Text,
    Bytes,
}

/// One value of a row; bytes are base64.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes { base64: String },
}

impl Cell {
    fn bytes(bytes: &[u8]) -> Cell {
        Cell::Bytes { base64: BASE64.encode(bytes) }
    }

    /// The argument of an insert into a column; none when it does not fit there.
    fn argument(self, kind: Kind) -> Option<crate::conn::Arg> {
        use crate::conn::Arg;
        Some(match (kind, self) {
            (Kind::Int, Cell::Null) => Arg::Int(None),
            (Kind::Int, Cell::Int(number)) => Arg::Int(Some(number)),
            (Kind::Text, Cell::Null) => Arg::Text(None),
            (Kind::Text, Cell::Text(text)) => Arg::Text(Some(text)),
            (Kind::Bytes, Cell::Null) => Arg::Blob(None),
            (Kind::Bytes, Cell::Bytes { base64 }) => Arg::Blob(Some(BASE64.decode(base64).ok()?)),
            _ => return None,
        })
    }
}
