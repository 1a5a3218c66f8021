//! Several workers on one database, and a large workspace.

use crate::app::TestApp;
use crate::asana::PERSON;
use crate::change::until;
use crate::change::{changeable, connected, idle, today};
use crate::database::Kind;
use crate::served::Served;
use serde_json::json;
use std::time::Instant;

/// One job at a time and a slow Asana: what a worker does is waiting.
const WAITING: &str = "[service]\njobs_at_once = 1\nsettle_ms = 50\n";

/// How long `workers` processes take for a change in each of the projects.
fn round(app: &TestApp, tasks: &[String]) -> f64 {
    let begun = Instant::now();
    for task in tasks {
        app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": today() }));
    }
    until("every change was looked at", || idle(app));
    begun.elapsed().as_secs_f64()
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
        if name != "limits off" {
            app.configure(&WAITING.replace("[service]", "[service]\nlease_seconds = 30"));
        }
        let mut tasks: Vec<Vec<String>> = projects.iter().map(|p| changeable(&app, p)).collect();
        let mut next = || tasks.iter_mut().filter_map(Vec::pop).collect::<Vec<String>>();
        app.asana.faults(json!({ "latency_ms": { "min": 100, "max": 100 } }));
        let one = round(&app, &next());
        let more: Vec<Served> = (0..3).map(|_| Served::worker(&app)).collect();
        // Shares are divided anew every few seconds.
        std::thread::sleep(std::time::Duration::from_secs(12));
        app.asana.reset_counters();
        let four = round(&app, &next());
        let counters = app.asana.counters();
        let refused = counters["statuses"]["429"].as_u64().unwrap_or(0);
        println!(
            "{name}: 1 process {one:.1} s, 4 processes {four:.1} s: {:.1} times as fast; {refused} answers of 429",
            one / four
        );
        drop((served, more));
    }
}

/// The most memory a process had at once.
fn peak_memory_mb(served: &Served) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// A hundred thousand tasks in two hundred projects: what the first look costs, what an hour of quiet costs.
pub fn crawl(kind: Kind) {
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
    quiet(&app, &served, &projects);
}

/// What half a dozen sweeps of a workspace cost in which nothing changes; the first of them still list what the groom wrote.
fn quiet(app: &TestApp, served: &Served, projects: &[String]) {
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
        "{sweeps} sweeps of {all} projects, {open} open tasks: {each:.2} requests each; at one every 15 minutes {:.4} requests a task \
         and hour",
        each * 4.0 * all as f64 / open as f64
    );
    println!("memory of the service: {} MB at most", peak_memory_mb(served));
}

/// The sum of a metric's values over the label sets that hold a word.
fn sum_of(metrics: &str, name: &str, word: &str) -> u64 {
    let lines = metrics.lines().filter(|line| line.starts_with(name) && line.contains(word));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum::<f64>() as u64
}
