//! Answers that come after the task has changed: what was judged of another task is not written, by nobody's yes and by no silence.

use crate::app::{Setting, TestApp};
use crate::approvals::on_day;
use crate::asana::{PERSON, TOKEN};
use crate::backlog;
use crate::dashboard::{World, key, session_of};
use serde_json::{Value, json};

fn asked(app: &TestApp) -> Vec<Value> {
    let listed = app.upnext(&["approvals", "list", "--json", "--project", &app.project]).ok().json();
    listed.as_array().unwrap().clone()
}

fn text<'v>(one: &'v Value, what: &str) -> &'v str {
    one[what].as_str().unwrap()
}

fn priority(app: &TestApp, one: &Value) -> Value {
    app.asana.value(text(one, "task"), "Priority")
}

const CHANGED: &str = "the task changed since it was asked";

#[test]
fn a_yes_to_what_was_judged_of_another_task_writes_nothing() {
    let people = Setting {
        sandbox: &["--limits", "off", "--demo"],
        backlogs: vec![backlog::mixed(12)],
        ..Setting::default()
    };
    let app = TestApp::with(people);
    app.setup();
    app.groom_and_apply();
    let waiting = asked(&app);
    assert!(waiting.len() > 3, "{waiting:#?}");
    let task = |at: usize| text(&waiting[at], "task");
    let put = |at: usize, data: Value| drop(app.asana.put(PERSON, &format!("/tasks/{}", task(at)), data));
    put(0, json!({ "due_on": "2030-01-31" }));
    put(1, json!({ "notes": "Nobody needs this any more." }));
    app.edit_with(PERSON, task(2), "Business Value", json!(99));
    // A comment, and what Upnext wrote itself when it asked, is no change of the task.
    app.asana.post(PERSON, &format!("/tasks/{}/stories", task(3)), json!({ "text": "Any news?" }));
    let writes = app.asana.writes();
    let first = app.upnext(&["approvals", "approve", "--json", text(&waiting[0], "id")]).ok().json();
    assert_eq!((&first["settled"], app.asana.writes()), (&json!([]), writes), "{first:#}");
    let report = app.upnext(&["approvals", "approve", "--json", "--all"]).ok().json();
    let why = |report: &Value, at: usize| {
        let left = report["left"].as_array().unwrap();
        text(left.iter().find(|left| left["id"] == waiting[at]["id"]).unwrap(), "why").to_owned()
    };
    assert_eq!(why(&first, 0), format!("{CHANGED} (dates): it is judged anew by the next run"));
    assert_eq!(why(&report, 1), format!("{CHANGED} (description): it is judged anew by the next run"));
    assert_eq!(why(&report, 2), format!("{CHANGED} (Business Value): it is judged anew by the next run"));
    for (at, one) in waiting.iter().enumerate() {
        assert_eq!(priority(&app, one), one[if at < 3 { "old" } else { "new" }], "{one:#}");
    }
    let void = app.upnext(&["approvals", "list", "--json", "--state", "invalidated"]).ok().json();
    assert_eq!(void.as_array().unwrap().len(), 3, "{void:#}");
    // The next run asks anew, of the task as it is; that is written.
    app.groom_and_apply();
    let again = asked(&app);
    let anew: Vec<&Value> = again.iter().filter(|one| one["task"] == waiting[2]["task"]).collect();
    for one in &anew {
        app.upnext(&["approvals", "approve", text(one, "id")]).ok();
        assert_eq!(priority(&app, one), one["new"]);
    }
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn a_yes_on_the_dashboard_says_why_it_wrote_nothing() {
    let world = World::serving();
    let approver = session_of(&world.app, &"b".repeat(64), ("approver", None));
    let waiting = asked(&world.app);
    let one = &waiting[0];
    world.app.asana.put(TOKEN, &format!("/tasks/{}", text(one, "task")), json!({ "name": "Something else" }));
    let key = key(&world.get("/", &approver).text().unwrap());
    let fields = [("key", key.as_str()), ("answer", "approve"), ("id", text(one, "id"))];
    let said = world.post("/approvals", &approver, &fields).send().unwrap().text().unwrap();
    assert!(said.contains(&format!("{CHANGED} (name)")), "{said}");
    assert_eq!(priority(&world.app, one), one["old"]);
}

/// Requests that were labelled, and two that look like one kind of them: labels that a groom neither asks about nor ends.
fn requests() -> String {
    let request = |id: String, title: &str, label: Option<&str>| {
        let mut task = json!({ "id": id, "title": title, "description": "Seen in version 2.",
            "created": "2026-11-01T08:00:00Z" });
        if let Some(label) = label {
            task["fields"] = json!({ "Category": label });
        }
        format!("{task}\n")
    };
    let old = (0..60).map(|nth| {
        let (title, label) = if nth % 2 == 0 {
            ("The app crashes when saving a file", "Bug")
        } else {
            ("Allow exporting invoices to a spreadsheet", "Feature")
        };
        request(format!("old-{nth}"), &format!("{title} {nth}"), Some(label))
    });
    let new = (0..2).map(|nth| {
        request(format!("new-{nth}"), &format!("The app crashes when saving a large file {nth}"), None)
    });
    old.chain(new).collect()
}

#[test]
fn silence_answers_only_for_a_task_that_is_as_it_was() {
    let config = "[policy.approvals]\nsilence_days = 3\nask = []";
    let app = TestApp::with(Setting { backlogs: vec![requests()], config, ..Setting::default() });
    app.setup();
    app.upnext(&["learn", "--project", &app.project]).ok();
    app.upnext(&["triage", "--apply", "--project", &app.project]).ok();
    let mut waiting = asked(&app);
    waiting.retain(|one| one["what"] == "category");
    let [changed, same] = &waiting[..] else { panic!("{waiting:#?}") };
    app.asana.put(TOKEN, &format!("/tasks/{}", text(changed, "task")), json!({ "due_on": "2030-01-31" }));
    let groom = ["groom", "--apply", "--project", &app.project];
    crate::app::ran(on_day(&app, 4, &groom)).ok();
    let settled = |state: &str| {
        let listed = app.upnext(&["approvals", "list", "--json", "--state", state]).ok().json();
        let listed = listed.as_array().unwrap().clone();
        listed.into_iter().filter(|one| one["what"] == "category").collect::<Vec<Value>>()
    };
    let (yes, void) = (settled("approved"), settled("invalidated"));
    assert_eq!((yes.len(), &yes[0]["id"], &yes[0]["settled"]["by"]), (1, &same["id"], &json!("silence")));
    assert_eq!((void.len(), &void[0]["id"]), (1, &changed["id"]));
    assert!(text(&void[0]["settled"], "why").contains(CHANGED), "{void:#?}");
    let label = |one: &Value| app.asana.value(text(one, "task"), "Category");
    assert_eq!((label(changed), label(same)), (Value::Null, same["new"].clone()));
}
