//! What the service keeps: deliveries, connections, secrets, schedules, shares and sign-ins.

use crate::support::{World, stories};
use crate::things::{at, project, task};
use domain::{ProjectGid, WorkspaceGid};
use store::{Again, Change, Channel, Delivery, NewJob, Schedule, Store, WHOLE};

stories!(
    deliveries_are_sorted_once_and_tasks_stand_once,
    what_is_heard_during_a_look_is_looked_at_again,
    a_secret_is_taken_only_while_it_is_awaited,
    connections_are_kept_and_forgotten_whole,
    a_moment_fires_once_among_many,
    another_rule_sets_another_moment,
    what_is_due_anew_meanwhile_is_not_taken_for_done,
    shares_never_exceed_the_whole,
    a_sign_in_is_replaced_only_over_the_version_that_was_read,
);

fn job(key: &str) -> NewJob {
    NewJob {
        kind: "k".into(),
        key: key.into(),
        lane: key.into(),
        payload: "{}".into(),
        priority: 10,
        run_at: at(0),
        asked_at: at(0),
        again: Again::Sooner,
    }
}

fn change(n: u32, first: i64, last: i64) -> Change {
    Change { project: project(), task: task(n), first_at: at(first), last_at: at(last), events: 1 }
}

async fn deliveries_are_sorted_once_and_tasks_stand_once(world: World) {
    let store = world.open().await;
    let delivery = |n: u8| Delivery { project: project(), received_at: at(n.into()), body: vec![n, 0, 255] };
    store.receive((1..=3).map(delivery).collect()).await.unwrap();
    let found = store.unsorted(2).await.unwrap();
    assert_eq!(found.iter().map(|u| u.delivery.clone()).collect::<Vec<_>>(), [delivery(1), delivery(2)]);
    assert_eq!(store.waiting().await.unwrap(), (3, 0, Some(at(1))));

    let ids: Vec<i64> = found.iter().map(|u| u.id).collect();
    store.sort(&ids, &[change(1, 1, 1), change(2, 2, 2)], &[job("a")], (&[], at(0))).await.unwrap();
    store.sort(&[], &[change(1, 5, 7)], &[job("a")], (&[], at(0))).await.unwrap();
    assert_eq!(store.unsorted(9).await.unwrap().len(), 1);
    let both = store.changes(&project()).await.unwrap();
    let short: Vec<_> = both.iter().map(|c| (c.task.clone(), c.first_at, c.last_at, c.events)).collect();
    assert_eq!(short, [(task(1), at(1), at(7), 2), (task(2), at(2), at(2), 1)]);
    assert_eq!(store.jobs(None, 9).await.unwrap().len(), 1);
    assert_eq!(store.waiting().await.unwrap(), (1, 2, Some(at(1))));
}

async fn what_is_heard_during_a_look_is_looked_at_again(world: World) {
    let store = world.open().await;
    store.sort(&[], &[change(1, 1, 1), change(2, 2, 2)], &[], (&[], at(0))).await.unwrap();
    let seen = store.changes(&project()).await.unwrap();
    store.sort(&[], &[change(1, 9, 9)], &[], (&[], at(0))).await.unwrap();
    store.looked_at(&seen).await.unwrap();
    let left = store.changes(&project()).await.unwrap();
    assert_eq!((left.len(), left[0].task.clone(), left[0].last_at), (1, task(1), at(9)));
}

async fn a_secret_is_taken_only_while_it_is_awaited(world: World) {
    let store = world.open().await;
    assert!(!store.take_secret("unknown", vec![1], at(0)).await.unwrap());
    store.expect_hook("abc", &project(), "https://here/abc", at(30)).await.unwrap();
    assert!(!store.take_secret("abc", vec![1], at(30)).await.unwrap(), "too late");
    assert!(store.take_secret("abc", vec![2], at(29)).await.unwrap());
    assert!(!store.take_secret("abc", vec![3], at(29)).await.unwrap(), "one is enough");
    store.hook_made("abc", "77").await.unwrap();
    store.hook_called("abc", at(40)).await.unwrap();
    let hook = store.hook("abc").await.unwrap().unwrap();
    assert_eq!((hook.secret, hook.webhook.as_deref()), (Some(vec![2]), Some("77")));
    assert_eq!((hook.pending_until, hook.heard_at), (None, Some(at(40))));
    store.forget_hook("abc").await.unwrap();
    assert!(store.hooks().await.unwrap().is_empty());
}

async fn connections_are_kept_and_forgotten_whole(world: World) {
    let store = world.open().await;
    let (space, other) = (WorkspaceGid::new("5"), ProjectGid::new("999"));
    store.connect(&project(), &space, "Backlog", at(1)).await.unwrap();
    store.connect(&other, &space, "Other", at(1)).await.unwrap();
    store.hears_by(&project(), Channel::Events, Some("token")).await.unwrap();
    store.sort(&[], &[], &[], (&[&project()], at(3))).await.unwrap();
    store.read_to(&project(), Some(at(2)), Some("the webhook was refused")).await.unwrap();
    store.read_to(&project(), None, None).await.unwrap();
    store.connect(&project(), &space, "Renamed", at(9)).await.unwrap();
    let found = store.connection(&project()).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.connected_at, found.channel), ("Renamed", at(1), Channel::Events));
    assert_eq!((found.sync.as_deref(), found.heard_at), (Some("token"), Some(at(3))));
    assert_eq!((found.read_to, found.trouble), (Some(at(2)), None));

    store.sort(&[], &[change(1, 1, 1)], &[], (&[&project()], at(3))).await.unwrap();
    assert!(store.disconnect(&project()).await.unwrap());
    assert!(!store.disconnect(&project()).await.unwrap());
    assert!(store.changes(&project()).await.unwrap().is_empty());
    assert_eq!(store.connections().await.unwrap().len(), 1);
}

