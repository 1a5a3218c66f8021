//! Restoring: a store made anew from a backup, with nobody else in it.
//!
//! A SQLite file is built beside its place and moved there when it is whole; the one that was there is kept. A PostgreSQL
//! database must be empty. A backup of an older schema is put into that schema and brought up to date from there.
//! Known limit: a process that has had a SQLite store open for long without touching it may not be noticed.

use super::fill::{fill, holds_something};
use super::make::beside;
use super::{Backup, Restored, Told, check_backup};
use crate::open::{
    Target, make_file, open_file, open_server, private_file, schema_lock, server_place, target,
};
use crate::{AuditReport, Store, StoreError, migrations};
use jiff::Timestamp;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, Row as _};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

impl Store {
    /// Makes the store at `url` (as [`Store::open`] takes it) anew from a backup, and checks its audit chain.
    ///
    /// `over` allows a SQLite file that holds something; it is kept beside the new one, with the time `at` in its name.
    ///
    /// # Errors
    /// A backup that is damaged or newer than this program, a store that somebody uses or that holds something: nothing
    /// has been changed then.
    pub async fn restore(
        url: &str,
        file: &Path,
        (over, at): (bool, Timestamp),
        told: Told<'_>,
    ) -> Result<Restored, StoreError> {
        let backup = check_backup(file)?;
        let known = migrations::newest();
        if backup.schema > known {
            return Err(StoreError::Newer {
                place: format!("backup {}", file.display()),
                found: backup.schema,
                known,
            });
        }
        let kept = match target(url)? {
            Target::File(path) => into_file(&path, (file, &backup), (over, at), told).await?,
            Target::Server(options) => into_server(*options, (file, &backup), told).await.map(|()| None)?,
        };
        let store = Store::open(url).await?;
        let audit: AuditReport = store.verify_audit().await?;
        let place = store.describe();
        store.close().await;
        Ok(Restored { backup, store: place, kept, audit })
    }
}

async fn into_file(
    path: &Path,
    (file, backup): (&Path, &Backup),
    (over, at): (bool, Timestamp),
    told: Told<'_>,
) -> Result<Option<PathBuf>, StoreError> {
    let place = format!("SQLite file {}", path.display()).into();
    let io = |e| StoreError::from_io(&place, e);
    let path = make_file(path).map_err(io)?;
    // Whoever opens the store waits for this lock first.
    let _alone = schema_lock(&path).await.map_err(io)?;
    let _projects = project_locks(&path)?;
    let holds = in_use_or_holding(&path).await?;
    if holds && !over {
        let todo = "restore with --over, which keeps the file that is there under another name";
        return Err(StoreError::NotEmpty { place: place.to_string(), todo: todo.into() });
    }
    let fresh = beside(&path, ".restoring");
    remove(&fresh).map_err(io)?;
    let filled = async {
        let store = open_file(&fresh, None, &migrations::up_to(&migrations::sqlite(), backup.schema)).await?;
        let filled = fill(&store, file, "it is being restored by somebody else", told).await;
        store.close().await;
        filled
    };
    if let Err(error) = filled.await {
        remove(&fresh).map_err(io)?;
        return Err(error);
    }
    let kept = if holds { Some(keep(&path, at).map_err(io)?) } else { None };
    std::fs::rename(&fresh, &path).map_err(io)?;
    remove(&fresh).map_err(io)?;
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
    }
    Ok(kept)
}

/// What may lie beside a database.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

