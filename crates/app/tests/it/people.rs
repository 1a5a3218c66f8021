//! People stay in charge: what they set is seen, kept and told, whoever they are and whenever they did it.

use crate::app::TestApp;
use crate::asana::{PERSON, TOKEN, shown};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn skipped(report: &Value, task: &str) -> Option<String> {
    let skipped = report["skipped"].as_array().unwrap().iter().find(|s| s["gid"] == task);
    skipped.map(|s| s["reason"].as_str().unwrap().to_owned())
}

fn task(report: &Value, at: usize) -> String {
    report["tasks"][at]["gid"].as_str().unwrap().to_owned()
}

/// Makes every task urgent, so that Upnext would like to rewrite all of them.
fn shake(app: &TestApp) {
    for task in app.asana.tasks(&app.project) {
        if task["completed"] == false && task["name"] != "Prioritize Backlog" {
            let path = format!("/tasks/{}", task["gid"].as_str().unwrap());
            app.asana.put(TOKEN, &path, json!({ "due_on": "2026-01-05" }));
        }
    }
}

#[test]
fn an_override_keeps_the_task_and_clearing_it_gives_it_back() {
    let app = TestApp::new();
    app.setup();
    let theirs = task(&app.groom(), 0);
    app.edit_as_person(&theirs, "Manual Override", json!("Override"));
    let report = app.groom_and_apply();
    assert_eq!(skipped(&report, &theirs).unwrap(), "manual override (Override)");
    assert_eq!(app.asana.value(&theirs, "AI Priority Score"), Value::Null);
    app.edit_as_person(&theirs, "Manual Override", Value::Null);
    let report = app.groom_and_apply();
    assert_eq!(skipped(&report, &theirs), None);
    assert!(app.asana.value(&theirs, "AI Priority Score").is_string());
}

#[test]
fn values_that_people_set_or_clear_stay_and_the_rest_is_written() {
    for token in [TOKEN, PERSON] {
        let app = TestApp::with_people();
        if token == PERSON {
            let me = app.asana.call(PERSON, "GET", "/users/me", None).unwrap();
            let path = format!("/projects/{}/addMembers", app.project);
            app.asana.post(TOKEN, &path, json!({ "members": me["gid"] }));
        }
        app.setup();
        let first = app.groom_and_apply();
        let [scored, cleared, banded] = [0, 1, 2].map(|at| task(&first, at));
        app.edit_with(token, &scored, "AI Priority Score", json!(1));
        app.edit_with(token, &cleared, "AI Priority Score", Value::Null);
        app.edit_with(token, &banded, "Suggested Priority", json!("P3"));
        let rationale = app.asana.value(&banded, "AI Rationale");
        shake(&app);
        let report = app.groom_and_apply();
        let told = skipped(&report, &scored).unwrap();
        assert_eq!(told, "a person set AI Priority Score to 1; it stays theirs");
        assert!(skipped(&report, &cleared).unwrap().contains("cleared"));
        assert_eq!(app.asana.value(&scored, "AI Priority Score"), "1.0");
        assert_eq!(app.asana.value(&cleared, "AI Priority Score"), Value::Null);
        assert_eq!(app.asana.value(&banded, "Suggested Priority"), "P3");
        assert_ne!(app.asana.value(&banded, "AI Rationale"), rationale);
        assert!(report["kept"].as_array().unwrap().iter().any(|k| k["gid"] == banded.as_str()));
    }
}

#[test]
fn an_edit_between_plan_and_apply_wins() {
    let app = TestApp::new();
    app.setup();
    let plan = app.groom();
    let theirs = task(&plan, 0);
    app.edit_as_person(&theirs, "AI Priority Score", json!(3));
    let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
    let id = plans[0]["id"].as_str().unwrap().to_owned();
    let applied = app.upnext(&["plan", "apply", "--json", &id]).ok().json();
    assert_eq!(applied["outcome"]["conflicts"], 1, "{:#}", applied["outcome"]);
    assert!(applied["trouble"].to_string().contains(&theirs), "{:#}", applied["trouble"]);
    assert_eq!(app.asana.value(&theirs, "AI Priority Score"), "3.0");
    // Nothing of that task is half written.
    assert_eq!(app.asana.value(&theirs, "AI Rationale"), Value::Null);
    // Applying what is done does nothing.
    app.asana.reset_counters();
    app.upnext(&["plan", "apply", "--json", &id]).ok();
    assert_eq!(app.asana.writes(), 0);
}

#[test]
fn shadow_writes_nothing_and_still_tells() {
    let app = TestApp::new();
    app.setup();
    app.configure("[policy]\nphase = 'shadow'");
    let before = app.end_state();
    let report = app.groom_and_apply();
    assert_eq!(report["tasks"].as_array().unwrap().len(), 40);
    assert_eq!(report["requests"]["writes"], 0);
    assert_eq!(app.end_state(), before);
}

#[test]
fn only_auto_moves_tasks_and_never_those_that_people_moved_back() {
    let app = TestApp::new();
    app.setup();
    let moving = "[policy]\nphase = 'auto'\n[policy.sections]\nnext = 'Ready'\nbacklog = 'Later'";
    app.configure(&moving.replace("auto", "suggest"));
    let places = |app: &TestApp| -> BTreeMap<String, Value> {
        let mut tasks = app.asana.tasks(&app.project);
        tasks.retain(|t| t["name"] != "Prioritize Backlog");
        let place = |t: &Value| (t["gid"].to_string(), t["memberships"][0]["section"]["name"].clone());
        tasks.iter().map(place).collect()
    };
    let before = places(&app);
    let report = app.groom_and_apply();
    assert_eq!(places(&app), before);
    app.configure(moving);
    app.groom_and_apply();
    let held = app.asana.tasks(&app.project);
    let next = report["tasks"].as_array().unwrap().iter().find(|t| t["sprint"] == "Next Sprint").unwrap();
    let found = held.iter().find(|t| t["gid"] == next["gid"]).unwrap();
    assert_eq!(found["memberships"][0]["section"]["name"], "Ready");
    // The official priority that a person set is theirs in every phase.
    assert_eq!(shown(found, "Priority"), json!(app.asana.value(next["gid"].as_str().unwrap(), "Priority")));
    let sections = app.asana.list(&format!("/projects/{}/sections", app.project));
    let inbox = sections.iter().find(|s| s["name"] == "Inbox").unwrap()["gid"].as_str().unwrap();
    app.asana.post(TOKEN, &format!("/sections/{inbox}/addTask"), json!({ "task": next["gid"] }));
    app.groom_and_apply();
    let held = app.asana.tasks(&app.project);
    let found = held.iter().find(|t| t["gid"] == next["gid"]).unwrap();
    assert_eq!(found["memberships"][0]["section"]["name"], "Inbox");
}

#[test]
fn the_write_cap_holds_and_the_next_run_goes_on() {
    let app = TestApp::new();
    app.setup();
    app.configure("[policy]\nmax_writes = 25");
    let scored = |app: &TestApp| {
        let tasks = app.asana.tasks(&app.project);
        tasks.iter().filter(|t| !shown(t, "AI Priority Score").is_null()).count()
    };
    let report = app.groom_and_apply();
    assert_eq!(scored(&app), 25);
    assert!(
        report["notes"].to_string().contains("15 writes are over the cap of 25"),
        "{:#}",
        report["notes"]
    );
    app.groom_and_apply();
    assert_eq!(scored(&app), 40);
}
