//! The service: hearing, looking, writing back, and staying right whatever happens.

use crate::app::{Setting, TestApp};
use crate::asana::shown;
use crate::backlog;
use crate::database::Kind;
use crate::served::{Served, port, until};
use serde_json::{Value, json};
use std::process::Command;

/// Quick to look, so that no test waits for long.
pub const QUICK: &str = "[service]\nsettle_ms = 50\nsettle_at_most_ms = 1000\npoll_seconds = 1\nlease_seconds = 5\n\
    [service.retry]\nfirst_seconds = 1\nmost_seconds = 2\n";

/// A connected project, with fields.
pub fn connected(database: Kind, config: &str) -> TestApp {
    let config = format!("{QUICK}{config}");
    let app = TestApp::with(Setting {
        backlogs: vec![backlog::mixed(30)],
        database,
        sandbox: &["--limits", "off", "--demo"],
        config: &config,
        ..Setting::default()
    });
    app.setup();
    app.upnext(&["connect", "--project", &app.project]).ok();
    app
}

pub fn connection(app: &TestApp) -> Value {
    app.upnext(&["connections", "--json"]).ok().json()[0].clone()
}

/// Everything was looked at, and the project is heard of.
pub fn settled(app: &TestApp, channel: &str) {
    until("the project is judged and heard of", || {
        let now = connection(app);
        now["channel"] == channel && now["read_to"].is_string() && idle(app)
    });
}

/// Nothing is due and nothing is being worked on.
pub fn idle(app: &TestApp) -> bool {
    let jobs = app.upnext(&["jobs", "list", "--json"]).ok().json();
    let at_once = |job: &Value| ["recalculate", "groom"].contains(&job["job"]["kind"].as_str().unwrap());
    let runs = |job: &Value| job["job"]["state"] == "leased";
    !jobs.as_array().unwrap().iter().any(|job| at_once(job) || runs(job))
}

pub fn score(app: &TestApp, task: &str) -> f64 {
    app.asana.value(task, "AI Priority Score").as_str().map_or(-1.0, |text| text.parse().unwrap())
}

/// Whether a task is open, without a due date and scored.
pub fn fit(task: &Value) -> bool {
    task["due_on"].is_null() && task["completed"] == false && !shown(task, "AI Priority Score").is_null()
}

/// An open task without a due date.
pub fn undated(app: &TestApp) -> String {
    let tasks = app.asana.tasks(&app.project);
    let task = tasks.iter().find(|t| fit(t)).unwrap();
    task["gid"].as_str().unwrap().to_owned()
}

/// The task of a band that is nearest to the next.
fn highest_of(app: &TestApp, band: &str) -> String {
    let mut tasks = app.asana.tasks(&app.project);
    tasks.retain(|t| fit(t) && shown(t, "Suggested Priority") == band);
    let points = |t: &Value| shown(t, "AI Priority Score").as_str().unwrap().parse::<f64>().unwrap();
    let highest = tasks.iter().max_by(|a, b| points(a).total_cmp(&points(b))).unwrap();
    highest["gid"].as_str().unwrap().to_owned()
}

pub fn today() -> String {
    let out = Command::new("date").args(["-u", "+%F"]).output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// Makes a task urgent as a person would, and waits until its score says so.
pub fn urgent(app: &TestApp, task: &str) {
    let before = score(app, task);
    app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), json!({ "due_on": today() }));
    until("the score rises", || score(app, task) > before + 5.0);
}

