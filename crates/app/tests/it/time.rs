//! Plans for people's time: risks of dates, a sprint, who should do what, on a made-up team and where a plan lacks features.

use crate::app::{Setting, TestApp};
use crate::asana::PERSON;
use serde_json::{Value, json};

/// A team with people's fields, absences and a project of tasks.
fn team(more: &[&str]) -> (TestApp, String) {
    let knobs =
        ["--limits", "off", "--generate", "people=8,projects=2,tasks=120,months=8,goals=1,portfolios=1"];
    let knobs = [&knobs[..], more].concat();
    let app = TestApp::with(Setting { backlogs: vec![], sandbox: &knobs, ..Setting::default() });
    let workspace = app.asana.get("/workspaces?limit=1")[0]["gid"].as_str().unwrap().to_owned();
    let projects = app.asana.get(&format!("/workspaces/{workspace}/projects?limit=10"));
    let project = projects[0]["gid"].as_str().unwrap().to_owned();
    (app, project)
}

fn list<'v>(of: &'v Value, key: &str) -> &'v Vec<Value> {
    of[key].as_array().unwrap()
}

#[test]
fn risks_are_foretold_from_the_tasks_and_the_hours_of_their_owners() {
    let (app, project) = team(&[]);
    let report = app.upnext(&["risk", "--json", &project]).ok().json();
    let tasks = list(&report["forecast"], "tasks");
    assert!(tasks.len() > 5, "{report:#}");
    for task in tasks {
        let date = |of: &str| task["done"][of].as_str().unwrap().to_owned();
        assert!(date("tenth") <= date("middle") && date("middle") <= date("ninetieth"), "{task:#}");
        assert_eq!(task["due"].is_null(), task["missed"].is_null(), "{task:#}");
    }
    let rests: Vec<&str> = list(&report, "people").iter().filter_map(|p| p["rests_on"][0].as_str()).collect();
    assert!(rests.iter().any(|r| r.contains("(Max Capacity field)")), "{rests:?}");
    assert_eq!(app.asana.writes(), 0);
    let words = app.upnext(&["risk", &project]).ok().out;
    assert!(words.contains("All done: ") && words.contains("Due dates in danger: "), "{words}");
}

#[test]
fn a_sprint_takes_what_fits_and_says_why_the_rest_is_left() {
    let (app, project) = team(&[]);
    let report = app.upnext(&["sprint", "--json", &project]).ok().json();
    let plan = &report["plan"];
    assert!(!list(plan, "taken").is_empty(), "{report:#}");
    let hours = |person: &Value| -> f64 {
        let mine = list(plan, "taken").iter().filter(|t| t["person"]["gid"] == person["person"]["gid"]);
        mine.map(|t| t["hours"].as_f64().unwrap()).sum()
    };
    for person in list(&report, "people") {
        assert!(hours(person) <= person["here"].as_f64().unwrap() + 1e-6, "{person:#}");
    }
    assert!(plan["gap"].as_f64().unwrap() <= 0.2, "{plan:#}");
    assert!(list(plan, "left").iter().all(|left| left["why"]["reason"].is_string()));
    let must = list(plan, "left").iter().find(|left| left["why"]["reason"] == "full");
    if let Some(must) = must {
        let gid = must["task"].as_str().unwrap();
        let other = app.upnext(&["sprint", "--json", &project, "--must", gid]).ok().json();
        assert!(list(&other["plan"], "taken").iter().any(|t| t["task"] == gid), "{other:#}");
    }
    let none = app.upnext(&["sprint", "--json", &project, "--velocity", "0"]).ok().json();
    assert!(list(&none["plan"], "taken").iter().all(|t| t["hours"] == 0.0), "{none:#}");
    let words = app.upnext(&["sprint", &project]).ok().out;
    assert!(words.contains("Value ") && words.contains("Left out: "), "{words}");
    assert_eq!(app.asana.writes(), 0);
    app.upnext(&["sprint", &project, "--limit", "Ready"]).exits(2).says(&["SECTION=COUNT"]);
    app.upnext(&["sprint", &project, "--must", "424242"]).says(&["424242"]);
}

