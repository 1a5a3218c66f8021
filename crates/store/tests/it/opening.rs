//! Opening: addresses, permissions, what is too new, what is damaged, who else is there.

use crate::support::{World, stories};
use crate::things::*;
use store::{Store, StoreError};

stories!(a_newer_schema_is_refused, what_cannot_be_read_is_named, two_processes_may_open_a_new_store_at_once);

async fn refused(url: &str) -> StoreError {
    match Store::open(url).await {
        Err(error) => error,
        Ok(store) => panic!("{url} was opened as {}", store.describe()),
    }
}

async fn a_newer_schema_is_refused(world: World) {
    world.open().await.close().await;
    world
        .sql(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 42, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
    let error = refused(&world.url).await;
    let StoreError::Newer { found, known, place } = &error else { panic!("{error:?}") };
    assert_eq!((*found, *known), (42, *crate::support::versions().last().unwrap()));
    assert!(place.contains(&world.place), "{place}");
}

/// The error of reading something damaged, which must name the store.
fn damaged<T: std::fmt::Debug>(world: &World, result: Result<T, StoreError>) -> String {
    let Err(StoreError::Corrupt { what, path }) = result else { panic!("expected Corrupt, got {result:?}") };
    assert!(path.contains(&world.place), "{path}");
    what
}

async fn what_cannot_be_read_is_named(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let plan = a_plan("plan_a", vec![]);
    store.save_plan(&run, &plan, "").await.unwrap();
    let (one, two) = (a_snapshot(1, 0), a_snapshot(1, 1));
    let digest = store.save_snapshot(&one).await.unwrap();
    store.save_snapshot(&two).await.unwrap();
    store.save_anchors(&project(), &one.anchors).await.unwrap();

    world.sql("UPDATE anchors SET body = '{\"host_task\": 12'").await;
    assert!(damaged(&world, store.anchors(&project()).await).contains("Anchors"));
    let latest = "(SELECT body FROM snapshots WHERE seq = (SELECT MAX(seq) FROM snapshots))";
    world.sql(&format!("UPDATE snapshots SET body = {latest}")).await;
    assert!(damaged(&world, store.snapshot(&digest).await).contains("does not match its digest"));
    world.sql(&format!("UPDATE plans SET body = {latest}")).await;
    assert!(damaged(&world, store.plan(&plan.id).await).contains("plan_a"));
    world.sql("UPDATE runs SET started_at = 9223372036854775807").await;
    assert!(damaged(&world, store.run(&run).await).contains("time"));
}

async fn two_processes_may_open_a_new_store_at_once(world: World) {
    let opened = tokio::join!(Store::open(&world.url), Store::open(&world.url), Store::open(&world.url));
    let stores = [opened.0.unwrap(), opened.1.unwrap(), opened.2.unwrap()];
    started(&stores[0], "run_1").await;
    assert_eq!(stores[2].runs(None, 5).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_damaged_sqlite_file_is_named() {
    let world = World::sqlite();
    let store = world.open().await;
    let seen = store::SeenComments { modified_at: at(1), comments: vec![] };
    let all: Vec<_> = (0..3000).map(|n| (task(n), seen.clone())).collect();
    store.remember_comments(&project(), &all).await.unwrap();
    store.close().await;

    // Pages behind the schema: the file opens, reading it tells.
    let good = std::fs::read(world.file()).unwrap();
    let mut bytes = good.clone();
    let middle = bytes.len() * 3 / 4 / 4096 * 4096;
    bytes[middle..middle + 16 * 4096].fill(0xA5);
    std::fs::write(world.file(), &bytes).unwrap();
    let store = world.open().await;
    damaged(&world, store.comments(&project()).await);
    store.close().await;

    // The head: it is no database at all.
    bytes[..100].fill(b'#');
    std::fs::write(world.file(), &bytes).unwrap();
    damaged(&world, Store::open(&world.url).await);

    // The backup put back in its place serves again.
    std::fs::write(world.file(), &good).unwrap();
    assert_eq!(world.open().await.comments(&project()).await.unwrap().len(), 3000);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::sqlite();
    let store = world.open().await;
    started(&store, "run_1").await;
    let _lock = store.lock_project(&project()).await.unwrap();
    let folder = world.file().parent().unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
        files += 1;
    }
    assert!(files >= 4, "database, -wal, lock files: {files}");
}

#[tokio::test]
async fn addresses_mean_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().canonicalize().unwrap().join("a.db");
    let urls = [format!("sqlite:{}", file.display()), format!("sqlite://{}", file.display())];
    for url in urls.iter().map(String::as_str).chain([file.to_str().unwrap()]) {
        let store = Store::open(url).await.unwrap();
        assert_eq!(store.describe(), format!("SQLite file {}", file.display()));
    }
    for url in ["", "sqlite:", ":memory:", "sqlite::memory:", "mysql://u:secret@h/d", "sqlite://x?mode=ro"] {
        let error = refused(url).await;
        assert!(matches!(error, StoreError::Open { .. }), "{url}: {error:?}");
        assert!(error.to_string().contains("name a file"), "{error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    // A folder is no file, and nothing listens on port 1.
    let error = refused(folder.path().to_str().unwrap()).await;
    assert!(matches!(error, StoreError::Open { .. }), "{error:?}");
    let error = refused("postgres://ada:secret@127.0.0.1:1/work").await;
    assert!(error.to_string().contains("PostgreSQL at 127.0.0.1/work"), "{error}");
    assert!(error.to_string().contains("check that PostgreSQL runs"), "{error}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

#[tokio::test]
async fn a_postgres_store_is_described_without_its_password() {
    let world = World::postgres().await;
    let url = world.url.replacen("postgres@", "postgres:secret@", 1);
    let store = Store::open(&url).await.unwrap();
    assert!(store.describe().starts_with("PostgreSQL at "), "{}", store.describe());
    assert!(!format!("{store:?} {}", store.describe()).contains("secret"));
    let missing = refused(&format!("{}_not_there", world.url)).await;
    assert!(missing.to_string().contains("create the database first"), "{missing}");
}
