//! Tasks: creating, dates, approvals, lists, trash.

use crate::app::{App, gids};
use serde_json::json;

async fn app() -> (App, String, String) {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let task = app.task(&app.sections(&project)[0], "one");
    (app, project, task)
}

#[tokio::test]
async fn creating_needs_a_place_and_known_objects() {
    let (app, ..) = app().await;
    app.post("/tasks", json!({"name": "x"}))
        .await
        .refused(400, "You should specify one of workspace, parent, projects");
    app.post("/tasks", json!({"projects": ["1111111111111111"]}))
        .await
        .refused(404, "projects: [0]: Unknown object: 1111111111111111");
    let workspace = app.running.with_world(|world| world.workspace().clone());
    app.post("/tasks", json!({"workspace": workspace, "assignee": "nobody@sandbox.example"}))
        .await
        .refused(400, "assignee: Not a user in Organization: nobody@sandbox.example");
    let loose = app.post("/tasks", json!({"workspace": workspace, "name": "loose", "assignee": "me"})).await;
    assert_eq!(loose.data()["memberships"], json!([]));
    assert_eq!(loose.data()["assignee_section"]["name"], "Recently assigned");
}

#[tokio::test]
async fn places_and_tags_are_not_written_by_put() {
    let (app, project, task) = app().await;
    for key in ["projects", "tags", "followers", "memberships"] {
        app.put(&format!("/tasks/{task}"), json!({key: [project]}))
            .await
            .refused(400, &format!("{key}: Cannot write this property"));
    }
}

#[tokio::test]
async fn dates_follow_asanas_rules() {
    let (app, _, task) = app().await;
    let path = format!("/tasks/{task}");
    let refused = [
        json!({"due_on": "2026-12-01", "due_at": "2026-12-01T10:00:00Z"}),
        json!({"due_on": "01.12.2026"}),
        json!({"due_on": "2026-02-30"}),
        json!({"start_on": "2026-12-01"}),
        json!({"start_on": "2026-12-02", "due_on": "2026-12-01"}),
        json!({"start_at": "2026-12-01T10:00:00Z", "due_on": "2026-12-02"}),
    ];
    for data in refused {
        assert_eq!(app.put(&path, data.clone()).await.status, 400, "{data}");
    }
    app.put(&path, json!({"due_on": "tomorrow"}))
        .await
        .refused(400, "due_on: Date must be in ISO-8601 (yyyy-mm-dd) format, not: tomorrow");
    let got = app.put(&path, json!({"due_at": "2026-12-01T10:30:00Z"})).await;
    assert_eq!(
        (&got.data()["due_at"], &got.data()["due_on"]),
        (&json!("2026-12-01T10:30:00.000Z"), &json!("2026-12-01"))
    );
    let got = app.put(&path, json!({"due_on": "2026-12-05", "start_on": "2026-12-01"})).await;
    assert_eq!((&got.data()["due_at"], &got.data()["start_on"]), (&json!(null), &json!("2026-12-01")));
    assert_eq!(app.put(&path, json!({"due_on": null})).await.status, 400, "a start needs its due date");
    app.put(&path, json!({"due_on": null, "start_on": null})).await.data();
    let milestone =
        json!({"resource_subtype": "milestone", "due_on": "2026-12-05", "start_on": "2026-12-01"});
    assert_eq!(app.put(&path, milestone).await.status, 400);
}

#[tokio::test]
async fn approvals_and_completion_move_together() {
    let (app, project, _) = app().await;
    let made = app
        .post("/tasks", json!({"name": "ok?", "projects": [project], "resource_subtype": "approval"}))
        .await;
    assert_eq!(made.data()["approval_status"], "pending");
    let path = format!("/tasks/{}", made.gid());
    let got = app.put(&path, json!({"completed": true})).await;
    assert_eq!(got.data()["approval_status"], "approved");
    let got = app.put(&path, json!({"approval_status": "changes_requested"})).await;
    assert_eq!(got.data()["completed"], true);
    let got = app.put(&path, json!({"approval_status": "pending"})).await;
    assert_eq!((&got.data()["completed"], &got.data()["completed_at"]), (&json!(false), &json!(null)));
    assert_eq!(app.put(&path, json!({"approval_status": "maybe"})).await.status, 400);
}

#[tokio::test]
async fn lists_take_exactly_one_place() {
    let (app, project, task) = app().await;
    let workspace = app.running.with_world(|world| world.workspace().clone());
    let exactly =
        "Must specify exactly one of project, tag, section, user task list, or assignee + workspace";
    app.get(&format!("/tasks?project={project}&section=1")).await.refused(400, exactly);
    app.get(&format!("/tasks?workspace={workspace}")).await.refused(400, exactly);
    app.get("/tasks?assignee=me").await.refused(400, exactly);
    app.put(&format!("/tasks/{task}"), json!({"assignee": "me"})).await.data();
    let mine = app.get(&format!("/tasks?assignee=me&workspace={workspace}")).await;
    assert_eq!(gids(mine.data()), [task.as_str()]);
    let list = app.get(&format!("/users/me/user_task_list?workspace={workspace}")).await.gid();
    assert_eq!(gids(app.get(&format!("/user_task_lists/{list}/tasks")).await.data()), [task.as_str()]);
}

#[tokio::test]
async fn since_filters_are_inclusive() {
    let (app, project, task) = app().await;
    let other = app.task(&app.sections(&project)[0], "other");
    app.jump(60).await;
    let done = app.put(&format!("/tasks/{task}"), json!({"completed": true})).await;
    let at = done.data()["completed_at"].as_str().expect("a moment").to_owned();
    let list = async |query: &str| gids(app.get(&format!("/projects/{project}/tasks?{query}")).await.data());
    app.jump(1).await;
    assert_eq!(list("completed_since=now").await, [other.as_str()]);
    assert_eq!(list(&format!("completed_since={at}")).await, [task.as_str(), &other]);
    let modified = done.data()["modified_at"].as_str().expect("a moment");
    assert_eq!(list(&format!("modified_since={modified}")).await, [task.as_str()]);
    assert_eq!(app.get(&format!("/projects/{project}/tasks?modified_since=lately")).await.status, 400);
}

#[tokio::test]
async fn a_trashed_task_is_gone_everywhere() {
    let (app, project, task) = app().await;
    let other = app.task(&app.sections(&project)[0], "other");
    app.post(&format!("/tasks/{other}/addDependencies"), json!({"dependencies": [task]})).await.data();
    let subtask = app.post(&format!("/tasks/{task}/subtasks"), json!({"name": "part"})).await.gid();
    assert_eq!(*app.delete(&format!("/tasks/{task}")).await.data(), json!({}));
    app.get(&format!("/tasks/{task}")).await.refused(404, &format!("task: Unknown object: {task}"));
    assert_eq!(app.get(&format!("/tasks/{subtask}")).await.status, 404);
    assert_eq!(gids(app.get(&format!("/tasks?project={project}")).await.data()), [other.as_str()]);
    assert_eq!(*app.get(&format!("/tasks/{other}/dependencies")).await.data(), json!([]));
}
