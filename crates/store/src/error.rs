//! What can go wrong with the store: one variant per thing a caller can do differently.
//!
//! The database's own codes are sorted here and nowhere else; matching is on codes and types, never on message text.
//! Known limit: a page that is damaged but never read is not noticed.

use std::fmt::Display;

/// Where the store is, as people know it; never holds a password.
pub(crate) type Place = std::sync::Arc<str>;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be opened as configured: change the setting, the permissions or the server.
    #[error("cannot open the store ({place}): {todo}")]
    Open {
        /// The store.
        place: String,
        /// What to do about it.
        todo: String,
        /// What the system or database said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// No room left: free some, then run the same command again.
    #[error(
        "the disk or database is full ({place}): nothing was lost, free space and run the same command again"
    )]
    Full {
        /// The store.
        place: String,
        /// What the system or database said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Somebody else is at work: wait, or end the other one.
    #[error("{what} is in use by {holder}: wait until it has finished, then run the same command again")]
    Busy {
        /// What is taken.
        what: String,
        /// Who has it, as far as is known.
        holder: String,
    },
    /// The database does not answer (any more): try again later.
    #[error("the store ({place}) cannot be reached: check that it runs, then run the same command again")]
    Unreachable {
        /// The store.
        place: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// Something stored cannot be read: restore a backup, or move the store away and start afresh.
    #[error(
        "the store at {path} is damaged ({what}): restore it from a backup, or move it away to start afresh"
    )]
    Corrupt {
        /// What is damaged.
        what: String,
        /// Which store.
        path: String,
    },
    /// The store was written by a newer Upnext: use that one.
    #[error(
        "the store ({place}) has schema version {found}, this upnext knows versions up to {known}: use the newer upnext"
    )]
    Newer {
        /// The store.
        place: String,
        /// The version found.
        found: i64,
        /// The highest version this binary knows.
        known: i64,
    },
    /// A backup that cannot be made, read or restored; nothing was changed.
    #[error("the backup {file}: {what}")]
    Backup {
        /// The backup's file.
        file: String,
        /// What is in the way, and what to do about it.
        what: String,
    },
    /// A backup would replace what a store holds; nothing was changed.
    #[error("the store ({place}) holds something already: {todo}")]
    NotEmpty {
        /// The store.
        place: String,
        /// What to do about it.
        todo: String,
    },
    /// Nobody has begun the run that was named.
    #[error("the store knows no run {run}")]
    UnknownRun {
        /// The run.
        run: String,
    },
    /// Anything else the database refuses; a fault of Upnext's.
    #[error("the store ({place}) refused a statement")]
    Sql {
        /// The store.
        place: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
}

/// What a database error amounts to.
enum Meaning {
    Full,
    Busy,
    Corrupt,
    Gone,
    Other,
}

impl StoreError {
    /// Sorts an error of sqlx.
    pub(crate) fn from_sqlx(place: &Place, source: sqlx::Error) -> StoreError {
        let place = place.to_string();
        match meaning(&source) {
            Meaning::Full => StoreError::Full { place, source: source.into() },
            Meaning::Busy => {
                StoreError::Busy { what: format!("the store ({place})"), holder: "another process".into() }
            }
            Meaning::Corrupt => StoreError::Corrupt { what: source.to_string(), path: place },
            Meaning::Gone => StoreError::Unreachable { place, source },
            Meaning::Other => StoreError::Sql { place, source },
        }
    }

    /// Something that was stored reads back as nonsense.
    pub(crate) fn unreadable(place: &Place, what: impl Display, why: impl Display) -> StoreError {
        StoreError::Corrupt { what: format!("{what}: {why}"), path: place.to_string() }
    }

    /// Sorts an error of the file system met while opening.
    pub(crate) fn from_io(place: &Place, source: std::io::Error) -> StoreError {
        let place = place.to_string();
        if is_full(&source) {
            return StoreError::Full { place, source: source.into() };
        }
        let todo = "check that its folder may be created and written by this user".into();
        StoreError::Open { place, todo, source: Some(source.into()) }
    }
}

fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

fn meaning(error: &sqlx::Error) -> Meaning {
    match error {
        sqlx::Error::Database(e) => match e.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
            Some(pg) => postgres_meaning(pg.code()),
            None => e.code().and_then(|c| c.parse().ok()).map_or(Meaning::Other, sqlite_meaning),
        },
        sqlx::Error::Io(e) if is_full(e) => Meaning::Full,
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
            Meaning::Gone
        }
        sqlx::Error::WorkerCrashed => Meaning::Gone,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Meaning::Corrupt,
        _ => Meaning::Other,
    }
}

/// SQLite's extended result codes: the low byte is the primary code.
fn sqlite_meaning(code: i64) -> Meaning {
    const IOERR_WRITE: i64 = 10 | (3 << 8);
    const IOERR_FSYNC: i64 = 10 | (4 << 8);
    // SQLite reserves the shared-memory file of the WAL by writing to it: without space that fails first.
    const IOERR_SHMSIZE: i64 = 10 | (19 << 8);
    match (code, code & 0xff) {
        (IOERR_WRITE | IOERR_FSYNC | IOERR_SHMSIZE, _) | (_, 13) => Meaning::Full,
        (_, 5 | 6) => Meaning::Busy,
        (_, 11 | 26) => Meaning::Corrupt,
        _ => Meaning::Other,
    }
}

/// PostgreSQL's SQLSTATE codes; the first two characters are the class.
fn postgres_meaning(code: &str) -> Meaning {
    match (code, code.get(..2).unwrap_or_default()) {
        ("53100", _) => Meaning::Full,
        ("55P03" | "40001" | "40P01", _) => Meaning::Busy,
        ("XX001" | "XX002", _) => Meaning::Corrupt,
        ("57P01" | "57P02" | "57P03" | "53300", _) | (_, "08") => Meaning::Gone,
        _ => Meaning::Other,
    }
}
