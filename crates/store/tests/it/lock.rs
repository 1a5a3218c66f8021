//! One process at a time on a project, and none that is dead.

use crate::support::{World, stories, variable};
use crate::things::*;
use domain::ProjectGid;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use store::{Store, StoreError};

stories!(a_project_is_locked_for_one_and_free_again, a_killed_holder_frees_the_project);

const HOLD: &str = "UPNEXT_TEST_HOLD";

async fn is_busy(store: &Store) -> String {
    match store.lock_project(&project()).await {
        Err(error @ StoreError::Busy { .. }) => error.to_string(),
        other => panic!("expected Busy, got {other:?}"),
    }
}

async fn a_project_is_locked_for_one_and_free_again(world: World) {
    let (one, two) = (world.open().await, world.open().await);
    let lock = one.lock_project(&project()).await.unwrap();
    let message = is_busy(&two).await;
    assert!(message.contains("project 1200"), "{message}");
    assert!(message.contains(&std::process::id().to_string()), "{message}");
    is_busy(&one).await;
    // Another project is free, whatever its gid looks like.
    let other = two.lock_project(&ProjectGid::new("../../12 00")).await.unwrap();
    drop(lock);
    let again = two.lock_project(&project()).await.unwrap();
    drop((again, other));
}

/// The holder is this very test in another process, which finds in its environment that it is to hold.
async fn a_killed_holder_frees_the_project(world: World) {
    if let Some(url) = variable(HOLD) {
        return hold_until_killed(&url).await;
    }
    let store = world.open().await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "lock::sqlite::a_killed_holder_frees_the_project",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(HOLD, &world.url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let held = lines.map_while(Result::ok).any(|line| line.ends_with("held"));
    assert!(held, "the child ended without the lock");
    let message = is_busy(&store).await;
    assert!(message.contains(&child.id().to_string()), "{message}");
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
    let _lock = store.lock_project(&project()).await.unwrap();
    // What it had begun is there.
    let open = store.open_attempts(&project()).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].action, sets("act_1", 1, number(5.0)));
}

async fn hold_until_killed(url: &str) {
    let store = Store::open(url).await.unwrap();
    let _lock = store.lock_project(&project()).await.unwrap();
    let run = started(&store, "run_1").await;
    let plan = a_plan("plan_a", vec![sets("act_1", 1, number(5.0))]);
    store.begin(&run, &plan, &[&plan.actions[0]], at(2)).await.unwrap();
    println!("held");
    // Ends only when it is killed, or when the test that started it is gone.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