fn a_change_is_written_back(database: Kind) {
    let app = connected(database, "");
    let served = Served::start(&app);
    settled(&app, "webhook");
    let task = undated(&app);
    urgent(&app, &task);
    until("nothing is left to do", || idle(&app));
    // Our own writes come back as events and lead to nothing more.
    let writes = app.asana.writes();
    until("the echo has been heard", || served.metrics().contains("upnext_changes_unseen 0"));
    until("nothing is left to do", || idle(&app));
    assert_eq!(app.asana.writes(), writes, "an echo was answered");
    // What changed is the newest plan, and it replays.
    let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
    let looks = || plans.as_array().unwrap().iter().filter(|plan| plan["kind"] == "recalculate");
    let plan = looks().find(|plan| plan["done"] != 0).unwrap();
    assert_eq!(looks().next(), Some(plan), "an echo was taken for a change");
    app.upnext(&["plan", "replay", plan["id"].as_str().unwrap()]).ok();
    let run = plan["run"].as_str().unwrap();
    let (code, log) = served.stop();
    assert_eq!(code, 0, "{log}");
    // And it is undone like any other run.
    let risen = score(&app, &task);
    app.upnext(&["undo", run]).ok();
    assert!(score(&app, &task) < risen);
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn a_change_is_written_back_on_sqlite() {
    a_change_is_written_back(Kind::Sqlite);
}

#[test]
fn a_change_is_written_back_on_postgresql() {
    a_change_is_written_back(Kind::Postgres);
}

#[test]
fn without_webhooks_the_event_stream_does_the_same() {
    let app = connected(Kind::Sqlite, "");
    let _served = Served::deaf(&app);
    settled(&app, "events");
    urgent(&app, &undated(&app));
    assert_eq!(app.asana.calls("POST /webhooks"), 0);
}

#[test]
fn where_asana_makes_no_webhook_its_event_stream_is_asked() {
    let app = TestApp::with(Setting {
        sandbox: &["--limits", "off", "--demo", "--loopback-webhooks", "off"],
        config: QUICK,
        ..Setting::default()
    });
    app.setup();
    app.upnext(&["connect", "--project", &app.project]).ok();
    let _served = Served::start(&app);
    settled(&app, "events");
    urgent(&app, &undated(&app));
}

#[test]
fn what_no_webhook_told_is_found_by_the_sweep() {
    let app = connected(Kind::Sqlite, "");
    // A sweep in every second.
    app.configure(&QUICK.replace("[service]\n", "[service]\nsweep_seconds = 1\n"));
    let served = Served::start(&app);
    settled_but_for_sweeps(&app);
    // The first look and the one after the webhook was made are no sweeps by the clock.
    until("it sweeps by the clock", || sweeps(&served) > 2);
    app.asana.faults(json!({ "lost_events": { "rate": 1.0 } }));
    urgent(&app, &undated(&app));
}

/// Sweeps that ended.
pub fn sweeps(served: &Served) -> u64 {
    let metrics = served.metrics();
    let line = metrics.lines().find(|l| l.starts_with("upnext_jobs_ended_total{") && l.contains("sweep"));
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

#[test]
fn a_plan_that_was_only_looked_at_hides_no_change_from_the_sweep() {
    let app = connected(Kind::Sqlite, "");
    app.configure(&QUICK.replace("[service]\n", "[service]\nsweep_seconds = 1\n"));
    let served = Served::start(&app);
    settled_but_for_sweeps(&app);
    served.kill();
    app.asana.faults(json!({ "lost_events": { "rate": 1.0 } }));
    let task = undated(&app);
    let before = score(&app, &task);
    app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), json!({ "due_on": today() }));
    app.groom();
    assert_eq!(score(&app, &task), before);
    let _served = Served::start(&app);
    until("the score rises", || score(&app, &task) > before + 5.0);
}

#[test]
fn while_nothing_changes_a_sweep_costs_one_request() {
    let app = TestApp::with(Setting {
        backlogs: vec![backlog::mixed(250)],
        sandbox: &["--limits", "off", "--demo"],
        config: &QUICK.replace("[service]\n", "[service]\nsweep_seconds = 1\n"),
        ..Setting::default()
    });
    app.setup();
    app.upnext(&["connect", "--project", &app.project]).ok();
    let served = Served::start(&app);
    settled_but_for_sweeps(&app);
    assert!(app.asana.calls("PUT /tasks/{task}") > 100, "too few writes for a second page");
    let lists = |of: u64| {
        app.asana.reset_counters();
        let from = sweeps(&served);
        until("sweeps were made", || sweeps(&served) >= from + of);
        app.asana.calls("GET /tasks")
    };
    // For some seconds they still list what the groom wrote, which is more than a page.
    // Of three that are counted two are counted whole.
    until("our own writes lie behind it", || lists(3) <= 3);
    let five = lists(5);
    assert!((5..=7).contains(&five), "{five} requests for five sweeps");
}

fn settled_but_for_sweeps(app: &TestApp) {
    until("the project is judged and heard of", || {
        let now = connection(app);
        now["channel"] == "webhook" && now["read_to"].is_string()
    });
}

