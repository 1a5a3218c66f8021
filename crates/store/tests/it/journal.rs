//! The journal and the ledger: what is ours after every ending, crashes included.

use crate::support::{World, stories};
use crate::things::*;
use domain::{ActionId, FieldValue, Outcome, OutcomeKind, ProjectGid, RunId, Written};
use std::collections::HashMap;
use store::{Entry, MadeProject, OpenAttempt, Slot, Store};

stories!(
    a_crash_leaves_open_attempts_that_a_later_process_ends,
    done_makes_a_value_ours_and_a_conflict_drops_it,
    an_equal_value_of_a_person_stays_theirs,
    a_value_that_may_have_arrived_stays_pending_until_it_is_known,
    what_was_never_begun_is_noted_too,
    a_field_written_in_one_project_is_known_in_the_other,
    what_stories_tell_is_adopted_unless_the_journal_knows_newer,
    begin_is_all_or_nothing,
    a_project_that_was_made_is_known_and_so_is_what_was_put_into_it,
);

fn here() -> Slot {
    Slot::Field(field())
}

async fn entry(store: &Store, on: u32, slot: Slot) -> Entry {
    store.ledger(&project()).await.unwrap().remove(&(task(on), slot)).unwrap_or_default()
}

fn ours(value: Option<FieldValue>, second: i64) -> Written {
    Written { value, at: at(second) }
}

async fn a_crash_leaves_open_attempts_that_a_later_process_ends(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let plan = a_plan("plan_a", vec![sets("act_1", 1, number(5.0)), moves("act_2", 2)]);
    store.save_plan(&run, &plan, "").await.unwrap();
    let both: Vec<_> = plan.actions.iter().collect();
    store.begin(&run, &plan, &both, at(2)).await.unwrap();
    drop(store);

    let store = world.open().await;
    let open = store.open_attempts(&project()).await.unwrap();
    let attempt = |i: usize| OpenAttempt {
        run: run.clone(),
        plan: plan.id.clone(),
        action: plan.actions[i].clone(),
        started_at: at(2),
    };
    assert_eq!(open, vec![attempt(0), attempt(1)]);
    let section = Some(FieldValue::Other("32".into()));
    let pending = |w: Written| Entry { written: None, pending: vec![w] };
    assert_eq!(entry(&store, 1, here()).await, pending(ours(number(5.0), 2)));
    assert_eq!(entry(&store, 2, Slot::Section).await, pending(ours(section, 2)));
    assert!(store.run(&run).await.unwrap().unwrap().applied);

    // The first write had arrived: the process that wrote it is no more, so an equal value is ours.
    let ended = [outcome("act_1", OutcomeKind::AlreadySo, 5), outcome("act_2", conflict(), 6)];
    store.end(&run, &plan, &ended).await.unwrap();
    assert!(store.open_attempts(&project()).await.unwrap().is_empty());
    let written = |w: Written| Entry { written: Some(w), pending: vec![] };
    assert_eq!(entry(&store, 1, here()).await, written(ours(number(5.0), 5)));
    assert_eq!(entry(&store, 2, Slot::Section).await, Entry::default());
    assert_eq!(store.outcomes(&run).await.unwrap(), ended);
    let row = store.plans(None, 5).await.unwrap().remove(0);
    assert_eq!((row.actions, row.done, row.open), (2, 1, 0));
}

async fn done_makes_a_value_ours_and_a_conflict_drops_it(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let plan = a_plan("plan_a", vec![sets("act_1", 1, None), sets("act_2", 2, number(1.0))]);
    store.save_plan(&run, &plan, "").await.unwrap();
    assert_eq!(store.plans(Some(&project()), 5).await.unwrap()[0].open, 2);
    let both: Vec<_> = plan.actions.iter().collect();
    store.begin(&run, &plan, &both, at(2)).await.unwrap();
    let ended = [outcome("act_1", OutcomeKind::Done, 3), outcome("act_2", conflict(), 3)];
    store.end(&run, &plan, &ended).await.unwrap();
    let ledger = store.ledger(&project()).await.unwrap();
    let cleared = Entry { written: Some(ours(None, 3)), pending: vec![] };
    assert_eq!(ledger, HashMap::from([((task(1), here()), cleared)]));

    let audit = store.export_audit(0, 10).await.unwrap();
    assert_eq!(audit.len(), 2);
    let body: serde_json::Value = serde_json::from_str(&audit[1].body).unwrap();
    assert_eq!(body["outcome"]["kind"]["type"], "conflict");
    assert_eq!(body["action"]["action"]["changes"][0]["new"]["value"], 1.0);
    assert_eq!((audit[0].actor.as_str(), audit[0].kind.as_str()), ("Upnext", "outcome"));
    // With the snapshot at hand the audit says in whose name.
    store.save_snapshot(&a_snapshot(1, 0)).await.unwrap();
    store.end(&run, &plan, &[outcome("act_2", OutcomeKind::Gone, 4)]).await.unwrap();
    let audit = store.export_audit(2, 10).await.unwrap();
    assert_eq!(audit[0].actor, "Upnext as Ada Lovelace (9)");
    assert!(store.verify_audit().await.unwrap().broken.is_none());
}

