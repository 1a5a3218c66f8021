//! A server that holds each request against a provider's OpenAPI description, and a relay before it that keeps its findings.
//!
//! The description's own examples are what it answers; the relay changes batches into ended ones, so that their results are
//! asked for too.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What starting, and each request, may take: both are done in under a second, but on a machine that is doing much else.
const LIMIT: Duration = Duration::from_secs(60);

/// A request and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method and path as the client sent them.
    pub what: String,
    pub body: String,
    /// The description's path; empty when it has none such.
    pub described: String,
    /// The count that the server itself told.
    pub errors: u32,
    pub faults: Vec<String>,
}

#[derive(Clone)]
struct Relay {
    http: reqwest::Client,
    /// Where the description begins: OpenAI's leaves out `/v1`.
    target: String,
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// The server's process; it ends with the test, also when the test never got further.
struct Checker(Child);

impl Checker {
    /// Once it takes connections. What it prints is no sign: its words differ where `CI` is set.
    async fn listens(&mut self, at: SocketAddr) -> Result<(), String> {
        let patience = Instant::now() + LIMIT;
        while tokio::net::TcpStream::connect(at).await.is_err() {
            if let Some(status) = self.0.try_wait().unwrap() {
                return Err(format!("ended at its start: {status}"));
            }
            if Instant::now() > patience {
                return Err(format!("took no connection within {LIMIT:?}"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

pub struct Described {
    pub url: String,
    relay: Relay,
    _checker: Checker,
    task: tokio::task::JoinHandle<()>,
}

impl Described {
    /// `provider` as the package of descriptions names it.
    #[expect(
        clippy::disallowed_methods,
        reason = "`cargo xtask conformance` tells where things are; the relay is no client of ours"
    )]
    pub async fn start(provider: &str) -> Described {
        let told = |name| std::env::var(name).expect("run these by `cargo xtask conformance`");
        let description = format!("{}/{provider}/official/openapi.yml", told("UPNEXT_TEST_DESCRIPTIONS"));
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let process = Command::new(told("UPNEXT_TEST_STEADY"))
            .args(["--host", "127.0.0.1", "--port", &free.port().to_string(), "--no-color"])
            .args(["--validator-form-object-format", "brackets", &description])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut checker = Checker(process);
        checker.listens(free).await.unwrap_or_else(|why| panic!("the server of {description} {why}"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let target = format!("http://{free}{}", if provider == "openai" { "" } else { "/v1" });
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().timeout(LIMIT).build().unwrap();
        let relay = Relay { http, target, url: url.clone(), seen: Arc::default() };
        let app = Router::new().fallback(pass_on).with_state(relay.clone());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Described { url, relay, _checker: checker, task }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.relay.seen.lock().unwrap().clone()
    }

    /// Sends a body by itself.
    pub async fn post(&self, path: &str, body: &Value) -> Seen {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let uri: Uri = path.parse().unwrap();
        pass_on(State(self.relay.clone()), Method::POST, uri, headers, body.to_string().into()).await;
        self.seen().pop().unwrap()
    }
}

impl Drop for Described {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(
    State(relay): State<Relay>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = String::from_utf8_lossy(&body).into_owned();
    let target = format!("{}{}", relay.target, uri.path().trim_start_matches("/v1"));
    let mut request = relay.http.request(method.clone(), target).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "accept-encoding") {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let errors =
        header("x-steady-error-count").expect("the server says how many errors there are").parse().unwrap();
    let fault = |n| {
        let part = |what| header(&format!("x-steady-error-{n}-{what}")).unwrap_or_default();
        format!("{} {}: {}", part("code"), part("path"), part("message"))
    };
    let seen = Seen {
        what: format!("{method} {}", uri.path()),
        body: text,
        described: header("x-steady-matched-path").unwrap_or_default(),
        errors,
        faults: (1..=errors).map(fault).collect(),
    };
    relay.seen.lock().unwrap().push(seen);
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let content = answer.bytes().await.unwrap();
    match serde_json::from_slice(&content) {
        Ok(json) => (status, axum::Json(ended(json, &relay.url))).into_response(),
        Err(_) => (status, content).into_response(),
    }
}

/// A batch as it is when it has ended.
fn ended(mut body: Value, url: &str) -> Value {
    if body["object"] == "batch" {
        body["status"] = json!("completed");
        body["output_file_id"] = json!("file-out");
        body["error_file_id"] = json!("file-err");
    } else if body["type"] == "message_batch" {
        body["processing_status"] = json!("ended");
        body["results_url"] = json!(format!("{url}/messages/batches/msgbatch_1/results"));
    }
    body
}
