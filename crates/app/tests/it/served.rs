//! A running service of a test.

use crate::app::TestApp;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything here takes on a machine that is doing much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks until something is so.
pub fn until(what: &str, so: impl FnMut() -> bool) {
    within(PATIENCE, what, so);
}

/// Looks until something is so, for as long as given.
pub fn within(patience: Duration, what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < patience, "not within {patience:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A running `upnext serve` or `upnext work`.
pub struct Served {
    child: Child,
    pub url: String,
    /// What it said in its first line.
    pub told: Value,
    log: Option<std::thread::JoinHandle<String>>,
}

/// A port nobody has.
pub fn port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Served {
    /// Reached by Asana at its own address.
    pub fn start(app: &TestApp) -> Served {
        Served::at(app, port())
    }

    pub fn at(app: &TestApp, port: u16) -> Served {
        let (listen, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        Served::run(app, &["serve", "--json", "--listen", &listen, "--public-url", &url])
    }

    /// Not reached by Asana.
    pub fn deaf(app: &TestApp) -> Served {
        Served::run(app, &["serve", "--json", "--listen", "127.0.0.1:0"])
    }

    pub fn worker(app: &TestApp) -> Served {
        Served::run(app, &["work", "--json"])
    }

    pub fn run(app: &TestApp, args: &[&str]) -> Served {
        Served::spawn(app.command(args))
    }

    /// Reached by Asana, with a log of JSON lines.
    pub fn logging(app: &TestApp, filter: &str) -> Served {
        let port = port();
        let (listen, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let mut command = app.command(&["serve", "--json", "--listen", &listen, "--public-url", &url]);
        command.env("UPNEXT_LOG", filter).env("UPNEXT_LOG_FORMAT", "json");
        Served::spawn(command)
    }

    /// Starts a command that says in its first line where it listens.
    pub fn spawn(mut command: Command) -> Served {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let Ok(said) = serde_json::from_str::<Value>(&line) else {
            panic!("it did not start: {line}{}", log.join().unwrap())
        };
        let url = format!("http://{}", said["listens"].as_str().unwrap_or_default());
        Served { child, url, told: said, log: Some(log) }
    }

    /// SIGTERM; its exit code and what it said.
    pub fn stop(mut self) -> (i32, String) {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, self.log.take().unwrap().join().unwrap())
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn metrics(&self) -> String {
        reqwest::blocking::get(format!("{}/metrics", self.url)).unwrap().text().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if let Some(log) = self.log.take().filter(|_| std::thread::panicking()) {
            eprintln!("the service said:\n{}", log.join().unwrap_or_default());
        }
    }
}
