//! The audit chain, and every way of tampering with it.

use crate::support::{World, stories};
use crate::things::at;
use serde_json::json;
use store::{AuditEntry, AuditQuery, AuditRow, Broken, Store, verify_export};

stories!(
    a_chain_verifies_in_the_store_and_offline,
    every_edit_is_found,
    deletions_and_changed_order_are_found,
    a_cut_off_end_is_found,
    appends_from_two_processes_keep_the_chain_straight,
    a_pruned_chain_begins_at_its_checkpoint_and_nowhere_else,
    a_name_is_found_in_whatever_case,
);

fn entry(n: i64) -> AuditEntry {
    AuditEntry {
        at: at(n),
        actor: "Ada:3".into(),
        kind: "test".into(),
        subject: format!("task {n}\u{0}"),
        body: json!({ "n": n, "text": "„ß“ \u{0}" }),
    }
}

/// Twelve entries in three appends.
async fn chain(world: &World) -> Store {
    let store = world.open().await;
    for append in 0..3 {
        let entries: Vec<_> = (0..4).map(|n| entry(append * 4 + n)).collect();
        store.audit(&entries).await.unwrap();
    }
    store
}

async fn broken(store: &Store) -> Broken {
    store.verify_audit().await.unwrap().broken.expect("tampering was not noticed")
}

async fn a_chain_verifies_in_the_store_and_offline(world: World) {
    let empty = world.open().await.verify_audit().await.unwrap();
    assert_eq!((empty.entries, empty.broken), (0, None));
    let store = chain(&world).await;
    let report = store.verify_audit().await.unwrap();
    assert_eq!((report.entries, &report.broken), (12, &None));

    let mut lines = Vec::new();
    for row in store.export_audit(0, 100).await.unwrap() {
        lines.push(serde_json::to_string(&row).unwrap());
    }
    let read = || lines.iter().map(|l| serde_json::from_str::<AuditRow>(l).unwrap());
    assert_eq!(verify_export(read()), report);
    // From the middle, the first link is taken on trust.
    let tail = verify_export(store.export_audit(5, 100).await.unwrap());
    assert_eq!((tail.entries, tail.head, tail.broken), (7, report.head.clone(), None));
    // Offline tampering: an edit, a gap, and an end that only the head shows.
    let mut rows: Vec<_> = read().collect();
    rows[3].body = rows[3].body.replace('3', "4");
    assert_eq!(verify_export(rows).broken.unwrap().seq, 4);
    assert_eq!(verify_export(read().filter(|r| r.seq != 6)).broken.unwrap().seq, 6);
    assert_ne!(verify_export(read().take(11)).head, report.head);
}

async fn every_edit_is_found(world: World) {
    let store = chain(&world).await;
    let good = store.export_audit(6, 1).await.unwrap().remove(0);
    for column in ["at", "actor", "kind", "subject", "body", "prev", "hash"] {
        let set = if column == "at" { "at + 1".into() } else { format!("{column} || 'x'") };
        world.sql(&format!("UPDATE audit SET {column} = {set} WHERE seq = 7")).await;
        assert_eq!(broken(&store).await.seq, 7, "{column}");
        let at = good.at.as_millisecond();
        let restore = format!(
            "UPDATE audit SET at = {at}, actor = '{}', kind = '{}', subject = '{}', body = '{}', \
             prev = '{}', hash = '{}' WHERE seq = 7",
            good.actor, good.kind, good.subject, good.body, good.prev, good.hash
        );
        world.sql(&restore).await;
        assert_eq!(store.verify_audit().await.unwrap().broken, None, "{column} restored");
    }
    // An edit whose hash was made to fit breaks the next link.
    let mut forged = good.clone();
    forged.body = "{}".into();
    let forged_hash = independent_hash(&forged);
    world.sql(&format!("UPDATE audit SET body = '{{}}', hash = '{forged_hash}' WHERE seq = 7")).await;
    assert_eq!(broken(&store).await.seq, 8);
}

/// The published recipe, written a second time.
fn independent_hash(row: &AuditRow) -> String {
    let ms = row.at.as_millisecond();
    let (seq, prev) = (row.seq, row.prev.as_str());
    let fields = [
        seq.to_string(),
        ms.to_string(),
        row.actor.clone(),
        row.kind.clone(),
        row.subject.clone(),
        row.body.clone(),
    ];
    let netstrings: String =
        fields.iter().map(String::as_str).chain([prev]).map(|f| format!("{}:{f},", f.len())).collect();
    domain::Digest::of_bytes(netstrings.as_bytes()).to_string()
}

async fn deletions_and_changed_order_are_found(world: World) {
    let store = chain(&world).await;
    let first = store.export_audit(0, 1).await.unwrap().remove(0);
    assert_eq!(first.hash.as_str(), independent_hash(&first));
    world.sql("UPDATE audit SET seq = -1 WHERE seq = 5").await;
    world.sql("UPDATE audit SET seq = 5 WHERE seq = 6").await;
    world.sql("UPDATE audit SET seq = 6 WHERE seq = -1").await;
    assert_eq!(broken(&store).await.seq, 5, "swapped");
    world.sql("DELETE FROM audit WHERE seq = 3").await;
    assert_eq!(broken(&store).await.seq, 3, "deleted in the middle");
    world.sql("DELETE FROM audit WHERE seq <= 2").await;
    assert_eq!(broken(&store).await.seq, 1, "deleted at the start");
}

