//! How long pages take over 10,000 ranked tasks, and what they weigh on the way: the binary, asked as a browser asks.
//!
//! Target: the list within 150 ms for 95 of 100, at most 200 KB.

use crate::app::{Setting, TestApp};
use crate::backlog;
use crate::database::Kind;
use crate::served::Served;
use std::time::Instant;

const TASKS: usize = 10_000;

/// Times each page is asked for, besides the first.
const TIMES: usize = 200;

pub fn run(database: Kind) {
    let app =
        TestApp::with(Setting { backlogs: vec![backlog::mixed(TASKS)], database, ..Setting::default() });
    app.setup();
    app.groom();
    let served = Served::run(&app, &["dashboard", "--json", "--listen", "127.0.0.1:0"]);
    let token = served.told["admin_token"].as_str().unwrap().to_owned();
    let none = reqwest::redirect::Policy::none();
    let http = reqwest::blocking::Client::builder().no_gzip().redirect(none).build().unwrap();
    let cookie = signed_in(&http, &served.url, &token);
    let project = &app.project;
    let task = app.asana.tasks(project)[0]["gid"].as_str().unwrap().to_owned();
    println!("\n{TASKS} ranked tasks, {TIMES} times each page");
    println!("{:<34} {:>9} {:>9} {:>9} {:>10}", "page", "first ms", "p50 ms", "p95 ms", "KB gzipped");
    for (name, path) in [
        ("list", format!("/projects/{project}")),
        ("list, page 50", format!("/projects/{project}?page=50")),
        ("list, searched", format!("/projects/{project}?q=report&band=P2")),
        ("list, by assignee", format!("/projects/{project}?sort=assignee&order=down")),
        ("task", format!("/projects/{project}/tasks/{task}")),
        ("projects", "/".to_owned()),
        ("plans", "/plans".to_owned()),
        ("monitoring", "/monitoring".to_owned()),
    ] {
        page(&http, (&format!("{}{path}", served.url), &cookie), name);
    }
}

fn page(http: &reqwest::blocking::Client, (url, cookie): (&str, &str), name: &str) {
    let ask = || {
        let begun = Instant::now();
        let answer = http.get(url).header("cookie", cookie).header("accept-encoding", "gzip").send().unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        let bytes = answer.bytes().unwrap().len();
        (begun.elapsed().as_secs_f64() * 1000.0, bytes)
    };
    let (first, bytes) = ask();
    let mut took: Vec<f64> = (0..TIMES).map(|_| ask().0).collect();
    took.sort_by(f64::total_cmp);
    let at = |percent| crate::percentile(&took, percent);
    println!("{name:<34} {first:>9.0} {:>9.1} {:>9.1} {:>10.1}", at(50), at(95), bytes as f64 / 1024.0);
}

/// The cookie of a new session.
fn signed_in(http: &reqwest::blocking::Client, url: &str, token: &str) -> String {
    let cookie = |answer: &reqwest::blocking::Response| {
        let set = answer.headers()["set-cookie"].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    };
    let form = http.get(format!("{url}/sign-in")).send().unwrap();
    let stranger = cookie(&form);
    let text = form.text().unwrap();
    let key = text.split_once("name=\"key\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let sent = http
        .post(format!("{url}/sign-in"))
        .header("cookie", stranger)
        .form(&[("key", key), ("token", token)])
        .send()
        .unwrap();
    assert_eq!(sent.status(), 303);
    cookie(&sent)
}
