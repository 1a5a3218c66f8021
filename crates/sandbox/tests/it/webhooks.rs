//! Webhooks against a real receiver: the handshake, signatures, filters, heartbeats, failures and faults.

use crate::app::{App, Setup, keys};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// One POST as it came.
#[derive(Debug, Clone)]
struct Post {
    secret: Option<String>,
    signature: Option<String>,
    body: String,
}

impl Post {
    fn events(&self) -> Vec<Value> {
        serde_json::from_str::<Value>(&self.body).expect("JSON")["events"].as_array().expect("events").clone()
    }
}

/// A receiver that keeps what it gets.
#[derive(Debug, Clone)]
struct Receiver {
    url: String,
    posts: Arc<Mutex<Vec<Post>>>,
    status: Arc<Mutex<StatusCode>>,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let post = Post {
        secret: header("x-hook-secret"),
        signature: header("x-hook-signature"),
        body: String::from_utf8(body.to_vec()).expect("UTF-8"),
    };
    let secret = post.secret.clone();
    receiver.posts.lock().expect("a lock").push(post);
    let status = *receiver.status.lock().expect("a lock");
    match secret {
        Some(secret) => (status, [("x-hook-secret", secret)]).into_response(),
        None => (status, "come back later").into_response(),
    }
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let receiver = Self {
            url: format!("http://{}/hook", listener.local_addr().expect("an address")),
            posts: Arc::default(),
            status: Arc::new(Mutex::new(StatusCode::OK)),
        };
        let app = Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    fn answer(&self, status: StatusCode) {
        *self.status.lock().expect("a lock") = status;
    }

    fn posts(&self) -> Vec<Post> {
        self.posts.lock().expect("a lock").clone()
    }

    /// Waits until the receiver has what is looked for.
    async fn until(&self, what: &str, found: impl Fn(&[Post]) -> bool) -> Vec<Post> {
        wait(what, || found(&self.posts())).await;
        self.posts()
    }
}

async fn wait(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what} never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn events(posts: &[Post]) -> Vec<Value> {
    posts.iter().filter(|post| post.secret.is_none()).flat_map(Post::events).collect()
}

