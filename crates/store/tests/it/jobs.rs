//! The queue: coalescing, lanes, leases, failures, and many hands at once.

use crate::support::{World, stories};
use crate::things::at;
use jiff::{SignedDuration, ToSpan as _};
use std::collections::BTreeSet;
use store::{Again, Job, JobState, NewJob, Next, Store};

stories!(
    a_job_waits_once_and_the_earlier_wish_counts,
    a_burst_moves_a_job_on_but_not_for_ever,
    a_burst_in_many_projects_puts_all_looks_off,
    jobs_that_wait_for_one_reason_are_given_another_time,
    the_most_urgent_due_job_goes_first,
    jobs_of_a_lane_run_one_after_the_other,
    work_asked_for_while_it_runs_is_done_again,
    a_failure_is_tried_again_and_then_given_up,
    a_job_put_back_has_lost_no_try,
    a_lost_job_is_freed_and_its_old_worker_can_end_nothing,
    a_job_that_kills_its_workers_is_given_up,
    a_renewed_lease_is_not_lost,
    a_failed_job_gives_way_to_the_same_work_asked_anew,
    attempts_are_rows_and_are_forgotten_with_their_job,
    many_hands_take_each_job_once,
    jobs_are_narrowed_to_lanes_before_they_are_counted,
);

fn job(kind: &str, key: &str, second: i64) -> NewJob {
    NewJob {
        kind: kind.into(),
        key: key.into(),
        lane: key.into(),
        payload: "{}".into(),
        priority: 10,
        run_at: at(second),
        asked_at: at(second),
        again: Again::Sooner,
    }
}

async fn ask(store: &Store, job: NewJob) {
    store.enqueue(&[job]).await.unwrap();
}

/// Takes the next due job at a second, for a minute.
async fn take(store: &Store, worker: &str, second: i64) -> Option<Job> {
    store.claim(worker, 1, at(second), at(second + 60)).await.unwrap().pop()
}

async fn waiting(store: &Store) -> Vec<(String, i64)> {
    let jobs = store.jobs(Some(JobState::Ready), 100).await.unwrap();
    jobs.into_iter().map(|j| (j.key, j.run_at.as_second() - at(0).as_second())).collect()
}

async fn endings(store: &Store, job: i64) -> Vec<(String, Option<String>)> {
    let attempts = store.job_attempts(job).await.unwrap();
    attempts.into_iter().map(|a| (a.worker, a.ending)).collect()
}

async fn a_job_waits_once_and_the_earlier_wish_counts(world: World) {
    let store = world.open().await;
    ask(&store, NewJob { payload: "1".into(), ..job("k", "a", 50) }).await;
    ask(&store, NewJob { payload: "2".into(), priority: 3, ..job("k", "a", 20) }).await;
    ask(&store, NewJob { payload: "3".into(), priority: 20, ..job("k", "a", 90) }).await;
    assert_eq!(waiting(&store).await, [("a".to_owned(), 20)]);
    assert!(take(&store, "w", 19).await.is_none());
    assert_eq!(store.next_job_at().await.unwrap(), Some(at(20)));
    let taken = take(&store, "w", 20).await.unwrap();
    assert_eq!((taken.payload.as_str(), taken.priority, taken.tries), ("3", 3, 1));
    assert!(store.finish_job(&taken, at(21)).await.unwrap());
    assert!(store.jobs(None, 10).await.unwrap().is_empty());
    assert_eq!(store.next_job_at().await.unwrap(), None);
}

async fn a_burst_moves_a_job_on_but_not_for_ever(world: World) {
    let store = world.open().await;
    let again = Again::Later(SignedDuration::from_secs(5));
    for second in 0..20 {
        ask(&store, NewJob { run_at: at(second + 2), asked_at: at(second), again, ..job("k", "a", 0) }).await;
    }
    assert_eq!(waiting(&store).await, [("a".to_owned(), 5)]);
    // A pause after a failure is longer than a burst: a new wish does not cut it short.
    let taken = take(&store, "w", 6).await.unwrap();
    store.fail_job(&taken, "no", Next::Retry(at(100)), at(7)).await.unwrap();
    ask(&store, NewJob { run_at: at(9), asked_at: at(8), again, ..job("k", "a", 0) }).await;
    assert_eq!(waiting(&store).await, [("a".to_owned(), 100)]);
}