fn remove(file: &Path) -> std::io::Result<()> {
    for ending in PARTS.into_iter().chain([".schema.lock"]) {
        match std::fs::remove_file(beside(file, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Moves the store that is there aside, whole.
fn keep(path: &Path, at: Timestamp) -> std::io::Result<PathBuf> {
    let kept = beside(path, &format!(".before-{}", at.strftime("%Y%m%dT%H%M%S%3fZ")));
    for ending in PARTS {
        match std::fs::rename(beside(path, ending), beside(&kept, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(kept)
}

/// Takes the lock of every project somebody has ever worked on: no run is under way while they are held.
fn project_locks(path: &Path) -> Result<Vec<File>, StoreError> {
    let place = format!("SQLite file {}", path.display()).into();
    let io = |e| StoreError::from_io(&place, e);
    let start = beside(Path::new(path.file_name().unwrap_or_default()), ".project-");
    let mut locks = vec![];
    for entry in std::fs::read_dir(path.parent().unwrap_or(Path::new("."))).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(project) =
            name.strip_prefix(&*start.to_string_lossy()).and_then(|n| n.strip_suffix(".lock"))
        else {
            continue;
        };
        let lock = private_file(&entry.path()).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => locks.push(lock),
            Err(TryLockError::WouldBlock) => {
                let holder = "another upnext process".into();
                return Err(StoreError::Busy { what: format!("project {project}"), holder });
            }
            Err(TryLockError::Error(e)) => return Err(io(e)),
        }
    }
    Ok(locks)
}

/// Whether a file holds anything; `Busy` when another process has it open. One that cannot be read holds something.
async fn in_use_or_holding(path: &Path) -> Result<bool, StoreError> {
    let place: crate::error::Place = format!("SQLite file {}", path.display()).into();
    let empty = std::fs::metadata(path).map_err(|e| StoreError::from_io(&place, e))?.len() == 0;
    let busy = |e| StoreError::from_sqlx(&place, e);
    let options =
        SqliteConnectOptions::new().filename(path).busy_timeout(Duration::ZERO).disable_statement_logging();
    let looked = async {
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(busy)?;
        // A database leaves its WAL only when this connection is the only one that has it open.
        sqlx::raw_sql("PRAGMA journal_mode = DELETE").execute(&mut connection).await.map_err(busy)?;
        connection.close().await.map_err(busy)
    };
    match looked.await {
        Ok(()) if empty => return Ok(false),
        Ok(()) => {}
        Err(busy @ StoreError::Busy { .. }) => return Err(busy),
        Err(_) => return Ok(true),
    }
    let held = async {
        let store = bare(path, &place).await?;
        let mut tx = store.read().await?;
        let held = holds_something(&mut tx).await;
        drop(tx);
        store.close().await;
        held
    };
    Ok(held.await.unwrap_or(true))
}

/// A file as it is, without bringing its schema up to date.
async fn bare(path: &Path, place: &crate::error::Place) -> Result<Store, StoreError> {
    let options = SqliteConnectOptions::new().filename(path).disable_statement_logging();
    let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
    let backend = crate::Backend::Sqlite { writer: pool.clone(), reader: pool, path: path.into() };
    Ok(Store { backend, place: place.clone(), process: "".into() })
}

async fn into_server(
    options: PgConnectOptions,
    (file, backup): (&Path, &Backup),
    told: Told<'_>,
) -> Result<(), StoreError> {
    const ELSEWHERE: &str =
        "a backup is restored into an empty database only: create another one (createdb) and name it";
    let place = server_place(&options);
    let sql = |e| StoreError::from_sqlx(&place, e);
    let mut connection = PgConnection::connect_with(&options).await.map_err(sql)?;
    if let Some(holder) = somebody_else(&mut connection).await.map_err(sql)? {
        return Err(StoreError::Busy { what: format!("the store ({place})"), holder });
    }
    let version = version(&mut connection).await.map_err(sql)?;
    connection.close().await.map_err(sql)?;
    if version.is_some_and(|version| version > backup.schema) {
        return Err(StoreError::NotEmpty {
            place: place.to_string(),
            todo: format!("its tables are newer than the backup's (schema {}). {ELSEWHERE}", backup.schema),
        });
    }
    let history = migrations::up_to(&migrations::postgres(), backup.schema);
    let store = open_server(options, &history).await?;
    let filled = fill(&store, file, ELSEWHERE, told).await;
    store.close().await;
    filled.map(drop)
}

/// The version of a database's schema; none when it has none.
async fn version(connection: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    let there =
        sqlx::query("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !there.try_get::<bool, _>(0)? {
        return Ok(None);
    }
    sqlx::query("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(connection).await?.try_get(0)
}

/// Another Upnext that is connected to the same database.
async fn somebody_else(connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    let sql = "SELECT application_name || coalesce(' on ' || host(client_addr), '') FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'upnext %' \
               LIMIT 1";
    sqlx::query(sql).fetch_optional(connection).await?.map(|row| row.try_get(0)).transpose()
}
