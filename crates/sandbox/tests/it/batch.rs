//! Batch calls.

use crate::app::{App, Setup};
use sandbox::Plan;
use serde_json::{Value, json};

fn statuses(got: &crate::app::Got) -> Vec<u64> {
    let rows = got.data().as_array().expect("a list").iter();
    rows.map(|row| row["status_code"].as_u64().expect("a status")).collect()
}

#[tokio::test]
async fn actions_answer_in_order_and_fail_alone() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let task = app.task(&app.sections(&project)[0], "one");
    let actions = json!([
        {"method": "put", "relative_path": format!("/tasks/{task}"), "data": {"name": "renamed"}},
        {"method": "get", "relative_path": format!("/tasks/{task}"), "options": {"fields": ["name"]}},
        {"method": "get", "relative_path": "/tasks/1999999999999999"},
        {"method": "get", "relative_path": "/tasks", "data": {"project": project}, "options": {"limit": 1}},
        {"method": "post", "relative_path": "/tasks", "data": {"projects": [project], "name": "made"}},
        {"method": "get", "relative_path": "/nothing"},
    ]);
    let got = app.post("/batch", json!({"actions": actions})).await;
    assert_eq!(statuses(&got), [200, 200, 404, 200, 201, 404]);
    let data = got.data();
    assert_eq!(data[1]["body"]["data"], json!({"gid": task, "name": "renamed"}));
    assert_eq!(data[3]["body"]["next_page"], Value::Null);
    assert_eq!(data[4]["headers"]["keys"], json!(["location"]));
    assert_eq!(data[0]["headers"]["empty"], true);
}

#[tokio::test]
async fn some_calls_are_refused_inside() {
    let app = App::start().await;
    let actions = json!([
        {"method": "post", "relative_path": "/attachments"},
        {"method": "post", "relative_path": "/batch", "data": {"actions": []}},
        {"method": "post", "relative_path": "/organization_exports"},
        {"method": "get", "relative_path": "/tasks?project=1"},
        {"method": "get"},
    ]);
    let got = app.post("/batch", json!({"actions": actions})).await;
    assert_eq!(statuses(&got), [400, 400, 400, 400, 400]);
}

#[tokio::test]
async fn a_batch_counts_as_many_requests_as_it_holds() {
    let app = App::start_with(Setup { plan: Plan::Free, limits: true, ..Setup::default() }).await;
    let action = json!({"method": "get", "relative_path": "/users/me"});
    let batch = json!({"actions": vec![action; 10]});
    for _ in 0..15 {
        assert_eq!(app.post("/batch", batch.clone()).await.status, 200);
    }
    let got = app.post("/batch", batch).await;
    assert_eq!((got.status, got.body.get("data")), (429, None), "the whole call is refused");
}

#[tokio::test]
async fn the_outer_call_obeys_opt_fields() {
    let app = App::start().await;
    let actions = json!([{"method": "get", "relative_path": "/users/me"}]);
    let got = app.post("/batch?opt_fields=status_code,body.data.name", json!({"actions": actions})).await;
    assert_eq!(got.data(), &json!([{"status_code": 200, "body": {"data": {"name": "Upnext Bot"}}}]));
}

#[tokio::test]
async fn too_many_jobs_or_searches_refuse_the_whole_call() {
    let app = App::start_with(Setup { limits: true, ..Setup::default() }).await;
    let project = app.project(&["Now"]);
    let copy = json!({"method": "post", "relative_path": format!("/projects/{project}/duplicate"), "data": {"name": "c"}});
    assert_eq!(app.post("/batch", json!({"actions": vec![copy; 6]})).await.status, 429);
    let home = app.running.with_world(|world| world.workspace().clone());
    let search = json!({"method": "get", "relative_path": format!("/workspaces/{home}/tasks/search"), "data": {"text": "x"}});
    let batch = json!({"actions": vec![search; 10]});
    for _ in 0..6 {
        assert_eq!(app.post("/batch", batch.clone()).await.status, 200);
    }
    let got = app.post("/batch", batch).await;
    assert_eq!((got.status, got.body.get("data")), (429, None));
}
