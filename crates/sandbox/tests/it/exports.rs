//! Exports: who may have them, how far they are, and the file of a resource export.

use crate::app::{App, Got, Setup};
use flate2::read::GzDecoder;
use sandbox::Plan;
use serde_json::{Value, json};
use std::io::Read;

/// An enterprise with a token of its service account.
async fn enterprise() -> App {
    let mut app = App::start_with(Setup { plan: Plan::Enterprise, ..Setup::default() }).await;
    app.running.with_world(|world| world.add_service_account("robot", &world.bot().clone()));
    app.token = Some("robot".to_owned());
    app
}

fn home(app: &App) -> String {
    app.running.with_world(|world| world.workspace().clone())
}

async fn export(app: &App, parts: Value) -> Got {
    let body = json!({"workspace": home(app), "export_request_parameters": parts});
    app.post("/exports/resource", body).await
}

#[tokio::test]
async fn exports_are_for_enterprises_and_their_service_accounts() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    assert_eq!(app.post("/exports/graph", json!({"parent": project})).await.status, 403);
    assert_eq!(export(&app, json!([{"resource_type": "task"}])).await.status, 403);
    let mut app = enterprise().await;
    let organization = app.post("/organization_exports", json!({"organization": home(&app)})).await;
    let path = format!("/organization_exports/{}", organization.gid());
    assert_eq!(organization.data()["state"], "pending");
    app.jump(2).await;
    assert_eq!(app.get(&path).await.data()["state"], "finished");
    app.token = Some("sandbox-token".to_owned());
    assert_eq!(app.get(&path).await.status, 403);
    assert_eq!(export(&app, json!([{"resource_type": "task"}])).await.status, 403);
    let project = app.project(&["Todo"]);
    assert_eq!(app.post("/exports/graph", json!({"parent": project})).await.status, 201);
}

#[tokio::test]
async fn a_resource_export_is_json_lines_for_30_days() {
    let app = enterprise().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "one");
    app.put(&format!("/tasks/{task}"), json!({"name": "two"})).await.data();
    let job =
        export(&app, json!([{"resource_type": "task"}, {"resource_type": "team", "fields": ["name"]}])).await;
    assert_eq!(export(&app, json!([{"resource_type": "task"}])).await.status, 403, "one at a time");
    app.jump(2).await;
    let done = app.get(&format!("/jobs/{}?opt_fields=new_resource_export.download_url", job.gid())).await;
    let url = done.data()["new_resource_export"]["download_url"].as_str().expect("an address").to_owned();
    let file = app.client.get(&url).send().await.expect("an answer").bytes().await.expect("bytes");
    let mut text = String::new();
    GzDecoder::new(&file[..]).read_to_string(&mut text).expect("gzip");
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let row = rows.iter().find(|row| row["gid"] == json!(task)).expect("the task");
    assert_eq!(
        (&row["name"], &row["stories"][0]["resource_subtype"]),
        (&json!("two"), &json!("name_changed"))
    );
    assert!(
        rows.iter().any(|row| row.get("resource_type").is_none() && row["name"].is_string()),
        "a team, cut"
    );
    app.jump(31 * 24 * 3600).await;
    assert_eq!(app.client.get(&url).send().await.expect("an answer").status(), 403);
}