async fn an_equal_value_of_a_person_stays_theirs(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let plan = a_plan("plan_a", vec![sets("act_1", 1, number(5.0))]);
    store.begin(&run, &plan, &[&plan.actions[0]], at(2)).await.unwrap();
    store.end(&run, &plan, &[outcome("act_1", OutcomeKind::AlreadySo, 3)]).await.unwrap();
    assert_eq!(entry(&store, 1, here()).await, Entry::default());

    // But what we wrote before and find again is ours.
    store.begin(&run, &plan, &[&plan.actions[0]], at(4)).await.unwrap();
    store.end(&run, &plan, &[outcome("act_1", OutcomeKind::Done, 5)]).await.unwrap();
    let two = started(&store, "run_2").await;
    let next = a_plan("plan_b", vec![sets("act_1", 1, number(5.0))]);
    store.begin(&two, &next, &[&next.actions[0]], at(6)).await.unwrap();
    store.end(&two, &next, &[outcome("act_1", OutcomeKind::AlreadySo, 7)]).await.unwrap();
    let known = Entry { written: Some(ours(number(5.0), 7)), pending: vec![] };
    assert_eq!(entry(&store, 1, here()).await, known);
}

async fn a_value_that_may_have_arrived_stays_pending_until_it_is_known(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let plan = a_plan("plan_a", vec![sets("act_1", 1, number(5.0))]);
    store.save_plan(&run, &plan, "").await.unwrap();
    store.begin(&run, &plan, &[&plan.actions[0]], at(2)).await.unwrap();
    store.end(&run, &plan, &[outcome("act_1", unreachable(), 3)]).await.unwrap();
    let maybe = Entry { written: None, pending: vec![ours(number(5.0), 2)] };
    assert_eq!(entry(&store, 1, here()).await, maybe);
    assert!(store.open_attempts(&project()).await.unwrap().is_empty());
    assert_eq!(store.plans(None, 5).await.unwrap()[0].open, 1);

    // The second attempt finds that the first had arrived.
    store.begin(&run, &plan, &[&plan.actions[0]], at(4)).await.unwrap();
    store.end(&run, &plan, &[outcome("act_1", OutcomeKind::AlreadySo, 5)]).await.unwrap();
    let known = Entry { written: Some(ours(number(5.0), 5)), pending: vec![] };
    assert_eq!(entry(&store, 1, here()).await, known);
    let last = store.outcomes(&run).await.unwrap();
    assert_eq!(last, vec![outcome("act_1", OutcomeKind::AlreadySo, 5)]);
    assert_eq!(store.plans(None, 5).await.unwrap()[0].done, 1);
}

async fn what_was_never_begun_is_noted_too(world: World) {
    let store = world.open().await;
    let (one, two) = (started(&store, "run_1").await, started(&store, "run_2").await);
    let plan = a_plan("plan_a", vec![sets("act_1", 1, number(5.0)), sets("act_2", 2, number(5.0))]);
    store.save_plan(&one, &plan, "").await.unwrap();
    let waiting = [
        outcome("act_1", OutcomeKind::WaitingForApproval, 3),
        outcome("act_2", OutcomeKind::WaitingForApproval, 3),
    ];
    store.end(&one, &plan, &waiting).await.unwrap();
    assert_eq!(store.outcomes(&one).await.unwrap(), waiting);
    assert!(!store.run(&one).await.unwrap().unwrap().applied);

    // Another run applies one of them after approval, crashes, and a third run reports the end.
    store.begin(&two, &plan, &[&plan.actions[0]], at(4)).await.unwrap();
    let three = started(&store, "run_3").await;
    let done = outcome("act_1", OutcomeKind::Done, 5);
    store.end(&three, &plan, std::slice::from_ref(&done)).await.unwrap();
    assert!(store.open_attempts(&project()).await.unwrap().is_empty());
    assert_eq!(store.outcomes(&two).await.unwrap(), vec![done.clone()]);
    assert_eq!(store.outcomes(&three).await.unwrap(), vec![done]);
    assert_eq!(store.outcomes(&one).await.unwrap(), waiting);
    let row = store.plans(None, 5).await.unwrap().remove(0);
    assert_eq!((row.actions, row.done, row.open), (2, 1, 1));
}

async fn a_field_written_in_one_project_is_known_in_the_other(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let other = ProjectGid::new("1300");
    let seen = [(task(1), here(), ours(number(4.0), 1)), (task(1), Slot::Section, ours(None, 1))];
    store.adopt(&other, &seen).await.unwrap();
    let plan = a_plan("plan_a", vec![sets("act_1", 1, number(5.0)), moves("act_2", 1)]);
    let both: Vec<_> = plan.actions.iter().collect();
    store.begin(&run, &plan, &both, at(2)).await.unwrap();
    let there = store.ledger(&other).await.unwrap();
    assert_eq!(there[&(task(1), here())].pending, vec![ours(number(5.0), 2)]);
    let done = [outcome("act_1", OutcomeKind::Done, 3), outcome("act_2", OutcomeKind::Done, 3)];
    store.end(&run, &plan, &done).await.unwrap();
    let there = store.ledger(&other).await.unwrap();
    assert_eq!(there[&(task(1), here())].written, Some(ours(number(5.0), 3)));
    assert_eq!(there[&(task(1), Slot::Section)].written, Some(ours(None, 1)), "sections are per project");
}

