//! Time, capacity and jobs: the rules the SDK suites do not reach.

use crate::app::{App, Setup, gids};
use reqwest::Method;
use sandbox::Plan;
use serde_json::json;

fn home(app: &App) -> String {
    app.running.with_world(|world| world.workspace().clone())
}

#[tokio::test]
async fn tracked_time_adds_up_on_the_task_and_is_paid_for() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let path = format!("/tasks/{task}/time_tracking_entries");
    app.post(&path, json!({})).await.refused(400, "duration_minutes: Missing input");
    for minutes in [json!(0), json!(1.5), json!(-3), json!("soon")] {
        assert_eq!(app.post(&path, json!({ "duration_minutes": minutes })).await.status, 400, "{minutes}");
    }
    let first = app.post(&path, json!({"duration_minutes": 30, "entered_on": "2026-11-20"})).await;
    assert_eq!(
        first.data()["attributable_to"]["gid"],
        json!(project),
        "the task's project unless told otherwise"
    );
    app.post(&path, json!({"duration_minutes": "15"})).await.data();
    let minutes = async || app.get(&format!("/tasks/{task}")).await.data()["actual_time_minutes"].clone();
    assert_eq!(minutes().await, json!(45));
    let listed = app.get(&format!("/time_tracking_entries?task={task}&entered_on_end_date=2026-11-21")).await;
    assert_eq!(gids(listed.data()), [first.gid()]);
    app.get(&format!("/time_tracking_entries?workspace={}", home(&app)))
        .await
        .refused(400, "You should specify one of entered_on_start_date, entered_on_end_date");
    app.control(Method::POST, "faults", json!({"plan": "free"})).await;
    assert_eq!(app.get(&format!("/time_tracking_entries?task={task}")).await.status, 402);
    assert_eq!(app.post(&path, json!({"duration_minutes": 1})).await.status, 402);
}

#[tokio::test]
async fn allocations_are_for_enterprises_and_keep_their_days_in_order() {
    for (plan, status) in [(Plan::Free, 402), (Plan::Paid, 402), (Plan::Enterprise, 400)] {
        let app = App::start_with(Setup { plan, ..Setup::default() }).await;
        let project = app.project(&["Todo"]);
        let backwards = json!({"parent": project, "assignee": "me", "start_date": "2026-12-02", "end_date": "2026-12-01"});
        assert_eq!(app.post("/allocations", backwards).await.status, status);
    }
}

#[tokio::test]
async fn a_sixth_job_at_once_is_too_many() {
    let app = App::start().await;
    app.control(Method::POST, "clock", json!({"speed": 0})).await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    for _ in 0..5 {
        assert_eq!(app.post(&format!("/tasks/{task}/duplicate"), json!({"name": "c"})).await.status, 201);
    }
    let sixth = app.post(&format!("/projects/{project}/duplicate"), json!({"name": "c"})).await;
    assert_eq!((sixth.status, sixth.retry_after), (429, Some(1)));
    app.jump(2).await;
    assert_eq!(app.post(&format!("/projects/{project}/duplicate"), json!({"name": "c"})).await.status, 201);
}

#[tokio::test]
async fn generated_ids_are_given_once_and_in_order() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let sections = app.sections(&project);
    let old = app.task(&sections[0], "old");
    let data = json!({"workspace": home(&app), "resource_subtype": "text", "name": "Id", "id_prefix": "EX"});
    let field = app.post("/custom_fields", data).await.gid();
    let path = format!("/projects/{project}/addCustomFieldSetting");
    app.post(&path, json!({"custom_field": field})).await.data();
    let new = app.post("/tasks", json!({"name": "new", "projects": [project]})).await.gid();
    let found = async |id: &str| {
        app.get(&format!("/workspaces/{}/tasks/custom_id/{id}", home(&app))).await.data()["gid"].clone()
    };
    assert_eq!((found("EX-1").await, found("ex-2").await), (json!(old), json!(new)));
    app.put(&format!("/tasks/{new}"), json!({"custom_fields": {&field: "EX-9"}}))
        .await
        .refused(400, &format!("Custom field with ID {field} is read-only"));
}

#[tokio::test]
async fn joining_and_leaving_a_team_is_told_to_its_webhook_stream() {
    let app = App::start().await;
    let (team, user) = app.running.with_world(|world| {
        let bot = world.bot().clone();
        (world.add_team("T", &[bot]), world.add_user("Ada", "ada@sandbox.example"))
    });
    let first = app.get(&format!("/events?resource={team}")).await;
    let token = first.body["sync"].as_str().expect("a token").to_owned();
    app.post(&format!("/teams/{team}/addUser"), json!({"user": user})).await.data();
    app.post(&format!("/teams/{team}/removeUser"), json!({"user": user})).await.data();
    let got = app.get(&format!("/events?resource={team}&sync={token}")).await;
    let told: Vec<_> =
        got.data().as_array().expect("a list").iter().map(|e| (&e["type"], &e["action"])).collect();
    let (kind, added, removed) = (json!("team_membership"), json!("added"), json!("removed"));
    assert_eq!(told, [(&kind, &added), (&kind, &removed)]);
}
