//! A world per test: a fresh database that goes away afterwards.
//!
//! PostgreSQL is taken from `UPNEXT_TEST_POSTGRES`; without one the tests fail, they never skip.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use store::Store;

/// Tells each story on both databases.
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::support::World::sqlite()).await
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::support::World::postgres().await).await
            })+
        }
    };
}
pub(crate) use stories;

/// The versions of the schema, oldest first.
pub fn versions() -> Vec<i64> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut versions: Vec<i64> = names.map(|name| name[..4].parse().unwrap()).collect();
    versions.sort_unstable();
    versions
}

pub struct World {
    /// What `Store::open` takes.
    pub url: String,
    /// What errors call it.
    pub place: String,
    folder: Option<tempfile::TempDir>,
    database: Option<String>,
}

impl World {
    pub fn sqlite() -> World {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep").join("upnext.db");
        World {
            url: format!("sqlite:{}", file.display()),
            place: file.display().to_string(),
            folder: Some(folder),
            database: None,
        }
    }

    pub async fn postgres() -> World {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let database = format!("upnext_test_{}_{number}", std::process::id());
        let admin = admin_url();
        let mut connection = PgConnection::connect(&admin).await.unwrap_or_else(|e| {
            panic!(
                "these tests need PostgreSQL at {admin} ({e}): run `cargo xtask test`, which starts one, \
                 or set UPNEXT_TEST_POSTGRES"
            )
        });
        for sql in [format!("DROP DATABASE IF EXISTS {database}"), format!("CREATE DATABASE {database}")] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        let (server, _) = admin.rsplit_once('/').unwrap();
        World {
            url: format!("{server}/{database}"),
            place: format!("/{database}"),
            folder: None,
            database: Some(database),
        }
    }

    pub fn is_sqlite(&self) -> bool {
        self.database.is_none()
    }

    /// The SQLite file.
    pub fn file(&self) -> &std::path::Path {
        std::path::Path::new(&self.place)
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    /// What somebody with a database shell could do.
    pub async fn sql(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.folder.take());
        let Some(database) = self.database.take() else { return };
        let sql = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"));
        let drop_it = async {
            let mut connection = PgConnection::connect(&admin_url()).await?;
            sqlx::raw_sql(sql).execute(&mut connection).await
        };
        // A runtime cannot be entered twice on one thread.
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                if let Err(error) = runtime.block_on(drop_it) {
                    eprintln!("the database {database} could not be dropped: {error}");
                }
            });
        });
    }
}

fn admin_url() -> String {
    variable("UPNEXT_TEST_POSTGRES").unwrap_or_else(|| "postgres://postgres@127.0.0.1:5432/postgres".into())
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the test database is can only come from the environment"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