#[test]
fn a_webhook_that_was_deleted_is_made_again_and_what_it_missed_is_found() {
    let app = connected(Kind::Sqlite, "");
    let port = port();
    let served = Served::at(&app, port);
    settled(&app, "webhook");
    served.kill();
    let hooks = || app.asana.list(&format!("/webhooks?workspace={}", app.asana.workspace));
    let first = hooks();
    assert_eq!(first.len(), 1);
    app.asana.delete(&format!("/webhooks/{}", first[0]["gid"].as_str().unwrap()));
    let task = undated(&app);
    let before = score(&app, &task);
    app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), json!({ "due_on": today() }));

    let served = Served::at(&app, port);
    until("what it missed is found", || score(&app, &task) > before + 5.0);
    assert_eq!(hooks().len(), 1);
    assert_ne!(hooks()[0]["gid"], first[0]["gid"]);
    // The service moves: its old webhook goes, a new one comes.
    served.kill();
    let second = hooks()[0]["gid"].clone();
    let _served = Served::start(&app);
    until("the webhook moved", || matches!(&hooks()[..], [one] if one["gid"] != second));
    settled(&app, "webhook");
    // And goes with the connection.
    app.upnext(&["disconnect", "--project", &app.project]).ok();
    assert!(hooks().is_empty());
    app.upnext(&["disconnect", "--project", &app.project]).exits(2).says(&["is not connected"]);
}

#[test]
fn only_what_asana_signed_is_taken() {
    let app = connected(Kind::Sqlite, "");
    let served = Served::start(&app);
    settled(&app, "webhook");
    let hooks = app.asana.list(&format!("/webhooks?workspace={}&opt_fields=target", app.asana.workspace));
    let target = hooks[0]["target"].as_str().unwrap();
    let http = reqwest::blocking::Client::new();
    let body = r#"{"events":[]}"#;
    let status = |call: reqwest::blocking::RequestBuilder| call.send().unwrap().status().as_u16();
    assert_eq!(status(http.post(target).body(body)), 401);
    assert_eq!(status(http.post(target).header("X-Hook-Signature", "0".repeat(64)).body(body)), 401);
    // A secret that nobody waits for does not replace the one there is, nor make one where there is none.
    assert_eq!(status(http.post(target).header("X-Hook-Secret", "mine").body("")), 403);
    let unknown = format!("{}/webhooks/{}", served.url, "0".repeat(64));
    assert_eq!(status(http.post(&unknown).header("X-Hook-Secret", "mine").body("")), 403);
    assert_eq!(status(http.post(&unknown).body(body)), 404);
    let large = vec![b' '; 5 * 1024 * 1024];
    assert_eq!(status(http.post(target).body(large)), 413);
    assert!(
        served.metrics().contains(r#"upnext_deliveries_total{ending="forged"} 2"#),
        "{}",
        served.metrics()
    );
    urgent(&app, &undated(&app));
    // No secret of Asana's is in the store as it is.
    let (_, log) = served.stop();
    assert!(!log.contains("sandbox-token"), "{log}");
}

#[test]
fn a_killed_service_goes_on_where_it_was() {
    let app = connected(Kind::Sqlite, "");
    let port = port();
    let served = Served::at(&app, port);
    settled(&app, "webhook");
    let tasks: Vec<String> = app
        .asana
        .tasks(&app.project)
        .iter()
        .filter(|t| fit(t))
        .map(|t| t["gid"].as_str().unwrap().to_owned())
        .take(6)
        .collect();
    let before: Vec<f64> = tasks.iter().map(|task| score(&app, task)).collect();
    let mut served = Some(served);
    for task in &tasks {
        app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), json!({ "due_on": today() }));
        served.take().unwrap().kill();
        served = Some(Served::at(&app, port));
    }
    for (task, before) in tasks.iter().zip(before) {
        until("every score rises", || score(&app, task) > before + 5.0);
    }
    until("nothing is left to do", || idle(&app));
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn completing_the_host_task_starts_a_groom() {
    let app = connected(Kind::Sqlite, "");
    let _served = Served::start(&app);
    settled(&app, "webhook");
    let host = app.host().unwrap();
    let grooms = || {
        let plans = app.upnext(&["plan", "list", "--json", "--limit", "100"]).ok().json();
        plans.as_array().unwrap().iter().filter(|plan| plan["kind"] == "groom").count()
    };
    let before = grooms();
    app.asana.put("sandbox-person-token", &format!("/tasks/{host}"), json!({ "completed": true }));
    until("a groom was made", || grooms() == before + 1);
    until("nothing is left to do", || idle(&app));
    assert_eq!(grooms(), before + 1);
}

