//! Traces as a collector receives them.

use crate::app::{TestApp, ran};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

type Bodies = Arc<Mutex<Vec<Value>>>;

/// Answers as a collector does, and keeps what it is told.
fn collector(runtime: &tokio::runtime::Runtime) -> (String, Bodies) {
    async fn keep(State(bodies): State<Bodies>, body: Bytes) -> &'static str {
        bodies.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
        "{}"
    }
    let bodies = Bodies::default();
    let app = Router::new().route("/v1/traces", post(keep)).with_state(bodies.clone());
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(async move { axum::serve(listener, app).await });
    (url, bodies)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn a_groom_is_one_trace_of_its_stages_and_requests() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, bodies) = collector(&runtime);
    let app = TestApp::new();
    app.setup();
    let mut groom = app.command(&["groom", "--json", "--apply", "--project", &app.project]);
    groom.env("OTEL_EXPORTER_OTLP_ENDPOINT", &url).env("OTEL_SERVICE_NAME", "upnext-test");
    let run = ran(groom).ok().json()["run"].clone();

    let bodies = bodies.lock().unwrap();
    let resources = || bodies.iter().flat_map(|body| list(body, "resourceSpans"));
    assert!(resources().all(|r| r.to_string().contains("upnext-test")));
    let spans: Vec<&Value> =
        resources().flat_map(|r| list(r, "scopeSpans")).flat_map(|s| list(s, "spans")).collect();
    let name = |span: &Value| span["name"].as_str().unwrap().to_owned();
    let by_id: HashMap<&str, &Value> = spans.iter().map(|s| (s["spanId"].as_str().unwrap(), *s)).collect();
    let parent = |span: &Value| by_id.get(span["parentSpanId"].as_str().unwrap_or_default()).map(|p| name(p));

    let groom = *spans.iter().find(|s| name(s) == "groom").unwrap();
    assert!(groom.to_string().contains(&app.project));
    let within: BTreeSet<String> =
        spans.iter().filter(|s| parent(s).as_deref() == Some("groom")).map(|s| name(s)).collect();
    for stage in ["gather", "enrich", "rate", "judge", "decide", "apply"] {
        assert!(within.contains(stage), "{stage} is not among {within:?}");
    }
    let apply = spans.iter().find(|s| name(s) == "apply").unwrap();
    assert!(apply.to_string().contains(run.as_str().unwrap()));
    let requests: Vec<&&Value> = spans.iter().filter(|s| name(s) == "asana").collect();
    assert!(requests.iter().any(|s| parent(s).as_deref() == Some("gather")));
    assert!(requests.iter().any(|s| parent(s).as_deref() == Some("apply") && s.to_string().contains("PUT")));
    let whole = bodies.iter().map(Value::to_string).collect::<String>();
    assert!(!whole.contains(crate::asana::TOKEN), "a token is among the traces");
}

#[test]
fn a_collector_that_is_not_there_costs_nothing_else() {
    let app = TestApp::new();
    app.setup();
    let mut groom = app.command(&["groom", "--json", "--project", &app.project]);
    groom.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
    ran(groom).ok();
    let mut groom = app.command(&["groom", "--json", "--project", &app.project]);
    groom.env("OTEL_EXPORTER_OTLP_ENDPOINT", "nowhere at all");
    let refused = ran(groom);
    assert!(refused.err.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{}", refused.err);
}