async fn a_cut_off_end_is_found(world: World) {
    let store = chain(&world).await;
    world.sql("DELETE FROM audit WHERE seq > 10").await;
    let report = store.verify_audit().await.unwrap();
    assert_eq!(report.entries, 10);
    let what = report.broken.unwrap();
    assert_eq!(what.seq, 11);
    assert!(what.what.contains("12 entries"), "{}", what.what);
    world.sql("UPDATE audit_head SET entries = 10").await;
    assert_eq!(broken(&store).await.seq, 10, "the head is another entry");
    world.sql("DELETE FROM audit_head").await;
    assert_eq!(broken(&store).await.seq, 11, "the note itself is gone");
    assert!(matches!(store.audit(&[entry(1)]).await, Err(store::StoreError::Corrupt { .. })));
}

async fn appends_from_two_processes_keep_the_chain_straight(world: World) {
    let (one, two) = (world.open().await, world.open().await);
    let append = async |store: &Store| {
        for n in 0..40 {
            store.audit(&[entry(n), entry(n + 100)]).await.unwrap();
        }
    };
    tokio::join!(append(&one), append(&two), append(&one));
    let report = two.verify_audit().await.unwrap();
    assert_eq!((report.entries, report.broken), (240, None));
}

async fn a_pruned_chain_begins_at_its_checkpoint_and_nowhere_else(world: World) {
    let store = chain(&world).await;
    assert_eq!(store.prune_audit(at(-5), ("Dana", None), at(20)).await.unwrap(), None);
    let fifth = store.export_audit(4, 1).await.unwrap().remove(0);
    let (point, deleted) = store.prune_audit(at(5), ("Dana", None), at(20)).await.unwrap().unwrap();
    assert_eq!((point.seq, &point.hash, deleted), (5, &fifth.hash, 5));
    let report = store.verify_audit().await.unwrap();
    assert_eq!((report.entries, report.begins_at, &report.broken), (8, Some(6), &None));
    assert_eq!(report.checkpoint.as_ref(), Some(&point));
    let offline = verify_export(store.export_audit(0, 100).await.unwrap());
    assert_eq!(offline, report);
    // Again: the later checkpoint counts, and appends go on.
    store.prune_audit(at(8), ("Edo", Some("a year is over")), at(21)).await.unwrap().unwrap();
    store.audit(&[entry(30)]).await.unwrap();
    let report = store.verify_audit().await.unwrap();
    assert_eq!((report.begins_at, report.checkpoint.unwrap().by.as_str()), (Some(9), "Edo"));
    assert_eq!(report.broken, None);
    // Who deletes more, or the word of the pruning with what came before it, is found out.
    world.sql("DELETE FROM audit WHERE seq = 9").await;
    assert_eq!(broken(&store).await.seq, 9);
    let last = store.export_audit(14, 1).await.unwrap().remove(0);
    world.sql("DELETE FROM audit WHERE seq < 15").await;
    world.sql(&format!("INSERT INTO audit_checkpoints VALUES (14, '{}', 1, 'nobody')", last.prev)).await;
    let forged = broken(&store).await;
    assert_eq!(forged.seq, 15);
    assert!(forged.what.contains("no entry tells"), "{}", forged.what);
    // Of a chain of which everything was pruned, the word of it stays.
    let other = World::sqlite();
    let store = chain(&other).await;
    let (point, deleted) = store.prune_audit(at(100), ("Dana", None), at(101)).await.unwrap().unwrap();
    assert_eq!((point.seq, deleted), (12, 12));
    assert_eq!(store.verify_audit().await.unwrap().broken, None);
}

async fn a_name_is_found_in_whatever_case(world: World) {
    let store = chain(&world).await;
    let by = |actor: &str| AuditEntry { actor: actor.into(), ..entry(20) };
    let more = [by("Özgür Ağaoğlu (dashboard)"), by("ÖZGÜR"), by("Élodie_%")];
    store.audit(&more).await.unwrap();
    let found = async |actor: &str, before: u64, limit: u32| {
        let query = AuditQuery { actor: actor.into(), ..AuditQuery::default() };
        let rows = store.find_audit(&query, before, limit).await.unwrap();
        rows.into_iter().map(|row| row.seq).collect::<Vec<_>>()
    };
    for name in ["Özgür", "özgür", "ÖZGÜR", "zgü"] {
        assert_eq!(found(name, u64::MAX, 9).await, [14, 13], "{name}");
    }
    assert_eq!(found("ADA", 12, 3).await, [11, 10, 9]);
    assert_eq!(found("_%", u64::MAX, 9).await, [15]);
    assert_eq!(found("", u64::MAX, 2).await, [15, 14]);
    assert_eq!(found("özgür", u64::MAX, 1).await, [14]);
    assert!(found("nobody", u64::MAX, 9).await.is_empty());
}
