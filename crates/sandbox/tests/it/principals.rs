//! Callers who may do less: guests and people whose licence only lets them read.

use crate::app::{App, gids};
use reqwest::Method;
use serde_json::json;

async fn with(kind: &str) -> (App, String, String) {
    let mut app = App::start().await;
    let project = app.project(&["To do"]);
    let task = app.task(&app.sections(&project)[0], "one");
    let user = json!({"what": "user", "name": "Gil", "email": "gil@else.example", kind: true});
    let user = app.control(Method::POST, "make", user).await.body["gid"].as_str().expect("a gid").to_owned();
    app.control(Method::POST, "tokens", json!({"token": "gils", "user": user})).await;
    app.token = Some("gils".to_owned());
    (app, project, task)
}

#[tokio::test]
async fn a_guest_sees_only_what_was_shared() {
    let (mut app, project, task) = with("guest").await;
    let workspace = app.running.with_world(|world| world.workspace().clone());
    app.get(&format!("/projects/{project}")).await.refused(403, "You do not have access to this project.");
    app.get(&format!("/tasks/{task}")).await.refused(403, "You do not have access to this task.");
    app.get(&format!("/tasks?project={project}"))
        .await
        .refused(403, "You do not have access to this project.");
    app.post("/tasks", json!({"projects": [project], "name": "in"}))
        .await
        .refused(403, "You do not have access to this project.");
    assert_eq!(
        gids(app.get(&format!("/workspaces/{workspace}/projects")).await.data()),
        Vec::<String>::new()
    );
    app.get(&format!("/workspaces/{workspace}/custom_fields"))
        .await
        .refused(402, "Custom Fields are not available for free users or guests.");

    app.token = Some("sandbox-token".to_owned());
    app.post(&format!("/projects/{project}/addMembers"), json!({"members": "gil@else.example"})).await.data();
    app.token = Some("gils".to_owned());
    assert_eq!(gids(app.get(&format!("/workspaces/{workspace}/projects")).await.data()), [project]);
    assert_eq!(app.put(&format!("/tasks/{task}"), json!({"name": "two"})).await.data()["name"], "two");
    let user = app.get("/users/me?opt_fields=workspaces").await.gid();
    let membership = app.get(&format!("/users/{user}/workspace_memberships?opt_fields=is_guest")).await;
    assert_eq!(membership.data()[0]["is_guest"], true);
}

#[tokio::test]
async fn a_view_only_licence_reads() {
    let (app, _, task) = with("view_only").await;
    assert_eq!(app.get(&format!("/tasks/{task}")).await.data()["name"], "one");
    assert_eq!(app.put(&format!("/tasks/{task}"), json!({"name": "two"})).await.status, 403);
    assert_eq!(app.get(&format!("/tasks/{task}")).await.data()["name"], "one");
}

#[tokio::test]
async fn principals_have_names_and_people_can_be_limited_later() {
    let app = App::start().await;
    for principal in ["personal_access_token", "oauth", "o_auth", "service_account"] {
        let order = json!({"token": principal, "user": "me", "principal": principal});
        assert_eq!(app.control(Method::POST, "tokens", order).await.status, 200, "{principal}");
    }
    let user = json!({"what": "user", "name": "Gil", "email": "gil@else.example"});
    app.control(Method::POST, "make", user.clone()).await;
    assert_eq!(app.control(Method::POST, "make", user).await.status, 400, "the address is taken");
    let limit = json!({"what": "limit", "user": "gil@else.example", "guest": true});
    let gid = app.control(Method::POST, "make", limit).await.body["gid"].as_str().expect("a gid").to_owned();
    let got = app.get(&format!("/users/{gid}/workspace_memberships?opt_fields=is_guest,is_view_only")).await;
    assert_eq!((&got.data()[0]["is_guest"], &got.data()[0]["is_view_only"]), (&json!(true), &json!(false)));
}
