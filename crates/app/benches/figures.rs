//! The published figures of a whole groom: requests, time and memory of the real binary against a local Asana.
//!
//! Counted and timed once each: requests and memory do not vary between runs. Prints a table for the README. Known limit:
//! memory is read from `/proc`, so this runs on Linux only.

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

use app::{Setting, TestApp, ended};
use serde_json::{Value, json};
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    println!("| What | Figure |\n|---|---|");
    demo();
    requests();
    large();
}

fn row(what: &str, figure: &str) {
    println!("| {what} | {figure} |");
}

fn demo() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_upnext"));
    command.arg("demo").env_clear().env("HOME", home.path()).current_dir(home.path());
    let start = Instant::now();
    assert!(command.stdout(Stdio::null()).status().unwrap().success());
    row("`upnext demo`, 240 real tasks", &format!("{:.1} s", start.elapsed().as_secs_f64()));
}

/// The first 1,000 tasks of a real backlog, where it is at hand.
fn thousand() -> (String, &'static str) {
    match backlog::real("camel.jsonl") {
        Some(file) => {
            let text = std::fs::read_to_string(file).unwrap();
            (text.lines().take(1_000).map(|line| format!("{line}\n")).collect(), "real")
        }
        None => (backlog::mixed(1_000), "made-up"),
    }
}

fn requests() {
    let (text, kind) = thousand();
    let app = TestApp::with(Setting { backlogs: vec![text], ..Setting::default() });
    app.setup();
    app.asana.reset_counters();
    let first = app.groom();
    let routes = app.asana.counters()["routes"].clone();
    let project = |route: &str| route.starts_with("GET /projects/") || route.starts_with("GET /tasks");
    let routes = routes.as_object().unwrap().iter().filter(|(route, _)| project(route));
    let reading: u64 = routes.map(|(_, count)| count.as_u64().unwrap()).sum();
    row(&format!("Reading a project of 1,000 {kind} tasks"), &format!("{reading} requests"));
    row("… its whole first groom, user and goals included", &told(&first));
    row("… writing every task", &told(&app.groom_and_apply()));
    row("… again, nothing changed", &told(&app.groom_and_apply()));
    let changed: Vec<&str> =
        first["tasks"].as_array().unwrap().iter().filter_map(|t| t["gid"].as_str()).take(100).collect();
    let lowest = if kind == "real" { "Trivial" } else { "P3" };
    for task in &changed {
        app.edit_as_person(task, "Priority", json!(lowest));
    }
    // People do not edit a hundred tasks in the second before a groom.
    app.asana.jump(60);
    let after = app.groom_and_apply();
    let written = after["tasks"].as_array().unwrap().iter().filter(|t| t["written"] == true).count();
    row("… again, 100 tasks changed by people", &format!("{}; {written} tasks written", told(&after)));
}

fn told(report: &Value) -> String {
    let requests = &report["requests"];
    format!("{} reads, {} writes", requests["reads"], requests["writes"])
}

fn large() {
    let app = TestApp::with(Setting { backlogs: vec![backlog::mixed(10_000)], ..Setting::default() });
    app.setup();
    let groom = ["groom", "--json", "--project", &app.project];
    let apply = ["groom", "--json", "--apply", "--project", &app.project];
    for (what, args) in [
        ("Groom of 10,000 tasks, plan only", &groom[..]),
        ("… writing every task", &apply[..]),
        ("… again, nothing changed", &apply[..]),
    ] {
        let (report, seconds, memory) = measured(app.start(args));
        row(what, &format!("{seconds:.1} s, {memory} MB at most, {}", told(&report)));
    }
}

/// Runs a command to its end: its report, seconds, and the most memory it had resident, MB.
fn measured(mut child: Child) -> (Value, f64, u64) {
    let start = Instant::now();
    let status = format!("/proc/{}/status", child.id());
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).unwrap();
        text
    });
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = peak(&status).unwrap_or(most);
        std::thread::sleep(Duration::from_millis(5));
    }
    let seconds = start.elapsed().as_secs_f64();
    ended(child.wait_with_output().unwrap()).ok();
    (serde_json::from_str(&reader.join().unwrap()).unwrap(), seconds, most / 1024)
}

/// `VmHWM` of a process, kB: the highest so far, so that looking now and then misses nothing but the last moment.
fn peak(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}