#[test]
fn the_owner_is_told_once_in_one_comment() {
    let app = connected(Kind::Sqlite, "[policy.notices]\nbands = [\"P0\", \"P1\", \"P2\"]\n");
    let _served = Served::start(&app);
    settled(&app, "webhook");
    let me = app.asana.call("sandbox-person-token", "GET", "/users/me", None).unwrap();
    let task = highest_of(&app, "P3");
    let notes = || {
        let mut comments = app.asana.comments(&task);
        comments.retain(|c| c["text"].as_str().unwrap().starts_with("Upnext · note to the owner"));
        comments
    };
    app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), json!({ "assignee": me["gid"] }));
    urgent(&app, &task);
    until("the owner is told", || notes().len() == 1);
    let text = notes()[0]["text"].as_str().unwrap().to_owned();
    assert!(text.contains("(was P3)") && text.ends_with(me["gid"].as_str().unwrap()), "{text}");
    until("nothing is left to do", || idle(&app));
    // Another change says nothing new.
    app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), json!({ "name": "Another name" }));
    until("it was looked at", || {
        let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
        plans[0]["kind"] == "recalculate" && idle(&app)
    });
    assert_eq!((notes().len(), notes()[0]["text"].as_str().unwrap()), (1, text.as_str()));
}

#[test]
fn a_note_about_a_date_at_risk_is_taken_back_in_place_and_no_new_one_is_made_for_it() {
    let app = connected(Kind::Sqlite, "[policy.notices]\nbands = []\n");
    let _served = Served::start(&app);
    settled(&app, "webhook");
    let tasks = app.asana.tasks(&app.project);
    let mut open = tasks.iter().filter(|task| fit(task)).map(|task| task["gid"].as_str().unwrap());
    let (task, [first, second]) = (open.next().unwrap(), [open.next().unwrap(), open.next().unwrap()]);
    let put = |task: &str, data: Value| {
        drop(app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), data))
    };
    let notes = || {
        let mut comments = app.asana.comments(task);
        comments.retain(|c| c["text"].as_str().unwrap().starts_with("Upnext · note to the owner"));
        comments
    };
    let says = |what: &str| matches!(&notes()[..], [one] if one["text"].as_str().unwrap().contains(what));
    let waits_for = |other: &str| {
        let on = json!({ "dependencies": [other] });
        app.asana.post("sandbox-person-token", &format!("/tasks/{task}/addDependencies"), on);
        put(other, json!({ "due_on": "2039-01-03" }));
    };
    let me = app.asana.call("sandbox-person-token", "GET", "/users/me", None).unwrap();
    put(task, json!({ "assignee": me["gid"], "due_on": "2038-01-04" }));
    waits_for(first);
    until("the owner is told", || says("Date at risk: due 2038-01-04"));
    let story = notes()[0]["gid"].clone();
    put(first, json!({ "completed": true }));
    until("it is taken back", || says("The date is no longer at risk."));
    assert_eq!(notes()[0]["gid"], story);
    until("nothing is left to do", || idle(&app));
    let edits = app.asana.calls("PUT /stories/{story}");
    assert_eq!(edits, 1);
    // Another change says nothing new.
    let looked = looks(&app);
    put(task, json!({ "due_on": "2038-01-05" }));
    until("it was looked at", || looks(&app) > looked && idle(&app));
    assert_eq!(app.asana.calls("PUT /stories/{story}"), edits);
    // Told anew, deleted by somebody, and over: there is nothing left to take back.
    waits_for(second);
    until("the owner is told", || says("Date at risk: due 2038-01-05"));
    until("nothing is left to do", || idle(&app));
    app.asana.delete(&format!("/stories/{}", story.as_str().unwrap()));
    let looked = looks(&app);
    put(second, json!({ "completed": true }));
    until("it was looked at", || looks(&app) > looked && idle(&app));
    assert!(notes().is_empty(), "{:?}", notes());
}

