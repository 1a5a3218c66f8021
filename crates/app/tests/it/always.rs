//! The service in a hurry and beside others: bursts of changes, commands that share its budget, quiet hours that were changed.

use crate::app::{Setting, TestApp, clock_from_now};
use crate::asana::PERSON;
use crate::backlog;
use crate::database::Kind;
use crate::serve::{QUICK, connected, connection, idle, looks, settled, today};
use crate::served::{Served, port, until};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};

const PAIRS: usize = 30;

/// Pairs of tasks, the second of which waits for the first.
fn pairs() -> String {
    let task = |n: usize| {
        let mut task = json!({ "id": format!("T-{n}"), "title": format!("Task {n}"), "description": "Somebody needs this." });
        if n >= PAIRS {
            task["depends_on"] = json!([format!("T-{}", n - PAIRS)]);
        }
        task
    };
    backlog::text(&(0..2 * PAIRS).map(task).collect::<Vec<Value>>())
}

/// How often each task's fields were written, by the audit's rows from `from` on.
fn written(app: &TestApp, from: usize) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    for entry in app.audit().into_iter().skip(from) {
        let body = match &entry["body"] {
            Value::String(text) => serde_json::from_str(text).unwrap(),
            body => body.clone(),
        };
        let id = body["action"]["id"].as_str().unwrap_or_default();
        if let Some(task) = id.strip_prefix("act_fields_")
            && body["outcome"]["kind"].to_string().contains("done")
        {
            *times.entry(task.to_owned()).or_default() += 1;
        }
    }
    times
}

#[test]
fn a_task_that_a_burst_moves_twice_is_written_once() {
    let config = "[service]\nsettle_ms = 1500\nsettle_at_most_ms = 1500\nburst_ms = 6000\n";
    let app = TestApp::with(Setting {
        backlogs: vec![pairs()],
        sandbox: &["--limits", "off", "--demo"],
        config,
        ..Setting::default()
    });
    app.setup();
    app.upnext(&["connect", "--project", &app.project]).ok();
    let served = Served::start(&app);
    settled(&app, "webhook");
    let mut tasks: Vec<(usize, String)> = app
        .asana
        .tasks(&app.project)
        .iter()
        .filter_map(|task| {
            let number = task["name"].as_str()?.strip_prefix("Task ")?.parse().ok()?;
            Some((number, task["gid"].as_str()?.to_owned()))
        })
        .collect();
    tasks.sort();
    let before = app.audit().len();
    // Twice as long as an ordinary look waits: first what others wait for, then those others, which moves the first again.
    let begun = Instant::now();
    for (_, task) in &tasks {
        app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": today() }));
        std::thread::sleep(Duration::from_millis(60));
    }
    assert!(begun.elapsed() > Duration::from_secs(3));
    let times = || written(&app, before);
    until("every changed task is written", || tasks.iter().all(|(_, task)| times().contains_key(task)));
    until("all was looked at", || served.metrics().contains("upnext_changes_unseen 0") && idle(&app));
    let again: Vec<usize> = times().into_values().filter(|times| *times > 1).collect();
    assert!(again.is_empty(), "written again: {again:?}");
}

#[test]
fn a_command_beside_a_service_keeps_within_their_one_budget() {
    // So slow that any machine reaches it.
    const PER_SECOND: f64 = 5.0;
    let app = TestApp::with(Setting {
        backlogs: vec![backlog::mixed(15), backlog::mixed(40)],
        sandbox: &["--limits", "off", "--demo"],
        ..Setting::default()
    });
    let project = |at: usize| app.asana.imports[at]["project"].as_str().unwrap().to_owned();
    let (busy, other) = (project(0), project(1));
    for project in [&busy, &other] {
        app.upnext(&["setup", "--project", project]).ok();
    }
    app.upnext(&["connect", "--project", &busy]).ok();
    // The service never rests.
    let config = "[asana]\nrequests_per_minute = 300\n[service]\n\
        schedules = [{ workflow = 'groom', cron = '* * * * * *' }, { workflow = 'risk', cron = '* * * * * *' }]\n";
    std::fs::write(app.home.path().join("config/upnext/config.toml"), config).unwrap();
    let served = Served::deaf(&app);
    let grooms = || {
        let plans = app.upnext(&["plan", "list", "--json", "--limit", "1000"]).ok().json();
        let of_busy = |plan: &&Value| plan["kind"] == "groom" && plan["project"] == busy.as_str();
        plans.as_array().unwrap().iter().filter(of_busy).count()
    };
    until("the service is at work", || grooms() > 1);
    let requests = || {
        let counters = app.asana.counters();
        counters["reads"].as_u64().unwrap() + counters["writes"].as_u64().unwrap()
    };
    let (before, groomed, begun) = (requests(), grooms(), Instant::now());
    app.upnext(&["groom", "--apply", "--project", &other]).ok();
    let seconds = begun.elapsed().as_secs_f64();
    let sent = requests() - before;
    // What may go at once after a pause is two seconds' worth.
    let most = PER_SECOND * (seconds + 2.0) + 1.0;
    assert!((sent as f64) <= most, "{sent} requests in {seconds:.1} s, at most {most:.0}");
    assert!(grooms() > groomed, "the service stood still meanwhile");
    // What the command had is the service's again.
    let (before, begun) = (requests(), Instant::now());
    until("the service goes on", || requests() > before + 30);
    assert!(begun.elapsed() < Duration::from_secs(30));
    drop(served);
}

