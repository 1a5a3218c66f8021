//! Projects that are heard of by their event stream, because Asana makes no webhook: more than one answer holds, and a token that has
//! expired.

use crate::app::{Setting, TestApp};
use crate::asana::PERSON;
use crate::backlog;
use crate::database::Kind;
use crate::serve::{QUICK, fit, idle, score, settled, sweeps, today, undated, urgent};
use crate::served::{Served, until};
use crate::unheard::{key, ranked};
use serde_json::{Value, json};

/// A service whose webhooks Asana refuses, over a project of so many tasks.
fn refused(tasks: usize, database: Kind) -> (TestApp, Served) {
    let app = TestApp::with(Setting {
        backlogs: vec![backlog::mixed(tasks)],
        sandbox: &["--limits", "off", "--demo", "--loopback-webhooks", "off"],
        config: QUICK,
        database,
        ..Setting::default()
    });
    app.setup();
    app.upnext(&["connect", "--project", &app.project]).ok();
    let served = Served::start(&app);
    settled(&app, "events");
    (app, served)
}

/// Undated open tasks that were scored.
fn changeable(app: &TestApp) -> Vec<String> {
    let tasks = app.asana.tasks(&app.project);
    tasks.iter().filter(|task| fit(task)).map(|task| task["gid"].as_str().unwrap().to_owned()).collect()
}

fn change(app: &TestApp, task: &str, data: Value) {
    app.asana.put(PERSON, &format!("/tasks/{task}"), data);
}

#[test]
fn more_events_than_an_answer_holds_are_read_to_the_last() {
    let (app, served) = refused(150, Kind::Sqlite);
    served.kill();
    let tasks = changeable(&app);
    let before: Vec<f64> = tasks.iter().map(|task| score(&app, task)).collect();
    for (n, task) in tasks.iter().enumerate() {
        // A story and a change of the task each.
        change(&app, task, json!({ "name": format!("Another name {n}") }));
        change(&app, task, json!({ "due_on": today() }));
    }
    assert!(4 * tasks.len() > 300, "too few for a fourth answer: {}", tasks.len());
    app.asana.reset_counters();
    // It asks once or twice at its start, then not for an hour.
    app.configure(&QUICK.replace("poll_seconds = 1", "poll_seconds = 3600"));
    let served = Served::start(&app);
    until("every score rises", || tasks.iter().zip(&before).all(|(task, was)| score(&app, task) > *was));
    assert!(app.asana.calls("GET /events") >= 4, "{}", app.asana.counters()["routes"]);
    assert_eq!(sweeps(&served), 0, "it was told, not found");
}

fn nothing_is_lost_with_a_token_that_has_expired(database: Kind) {
    let (app, served) = refused(40, database);
    let key = key(&app);
    served.kill();
    let tasks = changeable(&app);
    let [risen, renamed, done, deleted, away] = &tasks[..5] else { panic!("{tasks:?}") };
    let before = score(&app, risen);
    change(&app, risen, json!({ "due_on": today() }));
    change(&app, renamed, json!({ "name": "Another name" }));
    change(&app, done, json!({ "completed": true }));
    app.asana.delete(&format!("/tasks/{deleted}"));
    app.asana.post(PERSON, &format!("/tasks/{away}/removeProject"), json!({ "project": app.project }));
    let new = json!({ "name": "A new task", "projects": [app.project], "due_on": today() });
    let new = app.asana.post(PERSON, "/tasks", new)["gid"].as_str().unwrap().to_owned();
    // By Asana's clock alone: for the service no day has passed.
    app.asana.jump(25 * 3600);
    app.asana.reset_counters();
    let served = Served::start(&app);
    until("what changed is written", || score(&app, risen) > before + 5.0 && score(&app, &new) > 0.0);
    until("what is there no more is ranked no more", || {
        let ranked = ranked(&app, &served, &key);
        [done, deleted, away].iter().all(|gid| !ranked.contains(*gid))
            && [risen, renamed, &new].iter().all(|gid| ranked.contains(*gid))
    });
    assert!(app.asana.counters()["statuses"]["412"].as_u64().unwrap() >= 1);
    until("nothing is left to do", || idle(&app));
    // The stream goes on from there.
    let (swept, refused) = (sweeps(&served), app.asana.counters()["statuses"]["412"].clone());
    urgent(&app, &undated(&app));
    assert_eq!((sweeps(&served), &app.asana.counters()["statuses"]["412"]), (swept, &refused));
}

#[test]
fn nothing_is_lost_with_a_token_that_has_expired_on_sqlite() {
    nothing_is_lost_with_a_token_that_has_expired(Kind::Sqlite);
}

#[test]
fn nothing_is_lost_with_a_token_that_has_expired_on_postgresql() {
    nothing_is_lost_with_a_token_that_has_expired(Kind::Postgres);
}
