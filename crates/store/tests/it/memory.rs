//! Comments, vectors, anchors and overrides.

use crate::support::{World, stories};
use crate::things::*;
use domain::{Anchors, Comment, Digest, FieldValue, OptionGid, Person, ProjectGid, StoryGid, UserGid};
use store::{Forget, Override, SeenComments};

stories!(
    comments_are_remembered_until_they_are_read_again,
    vectors_are_kept_by_text_until_they_are_forgotten,
    anchors_are_replaced_as_a_whole,
    the_same_override_is_recorded_once,
);

fn seen(second: i64, texts: &[&str]) -> SeenComments {
    let author = Some(Person { gid: UserGid::new("5"), name: "Grace".into() });
    let comment = |t: &&str| Comment { author: author.clone(), at: at(second), text: (*t).into() };
    SeenComments { modified_at: at(second), comments: texts.iter().map(comment).collect() }
}

async fn comments_are_remembered_until_they_are_read_again(world: World) {
    let store = world.open().await;
    let first = [(task(1), seen(1, &["hello\u{0}", "👩‍💻"])), (task(2), seen(1, &[]))];
    store.remember_comments(&project(), &first).await.unwrap();
    store.remember_comments(&project(), &[(task(1), seen(7, &["new"]))]).await.unwrap();
    store.remember_comments(&ProjectGid::new("7"), &[(task(1), seen(9, &["x"]))]).await.unwrap();
    let known = world.open().await.comments(&project()).await.unwrap();
    assert_eq!(known, [(task(1), seen(7, &["new"])), (task(2), seen(1, &[]))].into());
}

async fn vectors_are_kept_by_text_until_they_are_forgotten(world: World) {
    let store = world.open().await;
    let text = |text: &str| Digest::of_bytes(text.as_bytes());
    let (one, two) = ((text("one"), vec![0.5_f32, -1.0]), (text("two"), vec![f32::MIN_POSITIVE, 3.0]));
    let elsewhere = ProjectGid::new("7");
    store.remember_vectors(&project(), &[one.clone(), two.clone()], &[]).await.unwrap();
    store.remember_vectors(&elsewhere, std::slice::from_ref(&one), &[]).await.unwrap();
    assert_eq!(world.open().await.vectors(&project()).await.unwrap(), [one.clone(), two.clone()].into());
    store.remember_vectors(&project(), std::slice::from_ref(&two), &[text("one")]).await.unwrap();
    assert_eq!(store.vectors(&project()).await.unwrap(), [two].into());
    store.forget(&project(), Forget::Attachments, at(1)).await.unwrap();
    assert_eq!(store.vectors(&project()).await.unwrap().len(), 1);
    store.forget(&project(), Forget::Texts, at(2)).await.unwrap();
    assert!(store.vectors(&project()).await.unwrap().is_empty());
    assert_eq!(store.vectors(&elsewhere).await.unwrap(), [one].into());
}

async fn anchors_are_replaced_as_a_whole(world: World) {
    let store = world.open().await;
    assert_eq!(store.anchors(&project()).await.unwrap(), Anchors::default());
    let anchors = Anchors {
        host_task: Some(task(1)),
        summary_comment: Some(StoryGid::new("88")),
        summary_text: Some("Top 5\n1. …".into()),
        ..Anchors::default()
    };
    store.save_anchors(&project(), &anchors).await.unwrap();
    assert_eq!(store.anchors(&project()).await.unwrap(), anchors);
    let later = Anchors { host_task: Some(task(2)), ..Anchors::default() };
    store.save_anchors(&project(), &later).await.unwrap();
    assert_eq!(world.open().await.anchors(&project()).await.unwrap(), later);
}

async fn the_same_override_is_recorded_once(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let option = |name: &str| FieldValue::Enum { gid: OptionGid::new("61"), name: name.into() };
    let theirs = |value: Option<FieldValue>| Override {
        project: project(),
        task: task(1),
        name: "Task 1".into(),
        field: field(),
        field_name: "Priority".into(),
        ours: number(5.0),
        theirs: value,
        by: Some(Person { gid: UserGid::new("5"), name: "Grace".into() }),
        at: Some(at(1)),
    };
    let first = [theirs(Some(option("High"))), theirs(None), theirs(number(0.3))];
    assert_eq!(store.record_overrides(&run, at(2), &first).await.unwrap(), 3);
    // An option that was renamed and a number that differs beyond Asana's precision are the same values.
    let again = [theirs(Some(option("Urgent"))), theirs(number(0.1 + 0.2)), theirs(number(4.0))];
    assert_eq!(store.record_overrides(&run, at(3), &again).await.unwrap(), 1);
    let all = store.overrides(&project()).await.unwrap();
    assert_eq!(all.len(), 4);
    assert_eq!(all[3], theirs(number(4.0)));
    let audit = store.export_audit(0, 10).await.unwrap();
    assert_eq!(audit.len(), 4);
    assert_eq!(audit[0].actor, "Grace (5)");
}