#[test]
fn a_job_that_takes_longer_than_its_lease_is_held_to_its_end() {
    // Leases are of five seconds.
    let app = connected(Kind::Sqlite, "");
    app.asana.faults(json!({ "latency_ms": { "min": 1500, "max": 1500 } }));
    let served = Served::start(&app);
    settled(&app, "webhook");
    let metrics = served.metrics();
    let line = metrics.lines().find(|l| l.starts_with("upnext_job_duration_seconds_sum{kind=\"sweep\"}"));
    let seconds: f64 = line.unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(seconds > 11.0, "done within {seconds} s");
    let (code, log) = served.stop();
    assert_eq!(code, 0, "{log}");
    assert!(!log.contains("is free again") && !log.contains("somebody else has this job"), "{log}");
}

#[test]
fn a_webhook_that_was_deleted_is_made_again_by_the_same_process() {
    // By a clock of a minute a second: webhooks are looked after every ten.
    const SPEED: u64 = 60;
    let config = "[service]\nsweep_seconds = 86400\npoll_seconds = 86400\nlease_seconds = 86400\n";
    let sandbox = &["--limits", "off", "--demo"];
    let app = TestApp::with(Setting { config, sandbox, ..Setting::default() });
    app.setup();
    app.upnext(&["connect", "--project", &app.project]).ok();
    app.asana.run_clock(SPEED);
    let (listen, url) = address();
    let mut command = app.command(&["serve", "--json", "--listen", &listen, "--public-url", &url]);
    command.env("UPNEXT_TEST_CLOCK", clock_from_now(SPEED));
    let _served = Served::spawn(command);
    let hooks = || app.asana.list(&format!("/webhooks?workspace={}", app.asana.workspace));
    until("a webhook is made", || hooks().len() == 1);
    let first = hooks()[0]["gid"].clone();
    app.asana.delete(&format!("/webhooks/{}", first.as_str().unwrap()));
    until("another is made", || matches!(&hooks()[..], [one] if one["gid"] != first));
}

