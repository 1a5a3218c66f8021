//! Retrospectives: nothing is written unasked; one comment and one file a sprint, edited and replaced, and taken back by undo.

use crate::app::{Setting, TestApp};
use crate::asana::{PERSON, TOKEN};
use crate::backlog;
use crate::database::Kind;
use crate::served::{Served, within};
use crate::witness::{Say, Witness};
use serde_json::{Value, json};
use std::time::Duration;

const FILE: &str = "upnext-retrospective-";

fn sprint(database: Kind, config: &str) -> TestApp {
    let setting = Setting {
        backlogs: vec![backlog::mixed(12)],
        database,
        sandbox: &["--limits", "off", "--demo"],
        config,
        ..Setting::default()
    };
    let app = TestApp::with(setting);
    // Everything of “Ready” came in with the import; one task is done, one is moved out.
    let tasks = app.asana.tasks(&app.project);
    let ready: Vec<&Value> =
        tasks.iter().filter(|t| t["memberships"][0]["section"]["name"] == "Ready").collect();
    app.asana.put(PERSON, &format!("/tasks/{}", gid(ready[0])), json!({ "completed": true }));
    app
}

fn gid(of: &Value) -> &str {
    of["gid"].as_str().unwrap()
}

fn looked(app: &TestApp, more: &[&str]) -> Value {
    let asked = [&["retro", "--json", app.project.as_str(), "--sprint", "Ready"][..], more].concat();
    app.upnext(&asked).ok().json()
}

fn host(app: &TestApp) -> Option<String> {
    let named: Vec<Value> =
        app.asana.tasks(&app.project).into_iter().filter(|t| t["name"] == "Retrospective").collect();
    assert!(named.len() <= 1, "{named:?}");
    named.first().map(|task| gid(task).to_owned())
}

fn files(app: &TestApp, task: &str) -> Vec<String> {
    let all = app.asana.list(&format!("/attachments?parent={task}&opt_fields=name"));
    all.iter().filter(|f| f["name"].as_str().unwrap().starts_with(FILE)).map(|f| gid(f).to_owned()).collect()
}

fn comments(app: &TestApp, task: &str) -> Vec<String> {
    let all = app.asana.comments(task);
    all.iter().map(|c| c["text"].as_str().unwrap().to_owned()).collect()
}

/// How many files of ours there are by form: HTML, Markdown.
fn forms(app: &TestApp, task: &str) -> [usize; 2] {
    let all = app.asana.list(&format!("/attachments?parent={task}&opt_fields=name"));
    let names: Vec<&str> = all.iter().filter_map(|file| file["name"].as_str()).collect();
    [".html", ".md"]
        .map(|end| names.iter().filter(|name| name.starts_with(FILE) && name.ends_with(end)).count())
}

/// The days of a sprint that has not ended, so that what happens now is of it.
fn days() -> [String; 4] {
    #[expect(clippy::disallowed_methods, reason = "what people do in a test is done now")]
    let now = jiff::Timestamp::now();
    let today = jiff::tz::TimeZone::UTC.to_datetime(now).date();
    let from = today.checked_sub(jiff::Span::new().days(3)).unwrap();
    ["--from".into(), from.to_string(), "--to".into(), today.to_string()]
}

