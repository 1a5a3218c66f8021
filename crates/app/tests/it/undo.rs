//! Undo: what a run wrote goes back, what people changed since stays, and both are told.

use crate::app::TestApp;
use crate::asana::TOKEN;
use crate::database::Kind;
use serde_json::{Value, json};

fn goes_back(app: &TestApp) {
    app.setup();
    let before = app.end_state();
    let groom = app.groom_and_apply();
    assert_ne!(app.end_state(), before);
    let undo = app.undo(&groom);
    assert_eq!(app.end_state(), before);
    assert_eq!(undo["undone"], groom["run"]);
    assert_eq!(undo["restored"].as_array().unwrap().len(), 40);
    assert!(undo["left"].as_array().unwrap().is_empty(), "{:#}", undo["left"]);
    // A second time there is nothing left to undo.
    app.asana.reset_counters();
    let again = app.undo(&groom);
    assert_eq!((&again["restored"], &again["left"]), (&json!([]), &json!([])));
    assert_eq!(app.asana.writes(), 0);
    // And what was undone can be done again.
    app.groom_and_apply();
    assert!(app.host().is_some());
}

#[test]
fn everything_goes_back_and_can_be_done_again_on_sqlite() {
    goes_back(&TestApp::new());
}

#[test]
fn everything_goes_back_and_can_be_done_again_on_postgresql() {
    goes_back(&TestApp::on(Kind::Postgres));
}

#[test]
fn what_people_changed_stays_theirs_and_both_are_told() {
    let app = TestApp::new();
    app.setup();
    let groom = app.groom_and_apply();
    let task = |at: usize| groom["tasks"][at]["gid"].as_str().unwrap();
    app.edit_as_person(task(0), "AI Priority Score", json!(12));
    app.edit_as_person(task(1), "AI Rationale", json!("I know better"));
    app.edit_as_person(task(2), "Suggested Priority", json!("P3"));
    let told = app.upnext(&["undo", groom["run"].as_str().unwrap()]).ok().out;
    for words in ["40 tasks restored", "Left as people have it: ", "AI Priority Score was changed to 12"] {
        assert!(told.contains(words), "`{words}` is not in: {told}");
    }
    let value = |at: usize, field: &str| app.asana.value(task(at), field);
    assert_eq!(value(0, "AI Priority Score"), "12.0");
    assert_eq!(value(0, "AI Rationale"), Value::Null);
    assert_eq!(value(1, "AI Rationale"), "I know better");
    assert_eq!(value(1, "AI Priority Score"), Value::Null);
    assert_eq!(value(2, "Suggested Priority"), "P3");
    assert_eq!(app.host(), None);
}

#[test]
fn our_own_task_stays_once_somebody_has_used_it() {
    let app = TestApp::new();
    app.setup();
    let groom = app.groom_and_apply();
    let host = app.host().unwrap();
    // By the very user whose token Upnext has: it may be a person's.
    let path = format!("/tasks/{host}/stories");
    app.asana.post(TOKEN, &path, json!({ "text": "Thank you, I moved two of them." }));
    let undo = app.upnext(&["undo", "--json", groom["run"].as_str().unwrap()]);
    assert_eq!(app.host(), Some(host.clone()), "{undo:?}");
    let texts: Vec<Value> = app.asana.comments(&host).iter().map(|c| c["text"].clone()).collect();
    assert_eq!(texts, ["Thank you, I moved two of them."]);
}

#[test]
fn a_task_deleted_since_is_told_and_stops_nothing() {
    let app = TestApp::new();
    app.setup();
    let groom = app.groom_and_apply();
    let gone = groom["tasks"][0]["gid"].as_str().unwrap();
    app.asana.delete(&format!("/tasks/{gone}"));
    let undo = app.undo(&groom);
    assert_eq!(undo["restored"].as_array().unwrap().len(), 39);
    let left = undo["left"].as_array().unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!((&left[0]["gid"], &left[0]["reason"]), (&json!(gone), &json!("the task is gone from Asana")));
}
