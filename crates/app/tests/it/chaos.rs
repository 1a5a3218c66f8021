//! A day on which everything goes wrong: 24 hours by a clock that runs fast, beside the same day on which nothing does.
//!
//! People change the same tasks in both worlds at the same time of the day. In one of them deliveries are lost, doubled, late and out
//! of order, Asana answers 429 and 5xx and loses answers to writes, the token is revoked and given back, the webhook is deleted, the
//! database goes away, and the service's processes are killed. In the end both must hold the same. The rubric knows no time, and
//! due dates are decades away, so that what is held does not depend on when it was looked at.

use crate::app::{Setting, TestApp, clock_from_now};
use crate::asana::{PERSON, TOKEN};
use crate::backlog;
use crate::database::Kind;
use crate::served::{Served, port, within};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Hours of the day, and how much faster than the real clock they pass: two minutes and a half.
const HOURS: u64 = 24;
const SPEED: u64 = 576;
/// Changes that people make in the first 22 of them.
const CHANGES: usize = 200;
const TASKS: usize = 60;

const SECTIONS: [&str; 3] = ["Inbox", "Ready", "Later"];

const FIELDS: [&str; 4] = ["Business Value", "Time Criticality", "Risk Reduction", "Effort Estimate"];

/// What a task is to hold in the end.
const HELD: [&str; 4] =
    ["AI Priority Score", "Suggested Priority", "AI Suggested Sprint", "AI Recommended Action"];

/// By the fast clock: an hour between sweeps, leases of two hours.
const CONFIG: &str = "[rubric]\nfile = 'rubric.toml'\n[policy]\nmin_change = 0\nrewrites_a_day = 1000\n\
    [policy.notices]\nbands = []\ndate_at_risk = false\n\
    [service]\nsettle_ms = 400\nsweep_seconds = 3600\npoll_seconds = 900\nlease_seconds = 7200\ngrace_seconds = 5\n\
    [service.retry]\nfirst_seconds = 60\nmost_seconds = 1200\ntries = 60\n";

/// A person's change, and when.
struct Change {
    at: f64,
    task: usize,
    what: What,
}

