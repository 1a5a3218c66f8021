//! Backups: everything comes back, on either database, and nothing that is not whole is taken.

use crate::support::{World, stories};
use crate::things::*;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use store::{AuditEntry, Backup, NewJob, Restored, Store, StoreError, check_backup};

stories!(
    what_is_restored_is_what_was_there,
    it_moves_to_the_other_database_and_back,
    what_is_written_meanwhile_does_not_tear_it,
    numbers_are_never_given_out_twice,
    what_holds_something_is_not_replaced,
    a_store_in_use_is_not_replaced,
    damaged_and_foreign_files_are_refused,
    a_backup_of_an_older_schema_is_brought_up_to_date,
    an_empty_store_is_told,
);

fn quiet(_: &str, _: u64) {}

async fn backed_up(store: &Store, file: &Path) -> Backup {
    let backup = store.backup(file, at(500), &quiet).await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    backup
}

async fn restore(world: &World, file: &Path, over: bool) -> Result<Restored, StoreError> {
    Store::restore(&world.url, file, (over, at(600)), &quiet).await
}

async fn another(world: &World) -> World {
    if world.is_sqlite() { World::sqlite() } else { World::postgres().await }
}

fn a_job(key: &str) -> NewJob {
    NewJob {
        kind: "groom".into(),
        key: key.into(),
        lane: key.into(),
        payload: "{}".into(),
        priority: 1,
        run_at: at(1),
        again: store::Again::Sooner,
        asked_at: at(1),
    }
}

fn an_entry(n: i64) -> AuditEntry {
    AuditEntry {
        at: at(n),
        actor: "ada".into(),
        kind: "tried".into(),
        subject: "it".into(),
        body: json!({ "n": n }),
    }
}

/// Something in many tables: numbers, texts with every sort of character, bytes, nothing at all.
async fn filled(world: &World) -> Store {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    for n in 0..3 {
        store.save_snapshot(&a_snapshot(40, n)).await.unwrap();
    }
    store.save_plan(&run, &a_plan("plan_a", vec![]), "").await.unwrap();
    let seen = store::SeenComments { modified_at: at(1), comments: vec![] };
    let all: Vec<_> = (0..500).map(|n| (task(n), seen.clone())).collect();
    store.remember_comments(&project(), &all).await.unwrap();
    store.audit(&[an_entry(1), an_entry(2)]).await.unwrap();
    store.enqueue(&[a_job("groom:1200")]).await.unwrap();
    store
}

async fn what_is_restored_is_what_was_there(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let (file, again) = (folder.path().join("a.upnext"), folder.path().join("b.upnext"));
    let store = filled(&world).await;
    let backup = backed_up(&store, &file).await;
    assert_eq!(check_backup(&file).unwrap(), backup);
    let other = another(&world).await;
    let restored = restore(&other, &file, false).await.unwrap();
    assert_eq!((&restored.backup, restored.audit.entries, &restored.audit.broken), (&backup, 2, &None));
    let copy = other.open().await;
    assert_eq!(backed_up(&copy, &again).await, backup);
    // And it goes on from there.
    copy.audit(&[an_entry(3)]).await.unwrap();
    assert_eq!(copy.verify_audit().await.unwrap().broken, None);
    started(&copy, "run_2").await;
    assert!(matches!(store.backup(&file, at(1), &quiet).await, Err(StoreError::Backup { .. })));
}

async fn it_moves_to_the_other_database_and_back(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = (0..3).map(|n| folder.path().join(format!("{n}.upnext"))).collect();
    let first = backed_up(&filled(&world).await, &files[0]).await;
    let other = if world.is_sqlite() { World::postgres().await } else { World::sqlite() };
    restore(&other, &files[0], false).await.unwrap();
    backed_up(&other.open().await, &files[1]).await;
    let home = another(&world).await;
    restore(&home, &files[1], false).await.unwrap();
    assert_eq!(backed_up(&home.open().await, &files[2]).await, first);
}

async fn what_is_written_meanwhile_does_not_tear_it(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&world).await;
    let writer = store.clone();
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let writing = tokio::spawn(async move {
        let mut written = 0;
        while !*stopped.borrow_and_update() {
            written += 1;
            writer.audit(&[an_entry(written), an_entry(written)]).await.unwrap();
        }
        written
    });
    for n in 0..2 {
        let file = folder.path().join(format!("{n}.upnext"));
        backed_up(&store, &file).await;
        let other = another(&world).await;
        let audit = restore(&other, &file, false).await.unwrap().audit;
        assert_eq!((audit.broken, audit.entries % 2), (None, 0));
    }
    stop.send_replace(true);
    assert!(writing.await.unwrap() > 0);
}

async fn numbers_are_never_given_out_twice(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.upnext");
    let store = filled(&world).await;
    store.enqueue(&[a_job("groom:1"), a_job("groom:2")]).await.unwrap();
    let highest = store.jobs(None, 10).await.unwrap().iter().map(|job| job.id).max().unwrap();
    assert!(store.drop_job(highest, "Dana", at(9)).await.unwrap());
    backed_up(&store, &file).await;
    let other = another(&world).await;
    restore(&other, &file, false).await.unwrap();
    let copy = other.open().await;
    copy.enqueue(&[a_job("groom:3")]).await.unwrap();
    assert_eq!(copy.jobs(None, 10).await.unwrap().iter().map(|job| job.id).max(), Some(highest + 1));
}

