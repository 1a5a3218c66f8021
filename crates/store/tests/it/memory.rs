//! Comments, vectors, anchors and overrides.

use crate::support::{World, stories};
use crate::things::*;
use domain::{Anchors, Comment, Digest, FieldValue, OptionGid, Person, ProjectGid, StoryGid, UserGid};
use store::{Edit, Forget, Labels, Override, SeenComments};

stories!(
    comments_are_remembered_until_they_are_read_again,
    vectors_are_kept_by_text_until_they_are_forgotten,
    anchors_are_replaced_as_a_whole,
    the_same_override_is_recorded_once,
    who_replaces_an_override_is_kept_beside_it,
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
    let labels = |overrides: &[Override]| Labels { overrides: overrides.to_vec(), edits: vec![] };
    assert_eq!(store.record_labels(&run, at(2), &project(), &labels(&first)).await.unwrap(), 3);
    // An option that was renamed and a number that differs beyond Asana's precision are the same values.
    let again = [theirs(Some(option("Urgent"))), theirs(number(0.1 + 0.2)), theirs(number(4.0))];
    assert_eq!(store.record_labels(&run, at(3), &project(), &labels(&again)).await.unwrap(), 1);
    let all = store.kept_overrides(&project()).await.unwrap();
    assert_eq!(all.len(), 4);
    assert_eq!(all[3].found, theirs(number(4.0)));
    let audit = store.export_audit(0, 10).await.unwrap();
    assert_eq!(audit.len(), 4);
    assert_eq!(audit[0].actor, "Grace (5)");
}

async fn who_replaces_an_override_is_kept_beside_it(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let person = |gid: &str, name: &str| Person { gid: UserGid::new(gid), name: name.into() };
    let theirs = |second: i64| Override {
        project: project(),
        task: task(1),
        name: "Task 1".into(),
        field: field(),
        field_name: "AI Priority Score".into(),
        ours: number(72.0),
        theirs: number(1.0),
        by: Some(person("5", "Grace")),
        at: Some(at(second)),
    };
    let edit = |to: f64, second: i64, ours: i64| Edit {
        task: task(1),
        field: field(),
        to: number(to),
        by: person("6", "Ben"),
        at: at(second),
        ours_at: at(ours),
    };
    let record = async |second: i64, overrides: Vec<Override>, edits: Vec<Edit>| {
        let labels = Labels { overrides, edits };
        store.record_labels(&run, at(second), &project(), &labels).await.unwrap()
    };
    assert_eq!(record(11, vec![theirs(10)], vec![edit(1.0, 10, 5)]).await, 1);
    let kept = async || store.kept_overrides(&project()).await.unwrap();
    assert_eq!(kept().await[0].reversal, None, "the override itself is no reversal");
    // What Upnext wrote in between is not a person's doing.
    assert_eq!(record(21, vec![], vec![edit(3.0, 20, 15)]).await, 0);
    assert_eq!(kept().await[0].reversal, None);
    // Put back: once, however often it is seen.
    for second in [31, 32] {
        assert_eq!(record(second, vec![], vec![edit(72.0, 30, 5)]).await, 0);
    }
    let all = kept().await;
    let reversal = all[0].reversal.clone().unwrap();
    assert_eq!((reversal.to, reversal.by.name.as_str(), reversal.at), (number(72.0), "Ben", at(30)));
    assert!(all[0].is_put_back());
    // The same value set once more is another label, and that is seen once.
    for (second, new) in [(41, 1), (42, 0)] {
        assert_eq!(record(second, vec![theirs(40)], vec![]).await, new);
    }
    let all = kept().await;
    assert_eq!(all.len(), 2);
    assert!(all[0].id != all[1].id && all[1].reversal.is_none(), "{all:#?}");
    let audit = store.export_audit(0, 10).await.unwrap();
    let kinds: Vec<&str> = audit.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["override", "override_reversed", "override"]);
    assert_eq!(audit[1].actor, "Ben (6)");
}
