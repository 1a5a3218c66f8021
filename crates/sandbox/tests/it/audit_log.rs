//! The audit log: which events it holds, and its pages.

use crate::app::{App, Setup, gids};
use sandbox::Plan;
use serde_json::json;

#[tokio::test]
async fn creations_people_and_privacy_are_logged_under_asanas_names() {
    let mut app = App::start_with(Setup { plan: Plan::Enterprise, ..Setup::default() }).await;
    let home = app.running.with_world(|world| world.workspace().clone());
    let team = gids(app.get(&format!("/workspaces/{home}/teams")).await.data())[0].clone();
    let project = app.post("/projects", json!({"workspace": home, "team": team, "name": "p"})).await.gid();
    app.put(&format!("/projects/{project}"), json!({"privacy_setting": "public_to_workspace"})).await.data();
    let task = app.post("/tasks", json!({"projects": [project], "name": "t"})).await.gid();
    app.post(&format!("/tasks/{task}/stories"), json!({"text": "hi"})).await.data();
    app.post(&format!("/tasks/{task}/duplicate"), json!({"name": "c"})).await.data();
    app.delete(&format!("/tasks/{task}")).await.data();
    app.post(&format!("/workspaces/{home}/addUser"), json!({"user": "ada@sandbox.example"})).await.data();
    app.post(&format!("/workspaces/{home}/removeUser"), json!({"user": "ada@sandbox.example"})).await.data();
    app.running.with_world(|world| world.add_service_account("robot", &world.bot().clone()));
    app.token = Some("robot".to_owned());
    let path = format!("/workspaces/{home}/audit_log_events");
    let got = app.get(&path).await;
    let rows = got.data().as_array().expect("a list");
    let told: Vec<&str> = rows.iter().map(|row| row["event_type"].as_str().expect("a word")).collect();
    assert_eq!(
        told,
        [
            "project_created",
            "project_privacy_settings_changed",
            "task_created",
            "task_deleted",
            "user_invited",
            "user_deprovisioned"
        ]
    );
    assert_eq!(rows[1]["details"]["new_value"], "public_to_workspace");
    assert!(rows.iter().all(|row| row["gid"].as_str().is_some_and(|gid| gid.parse::<u64>().is_ok())));
    let page = app.get(&format!("{path}?actor_type=user&limit=1")).await;
    let next = page.body["next_page"]["path"].as_str().expect("a path");
    assert!(next.contains("actor_type=user") && next.contains("limit=1"), "{next}");
    assert_eq!(app.get(&format!("{path}?actor_type=robot")).await.status, 400);
}
