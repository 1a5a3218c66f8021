//! A groom with a real language model on a real server, both small: `cargo xtask model`.
//!
//! What the model answers is noise and never asserted; that every task is scored, rated or named with its reason, within the
//! cap, and that a server which dies in the middle costs nothing but the rest, is; and that no number gets into a wording that
//! is not among the facts.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

#[path = "../it/app.rs"]
#[expect(dead_code, reason = "the other tests use all of it")]
mod app;
#[path = "../it/asana.rs"]
#[expect(dead_code, reason = "the other tests use all of it")]
mod asana;
#[path = "../it/backlog.rs"]
#[expect(dead_code, reason = "the other tests use all of it")]
mod backlog;
#[path = "../it/database.rs"]
#[expect(dead_code, reason = "the other tests use all of it")]
mod database;
#[path = "../../../llm/tests/model_server/model.rs"]
mod model;

use app::{Setting, TestApp, ended};
use model::Model;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const TASKS: usize = 5;

fn config(model: &Model) -> String {
    format!(
        "[model]\nprovider = 'compatible'\nbase_url = '{}/v1'\nmodel = 'smollm2'\ntimeout_seconds = 240\nconcurrency = 1\n\
         retries = 0\nmax_output_tokens = 300\n[model.prices]\nsmollm2 = {{ input = 0.0, cached_input = 0.0, output = 0.0 }}\n\
         [policy.ai]\nsampled_percent = 0\n",
        model.url
    )
}

fn questions(app: &TestApp) -> u64 {
    let usage = app.upnext(&["llm", "usage", "--json"]).ok().json();
    usage["today"]["questions"].as_u64().unwrap()
}

fn gids(tasks: &Value) -> BTreeSet<String> {
    tasks.as_array().unwrap().iter().map(|task| task["gid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_groom_outlives_its_model_and_the_next_one_asks_about_the_rest() {
    let mut model = Model::start();
    let app = TestApp::with(Setting { backlogs: vec![backlog::mixed(TASKS)], ..Setting::default() });
    app.setup();
    let without = app.groom();
    app.configure(&config(&model));
    let doctor = app.upnext(&["doctor", "--json"]).ok().json();
    assert!(doctor.to_string().contains("holds answers to a JSON schema"), "{doctor}");

    // The server dies after the first answer.
    let groom = app.start(&["groom", "--json", "--project", &app.project]);
    while questions(&app) == 0 {
        // An answer takes seconds: looking all the time would slow it down.
        std::thread::sleep(Duration::from_millis(200));
    }
    model.kill();
    let cut = ended(groom.wait_with_output().unwrap()).ok().json();
    let used = &cut["model"];
    assert!(used["stopped"].as_str().unwrap().contains("cannot be reached"), "{used}");
    assert_eq!(cut["tasks"].as_array().unwrap().len(), TASKS, "every task is scored all the same");
    let left = gids(&used["unrated"]);
    let rated = used["rated"].as_u64().unwrap() as usize;
    assert_eq!(rated + left.len(), TASKS, "{used}");
    assert!(left.len() >= TASKS - 2, "{used}");

    // Another server at the same address: only the rest is asked about.
    let port = model.port().to_owned();
    let _model = Model::at(&port);
    let before = questions(&app);
    let next = app.groom();
    assert_eq!(questions(&app) - before, left.len() as u64);
    let used = &next["model"];
    assert_eq!(used["remembered"].as_u64().unwrap() as usize, rated, "{used}");
    assert_eq!(used["rated"].as_u64().unwrap() as usize + gids(&used["unrated"]).len(), TASKS, "{used}");
    assert!(used["input_tokens"].as_u64().unwrap() > 0);
    for task in next["tasks"].as_array().unwrap() {
        let was = without["tasks"].as_array().unwrap().iter().find(|t| t["gid"] == task["gid"]).unwrap();
        let moved = task["score"].as_f64().unwrap() - was["score"].as_f64().unwrap();
        assert!(moved.abs() <= 25.05, "{moved}");
    }
    assert_eq!(next["model"]["dollars"], json!(0.0));
}

/// Every run of digits in a text.
fn numbers(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect()
}

#[test]
fn a_retrospective_worded_by_a_model_keeps_to_its_figures() {
    let model = Model::start();
    let app = TestApp::with(Setting {
        backlogs: vec![backlog::mixed(12)],
        sandbox: &["--limits", "off", "--demo"],
        ..Setting::default()
    });
    let look = || {
        let args = [
            "retro",
            "--json",
            &app.project,
            "--sprint",
            "Ready",
            "--from",
            "2026-01-05",
            "--to",
            "2039-01-07",
        ];
        app.upnext(&args).ok().json()
    };
    let plain = look();
    assert!(plain["model"].is_null(), "{plain:#}");
    app.configure(&(config(&model) + "word_retro = true\n"));
    let worded = look();
    let used = &worded["model"];
    let count = |key: &str| used[key].as_u64().unwrap();
    assert!(count("requests") > 0 && count("input_tokens") > 0 && count("output_tokens") > 0, "{used:#}");
    // Whether so small a model keeps to the schema differs from day to day: the text it is given has dates in it.
    assert!(count("answered") <= 1, "{used:#}");
    if count("answered") == 0 {
        assert_eq!(worded["comment"], plain["comment"]);
    }
    // Noise is thrown away or holds nothing but the figures; these stand below it whatever became of it.
    let [before, after] = [&plain, &worded].map(|told| told["comment"].as_str().unwrap());
    assert!(numbers(after).is_subset(&numbers(before)), "{after}\n\n{before}");
    let rest = before.split_once('\n').unwrap().1;
    assert!(after.contains(rest.trim()), "{after}\n\n{before}");
}