fn schedule(rule: &str, second: i64) -> Schedule {
    Schedule { project: project(), workflow: "groom".into(), rule: rule.into(), next_at: at(second) }
}

async fn a_moment_fires_once_among_many(world: World) {
    let store = world.open().await;
    store.set_schedule(&schedule("0 7 * * 1", 100)).await.unwrap();
    let seen = store.schedules().await.unwrap().remove(0);
    let mut watchers = vec![];
    for _ in 0..4 {
        let (store, seen): (Store, Schedule) = (world.open().await, seen.clone());
        watchers.push(tokio::spawn(async move { store.fire(&seen, at(200), &job("groom")).await.unwrap() }));
    }
    let mut fired = 0;
    for watcher in watchers {
        fired += usize::from(watcher.await.unwrap());
    }
    assert_eq!((fired, store.schedules().await.unwrap()[0].next_at), (1, at(200)));
    assert_eq!(store.jobs(None, 9).await.unwrap().len(), 1);
    let seen = schedule("0 7 * * 1", 100);
    assert!(!store.fire(&seen, at(300), &job("other")).await.unwrap());
    assert_eq!(store.jobs(None, 9).await.unwrap().len(), 1);
}

async fn another_rule_sets_another_moment(world: World) {
    let store = world.open().await;
    let next = async || store.schedules().await.unwrap()[0].next_at;
    store.set_schedule(&schedule("a", 100)).await.unwrap();
    store.set_schedule(&schedule("a", 500)).await.unwrap();
    assert_eq!(next().await, at(100), "a restart does not push a moment away");
    store.set_schedule(&schedule("b", 300)).await.unwrap();
    assert_eq!(next().await, at(300));
    store.forget_schedule(&project(), "groom").await.unwrap();
    assert!(store.schedules().await.unwrap().is_empty());
}

async fn what_is_due_anew_meanwhile_is_not_taken_for_done(world: World) {
    let store = world.open().await;
    let due = async || store.due_at(&project(), "groom").await.unwrap();
    let done = async |seen, next| {
        let seen: Option<i64> = seen;
        store.done_until(seen.map(at), &schedule("daily", next)).await.unwrap();
    };
    assert_eq!(due().await, None);
    done(None, 100).await;
    assert_eq!(due().await, Some(at(100)));
    // Whoever read that there is none comes too late.
    done(None, 900).await;
    assert_eq!(due().await, Some(at(100)));
    done(Some(100), 200).await;
    assert_eq!(due().await, Some(at(200)));
    // It was begun at 200, and there is a gap at 210 that it has not seen.
    store.make_due(&schedule("daily", 210)).await.unwrap();
    done(Some(200), 300).await;
    assert_eq!(due().await, Some(at(210)));
    done(Some(210), 310).await;
    assert_eq!(due().await, Some(at(310)));
}

async fn shares_never_exceed_the_whole(world: World) {
    let store = world.open().await;
    let share = async |process: &str, second: i64| {
        store.share("token", process, at(second), at(second - 30)).await.unwrap()
    };
    assert_eq!(share("a", 100).await, WHOLE);
    assert_eq!(share("b", 101).await, 0, "a has not given anything up yet");
    assert_eq!(share("a", 105).await, WHOLE / 2);
    assert_eq!(share("b", 106).await, WHOLE / 2);
    assert_eq!(share("c", 107).await, 0);
    assert_eq!((share("a", 110).await, share("b", 111).await), (WHOLE / 3, WHOLE / 3));
    assert_eq!(share("c", 112).await, WHOLE / 3);
    assert!(store.is_shared(at(112)).await.unwrap() && !store.is_shared(at(113)).await.unwrap());
    // Another token is another budget.
    assert_eq!(store.share("other", "c", at(112), at(82)).await.unwrap(), WHOLE);
    store.leave_share("token", "b").await.unwrap();
    assert_eq!(share("a", 115).await, WHOLE / 2);
    // c is not heard of again.
    assert_eq!(share("a", 143).await, WHOLE);
}

async fn a_sign_in_is_replaced_only_over_the_version_that_was_read(world: World) {
    let store = world.open().await;
    assert_eq!(store.sign_in("default").await.unwrap(), None);
    assert!(store.keep_sign_in("default", vec![1], 0, at(1)).await.unwrap());
    assert!(!store.keep_sign_in("default", vec![9], 0, at(2)).await.unwrap());
    assert!(store.keep_sign_in("default", vec![2], 1, at(3)).await.unwrap());
    let kept = store.sign_in("default").await.unwrap().unwrap();
    assert_eq!((kept.sealed, kept.version, kept.saved_at), (vec![2], 2, at(3)));
    assert!(store.forget_sign_in("default").await.unwrap());
    assert!(!store.forget_sign_in("default").await.unwrap());
}
