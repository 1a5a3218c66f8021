//! Grooming: what it tells, what Asana holds afterwards, and how few requests it takes.

use crate::app::{Setting, TestApp, ended};
use crate::asana::shown;
use crate::backlog;
use serde_json::{Value, json};
use std::collections::HashMap;

const MARKER: &str = "Upnext · ";

fn gid(task: &Value) -> &str {
    task["gid"].as_str().unwrap()
}

#[test]
fn the_report_has_the_promised_shape_and_its_points_sum_to_the_score() {
    let app = TestApp::new();
    app.setup();
    let report = app.groom_and_apply();
    assert!(report["run"].as_str().unwrap().starts_with("run_"));
    assert_eq!(report["project"]["gid"], app.project.as_str());
    assert_eq!(report["tasks"].as_array().unwrap().len(), 40);
    assert!(report["skipped"].as_array().unwrap().is_empty());
    assert!(report["requests"]["reads"].as_u64().unwrap() > 0);
    assert!(report["requests"]["writes"].as_u64().unwrap() > 40);
    let mut last = f64::INFINITY;
    for task in report["tasks"].as_array().unwrap() {
        let score = task["score"].as_f64().unwrap();
        assert!((0.0..=100.0).contains(&score), "{task}");
        assert!(score <= last, "not in rank order: {task}");
        last = score;
        let points: f64 =
            task["contributions"].as_object().unwrap().values().map(|p| p.as_f64().unwrap()).sum();
        assert!((points - score).abs() < 1e-9, "{points} is not {score}: {task}");
        assert!(["P0", "P1", "P2", "P3"].contains(&task["band"].as_str().unwrap()));
        assert!(task["confidence"].as_u64().unwrap() <= 100);
        assert!(!task["sprint"].as_str().unwrap().is_empty());
        assert!(!task["reasons"].as_array().unwrap().is_empty(), "no reason: {task}");
        assert!(!task["name"].as_str().unwrap().is_empty() && !gid(task).is_empty());
        assert_eq!(task["written"], true);
    }
}

