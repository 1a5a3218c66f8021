//! A server on a free port that gives scripted answers in turn and remembers what it was asked.
//!
//! The last answer repeats. It is no model of a provider: each test says what the provider would have said.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// One scripted answer.
#[derive(Clone)]
pub enum Say {
    Json(u16, Vec<(&'static str, String)>, Value),
    Text(u16, String),
    /// Nothing, until the test ends.
    Silence,
    /// A whole head, half a body, and a closed connection.
    HalfAnswer,
}

impl Say {
    pub fn ok(body: Value) -> Say {
        Say::Json(200, vec![], body)
    }

    pub fn status(status: u16, body: Value) -> Say {
        Say::Json(status, vec![], body)
    }

    pub fn with(self, name: &'static str, value: &str) -> Say {
        match self {
            Say::Json(status, mut headers, body) => {
                headers.push((name, value.to_owned()));
                Say::Json(status, headers, body)
            }
            other => other,
        }
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Got {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    /// Null when it is no JSON.
    pub body: Value,
    pub text: String,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<Vec<Say>>>,
    got: Arc<Mutex<Vec<Got>>>,
    arrived: Arc<Notify>,
    under_way: Arc<Mutex<(usize, usize)>>,
}

pub struct Server {
    pub url: String,
    script: Script,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub async fn start(answers: Vec<Say>) -> Server {
        let script = Script {
            answers: Arc::new(Mutex::new(answers)),
            got: Arc::default(),
            arrived: Arc::default(),
            under_way: Arc::default(),
        };
        let app =
            Router::new().fallback(answer).layer(DefaultBodyLimit::disable()).with_state(script.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Server { url, script, task }
    }

    /// Goes on with these answers: for those that must name the server itself.
    pub fn says(&self, answers: Vec<Say>) {
        *self.script.answers.lock().unwrap() = answers;
    }

    pub fn got(&self) -> Vec<Got> {
        self.script.got.lock().unwrap().clone()
    }

    /// The one request.
    pub fn only(&self) -> Got {
        let got = self.got();
        assert_eq!(got.len(), 1, "{got:#?}");
        got.into_iter().next().unwrap()
    }

    /// Waits until so many requests have come.
    pub async fn has_got(&self, count: usize) {
        while self.got().len() < count {
            self.script.arrived.notified().await;
        }
    }

    /// The most requests that were under way at once.
    pub fn widest(&self) -> usize {
        self.script.under_way.lock().unwrap().1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    State(script): State<Script>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = String::from_utf8_lossy(&body).into_owned();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    script.got.lock().unwrap().push(Got { method, path: uri.path().to_owned(), headers, body, text });
    script.arrived.notify_one();
    {
        let mut under_way = script.under_way.lock().unwrap();
        under_way.0 += 1;
        under_way.1 = under_way.1.max(under_way.0);
    }
    let say = {
        let mut answers = script.answers.lock().unwrap();
        if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
    };
    // Others get the chance to be under way too.
    tokio::task::yield_now().await;
    let response = match say {
        Say::Json(status, headers, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response();
            for (name, value) in headers {
                response
                    .headers_mut()
                    .insert(HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap());
            }
            response
        }
        Say::Text(status, text) => (StatusCode::from_u16(status).unwrap(), text).into_response(),
        Say::Silence => std::future::pending().await,
        Say::HalfAnswer => {
            let mut response = "{\"id\": ".into_response();
            response.headers_mut().insert("content-length", HeaderValue::from_static("5000"));
            response
        }
    };
    script.under_way.lock().unwrap().0 -= 1;
    response
}