#[test]
fn a_timetable_fires_and_wrong_ones_are_refused() {
    let app = connected(Kind::Sqlite, "");
    let every = "schedules = [{ workflow = \"groom\", cron = \"* * * * * *\" }]\n";
    app.configure(&format!("[service]\n{every}"));
    let _served = Served::deaf(&app);
    until("it fired twice", || {
        let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
        plans.as_array().unwrap().iter().filter(|plan| plan["kind"] == "groom").count() >= 3
    });
    app.configure("[service]\nschedules = [{ workflow = \"groom\", cron = \"at seven\" }]\n");
    app.upnext(&["connections"]).exits(2).says(&["service.schedules[0]", "at seven"]);
    let twice = ["0 7 * * *", "0 19 * * *"].map(|cron| format!("{{ workflow = 'groom', cron = '{cron}' }}"));
    app.configure(&format!("[service]\nschedules = [{}]\n", twice.join(", ")));
    app.upnext(&["connections"]).exits(2).says(&[
        "service.schedules[1]",
        "service.schedules[0]",
        "one `cron`",
    ]);
}

#[test]
fn dates_in_danger_and_the_plan_of_a_sprint_are_told_by_the_clock() {
    let app = connected(Kind::Sqlite, "");
    let every = ["risk", "sprint"].map(|word| format!("{{ workflow = '{word}', cron = '* * * * * *' }}"));
    app.configure(&format!("[service]\nschedules = [{}]\n", every.join(", ")));
    let served = Served::deaf(&app);
    let posts = || {
        let comments = app.host().map(|host| app.asana.comments(&host)).unwrap_or_default();
        let text = |story: &Value| story["text"].as_str().unwrap_or_default().to_owned();
        comments.iter().map(text).filter(|text| text.starts_with("Upnext · plan of the sprint")).count()
    };
    until("both were done", || {
        let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
        let of = |kind: &str| plans.as_array().unwrap().iter().filter(|plan| plan["kind"] == kind).count();
        of("risk") > 0 && of("preview") > 0 && posts() > 0
    });
    served.kill();
    assert_eq!(posts(), 1, "one comment, edited in place");
}

#[test]
fn jobs_that_were_given_up_are_listed_tried_again_and_dropped() {
    let app = connected(Kind::Sqlite, "tries = 2\n");
    let served = Served::deaf(&app);
    settled(&app, "events");
    app.asana.faults(json!({ "server_error": { "rate": 1.0 } }));
    let dead = || app.upnext(&["jobs", "list", "--json", "--state", "dead"]).ok().json();
    until("a job is given up", || !dead().as_array().unwrap().is_empty());
    let job = dead()[0]["job"]["id"].as_i64().unwrap().to_string();
    let text = app.upnext(&["jobs", "list", "--state", "dead"]).ok().out;
    assert!(text.contains(&format!("upnext jobs retry {job}")), "{text}");
    assert!(connection(&app)["trouble"].is_string() || dead()[0]["job"]["kind"] != "sweep");
    served.kill();
    app.upnext(&["jobs", "retry", &job, "--by", "Dana"]).ok();
    app.upnext(&["jobs", "retry", &job]).exits(2).says(&["no job", "given up"]);
    app.upnext(&["jobs", "drop", "99999"]).exits(2).says(&["upnext jobs list"]);
    app.database.sql(
        "INSERT INTO jobs (kind, key, lane, payload, priority, state, made_at, run_at, tries, lease) \
         VALUES ('sweep', 'sweep:4242', 'project:4242', '{}', 9, 'dead', 0, 0, 2, 0)",
    );
    let left = dead()[0]["job"]["id"].as_i64().unwrap().to_string();
    app.upnext(&["jobs", "drop", &left]).ok();
    // Who did it is in the audit trail; what was refused is not.
    let noted: Vec<Value> = app.audit().into_iter().filter(|entry| entry["kind"] == "job").collect();
    let actors: Vec<&Value> = noted.iter().map(|entry| &entry["actor"]).collect();
    assert_eq!(actors, [&json!("Dana"), &json!("command line")], "{noted:#?}");
    assert_eq!(noted[1]["subject"], format!("job {left}"));
    assert!(noted[1]["body"].as_str().unwrap().contains("sweep:4242"), "{noted:#?}");
    app.asana.faults(json!({}));
    let _served = Served::deaf(&app);
    urgent(&app, &undated(&app));
}

