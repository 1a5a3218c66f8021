//! No room left: said clearly, nothing lost, and all goes on when there is room again.

use crate::support::World;
use crate::things::*;
use domain::Comment;
use store::{SeenComments, Store, StoreError};

fn long_comments(from: u32) -> Vec<(domain::TaskGid, SeenComments)> {
    let comment = Comment { author: None, at: at(1), text: "x".repeat(3000) };
    let seen = SeenComments { modified_at: at(1), comments: vec![comment] };
    (from..from + 5).map(|n| (task(n), seen.clone())).collect()
}

/// Fills the store until it says that it is full; returns how many calls went well.
async fn fill(store: &Store) -> u32 {
    for call in 0..10_000 {
        match store.remember_comments(&project(), &long_comments(call * 5)).await {
            Ok(()) => {}
            Err(error) => {
                assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
                assert!(error.to_string().contains("nothing was lost"), "{error}");
                return call;
            }
        }
    }
    panic!("it never got full");
}

async fn nothing_was_lost(store: &Store, calls: u32) {
    assert!(store.run(&domain::RunId::new("run_1")).await.unwrap().is_some());
    let comments = store.comments(&project()).await.unwrap();
    assert_eq!(comments.len() as u32, calls * 5, "whole calls only");
}

#[tokio::test]
async fn a_full_sqlite_file_loses_nothing() {
    let world = World::sqlite();
    let store = Store::open_with_room(&world.url, 200).await.unwrap();
    let run = started(&store, "run_1").await;
    let calls = fill(&store).await;
    nothing_was_lost(&store, calls).await;

    let actions: Vec<_> = (0..400).map(|n| sets(&format!("act_{n}"), n, number(1.0))).collect();
    let plan = a_plan("plan_a", actions);
    let all: Vec<_> = plan.actions.iter().collect();
    let begun = store.begin(&run, &plan, &all, at(2)).await;
    assert!(matches!(begun, Err(StoreError::Full { .. })), "{begun:?}");
    assert!(store.open_attempts(&project()).await.unwrap().is_empty(), "no write may follow");
    // The same store still takes what needs no new room: its connection is not stuck in the failed transaction.
    store.finish_run(&run, "full", at(3), 1, 0).await.unwrap();

    let roomy = world.open().await;
    nothing_was_lost(&roomy, calls).await;
    roomy.begin(&run, &plan, &all, at(4)).await.unwrap();
    assert_eq!(roomy.open_attempts(&project()).await.unwrap().len(), 400);
}

#[tokio::test]
async fn a_full_postgres_loses_nothing() {
    let world = World::postgres().await;
    let store = world.open().await;
    started(&store, "run_1").await;
    store.remember_comments(&project(), &long_comments(0)).await.unwrap();
    // PostgreSQL's own error for a full disk, raised after a part of the rows is in.
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                IF (SELECT count(*) FROM comments) > 7 THEN \
                RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END IF; RETURN NEW; END $$; \
                CREATE TRIGGER full_disk BEFORE INSERT ON comments FOR EACH ROW EXECUTE FUNCTION full_disk()";
    world.sql(full).await;
    let calls = fill_from(&store, 5).await;
    nothing_was_lost(&store, 1 + calls).await;
    world.sql("DROP TRIGGER full_disk ON comments").await;
    store.remember_comments(&project(), &long_comments(5)).await.unwrap();
    nothing_was_lost(&store, 2).await;
}

/// As `fill`, beginning behind what is there already.
async fn fill_from(store: &Store, from: u32) -> u32 {
    let result = store.remember_comments(&project(), &long_comments(from)).await;
    assert!(matches!(result, Err(StoreError::Full { .. })), "{result:?}");
    0
}
