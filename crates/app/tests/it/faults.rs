//! A bad day: rate limits, server errors, writes whose answer is lost, and the process killed in between.
//!
//! Whatever happens, running the command again must lead to where a clean run leads: everything once, nothing twice,
//! nothing of a person's touched.

use crate::app::{Setting, TestApp, ended};
use crate::backlog;
use crate::database::Kind;
use serde_json::{Value, json};

const TASKS: usize = 80;

/// One call in ten is refused for a while, three in a hundred fail before their work, two after it.
fn bad_day() -> Value {
    json!({
        "too_many_requests": { "rate": 0.10, "retry_after": 0 },
        "server_error": { "rate": 0.03 },
        "write_then_error": { "rate": 0.02 },
        "latency_ms": { "min": 1, "max": 4 },
    })
}

/// A project that was set up and in which people have done things, the same in every world.
fn world(database: Kind) -> TestApp {
    let app =
        TestApp::with(Setting { backlogs: vec![backlog::mixed(TASKS)], database, ..Setting::default() });
    app.setup();
    let tasks = app.asana.tasks(&app.project);
    let gid = |at: usize| tasks[at]["gid"].as_str().unwrap();
    app.edit_as_person(gid(3), "Manual Override", json!("Override"));
    app.edit_as_person(gid(5), "AI Priority Score", json!(99));
    app.edit_as_person(gid(7), "AI Rationale", json!("because we promised it"));
    app.edit_as_person(gid(9), "Suggested Priority", json!("P0"));
    app
}

/// Runs until everything is done; each time it must say that it is not (4) or why it could not go on (1).
fn run_until_done(app: &TestApp, args: &[&str]) {
    for _ in 0..20 {
        let ran = app.upnext(args);
        match ran.code {
            0 => return,
            1 => assert!(ran.err.starts_with("upnext: "), "{ran:?}"),
            4 => assert!(ran.json()["outcome"]["open"].as_u64().unwrap() > 0, "{ran:?}"),
            _ => panic!("{ran:?}"),
        }
    }
    panic!("not done after twenty runs of {args:?}");
}

/// Starts the command and kills it once Asana has seen so many more writes.
fn killed_after(app: &TestApp, writes: u64, args: &[&str]) {
    let limit = app.asana.writes() + writes;
    let mut child = app.start(args);
    if !app.asana.saw_writes(limit, || child.try_wait().unwrap().is_some()) {
        let ran = ended(child.wait_with_output().unwrap());
        panic!("it ended before it could be killed: {ran:?}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn comes_to_the_same_end(database: Kind) {
    let clean = world(database);
    clean.groom_and_apply();
    let app = world(database);
    let args = ["groom", "--apply", "--json", "--project", &app.project];
    app.asana.faults(bad_day());
    for writes in [7, 13, 19] {
        killed_after(&app, writes, &args);
    }
    run_until_done(&app, &args);
    app.asana.faults(json!({}));
    assert_eq!(app.end_state(), clean.end_state());
    assert_eq!(values_written(&app), values_written(&clean));
    app.upnext(&["audit", "verify"]).ok();

    // And back again, on as bad a day. Each start of the command was a run of its own.
    let runs = runs_that_wrote(&app);
    assert!(runs.len() > 1, "{runs:?}");
    app.asana.faults(bad_day());
    killed_after(&app, 11, &["undo", "--json", &runs[0]]);
    for run in &runs {
        run_until_done(&app, &["undo", "--json", run]);
    }
    app.asana.faults(json!({}));
    clean.undo(&json!({ "run": runs_that_wrote(&clean)[0] }));
    assert_eq!(app.end_state(), clean.end_state());
    assert_eq!(app.host(), None);
    app.upnext(&["audit", "verify"]).ok();
}

/// The runs that groomed this world, newest first.
fn runs_that_wrote(app: &TestApp) -> Vec<String> {
    let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
    let plans = plans.as_array().unwrap().iter();
    let wrote = plans.filter(|p| p["kind"] == "groom" && p["done"].as_u64().unwrap() > 0);
    wrote.map(|p| p["run"].as_str().unwrap().to_owned()).collect()
}

/// How many times a field of a task got a value, over the whole project: a write done twice would show here.
fn values_written(app: &TestApp) -> usize {
    let tasks = app.asana.tasks(&app.project);
    let stories = tasks.iter().map(|t| app.asana.stories(t["gid"].as_str().unwrap()));
    stories.flatten().filter(|s| s["custom_field"].is_object()).count()
}

#[test]
fn faults_and_kills_come_to_the_same_end_on_sqlite() {
    comes_to_the_same_end(Kind::Sqlite);
}

#[test]
fn faults_and_kills_come_to_the_same_end_on_postgresql() {
    comes_to_the_same_end(Kind::Postgres);
}

#[test]
fn setup_survives_a_bad_day_and_makes_no_field_twice() {
    let app = TestApp::new();
    app.asana.faults(bad_day());
    let args = ["setup", "--json", "--project", &app.project];
    killed_after(&app, 5, &args);
    run_until_done(&app, &args);
    app.asana.faults(json!({}));
    let path = format!("/workspaces/{}/custom_fields?opt_fields=name", app.asana.workspace);
    let mut names: Vec<String> = app.asana.list(&path).iter().map(|f| f["name"].to_string()).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "{names:?}");
    assert_eq!(app.setup()[0]["requests"]["writes"], 0);
}

#[test]
fn a_token_revoked_in_the_middle_stops_the_run_and_the_next_one_goes_on() {
    let app = world(Kind::Sqlite);
    let args = ["groom", "--apply", "--json", "--project", &app.project];
    app.asana.faults(json!({ "latency_ms": { "min": 5, "max": 5 } }));
    let before = app.asana.writes();
    let child = app.start(&args);
    assert!(app.asana.saw_writes(before + 10, || false));
    app.asana.faults(json!({ "revoked_tokens": [crate::asana::TOKEN] }));
    let stopped = ended(child.wait_with_output().unwrap()).exits(4).json();
    assert!(
        stopped["stopped"].as_str().unwrap().contains("does not accept the token"),
        "{:#}",
        stopped["stopped"]
    );
    app.asana.faults(json!({}));
    app.groom_and_apply();
    let clean = world(Kind::Sqlite);
    clean.groom_and_apply();
    assert_eq!(app.end_state(), clean.end_state());
}