#[test]
fn people_are_proposed_with_reasons_and_every_other_has_one_too() {
    let (app, project) = team(&[]);
    let report = app.upnext(&["assign", "--json", &project]).ok().json();
    let people = list(&report, "people").len();
    assert!(people > 0 && report["learned_from"].as_u64().unwrap() > 0, "{report:#}");
    for task in list(&report, "tasks") {
        let told = list(task, "rejected").len() + usize::from(!task["chosen"].is_null());
        assert_eq!(told, people, "{task:#}");
    }
    app.upnext(&["assign", &project]).ok();
    assert_eq!(app.asana.writes(), 0);
}

#[test]
fn owners_are_told_once_and_told_when_the_danger_has_passed_and_all_of_it_is_taken_back() {
    let (app, project) = team(&[]);
    let tasks = app
        .asana
        .get(&format!("/tasks?project={project}&completed_since=now&limit=50&opt_fields=assignee,due_on"));
    let task = tasks.as_array().unwrap().iter().find(|t| !t["assignee"].is_null()).unwrap();
    let gid = task["gid"].as_str().unwrap();
    let due =
        |on: &str| app.asana.put(PERSON, &format!("/tasks/{gid}"), json!({ "due_on": on, "start_on": null }));
    let said = || -> Vec<String> {
        let stories = app.asana.get(&format!("/tasks/{gid}/stories?opt_fields=text,resource_subtype"));
        let texts = stories.as_array().unwrap().iter().filter_map(|s| s["text"].as_str());
        texts.filter(|text| text.starts_with("Upnext · note to the owner")).map(str::to_owned).collect()
    };
    due("2020-01-06");
    app.upnext(&["risk", "--json", &project]).ok();
    assert!(said().is_empty());
    let run = app.upnext(&["risk", "--json", &project, "--apply"]).ok().json();
    assert!(
        said().len() == 1
            && said()[0].contains("Date in danger: due 2020-01-06, and in every forecast it is done later"),
        "{:?}",
        said()
    );
    let again = app.upnext(&["risk", "--json", &project, "--apply"]).ok().json();
    assert_eq!((&again["written"]["actions"], said().len()), (&json!([]), 1), "{again:#}");
    due("2039-01-03");
    app.upnext(&["risk", &project, "--apply"]).ok();
    assert!(said().len() == 1 && said()[0].contains("no longer in danger"), "{:?}", said());
    due("2020-01-06");
    app.upnext(&["risk", &project, "--apply"]).ok();
    assert!(said()[0].contains("Date in danger"), "{:?}", said());
    assert!(run["written"]["run"].as_str().unwrap().starts_with("run_"));
}

#[test]
fn suggestions_go_into_the_field_and_a_persons_word_stays() {
    let (app, project) = team(&[]);
    app.upnext(&["setup", "--project", &project]).ok();
    let tasks =
        app.asana.get(&format!("/tasks?project={project}&completed_since=now&limit=50&opt_fields=assignee"));
    let task = &tasks.as_array().unwrap()[0];
    let gid = task["gid"].as_str().unwrap();
    app.asana.put(PERSON, &format!("/tasks/{gid}"), json!({ "assignee": null }));
    let report = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    let chosen = list(&report, "tasks").iter().find(|t| t["task"] == gid).unwrap();
    let field = || {
        let task = app
            .asana
            .get(&format!("/tasks/{gid}?opt_fields=assignee,custom_fields.name,custom_fields.people_value"));
        assert!(task["assignee"].is_null());
        let fields = task["custom_fields"].as_array().unwrap();
        fields.iter().find(|f| f["name"] == "Recommended Assignee").unwrap()["people_value"].clone()
    };
    let who = field();
    assert_eq!(who[0]["gid"], chosen["chosen"]["person"]["gid"], "{chosen:#}");
    let again = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]);
    app.upnext(&["undo", report["written"]["run"].as_str().unwrap()]).ok();
    assert_eq!(field(), json!([]));
}

#[test]
fn a_plan_without_allocations_or_fields_costs_a_sentence() {
    let (app, project) = team(&["--plan", "free"]);
    for command in ["risk", "sprint", "assign"] {
        let report = app.upnext(&[command, "--json", &project]).ok().json();
        let notes: Vec<&str> = list(&report, "notes").iter().filter_map(Value::as_str).collect();
        assert!(notes.iter().any(|n| n.contains("allocations could not be read")), "{command}: {notes:?}");
    }
}

#[test]
fn a_project_that_is_not_there_is_said_so() {
    let (app, _) = team(&[]);
    for command in ["risk", "sprint", "assign"] {
        app.upnext(&[command, "999999"]).exits(3).says(&["no project 999999"]);
    }
}