fn signed(secret: &str, body: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn hook(app: &App, resource: &str, receiver: &Receiver, filters: Value) -> String {
    let data = json!({"resource": resource, "target": receiver.url, "filters": filters});
    let made = app.post("/webhooks", data).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.gid()
}

#[tokio::test]
async fn the_handshake_comes_inside_the_call_and_the_secret_once() {
    let app = App::start().await;
    let receiver = Receiver::start().await;
    let project = app.project(&["Todo"]);
    let made = app.post("/webhooks", json!({"resource": project, "target": receiver.url})).await;
    assert_eq!(made.status, 201);
    assert_eq!(keys(&made.body), ["X-Hook-Secret", "data"]);
    assert_eq!(
        made.keys(),
        [
            "active",
            "created_at",
            "delivery_retry_count",
            "failure_deletion_timestamp",
            "filters",
            "gid",
            "last_failure_at",
            "last_failure_content",
            "last_success_at",
            "next_attempt_after",
            "resource",
            "resource_type",
            "target"
        ],
    );
    assert_eq!(made.data()["active"], json!(false));
    assert_eq!(made.data()["resource"]["name"], "Backlog");
    let secret = made.body["X-Hook-Secret"].as_str().unwrap();
    assert_eq!(secret.len(), 64);
    let posts = receiver.until("the first heartbeat", |posts| posts.len() == 2).await;
    assert_eq!(posts[0].secret.as_deref(), Some(secret));
    assert_eq!((posts[1].body.as_str(), posts[1].secret.is_none()), (r#"{"events":[]}"#, true));
    assert_eq!(posts[1].signature, Some(signed(secret, &posts[1].body)));
    let path = format!("/webhooks/{}", made.gid());
    let start = Instant::now();
    while app.get(&path).await.data()["active"] == json!(false) {
        assert!(start.elapsed() < Duration::from_secs(20), "never active");
    }
    let got = app.get(&path).await;
    assert!(got.data()["last_success_at"].is_string());
    assert!(got.body.get("X-Hook-Secret").is_none());
    app.post("/webhooks", json!({"resource": project, "target": receiver.url})).await.refused(
        403,
        "Duplicated webhook. You already have an existing webhook for the given resource and target. \
         Delete the old one before creating another.",
    );
    let other = format!("{}?n=2", receiver.url);
    app.post("/webhooks", json!({"resource": project, "target": other})).await.data();
    let home = app.running.with_world(|world| world.workspace().clone());
    app.get("/webhooks").await.refused(400, "You should specify one of workspace");
    let list = app.get(&format!("/webhooks?workspace={home}&resource={project}")).await;
    assert_eq!(list.data().as_array().unwrap().len(), 2);
    assert_eq!(keys(&list.data()[0]), ["active", "gid", "resource", "resource_type", "target"]);
    app.delete(&path).await.data();
    assert_eq!(app.get(&path).await.status, 404);
}

#[tokio::test]
async fn what_cannot_be_a_webhook_is_refused() {
    let app = App::start().await;
    let receiver = Receiver::start().await;
    let project = app.project(&["Todo"]);
    let home = app.running.with_world(|world| world.workspace().clone());
    app.post("/webhooks", json!({"target": receiver.url})).await.refused(400, "resource: Missing input");
    app.post("/webhooks", json!({"resource": project})).await.refused(400, "target: Missing input");
    let data = json!({"resource": "12", "target": receiver.url});
    app.post("/webhooks", data).await.refused(404, "resource: Unknown object: 12");
    for target in ["not a url", "ftp://a.example/x"] {
        assert_eq!(app.post("/webhooks", json!({"resource": project, "target": target})).await.status, 400);
    }
    let silent = json!({"resource": project, "target": "http://127.0.0.1:1/hook"});
    app.post("/webhooks", silent)
        .await
        .refused(400, "The remote server http://127.0.0.1:1/hook did not respond with the handshake secret.");
    receiver.answer(StatusCode::BAD_GATEWAY);
    assert_eq!(app.post("/webhooks", json!({"resource": project, "target": receiver.url})).await.status, 400);
    receiver.answer(StatusCode::NO_CONTENT);
    let on_home = |filters: Value| json!({"resource": home, "target": receiver.url, "filters": filters});
    for filters in [
        json!([]),
        json!([{"resource_type": "task", "action": "added"}]),
        json!([{"resource_type": "project", "action": "changed", "fields": ["name"]}]),
    ] {
        let got = app.post("/webhooks", on_home(filters)).await;
        assert_eq!(got.status, 400);
        assert_eq!(got.body["errors"][0]["error"], "invalid_filters_for_larger_scoped_webhooks");
    }
    let filters = json!([{"resource_type": "project", "action": "added"}]);
    app.post("/webhooks", on_home(filters)).await.data();
    let team = app.running.with_world(|world| world.add_team("T", &[]));
    app.post("/projects", json!({"workspace": home, "team": team, "name": "p"})).await.data();
    app.post("/tasks", json!({"workspace": home, "name": "t"})).await.data();
    let posts = receiver.until("the project", |posts| !events(posts).is_empty()).await;
    let got = events(&posts);
    assert_eq!((got.len(), &got[0]["resource"]["resource_type"]), (1, &json!("project")));
}

#[tokio::test]
async fn a_strict_sandbox_refuses_targets_on_this_machine() {
    let app = App::start_with(Setup { strict: true, ..Setup::default() }).await;
    let project = app.project(&["Todo"]);
    for target in ["http://localhost:9/x", "http://127.0.0.1:9/x", "http://[::1]:9/x", "https://nowhere/x"] {
        let got = app.post("/webhooks", json!({"resource": project, "target": target})).await;
        assert_eq!(got.status, 403, "{target}");
    }
}

#[tokio::test]
async fn events_come_signed_filtered_and_without_names() {
    let app = App::start().await;
    let receiver = Receiver::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let filters = json!([
        {"resource_type": "task", "action": "changed", "fields": ["due_on"]},
        {"resource_type": "story", "resource_subtype": "comment_added", "action": "added"},
    ]);
    let gid = hook(&app, &project, &receiver, filters.clone()).await;
    assert_eq!(app.get(&format!("/webhooks/{gid}")).await.data()["filters"], filters);
    let secret = receiver.posts()[0].secret.clone().unwrap();
    app.put(&format!("/tasks/{task}"), json!({"name": "u", "due_on": "2026-12-01"})).await.data();
    app.post(&format!("/tasks/{task}/stories"), json!({"text": "grüße"})).await.data();
    let posts = receiver.until("both events", |posts| events(posts).len() == 2).await;
    for post in posts.iter().filter(|post| post.secret.is_none()) {
        assert_eq!(post.signature, Some(signed(&secret, &post.body)));
    }
    let got = events(&posts);
    let me = app.running.with_world(|world| world.bot().clone());
    let (at, said) = (got[0]["created_at"].clone(), got[1]["resource"]["gid"].clone());
    assert_eq!(
        got[0],
        json!({
            "user": {"gid": me, "resource_type": "user"}, "created_at": at, "action": "changed",
            "resource": {"gid": task, "resource_type": "task", "resource_subtype": "default_task"},
            "parent": null, "change": {"field": "due_on", "action": "changed"},
        }),
    );
    assert_eq!(
        got[1]["resource"],
        json!({"gid": said, "resource_type": "story", "resource_subtype": "comment_added"})
    );
    assert_eq!(got[1]["parent"], json!({"gid": task, "resource_type": "task"}));
    let all = app.put(&format!("/webhooks/{gid}"), json!({"filters": []})).await;
    assert_eq!(all.data()["filters"], json!([]));
    app.put(&format!("/tasks/{task}"), json!({"name": "v"})).await.data();
    receiver.until("unfiltered events", |posts| events(posts).len() == 4).await;
}

#[tokio::test]
async fn heartbeats_come_every_eight_hours() {
    let app = App::start().await;
    let receiver = Receiver::start().await;
    let project = app.project(&["Todo"]);
    hook(&app, &project, &receiver, json!([])).await;
    receiver.until("the first", |posts| posts.len() == 2).await;
    for nth in 3..=4 {
        app.jump(8 * 3600).await;
        let posts = receiver.until("the next", |posts| posts.len() == nth).await;
        assert_eq!(posts[nth - 1].body, r#"{"events":[]}"#);
    }
}

#[tokio::test]
async fn failures_are_tried_again_and_end_the_webhook_after_a_day() {
    let app = App::start().await;
    let receiver = Receiver::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let gid = hook(&app, &project, &receiver, json!([{"resource_type": "task"}])).await;
    let path = format!("/webhooks/{gid}");
    receiver.until("the heartbeat", |posts| posts.len() == 2).await;
    receiver.answer(StatusCode::INTERNAL_SERVER_ERROR);
    app.put(&format!("/tasks/{task}"), json!({"name": "u"})).await.data();
    receiver.until("the first attempt", |posts| posts.len() == 3).await;
    let start = Instant::now();
    while app.get(&path).await.data()["delivery_retry_count"] != json!(1) {
        assert!(start.elapsed() < Duration::from_secs(20));
    }
    let failed = app.get(&path).await;
    let failed = failed.data();
    assert_eq!(failed["last_failure_content"], "500 Internal Server Error\n\ncome back later");
    assert!(failed["next_attempt_after"].is_string() && failed["failure_deletion_timestamp"].is_string());
    receiver.answer(StatusCode::OK);
    app.jump(11).await;
    let posts = receiver.until("the second attempt", |posts| posts.len() == 4).await;
    assert_eq!(posts[2].body, posts[3].body, "nothing is lost");
    let start = Instant::now();
    while app.get(&path).await.data()["delivery_retry_count"] != json!(0) {
        assert!(start.elapsed() < Duration::from_secs(20));
    }
    assert_eq!(app.get(&path).await.data()["failure_deletion_timestamp"], json!(null));
    receiver.answer(StatusCode::GONE);
    app.put(&format!("/tasks/{task}"), json!({"name": "v"})).await.data();
    receiver.until("the failing attempt", |posts| posts.len() == 5).await;
    let start = Instant::now();
    while app.get(&path).await.data()["delivery_retry_count"] != json!(1) {
        assert!(start.elapsed() < Duration::from_secs(20));
    }
    app.jump(24 * 3600).await;
    let start = Instant::now();
    while app.get(&path).await.status != 404 {
        assert!(start.elapsed() < Duration::from_secs(20), "never deleted");
    }
}

#[tokio::test]
async fn deliveries_are_dropped_doubled_late_and_shuffled() {
    let app = App::start().await;
    let receiver = Receiver::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    hook(&app, &project, &receiver, json!([{"resource_type": "task"}])).await;
    receiver.until("the heartbeat", |posts| posts.len() == 2).await;
    let fault = async |faults: Value| app.control(Method::POST, "faults", json!({"webhooks": faults})).await;
    let rename =
        async |name: &str| app.put(&format!("/tasks/{task}"), json!({ "name": name })).await.data().clone();
    fault(json!({"drop": 1.0})).await;
    rename("a").await;
    fault(json!({"duplicate": 1.0})).await;
    rename("b").await;
    let posts = receiver.until("two of one", |posts| events(posts).len() == 2).await;
    let got = events(&posts);
    assert_eq!(got[0], got[1]);
    fault(json!({"late": 1.0, "late_seconds": 600})).await;
    rename("c").await;
    fault(json!({"reorder": 1.0})).await;
    app.put(
        &format!("/tasks/{task}"),
        json!({"name": "d", "notes": "d", "due_on": "2026-12-03", "completed": true}),
    )
    .await
    .data();
    receiver.until("the five of one call", |posts| events(posts).len() == 7).await;
    app.jump(601).await;
    let posts = receiver.until("the late one", |posts| events(posts).len() == 8).await;
    assert_eq!(events(&posts)[7]["change"]["field"], "name");
    let struck = app.control(Method::GET, "faults", Value::Null).await;
    assert!(struck.body["injected"]["webhooks.reorder"].as_u64() >= Some(1));
}

#[tokio::test]
async fn a_batch_makes_a_webhook_too() {
    let app = App::start().await;
    let receiver = Receiver::start().await;
    let project = app.project(&["Todo"]);
    let make = |target: &str| json!({"method": "post", "relative_path": "/webhooks", "data": {"resource": project, "target": target}});
    let actions = json!([make(&receiver.url), make("http://127.0.0.1:1/x")]);
    let got = app.post("/batch", json!({"actions": actions})).await;
    let rows = got.data();
    assert_eq!((&rows[0]["status_code"], &rows[1]["status_code"]), (&json!(201), &json!(400)));
    assert!(rows[0]["body"]["X-Hook-Secret"].is_string());
    let gid = rows[0]["body"]["data"]["gid"].as_str().expect("a gid");
    assert_eq!(rows[0]["headers"]["as_tuples"], json!([["location", format!("/api/1.0/webhooks/{gid}")]]));
    app.get(&format!("/webhooks/{gid}")).await.data();
}

#[tokio::test]
async fn a_new_webhook_has_no_failure_and_goes_with_its_project() {
    let app = App::start().await;
    let receiver = Receiver::start().await;
    let project = app.project(&["Todo"]);
    let odd = json!({"resource": project, "target": receiver.url, "filters": [{"resource_type": "mood"}]});
    assert_eq!(app.post("/webhooks", odd).await.status, 400);
    let made = app.post("/webhooks", json!({"resource": project, "target": receiver.url})).await;
    assert_eq!(made.data()["last_failure_content"], Value::Null);
    let path = format!("/webhooks/{}", made.gid());
    assert_eq!(made.location, Some(format!("/api/1.0{path}")));
    app.delete(&format!("/projects/{project}")).await.data();
    assert_eq!(app.get(&path).await.status, 404);
    let deleted = |event: &Value| event["action"] == "deleted" && event["resource"]["gid"] == json!(project);
    receiver.until("the deletion", |posts| events(posts).iter().any(deleted)).await;
}