async fn what_holds_something_is_not_replaced(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.upnext");
    backed_up(&filled(&world).await, &file).await;
    let other = another(&world).await;
    let store = other.open().await;
    started(&store, "run_other").await;
    store.close().await;
    let refused = restore(&other, &file, false).await;
    assert!(matches!(refused, Err(StoreError::NotEmpty { .. })), "{refused:?}");
    let over = restore(&other, &file, true).await;
    if !world.is_sqlite() {
        assert!(matches!(over, Err(StoreError::NotEmpty { .. })), "{over:?}");
        assert!(
            other.open().await.runs(None, 9).await.unwrap().iter().all(|run| run.id.as_str() == "run_other")
        );
        return;
    }
    // The one that was there is kept, whole.
    let kept = over.unwrap().kept.unwrap();
    let names = async |store: Store| {
        let runs = store.runs(None, 9).await.unwrap();
        runs.into_iter().map(|run| run.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(Store::open(kept.to_str().unwrap()).await.unwrap()).await, ["run_other"]);
    assert_eq!(names(other.open().await).await, ["run_1"]);
    // One that cannot be read is kept as well.
    std::fs::write(other.file(), b"no database at all, but somebody may want it").unwrap();
    let refused = restore(&other, &file, false).await;
    assert!(matches!(refused, Err(StoreError::NotEmpty { .. })), "{refused:?}");
}

async fn a_store_in_use_is_not_replaced(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.upnext");
    backed_up(&filled(&world).await, &file).await;
    let other = another(&world).await;
    let open = other.open().await;
    started(&open, "run_other").await;
    let refused = restore(&other, &file, true).await;
    assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
    let lock = open.lock_project(&project()).await.unwrap();
    open.close().await;
    let refused = restore(&other, &file, true).await;
    assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
    drop(lock);
    assert_eq!(other.open().await.runs(None, 9).await.unwrap().len(), 1);
}

/// The lines of a backup, changed and put together again with a right end.
fn rewritten(file: &Path, change: impl FnOnce(&mut Vec<Value>)) {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.pop();
    change(&mut lines);
    let rows = lines.iter().filter(|line| line.is_array()).count();
    let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let sum: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    text += &format!("{}\n", json!({ "end": { "rows": rows, "sha256": sum } }));
    packed(file, text.as_bytes());
}

fn packed(file: &Path, text: &[u8]) {
    let mut out = GzEncoder::new(std::fs::File::create(file).unwrap(), Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap();
}

async fn damaged_and_foreign_files_are_refused(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.upnext");
    backed_up(&filled(&world).await, &file).await;
    let good = std::fs::read(&file).unwrap();
    let other = another(&world).await;
    let refused = async |words: &str| {
        let error = restore(&other, &file, false).await.unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
    };
    std::fs::write(&file, &good[..good.len() / 2]).unwrap();
    refused("damaged").await;
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 0x10;
    std::fs::write(&file, &flipped).unwrap();
    refused("damaged").await;
    std::fs::write(&file, "%PDF-1.7 something else").unwrap();
    refused("no backup made by").await;
    packed(&file, b"{\"hello\": 1}\n");
    refused("no backup made by").await;
    std::fs::remove_file(&file).unwrap();
    refused("cannot be read").await;
    // Lines that are gone, although the gzip is whole.
    let mut text = vec![];
    GzDecoder::new(&good[..]).read_to_end(&mut text).unwrap();
    let end = text.windows(6).rposition(|six| six == b"{\"end\"").unwrap();
    text.truncate(end);
    packed(&file, &text);
    refused("its end is missing").await;
    // A right sum over wrong contents.
    std::fs::write(&file, &good).unwrap();
    rewritten(&file, |lines| lines[1]["table"]["name"] = json!("pg_class"));
    refused("pg_class is not one of this schema").await;
    std::fs::write(&file, &good).unwrap();
    rewritten(&file, |lines| lines[0]["upnext_backup"]["schema"] = json!(4242));
    refused("4242").await;
    // Nothing of it is left behind, and what a restore left that was killed is in nobody's way.
    std::fs::write(&file, &good).unwrap();
    if other.is_sqlite() {
        for ending in ["", "-wal", "-shm"] {
            std::fs::write(format!("{}.restoring{ending}", other.place), "half a store").unwrap();
        }
    }
    restore(&other, &file, false).await.unwrap();
    if other.is_sqlite() {
        let names = std::fs::read_dir(other.file().parent().unwrap()).unwrap();
        let names: Vec<String> =
            names.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        assert!(!names.iter().any(|name| name.contains("restoring")), "{names:?}");
    }
}

async fn a_backup_of_an_older_schema_is_brought_up_to_date(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.upnext");
    let backup = backed_up(&filled(&world).await, &file).await;
    // As schema 3 made it: without the tables that came later, and without the column `stated`.
    rewritten(&file, |lines| {
        lines[0]["upnext_backup"]["schema"] = json!(3);
        let later = lines.iter().position(|line| line["table"]["name"] == "models").unwrap();
        lines.truncate(later);
        let scores = lines.iter_mut().find(|line| line["table"]["name"] == "scores").unwrap();
        scores["table"]["columns"].as_array_mut().unwrap().retain(|column| column["name"] != "stated");
    });
    let other = another(&world).await;
    let restored = restore(&other, &file, false).await.unwrap();
    assert_eq!((restored.backup.schema, restored.audit.entries), (3, 2));
    let store = other.open().await;
    assert_eq!(store.comments(&project()).await.unwrap().len(), 500);
    assert!(store.jobs(None, 9).await.unwrap().is_empty());
    // A database whose schema is newer than the backup cannot take it.
    let newer = another(&world).await;
    newer.open().await.close().await;
    let onto_newer = restore(&newer, &file, false).await;
    assert_eq!(onto_newer.is_ok(), world.is_sqlite(), "{onto_newer:?}");
    assert!(backup.schema > 3);
}

async fn an_empty_store_is_told(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let error = world.open().await.backup(&folder.path().join("a"), at(1), &quiet).await.unwrap_err();
    assert!(error.to_string().contains("holds nothing"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
