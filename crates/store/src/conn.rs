//! One small face over the two databases: statements with `$1` placeholders, three kinds of arguments, rows by position.
//!
//! Everything above this file is written once for both. A transaction that is dropped before its commit closes its
//! connection instead of asking for a rollback: after SQLITE_FULL the database has rolled back by itself, a second
//! ROLLBACK fails, and the pooled connection would believe for ever that it is inside a transaction.
//! Deliberately not here: the SQL of any feature, or sqlx's `Any` driver (it knows too few types).

use crate::error::{Place, StoreError};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Postgres, Row as _, SqlSafeStr, Sqlite};

/// Keys per statement of a bulk look-up.
const ROWS_PER_STATEMENT: usize = 200;

/// Rows per statement of a bulk insert: 12 columns at most stay far below SQLite's 32,766 and PostgreSQL's 65,535 parameters, and
/// longer statements were not measurably faster. Only these lengths, so that a database prepares each statement once: with
/// every length a statement of its own, PostgreSQL spent its time on parsing.
const ROWS_AT_ONCE: [usize; 8] = [200, 100, 50, 20, 10, 5, 2, 1];

/// An argument of a statement; the only types stored.
#[derive(Clone)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

impl From<i64> for Arg {
    fn from(v: i64) -> Arg {
        Arg::Int(Some(v))
    }
}
impl From<u64> for Arg {
    fn from(v: u64) -> Arg {
        Arg::Int(Some(i64::try_from(v).unwrap_or(i64::MAX)))
    }
}
impl From<bool> for Arg {
    fn from(v: bool) -> Arg {
        Arg::Int(Some(v.into()))
    }
}
impl From<Timestamp> for Arg {
    fn from(v: Timestamp) -> Arg {
        Arg::Int(Some(v.as_millisecond()))
    }
}
impl From<Option<Timestamp>> for Arg {
    fn from(v: Option<Timestamp>) -> Arg {
        Arg::Int(v.map(Timestamp::as_millisecond))
    }
}
impl From<&str> for Arg {
    fn from(v: &str) -> Arg {
        Arg::Text(Some(plain(v)))
    }
}
impl From<String> for Arg {
    fn from(v: String) -> Arg {
        Arg::from(v.as_str())
    }
}
impl From<Option<&str>> for Arg {
    fn from(v: Option<&str>) -> Arg {
        Arg::Text(v.map(plain))
    }
}
impl From<Vec<u8>> for Arg {
    fn from(v: Vec<u8>) -> Arg {
        Arg::Blob(Some(v))
    }
}

/// The text without NUL characters, which PostgreSQL cannot keep. (JSON escapes them and is not changed.)
pub(crate) fn plain(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// The arguments of one statement or row.
macro_rules! args {
    ($($v:expr),* $(,)?) => { vec![$($crate::conn::Arg::from($v)),*] };
}
pub(crate) use args;

macro_rules! bound {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for arg in $args {
            query = match arg {
                Arg::Int(v) => query.bind(v),
                Arg::Text(v) => query.bind(v),
                Arg::Blob(v) => query.bind(v),
            };
        }
        query
    }};
}

/// A connection out of either pool.
pub(crate) enum Conn {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Conn {
    async fn exec(&mut self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<u64, sqlx::Error> {
        Ok(match self {
            Conn::Sqlite(c) => bound!(sql, args).execute(&mut **c).await?.rows_affected(),
            Conn::Postgres(c) => bound!(sql, args).execute(&mut **c).await?.rows_affected(),
        })
    }

    pub(crate) async fn rows(
        &mut self,
        sql: impl SqlSafeStr,
        args: Vec<Arg>,
        place: &Place,
    ) -> Result<Vec<Row>, StoreError> {
        let row = |inner| Row { inner, place: place.clone() };
        let found = match self {
            Conn::Sqlite(c) => bound!(sql, args)
                .fetch_all(&mut **c)
                .await
                .map(|rows| rows.into_iter().map(|r| row(AnyRow::Sqlite(r))).collect()),
            Conn::Postgres(c) => bound!(sql, args)
                .fetch_all(&mut **c)
                .await
                .map(|rows| rows.into_iter().map(|r| row(AnyRow::Postgres(r))).collect()),
        };
        found.map_err(|e| StoreError::from_sqlx(place, e))
    }

    /// Hands over one row after another, so that a large table never stands in memory.
    async fn each(
        &mut self,
        sql: impl SqlSafeStr,
        place: &Place,
        mut take: impl FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql_error = |e| StoreError::from_sqlx(place, e);
        match self {
            Conn::Sqlite(c) => {
                let mut rows = sqlx::query(sql).fetch(&mut **c);
                while let Some(row) = rows.try_next().await.map_err(sql_error)? {
                    take(Row { inner: AnyRow::Sqlite(row), place: place.clone() })?;
                }
            }
            Conn::Postgres(c) => {
                let mut rows = sqlx::query(sql).fetch(&mut **c);
                while let Some(row) = rows.try_next().await.map_err(sql_error)? {
                    take(Row { inner: AnyRow::Postgres(row), place: place.clone() })?;
                }
            }
        }
        Ok(())
    }

    fn close_on_drop(&mut self) {
        match self {
            Conn::Sqlite(c) => c.close_on_drop(),
            Conn::Postgres(c) => c.close_on_drop(),
        }
    }
}

/// A transaction: all of it or nothing, durable once `commit` has returned.
pub(crate) struct Tx {
    conn: Conn,
    open: bool,
    pub(crate) place: Place,
}

impl Tx {
    /// Begins with the statement given (`BEGIN …`).
    pub(crate) async fn begin(conn: Conn, sql: &'static str, place: Place) -> Result<Tx, StoreError> {
        // Open from the first moment: a BEGIN that is cancelled may still have happened.
        let mut tx = Tx { conn, open: true, place };
        tx.exec(sql, vec![]).await?;
        Ok(tx)
    }

