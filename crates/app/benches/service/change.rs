//! From a change in Asana to the score that says so, and a burst of changes.

use crate::app::{Setting, TestApp};
use crate::asana::PERSON;
use crate::database::Kind;
use crate::percentile;
use crate::served::{Served, within};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// A workspace with connected, groomed projects, and the service that keeps them right.
pub fn connected(kind: Kind, knobs: &str, config: &str, more: &[&str]) -> (TestApp, Served, Vec<String>) {
    let sandbox: Vec<&str> = ["--generate", knobs].into_iter().chain(more.iter().copied()).collect();
    let app = TestApp::with(Setting {
        backlogs: vec![],
        database: kind,
        sandbox: &sandbox,
        config,
        ..Setting::default()
    });
    let projects = app.asana.list(&format!("/projects?workspace={}", app.asana.workspace));
    let projects: Vec<String> = projects.iter().map(|p| p["gid"].as_str().unwrap().to_owned()).collect();
    for project in &projects {
        app.upnext(&["setup", "--project", project]).ok();
        app.upnext(&["connect", "--project", project]).ok();
    }
    let served = Served::start(&app);
    wait_for_all(&app);
    (app, served, projects)
}

/// Looks until something is so, for longer than a test would.
pub fn until(what: &str, so: impl FnMut() -> bool) {
    within(Duration::from_secs(3600), what, so);
}

/// Until every project was judged and nothing is left to do.
pub fn wait_for_all(app: &TestApp) {
    until("every project is judged", || {
        let all = app.upnext(&["connections", "--json"]).ok().json();
        all.as_array().unwrap().iter().all(|c| c["read_to"].is_string() && c["channel"] == "webhook")
    });
    until("nothing is left to do", || idle(app));
}

pub fn idle(app: &TestApp) -> bool {
    let jobs = app.upnext(&["jobs", "list", "--json", "--limit", "2000"]).ok().json();
    let due = |job: &Value| job["job"]["kind"] == "recalculate" || job["job"]["state"] == "leased";
    !jobs.as_array().unwrap().iter().any(due)
}

/// Open, scored tasks of a project that are not due today.
pub fn changeable(app: &TestApp, project: &str) -> Vec<String> {
    let tasks = app.asana.tasks(project);
    let score = |t: &Value| !crate::asana::shown(t, "AI Priority Score").is_null();
    let open =
        tasks.iter().filter(|t| t["completed"] == false && score(t) && t["due_on"] != today().as_str());
    open.map(|t| t["gid"].as_str().unwrap().to_owned()).collect()
}

pub fn today() -> String {
    crate::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date().to_string()
}