#[test]
fn workers_share_the_jobs_and_one_that_is_killed_is_replaced() {
    let app = connected(Kind::Postgres, "");
    let served = Served::start(&app);
    let worker = Served::worker(&app);
    settled(&app, "webhook");
    // The one that takes the next job is slow, and is killed over it.
    app.asana.faults(json!({ "latency_ms": { "min": 400, "max": 400 } }));
    let task = undated(&app);
    let before = score(&app, &task);
    app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), json!({ "due_on": today() }));
    let leased = || {
        let jobs = app.upnext(&["jobs", "list", "--json", "--state", "leased"]).ok().json();
        jobs.as_array().unwrap().iter().any(|job| job["job"]["kind"] == "recalculate")
    };
    until("a job is being worked on", leased);
    served.kill();
    until("the score rises", || score(&app, &task) > before + 5.0);
    until("nothing is left to do", || idle(&app));
    let (writes, again) = app.asana.written_again();
    assert!(writes > 10 && again.is_empty(), "{writes}: written twice: {again:#?}");
    let (code, log) = worker.stop();
    assert_eq!(code, 0, "{log}");
}

#[test]
fn a_rule_of_the_teams_tells_instead_and_is_started_once() {
    let app = connected(Kind::Sqlite, "");
    let owner = app.asana.call("sandbox-person-token", "GET", "/users/me", None).unwrap()["gid"].clone();
    let field = app.asana.fields(&app.project)["Category"].clone();
    let options = app.asana.get(&format!("/custom_fields/{field}?opt_fields=enum_options.gid"));
    let option = options["enum_options"][0]["gid"].clone();
    let rule = json!({ "what": "rule_trigger", "project": app.project, "owner": owner, "custom_fields": { field: option } });
    let trigger = app.asana.make(rule);
    let notices =
        format!("[policy.notices]\nbands = [\"P0\", \"P1\", \"P2\"]\nrule_trigger = \"{trigger}\"\n");
    app.configure(&format!("{QUICK}{notices}"));
    let _served = Served::start(&app);
    settled(&app, "webhook");
    let task = highest_of(&app, "P3");
    app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), json!({ "assignee": owner }));
    urgent(&app, &task);
    until("the rule ran", || !app.asana.value(&task, "Category").is_null());
    // The rule's own write comes back as a change and starts nothing more.
    until("nothing is left to do", || idle(&app));
    assert_eq!(app.asana.calls("POST /rule_triggers/{rule_trigger}/run"), 1);
    let comments = app.asana.comments(&task);
    assert!(comments.iter().all(|c| !c["text"].as_str().unwrap().starts_with("Upnext")), "{comments:?}");
}

#[test]
fn a_task_that_changes_all_day_is_not_written_all_day() {
    let app = connected(Kind::Sqlite, "[policy]\nrewrites_a_day = 3\nmin_change = 0.1\n");
    let served = Served::start(&app);
    settled(&app, "webhook");
    let task = undated(&app);
    // One by the first groom, two more, and no further one.
    let mut scores = vec![score(&app, &task)];
    for day in ["2020-01-01", "2099-01-01", "2020-01-01"] {
        let looked = looks(&app);
        app.asana.put("sandbox-person-token", &format!("/tasks/{task}"), json!({ "due_on": day }));
        until("the change was looked at", || looks(&app) > looked && idle(&app));
        scores.push(score(&app, &task));
    }
    assert!(scores[0] != scores[1] && scores[1] != scores[2], "{scores:?}");
    assert_eq!(scores[3], scores[2]);
    served.kill();
    // A groom is no answer to a change: it writes.
    app.groom_and_apply();
    assert_eq!(score(&app, &task), scores[1]);
}

/// Plans made so far.
pub fn looks(app: &TestApp) -> usize {
    app.upnext(&["plan", "list", "--json", "--limit", "1000"]).ok().json().as_array().unwrap().len()
}

#[test]
fn in_quiet_hours_nothing_is_written() {
    let app = connected(Kind::Sqlite, "");
    app.configure(
        &QUICK.replace("[service]\n", "[service]\nquiet_from = \"00:00\"\nquiet_to = \"23:59:59\"\n"),
    );
    let _served = Served::start(&app);
    let writes = || app.asana.calls("PUT /tasks/{task}");
    until("the sweep waits for the end of quiet hours", || {
        let jobs = app.upnext(&["jobs", "list", "--json"]).ok().json();
        let sweep = jobs.as_array().unwrap().iter().find(|job| job["job"]["kind"] == "sweep").cloned();
        sweep.is_some_and(|job| {
            job["job"]["state"] == "ready"
                && job["job"]["error"].as_str().unwrap_or_default().contains("quiet hours")
        })
    });
    assert_eq!(writes(), 0);
}
