//! Texts kept for finding: attachments, comments, and forgetting them for good.

use crate::support::{World, stories};
use crate::things::*;
use domain::{AttachmentGid, Comment, Digest, ProjectGid};
use std::collections::BTreeSet;
use store::{Attachment, Forget, Forgotten, SeenAttachments, SeenComments};

stories!(
    attachments_are_replaced_task_by_task,
    what_left_the_project_is_forgotten,
    forgetting_takes_texts_and_leaves_what_undo_needs,
    an_unfinished_write_keeps_its_snapshot,
);

fn attachment(gid: &str, passages: &[&str]) -> Attachment {
    Attachment {
        gid: AttachmentGid::new(gid),
        name: format!("{gid}.pdf"),
        digest: Some(Digest::of_bytes(gid.as_bytes())),
        problem: None,
        passages: passages.iter().map(|p| (*p).to_owned()).collect(),
    }
}

fn seen(second: Option<i64>, attachments: &[Attachment]) -> SeenAttachments {
    SeenAttachments { modified_at: second.map(at), attachments: attachments.to_vec() }
}

fn said(second: i64, text: &str) -> SeenComments {
    let comment = Comment { author: None, at: at(second), text: text.into() };
    SeenComments { modified_at: at(second), comments: vec![comment] }
}

async fn attachments_are_replaced_task_by_task(world: World) {
    let store = world.open().await;
    let broken = Attachment { digest: None, problem: Some("it is damaged".into()), ..attachment("9", &[]) };
    let first = [
        (task(1), seen(Some(1), &[attachment("7", &["one", "two \u{0}"]), attachment("8", &["three"])])),
        (task(2), seen(Some(1), &[])),
        (task(3), seen(None, std::slice::from_ref(&broken))),
    ];
    store.remember_attachments(&project(), &first).await.unwrap();
    store.remember_attachments(&ProjectGid::new("7"), &first[..1]).await.unwrap();
    let again = [(task(1), seen(Some(5), &[attachment("8", &["new"])]))];
    store.remember_attachments(&project(), &again).await.unwrap();
    store
        .attachments_untouched(&project(), &[(task(1), at(5), at(6)), (task(2), at(4), at(6))])
        .await
        .unwrap();
    let known = world.open().await.attachments(&project()).await.unwrap();
    let expected = [
        (task(1), seen(Some(6), &[attachment("8", &["new"])])),
        (task(2), seen(Some(1), &[])),
        (task(3), seen(None, &[broken])),
    ];
    assert_eq!(known, expected.into());
}

async fn what_left_the_project_is_forgotten(world: World) {
    let store = world.open().await;
    for n in [1, 2] {
        let file = seen(Some(1), &[attachment("7", &["x"])]);
        store.remember_attachments(&project(), &[(task(n), file)]).await.unwrap();
        store.remember_found_comments(&project(), &[(task(n), said(1, "hello"))]).await.unwrap();
    }
    assert_eq!(store.forget_absent(&project(), &BTreeSet::from([task(2)])).await.unwrap(), 1);
    let left: Vec<_> = store.attachments(&project()).await.unwrap().into_keys().collect();
    assert_eq!(left, [task(2)]);
    let left: Vec<_> = store.found_comments(&project()).await.unwrap().into_keys().collect();
    assert_eq!(left, [task(2)]);
}

async fn forgetting_takes_texts_and_leaves_what_undo_needs(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let snapshot = a_snapshot(1, 0);
    store.save_snapshot(&snapshot).await.unwrap();
    let plan = a_plan("plan_1", vec![sets("act_1", 1, number(1.0))]);
    store.save_plan(&run, &plan, "{}").await.unwrap();
    store.remember_comments(&project(), &[(task(1), said(1, "lindworm"))]).await.unwrap();
    store.remember_found_comments(&project(), &[(task(2), said(1, "lindworm"))]).await.unwrap();
    let files = seen(Some(1), &[attachment("7", &["lindworm"])]);
    store.remember_attachments(&project(), &[(task(1), files.clone())]).await.unwrap();
    store.remember_attachments(&ProjectGid::new("7"), &[(task(1), files)]).await.unwrap();

    let only = store.forget(&project(), Forget::Attachments, at(9)).await.unwrap();
    assert_eq!(only, Forgotten { attachments: 1, ..Forgotten::default() });
    assert!(store.attachments(&project()).await.unwrap().is_empty());
    assert_eq!(store.comments(&project()).await.unwrap().len(), 1);

    let all = store.forget(&project(), Forget::Texts, at(9)).await.unwrap();
    assert_eq!(all, Forgotten { comments: 2, snapshots: 1, ..Forgotten::default() });
    assert!(store.comments(&project()).await.unwrap().is_empty());
    assert!(store.found_comments(&project()).await.unwrap().is_empty());
    assert_eq!(store.snapshot(&plan.snapshot).await.unwrap(), None);
    assert_eq!(store.plan(&plan.id).await.unwrap().unwrap().plan, plan);
    assert_eq!(store.attachments(&ProjectGid::new("7")).await.unwrap().len(), 1, "another project's");

    let audit = store.export_audit(0, 10).await.unwrap();
    let kinds: Vec<&str> = audit.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, ["forget", "forget"]);
    assert!(audit[1].body.contains("\"comments\":2"), "{}", audit[1].body);
    assert!(store.verify_audit().await.unwrap().broken.is_none());

    if world.is_sqlite() {
        store.forget(&ProjectGid::new("7"), Forget::Texts, at(9)).await.unwrap();
        store.close().await;
        let bytes = std::fs::read(world.file()).unwrap();
        assert!(!bytes.windows(8).any(|part| part == b"lindworm"), "the file still holds what was forgotten");
    }
}

async fn an_unfinished_write_keeps_its_snapshot(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let snapshot = a_snapshot(1, 0);
    store.save_snapshot(&snapshot).await.unwrap();
    let plan = a_plan("plan_1", vec![sets("act_1", 1, number(1.0))]);
    store.save_plan(&run, &plan, "{}").await.unwrap();
    store.begin(&run, &plan, &[&plan.actions[0]], at(2)).await.unwrap();
    let kept = store.forget(&project(), Forget::Texts, at(9)).await.unwrap();
    assert_eq!(kept, Forgotten { snapshots_kept: 1, ..Forgotten::default() });
    assert!(store.snapshot(&plan.snapshot).await.unwrap().is_some());
}