enum What {
    Value(&'static str, u32),
    Name(String),
    Complete,
    Comment,
    New(String, u32),
    Delete,
    /// It waits for that one from now on; only for one of before it, so that no two wait for each other.
    WaitFor(usize),
    /// It waits for that one no more.
    WaitNoMore(usize),
    Move(&'static str),
    Due(Option<String>),
}

impl What {
    fn word(&self) -> &'static str {
        match self {
            What::Value(..) => "values",
            What::Name(_) => "names",
            What::Complete => "completions",
            What::Comment => "comments",
            What::New(..) => "new tasks",
            What::Delete => "deletions",
            What::WaitFor(_) => "dependencies added",
            What::WaitNoMore(_) => "dependencies removed",
            What::Move(_) => "moves to another section",
            What::Due(_) => "due dates",
        }
    }
}

/// The same changes every time.
fn script() -> Vec<Change> {
    let mut chance = fastrand::Rng::with_seed(6);
    let mut changes = vec![];
    for n in 0..CHANGES {
        let at = (HOURS - 2) as f64 * n as f64 / CHANGES as f64;
        let task = chance.usize(0..TASKS);
        // Of every four tasks the second waited for the first at the start.
        let waits = task / 4 * 4 + 1;
        let (task, what) = match chance.u32(0..40) {
            0..=18 => (task, What::Value(FIELDS[chance.usize(0..4)], chance.u32(1..=20))),
            19..=21 => (task, What::Name(format!("Renamed {n}"))),
            22..=23 => (task, What::Complete),
            24..=25 => (task, What::Comment),
            26..=27 => (task, What::New(format!("New {n}"), chance.u32(1..=20))),
            28 => (task, What::Delete),
            29..=31 => (task.max(1), What::WaitFor(chance.usize(0..task.max(1)))),
            32..=33 => (waits, What::WaitNoMore(waits - 1)),
            34..=36 => (task, What::Move(SECTIONS[chance.usize(0..3)])),
            _ => {
                let day = format!("2071-{:02}-{:02}", chance.u32(1..=12), chance.u32(1..=28));
                (task, What::Due((n % 4 != 0).then_some(day)))
            }
        };
        changes.push(Change { at, task, what });
    }
    changes
}

struct World {
    app: TestApp,
    tasks: Vec<String>,
    /// Gids of the sections by name.
    sections: BTreeMap<String, String>,
    begun: Instant,
    clock: String,
    port: u16,
}

impl World {
    /// A groomed project, its clock set.
    fn new() -> World {
        let mut chance = fastrand::Rng::with_seed(5);
        let lines: Vec<Value> = (0..TASKS)
            .map(|n| {
                let fields: serde_json::Map<String, Value> =
                    FIELDS.iter().map(|f| ((*f).to_owned(), json!(chance.u32(1..=20)))).collect();
                let mut task = json!({
                    "id": format!("T-{n}"), "title": format!("Task {n}"), "fields": fields, "section": SECTIONS[n % 3],
                });
                if n % 4 == 1 {
                    task["depends_on"] = json!([format!("T-{}", n - 1)]);
                }
                task
            })
            .collect();
        let sandbox = ["--limits", "off", "--demo"];
        let backlogs = vec![backlog::text(&lines)];
        let app = TestApp::with(Setting {
            backlogs,
            database: Kind::Postgres,
            sandbox: &sandbox,
            config: CONFIG,
            ..Setting::default()
        });
        let shipped = include_str!("../../../judge/presets/wsjf.toml");
        let rubric = shipped
            .replace("hysteresis = 2", "hysteresis = 0")
            .replace("next_tasks = 20", "next_tasks = 1000");
        std::fs::write(app.home.path().join("rubric.toml"), rubric).unwrap();
        app.setup();
        app.groom_and_apply();
        app.upnext(&["connect", "--project", &app.project]).ok();
        let tasks = app.asana.tasks(&app.project);
        let gid = |n: usize| {
            tasks.iter().find(|t| t["name"] == format!("Task {n}")).unwrap()["gid"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let tasks = (0..TASKS).map(gid).collect();
        let sections = app.asana.list(&format!("/projects/{}/sections", app.project)).into_iter();
        let text = |section: &Value, key: &str| section[key].as_str().unwrap().to_owned();
        let sections = sections.map(|section| (text(&section, "name"), text(&section, "gid"))).collect();
        let clock = clock_from_now(SPEED);
        app.asana.run_clock(SPEED);
        World { app, tasks, sections, begun: Instant::now(), clock, port: port() }
    }

    fn hour(&self) -> f64 {
        self.begun.elapsed().as_secs_f64() * SPEED as f64 / 3600.0
    }

    fn serve(&self) -> Served {
        let (listen, url) = (format!("127.0.0.1:{}", self.port), format!("http://127.0.0.1:{}", self.port));
        self.start(&["serve", "--json", "--listen", &listen, "--public-url", &url])
    }

    fn worker(&self) -> Served {
        self.start(&["work", "--json"])
    }

    fn start(&self, args: &[&str]) -> Served {
        let mut command = self.app.command(args);
        command.env("UPNEXT_TEST_CLOCK", &self.clock).env("UPNEXT_LOG", "error");
        Served::spawn(command)
    }

    /// Does what a person does; Asana never fails a person here.
    fn change(&self, change: &Change) {
        let (asana, task) = (&self.app.asana, &self.tasks[change.task]);
        let person = |method: &str, path: &str, data: Option<Value>| {
            // Deleted before: the person sees that it is gone.
            within(Duration::from_secs(30), "a person gets through", || {
                !matches!(asana.call(PERSON, method, path, data.clone()), Err(429 | 500..))
            });
        };
        let path = format!("/tasks/{task}");
        match &change.what {
            What::Value(field, value) => {
                let gid = self.field(field);
                person("PUT", &path, Some(json!({ "custom_fields": { gid: value } })));
            }
            What::Name(name) => person("PUT", &path, Some(json!({ "name": name }))),
            What::Complete => person("PUT", &path, Some(json!({ "completed": true }))),
            What::Comment => person("POST", &format!("{path}/stories"), Some(json!({ "text": "Any news?" }))),
            What::Delete => person("DELETE", &path, None),
            What::WaitFor(other) | What::WaitNoMore(other) => {
                let verb = if matches!(change.what, What::WaitFor(_)) { "add" } else { "remove" };
                let on = json!({ "dependencies": [self.tasks[*other]] });
                person("POST", &format!("{path}/{verb}Dependencies"), Some(on));
            }
            What::Move(section) => {
                let path = format!("/sections/{}/addTask", self.sections[*section]);
                person("POST", &path, Some(json!({ "task": task })));
            }
            What::Due(day) => person("PUT", &path, Some(json!({ "due_on": day }))),
            What::New(name, value) => {
                let fields: serde_json::Map<String, Value> =
                    FIELDS.iter().map(|field| (self.field(field), json!(value))).collect();
                let data = json!({ "name": name, "projects": [self.app.project], "custom_fields": fields });
                // An answer that was lost is no task that was not made.
                within(Duration::from_secs(30), "a person's task is there", || {
                    asana.call(PERSON, "POST", "/tasks", Some(data.clone())).is_ok() || self.has(name)
                });
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        let path =
            format!("/projects/{}/tasks?opt_fields=name&limit=100&completed_since=now", self.app.project);
        within(Duration::from_secs(30), "a person sees the tasks", || {
            self.app.asana.call(PERSON, "GET", &path, None).is_ok()
        });
        let tasks = self.app.asana.call(PERSON, "GET", &path, None).unwrap_or_default();
        tasks.as_array().is_some_and(|tasks| tasks.iter().any(|task| task["name"] == name))
    }

    fn field(&self, name: &str) -> String {
        static FIELDS: std::sync::OnceLock<BTreeMap<String, String>> = std::sync::OnceLock::new();
        FIELDS.get_or_init(|| self.app.asana.fields(&self.app.project))[name].clone()
    }

    /// What Upnext is to keep right, by task, and where people put it. Its words are left out: they are written anew only together with one of these, so that
    /// they may tell of a moment in between.
    fn held(&self) -> Value {
        let mut held = serde_json::Map::new();
        for task in self.app.asana.tasks(&self.app.project) {
            let name = task["name"].as_str().unwrap().to_owned();
            let mut fields: serde_json::Map<String, Value> = task["custom_fields"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|f| HELD.contains(&f["name"].as_str().unwrap()))
                .map(|f| (f["name"].as_str().unwrap().to_owned(), f["display_value"].clone()))
                .collect();
            fields.insert("section".to_owned(), task["memberships"][0]["section"]["name"].clone());
            fields.insert("due".to_owned(), task["due_on"].clone());
            // A completed task keeps what it had when it was last looked at open.
            if task["completed"] == false {
                held.insert(name, Value::Object(fields));
            }
        }
        Value::Object(held)
    }

    /// Adds what has struck since the faults were last changed.
    fn struck(&self, sums: &mut BTreeMap<String, u64>) {
        for (what, times) in self.app.asana.counters()["faults"].as_object().unwrap() {
            *sums.entry(what.clone()).or_default() += times.as_u64().unwrap();
        }
    }

    fn quiet(&self) -> bool {
        let jobs = self.app.upnext(&["jobs", "list", "--json"]).ok().json();
        jobs.as_array().unwrap().iter().all(|job| job["job"]["kind"] != "recalculate")
    }
}

/// What goes wrong, from which hour on.
fn plan() -> Vec<(f64, &'static str)> {
    let mut plan: Vec<(f64, &'static str)> = vec![
        (0.5, "webhooks"),
        (4.0, "answers"),
        (7.0, "token"),
        (8.0, "token back"),
        (9.0, "webhook deleted"),
        (10.0, "lost"),
        (12.0, "all"),
        (21.0, "nothing"),
    ];
    plan.extend([5.0, 11.0, 14.0, 17.0].map(|at| (at, "database")));
    plan.extend([2.0, 6.0, 13.0, 15.0, 16.0, 18.0, 19.0, 20.0].map(|at| (at, "kill")));
    plan.extend([3.0, 12.5, 16.5, 19.5].map(|at| (at, "kill worker")));
    plan.sort_by(|a, b| a.0.total_cmp(&b.0));
    plan
}

fn faults(what: &str) -> Value {
    let webhooks = json!({ "drop": 0.2, "duplicate": 0.2, "late": 0.2, "late_seconds": 900, "reorder": 0.3 });
    let answers = |more: Value| {
        let mut all = json!({
            "too_many_requests": { "rate": 0.1, "retry_after": 0 }, "server_error": { "rate": 0.05 },
            "write_then_error": { "rate": 0.05 }, "drop_connection": { "rate": 0.02 },
        });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    match what {
        "webhooks" => json!({ "webhooks": webhooks }),
        "answers" => answers(json!({})),
        "token" => json!({ "revoked_tokens": [TOKEN] }),
        "lost" => json!({ "lost_events": { "rate": 0.5 } }),
        "all" => answers(json!({ "webhooks": webhooks, "lost_events": { "rate": 0.1 } })),
        _ => json!({}),
    }
}

/// Lives through the day; with `chaos` everything goes wrong. What is held in the end, and what was injected.
fn day(chaos: bool) -> (Value, Vec<String>) {
    let world = World::new();
    let mut served = world.serve();
    let mut workers = vec![];
    if chaos {
        workers = vec![world.worker(), world.worker()];
    }
    let (mut injected, mut struck) = (vec![], BTreeMap::new());
    let mut troubles = if chaos { plan() } else { vec![] }.into_iter().peekable();
    for change in script() {
        while let Some((_, what)) = troubles.next_if(|(at, _)| *at <= change.at) {
            wait_for(&world, change.at.min(world.hour().max(change.at)));
            injected.push(format!("hour {:.1}: {what}", world.hour()));
            match what {
                "kill" => {
                    served.kill();
                    served = world.serve();
                }
                "kill worker" => {
                    workers.remove(0).kill();
                    workers.push(world.worker());
                }
                "database" => world.app.database.outage(Duration::from_millis(1500)),
                "webhook deleted" => {
                    let path = format!("/webhooks?workspace={}", world.app.asana.workspace);
                    world.struck(&mut struck);
                    world.app.asana.faults(json!({}));
                    for hook in world.app.asana.list(&path) {
                        world.app.asana.delete(&format!("/webhooks/{}", hook["gid"].as_str().unwrap()));
                    }
                }
                other => {
                    world.struck(&mut struck);
                    world.app.asana.faults(faults(other));
                }
            }
        }
        wait_for(&world, change.at);
        world.change(&change);
    }
    world.struck(&mut struck);
    world.app.asana.faults(json!({}));
    wait_for(&world, HOURS as f64);
    within(Duration::from_secs(60), "nothing is left to do", || world.quiet());
    if chaos {
        injected.extend(struck.iter().map(|(what, times)| format!("{what}: {times} times")));
        assert!(struck.len() > 8, "{struck:?}");
    }
    drop(served);
    drop(workers);
    world.app.upnext(&["audit", "verify"]).ok();
    let dead = world.app.upnext(&["jobs", "list", "--json", "--state", "dead"]).ok().json();
    assert_eq!(dead, json!([]), "jobs were given up");
    assert_eq!(world.app.asana.list(&format!("/webhooks?workspace={}", world.app.asana.workspace)).len(), 1);
    assert!(world.app.host().is_some());
    (world.held(), injected)
}

fn wait_for(world: &World, hour: f64) {
    let ahead = (hour - world.hour()) * 3600.0 / SPEED as f64;
    if ahead > 0.0 {
        std::thread::sleep(Duration::from_secs_f64(ahead));
    }
}

#[test]
fn a_day_of_everything_ends_where_a_good_day_ends() {
    let good = std::thread::spawn(|| day(false));
    let (held, injected) = day(true);
    let (expected, _) = good.join().unwrap();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    script().iter().for_each(|change| *kinds.entry(change.what.word()).or_default() += 1);
    assert!(kinds.len() == 10 && kinds.values().all(|times| *times > 1), "{kinds:?}");
    println!("{HOURS} hours, {CHANGES} changes by people: {kinds:?}; injected and survived:");
    injected.iter().for_each(|what| println!("  {what}"));
    for (name, fields) in expected.as_object().unwrap() {
        assert_eq!(&held[name], fields, "{name}");
    }
    assert_eq!(held.as_object().unwrap().len(), expected.as_object().unwrap().len());
}
