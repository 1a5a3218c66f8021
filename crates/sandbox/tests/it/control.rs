//! Fault switches and the control endpoints.

use crate::app::{App, Setup};
use reqwest::Method;
use sandbox::Faults;
use serde_json::json;

async fn with_faults(toml: &str) -> App {
    let faults = Faults::from_toml(toml).expect("valid switches");
    App::start_with(Setup { faults, ..Setup::default() }).await
}

#[test]
fn unknown_keys_and_odd_rates_are_refused() {
    let unknown = Faults::from_toml("slowness = 3").expect_err("unknown key");
    assert!(unknown.to_string().contains("slowness"), "{unknown}");
    let rate = Faults::from_toml("[server_error]\nrate = 2.0").expect_err("rate");
    assert!(rate.to_string().contains("server_error.rate is 2"), "{rate}");
    let inner = Faults::from_toml("[drop_connection]\nrate = 0.1\nretry_after = 1").expect_err("inner key");
    assert!(inner.to_string().contains("retry_after"), "{inner}");
}

#[tokio::test]
async fn too_many_requests_strikes_matching_calls_up_to_its_count() {
    let app = with_faults(
        "[too_many_requests]\nrate = 1.0\nretry_after = 0\nmethods = [\"GET\"]\npath_prefix = \"/users\"\nmax_count = 2",
    )
    .await;
    for _ in 0..2 {
        let got = app.get("/users/me").await;
        assert_eq!((got.status, got.retry_after), (429, Some(0)));
    }
    assert_eq!(app.get("/users/me").await.status, 200);
    assert_eq!(app.get("/workspaces").await.status, 200);
    let state = app.control(Method::GET, "faults", json!({})).await;
    assert_eq!(state.body["injected"], json!({"too_many_requests": 2}));
}

#[tokio::test]
async fn the_write_is_done_and_the_answer_is_500() {
    let app = with_faults("[write_then_error]\nrate = 1.0\nmax_count = 1").await;
    let project = app.project(&["Now"]);
    let got = app.post("/tasks", json!({"name": "kept", "projects": [project]})).await;
    assert_eq!(got.status, 500);
    assert!(got.body["errors"][0]["phrase"].is_string());
    let tasks = app.get(&format!("/tasks?project={project}")).await;
    assert_eq!(tasks.data()[0]["name"], "kept");
}

#[tokio::test]
async fn server_errors_come_before_the_work() {
    let app = with_faults("[server_error]\nrate = 1.0\nstatuses = [503]\nmethods = [\"POST\"]").await;
    let project = app.project(&["Now"]);
    assert_eq!(app.post("/tasks", json!({"name": "lost", "projects": [project]})).await.status, 503);
    assert_eq!(*app.get(&format!("/tasks?project={project}")).await.data(), json!([]));
}

#[tokio::test]
async fn a_dropped_connection_is_a_transport_error() {
    let app = with_faults("[drop_connection]\nrate = 1.0\nmax_count = 1").await;
    let url = format!("{}/users/me", app.running.base_url);
    let response = app.client.get(&url).bearer_auth("sandbox-token").send().await;
    let failed = match response {
        Err(_) => true,
        Ok(response) => response.bytes().await.is_err(),
    };
    assert!(failed);
    assert_eq!(app.get("/users/me").await.status, 200);
}

#[tokio::test]
async fn the_same_seed_draws_the_same_faults() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let app = with_faults("[server_error]\nrate = 0.5").await;
        let mut statuses = Vec::new();
        for _ in 0..20 {
            statuses.push(app.get("/users/me").await.status);
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&200) && runs[0].iter().any(|status| *status >= 500));
}

#[tokio::test]
async fn tokens_are_revoked_and_plans_lapse_while_running() {
    let app = App::start().await;
    app.control(Method::POST, "faults", json!({"plan": "free"})).await;
    let workspace = app.running.with_world(|world| world.workspace().clone());
    let field = json!({"workspace": workspace, "name": "Score", "resource_subtype": "number"});
    app.post("/custom_fields", field.clone())
        .await
        .refused(402, "Custom Fields are not available for free users or guests.");
    app.control(Method::POST, "faults", json!({"revoked_tokens": ["sandbox-token"]})).await;
    app.get("/users/me").await.refused(401, "Not Authorized");
    app.control(Method::POST, "faults", json!({})).await;
    assert_eq!(app.post("/custom_fields", field).await.status, 201);
    let refused = app.control(Method::POST, "faults", json!({"wobble": 1})).await;
    assert_eq!(refused.status, 400);
    assert!(refused.message().contains("wobble"));
}

#[tokio::test]
async fn requests_are_logged_and_counted() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    app.get(&format!("/projects/{project}?opt_fields=name")).await;
    app.post("/tasks", json!({"name": "x", "projects": [project]})).await;
    app.get("/nothing").await;
    let log = app.control(Method::GET, "requests", json!({})).await;
    let first = &log.body["requests"][0];
    let bot = app.running.with_world(|world| world.bot().clone());
    assert_eq!(first["path"], format!("/projects/{project}?opt_fields=name"));
    assert_eq!(
        (&first["method"], &first["status"], &first["user"]),
        (&json!("GET"), &json!(200), &json!(bot))
    );
    // What a write sent is kept with it.
    let bodies: Vec<_> =
        log.body["requests"].as_array().expect("a list").iter().map(|call| &call["body"]).collect();
    let sent = serde_json::json!({"data": {"name": "x", "projects": [project]}}).to_string();
    assert_eq!(bodies, [&json!(null), &json!(sent), &json!(null)]);
    let sums = app.control(Method::GET, "counters", json!({})).await.body;
    assert_eq!((&sums["reads"], &sums["writes"]), (&json!(2), &json!(1)));
    assert_eq!(sums["routes"]["GET /projects/{project}"], 1);
    app.control(Method::POST, "reset-counters", json!({})).await;
    assert_eq!(app.control(Method::GET, "counters", json!({})).await.body["reads"], 0);
}

#[tokio::test]
async fn the_clock_jumps_forward() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    app.jump(86_400).await;
    let got = app.post("/tasks", json!({"name": "tomorrow", "projects": [project]})).await;
    let created = got.data()["created_at"].as_str().expect("a moment");
    assert!(
        created.starts_with("2026-11-25T09:00:") && created.ends_with('Z') && created.len() == 24,
        "{created}"
    );
}

#[tokio::test]
async fn the_same_seed_gives_the_same_gids() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let app = App::start().await;
        let project = app.project(&["Now", "Later"]);
        let task = app.post("/tasks", json!({"name": "x", "projects": [project]})).await.gid();
        assert!(task.len() == 16 && task.parse::<u64>().is_ok(), "{task}");
        runs.push((project, task));
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn shutting_down_ends_the_server() {
    let app = App::start().await;
    app.get("/users/me").await.data();
    let url = format!("{}/users/me", app.running.base_url);
    app.running.shutdown().await;
    assert!(app.client.get(url).send().await.is_err());
}
