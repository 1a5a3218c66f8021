//! Learned models, what they found, and the confidence that was stated.

use crate::support::{World, stories};
use crate::things::*;
use domain::{Band, Confidence, Digest, EffortFinding, Findings, Judgement, Measure, ModelKind, ModelUsed};
use serde_json::json;
use store::{ModelRow, ModelState};

stories!(
    one_model_of_a_kind_is_in_force,
    an_older_model_can_be_put_back_and_the_audit_tells,
    the_one_in_force_outlives_what_is_dropped,
    findings_are_remembered_by_their_content,
    what_was_stated_is_kept_run_by_run,
);

fn model(nth: i64, kind: ModelKind, state: ModelState) -> ModelRow {
    let used = ModelUsed {
        id: format!("model_{nth}"),
        kind,
        fitted_at: at(nth),
        from: at(0),
        to: at(nth),
        rows: 40,
    };
    ModelRow { used, state, report: json!({ "metrics": [{ "name": "error", "value": 0.1 + 0.2 }] }) }
}

async fn one_model_of_a_kind_is_in_force(world: World) {
    let store = world.open().await;
    let content = vec![7u8; 100_000];
    store.save_model(&project(), &model(1, ModelKind::Effort, ModelState::InForce), &content).await.unwrap();
    store.save_model(&project(), &model(2, ModelKind::Triage, ModelState::InForce), b"t").await.unwrap();
    store.save_model(&project(), &model(3, ModelKind::Effort, ModelState::InForce), b"new").await.unwrap();
    store.save_model(&project(), &model(4, ModelKind::Effort, ModelState::Refused), b"bad").await.unwrap();
    // The same again changes nothing.
    store.save_model(&project(), &model(1, ModelKind::Effort, ModelState::InForce), b"x").await.unwrap();
    let store = world.open().await;
    let (row, content) = store.model_in_force(&project(), ModelKind::Effort).await.unwrap().unwrap();
    assert_eq!((row, &*content), (model(3, ModelKind::Effort, ModelState::InForce), &b"new"[..]));
    let states: Vec<(String, ModelState)> =
        store.models(&project()).await.unwrap().into_iter().map(|row| (row.used.id, row.state)).collect();
    let expected = [
        ("model_4", ModelState::Refused),
        ("model_3", ModelState::InForce),
        ("model_2", ModelState::InForce),
        ("model_1", ModelState::Retired),
    ];
    assert_eq!(states, expected.map(|(id, state)| (id.to_owned(), state)));
    assert_eq!(store.model_in_force(&project(), ModelKind::Confidence).await.unwrap(), None);
}

async fn an_older_model_can_be_put_back_and_the_audit_tells(world: World) {
    let store = world.open().await;
    for nth in 1..=2 {
        let row = model(nth, ModelKind::Effort, ModelState::InForce);
        store.save_model(&project(), &row, nth.to_string().as_bytes()).await.unwrap();
    }
    let used = store.use_model("model_1", at(9), "Ada").await.unwrap().unwrap();
    assert_eq!((used.used.id.as_str(), used.state), ("model_1", ModelState::InForce));
    let (row, content) = store.model_in_force(&project(), ModelKind::Effort).await.unwrap().unwrap();
    assert_eq!((row.used.id.as_str(), &*content), ("model_1", &b"1"[..]));
    assert_eq!(store.use_model("model_9", at(9), "Ada").await.unwrap(), None);
    let audit = store.export_audit(0, 10).await.unwrap();
    let told: Vec<(&str, &str)> =
        audit.iter().map(|row| (row.actor.as_str(), row.subject.as_str())).collect();
    assert_eq!(told, [("upnext", "model model_1"), ("upnext", "model model_2"), ("Ada", "model model_1")]);
}

async fn the_one_in_force_outlives_what_is_dropped(world: World) {
    let store = world.open().await;
    store.save_model(&project(), &model(1, ModelKind::Effort, ModelState::InForce), b"1").await.unwrap();
    for nth in 2..=14 {
        store
            .save_model(&project(), &model(nth, ModelKind::Effort, ModelState::Refused), b"x")
            .await
            .unwrap();
    }
    let kept = store.models(&project()).await.unwrap();
    assert_eq!(kept.len(), 11);
    assert_eq!(kept.last().unwrap().used.id, "model_1");
    assert_eq!(store.model("model_1").await.unwrap().unwrap().state, ModelState::InForce);
    assert_eq!(store.model("model_2").await.unwrap(), None);
}

async fn findings_are_remembered_by_their_content(world: World) {
    let store = world.open().await;
    let found = |effort: f64| Findings {
        ratings: None,
        effort: Some(EffortFinding {
            model: "model_1".into(),
            measure: Measure::EffortField,
            unit: "Points".into(),
            effort,
            low: 1.0,
            high: 8.0,
            coverage: 0.8,
            measured: None,
            history: 40,
            inputs: vec!["name".into()],
            neighbours: vec![],
            opinions: vec![],
        }),
    };
    let first = (task(1), Digest::of("a"), found(0.1 + 0.2));
    store.remember_findings(&project(), &[first, (task(2), Digest::of("b"), found(2.0))]).await.unwrap();
    store.remember_findings(&project(), &[(task(2), Digest::of("c"), Findings::default())]).await.unwrap();
    let known = world.open().await.findings(&project()).await.unwrap();
    assert_eq!(known[&task(1)], (Digest::of("a"), found(0.1 + 0.2)));
    assert_eq!(known[&task(2)], (Digest::of("c"), Findings::default()));
}

async fn what_was_stated_is_kept_run_by_run(world: World) {
    let store = world.open().await;
    for (nth, stated) in [(1, 60), (2, 75)] {
        let run = started(&store, &format!("run_{nth}")).await;
        let confidence = Confidence { percent: 90, calibrated: true, stated, decisions: 120 };
        let judgement = Judgement { confidence, ..a_judgement(1, 50.0, Band::P1) };
        store.save_judgements(&run, at(nth), &[judgement]).await.unwrap();
    }
    let stated = store.stated(&project()).await.unwrap();
    assert_eq!(stated, [(task(1), at(1), 60, Band::P1), (task(1), at(2), 75, Band::P1)]);
}
