//! A database per test that goes away afterwards.
//!
//! PostgreSQL is taken from `UPNEXT_TEST_POSTGRES`; without one the tests fail, they never skip.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Which database a story runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// What `DATABASE_URL` names.
pub enum Database {
    Sqlite(PathBuf),
    Postgres { url: String, name: String },
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// An empty one; a SQLite file lies in `folder`.
    pub fn create(kind: Kind, folder: &Path) -> Database {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        match kind {
            Kind::Sqlite => Database::Sqlite(folder.join(format!("store-{number}.db"))),
            Kind::Postgres => {
                let name = format!("upnext_app_test_{}_{number}", std::process::id());
                let admin = admin_url();
                wait(async {
                    let mut connection = PgConnection::connect(&admin).await.unwrap_or_else(|e| {
                        panic!(
                            "these tests need PostgreSQL at {admin} ({e}): run `cargo xtask test`, which starts one, \
                             or set UPNEXT_TEST_POSTGRES"
                        )
                    });
                    for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")]
                    {
                        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
                    }
                });
                let (server, _) = admin.rsplit_once('/').unwrap();
                Database::Postgres { url: format!("{server}/{name}"), name }
            }
        }
    }

    pub fn url(&self) -> String {
        match self {
            Database::Sqlite(path) => format!("sqlite:{}", path.display()),
            Database::Postgres { url, .. } => url.clone(),
        }
    }

    /// What a restart of the server is to those who use this database: every connection ends, and none can be made for a while.
    pub fn outage(&self, pause: std::time::Duration) {
        let Database::Postgres { name, .. } = self else { panic!("a file has no server") };
        let gate = |open: bool| format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {open}");
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        wait(async {
            let mut connection = PgConnection::connect(&admin_url()).await.unwrap();
            for sql in [gate(false), end] {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            }
            tokio::time::sleep(pause).await;
            sqlx::raw_sql(AssertSqlSafe(gate(true))).execute(&mut connection).await.unwrap();
        });
    }

    /// While `meanwhile` runs nobody else can add rows to a table, as on a disk that does not keep up; reading goes on.
    pub fn stalled<T>(&self, table: &str, meanwhile: impl FnOnce() -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        match self {
            Database::Sqlite(_) => {
                let mut connection = runtime.block_on(SqliteConnection::connect(&self.url())).unwrap();
                // The whole file has one writer.
                runtime.block_on(sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection)).unwrap();
                let done = meanwhile();
                runtime.block_on(sqlx::raw_sql("ROLLBACK").execute(&mut connection)).unwrap();
                done
            }
            Database::Postgres { url, .. } => {
                let mut connection = runtime.block_on(PgConnection::connect(url)).unwrap();
                let lock = AssertSqlSafe(format!("BEGIN; LOCK TABLE {table} IN SHARE MODE"));
                runtime.block_on(sqlx::raw_sql(lock).execute(&mut connection)).unwrap();
                let done = meanwhile();
                runtime.block_on(sqlx::raw_sql("ROLLBACK").execute(&mut connection)).unwrap();
                done
            }
        }
    }

    /// Every byte that is kept: of SQLite its files as they lie on the disk, of PostgreSQL all rows as text, bytes in hexadecimal.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Database::Sqlite(path) => {
                let file =
                    |more: &str| std::fs::read(format!("{}{more}", path.display())).unwrap_or_default();
                ["", "-wal", "-journal"].map(file).concat()
            }
            Database::Postgres { url, .. } => wait(async {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let tables =
                    "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
                let tables: Vec<String> =
                    sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
                let mut bytes = vec![];
                for table in tables {
                    let rows = AssertSqlSafe(format!("SELECT kept::text FROM {table} AS kept"));
                    let rows: Vec<String> =
                        sqlx::query_scalar(rows).fetch_all(&mut connection).await.unwrap();
                    bytes.extend(rows.concat().into_bytes());
                }
                bytes
            }),
        }
    }

    /// What somebody with a database shell could do.
    pub fn sql(&self, sql: &str) {
        let statement = AssertSqlSafe(sql.to_owned());
        wait(async {
            match self {
                Database::Sqlite(_) => {
                    let mut connection = SqliteConnection::connect(&self.url()).await.unwrap();
                    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
                    connection.close().await.unwrap();
                }
                Database::Postgres { url, .. } => {
                    let mut connection = PgConnection::connect(url).await.unwrap();
                    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
                    connection.close().await.unwrap();
                }
            }
        });
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Database::Postgres { name, .. } = self else { return };
        let sql = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        let dropped = wait(async {
            let mut connection = PgConnection::connect(&admin_url()).await?;
            sqlx::raw_sql(sql).execute(&mut connection).await
        });
        if let Err(error) = dropped {
            eprintln!("the database {name} could not be dropped: {error}");
        }
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the test database is can only come from the environment"
)]
fn admin_url() -> String {
    std::env::var("UPNEXT_TEST_POSTGRES")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".into())
}
