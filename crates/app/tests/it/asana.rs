//! The local Asana of a test: a process of its own, and raw looks at what it holds.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub const TOKEN: &str = "sandbox-token";
/// The owner of the demo's project: somebody else than the bot.
pub const PERSON: &str = "sandbox-person-token";

pub struct Asana {
    child: Child,
    pub base_url: String,
    pub workspace: String,
    /// What was imported, in order.
    pub imports: Vec<Value>,
    http: reqwest::blocking::Client,
}

impl Asana {
    /// Starts one and reads from its first line where it is.
    pub fn start(args: &[&str], home: &Path) -> Asana {
        // A second installation fails, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut child = Command::new(env!("CARGO_BIN_EXE_upnext"))
            .args(["sandbox", "--json", "--port", "0"])
            .args(args)
            .env_clear()
            .env("HOME", home)
            .current_dir(home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        Asana {
            child,
            base_url: said["base_url"].as_str().unwrap().to_owned(),
            workspace: said["workspace"].as_str().unwrap().to_owned(),
            imports: said["imports"].as_array().unwrap().clone(),
            http: reqwest::blocking::Client::builder().timeout(None).build().unwrap(),
        }
    }

    /// A call to the API as the bot in a browser, or as another person; the answer's `data`.
    pub fn call(&self, token: &str, method: &str, path: &str, data: Option<Value>) -> Result<Value, u16> {
        let method = method.parse().unwrap();
        let mut call = self.http.request(method, format!("{}{path}", self.base_url)).bearer_auth(token);
        call = call.header("X-Sandbox-Source", "web");
        if let Some(data) = data {
            call = call.json(&json!({ "data": data }));
        }
        // No status of Asana's: the connection ended without an answer.
        let Ok(answer) = call.send() else { return Err(599) };
        let status = answer.status();
        let body: Value = answer.json().unwrap();
        if status.is_success() { Ok(body["data"].clone()) } else { Err(status.as_u16()) }
    }

    pub fn get(&self, path: &str) -> Value {
        self.call(TOKEN, "GET", path, None).unwrap_or_else(|status| panic!("GET {path}: {status}"))
    }

    pub fn put(&self, token: &str, path: &str, data: Value) -> Value {
        let shown = data.to_string();
        self.call(token, "PUT", path, Some(data)).unwrap_or_else(|s| panic!("PUT {path} {shown}: {s}"))
    }

    pub fn post(&self, token: &str, path: &str, data: Value) -> Value {
        let shown = data.to_string();
        self.call(token, "POST", path, Some(data)).unwrap_or_else(|s| panic!("POST {path} {shown}: {s}"))
    }

    /// Uploads a file onto a task, as a browser does; answers the attachment's gid.
    pub fn attach(&self, task: &str, name: &str, content: &[u8]) -> String {
        let boundary = "upnext-tests-0001";
        let part = |head: &str| format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        let mut body = format!("{}{task}\r\n", part("name=\"parent\"")).into_bytes();
        body.extend(part(&format!("name=\"file\"; filename=\"{name}\"")).into_bytes());
        body.extend(content);
        body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
        let call = self.http.post(format!("{}/attachments", self.base_url)).bearer_auth(TOKEN).body(body);
        let call = call.header("Content-Type", format!("multipart/form-data; boundary={boundary}"));
        let answer: Value = call.send().unwrap().json().unwrap();
        answer["data"]["gid"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// How often a route was called since the counters were reset.
    pub fn calls(&self, route: &str) -> u64 {
        self.counters()["routes"][route].as_u64().unwrap_or(0)
    }

    pub fn delete(&self, path: &str) {
        self.call(TOKEN, "DELETE", path, None).unwrap_or_else(|status| panic!("DELETE {path}: {status}"));
    }

    /// All pages of a list.
    pub fn list(&self, path: &str) -> Vec<Value> {
        let mut rows = vec![];
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut offset = String::new();
        loop {
            let url = format!("{}{path}{joint}limit=100{offset}", self.base_url);
            let page: Value = self.http.get(url).bearer_auth(TOKEN).send().unwrap().json().unwrap();
            rows.extend(page["data"].as_array().unwrap_or_else(|| panic!("{path}: {page}")).iter().cloned());
            match page["next_page"]["offset"].as_str() {
                Some(next) => offset = format!("&offset={next}"),
                None => return rows,
            }
        }
    }

    fn control(&self, verb: &str) -> String {
        let root = self.base_url.strip_suffix("/api/1.0").unwrap();
        format!("{root}/_sandbox/{verb}")
    }

    pub fn faults(&self, faults: Value) {
        let answer = self.http.post(self.control("faults")).json(&faults).send().unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().unwrap());
    }

    /// Moves Asana's clock forward.
    pub fn jump(&self, seconds: u32) {
        let order = json!({ "jump_seconds": seconds });
        assert!(self.http.post(self.control("clock")).json(&order).send().unwrap().status().is_success());
    }

    /// Makes what the API can read and not make; answers its gid.
    pub fn make(&self, what: Value) -> String {
        let answer: Value = self.http.post(self.control("make")).json(&what).send().unwrap().json().unwrap();
        answer["gid"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Lets Asana's clock run so many times as fast.
    pub fn run_clock(&self, speed: u64) {
        let order = json!({ "speed": speed });
        assert!(self.http.post(self.control("clock")).json(&order).send().unwrap().status().is_success());
    }

    /// Everything Asana holds, its secrets too.
    pub fn world(&self, folder: &Path) -> Value {
        let file = folder.join("world.json");
        let answer = self.http.post(self.control("save")).json(&json!({ "path": file })).send().unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().unwrap());
        serde_json::from_str::<Value>(&std::fs::read_to_string(file).unwrap()).unwrap()["world"].clone()
    }

    /// What an app can do with its secret: `/-/{call}`.
    pub fn as_app(&self, call: &str, form: &[(&str, &str)]) {
        let root = self.base_url.strip_suffix("/api/1.0").unwrap();
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.post(format!("{root}/-/{call}")).body(body.join("&"));
        let answer = request.header("Content-Type", "application/x-www-form-urlencoded").send().unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().unwrap());
    }

    pub fn counters(&self) -> Value {
        self.http.get(self.control("counters")).send().unwrap().json().unwrap()
    }

    /// The newest calls, with what short writes sent; the oldest first.
    pub fn requests(&self) -> Vec<Value> {
        let answer: Value = self.http.get(self.control("requests")).send().unwrap().json().unwrap();
        answer["requests"].as_array().unwrap().clone()
    }

    /// Fields of tasks that were written again with the value they were last written with, by so many calls since the log began:
    /// each as the task's path, the field and the value.
    pub fn written_again(&self) -> (usize, Vec<String>) {
        let upnext = self.get("/users/me")["gid"].clone();
        let (mut calls, mut again, mut last) = (0, vec![], BTreeMap::new());
        for call in self.requests() {
            if call["method"] != "PUT" || call["status"] != 200 || call["user"] != upnext {
                continue;
            }
            let Some(body) = call["body"].as_str() else { continue };
            let body: Value = serde_json::from_str(body).unwrap();
            calls += 1;
            let path = call["path"].as_str().unwrap().split('?').next().unwrap();
            for (field, value) in body["data"]["custom_fields"].as_object().into_iter().flatten() {
                if last.insert((path.to_owned(), field.clone()), value.clone()).as_ref() == Some(value) {
                    again.push(format!("{path} {field} {value}"));
                }
            }
        }
        (calls, again)
    }

    pub fn reset_counters(&self) {
        assert!(self.http.post(self.control("reset-counters")).send().unwrap().status().is_success());
    }

    /// Requests so far that write.
    pub fn writes(&self) -> u64 {
        self.counters()["writes"].as_u64().unwrap()
    }

    /// Comes back once Asana has been sent this many writes, true, or once `ended`, false. Looks every few milliseconds,
    /// so that the looking does not slow what is looked at.
    pub fn saw_writes(&self, count: u64, mut ended: impl FnMut() -> bool) -> bool {
        while self.writes() < count {
            if ended() {
                return false;
            }
            std::thread::sleep(std::time::Duration::from_millis(3));
        }
        true
    }

    /// Custom fields of a project by name.
    pub fn fields(&self, project: &str) -> BTreeMap<String, String> {
        let path = format!("/projects/{project}/custom_field_settings?opt_fields=custom_field.name");
        let field = |s: Value| {
            let field = &s["custom_field"];
            (field["name"].as_str().unwrap().to_owned(), field["gid"].as_str().unwrap().to_owned())
        };
        self.list(&path).into_iter().map(field).collect()
    }

    /// Every task of a project with its fields, as people see them.
    pub fn tasks(&self, project: &str) -> Vec<Value> {
        self.list(&format!(
            "/projects/{project}/tasks?opt_fields=name,completed,due_on,num_subtasks,memberships.section.name,\
             custom_fields.name,custom_fields.display_value,custom_fields.number_value,custom_fields.text_value,\
             custom_fields.enum_value.name"
        ))
    }

    /// A task's value of a field as people see it; null when it has none.
    pub fn value(&self, task: &str, field: &str) -> Value {
        let task =
            self.get(&format!("/tasks/{task}?opt_fields=custom_fields.name,custom_fields.display_value"));
        shown(&task, field)
    }

    pub fn stories(&self, task: &str) -> Vec<Value> {
        self.list(&format!(
            "/tasks/{task}/stories?opt_fields=text,resource_subtype,source,created_by.gid,custom_field.gid,\
             custom_field.name,new_text_value,new_number_value,new_enum_value.name"
        ))
    }

    pub fn comments(&self, task: &str) -> Vec<Value> {
        let mut stories = self.stories(task);
        stories.retain(|story| story["resource_subtype"] == "comment_added");
        stories
    }

    pub fn subtasks(&self, task: &str) -> Vec<Value> {
        self.list(&format!("/tasks/{task}/subtasks?opt_fields=name,completed"))
    }
}

impl Drop for Asana {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("the sandbox could not be ended: {error}");
        }
    }
}

/// A field's value in a task read with `display_value`s.
pub fn shown(task: &Value, field: &str) -> Value {
    let fields = task["custom_fields"].as_array().unwrap();
    fields.iter().find(|f| f["name"] == field).map_or(Value::Null, |f| f["display_value"].clone())
}
