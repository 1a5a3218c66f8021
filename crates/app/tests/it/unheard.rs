//! What no list of changes shows: tasks that were deleted, or taken out of the project, while nobody heard of it.

use crate::app::{TestApp, clock_ahead};
use crate::asana::PERSON;
use crate::database::Kind;
use crate::serve::{QUICK, connected, connection, settled, sweeps, undated};
use crate::served::{Served, port, until};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A project on which a sweep looks every second.
fn swept(database: Kind) -> TestApp {
    let app = connected(database, "");
    app.configure(&QUICK.replace("[service]\n", "[service]\nsweep_seconds = 1\n"));
    app
}

/// A key for the API that reads.
pub fn key(app: &TestApp) -> String {
    let made = app.upnext(&["api-key", "create", "a test", "--json", "--project", &app.project]).ok();
    made.json()["api_key"].as_str().unwrap().to_owned()
}

/// The tasks in the ranking that people and programs are shown.
pub fn ranked(app: &TestApp, served: &Served, key: &str) -> BTreeSet<String> {
    let url = format!("{}/api/v1/projects/{}/ranking?per_page=100", served.url, app.project);
    let answer = reqwest::blocking::Client::new().get(url).bearer_auth(key).send().unwrap();
    assert_eq!(answer.status(), 200);
    let ranking: Value = answer.json().unwrap();
    let rows = ranking["rows"].as_array().unwrap().iter();
    rows.map(|row| row["gid"].as_str().unwrap().to_owned()).collect()
}

/// Two open tasks: one is deleted, one taken out of the project.
fn lose_two(app: &TestApp) -> [String; 2] {
    let open = |task: &Value| task["completed"] == false && task["name"] != "Prioritize Backlog";
    let tasks = app.asana.tasks(&app.project);
    let mut gids =
        tasks.iter().filter(|task| open(task)).map(|task| task["gid"].as_str().unwrap().to_owned());
    let lost = [gids.next().unwrap(), gids.next().unwrap()];
    app.asana.post(PERSON, &format!("/tasks/{}/removeProject", lost[1]), json!({ "project": app.project }));
    app.asana.delete(&format!("/tasks/{}", lost[0]));
    lost
}

fn within_a_day(database: Kind) {
    let app = swept(database);
    let key = key(&app);
    let served = Served::deaf(&app);
    until("the project is judged and heard of", || {
        let now = connection(&app);
        now["channel"] == "events" && now["read_to"].is_string()
    });
    let all = ranked(&app, &served, &key);
    until("it sweeps by the clock", || sweeps(&served) > 2);
    app.asana.faults(json!({ "lost_events": { "rate": 1.0 } }));
    let lost = lose_two(&app);
    assert!(lost.iter().all(|gid| all.contains(gid)));
    let still = |served: &Served| {
        let from = sweeps(served);
        until("it sweeps", || sweeps(served) > from + 3);
        let ranked = ranked(&app, served, &key);
        assert!(lost.iter().all(|gid| ranked.contains(gid)), "a list of changes does not show it");
    };
    still(&served);
    served.kill();
    // A start is no reason to read everything.
    let served = Served::deaf(&app);
    still(&served);
    served.kill();
    // A day later by the service's clock; at Asana nothing has expired.
    let mut command = app.command(&["serve", "--json", "--listen", "127.0.0.1:0"]);
    command.env("UPNEXT_TEST_CLOCK", clock_ahead(24 * 3600));
    let served = Served::spawn(command);
    let gone = || {
        let ranked = ranked(&app, &served, &key);
        all.iter().all(|gid| ranked.contains(gid) != lost.contains(gid))
    };
    until("what is gone is ranked no more", gone);
    // The next sweeps are ordinary ones again: one list each.
    app.asana.reset_counters();
    let from = sweeps(&served);
    until("it sweeps", || sweeps(&served) > from + 3);
    assert_eq!(app.asana.calls("GET /projects/{project}"), 0);
}

#[test]
fn a_task_that_is_gone_unheard_leaves_the_ranking_within_a_day_on_sqlite() {
    within_a_day(Kind::Sqlite);
}

#[test]
fn a_task_that_is_gone_unheard_leaves_the_ranking_within_a_day_on_postgresql() {
    within_a_day(Kind::Postgres);
}

#[test]
fn after_a_webhook_is_made_anew_what_is_gone_is_found_at_once() {
    let app = connected(Kind::Sqlite, "");
    let (key, port) = (key(&app), port());
    let served = Served::at(&app, port);
    settled(&app, "webhook");
    served.kill();
    let hooks = app.asana.list(&format!("/webhooks?workspace={}", app.asana.workspace));
    app.asana.delete(&format!("/webhooks/{}", hooks[0]["gid"].as_str().unwrap()));
    let lost = lose_two(&app);
    let served = Served::at(&app, port);
    until("what is gone is ranked no more", || ranked(&app, &served, &key).is_disjoint(&lost.clone().into()));
}

#[test]
fn after_an_event_streams_token_has_expired_what_is_gone_is_found_at_once() {
    let app = connected(Kind::Sqlite, "");
    let key = key(&app);
    let served = Served::deaf(&app);
    settled(&app, "events");
    served.kill();
    let lost = lose_two(&app);
    // By Asana's clock alone: for the service no day has passed.
    app.asana.jump(25 * 3600);
    let served = Served::deaf(&app);
    until("what is gone is ranked no more", || ranked(&app, &served, &key).is_disjoint(&lost.clone().into()));
}

#[test]
fn a_task_that_is_done_leaves_the_ranking_though_nothing_is_written() {
    let app = connected(Kind::Sqlite, "");
    let key = key(&app);
    let served = Served::start(&app);
    settled(&app, "webhook");
    let task = undated(&app);
    assert!(ranked(&app, &served, &key).contains(&task));
    app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "completed": true }));
    until("what is done is ranked no more", || !ranked(&app, &served, &key).contains(&task));
}