async fn a_burst_in_many_projects_puts_all_looks_off(world: World) {
    let store = world.open().await;
    for (kind, key, second) in
        [("look", "old", 10), ("look", "new", 20), ("look", "later", 40), ("other", "o", 20)]
    {
        ask(&store, job(kind, key, second)).await;
    }
    assert_eq!(store.put_off("look", at(30), at(10)).await.unwrap(), 1);
    let mut now = waiting(&store).await;
    now.sort();
    let named = |key: &str, second: i64| (key.to_owned(), second);
    assert_eq!(now, [named("later", 40), named("new", 30), named("o", 20), named("old", 10)]);
}

async fn jobs_that_wait_for_one_reason_are_given_another_time(world: World) {
    let store = world.open().await;
    for (key, why) in [("a", "quiet hours until ten"), ("b", "no answer")] {
        ask(&store, job("k", key, 0)).await;
        let taken = take(&store, "w", 0).await.unwrap();
        store.fail_job(&taken, why, Next::PutBack(at(100)), at(1)).await.unwrap();
    }
    ask(&store, job("k", "c", 100)).await;
    assert_eq!(store.wait_anew("quiet hours until %", at(7)).await.unwrap(), 1);
    assert_eq!(take(&store, "w", 7).await.unwrap().key, "a");
    assert!(take(&store, "w", 99).await.is_none());
}

async fn the_most_urgent_due_job_goes_first(world: World) {
    let store = world.open().await;
    ask(&store, NewJob { priority: 30, ..job("nightly", "n", 0) }).await;
    ask(&store, NewJob { priority: 10, ..job("event", "e2", 4) }).await;
    ask(&store, NewJob { priority: 10, ..job("event", "e1", 3) }).await;
    ask(&store, NewJob { priority: 0, ..job("person", "later", 1000) }).await;
    ask(&store, NewJob { priority: 0, ..job("person", "p", 9) }).await;
    let taken = store.claim("w", 10, at(10), at(70)).await.unwrap();
    let keys: Vec<&str> = taken.iter().map(|j| j.key.as_str()).collect();
    assert_eq!(keys, ["p", "e1", "e2", "n"]);
    let counts = store.job_counts().await.unwrap();
    let ready: Vec<(&str, u64)> =
        counts.iter().filter(|c| c.state == JobState::Ready).map(|c| (c.kind.as_str(), c.jobs)).collect();
    assert_eq!((ready, counts.len()), (vec![("person", 1)], 4));
}

async fn jobs_of_a_lane_run_one_after_the_other(world: World) {
    let store = world.open().await;
    let lane = || "project-1".to_owned();
    for key in ["a", "b"] {
        ask(&store, NewJob { lane: lane(), ..job("k", key, 0) }).await;
    }
    ask(&store, job("k", "other", 0)).await;
    let taken = store.claim("w", 10, at(1), at(61)).await.unwrap();
    let keys: Vec<&str> = taken.iter().map(|j| j.key.as_str()).collect();
    assert_eq!(keys, ["a", "other"]);
    store.finish_job(&taken[0], at(2)).await.unwrap();
    assert_eq!(take(&store, "w", 2).await.unwrap().key, "b");
}

async fn work_asked_for_while_it_runs_is_done_again(world: World) {
    let store = world.open().await;
    ask(&store, job("k", "a", 0)).await;
    let first = take(&store, "w", 0).await.unwrap();
    ask(&store, job("k", "a", 1)).await;
    assert!(take(&store, "v", 2).await.is_none(), "its lane is taken");
    store.finish_job(&first, at(3)).await.unwrap();
    let second = take(&store, "v", 3).await.unwrap();
    assert_ne!(first.id, second.id);
}

