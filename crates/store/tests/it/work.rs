//! Runs, snapshots, plans and judgements.

use crate::support::{World, stories};
use crate::things::*;
use domain::{Band, Digest, Points, RunId};
use store::StoreError;

stories!(
    a_run_is_remembered_across_processes,
    a_plan_comes_back_byte_for_byte,
    a_snapshot_comes_back_and_old_ones_go,
    judgements_keep_the_latest_and_the_course,
);

async fn a_run_is_remembered_across_processes(world: World) {
    let store = world.open().await;
    started(&store, "run_1").await;
    started(&store, "run_2").await;
    store.finish_run(&RunId::new("run_1"), "12 written, 3 kept", at(9), 40, 12).await.unwrap();
    store.close().await;

    let store = world.open().await;
    let one = store.run(&RunId::new("run_1")).await.unwrap().unwrap();
    assert_eq!((one.reads, one.writes, one.finished_at), (40, 12, Some(at(9))));
    assert_eq!(one.ending.as_deref(), Some("12 written, 3 kept"));
    assert_eq!(one.project, named());
    let two = store.run(&RunId::new("run_2")).await.unwrap().unwrap();
    assert_eq!(two, a_run("run_2"));
    let newest = store.runs(Some(&project()), 1).await.unwrap();
    assert_eq!(newest, vec![two]);
    assert_eq!(store.runs(None, 10).await.unwrap().len(), 2);
    assert!(store.runs(Some(&domain::ProjectGid::new("7")), 10).await.unwrap().is_empty());
    let unknown = store.finish_run(&RunId::new("run_9"), "x", at(9), 0, 0).await;
    assert!(matches!(unknown, Err(StoreError::UnknownRun { .. })), "{unknown:?}");
}

async fn a_plan_comes_back_byte_for_byte(world: World) {
    let store = world.open().await;
    let (one, two) = (started(&store, "run_1").await, started(&store, "run_2").await);
    let plan = a_plan("plan_a", vec![sets("act_1", 1, number(0.1 + 0.2)), moves("act_2", 1)]);
    store.save_plan(&one, &plan, "rubric: 1\n").await.unwrap();
    store.save_plan(&one, &plan, "rubric: 1\n").await.unwrap();
    store.save_plan(&two, &plan, "rubric: 1\n").await.unwrap();

    let saved = store.plan(&plan.id).await.unwrap().unwrap();
    assert_eq!(saved.bytes, serde_json::to_vec(&plan).unwrap());
    assert_eq!((saved.run, saved.plan, saved.rules.as_str()), (two, plan.clone(), "rubric: 1\n"));
    assert_eq!(store.plan_of_run(&one).await.unwrap().unwrap().run, one);
    assert_eq!(store.run(&one).await.unwrap().unwrap().plan, Some(plan.id.clone()));

    // A run that applies a plan of another run finds that plan.
    let mut applying = a_run("run_3");
    applying.plan = Some(plan.id.clone());
    store.start_run(&applying).await.unwrap();
    assert_eq!(store.plan_of_run(&applying.id).await.unwrap().unwrap().plan, plan);
    assert!(store.plan_of_run(&started(&store, "run_4").await).await.unwrap().is_none());

    let refused = store.save_plan(&RunId::new("run_9"), &plan, "").await;
    assert!(matches!(refused, Err(StoreError::UnknownRun { .. })), "{refused:?}");
}

async fn a_snapshot_comes_back_and_old_ones_go(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let needed = a_snapshot(3, 0);
    let digest = store.save_snapshot(&needed).await.unwrap();
    assert_eq!(digest, needed.digest());
    assert_eq!(store.snapshot(&digest).await.unwrap(), Some(needed));
    assert_eq!(store.snapshot(&Digest::of("other")).await.unwrap(), None);

    // An action of this snapshot's plan was begun and never ended; a later plan follows.
    let mut plan = a_plan("plan_a", vec![sets("act_1", 1, number(1.0))]);
    plan.snapshot = digest.clone();
    store.save_plan(&run, &plan, "").await.unwrap();
    store.begin(&run, &plan, &[&plan.actions[0]], at(2)).await.unwrap();
    let second = store.save_snapshot(&a_snapshot(1, 1)).await.unwrap();
    let mut later = a_plan("plan_b", vec![]);
    later.snapshot = second.clone();
    store.save_plan(&run, &later, "").await.unwrap();
    let third = store.save_snapshot(&a_snapshot(1, 2)).await.unwrap();
    let mut newest = third.clone();
    for second in 3..30 {
        newest = store.save_snapshot(&a_snapshot(1, second)).await.unwrap();
    }
    assert!(store.snapshot(&newest).await.unwrap().is_some());
    assert!(store.snapshot(&third).await.unwrap().is_none(), "an old one that nobody needs");
    assert!(store.snapshot(&second).await.unwrap().is_some(), "the newest plan's");
    assert!(store.snapshot(&digest).await.unwrap().is_some(), "an open attempt's");

    store.end(&run, &plan, &[outcome("act_1", domain::OutcomeKind::Done, 3)]).await.unwrap();
    // Recalculations do not count, however many: they must not drive out what may still be applied.
    for second in 40..90 {
        let kept = store.save_snapshot(&a_snapshot(1, second)).await.unwrap();
        let mut small = a_plan(&format!("plan_{second}"), vec![]);
        (small.snapshot, small.kind) = (kept, domain::PlanKind::Recalculate { tasks: [].into() });
        store.save_plan(&run, &small, "").await.unwrap();
    }
    assert!(store.snapshot(&digest).await.unwrap().is_some(), "only recalculations since");
    for second in 90..110 {
        let kept = store.save_snapshot(&a_snapshot(1, second)).await.unwrap();
        let mut whole = a_plan(&format!("plan_{second}"), vec![]);
        whole.snapshot = kept;
        store.save_plan(&run, &whole, "").await.unwrap();
    }
    store.save_snapshot(&a_snapshot(1, 120)).await.unwrap();
    assert!(store.snapshot(&digest).await.unwrap().is_none(), "ended, superseded and old");
}

async fn judgements_keep_the_latest_and_the_course(world: World) {
    let store = world.open().await;
    let (one, two) = (started(&store, "run_1").await, started(&store, "run_2").await);
    let first = [a_judgement(1, 71.3, Band::P0), a_judgement(2, 40.0, Band::P2)];
    store.save_judgements(&one, at(1), &first).await.unwrap();
    store.save_judgements(&two, at(2), &[a_judgement(1, 55.5, Band::P1)]).await.unwrap();

    let latest = store.judgement(&task(1)).await.unwrap().unwrap();
    assert_eq!(latest, (two.clone(), at(2), a_judgement(1, 55.5, Band::P1)));
    let history = store.history(&task(1), None, 10).await.unwrap();
    let p = Points::from_f64;
    assert_eq!(history, vec![(two, at(2), p(55.5), Band::P1), (one, at(1), p(71.3), Band::P0)]);
    assert_eq!(store.history(&task(1), None, 1).await.unwrap().len(), 1);
    let bands = store.last_bands(&project()).await.unwrap();
    assert_eq!(bands, [(task(1), (p(55.5), Band::P1))].into());
    assert_eq!(store.judgement(&task(3)).await.unwrap(), None);
    assert!(store.last_bands(&domain::ProjectGid::new("7")).await.unwrap().is_empty());
}
