//! The published figures of `upnext sandbox` with 100,000 tasks: start from a saved world, memory, pages, reads a
//! second.
//!
//! The load comes from this process, on the same cores. Known limit: memory is read from `/proc`, so this runs on
//! Linux only.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets an error has failed")]

#[path = "../tests/it/backlog.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod backlog;

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const TASKS: usize = 100_000;
/// Fifteen of them, as a connector asks for.
const FIELDS: &str = "name,notes,assignee.name,completed,completed_at,created_at,modified_at,due_on,start_on,\
                      parent.name,tags.name,num_subtasks,memberships.section.name,custom_fields.display_value,\
                      permalink_url";
const CONNECTIONS: usize = 8;

fn main() {
    let home = tempfile::tempdir().unwrap();
    let saved = home.path().join("world.json");
    save(home.path(), &saved);
    let size = std::fs::metadata(&saved).unwrap().len() / 1_000_000;

    let start = Instant::now();
    let (mut sandbox, told) = sandbox(home.path(), &["--state", saved.to_str().unwrap()]);
    let loaded = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string(format!("/proc/{}/status", sandbox.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim();
    let peak: u64 = peak.trim_end_matches(" kB").parse().unwrap();
    let address = told["base_url"].as_str().unwrap()["http://".len()..].split('/').next().unwrap().to_owned();

    println!("| What | Figure |\n|---|---|");
    println!(
        "| Starting the sandbox with {TASKS} saved tasks ({size} MB) | {loaded:.1} s, {} MB at most |",
        peak / 1024
    );
    let (project, task) = large_project(&address, &told);
    let times = pages(&address, &project);
    let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1000.0;
    println!(
        "| … pages of 100 tasks with 15 fields, all {} | median {:.1} ms, p95 {:.1} ms |",
        times.len(),
        at(50),
        at(95)
    );
    println!(
        "| … whole tasks read singly, {CONNECTIONS} connections | {:.0} a second |",
        reads(&address, &task)
    );
    sandbox.kill().unwrap();
    sandbox.wait().unwrap();
}

fn sandbox(home: &Path, args: &[&str]) -> (Child, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_upnext"))
        .args(["sandbox", "--json", "--port", "0", "--limits", "off"])
        .args(args)
        .env_clear()
        .env("HOME", home)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

/// Imports a backlog and saves the world it makes.
fn save(home: &Path, path: &Path) {
    let backlog = home.join("backlog.jsonl");
    std::fs::write(&backlog, backlog::mixed(TASKS)).unwrap();
    let (mut child, told) = sandbox(home, &["--import", backlog.to_str().unwrap()]);
    let address = told["base_url"].as_str().unwrap()["http://".len()..].split('/').next().unwrap().to_owned();
    let order = serde_json::json!({ "path": path }).to_string();
    Connection::open(&address).call("POST", "/_sandbox/save", &order);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The imported project and one of its tasks.
fn large_project(address: &str, told: &Value) -> (String, String) {
    let mut connection = Connection::open(address);
    let workspace = told["workspace"].as_str().unwrap();
    let projects = connection.get(&format!("/projects?workspace={workspace}&limit=100"));
    let project = projects["data"][0]["gid"].as_str().unwrap().to_owned();
    let tasks = connection.get(&format!("/projects/{project}/tasks?limit=1"));
    (project, tasks["data"][0]["gid"].as_str().unwrap().to_owned())
}

/// How long each page of the whole project took, in order of length.
fn pages(address: &str, project: &str) -> Vec<Duration> {
    let mut connection = Connection::open(address);
    let first = format!("/projects/{project}/tasks?limit=100&opt_fields={FIELDS}");
    let (mut path, mut times) = (first.clone(), Vec::new());
    loop {
        let start = Instant::now();
        let text = connection.call("GET", &format!("/api/1.0{path}"), "");
        times.push(start.elapsed());
        let page: Value = serde_json::from_str(&text).unwrap();
        match page["next_page"]["offset"].as_str() {
            Some(offset) => path = format!("{first}&offset={offset}"),
            None => break,
        }
    }
    assert_eq!(times.len(), TASKS / 100);
    times.sort_unstable();
    times
}

fn reads(address: &str, task: &str) -> f64 {
    const EACH: u32 = 2_000;
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut connection = Connection::open(address);
                for _ in 0..EACH {
                    connection.call("GET", &format!("/api/1.0/tasks/{task}"), "");
                }
            });
        }
    });
    f64::from(EACH) * CONNECTIONS as f64 / start.elapsed().as_secs_f64()
}

/// A kept connection that costs next to nothing itself.
struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    fn get(&mut self, path: &str) -> Value {
        serde_json::from_str(&self.call("GET", &format!("/api/1.0{path}"), "")).unwrap()
    }

    /// The body of an answer, which must be good.
    fn call(&mut self, method: &str, path: &str, body: &str) -> String {
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: sandbox\r\nauthorization: Bearer sandbox-token\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(head.as_bytes()).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 2"), "{method} {path}: {line}");
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap()
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }
}