fn address() -> (String, String) {
    let port = port();
    (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"))
}

/// Grooms that were planned.
fn grooms(app: &TestApp) -> usize {
    let plans = app.upnext(&["plan", "list", "--json", "--limit", "100"]).ok().json();
    plans.as_array().unwrap().iter().filter(|plan| plan["kind"] == "groom").count()
}

/// The texts of the summary comments on a task.
fn reports(app: &TestApp, task: &str) -> Vec<String> {
    let comments = app.asana.comments(task).into_iter();
    let texts = comments.map(|comment| comment["text"].as_str().unwrap().to_owned());
    texts.filter(|text| text.starts_with("Upnext · top of the backlog")).collect()
}

fn making_the_host_task_starts_a_groom(database: Kind) {
    let app = connected(database, "");
    let served = Served::start(&app);
    settled(&app, "webhook");
    let first = app.host().unwrap();
    let make = || {
        let new = json!({ "name": "prioritize backlog ", "projects": [app.project] });
        app.asana.post(PERSON, "/tasks", new)["gid"].as_str().unwrap().to_owned()
    };
    let rests = || served.metrics().contains("upnext_changes_unseen 0") && idle(&app);
    let mut hosts = vec![first];
    // Somebody makes another beside the one there is, after that was completed, and after that was deleted.
    for way in ["beside", "completed", "deleted"] {
        let (host, before) = (hosts.last().unwrap(), grooms(&app));
        let path = format!("/tasks/{host}");
        match way {
            "completed" => drop(app.asana.put(PERSON, &path, json!({ "completed": true }))),
            "deleted" => app.asana.delete(&path),
            _ => {}
        }
        // Either of these is a wish by itself.
        let wished = before + usize::from(way != "beside");
        until("a groom was made", || grooms(&app) == wished && rests());
        let made = make();
        until("another was made", || grooms(&app) > wished);
        until("the report is on the new one", || reports(&app, &made).len() == 1);
        until("nothing is left to do", rests);
        assert_eq!(grooms(&app), wished + 1, "{way}");
        assert!(reports(&app, &made)[0].contains("1. "), "{:?}", reports(&app, &made));
        hosts.push(made);
    }
    // From then on it is the one host: what people do with earlier ones starts nothing.
    let before = grooms(&app);
    let looked = looks(&app);
    app.asana.put(PERSON, &format!("/tasks/{}", hosts[0]), json!({ "completed": true }));
    app.asana.put(PERSON, &format!("/tasks/{}", crate::serve::undated(&app)), json!({ "due_on": today() }));
    until("it was looked at", || looks(&app) > looked && idle(&app));
    assert_eq!(grooms(&app), before);
}

#[test]
fn making_the_host_task_starts_a_groom_and_brings_the_report_on_sqlite() {
    making_the_host_task_starts_a_groom(Kind::Sqlite);
}

#[test]
fn making_the_host_task_starts_a_groom_and_brings_the_report_on_postgresql() {
    making_the_host_task_starts_a_groom(Kind::Postgres);
}

#[test]
fn what_was_acknowledged_outlives_the_process() {
    // Nothing is written, so that no echo of ours is among what is delivered.
    let app = connected(Kind::Sqlite, "[policy]\nphase = 'shadow'\n");
    let slow = QUICK
        .replace("settle_ms = 50\nsettle_at_most_ms = 1000", "settle_ms = 3000\nsettle_at_most_ms = 3000");
    app.configure(&format!("{slow}[policy]\nphase = 'shadow'\n"));
    let served = Served::start(&app);
    settled(&app, "webhook");
    let tasks = app.asana.tasks(&app.project);
    let task = tasks.iter().find(|task| task["completed"] == false).unwrap()["gid"].as_str().unwrap();
    let change = |day: &str| app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": day }));
    let looked = looks(&app);
    change("2020-01-01");
    until("the change was looked at", || looks(&app) > looked && idle(&app));
    let kept = || {
        let metrics = served.metrics();
        let line = metrics.lines().find(|l| l.starts_with("upnext_deliveries_total{ending=\"kept\"}"));
        line.unwrap().rsplit(' ').next().unwrap().parse::<u64>().unwrap()
    };
    let (before, looked) = (kept(), looks(&app));
    change("2099-01-01");
    until("it is acknowledged", || kept() > before);
    served.kill();
    // Asana reaches nobody any more, and no sweep is due.
    let _worker = Served::worker(&app);
    until("the change was looked at", || looks(&app) > looked);
}

#[test]
fn what_waited_for_quiet_hours_that_are_no_more_is_done_at_the_next_start() {
    let app = connected(Kind::Sqlite, "");
    let quiet = "[service]\nquiet_from = '00:00'\nquiet_to = '23:59:59'\n";
    app.configure(&QUICK.replace("[service]\n", quiet));
    // At one address, so that no webhook has to be made anew, after which everything is looked at anyway.
    let port = port();
    let served = Served::at(&app, port);
    let waits = || {
        let jobs = app.upnext(&["jobs", "list", "--json"]).ok().json();
        let waits = |job: &Value| {
            let is = |what: &str, text: &str| job["job"][what].as_str().unwrap_or_default().contains(text);
            is("kind", "sweep") && is("error", "quiet hours") && is("run_at", "T23:59:59")
        };
        connection(&app)["channel"] == "webhook" && jobs.as_array().unwrap().iter().all(waits)
    };
    until("the first look waits for the end of quiet hours", waits);
    served.kill();
    app.configure(QUICK);
    let _served = Served::at(&app, port);
    settled(&app, "webhook");
    assert!(app.asana.calls("PUT /tasks/{task}") > 0);
}
