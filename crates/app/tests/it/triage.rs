//! Triage: what new requests are, and which labels are filled in.

use crate::app::{Setting, TestApp};
use serde_json::{Value, json};

/// Sixty requests that people labelled, and three new ones; the last repeats an old one.
fn requests() -> String {
    let mut lines = vec![];
    for nth in 0..60 {
        let (title, label) = if nth % 2 == 0 {
            ("The app crashes when saving a file", "Bug")
        } else {
            ("Allow exporting invoices to a spreadsheet", "Feature")
        };
        lines.push(json!({
            "id": format!("old-{nth}"), "title": format!("{title} {nth}"), "description": "Seen in version 2.",
            "created": format!("2026-{:02}-{:02}T08:00:00Z", 1 + nth % 10, 1 + nth % 28),
            "fields": { "Category": label },
        }));
    }
    let unusual = json!({
        "id": "old-x", "title": "Barcode scanner freezes on rotated labels in warehouse seven",
        "description": "The handheld scanner freezes when a label is rotated; warehouse seven only.",
        "created": "2026-10-20T08:00:00Z", "fields": { "Category": "Bug" },
    });
    lines.push(unusual);
    let new = |id: &str, title: &str, description: &str| json!({ "id": id, "title": title, "description": description, "created": "2026-11-20T08:00:00Z" });
    lines.push(new("new-1", "The app crashes when saving a large file", "It crashes."));
    lines.push(new("new-2", "Allow exporting customers to a spreadsheet", "For the accountants."));
    lines.push(new(
        "new-3",
        "Barcode scanner freezes on rotated labels in warehouse seven",
        "Handheld scanner freezes when the label is rotated, in warehouse seven.",
    ));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn triaged(app: &TestApp, more: &[&str]) -> Value {
    let args = [&["triage", "--json", "--project", &app.project][..], more].concat();
    app.upnext(&args).ok().json()
}

fn of<'v>(report: &'v Value, name: &str) -> &'v Value {
    let tasks = report["tasks"].as_array().unwrap();
    tasks.iter().rev().find(|task| task["name"].as_str().unwrap().starts_with(name)).unwrap()
}

fn aspect<'v>(task: &'v Value, aspect: &str) -> &'v Value {
    task["findings"].as_array().unwrap().iter().find(|finding| finding["aspect"] == aspect).unwrap()
}

fn world(config: &str) -> TestApp {
    let app = TestApp::with(Setting { backlogs: vec![requests()], config, ..Setting::default() });
    app.upnext(&["learn", "--project", &app.project]).ok();
    app
}

fn category(app: &TestApp, name: &str) -> Value {
    let tasks = app.asana.tasks(&app.project);
    let task = tasks.iter().rev().find(|task| task["name"].as_str().unwrap().starts_with(name)).unwrap();
    let fields = task["custom_fields"].as_array().unwrap();
    fields.iter().find(|field| field["name"] == "Category").unwrap()["enum_value"]["name"].clone()
}

#[test]
fn a_request_is_labelled_compared_and_asked_about() {
    let app = world("");
    let writes = app.asana.writes();
    let report = triaged(&app, &[]);
    assert_eq!(app.asana.writes(), writes, "a plan writes nothing");
    assert_eq!(report["tasks"].as_array().unwrap().len(), 3, "{report:#}");
    let bug = of(&report, "The app crashes when saving a large");
    let label = aspect(bug, "category");
    assert_eq!(label["ranking"][0][0], "Bug", "{label:#}");
    assert_eq!(label["basis"], json!({ "basis": "history", "tasks": 61 }));
    assert!(label["quiet"].is_null(), "{label:#}");
    assert!(!label["reasons"].as_array().unwrap().is_empty());
    assert!(bug["missing"].as_array().unwrap().iter().any(|one| one["fact"] == "version"), "{bug:#}");
    assert_eq!(aspect(of(&report, "Allow exporting customers"), "category")["ranking"][0][0], "Feature");
    let repeated = &of(&report, "Barcode scanner")["similar"][0];
    assert!(repeated["name"].as_str().unwrap().starts_with("Barcode scanner"), "{repeated:#}");
    assert!(repeated["probability"].as_f64().unwrap() > 0.3, "{repeated:#}");
    // In `suggest` the labels wait for a person.
    let applied = triaged(&app, &["--apply"]);
    assert_eq!(app.asana.writes(), writes);
    assert_eq!(applied["outcome"]["waiting"], 3, "{applied:#}");
    let words = app.upnext(&["triage", "--project", &app.project]).ok().out;
    assert!(words.contains("category: Bug") && words.contains("ask for version"), "{words}");
}

#[test]
fn labels_the_policy_names_are_filled_once_and_undone() {
    let app = world("[policy.triage]\nfill = [\"category\"]\n");
    let before = app.asana.tasks(&app.project);
    let gid = |start: &str| {
        let task =
            before.iter().rev().find(|task| task["name"].as_str().unwrap().starts_with(start)).unwrap();
        task["gid"].as_str().unwrap().to_owned()
    };
    app.edit_as_person(&gid("Allow exporting customers"), "Category", json!("Bug"));
    let report = triaged(&app, &["--apply"]);
    assert_eq!(report["outcome"]["done"], 2, "{report:#}");
    assert_eq!(category(&app, "The app crashes when saving a large"), "Bug");
    // A person's label stays, and nothing is done twice.
    assert_eq!(category(&app, "Allow exporting customers"), "Bug");
    let again = triaged(&app, &["--apply"]);
    assert_eq!(again["outcome"]["done"], 0, "{again:#}");
    app.upnext(&["undo", report["run"].as_str().unwrap()]).ok();
    assert_eq!(category(&app, "The app crashes when saving a large"), Value::Null);
    assert_eq!(category(&app, "Allow exporting customers"), "Bug");
}

#[test]
fn rules_answer_without_a_history_and_unknown_tasks_are_refused() {
    let app = TestApp::new();
    app.setup();
    let report = triaged(&app, &[]);
    assert_eq!(report["model"], Value::Null);
    assert_eq!(report["tasks"].as_array().unwrap().len(), 40);
    for task in report["tasks"].as_array().unwrap() {
        assert!(aspect(task, "category")["quiet"].is_object(), "{task:#}");
    }
    app.upnext(&["triage", "--project", &app.project, "999999"]).exits(3).says(&["task 999999 is not open"]);
    let wrong = "[policy.triage]\nfill = [\"priority\"]\n";
    app.configure(wrong);
    app.upnext(&["triage", "--project", &app.project]).exits(2).says(&["policy.triage.fill"]);
}
