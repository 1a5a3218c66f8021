//! Ten thousand tasks: everything still comes back, and soon.

use crate::support::{World, stories};
use crate::things::*;
use domain::{Band, Comment, OutcomeKind, Written};
use std::time::{Duration, Instant};
use store::{SeenComments, Slot};

stories!(ten_thousand_tasks_are_kept_and_read);

const TASKS: u32 = 10_000;

/// Measured at a tenth of this in a debug build; the rest is for busy machines.
const SOON: Duration = Duration::from_secs(10);

async fn ten_thousand_tasks_are_kept_and_read(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let comment = Comment { author: None, at: at(1), text: "a comment of common length ".repeat(5) };
    let seen = SeenComments { modified_at: at(1), comments: vec![comment; 2] };
    let all: Vec<_> = (0..TASKS).map(|n| (task(n), seen.clone())).collect();
    store.remember_comments(&project(), &all).await.unwrap();
    let value = |n: u32| Written { value: number(f64::from(n)), at: at(1) };
    let slot = Slot::Field(field());
    let adopted: Vec<_> = (0..TASKS).map(|n| (task(n), slot.clone(), value(n))).collect();
    store.adopt(&project(), &adopted).await.unwrap();
    let judged: Vec<_> = (0..TASKS).map(|n| a_judgement(n, 50.0, Band::P1)).collect();
    store.save_judgements(&run, at(1), &judged).await.unwrap();
    let snapshot = a_snapshot(TASKS, 0);
    let saving = Instant::now();
    let digest = store.save_snapshot(&snapshot).await.unwrap();
    let saved = saving.elapsed();

    let reading = Instant::now();
    let comments = store.comments(&project()).await.unwrap();
    let ledger = store.ledger(&project()).await.unwrap();
    let bands = store.last_bands(&project()).await.unwrap();
    let took = reading.elapsed();
    assert_eq!((comments.len(), ledger.len(), bands.len()), (10_000, 10_000, 10_000));
    assert_eq!(comments[&task(9_999)], seen);
    assert_eq!(ledger[&(task(1_234), slot)].written, Some(value(1_234)));
    assert!(took < SOON, "reading took {took:?}");
    assert_eq!(store.snapshot(&digest).await.unwrap(), Some(snapshot));

    let plan = a_plan("plan_a", (0..50).map(|n| sets(&format!("act_{n}"), n, number(1.0))).collect());
    let writing = Instant::now();
    store.begin(&run, &plan, &plan.actions.iter().collect::<Vec<_>>(), at(2)).await.unwrap();
    let done: Vec<_> = (0..50).map(|n| outcome(&format!("act_{n}"), OutcomeKind::Done, 3)).collect();
    store.end(&run, &plan, &done).await.unwrap();
    let wrote = writing.elapsed();
    assert!(wrote < SOON, "journalling took {wrote:?}");
    println!(
        "10,000 tasks: snapshot saved in {saved:?}, memory read in {took:?}; \
         50 actions begun and ended in {wrote:?}"
    );
}
