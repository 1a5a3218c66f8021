//! Rubric versions, answers and golden sets.

use crate::support::{World, stories};
use crate::things::*;
use domain::{Moment, ProjectGid, TaskGid};
use jiff::civil::date;
use store::{Answer, Decision, GoldenSet, Origin, RubricState, RubricVersion, Said, Store};

stories!(
    one_version_is_in_force_and_every_decision_is_audited,
    answers_are_replaced_until_a_rubric_rests_on_them,
    the_snapshot_of_a_golden_set_is_never_dropped,
);

fn proposal(id: &str, version: &str, second: i64) -> RubricVersion {
    RubricVersion {
        id: id.into(),
        project: project(),
        version: version.into(),
        body: "{\"version\":\"…\"}".into(),
        origin: Origin::Answers,
        proposed_at: at(second),
        evidence: serde_json::json!({ "answers": 20 }),
        state: RubricState::Proposed,
        decided_by: None,
        decided_at: None,
    }
}

fn decision(second: i64) -> Decision<'static> {
    Decision { by: "Ada (9)", at: at(second), note: serde_json::json!({ "tau": 0.9 }) }
}

async fn states(store: &Store) -> Vec<(String, RubricState)> {
    store.rubrics(&project()).await.unwrap().into_iter().map(|r| (r.id, r.state)).collect()
}

async fn one_version_is_in_force_and_every_decision_is_audited(world: World) {
    use RubricState::{Accepted, Proposed, Rejected, Retired};
    let store = world.open().await;
    let all = [proposal("rub_1", "v+team-1", 1), proposal("rub_2", "v+team-2", 2), proposal("rub_3", "x", 3)];
    for one in &all {
        store.propose_rubric(one, "Ada (9)").await.unwrap();
    }
    assert_eq!(store.accepted_rubric(&project()).await.unwrap(), None);
    // A version's name is taken once.
    assert!(store.propose_rubric(&proposal("rub_4", "x", 4), "Ada (9)").await.is_err());
    store.accept_rubric(&all[0], &decision(5)).await.unwrap();
    store.accept_rubric(&all[1], &decision(6)).await.unwrap();
    store.reject_rubric(&all[2], &decision(7)).await.unwrap();
    let told = |id: &str, state| (id.to_owned(), state);
    assert_eq!(
        states(&store).await,
        [told("rub_3", Rejected), told("rub_2", Accepted), told("rub_1", Retired)]
    );
    let accepted = world.open().await.accepted_rubric(&project()).await.unwrap().unwrap();
    assert_eq!((accepted.decided_by.as_deref(), accepted.decided_at), (Some("Ada (9)"), Some(at(6))));
    assert_eq!(accepted.evidence, all[1].evidence);
    assert_eq!(store.accepted_rubric(&ProjectGid::new("7")).await.unwrap(), None);
    let gone = store.retire_rubric(&project(), &decision(8)).await.unwrap();
    assert_eq!(gone.unwrap().id, "rub_2");
    assert_eq!(store.retire_rubric(&project(), &decision(9)).await.unwrap(), None);
    let audit = store.export_audit(0, 20).await.unwrap();
    let kept: Vec<serde_json::Value> = audit.iter().map(|e| serde_json::from_str(&e.body).unwrap()).collect();
    let course: Vec<(&str, &str)> =
        kept.iter().map(|b| (b["rubric"].as_str().unwrap(), b["state"].as_str().unwrap())).collect();
    let words = [
        ("rub_1", Proposed),
        ("rub_2", Proposed),
        ("rub_3", Proposed),
        ("rub_1", Accepted),
        ("rub_1", Retired),
        ("rub_2", Accepted),
        ("rub_3", Rejected),
        ("rub_2", Retired),
    ];
    assert_eq!(course, words.map(|(id, state)| (id, state.word())));
    assert!(audit.iter().all(|e| e.kind == "rubric" && e.actor == "Ada (9)"));
    assert_eq!(store.verify_audit().await.unwrap().broken, None);
}