#[test]
fn asana_holds_what_the_report_says() {
    let app = TestApp::new();
    app.setup();
    let report = app.groom_and_apply();
    let held = app.asana.tasks(&app.project);
    let held: HashMap<&str, &Value> = held.iter().map(|t| (gid(t), t)).collect();
    let field = |task: &Value, name: &str| {
        let fields = task["custom_fields"].as_array().unwrap();
        fields.iter().find(|f| f["name"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
    };
    for task in report["tasks"].as_array().unwrap() {
        let now = held[gid(task)];
        assert_eq!(field(now, "AI Priority Score")["number_value"].as_f64(), task["score"].as_f64());
        let percent = task["confidence"].as_f64().unwrap();
        let confidence = field(now, "AI Confidence")["number_value"].as_f64().unwrap();
        assert!((confidence * 100.0 - percent).abs() < 1e-9, "{confidence} is not {percent} %");
        assert_eq!(shown(now, "AI Confidence"), format!("{percent}%"));
        let rationale = field(now, "AI Rationale")["text_value"].as_str().unwrap().to_owned();
        assert!((20..=1024).contains(&rationale.chars().count()), "{rationale}");
        assert!(!shown(now, "AI Recommendation").as_str().unwrap().is_empty());
        assert_eq!(field(now, "AI Suggested Sprint")["enum_value"]["name"], task["sprint"]);
        assert_eq!(field(now, "AI Recommended Action")["enum_value"]["name"], task["action"]);
        assert_eq!(field(now, "Suggested Priority")["enum_value"]["name"], task["band"]);
    }
}

#[test]
fn a_groom_without_apply_writes_nothing() {
    let app = TestApp::new();
    app.setup();
    app.asana.reset_counters();
    let report = app.groom();
    assert_eq!(report["requests"]["writes"], 0);
    assert_eq!(app.asana.writes(), 0);
    assert!(report["tasks"].as_array().unwrap().iter().all(|t| t["written"] == false));
    assert_eq!(app.host(), None);
}

#[test]
fn a_second_groom_changes_nothing() {
    let app = TestApp::new();
    app.setup();
    app.groom_and_apply();
    let before = app.end_state();
    let stories = |app: &TestApp| -> usize {
        let tasks = app.asana.tasks(&app.project);
        tasks.iter().map(|t| app.asana.stories(gid(t)).len()).sum()
    };
    let told = stories(&app);
    app.asana.reset_counters();
    let again = app.groom_and_apply();
    assert_eq!(again["requests"]["writes"], 0, "{:#}", again["outcome"]);
    assert_eq!(app.asana.writes(), 0);
    assert_eq!(app.end_state(), before);
    assert_eq!(stories(&app), told);
}

#[test]
fn setup_twice_makes_nothing_twice() {
    let app = TestApp::new();
    let first = app.setup();
    let made = first[0]["created"].as_array().unwrap().len();
    assert!(made >= 10, "{first:#}");
    let second = app.setup();
    assert!(second[0]["created"].as_array().unwrap().is_empty(), "{second:#}");
    assert_eq!(second[0]["requests"]["writes"], 0);
    assert!(first[0]["trouble"].as_array().unwrap().is_empty(), "{first:#}");
}

/// The one comment and its text.
fn summary(app: &TestApp) -> (String, String) {
    let host = app.host().expect("a host task");
    let ours: Vec<Value> = app
        .asana
        .comments(&host)
        .into_iter()
        .filter(|c| c["text"].as_str().unwrap().starts_with(MARKER))
        .collect();
    assert_eq!(ours.len(), 1, "{ours:?}");
    (gid(&ours[0]).to_owned(), ours[0]["text"].as_str().unwrap().to_owned())
}

#[test]
fn one_summary_comment_is_edited_in_place_when_the_top_changes() {
    let app = TestApp::new();
    app.setup();
    let report = app.groom_and_apply();
    let (story, text) = summary(&app);
    for task in report["tasks"].as_array().unwrap().iter().take(5) {
        assert!(text.contains(gid(task)), "{} is not in: {text}", gid(task));
    }
    let first = gid(&report["tasks"][0]).to_owned();
    app.asana.put(crate::asana::TOKEN, &format!("/tasks/{first}"), json!({ "completed": true }));
    app.groom_and_apply();
    let (same, changed) = summary(&app);
    assert_eq!(same, story, "the comment was not edited in place");
    assert!(!changed.contains(&first), "{changed}");
}

#[test]
fn one_review_subtask_is_reused_and_reopened() {
    let app = TestApp::new();
    app.setup();
    let report = app.groom_and_apply();
    let host = app.host().expect("a host task");
    let subtasks = app.asana.subtasks(&host);
    assert_eq!(subtasks.len(), 1);
    assert_eq!(subtasks[0]["name"], "Review AI Prioritization");
    let review = gid(&subtasks[0]).to_owned();
    app.asana.put(crate::asana::TOKEN, &format!("/tasks/{review}"), json!({ "completed": true }));
    // Nothing to review: it stays completed.
    app.groom_and_apply();
    assert_eq!(app.asana.subtasks(&host)[0]["completed"], true);
    let last = gid(report["tasks"].as_array().unwrap().last().unwrap()).to_owned();
    app.edit_as_person(&last, "Business Value", json!(10));
    app.asana.put(crate::asana::TOKEN, &format!("/tasks/{last}"), json!({ "due_on": "2026-05-01" }));
    let again = app.groom_and_apply();
    assert!(again["requests"]["writes"].as_u64().unwrap() > 0, "{again:#}");
    let subtasks = app.asana.subtasks(&host);
    assert_eq!(subtasks.len(), 1);
    assert_eq!(gid(&subtasks[0]), review);
    assert_eq!(subtasks[0]["completed"], false);
}

#[test]
fn two_at_once_one_is_told_to_wait_and_nothing_is_doubled() {
    let app = TestApp::new();
    app.setup();
    app.asana.faults(json!({ "latency_ms": { "min": 20, "max": 20 } }));
    let args = ["groom", "--apply", "--json", "--project", &app.project];
    app.asana.reset_counters();
    let first = app.start(&args);
    // The first has the lock long before it writes.
    assert!(app.asana.saw_writes(1, || false));
    let second = app.upnext(&args);
    let first = ended(first.wait_with_output().unwrap()).ok();
    assert_eq!(first.json()["tasks"].as_array().unwrap().len(), 40);
    second.exits(1).says(&["is in use by", "run the same command again"]);
    let clean = TestApp::new();
    clean.setup();
    clean.groom_and_apply();
    assert_eq!(app.end_state(), clean.end_state());
}

#[test]
fn the_presets_rank_by_their_formulas() {
    // Each with three tasks whose quotients or products fall in this order.
    let presets = [
        (
            "wsjf",
            [[9, 8, 8, 2], [20, 20, 20, 10], [3, 2, 1, 8]],
            ["Business Value", "Time Criticality", "Risk Reduction", "Effort Estimate"],
        ),
        (
            "rice",
            [[900, 3, 1, 1], [500, 1, 1, 2], [40, 1, 1, 4]],
            ["Reach", "Impact", "Confidence", "Effort Estimate"],
        ),
        (
            "ice",
            [[9, 9, 9, 1], [5, 8, 6, 1], [2, 2, 9, 1]],
            ["Impact", "Confidence", "Ease", "Effort Estimate"],
        ),
    ];
    for (preset, rows, names) in presets {
        let task = |(n, row): (usize, &[i32; 4])| {
            let fields: serde_json::Map<String, Value> =
                names.iter().zip(row).map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            json!({ "id": format!("T-{n}"), "title": format!("{preset} {n}"), "fields": fields })
        };
        let lines: Vec<Value> = rows.iter().enumerate().rev().map(task).collect();
        let config = format!("[rubric]\npreset = '{preset}'");
        let backlogs = vec![backlog::text(&lines)];
        let app = TestApp::with(Setting { backlogs, config: &config, ..Setting::default() });
        app.setup();
        let report = app.groom_and_apply();
        let order: Vec<&str> =
            report["tasks"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
        assert_eq!(order, [0, 1, 2].map(|n| format!("{preset} {n}")));
        assert!(report["tasks"][2]["score"].as_f64().unwrap() > 0.0, "{:#}", report["tasks"][2]);
    }
}

#[test]
fn a_rubric_that_nothing_feeds_writes_nothing_and_says_what_it_asks_for() {
    let line = json!({ "id": "T-1", "title": "Only a title", "due": "2026-06-20" });
    let config = "[rubric]\npreset = 'wsjf'";
    let app = TestApp::with(Setting { backlogs: vec![backlog::text(&[line])], config, ..Setting::default() });
    app.setup();
    let report = app.groom_and_apply();
    assert_eq!(report["requests"]["writes"], 0);
    let notes = report["notes"].to_string();
    assert!(notes.contains("Time Criticality") && notes.contains("nothing is written"), "{notes}");
}

#[test]
fn a_portfolio_is_its_projects() {
    let backlogs = vec![backlog::mixed(12), backlog::mixed(8)];
    let app = TestApp::with(Setting { backlogs, ..Setting::default() });
    let asana = &app.asana;
    let data = json!({ "name": "Both", "workspace": asana.workspace });
    let portfolio = gid(&asana.post(crate::asana::TOKEN, "/portfolios", data)).to_owned();
    for import in &asana.imports {
        let path = format!("/portfolios/{portfolio}/addItem");
        asana.post(crate::asana::TOKEN, &path, json!({ "item": import["project"] }));
    }
    app.upnext(&["setup", "--portfolio", &portfolio]).ok();
    let told = app.upnext(&["groom", "--apply", "--json", "--portfolio", &portfolio]).ok().json();
    assert_eq!(told["portfolio"], portfolio.as_str());
    let sizes: Vec<usize> =
        told["runs"].as_array().unwrap().iter().map(|r| r["tasks"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [12, 8]);
    for import in &asana.imports {
        let tasks = asana.tasks(import["project"].as_str().unwrap());
        let scored = tasks.iter().filter(|t| !shown(t, "AI Priority Score").is_null()).count();
        assert_eq!(scored, import["tasks"].as_u64().unwrap() as usize);
    }
}

#[test]
fn real_backlogs_are_scored_whole_and_quiet_the_second_time() {
    for name in ["camel.jsonl", "datalab.jsonl", "oak.jsonl"] {
        let Some(file) = backlog::real(name) else { continue };
        let setting = Setting { backlogs: vec![], files: vec![file], ..Setting::default() };
        let app = TestApp::with(setting);
        app.setup();
        let report = app.groom_and_apply();
        let count = app.asana.imports[0]["tasks"].as_u64().unwrap() as usize;
        let left = report["skipped"].as_array().unwrap().len();
        assert_eq!(report["tasks"].as_array().unwrap().len() + left, count, "{name}");
        assert_eq!(report["outcome"]["open"], 0, "{name}: {:#}", report["trouble"]);
        assert_eq!(report["outcome"]["refused"], 0, "{name}: {:#}", report["trouble"]);
        let again = app.groom_and_apply();
        assert_eq!(again["requests"]["writes"], 0, "{name}");
        println!("{name}: {count} tasks, {} then {}", report["requests"], again["requests"]);
    }
}

#[test]
fn requests_stay_within_their_budgets() {
    let count = 300;
    let backlog: String = backlog::mixed(count);
    let app = TestApp::with(Setting { backlogs: vec![backlog], ..Setting::default() });
    app.setup();
    // Three pages of tasks, and at most seven for all else; comments are read task by task and only once.
    let pages = count.div_ceil(100) as u64;
    let commented = (0..count).filter(|n| n % 11 == 3).count() as u64;
    let first = app.groom_and_apply();
    let reads = first["requests"]["reads"].as_u64().unwrap();
    println!("{count} tasks: first groom with writes {}", first["requests"]);
    let plain = app.groom();
    assert_eq!(plain["requests"]["writes"], 0);
    let again = plain["requests"]["reads"].as_u64().unwrap();
    assert!(again as f64 <= 0.05 * count as f64, "{again} reads for nothing new in {count} tasks");
    assert!(again <= pages + 7, "{again} reads for {pages} pages");
    // One look before each chunk of fifty writes, sections and host task apart.
    let looks = count.div_ceil(50) as u64 * (1 + pages);
    assert!(reads <= again + commented + looks + 10, "{reads} reads at first");
    for task in first["tasks"].as_array().unwrap().iter().skip(10).take(count / 10) {
        app.edit_as_person(gid(task), "Business Value", json!(10));
    }
    app.asana.jump(60);
    let changed = app.groom_and_apply();
    let total =
        changed["requests"]["reads"].as_u64().unwrap() + changed["requests"]["writes"].as_u64().unwrap();
    let written = changed["tasks"].as_array().unwrap().iter().filter(|t| t["written"] == true).count() as u64;
    println!("{count} tasks, {} changed: {} ({written} written)", count / 10, changed["requests"]);
    assert!(total <= pages + count as u64 / 10 + written + 10, "{total} requests, {written} written");
}
