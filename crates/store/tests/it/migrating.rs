//! The schema moves forward from every earlier version, with data in it.

use crate::support::{World, stories};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use std::path::Path;
use store::Store;

stories!(every_earlier_schema_is_brought_up_to_date_with_what_it_holds);

/// Brings a new database to a version as the program of that time did.
async fn at_version(world: &World, version: i64) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let folder = folder.join(if world.is_sqlite() { "sqlite" } else { "postgres" });
    let all = Migrator::new(folder).await.unwrap();
    let first = all.iter().filter(|m| m.version <= version).cloned().collect();
    let history = Migrator::with_migrations(first);
    if world.is_sqlite() {
        std::fs::create_dir_all(world.file().parent().unwrap()).unwrap();
        std::fs::write(world.file(), "").unwrap();
        let mut connection = SqliteConnection::connect(&world.url).await.unwrap();
        history.run(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = PgConnection::connect(&world.url).await.unwrap();
        history.run(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// The first column of every row.
async fn asked(world: &World, sql: &str) -> Vec<String> {
    let sql = AssertSqlSafe(sql.to_owned());
    if world.is_sqlite() {
        let mut connection = SqliteConnection::connect(&world.url).await.unwrap();
        let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    } else {
        let mut connection = PgConnection::connect(&world.url).await.unwrap();
        let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

async fn tables(world: &World) -> Vec<String> {
    let sql = if world.is_sqlite() {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' \
         ESCAPE '\\' ORDER BY rowid"
    } else {
        "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace \
         AND relname NOT LIKE '\\_sqlx%' ORDER BY oid"
    };
    asked(world, sql).await
}

/// Puts a row into a table: everything it has to have, and nothing it may leave out.
async fn put_row(world: &World, table: &str) {
    let sql = if world.is_sqlite() {
        format!(
            "SELECT name || ' ' || lower(type) FROM pragma_table_info('{table}') WHERE \"notnull\" = 1 OR pk > 0"
        )
    } else {
        format!(
            "SELECT column_name || ' ' || data_type FROM information_schema.columns WHERE table_name = '{table}' \
             AND is_nullable = 'NO' AND is_identity = 'NO'"
        )
    };
    let columns = asked(world, &sql).await;
    let pairs = columns.iter().filter(|column| !column.ends_with(" integer")).map(|column| {
        let (name, kind) = column.split_once(' ').unwrap();
        let value = match (name, kind) {
            ("run", _) => "'run_old'",
            ("id", "text") if table == "runs" => "'run_old'",
            (_, "bigint") => "1",
            (_, "blob") => "x'00ff'",
            (_, "bytea") => "'\\x00ff'::bytea",
            _ => "'old'",
        };
        (format!("\"{name}\""), value)
    });
    let (names, values): (Vec<String>, Vec<&str>) = pairs.unzip();
    world.sql(&format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "))).await;
}

async fn every_earlier_schema_is_brought_up_to_date_with_what_it_holds(world: World) {
    for version in crate::support::versions() {
        let old = if world.is_sqlite() { World::sqlite() } else { World::postgres().await };
        at_version(&old, version).await;
        let held = tables(&old).await;
        // The audit is a chain of its own: it has no rows that anybody could make up.
        for table in held.iter().filter(|table| !table.starts_with("audit")) {
            put_row(&old, table).await;
        }
        let store = Store::open(&old.url).await.unwrap();
        let run = &store.runs(None, 9).await.unwrap()[0];
        assert_eq!(run.id.as_str(), "run_old");
        assert_eq!(store.verify_audit().await.unwrap().broken, None);
        let folder = tempfile::tempdir().unwrap();
        let backup = store.backup(&folder.path().join("a"), crate::things::at(1), &|_, _| ()).await.unwrap();
        store.close().await;
        // Every row is there still; and a backup leaves none out, whatever table it is in.
        let mut rows = 0;
        for table in &held {
            let count = asked(&old, &format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await;
            let wanted = if matches!(table.as_str(), "audit" | "audit_checkpoints") { "0" } else { "1" };
            assert_eq!(count, [wanted], "{table} from version {version}");
            rows += u64::from(!table.starts_with("audit"));
        }
        assert_eq!(backup.rows, rows, "from version {version}");
    }
}