fn answer(first: u32, second: u32, at_second: i64) -> Answer {
    Answer {
        first: task(first),
        second: task(second),
        said: Said::First,
        used: "learn".into(),
        strengths: [("urgency".to_owned(), (0.5, 0.25))].into(),
        by: "Ada (9)".into(),
        at: at(at_second),
    }
}

async fn answers_are_replaced_until_a_rubric_rests_on_them(world: World) {
    let store = world.open().await;
    store.save_answers(&project(), &[answer(1, 2, 1), answer(3, 4, 2)]).await.unwrap();
    store.save_answers(&project(), &[answer(2, 1, 3)]).await.unwrap();
    store.save_answers(&ProjectGid::new("7"), &[answer(1, 2, 3)]).await.unwrap();
    assert_eq!(world.open().await.answers(&project()).await.unwrap(), [answer(3, 4, 2), answer(2, 1, 3)]);
    let rubric = proposal("rub_1", "v+team-1", 4);
    store.propose_rubric(&rubric, "Ada (9)").await.unwrap();
    store.save_answers(&project(), &[answer(5, 6, 5)]).await.unwrap();
    store.accept_rubric(&rubric, &decision(6)).await.unwrap();
    assert_eq!(store.answers(&project()).await.unwrap(), [answer(5, 6, 5)]);
    // The same pair again is a new answer now, beside the spent one.
    store.save_answers(&project(), &[answer(3, 4, 7)]).await.unwrap();
    store.retire_rubric(&project(), &decision(8)).await.unwrap();
    assert_eq!(store.answers(&project()).await.unwrap().len(), 4);
    assert_eq!(store.answers(&ProjectGid::new("7")).await.unwrap().len(), 1);
    // Each is in the trail with who gave it, those too that a later one replaced.
    let audit = store.export_audit(0, 20).await.unwrap();
    let given: Vec<_> = audit.iter().filter(|entry| entry.kind == "calibration_answer").collect();
    assert_eq!(given.len(), 6);
    assert!(given.iter().all(|entry| entry.actor == "Ada (9)"));
    assert_eq!(given[3].subject, "project 7");
    assert_eq!(store.verify_audit().await.unwrap().broken, None);
}

async fn the_snapshot_of_a_golden_set_is_never_dropped(world: World) {
    let store = world.open().await;
    let set = |snapshot, note: &str| GoldenSet {
        project: project(),
        snapshot,
        now: Moment { at: at(1), today: date(2026, 11, 24) },
        order: vec![task(2), TaskGid::new("1")],
        rubric: None,
        frozen_at: at(1),
        frozen_by: "Ada (9)".into(),
        note: note.into(),
    };
    // One that is not there cannot be frozen.
    assert!(store.freeze(&set(a_snapshot(1, 999).digest(), "")).await.is_err());
    assert_eq!(store.golden(&project()).await.unwrap(), None);
    let (first, second, loose) = (a_snapshot(2, 0), a_snapshot(2, 1), a_snapshot(2, 2));
    for snapshot in [&first, &second, &loose] {
        store.save_snapshot(snapshot).await.unwrap();
    }
    store.freeze(&set(first.digest(), "first")).await.unwrap();
    store.freeze(&set(second.digest(), "second")).await.unwrap();
    for n in 0..25 {
        store.save_snapshot(&a_snapshot(1, 10 + n)).await.unwrap();
    }
    assert_eq!(store.golden(&project()).await.unwrap(), Some(set(second.digest(), "second")));
    assert_eq!(store.snapshot(&first.digest()).await.unwrap(), Some(first));
    assert_eq!(store.snapshot(&second.digest()).await.unwrap(), Some(second));
    assert_eq!(store.snapshot(&loose.digest()).await.unwrap(), None);
    let audit = store.export_audit(0, 10).await.unwrap();
    assert_eq!(audit.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["golden", "golden"]);
}
