//! A further workspace: what lies in it, and that nothing is shared between two.

use crate::app::{App, gids};
use reqwest::Method;
use sandbox::world::FieldType;
use serde_json::json;

#[tokio::test]
async fn what_lies_in_one_workspace_is_listed_in_it_alone_and_not_shared() {
    let app = App::start().await;
    let home = app.running.with_world(|world| world.workspace().clone());
    let first = app.project(&["Now"]);
    let field = app.field(&first, "Effort", FieldType::Number, &[]);
    let task = app.task(&app.sections(&first)[0], "here");
    let made = app.control(Method::POST, "make", json!({"what": "workspace", "name": "Elsewhere"})).await;
    let other = made.body["gid"].as_str().expect("a gid").to_owned();
    assert_eq!(gids(app.get("/workspaces").await.data()), [home.as_str(), &other]);
    let me = app.get("/users/me").await;
    assert_eq!(gids(&me.data()["workspaces"]), [home.as_str(), &other]);

    // It is no organization, so a project needs no team.
    let second = app.post("/projects", json!({"name": "There", "workspace": other})).await.gid();
    let project = app.get(&format!("/projects/{second}")).await;
    assert_eq!((&project.data()["workspace"]["gid"], &project.data()["team"]), (&json!(other), &json!(null)));
    for (workspace, of) in [(&home, &first), (&other, &second)] {
        assert_eq!(gids(app.get(&format!("/projects?workspace={workspace}")).await.data()), [of.as_str()]);
        assert_eq!(gids(app.get(&format!("/workspaces/{workspace}/projects")).await.data()), [of.as_str()]);
    }
    // A field of the same name is another field.
    let new = json!({"name": "Effort", "workspace": other, "resource_subtype": "number"});
    let theirs = app.post("/custom_fields", new.clone()).await.gid();
    assert_eq!(app.post("/custom_fields", new).await.status, 400, "one name a workspace");
    assert_eq!(gids(app.get(&format!("/workspaces/{other}/custom_fields")).await.data()), [theirs.as_str()]);
    assert_eq!(gids(app.get(&format!("/workspaces/{home}/custom_fields")).await.data()), [field.as_str()]);
    let add = format!("/projects/{second}/addCustomFieldSetting");
    let apart = app.post(&add, json!({"custom_field": field})).await;
    apart.refused(400, "custom_field: Custom field is not in the same workspace");
    app.post(&add, json!({"custom_field": theirs})).await.data();
    // A task is where its project is, and stays there.
    let new = json!({"name": "there", "projects": [second], "custom_fields": {&theirs: 3}});
    let created = app.post("/tasks", new).await;
    assert_eq!(created.data()["workspace"]["gid"], json!(other));
    let there = created.gid();
    let found = app.get(&format!("/workspaces/{other}/tasks/search?text=there")).await;
    assert_eq!(gids(found.data()), [there]);
    let moved = app.post(&format!("/tasks/{task}/addProject"), json!({"project": second})).await;
    moved.refused(400, "project: Task and project are not in the same workspace");
    let both = app.post("/tasks", json!({"name": "both", "projects": [first, second]})).await;
    both.refused(400, "projects: All projects must be in the same workspace");
    let alone = app.post("/tasks", json!({"name": "alone", "workspace": other})).await;
    assert_eq!(alone.data()["workspace"]["gid"], json!(other));
}
