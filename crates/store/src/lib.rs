//! What Upnext remembers, in a SQLite file or a PostgreSQL database: runs, snapshots, plans, judgements, comments read,
//! the journal of writes, what people overrode, and the audit chain; and for the service its connections, what it heard and its
//! jobs.
//!
//! One `Store`, two databases behind it, the same SQL and the same stories in the tests. The journal is written before
//! and after every write to Asana, each time in one transaction that is durable before the call returns.
//! It deliberately knows nothing of Asana's API, of how anything is judged or decided, and never reads the clock.
//! Known limits: times are kept to the millisecond; who may rewrite the whole database can rewrite the audit chain
//! too; only a copy of the chain's head kept elsewhere shows that.

mod anchors;
mod answers;
mod api_keys;
mod approvals;
mod attachments;
mod audit;
mod audit_look;
mod backup;
mod batches;
mod chain;
mod comments;
mod conn;
mod connections;
mod error;
mod findings;
mod forget;
mod golden;
mod heard;
mod job;
mod jobs;
mod jobs_by_hand;
mod journal;
mod judgements;
mod ledger;
mod lock;
mod made;
mod migrations;
mod models;
mod open;
mod overrides;
mod phases;
mod plans;
mod policies;
mod portfolios;
mod ratings;
mod reading;
mod rubrics;
mod runs;
mod schedules;
mod shares;
mod sign_ins;
mod snapshots;
mod standing;
mod usage;
mod vectors;
mod web_sessions;
mod web_views;
mod writers;

pub use answers::{Answer, Said};
pub use approvals::ApprovalQuery;
pub use attachments::{Attachment, SeenAttachments};
pub use audit::AuditEntry;
pub use audit_look::AuditQuery;
pub use backup::{Backup, Restored, Told, check_backup};
pub use batches::OpenBatch;
pub use chain::{AuditReport, AuditRow, Broken, Checkpoint, verify_export};
pub use comments::SeenComments;
pub use connections::{Channel, Connection, Hook};
pub use error::StoreError;
pub use forget::{Forget, Forgotten};
pub use golden::{GoldenSet, ModelGate};
pub use heard::{Change, Delivery, Unsorted};
pub use job::{Again, Job, JobAttempt, JobCount, JobState, NewJob, Next};
pub use journal::OpenAttempt;
pub use ledger::{Entry, OnProjects, Slot};
pub use lock::ProjectLock;
pub use made::MadeProject;
pub use models::{ModelRow, ModelState};
pub use overrides::{Edit, KeptOverride, Labels, Override, OverrideNote, Release, Reversal};
pub use phases::{PhaseDecision, PhaseScope, TakingBack};
pub use plans::{PlanRow, SavedPlan};
pub use policies::PolicyVersion;
pub use portfolios::HeldProjects;
pub use ratings::{ModelText, NewAnswer, QuestionKey};
pub use reading::{Attempted, DayOfRuns, LastJudged, OverrideRow, Reached};
pub use rubrics::{Decision, Origin, RubricState, RubricVersion};
pub use runs::Run;
pub use schedules::Schedule;
pub use shares::WHOLE;
pub use sign_ins::SignIn;
pub use standing::StandingRubric;
pub use usage::{Used, UsedBy, UsedSum};
pub use web_sessions::WebSession;
pub use web_views::SavedView;

use conn::{Arg, Conn, Row, Tx};
use error::Place;
use sqlx::{PgPool, SqlitePool};

/// The store; clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    backend: Backend,
    place: Place,
    /// A random name of this opening: tells what this process began from what a crashed one left.
    process: std::sync::Arc<str>,
}

#[derive(Clone, Debug)]
enum Backend {
    Sqlite { writer: SqlitePool, reader: SqlitePool, path: std::sync::Arc<std::path::Path> },
    Postgres { pool: PgPool },
}

impl Store {
    /// Where it is, for people: `SQLite file …` or `PostgreSQL at host/database`; never a password.
    pub fn describe(&self) -> String {
        self.place.to_string()
    }

    /// Ends all connections; a SQLite file then stands alone, without its `-wal`.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { writer, reader, .. } => {
                reader.close().await;
                writer.close().await;
            }
            Backend::Postgres { pool } => pool.close().await,
        }
    }

    /// A transaction that may write. On SQLite it takes the write lock at once: a read that turns into a write later
    /// would fail with SQLITE_BUSY when somebody else wrote in between.
    async fn write(&self) -> Result<Tx, StoreError> {
        let (conn, begin) = match &self.backend {
            Backend::Sqlite { writer, .. } => (writer.acquire().await.map(Conn::Sqlite), "BEGIN IMMEDIATE"),
            Backend::Postgres { pool } => (pool.acquire().await.map(Conn::Postgres), "BEGIN"),
        };
        let conn = conn.map_err(|e| StoreError::from_sqlx(&self.place, e))?;
        Tx::begin(conn, begin, self.place.clone()).await
    }

    /// A transaction that sees one state of the store throughout.
    async fn read(&self) -> Result<Tx, StoreError> {
        let begin = match &self.backend {
            Backend::Sqlite { .. } => "BEGIN",
            Backend::Postgres { .. } => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        Tx::begin(self.reading().await?, begin, self.place.clone()).await
    }

    /// One statement by itself, durable once this returns; how many rows it changed.
    async fn change(&self, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let changed = tx.exec(sql, args).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// The rows of one query.
    async fn rows(&self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        self.reading().await?.rows(sql, args, &self.place).await
    }

    async fn reading(&self) -> Result<Conn, StoreError> {
        match &self.backend {
            Backend::Sqlite { reader, .. } => reader.acquire().await.map(Conn::Sqlite),
            Backend::Postgres { pool } => pool.acquire().await.map(Conn::Postgres),
        }
        .map_err(|e| StoreError::from_sqlx(&self.place, e))
    }
}
