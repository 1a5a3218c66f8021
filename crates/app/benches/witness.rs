//! What asking a language model costs: questions, tokens and money of a whole groom, first, again, and after changes.
//!
//! The real binary against a local Asana and a scripted model over real HTTP. Tokens are counted by OpenAI's own vocabulary
//! (o200k_base); other models' differ. Money is at the shipped prices of a small hosted model, without the providers' discount
//! for a prompt they have in their cache. Known limit: the scripted answer quotes the description's first line for each dimension,
//! which is about as long as an answer gets.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets an error has failed")]

#[path = "../tests/it/app.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod app;
#[path = "../tests/it/asana.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod asana;
#[path = "../tests/it/backlog.rs"]
mod backlog;
#[path = "../tests/it/database.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod database;
#[path = "../tests/it/witness.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod witness;

use app::{Setting, TestApp};
use asana::TOKEN;
use serde_json::{Value, json};
use witness::{Asked, Say, Witness, all};

const TASKS: usize = 500;

fn tokens(text: &str) -> usize {
    tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len()
}

/// Five scores and five quotes of a line.
fn answer(asked: &Asked, _: usize) -> Say {
    let text = asked.source("description").or_else(|| asked.source("name")).unwrap_or_default();
    all(3, &text.lines().next().unwrap_or_default().chars().take(120).collect::<String>())
}

fn backlog() -> (String, &'static str) {
    match backlog::real("camel.jsonl") {
        Some(file) => {
            let text = std::fs::read_to_string(file).unwrap();
            (text.lines().take(TASKS).map(|line| format!("{line}\n")).collect(), "real")
        }
        None => (backlog::mixed(TASKS), "made-up"),
    }
}

fn row(what: &str, report: &Value) {
    let used = &report["model"];
    let number = |key: &str| used[key].as_u64().unwrap();
    let (asked, tokens) = (number("answered"), number("input_tokens") + number("output_tokens"));
    let dollars = used["dollars"].as_f64().unwrap();
    let each = |whole: f64| if asked == 0 { 0.0 } else { whole / asked as f64 };
    println!(
        "| {what} | {asked} | {} | {} | {:.0} | ${dollars:.4} | ${:.5} |",
        number("input_tokens"),
        number("output_tokens"),
        each(tokens as f64),
        each(dollars)
    );
}

fn main() {
    let (text, kind) = backlog();
    let witness = Witness::counting(tokens, answer);
    let app = TestApp::with(Setting { backlogs: vec![text], ..Setting::default() });
    let config = format!(
        "[model]\nprovider = 'openai'\nopenai_api = 'chat'\nbase_url = '{}'\nmodel = 'gpt-6-luna'\nlarger_model = 'gpt-6-sol'\n",
        witness.url
    );
    let small = config.replace("larger_model = 'gpt-6-sol'\n", "");
    app.configure(&small);
    app.setup();
    println!("{TASKS} {kind} tasks, gpt-6-luna's prices\n");
    println!(
        "| Run | Questions | Tokens in | out | a question | Cost | a question |\n|---|---|---|---|---|---|---|"
    );
    row("first", &app.groom());
    let asked = witness.asked();
    row("again, nothing changed", &app.groom());
    assert!(witness.asked().is_empty());
    for task in app.asana.tasks(&app.project).iter().take(TASKS / 10) {
        let path = format!("/tasks/{}", task["gid"].as_str().unwrap());
        app.asana.put(
            TOKEN,
            &path,
            json!({ "notes": "The nightly export fails since Monday, and support is asked every day." }),
        );
    }
    row("a tenth of the tasks changed", &app.groom());
    app.configure(&config);
    row("then with a larger model for close calls", &app.groom());
    println!("\nThe beginning that all questions share: {} tokens.", tokens(&asked[0].system));
}
