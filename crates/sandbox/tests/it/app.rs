//! A running sandbox and the calls tests make on it.

use jiff::Timestamp;
use reqwest::{Client, Method};
use sandbox::world::{FieldType, NewCustomField, NewProject, NewTask};
use sandbox::{Faults, Options, Plan, Running, World};
use serde_json::{Value, json};
use std::sync::Once;

/// The moment every test world starts at.
pub const START: &str = "2026-11-24T09:00:00Z";

/// An answer as a client sees it.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub body: Value,
    pub location: Option<String>,
    pub retry_after: Option<u64>,
}

impl Got {
    pub fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap_or("")
    }

    pub fn data(&self) -> &Value {
        assert!(self.status < 300, "{} {}", self.status, self.body);
        &self.body["data"]
    }

    pub fn gid(&self) -> String {
        self.data()["gid"].as_str().expect("a gid").to_owned()
    }

    /// Asserts an error by status and wording.
    pub fn refused(&self, status: u16, message: &str) {
        assert_eq!((self.status, self.message()), (status, message), "{}", self.body);
    }

    pub fn keys(&self) -> Vec<&str> {
        keys(self.data())
    }
}

/// Sorted keys of an object.
pub fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The gids of a list, in order.
pub fn gids(list: &Value) -> Vec<String> {
    let rows = list.as_array().expect("a list").iter();
    rows.map(|row| row["gid"].as_str().expect("a gid").to_owned()).collect()
}

pub struct App {
    pub running: Running,
    pub client: Client,
    pub token: Option<String>,
    pub source: Option<&'static str>,
}

/// How a test's sandbox differs from the usual one.
pub struct Setup {
    pub plan: Plan,
    pub limits: bool,
    pub faults: Faults,
    /// Whether webhooks on this machine are refused, as Asana does.
    pub strict: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { plan: Plan::Paid, limits: false, faults: Faults::default(), strict: false }
    }
}

impl App {
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub async fn start_with(setup: Setup) -> Self {
        let world = World::new(7, setup.plan, START.parse::<Timestamp>().expect("a moment"));
        let options = Options {
            limits: setup.limits,
            faults: setup.faults,
            loopback_webhooks: !setup.strict,
            ..Options::default()
        };
        let running = sandbox::serve(options, world).await.expect("a free port");
        Self { running, client: client(), token: Some("sandbox-token".to_owned()), source: None }
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Got {
        let mut request = self.client.request(method, format!("{}{path}", self.running.base_url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(source) = self.source {
            request = request.header("x-sandbox-source", source);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        got(request).await
    }

    /// Uploads a small file: `{"filename": …, "parent": …}`.
    pub async fn upload(&self, path: &str, file: &Value) -> Got {
        let word = |key: &str| file[key].as_str().expect("a word");
        let (parent, name) = (word("parent"), word("filename"));
        let body = format!(
            "--line\r\ncontent-disposition: form-data; name=\"parent\"\r\n\r\n{parent}\r\n\
             --line\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\nhello\r\n--line--\r\n"
        );
        let request = self.client.post(format!("{}{path}", self.running.base_url));
        let request = request.header("content-type", "multipart/form-data; boundary=line").body(body);
        got(request.bearer_auth(self.token.as_deref().unwrap_or_default())).await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.call(Method::GET, path, None).await
    }

    /// Posts `{"data": …}`.
    pub async fn post(&self, path: &str, data: Value) -> Got {
        self.call(Method::POST, path, Some(json!({ "data": data }))).await
    }

    pub async fn put(&self, path: &str, data: Value) -> Got {
        self.call(Method::PUT, path, Some(json!({ "data": data }))).await
    }

    pub async fn delete(&self, path: &str) -> Got {
        self.call(Method::DELETE, path, None).await
    }

    /// A control call, outside the API.
    pub async fn control(&self, method: Method, verb: &str, body: Value) -> Got {
        let url = format!("http://{}/_sandbox/{verb}", self.running.addr);
        let request = self.client.request(method, url).json(&body);
        got(request).await
    }

    pub async fn jump(&self, seconds: u32) {
        self.control(Method::POST, "clock", json!({ "jump_seconds": seconds })).await;
    }

    pub fn project(&self, sections: &[&str]) -> String {
        let sections = sections.iter().map(|name| (*name).to_owned()).collect();
        self.running.with_world(|world| {
            world.add_project(NewProject { name: "Backlog".to_owned(), sections, owner: None })
        })
    }

    pub fn sections(&self, project: &str) -> Vec<String> {
        self.running.with_world(|world| world.sections_of(project))
    }

    /// A task at the end of a section.
    pub fn task(&self, section: &str, name: &str) -> String {
        self.running.with_world(|world| {
            world.add_task(NewTask {
                name: name.to_owned(),
                sections: vec![section.to_owned()],
                ..NewTask::default()
            })
        })
    }

    /// A field set on the project.
    pub fn field(&self, project: &str, name: &str, field_type: FieldType, options: &[&str]) -> String {
        let options = options.iter().map(|name| (*name).to_owned()).collect();
        self.running.with_world(|world| {
            let gid = world.add_custom_field(NewCustomField {
                name: name.to_owned(),
                field_type,
                precision: 1,
                options,
            });
            world.add_setting(project, &gid, false);
            gid
        })
    }

    /// Gids of a field's options, in order.
    pub async fn options(&self, field: &str) -> Vec<String> {
        let got = self.get(&format!("/custom_fields/{field}")).await;
        gids(&got.data()["enum_options"])
    }

    /// Subtypes of a task's stories, oldest first.
    pub async fn history(&self, task: &str) -> Vec<String> {
        let got = self.get(&format!("/tasks/{task}/stories")).await;
        let rows = got.data().as_array().expect("a list").iter();
        rows.map(|row| row["resource_subtype"].as_str().expect("a word").to_owned()).collect()
    }

    /// The newest story of a task, in full.
    pub async fn last_story(&self, task: &str) -> Value {
        let got = self.get(&format!("/tasks/{task}/stories")).await;
        let gid = gids(got.data()).pop().expect("a story");
        self.get(&format!("/stories/{gid}")).await.data().clone()
    }
}

async fn got(request: reqwest::RequestBuilder) -> Got {
    let response = request.send().await.expect("an answer");
    let header =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Got {
        status: response.status().as_u16(),
        location: header("location"),
        retry_after: header("retry-after").and_then(|value| value.parse().ok()),
        body: response.json().await.expect("JSON"),
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests speak to the sandbox as any HTTP client would")]
fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Another test binary's provider would do as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::new()
}