async fn a_failure_is_tried_again_and_then_given_up(world: World) {
    let store = world.open().await;
    ask(&store, job("k", "a", 0)).await;
    let first = take(&store, "w", 0).await.unwrap();
    assert!(store.fail_job(&first, "Asana said 500", Next::Retry(at(10)), at(1)).await.unwrap());
    assert!(take(&store, "w", 9).await.is_none());
    let second = take(&store, "v", 10).await.unwrap();
    assert_eq!((second.id, second.tries, second.error.as_deref()), (first.id, 2, Some("Asana said 500")));
    assert!(store.fail_job(&second, "again", Next::GiveUp, at(11)).await.unwrap());
    assert!(take(&store, "w", 1000).await.is_none());
    let dead = store.jobs(Some(JobState::Dead), 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].error.as_deref()), (1, Some("again")));
    let failed = || Some("failed".to_owned());
    assert_eq!(endings(&store, first.id).await, [("w".into(), failed()), ("v".into(), failed())]);

    assert!(store.retry_job(dead[0].id, Some("Dana"), at(20)).await.unwrap());
    assert!(!store.retry_job(dead[0].id, None, at(20)).await.unwrap(), "it is not dead any more");
    assert_eq!(take(&store, "w", 20).await.unwrap().tries, 1);
    assert!(!store.drop_job(dead[0].id, "Dana", at(20)).await.unwrap(), "it is being worked on");
    assert!(!store.drop_job(999, "Dana", at(20)).await.unwrap());
}

async fn a_job_put_back_has_lost_no_try(world: World) {
    let store = world.open().await;
    ask(&store, job("k", "a", 0)).await;
    for second in 0..5 {
        let taken = take(&store, "w", second).await.unwrap();
        assert_eq!(taken.tries, 1);
        store
            .fail_job(&taken, "the project is in use", Next::PutBack(at(second + 1)), at(second))
            .await
            .unwrap();
    }
    let taken = take(&store, "w", 9).await.unwrap();
    assert_eq!(endings(&store, taken.id).await[0], ("w".into(), Some("put back".into())));
}

async fn a_lost_job_is_freed_and_its_old_worker_can_end_nothing(world: World) {
    let store = world.open().await;
    ask(&store, job("k", "a", 0)).await;
    let slow = take(&store, "slow", 0).await.unwrap();
    assert!(store.free_lost_jobs(at(59), 3).await.unwrap().is_empty());
    let lost = store.free_lost_jobs(at(60), 3).await.unwrap();
    assert_eq!((lost.len(), lost[0].id, lost[0].worker.as_deref()), (1, slow.id, Some("slow")));
    let quick = take(&store, "quick", 61).await.unwrap();
    assert_eq!((quick.id, quick.tries), (slow.id, 2));

    assert!(!store.renew(&slow, at(500)).await.unwrap());
    assert!(!store.fail_job(&slow, "late", Next::GiveUp, at(62)).await.unwrap());
    assert!(!store.finish_job(&slow, at(62)).await.unwrap());
    assert_eq!(store.jobs(Some(JobState::Leased), 10).await.unwrap().len(), 1);
    assert!(store.finish_job(&quick, at(63)).await.unwrap());
    let told = endings(&store, slow.id).await;
    assert_eq!(told, [("slow".into(), Some("lost".into())), ("quick".into(), Some("done".into()))]);
}

async fn a_job_that_kills_its_workers_is_given_up(world: World) {
    let store = world.open().await;
    ask(&store, job("k", "poison", 0)).await;
    for n in 0..3 {
        take(&store, "w", n * 100).await.unwrap();
        assert_eq!(store.free_lost_jobs(at(n * 100 + 60), 3).await.unwrap().len(), 1);
    }
    assert!(take(&store, "w", 1000).await.is_none());
    let dead = store.jobs(Some(JobState::Dead), 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].tries), (1, 3));
    assert!(store.drop_job(dead[0].id, "Dana", at(20)).await.unwrap());
}

async fn a_renewed_lease_is_not_lost(world: World) {
    let store = world.open().await;
    ask(&store, job("k", "a", 0)).await;
    let taken = take(&store, "w", 0).await.unwrap();
    assert!(store.renew(&taken, at(120)).await.unwrap());
    assert!(store.free_lost_jobs(at(100), 3).await.unwrap().is_empty());
    assert!(store.finish_job(&taken, at(110)).await.unwrap());
}

