//! One Upnext with a home and database of its own, against a local Asana of its own.

use crate::asana::{Asana, TOKEN};
use crate::backlog;
use crate::database::{Database, Kind};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The command did what it should.
    pub fn ok(self) -> Ran {
        self.exits(0)
    }

    /// The command ended with this code.
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "\nstdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Standard output as one JSON value.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}\n{}\n{}", self.out, self.err))
    }

    /// The message names all of these.
    pub fn says(self, words: &[&str]) -> Ran {
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in: {}", self.err);
        }
        self
    }
}

/// How a test's world is made; [`TestApp::new`] is the usual one.
pub struct Setting<'a> {
    pub backlogs: Vec<String>,
    pub files: Vec<PathBuf>,
    pub database: Kind,
    /// More of `upnext sandbox`.
    pub sandbox: &'a [&'a str],
    /// More configuration, TOML.
    pub config: &'a str,
    /// Whether commands are given a token.
    pub token: bool,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Setting {
            backlogs: vec![backlog::mixed(40)],
            files: vec![],
            database: Kind::Sqlite,
            sandbox: &["--limits", "off"],
            config: "",
            token: true,
        }
    }
}

pub struct TestApp {
    pub asana: Asana,
    pub database: Database,
    /// The first imported project.
    pub project: String,
    pub home: tempfile::TempDir,
    token: bool,
}

impl TestApp {
    /// Forty tasks of all kinds in a SQLite store; nothing set up yet.
    pub fn new() -> TestApp {
        TestApp::with(Setting::default())
    }

    /// The same on either database.
    pub fn on(database: Kind) -> TestApp {
        TestApp::with(Setting { database, ..Setting::default() })
    }

    /// With the demo's workspace beside it, and so with a second person who has a token.
    pub fn with_people() -> TestApp {
        TestApp::with(Setting { sandbox: &["--limits", "off", "--demo"], ..Setting::default() })
    }

    pub fn with(setting: Setting) -> TestApp {
        let home = tempfile::tempdir().unwrap();
        let mut files = setting.files;
        for (n, text) in setting.backlogs.iter().enumerate() {
            let file = home.path().join(format!("backlog-{n}.jsonl"));
            std::fs::write(&file, text).unwrap();
            files.push(file);
        }
        let mut args: Vec<&str> = setting.sandbox.to_vec();
        for file in &files {
            args.extend(["--import", file.to_str().unwrap()]);
        }
        let asana = Asana::start(&args, home.path());
        let project =
            asana.imports.first().and_then(|i| i["project"].as_str()).unwrap_or_default().to_owned();
        let database = Database::create(setting.database, home.path());
        let app = TestApp { asana, database, project, home, token: setting.token };
        app.configure(setting.config);
        app
    }

    /// Replaces the configuration; our own request limits never slow a test.
    pub fn configure(&self, config: &str) {
        let folder = self.home.path().join("config/upnext");
        std::fs::create_dir_all(&folder).unwrap();
        let text = format!("[asana]\nrequests_per_minute = 60000\n{config}");
        std::fs::write(folder.join("config.toml"), text).unwrap();
    }

