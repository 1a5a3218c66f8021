//! Several workers on one database, and a large workspace.

use crate::app::TestApp;
use crate::asana::PERSON;
use crate::change::until;
use crate::change::{changeable, connected, idle, today};
use crate::database::Kind;
use crate::served::Served;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Seconds within which the jobs of a killed worker are to be taken up again.
const LEASE: u64 = 30;

/// One job at a time and a slow Asana: what a worker does is waiting.
const WAITING: &str = "[service]\njobs_at_once = 1\nsettle_ms = 50\nlease_seconds = 30\n";

/// A person changes tasks.
fn change(app: &TestApp, tasks: &[String]) {
    for task in tasks {
        app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": today() }));
    }
}

/// How long `workers` processes take for a change in each of the projects.
fn round(app: &TestApp, tasks: &[String]) -> f64 {
    let begun = Instant::now();
    change(app, tasks);
    until("every change was looked at", || idle(app));
    begun.elapsed().as_secs_f64()
}

/// Jobs as they stand, all or those of one state.
fn jobs(app: &TestApp, more: &[&str]) -> Vec<Value> {
    let args = [&["jobs", "list", "--json", "--limit", "2000"][..], more].concat();
    let jobs = app.upnext(&args).ok().json();
    jobs.as_array().unwrap().iter().map(|row| row["job"].clone()).collect()
}

/// The jobs that a process has under way.
fn held_by(app: &TestApp, served: &Served) -> Vec<Value> {
    let name = format!("process {} ", served.pid());
    let mut held = jobs(app, &["--state", "leased"]);
    held.retain(|job| job["worker"].as_str().unwrap().starts_with(&name));
    held
}

/// Kills a worker over its job while all are at work, and tells how long it took until another had it.
fn killed(app: &TestApp, workers: &mut Vec<Served>, tasks: &[String]) {
    change(app, tasks);
    let worker = workers.remove(0);
    let pid = worker.pid();
    let signal = |name: &str| {
        let sent = std::process::Command::new("kill").args([name, &pid.to_string()]).status().unwrap();
        assert!(sent.success());
    };
    // Stopped first, so that what it holds is known and it ends nothing more.
    let held = loop {
        until("the worker has a job", || !held_by(app, &worker).is_empty());
        signal("-STOP");
        let held = held_by(app, &worker);
        if !held.is_empty() {
            break held;
        }
        signal("-CONT");
    };
    let killed = Instant::now();
    worker.kill();
    let again = |job: &Value| {
        let now = jobs(app, &[]).into_iter().find(|now| now["id"] == job["id"]);
        now.is_none_or(|now| now["state"] == "leased" && now["lease"].as_i64() > job["lease"].as_i64())
    };
    until("another has it", || held.iter().all(again));
    println!(
        "killed worker: {} taken up again by another after {:.1} s, of a lease of {LEASE} s",
        held.iter().map(|job| job["key"].as_str().unwrap()).collect::<Vec<_>>().join(", "),
        killed.elapsed().as_secs_f64()
    );
    until("every change was looked at", || idle(app));
}

/// Tells whether anything was written twice; the log must still hold everything since the counters were reset.
fn double_writes(app: &TestApp) {
    let counters = app.asana.counters();
    let calls = counters["reads"].as_u64().unwrap() + counters["writes"].as_u64().unwrap();
    assert!(calls < 10_000, "{calls} calls: more than the log holds");
    let (written, again) = app.asana.written_again();
    println!("{written} writes of tasks' fields, {} of a value that had been written before", again.len());
    assert!(again.is_empty(), "{again:#?}");
}

pub fn workers() {
    println!(
        "\nworkers: 40 projects on PostgreSQL, Asana answers after 100 ms, one job at a time in each process"
    );
    let limits: [(&str, &[&str]); 2] =
        [("limits off", &["--limits", "off"]), ("1,500 requests a minute", &["--limits", "on"])];
    for (name, more) in limits {
        let (app, served, projects) = connected(
            Kind::Postgres,
            "projects=40,tasks=1200,people=30,months=2,open_share=0.7",
            WAITING,
            more,
        );
        let mut tasks: Vec<Vec<String>> = projects.iter().map(|p| changeable(&app, p)).collect();
        let mut next = || tasks.iter_mut().filter_map(Vec::pop).collect::<Vec<String>>();
        app.asana.faults(json!({ "latency_ms": { "min": 100, "max": 100 } }));
        app.asana.reset_counters();
        let one = round(&app, &next());
        let mut more: Vec<Served> = (0..3).map(|_| Served::worker(&app)).collect();
        // Shares are divided anew every few seconds.
        std::thread::sleep(Duration::from_secs(12));
        let four = round(&app, &next());
        println!("{name}: 1 process {one:.1} s, 4 processes {four:.1} s: {:.1} times as fast", one / four);
        killed(&app, &mut more, &next());
        double_writes(&app);
        println!("{} answers of 429", app.asana.counters()["statuses"]["429"].as_u64().unwrap_or(0));
        drop((served, more));
    }
}