async fn a_failed_job_gives_way_to_the_same_work_asked_anew(world: World) {
    let store = world.open().await;
    for lose in [false, true] {
        ask(&store, job("k", "a", 0)).await;
        let taken = take(&store, "w", 0).await.unwrap();
        ask(&store, job("k", "a", 30)).await;
        if lose {
            assert_eq!(store.free_lost_jobs(at(60), 3).await.unwrap().len(), 1);
        } else {
            assert!(store.fail_job(&taken, "no", Next::Retry(at(10)), at(1)).await.unwrap());
        }
        assert_eq!(waiting(&store).await, [("a".to_owned(), 30)]);
        let again = take(&store, "w", 70).await.unwrap();
        assert_eq!(again.tries, 1);
        assert!(store.finish_job(&again, at(71)).await.unwrap());
    }
    // A dead one that is tried again while the same work waits goes as well.
    ask(&store, job("k", "a", 0)).await;
    let taken = take(&store, "w", 0).await.unwrap();
    store.fail_job(&taken, "no", Next::GiveUp, at(1)).await.unwrap();
    ask(&store, job("k", "a", 30)).await;
    assert!(store.retry_job(taken.id, None, at(2)).await.unwrap());
    assert_eq!(store.jobs(None, 10).await.unwrap().len(), 1);
}

async fn attempts_are_rows_and_are_forgotten_with_their_job(world: World) {
    let store = world.open().await;
    for key in ["done", "dead"] {
        ask(&store, job("k", key, 0)).await;
    }
    let taken = store.claim("w", 2, at(0), at(60)).await.unwrap();
    store.finish_job(&taken[0], at(1)).await.unwrap();
    store.fail_job(&taken[1], "no", Next::GiveUp, at(1)).await.unwrap();
    assert_eq!(store.forget_attempts(at(1)).await.unwrap(), 0);
    assert_eq!(store.forget_attempts(at(2)).await.unwrap(), 1);
    assert!(store.job_attempts(taken[0].id).await.unwrap().is_empty());
    assert_eq!(store.job_attempts(taken[1].id).await.unwrap().len(), 1);
}

async fn many_hands_take_each_job_once(world: World) {
    const JOBS: i64 = 120;
    let first = world.open().await;
    let asked: Vec<NewJob> = (0..JOBS)
        .map(|n| NewJob { lane: format!("lane-{}", n % 30), ..job("k", &format!("job-{n}"), 0) })
        .collect();
    first.enqueue(&asked).await.unwrap();
    let mut hands = vec![];
    for hand in 0..4 {
        let store = world.open().await;
        hands.push(tokio::spawn(async move {
            let worker = format!("hand-{hand}");
            let mut done = vec![];
            loop {
                let taken = store.claim(&worker, 3, at(1), at(1) + 1.hour()).await.unwrap();
                for job in &taken {
                    assert!(store.finish_job(job, at(2)).await.unwrap());
                    done.push(job.key.clone());
                }
                let waits = !store.jobs(None, 1).await.unwrap().is_empty();
                if taken.is_empty() && !waits {
                    return done;
                }
                tokio::task::yield_now().await;
            }
        }));
    }
    let mut all = vec![];
    for hand in hands {
        all.extend(hand.await.unwrap());
    }
    assert_eq!(i64::try_from(all.len()).unwrap(), JOBS);
    assert_eq!(i64::try_from(all.iter().collect::<BTreeSet<_>>().len()).unwrap(), JOBS);
}

async fn jobs_are_narrowed_to_lanes_before_they_are_counted(world: World) {
    let store = world.open().await;
    for second in 0..5 {
        ask(&store, NewJob { lane: "project:1".into(), ..job("k", &format!("other{second}"), second) }).await;
    }
    ask(&store, NewJob { lane: "project:2".into(), ..job("k", "late", 9) }).await;
    ask(&store, NewJob { lane: "poll:2".into(), ..job("k", "soon", 8) }).await;
    ask(&store, NewJob { lane: "poll:2".into(), priority: 1, ..job("k", "urgent", 10) }).await;
    let lanes = ["project:2".to_owned(), "poll:2".to_owned()];
    let of = async |state: Option<JobState>, lanes: &[String], limit: u32| {
        let jobs = store.jobs_of_lanes(state, lanes, limit).await.unwrap();
        jobs.into_iter().map(|job| job.key).collect::<Vec<_>>()
    };
    assert_eq!(of(Some(JobState::Ready), &lanes, 2).await, ["urgent", "soon"]);
    assert_eq!(of(None, &lanes, 9).await, ["urgent", "soon", "late"]);
    assert!(of(Some(JobState::Dead), &lanes, 9).await.is_empty() && of(None, &[], 9).await.is_empty());
}