    /// The command as a user would type it, with this world's environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_upnext"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .env("ASANA_BASE_URL", &self.asana.base_url)
            .env("DATABASE_URL", self.database.url())
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        if self.token {
            command.env("ASANA_ACCESS_TOKEN", TOKEN);
        }
        command
    }

    pub fn upnext(&self, args: &[&str]) -> Ran {
        ran(self.command(args))
    }

    /// Starts a command whose end nobody waits for yet.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    pub fn setup(&self) -> Value {
        self.upnext(&["setup", "--json", "--project", &self.project]).ok().json()
    }

    pub fn groom(&self) -> Value {
        self.upnext(&["groom", "--json", "--project", &self.project]).ok().json()
    }

    pub fn groom_and_apply(&self) -> Value {
        self.upnext(&["groom", "--json", "--apply", "--project", &self.project]).ok().json()
    }

    pub fn undo(&self, groom: &Value) -> Value {
        self.upnext(&["undo", "--json", groom["run"].as_str().unwrap()]).ok().json()
    }

    pub fn explain(&self, task: &str) -> Value {
        self.upnext(&["explain", "--json", task]).ok().json()
    }

    /// The audit trail, entry by entry.
    pub fn audit(&self) -> Vec<Value> {
        let ran = self.upnext(&["audit", "export"]).ok();
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Sets a field of a task in the browser: a number, a text, an option's name, or null to clear it.
    pub fn edit_as_person(&self, task: &str, field: &str, value: Value) {
        self.edit_with(TOKEN, task, field, value);
    }

    /// The same by the owner of another token.
    pub fn edit_with(&self, token: &str, task: &str, field: &str, value: Value) {
        let gid = &self.asana.fields(&self.project)[field];
        let definition = self.asana.get(&format!(
            "/custom_fields/{gid}?opt_fields=resource_subtype,enum_options.name,enum_options.gid"
        ));
        let value = match (definition["resource_subtype"].as_str(), &value) {
            (Some("enum"), Value::String(name)) => {
                let options = definition["enum_options"].as_array().unwrap();
                options.iter().find(|o| o["name"] == name.as_str()).unwrap()["gid"].clone()
            }
            _ => value,
        };
        self.asana.put(token, &format!("/tasks/{task}"), json!({ "custom_fields": { gid: value } }));
    }

    /// The open task Upnext keeps its comment and subtask on.
    pub fn host(&self) -> Option<String> {
        let mut hosts = self.asana.tasks(&self.project);
        hosts.retain(|t| t["name"] == "Prioritize Backlog");
        assert!(hosts.len() <= 1, "more than one host task: {hosts:?}");
        hosts.first().map(|t| t["gid"].as_str().unwrap().to_owned())
    }

    /// All that Upnext could have changed, keyed by task name: fields, sections, comments, subtasks.
    pub fn end_state(&self) -> Value {
        let mut state = serde_json::Map::new();
        for task in self.asana.tasks(&self.project) {
            let gid = task["gid"].as_str().unwrap();
            let mut comments: Vec<Value> =
                self.asana.comments(gid).into_iter().map(|c| c["text"].clone()).collect();
            comments.sort_by_key(ToString::to_string);
            let subtasks: Vec<Value> =
                self.asana.subtasks(gid).into_iter().map(|t| json!([t["name"], t["completed"]])).collect();
            let fields: serde_json::Map<String, Value> = task["custom_fields"]
                .as_array()
                .unwrap()
                .iter()
                .map(|f| (f["name"].as_str().unwrap().to_owned(), f["display_value"].clone()))
                .collect();
            let name = task["name"].as_str().unwrap().to_owned();
            let whole = json!({
                "fields": fields, "section": task["memberships"][0]["section"]["name"],
                "completed": task["completed"], "comments": comments, "subtasks": subtasks,
            });
            assert!(state.insert(name.clone(), whole).is_none(), "two tasks are named {name}");
        }
        Value::Object(state)
    }
}

/// Runs a command to its end.
pub fn ran(mut command: Command) -> Ran {
    ended(command.output().unwrap())
}

/// What a finished process said.
pub fn ended(output: std::process::Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The clock of `UPNEXT_TEST_CLOCK`: from now on, so many times as fast.
pub fn clock_from_now(speed: u64) -> String {
    let now = real_milliseconds();
    format!("{now},{now},{speed}")
}

/// The same: so many seconds ahead.
pub fn clock_ahead(seconds: u64) -> String {
    let now = real_milliseconds();
    format!("{now},{},1", now + u128::from(seconds) * 1000)
}

#[expect(clippy::disallowed_methods, reason = "a test hands the program its clock")]
fn real_milliseconds() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_millis()
}
