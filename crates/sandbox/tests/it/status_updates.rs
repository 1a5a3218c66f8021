//! Status updates: what they need, what they look like, and what they make current.

use crate::app::{App, Setup, gids, keys};
use sandbox::Plan;
use serde_json::{Value, json};

fn project(app: &App) -> String {
    app.project(&["Inbox"])
}

async fn goal(app: &App) -> String {
    let workspace = app.running.with_world(|world| world.workspace().clone());
    app.post("/goals", json!({"workspace": workspace, "name": "g", "is_workspace_level": true})).await.gid()
}

#[tokio::test]
async fn an_update_is_sent_read_listed_and_deleted() {
    let app = App::start().await;
    let project = project(&app);
    let send = |text: &str, status: &str| json!({"parent": project, "text": text, "status_type": status});
    let first = app.post("/status_updates", send("All well", "on_track")).await;
    assert_eq!(first.status, 201);
    assert_eq!(first.data()["resource_subtype"], "project_status_update");
    assert!(first.data()["title"].as_str().unwrap().starts_with("Status Update - "));
    assert_eq!(
        (&first.data()["parent"]["gid"], &first.data()["author"]["name"]),
        (&json!(project), &json!("Upnext Bot"))
    );
    let mut second = send("", "at_risk");
    second["html_text"] = json!("<body>It <strong>slips</strong></body>");
    app.post("/status_updates", second.clone())
        .await
        .refused(400, "You may only provide one of text or html_text!");
    second.as_object_mut().unwrap().remove("text");
    second["title"] = json!("Week 2");
    let second = app.post("/status_updates", second).await;
    assert_eq!((&second.data()["text"], &second.data()["title"]), (&json!("It slips"), &json!("Week 2")));

    let list = app.get(&format!("/status_updates?parent={project}")).await;
    assert_eq!(gids(list.data()), [second.gid(), first.gid()]);
    assert_eq!(keys(&list.data()[0]), ["gid", "resource_subtype", "resource_type", "title"]);
    let current = |of: Value| of["current_status_update"]["gid"].clone();
    let path = format!("/projects/{project}");
    assert_eq!(current(app.get(&path).await.data().clone()), json!(second.gid()));
    app.delete(&format!("/status_updates/{}", second.gid())).await;
    assert_eq!(current(app.get(&path).await.data().clone()), json!(first.gid()));
    assert_eq!(app.get(&format!("/status_updates/{}", second.gid())).await.status, 404);
    assert_eq!(app.put(&format!("/status_updates/{}", first.gid()), json!({"text": "x"})).await.status, 404);
}

#[tokio::test]
async fn a_goal_follows_its_newest_update() {
    let app = App::start().await;
    let goal = goal(&app).await;
    let path = format!("/goals/{goal}");
    let mut sent = vec![];
    for (word, status) in [("on_track", "green"), ("off_track", "red"), ("achieved", "achieved")] {
        let update = json!({"parent": goal, "text": "t", "status_type": word});
        sent.push(app.post("/status_updates", update).await.gid());
        assert_eq!(app.get(&path).await.data()["status"], status);
    }
    assert_eq!(app.get(&path).await.data()["current_status_update"]["gid"], json!(sent[2]));
    app.delete(&format!("/status_updates/{}", sent[2])).await;
    assert_eq!(app.get(&path).await.data()["status"], "red");
    for update in &sent[..2] {
        app.delete(&format!("/status_updates/{update}")).await;
    }
    assert_eq!(app.get(&path).await.data()["status"], Value::Null);
}

#[tokio::test]
async fn what_an_update_needs_is_named() {
    let app = App::start().await;
    let (project, goal) = (project(&app), goal(&app).await);
    let post = |data: Value| app.post("/status_updates", data);
    post(json!({"text": "t", "status_type": "on_track"})).await.refused(400, "parent: Missing input");
    post(json!({"parent": project, "text": "t"})).await.refused(400, "status_type: Missing input");
    post(json!({"parent": project, "status_type": "on_track"})).await.refused(400, "text: Missing input");
    post(json!({"parent": "x", "text": "t", "status_type": "on_track"}))
        .await
        .refused(400, "parent: Not a Long: x");
    assert_eq!(post(json!({"parent": "42", "text": "t", "status_type": "on_track"})).await.status, 404);
    // Each kind of parent has its own words.
    assert_eq!(post(json!({"parent": project, "text": "t", "status_type": "achieved"})).await.status, 400);
    assert_eq!(post(json!({"parent": goal, "text": "t", "status_type": "on_hold"})).await.status, 400);
    app.get("/status_updates").await.refused(400, "You should specify one of parent");
}

#[tokio::test]
async fn updates_can_be_listed_from_a_moment_on_and_go_with_their_parent() {
    let app = App::start().await;
    let project = project(&app);
    let send =
        || app.post("/status_updates", json!({"parent": project, "text": "t", "status_type": "on_hold"}));
    let old = send().await.gid();
    app.jump(3_600).await;
    let new = send().await;
    let since = new.data()["created_at"].as_str().unwrap().to_owned();
    let list = app.get(&format!("/status_updates?parent={project}&created_since={since}")).await;
    assert_eq!(gids(list.data()), [new.gid()]);
    app.delete(&format!("/projects/{project}")).await;
    assert_eq!(app.get(&format!("/status_updates/{old}")).await.status, 404);
}

#[tokio::test]
async fn the_free_plan_has_them_on_projects_only() {
    let app = App::start_with(Setup { plan: Plan::Free, ..Setup::default() }).await;
    let update = |parent: &str| json!({"parent": parent, "text": "t", "status_type": "on_track"});
    assert_eq!(app.post("/status_updates", update(&project(&app))).await.status, 201);
    let portfolio = app.running.with_world(|world| {
        let ada = world.add_user("Ada", "ada@sandbox.example");
        world.add_portfolio("p", &ada, &[])
    });
    app.post("/status_updates", update(&portfolio))
        .await
        .refused(402, "Portfolios are not available for free users.");
}

#[tokio::test]
async fn reactions_are_summed_up_and_the_older_view_hides_its_markup() {
    let app = App::start().await;
    let project = project(&app);
    let update = json!({"parent": project, "text": "ok", "status_type": "on_track"});
    let update = app.post("/status_updates", update).await.gid();
    let got = app.get(&format!("/status_updates/{update}")).await;
    assert_eq!(got.data()["reaction_summary"], json!([]));
    let body = json!({"text": "ok", "color": "green"});
    let older = app.post(&format!("/projects/{project}/project_statuses"), body).await;
    assert_eq!(
        older.location.as_deref(),
        Some(format!("/api/1.0/project_statuses/{}", older.gid()).as_str())
    );
    assert_eq!(older.data().get("html_text"), None);
    let named = app.get(&format!("/project_statuses/{}?opt_fields=html_text", older.gid())).await;
    assert_eq!(named.data()["html_text"], "<body>ok</body>");
}
