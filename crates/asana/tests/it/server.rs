//! A real HTTP server on a loopback port that answers from a script and keeps what it was asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use asana::{Client, RetryPolicy, Settings};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Response;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The token every test client carries.
pub const TOKEN: &str = "2/1201/1202:a-token-nobody-may-see";

/// One scripted answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

pub fn reply(status: u16, body: Value) -> Reply {
    Reply { status, headers: Vec::new(), body: body.to_string() }
}

/// `{"data": …}` with status 200.
pub fn data(data: Value) -> Reply {
    reply(200, json!({ "data": data }))
}

/// An error answer in Asana's form.
pub fn error(status: u16, message: &str) -> Reply {
    reply(status, json!({ "errors": [{ "message": message, "help": "For more information…" }] }))
}

impl Reply {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub authorization: String,
    pub body: Value,
}

#[derive(Default)]
struct Script {
    replies: VecDeque<Reply>,
    asked: Vec<Asked>,
}

/// The running server; it ends with the test's runtime.
pub struct Server {
    pub address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

impl Server {
    /// Plays the answers in order; a call beyond them gets 599 and shows up in `asked`.
    pub async fn playing(replies: impl IntoIterator<Item = Reply>) -> Self {
        let script = Script { replies: replies.into_iter().collect(), asked: Vec::new() };
        let script = Arc::new(Mutex::new(script));
        let router = Router::new().fallback(answer).with_state(script.clone());
        Self { address: serve(router).await, script }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.script.lock().unwrap().asked.clone()
    }

    pub fn settings(&self) -> Settings {
        settings(self.address)
    }

    pub fn client(&self) -> Client {
        Client::new(self.settings()).unwrap()
    }
}

/// Serves a router until the test's runtime ends.
pub async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Settings for a test server, with pauses too short to notice.
pub fn settings(address: SocketAddr) -> Settings {
    let retry = RetryPolicy {
        max_attempts: 4,
        base_delay: Duration::from_millis(1),
        max_delay: Duration::from_millis(4),
        total_time: Duration::from_secs(20),
    };
    Settings { base_url: format!("http://{address}/api/1.0/"), retry, ..Settings::new(TOKEN) }
}

async fn answer(State(script): State<Arc<Mutex<Script>>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let authorization = parts.headers.get("authorization").map(|v| v.to_str().unwrap().to_owned());
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        authorization: authorization.unwrap_or_default(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let mut script = script.lock().unwrap();
    script.asked.push(asked);
    let reply = script.replies.pop_front().unwrap_or_else(|| error(599, "the script is over"));
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}

/// A server that reads the first `hang_ups` requests whole and closes without a word, then answers `{"data":{}}`.
pub async fn hanging_up(hang_ups: usize) -> (SocketAddr, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(0));
    let count = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 64 * 1024];
            let read = socket.read(&mut request).await.unwrap();
            assert!(read > 0, "a request arrives");
            let number = {
                let mut count = count.lock().unwrap();
                *count += 1;
                *count
            };
            if number > hang_ups {
                let body = r#"{"data":{}}"#;
                let head =
                    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
                socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            }
        }
    });
    (address, seen)
}