/// One change a second over fifty projects: how long until the score is another.
pub fn latency(kind: Kind) {
    println!("\nlatency: 50 projects, 1 change/s for 120 s, rules only");
    let (app, served, projects) =
        connected(kind, "projects=50,tasks=2500,people=40,months=3", "", &["--limits", "off"]);
    let tasks: HashMap<&String, Vec<String>> = projects.iter().map(|p| (p, changeable(&app, p))).collect();
    let (mut seconds, mut silent) = (vec![], 0);
    let mut place = HashMap::new();
    for n in 0..120usize {
        let begun = Instant::now();
        let project = &projects[n % projects.len()];
        let at = place.entry(project).or_insert(0usize);
        let Some(task) = tasks[project].get(*at) else { continue };
        *at += 1;
        let before = app.asana.value(task, "AI Rationale");
        let changed = Instant::now();
        app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": today() }));
        loop {
            if app.asana.value(task, "AI Rationale") != before {
                seconds.push(changed.elapsed().as_secs_f64());
                break;
            }
            // Some changes are too small to be written.
            if changed.elapsed() > Duration::from_secs(8) {
                silent += 1;
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_secs(1).saturating_sub(begun.elapsed()));
    }
    seconds.sort_by(f64::total_cmp);
    println!(
        "{} changes written back: p50 {:.2} s, p95 {:.2} s, longest {:.2} s; {silent} led to no write",
        seconds.len(),
        percentile(&seconds, 50),
        percentile(&seconds, 95),
        seconds.last().unwrap()
    );
    drop(served);
}

/// Ten thousand changes in a minute: what is written once it is quiet.
pub fn burst(kind: Kind) {
    println!("\nburst: 10,000 changes within a minute in 50 projects");
    let (app, served, projects) = connected(
        kind,
        "projects=50,tasks=30000,people=60,months=2,open_share=0.6",
        "",
        &["--limits", "off"],
    );
    let tasks: Vec<String> =
        projects.iter().flat_map(|p| changeable(&app, p).into_iter().take(200)).collect();
    println!("{} tasks are changed", tasks.len());
    let rows = |app: &TestApp| app.audit().len();
    let before = rows(&app);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for part in tasks.chunks(tasks.len().div_ceil(8)) {
            let app = &app;
            scope.spawn(move || {
                for task in part {
                    app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": today() }));
                }
            });
        }
    });
    println!("changed in {:.0} s", begun.elapsed().as_secs_f64());
    until("all was looked at", || served.metrics().contains("upnext_changes_unseen 0") && idle(&app));
    println!("converged {:.0} s after the first change", begun.elapsed().as_secs_f64());
    let mut times: HashMap<String, usize> = HashMap::new();
    // What later writes of a task changed.
    let mut again: BTreeMap<String, usize> = BTreeMap::new();
    for entry in app.audit().into_iter().skip(before) {
        let body = match &entry["body"] {
            Value::String(text) => serde_json::from_str(text).unwrap(),
            body => body.clone(),
        };
        let id = body["action"]["id"].as_str().unwrap_or_default();
        let done = body["outcome"]["kind"].to_string().contains("done");
        if let Some(task) = id.strip_prefix("act_fields_").filter(|_| done) {
            let time = times.entry(task.to_owned()).or_default();
            *time += 1;
            if *time > 1 {
                let changes = body["action"]["action"]["changes"].as_array().into_iter().flatten();
                let names: Vec<&str> = changes.filter_map(|change| change["name"].as_str()).collect();
                *again.entry(names.join(", ")).or_default() += 1;
            }
        }
    }
    let changed = tasks.iter().filter(|t| times.contains_key(*t)).count();
    let written_twice: Vec<&String> =
        tasks.iter().filter(|t| times.get(*t).is_some_and(|n| *n > 1)).collect();
    let twice = written_twice.len();
    let links = links(&app, &projects);
    let alone = written_twice.iter().filter(|t| !near_a_change(&links, t, &tasks)).count();
    let others: usize = times.iter().filter(|(t, _)| !tasks.contains(t)).map(|(_, n)| n).sum();
    println!(
        "{changed} of the changed tasks were written, {twice} of them more than once, {alone} of these without another changed task \
         within five dependency links; {others} writes to their neighbours"
    );
    for (fields, times) in again {
        println!("{times:>6} later writes of {fields}");
    }
}

/// Which tasks are joined by a dependency, either way.
fn links(app: &TestApp, projects: &[String]) -> HashMap<String, Vec<String>> {
    let mut links: HashMap<String, Vec<String>> = HashMap::new();
    for project in projects {
        for task in app.asana.list(&format!("/tasks?project={project}&opt_fields=dependencies")) {
            let gid = task["gid"].as_str().unwrap();
            for other in task["dependencies"].as_array().into_iter().flatten() {
                let other = other["gid"].as_str().unwrap();
                links.entry(gid.to_owned()).or_default().push(other.to_owned());
                links.entry(other.to_owned()).or_default().push(gid.to_owned());
            }
        }
    }
    links
}

fn near_a_change(links: &HashMap<String, Vec<String>>, task: &str, changed: &[String]) -> bool {
    let mut near: std::collections::HashSet<&str> = [task].into();
    for _ in 0..5 {
        let next: Vec<&str> =
            near.iter().filter_map(|t| links.get(*t)).flatten().map(String::as_str).collect();
        near.extend(next);
    }
    changed.iter().any(|other| other != task && near.contains(other.as_str()))
}
