//! Opening the store: which database an address means, connection settings, migrations.
//!
//! SQLite: WAL with `synchronous = FULL` (a commit survives a power cut), one writing connection so that writers queue
//! here instead of failing with SQLITE_BUSY, and a few reading ones. PostgreSQL: one pool.
//! Deliberately not here: in-memory databases (what is not kept is not remembered) or repair of damaged ones.

use crate::error::{Place, StoreError};
use crate::{Backend, Store, migrations};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use std::hash::BuildHasher as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

/// Longer than any transaction of ours takes on a slow disk; after it the caller is told who is in the way.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Readers of a WAL never wait for the writer; a handful serves the dashboard beside a run.
const SQLITE_READERS: u32 = 4;
/// PostgreSQL allows 100 connections by default; a run and the dashboard together need few.
const POSTGRES_CONNECTIONS: u32 = 8;
/// A server that does not answer within this is reported, not waited for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What an address means.
pub(crate) enum Target {
    File(PathBuf),
    Server(Box<PgConnectOptions>),
}

impl Store {
    /// Opens the store, makes it if it is a SQLite file that is not there, and brings its schema up to date.
    ///
    /// `url` is `sqlite:PATH`, `sqlite://PATH`, a bare path, or `postgres://…` / `postgresql://…`.
    pub async fn open(url: &str) -> Result<Store, StoreError> {
        open_with(url, None).await
    }

    /// As `open`, but a SQLite file may not grow beyond `pages`: how tests meet a full disk.
    #[doc(hidden)]
    pub async fn open_with_room(url: &str, pages: u32) -> Result<Store, StoreError> {
        open_with(url, Some(pages)).await
    }
}

async fn open_with(url: &str, pages: Option<u32>) -> Result<Store, StoreError> {
    match target(url)? {
        Target::File(path) => open_file(&path, pages, &migrations::sqlite()).await,
        Target::Server(options) => open_server(*options, &migrations::postgres()).await,
    }
}

pub(crate) fn target(url: &str) -> Result<Target, StoreError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let options = PgConnectOptions::from_str(url).map_err(|e| StoreError::Open {
            place: "PostgreSQL".into(),
            todo: "write the address as postgres://user:password@host:5432/database".into(),
            source: Some(e.into()),
        })?;
        return Ok(Target::Server(Box::new(options)));
    }
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
    let refused = path.is_empty() || path.contains("://") || path == ":memory:";
    if refused || (path.contains('?') && path != url) {
        // Only the scheme is repeated: the rest may hold a password.
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        return Err(StoreError::Open {
            place: if scheme.is_empty() { format!("“{path}”") } else { format!("{scheme}://…") },
            todo: "name a file (“upnext.db” or “sqlite:upnext.db”, no “?” options) or a postgres:// address"
                .into(),
            source: None,
        });
    }
    Ok(Target::File(PathBuf::from(path)))
}

pub(crate) async fn open_file(
    path: &Path,
    pages: Option<u32>,
    history: &Migrator,
) -> Result<Store, StoreError> {
    let asked: Place = format!("SQLite file {}", path.display()).into();
    let path = make_file(path).map_err(|e| StoreError::from_io(&asked, e))?;
    let place: Place = format!("SQLite file {}", path.display()).into();
    let sql = |e| StoreError::from_sqlx(&place, e);

    let mut options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    if let Some(pages) = pages {
        options = options.pragma("max_page_count", pages.to_string());
    }
    let guard = schema_lock(&path).await.map_err(|e| StoreError::from_io(&place, e))?;
    let writer =
        SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await.map_err(sql)?;
    history.run(&writer).await.map_err(|e| migrating(&place, history, e))?;
    drop(guard);
    // Lazy: a command that only writes never opens one.
    let reader = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .connect_lazy_with(options.pragma("query_only", "ON"));
    let backend = Backend::Sqlite { writer, reader, path: path.into() };
    Ok(Store { backend, place, process: process_name() })
}

/// Makes the file and its folder for this user only, and names it the one way every process names it.
pub(crate) fn make_file(path: &Path) -> std::io::Result<PathBuf> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    private_file(path)?;
    path.canonicalize()
}

/// Opens a file for reading and writing, made readable by its owner alone when it is not there.
/// SQLite gives its `-wal` and `-shm` files the mode of the database.
pub(crate) fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Two processes that open a new file at once must not both make the tables; sqlx locks only PostgreSQL for that.
pub(crate) async fn schema_lock(path: &Path) -> std::io::Result<std::fs::File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".schema.lock");
    let locked = tokio::task::spawn_blocking(move || {
        let file = private_file(Path::new(&name))?;
        file.lock()?;
        Ok(file)
    });
    locked.await.map_err(std::io::Error::other)?
}

/// What people call a database of a server.
pub(crate) fn server_place(options: &PgConnectOptions) -> Place {
    let database = options.get_database().unwrap_or(options.get_username());
    format!("PostgreSQL at {}/{database}", options.get_host()).into()
}

pub(crate) async fn open_server(options: PgConnectOptions, history: &Migrator) -> Result<Store, StoreError> {
    let place = server_place(&options);
    let application = format!("upnext {}", std::process::id());
    let options = options.application_name(&application).disable_statement_logging();
    // One connection by itself first: the pool would repeat a refused one until its time is up and keep the reason.
    let first = tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(&options)).await;
    let mut first = first.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(|e| not_open(&place, e))?;
    history.run(&mut first).await.map_err(|e| migrating(&place, history, e))?;
    first.close().await.map_err(|e| StoreError::from_sqlx(&place, e))?;
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(CONNECT_TIMEOUT)
        .connect_lazy_with(options);
    Ok(Store { backend: Backend::Postgres { pool }, place, process: process_name() })
}

/// The standard library's hash keys are the operating system's randomness; a process id alone comes back.
fn process_name() -> std::sync::Arc<str> {
    let random = std::hash::RandomState::new().hash_one(std::process::id());
    format!("{random:016x}").into()
}

/// A server that cannot be used as configured.
fn not_open(place: &Place, source: sqlx::Error) -> StoreError {
    let code = source.as_database_error().and_then(|e| e.code().map(|c| c.into_owned()));
    let todo = match code.as_deref() {
        Some("28P01" | "28000") => "check the user and password in the address",
        Some("3D000") => "create the database first (createdb), or name another",
        Some("42501") => "give the user the right to connect and to create tables",
        _ => "check that PostgreSQL runs there and accepts connections from here",
    };
    StoreError::Open { place: place.to_string(), todo: todo.into(), source: Some(source.into()) }
}

fn migrating(place: &Place, migrator: &Migrator, error: MigrateError) -> StoreError {
    let open = |todo: &str, source: MigrateError| StoreError::Open {
        place: place.to_string(),
        todo: todo.into(),
        source: Some(source.into()),
    };
    match error {
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => StoreError::from_sqlx(place, e),
        MigrateError::VersionMissing(found) => {
            let known = migrator.iter().map(|m| m.version).max().unwrap_or(0);
            StoreError::Newer { place: place.to_string(), found, known }
        }
        e @ MigrateError::VersionMismatch(_) => {
            open("it was made by another build of upnext: use that one, or start with a new store", e)
        }
        e => open("its schema cannot be brought up to date: restore a backup, or start with a new store", e),
    }
}