/// The most memory a process had at once.
fn peak_memory_mb(served: &Served) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// A hundred thousand tasks in two hundred projects: what the first look costs, what a sweep costs while nothing changes and, if it is
/// `hourly`, what an hour of the service as it is shipped costs.
pub fn crawl(kind: Kind, hourly: bool) {
    println!("\ncrawl: 100,000 tasks in 200 projects");
    let begun = Instant::now();
    let (app, served, projects) = connected(
        kind,
        "projects=200,tasks=100000,people=200,months=6",
        "[service]\nsweep_seconds = 60\n",
        &["--limits", "off"],
    );
    let counters = app.asana.counters();
    let requests = |what: &str| counters[what].as_u64().unwrap();
    println!(
        "{} projects judged and written in {:.0} s with {} reads and {} writes (at 1,500 a minute: {:.0} min)",
        projects.len(),
        begun.elapsed().as_secs_f64(),
        requests("reads"),
        requests("writes"),
        (requests("reads") + requests("writes")) as f64 / 1500.0
    );
    println!("memory of the service: {} MB at most", peak_memory_mb(&served));
    let open = quiet(&app, &served, &projects);
    if hourly {
        hour(&app, served, open);
    }
}

/// What an hour costs in which nothing changes, by the real clock: sweeps, webhooks that are seen to, everything.
fn hour(app: &TestApp, served: Served, open: u64) {
    let port = served.url.rsplit(':').next().unwrap().parse().unwrap();
    served.stop();
    app.configure("");
    let served = Served::at(app, port);
    // The first looks after a start are no part of a quiet hour.
    std::thread::sleep(Duration::from_secs(600));
    app.asana.reset_counters();
    std::thread::sleep(Duration::from_secs(3600));
    let counters = app.asana.counters();
    let requests = |what: &str| counters[what].as_u64().unwrap();
    println!(
        "an hour at the default settings: {} reads and {} writes, {:.4} requests an open task",
        requests("reads"),
        requests("writes"),
        (requests("reads") + requests("writes")) as f64 / open as f64
    );
    println!("memory of the service: {} MB at most", peak_memory_mb(&served));
}

/// What half a dozen sweeps of a workspace cost in which nothing changes; the first of them still list what the groom wrote. Gives the
/// number of open tasks.
fn quiet(app: &TestApp, served: &Served, projects: &[String]) -> u64 {
    let open: u64 = projects
        .iter()
        .map(|p| {
            app.asana.list(&format!("/tasks?project={p}&completed_since=now&opt_fields=gid")).len() as u64
        })
        .sum();
    let swept = || sum_of(&served.metrics(), "upnext_jobs_ended_total{", "sweep");
    let wait_for = |sweeps: u64| until("projects are swept", || swept() >= sweeps);
    let all = projects.len() as u64;
    wait_for(swept() + 2 * all);
    app.asana.reset_counters();
    let from = swept();
    wait_for(from + 4 * all);
    let (reads, sweeps) = (app.asana.counters()["reads"].as_u64().unwrap(), swept() - from);
    let each = reads as f64 / sweeps as f64;
    println!(
        "{sweeps} sweeps of {all} projects, {open} open tasks: {each:.2} requests each; at one every 20 minutes {:.4} requests a task \
         and hour",
        each * 3.0 * all as f64 / open as f64
    );
    println!("memory of the service: {} MB at most", peak_memory_mb(served));
    open
}

/// The sum of a metric's values over the label sets that hold a word.
fn sum_of(metrics: &str, name: &str, word: &str) -> u64 {
    let lines = metrics.lines().filter(|line| line.starts_with(name) && line.contains(word));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum::<f64>() as u64
}