fn posted_and_taken_back(database: Kind) {
    let app = sprint(database, "");
    let days = days();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    app.asana.reset_counters();
    let seen = looked(&app, &days);
    assert_eq!(app.asana.writes(), 0);
    assert_eq!(seen["retro"]["planned"]["tasks"].as_array().unwrap().len(), 4, "{seen:#}");
    assert_eq!(seen["retro"]["kept"]["tasks"].as_array().unwrap().len(), 1, "{seen:#}");
    assert_eq!(seen["written"]["actions"].as_array().unwrap().len(), 4, "{seen:#}");
    assert_eq!(host(&app), None);

    let first = looked(&app, &[&days[..], &["--apply"]].concat());
    let task = host(&app).unwrap();
    assert_eq!((forms(&app, &task), comments(&app, &task).len()), ([1, 1], 1), "{first:#}");
    assert_eq!(comments(&app, &task)[0], first["comment"].as_str().unwrap());
    // Nothing has changed: nothing is written, and nothing is to be.
    let calm = looked(&app, &[&days[..], &["--apply"]].concat());
    assert_eq!(calm["written"]["actions"], json!([]), "{:#}", calm["written"]);

    // A person's own file of another name stays, and another task is done: comment and file are brought up to date.
    app.asana.attach(&task, "notes.html", b"ours");
    let open = app
        .asana
        .tasks(&app.project)
        .into_iter()
        .find(|t| t["memberships"][0]["section"]["name"] == "Ready" && t["completed"] == false);
    app.asana.put(PERSON, &format!("/tasks/{}", gid(&open.unwrap())), json!({ "completed": true }));
    let before = files(&app, &task);
    let second = looked(&app, &[&days[..], &["--apply"]].concat());
    assert_eq!(second["retro"]["kept"]["tasks"].as_array().unwrap().len(), 2, "{second:#}");
    assert_eq!((forms(&app, &task), comments(&app, &task).len()), ([1, 1], 1));
    assert!(files(&app, &task).iter().all(|file| !before.contains(file)), "the files were replaced");
    assert_eq!(comments(&app, &task)[0], second["comment"].as_str().unwrap());

    let undone = app.upnext(&["undo", "--json", second["written"]["run"].as_str().unwrap()]).ok().json();
    assert_eq!(
        (files(&app, &task), comments(&app, &task)[0].as_str()),
        (vec![], first["comment"].as_str().unwrap())
    );
    assert!(undone["notes"].to_string().contains("is not brought back"), "{undone:#}");
    app.upnext(&["undo", first["written"]["run"].as_str().unwrap()]).exits(0);
    assert_eq!(comments(&app, &task), Vec::<String>::new());
    let kept = app.asana.list(&format!("/attachments?parent={task}&opt_fields=name"));
    assert_eq!(kept[0]["name"], "notes.html");
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn posted_and_taken_back_on_sqlite() {
    posted_and_taken_back(Kind::Sqlite);
}

#[test]
fn posted_and_taken_back_on_postgresql() {
    posted_and_taken_back(Kind::Postgres);
}

#[test]
fn undo_takes_the_task_away_too_while_nobody_has_used_it_and_it_is_never_scored() {
    let app = sprint(Kind::Sqlite, "");
    let run = app.upnext(&["retro", "--json", &app.project, "--apply"]).ok().json();
    assert!(host(&app).is_some());
    app.setup();
    let groom = app.groom();
    assert!(groom["tasks"].as_array().unwrap().iter().all(|t| t["name"] != "Retrospective"), "{groom:#}");
    app.upnext(&["undo", run["written"]["run"].as_str().unwrap()]).ok();
    assert_eq!(host(&app), None);
}

#[test]
fn what_cannot_be_looked_back_at_is_said() {
    let app = sprint(Kind::Sqlite, "");
    let asked = |more: &[&str]| app.upnext(&[&["retro", app.project.as_str()][..], more].concat());
    asked(&["--sprint", "Sprint 99"]).exits(2).says(&["no sprint “Sprint 99”", "Ready", "Inbox"]);
    asked(&["--from", "2026-06-14", "--to", "2026-06-01"]).exits(2).says(&["before it begins"]);
    asked(&["--from", "2099-01-01", "--to", "2099-01-14"]).exits(2).says(&["nothing to look back at"]);
    app.upnext(&["retro", "999999"]).exits(3).says(&["no project 999999"]);
    app.configure("[policy]\nphase = 'shadow'");
    asked(&["--apply"]).exits(2).says(&["shadow", "--apply"]);
    let seen = looked(&app, &["--from", "2026-06-01", "--to", "2026-06-14"]);
    assert_eq!(seen["written"]["actions"], json!([]));
    assert!(seen["written"]["notes"].to_string().contains("shadow"), "{seen:#}");
    app.configure("[policy]\nretro_task = ''");
    asked(&["--apply"]).exits(2).says(&["policy.retro_task"]);
    app.configure("[policy]\nretro_days = 0");
    asked(&[]).exits(2).says(&["policy.retro_days"]);
}

#[test]
fn the_document_is_a_page_or_markdown() {
    let app = sprint(Kind::Sqlite, "");
    let words = app
        .upnext(&[
            "retro",
            &app.project,
            "--sprint",
            "Ready",
            "--from",
            "2026-06-01",
            "--to",
            "2026-06-14",
            "--out",
            "r.html",
        ])
        .ok()
        .out;
    assert!(words.contains("Planned: ") && words.contains("Also in r.html"), "{words}");
    assert!(words.contains("One of “Story Points” counts as 8 h (effort.days_per_unit"), "{words}");
    let page = std::fs::read_to_string(app.home.path().join("r.html")).unwrap();
    assert!(page.contains("<svg") && !page.contains("<script"), "{page}");
    app.upnext(&["retro", &app.project, "--out", "r.md"]).ok();
    assert!(
        std::fs::read_to_string(app.home.path().join("r.md")).unwrap().starts_with("# Retrospective of ")
    );
}

/// A retrospective that is cut off between its comment and its file, and one whose file is on its way.
#[test]
fn a_crash_between_comment_and_file_leaves_one_of_each() {
    for writes in [2, 3, 4] {
        let app = sprint(Kind::Sqlite, "");
        let days = days();
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        app.asana.reset_counters();
        app.asana.faults(json!({ "latency_ms": { "min": 250, "max": 250 } }));
        let asked = [&["retro", app.project.as_str(), "--sprint", "Ready", "--apply"][..], &days].concat();
        let mut cut = app.start(&asked);
        assert!(app.asana.saw_writes(writes, || cut.try_wait().unwrap().is_some()), "it ended by itself");
        cut.kill().unwrap();
        cut.wait().unwrap();
        app.asana.faults(json!({}));
        let again = looked(&app, &[&days[..], &["--apply"]].concat());
        let task = host(&app).unwrap();
        assert_eq!((forms(&app, &task), comments(&app, &task).len()), ([1, 1], 1), "{:#}", again["written"]);
        let calm = looked(&app, &[&days[..], &["--apply"]].concat());
        assert_eq!(calm["written"]["actions"], json!([]), "after {writes} writes");
    }
}

#[test]
fn a_file_whose_answer_is_lost_is_found_again() {
    let app = sprint(Kind::Sqlite, "");
    app.asana.faults(json!({
        "write_then_error": { "rate": 1.0, "methods": ["POST"], "path_prefix": "/attachments", "max_count": 1 }
    }));
    app.upnext(&["retro", &app.project, "--apply"]).ok();
    assert_eq!(forms(&app, &host(&app).unwrap()), [1, 1]);
}

#[test]
fn a_plan_without_dependencies_and_fields_costs_a_sentence() {
    let setting = Setting {
        backlogs: vec![],
        sandbox: &[
            "--limits",
            "off",
            "--generate",
            "people=6,projects=1,tasks=40,months=4",
            "--plan",
            "free",
        ],
        ..Setting::default()
    };
    let app = TestApp::with(setting);
    let projects = app.asana.get(&format!("/workspaces/{}/projects?limit=10", app.asana.workspace));
    let project = gid(&projects[0]).to_owned();
    let seen = app.upnext(&["retro", "--json", &project]).ok().json();
    assert!(!seen["notes"].as_array().unwrap().is_empty(), "{seen:#}");
    app.upnext(&["retro", &project, "--apply"]).ok();
}

#[test]
fn a_model_words_it_from_figures_alone_and_is_held_to_them() {
    let witness = Witness::start(|_, _| Say::Parts(json!({ "rationale": "Of 4 planned tasks 1 was done." })));
    let config = witness.config("") + "[policy.ai]\nword_retro = true\n";
    let app = sprint(Kind::Sqlite, &config);
    let days = days();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let told = looked(&app, &days);
    assert!(told["comment"].as_str().unwrap().contains("Of 4 planned tasks 1 was done."), "{told:#}");
    let asked = witness.asked();
    assert_eq!(asked.len(), 1);
    let figures = asked[0].source("figures").unwrap();
    assert!(figures.contains("Planned 4 tasks") && !figures.contains("make it work"), "{figures}");
    witness.now(|_, _| Say::Parts(json!({ "rationale": "Of 40 planned tasks 39 were done." })));
    app.asana.put(
        TOKEN,
        &format!("/tasks/{}", gid(&app.asana.tasks(&app.project)[1])),
        json!({ "completed": true }),
    );
    let told = looked(&app, &days);
    assert!(!told["comment"].as_str().unwrap().contains("Of 40"), "{told:#}");
}

#[test]
fn a_schedule_posts_it_once_a_sprint() {
    let app = sprint(Kind::Sqlite, "");
    app.upnext(&["connect", "--project", &app.project]).ok();
    app.configure("[service]\nschedules = [{ workflow = 'retro', cron = '* * * * *' }]");
    let served = Served::deaf(&app);
    within(Duration::from_secs(120), "the next minute posts it", || {
        host(&app).is_some_and(|task| forms(&app, &task) == [1, 1])
    });
    assert_eq!(served.stop().0, 0);
}

#[test]
fn a_file_that_asana_refuses_is_told_and_made_up_for() {
    for status in [402, 403] {
        let app = sprint(Kind::Sqlite, "");
        let days = days();
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        app.asana.faults(json!({
            "refusal": { "rate": 1.0, "statuses": [status], "methods": ["POST"], "path_prefix": "/attachments" }
        }));
        let asked = ["retro", "--json", &app.project, "--sprint", "Ready", "--apply"];
        let refused = app.upnext(&[&asked[..], &days].concat());
        let told = refused.json();
        assert!(refused.code != 0 && told["written"]["outcome"]["refused"] == 2, "{status}: {told:#}");
        let task = host(&app).unwrap();
        assert_eq!((forms(&app, &task), comments(&app, &task).len()), ([0, 0], 1));
        app.asana.faults(json!({}));
        looked(&app, &[&days[..], &["--apply"]].concat());
        assert_eq!((forms(&app, &task), comments(&app, &task).len()), ([1, 1], 1), "{status}");
        app.upnext(&["audit", "verify"]).ok();
    }
}

/// What cannot be looked at any more keeps nothing else from going on.
#[test]
fn recovery_goes_on_where_files_may_not_be_listed() {
    for status in [402, 403] {
        let app = sprint(Kind::Sqlite, "");
        let days = days();
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        app.asana.reset_counters();
        app.asana.faults(json!({ "latency_ms": { "min": 250, "max": 250 } }));
        let asked = [&["retro", app.project.as_str(), "--sprint", "Ready", "--apply"][..], &days].concat();
        let mut cut = app.start(&asked);
        assert!(app.asana.saw_writes(3, || cut.try_wait().unwrap().is_some()), "it ended by itself");
        cut.kill().unwrap();
        cut.wait().unwrap();
        app.asana.faults(json!({
            "refusal": { "rate": 1.0, "statuses": [status], "methods": ["GET"], "path_prefix": "/attachments" }
        }));
        looked(&app, &[&days[..], &["--apply"]].concat());
        let task = host(&app).unwrap();
        assert_eq!(comments(&app, &task).len(), 1, "{status}");
        // Nobody could see whether the first file landed: it is there at most twice, and a later run settles on one.
        app.asana.faults(json!({}));
        let [pages, texts] = forms(&app, &task);
        assert!((1..=2).contains(&pages) && (1..=2).contains(&texts), "{status}");
        let calm = looked(&app, &[&days[..], &["--apply"]].concat());
        assert_eq!(calm["written"]["actions"], json!([]), "{status}");
        app.upnext(&["audit", "verify"]).ok();
    }
}