async fn what_stories_tell_is_adopted_unless_the_journal_knows_newer(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let plan = a_plan("plan_a", vec![sets("act_1", 1, number(5.0))]);
    store.begin(&run, &plan, &[&plan.actions[0]], at(2)).await.unwrap();
    store.end(&run, &plan, &[outcome("act_1", OutcomeKind::Done, 3)]).await.unwrap();
    let told = [(task(1), here(), ours(number(4.0), 1)), (task(2), here(), ours(number(4.0), 1))];
    store.adopt(&project(), &told).await.unwrap();
    assert_eq!(entry(&store, 1, here()).await.written, Some(ours(number(5.0), 3)));
    assert_eq!(entry(&store, 2, here()).await.written, Some(ours(number(4.0), 1)));
}

async fn begin_is_all_or_nothing(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let plan = a_plan("plan_a", vec![sets("act_1", 1, number(5.0))]);
    let refused = store.begin(&RunId::new("run_9"), &plan, &[&plan.actions[0]], at(2)).await;
    assert!(matches!(refused, Err(store::StoreError::UnknownRun { .. })), "{refused:?}");
    // The ledger fails after the attempts went in.
    world
        .sql(if world.is_sqlite() {
            "CREATE TRIGGER no BEFORE INSERT ON pending BEGIN SELECT RAISE(ABORT, 'no'); END"
        } else {
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$; \
             CREATE TRIGGER no BEFORE INSERT ON pending FOR EACH ROW EXECUTE FUNCTION no()"
        })
        .await;
    let refused = store.begin(&run, &plan, &[&plan.actions[0]], at(2)).await;
    assert!(matches!(refused, Err(store::StoreError::Sql { .. })), "{refused:?}");
    assert!(store.open_attempts(&project()).await.unwrap().is_empty());
    world.sql(if world.is_sqlite() { "DROP TRIGGER no" } else { "DROP TRIGGER no ON pending" }).await;
    // An action named twice is one attempt.
    store.begin(&run, &plan, &[&plan.actions[0], &plan.actions[0]], at(3)).await.unwrap();
    assert_eq!(store.open_attempts(&project()).await.unwrap().len(), 1);
}

async fn a_project_that_was_made_is_known_and_so_is_what_was_put_into_it(world: World) {
    let store = world.open().await;
    let run = started(&store, "run_1").await;
    let made = ProjectGid::new("70");
    let actions = vec![makes("act_made"), puts("act_in", 1, None), puts("act_out", 2, Some(&made))];
    let plan = a_plan("plan_a", actions);
    store.save_plan(&run, &plan, "").await.unwrap();
    store.begin(&run, &plan, &[&plan.actions[0]], at(2)).await.unwrap();
    let by = ActionId::new("act_made");
    assert!(store.made_projects(&project(), &by).await.unwrap().is_empty());
    let halfway = OutcomeKind::Unreachable { message: "502".into() };
    for (kind, complete) in [(halfway, false), (OutcomeKind::Done, true)] {
        store.begin(&run, &plan, &[&plan.actions[0]], at(2)).await.unwrap();
        let ended = Outcome { project: Some(made.clone()), ..outcome("act_made", kind, 3) };
        store.end(&run, &plan, std::slice::from_ref(&ended)).await.unwrap();
        let known = store.made_projects(&project(), &by).await.unwrap();
        assert_eq!(known, [MadeProject { gid: made.clone(), name: "Sprint 1".to_owned(), complete }]);
    }
    let first = Outcome { project: Some(made.clone()), ..outcome("act_made", OutcomeKind::Done, 3) };
    // What is to be put into a project that is not made yet has no value; once it is, the task is known to be there by us.
    let slot = Slot::Member(made.clone());
    store.begin(&run, &plan, &[&plan.actions[1]], at(4)).await.unwrap();
    assert_eq!(entry(&store, 1, slot.clone()).await, Entry::default());
    let plan = plan.with_places(&[first]);
    store.begin(&run, &plan, &[&plan.actions[1], &plan.actions[2]], at(5)).await.unwrap();
    let ended = ["act_in", "act_out"].map(|id| outcome(id, OutcomeKind::Done, 6));
    store.end(&run, &plan, &ended).await.unwrap();
    let there = Some(FieldValue::Other("70".into()));
    assert_eq!(entry(&store, 1, slot.clone()).await.written, Some(ours(there, 6)));
    assert_eq!(entry(&store, 2, slot).await.written, Some(ours(None, 6)));
}
