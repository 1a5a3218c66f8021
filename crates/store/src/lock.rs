//! One process at a time works on a project.
//!
//! Beside a SQLite file lies one lock file per project, locked through the kernel; on PostgreSQL an advisory lock is
//! held by a connection of its own. Both end with the process that holds them, however it dies.
//! Known limits: a network file system must support `flock`; a connection pooler in transaction mode breaks advisory
//! locks; if PostgreSQL restarts, the lock is lost while its holder still works (Asana's values are compared before
//! each write, so nothing is overwritten blindly even then).

use crate::error::StoreError;
use crate::open::private_file;
use crate::{Backend, Store};
use domain::{Digest, ProjectGid};
use sqlx::{Connection as _, PgConnection, PgPool, Row as _};
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

/// The server needs a moment to notice that a holder has just died: it waits for us, we do not poll. A holder whose
/// whole machine is gone says nothing; keepalives find it within a minute instead of PostgreSQL's two hours.
const LOCK_SESSION: &str = "SET lock_timeout = '2s'; SET tcp_keepalives_idle = 30; \
    SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";

/// The right to work on a project; ends when dropped.
#[derive(Debug)]
#[must_use = "the project is free again as soon as this is dropped"]
pub struct ProjectLock {
    _held: Held,
}

#[derive(Debug)]
enum Held {
    File { _file: File },
    Connection { _connection: PgConnection },
}

impl Store {
    /// Takes the project for this process, across all processes that use the store; `Busy` when it is taken.
    pub async fn lock_project(&self, project: &ProjectGid) -> Result<ProjectLock, StoreError> {
        let held = match &self.backend {
            Backend::Sqlite { path, .. } => self.lock_file(path, project)?,
            Backend::Postgres { pool } => self.lock_connection(pool, project).await?,
        };
        Ok(ProjectLock { _held: held })
    }

    fn lock_file(&self, database: &Path, project: &ProjectGid) -> Result<Held, StoreError> {
        let gid = project.as_str();
        // A gid is digits; whatever else comes must not leave the folder.
        let safe = gid.bytes().all(|b| b.is_ascii_alphanumeric());
        let part = if safe { gid.to_owned() } else { Digest::of_bytes(gid.as_bytes()).to_string() };
        let mut name = database.as_os_str().to_owned();
        name.push(format!(".project-{part}.lock"));
        let mut file = private_file(Path::new(&name)).map_err(|e| StoreError::from_io(&self.place, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy(project, holder_in(&mut file))),
            Err(TryLockError::Error(e)) => return Err(StoreError::from_io(&self.place, e)),
        }
        if let Err(error) = sign(&mut file) {
            tracing::debug!(%error, "the lock is held, but its file could not be signed");
        }
        Ok(Held::File { _file: file })
    }

    async fn lock_connection(&self, pool: &PgPool, project: &ProjectGid) -> Result<Held, StoreError> {
        let sql = |e| StoreError::from_sqlx(&self.place, e);
        let options = pool.connect_options();
        let mut connection = PgConnection::connect_with(&options).await.map_err(sql)?;
        let key = advisory_key(project);
        sqlx::raw_sql(LOCK_SESSION).execute(&mut connection).await.map_err(sql)?;
        let locked = sqlx::query("SELECT pg_advisory_lock($1)").bind(key).execute(&mut connection).await;
        match locked.map_err(sql) {
            Ok(_) => Ok(Held::Connection { _connection: connection }),
            Err(StoreError::Busy { .. }) => Err(busy(project, holder_at(&mut connection, key).await)),
            Err(other) => Err(other),
        }
    }
}

fn busy(project: &ProjectGid, holder: Option<String>) -> StoreError {
    let holder = holder.unwrap_or_else(|| "another upnext process".into());
    StoreError::Busy { what: format!("project {project}"), holder }
}

/// A hint for people only: the lock is the kernel's, not this number.
fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn holder_in(file: &mut File) -> Option<String> {
    let mut pid = String::new();
    file.take(32).read_to_string(&mut pid).ok()?;
    let known = !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit());
    known.then(|| format!("process {pid}"))
}

/// Advisory locks are numbers, one set per database.
fn advisory_key(project: &ProjectGid) -> i64 {
    let digest = Digest::of_bytes(format!("upnext project {project}").as_bytes());
    digest
        .as_str()
        .bytes()
        .take(16)
        .fold(0i64, |key, hex| (key << 4) | i64::from(char::from(hex).to_digit(16).unwrap_or(0)))
}

async fn holder_at(connection: &mut PgConnection, key: i64) -> Option<String> {
    let row = sqlx::query(
        "SELECT a.application_name || coalesce(' on ' || host(a.client_addr), '') \
         FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
         AND ((l.classid::bigint << 32) | l.objid::bigint) = $1 \
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .bind(key)
    .fetch_optional(connection)
    .await
    .ok()??;
    row.try_get(0).ok()
}