    pub(crate) async fn exec(&mut self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<u64, StoreError> {
        self.conn.exec(sql, args).await.map_err(|e| StoreError::from_sqlx(&self.place, e))
    }

    pub(crate) async fn rows(
        &mut self,
        sql: impl SqlSafeStr,
        args: Vec<Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        self.conn.rows(sql, args, &self.place).await
    }

    pub(crate) async fn each(
        &mut self,
        sql: impl SqlSafeStr,
        take: impl FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.conn.each(sql, &self.place, take).await
    }

    /// Whether it is PostgreSQL's.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.conn, Conn::Postgres(_))
    }

    /// `insert` is `INSERT INTO t (a, b)`, `on_conflict` the clause after the values or nothing.
    /// No two rows may have the same key: PostgreSQL refuses to update a row twice in one statement.
    pub(crate) async fn insert_rows(
        &mut self,
        insert: &str,
        rows: Vec<Vec<Arg>>,
        on_conflict: &'static str,
    ) -> Result<u64, StoreError> {
        let (mut changed, mut left) = (0, rows.len());
        let mut rows = rows.into_iter().peekable();
        while let Some(columns) = rows.peek().map(Vec::len) {
            let at_once = ROWS_AT_ONCE.into_iter().find(|rows| *rows <= left).unwrap_or(1);
            left -= at_once;
            let chunk: Vec<Vec<Arg>> = rows.by_ref().take(at_once).collect();
            let tuples: Vec<String> =
                (0..chunk.len()).map(|r| format!("({})", placeholders(r * columns + 1, columns))).collect();
            let sql = format!("{insert} VALUES {} {on_conflict}", tuples.join(", "));
            changed += self.exec(AssertSqlSafe(sql), chunk.into_iter().flatten().collect()).await?;
        }
        Ok(changed)
    }

    /// Runs `sql`, which ends in `… IN`, once per chunk of `keys`; `first` fills its other placeholders. A statement that
    /// returns nothing gives no rows.
    pub(crate) async fn rows_in(
        &mut self,
        sql: &'static str,
        first: Vec<Arg>,
        keys: Vec<Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        for chunk in keys.chunks(ROWS_PER_STATEMENT) {
            let text = format!("{sql} ({})", placeholders(first.len() + 1, chunk.len()));
            let args = first.iter().chain(chunk).cloned().collect();
            found.extend(self.rows(AssertSqlSafe(text), args).await?);
        }
        Ok(found)
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.exec("COMMIT", vec![]).await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.open {
            self.conn.close_on_drop();
        }
    }
}

/// `$3, $4, $5` for `placeholders(3, 3)`.
fn placeholders(from: usize, count: usize) -> String {
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

enum AnyRow {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

/// A row; columns by position.
pub(crate) struct Row {
    inner: AnyRow,
    place: Place,
}

macro_rules! column {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(&self, at: usize) -> Result<$type, StoreError> {
            match &self.inner {
                AnyRow::Sqlite(row) => row.try_get(at),
                AnyRow::Postgres(row) => row.try_get(at),
            }
            .map_err(|e| StoreError::from_sqlx(&self.place, e))
        }
    };
}

impl Row {
    column!(int, i64);
    column!(int_opt, Option<i64>);
    column!(text, String);
    column!(text_opt, Option<String>);
    column!(blob, Vec<u8>);
    column!(blob_opt, Option<Vec<u8>>);

    /// A count that is never negative.
    pub(crate) fn count(&self, at: usize) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.int(at)?).unwrap_or(0))
    }

    /// A moment kept as epoch milliseconds.
    pub(crate) fn time(&self, at: usize) -> Result<Timestamp, StoreError> {
        self.as_time(self.int(at)?)
    }

    pub(crate) fn time_opt(&self, at: usize) -> Result<Option<Timestamp>, StoreError> {
        self.int_opt(at)?.map(|ms| self.as_time(ms)).transpose()
    }

    fn as_time(&self, ms: i64) -> Result<Timestamp, StoreError> {
        Timestamp::from_millisecond(ms).map_err(|e| StoreError::unreadable(&self.place, "a time", e))
    }

    /// A word kept as it is, as the value it stands for.
    pub(crate) fn word<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<T, StoreError> {
        serde_json::from_value(self.text(at)?.into())
            .map_err(|e| StoreError::unreadable(&self.place, std::any::type_name::<T>(), e))
    }

    /// A value kept as JSON text.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(at)?)
            .map_err(|e| StoreError::unreadable(&self.place, std::any::type_name::<T>(), e))
    }
}

/// A value as the JSON text that is stored. Upnext's own types always serialise (see `Digest::of`); one that could
/// not would read back as damaged rather than be taken for another value.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
