//! Where tasks stand: projects, sections, order, parents.

use crate::app::{App, gids};
use serde_json::json;

async fn names(app: &App, path: &str) -> Vec<String> {
    let got = app.get(&format!("{path}?opt_fields=name")).await;
    let rows = got.data().as_array().expect("a list").iter();
    rows.map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn ordering_defaults_differ_by_call() {
    let app = App::start().await;
    let project = app.project(&["To do", "Doing"]);
    let sections = app.sections(&project);
    let a = app.task(&sections[1], "a");
    let b = app.task(&sections[1], "b");
    let c = app.task(&sections[0], "c");
    let tasks = format!("/sections/{}/tasks", sections[1]);
    app.post(&format!("/sections/{}/addTask", sections[1]), json!({"task": c})).await.data();
    assert_eq!(names(&app, &tasks).await, ["c", "a", "b"], "addTask puts on top");
    let add = format!("/tasks/{c}/addProject");
    app.post(&add, json!({"project": project, "section": sections[1]})).await.data();
    assert_eq!(names(&app, &tasks).await, ["a", "b", "c"], "addProject with a section puts at the end");
    app.post(&add, json!({"project": project, "section": sections[1], "insert_after": null})).await.data();
    assert_eq!(names(&app, &tasks).await, ["c", "a", "b"]);
    app.post(&add, json!({"project": project, "insert_after": a})).await.data();
    assert_eq!(names(&app, &tasks).await, ["a", "c", "b"]);
    app.post(&add, json!({"project": project, "insert_before": null})).await.data();
    assert_eq!(names(&app, &tasks).await, ["a", "b", "c"]);
    let both = json!({"project": project, "insert_before": a, "insert_after": b});
    assert_eq!(app.post(&add, both).await.status, 400);
    let new = app
        .post("/tasks", json!({"name": "new", "memberships": [{"project": project, "section": sections[1]}]}))
        .await;
    assert_eq!(new.data()["memberships"][0]["section"]["gid"], sections[1].as_str());
    assert_eq!(names(&app, &format!("/projects/{project}/tasks")).await, ["new", "a", "b", "c"]);
}

#[tokio::test]
async fn a_task_is_in_at_most_20_projects() {
    let app = App::start().await;
    let projects: Vec<String> = (0..21).map(|_| app.project(&[])).collect();
    let task = app.post("/tasks", json!({"name": "wide", "projects": projects[..20]})).await.gid();
    assert_eq!(
        app.post(&format!("/tasks/{task}/addProject"), json!({"project": projects[20]})).await.status,
        400
    );
    let again = app.post(&format!("/tasks/{task}/addProject"), json!({"project": projects[0]})).await;
    assert_eq!(*again.data(), json!({}));
}

#[tokio::test]
async fn dependencies_and_dependents_share_a_cap_of_30() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let section = app.sections(&project)[0].clone();
    let task = app.task(&section, "hub");
    let others: Vec<String> = (0..31).map(|nth| app.task(&section, &format!("{nth}"))).collect();
    app.post(&format!("/tasks/{task}/addDependencies"), json!({"dependencies": others[..20]})).await.data();
    assert_eq!(
        app.post(&format!("/tasks/{task}/addDependents"), json!({"dependents": others[20..]})).await.status,
        400
    );
    app.post(&format!("/tasks/{task}/addDependents"), json!({"dependents": others[20..30]})).await.data();
    app.post(&format!("/tasks/{task}/addDependencies"), json!({"dependencies": others[..5]})).await.data();
    assert_eq!(gids(app.get(&format!("/tasks/{task}/dependencies")).await.data()).len(), 20);
    let cycle =
        app.post(&format!("/tasks/{}/addDependencies", others[0]), json!({"dependencies": [task]})).await;
    assert_eq!(cycle.status, 400, "the hub is full");
    let back = app
        .post(&format!("/tasks/{}/addDependencies", others[0]), json!({"dependencies": [others[1]]}))
        .await;
    assert_eq!(back.status, 200);
    let cycle = app
        .post(&format!("/tasks/{}/addDependencies", others[1]), json!({"dependencies": [others[0]]}))
        .await;
    assert_eq!(cycle.status, 200, "cycles are allowed");
}

#[tokio::test]
async fn subtasks_stay_out_of_project_lists() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let task = app.task(&app.sections(&project)[0], "parent");
    let one = app.post(&format!("/tasks/{task}/subtasks"), json!({"name": "one"})).await;
    assert_eq!((one.status, &one.data()["parent"]["gid"]), (201, &json!(task)));
    assert_eq!(one.data()["memberships"], json!([]));
    let two = app.post("/tasks", json!({"name": "two", "parent": task})).await.gid();
    assert_eq!(names(&app, &format!("/projects/{project}/tasks")).await, ["parent"]);
    let set_parent = format!("/tasks/{two}/setParent");
    app.post(&set_parent, json!({"parent": task, "insert_before": one.gid()})).await.data();
    assert_eq!(names(&app, &format!("/tasks/{task}/subtasks")).await, ["two", "one"]);
    assert_eq!(app.get(&format!("/tasks/{task}?opt_fields=num_subtasks")).await.data()["num_subtasks"], 2);
    app.post(&set_parent, json!({"parent": null})).await.data();
    app.post(&set_parent, json!({})).await.refused(400, "parent: Missing input");
    assert_eq!(names(&app, &format!("/tasks/{task}/subtasks")).await, ["one"]);
    assert_eq!(app.post(&format!("/tasks/{task}/setParent"), json!({"parent": one.gid()})).await.status, 400);
}

#[tokio::test]
async fn subtasks_nest_five_levels() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let mut task = app.task(&app.sections(&project)[0], "top");
    for _ in 0..5 {
        task = app.post(&format!("/tasks/{task}/subtasks"), json!({"name": "deeper"})).await.gid();
    }
    assert_eq!(app.post(&format!("/tasks/{task}/subtasks"), json!({"name": "too deep"})).await.status, 400);
}

#[tokio::test]
async fn sections_are_made_moved_and_deleted_by_their_rules() {
    let app = App::start().await;
    let project = app.post("/projects", json!({"name": "P", "team": team(&app).await})).await.gid();
    let path = format!("/projects/{project}/sections");
    assert_eq!(names(&app, &path).await, ["Untitled section"]);
    let first = app.sections(&project)[0].clone();
    let a = app.post(&path, json!({"name": "A"})).await.gid();
    app.post(&path, json!({"name": "B", "insert_before": first})).await.data();
    assert_eq!(names(&app, &path).await, ["B", "Untitled section", "A"]);
    app.post(&format!("{path}/insert"), json!({"section": a, "before_section": first})).await.data();
    assert_eq!(names(&app, &path).await, ["B", "A", "Untitled section"]);
    let task = app.task(&a, "inside");
    assert_eq!(app.delete(&format!("/sections/{a}")).await.status, 400, "not while it holds tasks");
    app.delete(&format!("/tasks/{task}")).await.data();
    app.delete(&format!("/sections/{a}")).await.data();
    app.delete(&format!("/sections/{first}")).await.data();
    let last = app.sections(&project)[0].clone();
    assert_eq!(app.delete(&format!("/sections/{last}")).await.status, 400, "never the last one");
}

async fn team(app: &App) -> String {
    let workspace = app.running.with_world(|world| world.workspace().clone());
    gids(app.get(&format!("/workspaces/{workspace}/teams")).await.data()).remove(0)
}

#[tokio::test]
async fn projects_are_made_changed_and_deleted() {
    let app = App::start().await;
    let workspace = app.running.with_world(|world| world.workspace().clone());
    app.post("/projects", json!({"name": "P", "workspace": workspace}))
        .await
        .refused(400, "team: Missing required team field");
    let made = app
        .post(
            "/projects",
            json!({"name": "P", "team": team(&app).await, "due_on": "2026-12-31", "color": "dark-red"}),
        )
        .await;
    assert_eq!((made.status, &made.data()["due_on"]), (201, &json!("2026-12-31")));
    let path = format!("/projects/{}", made.gid());
    let same = json!({"start_on": "2026-12-31", "due_on": "2026-12-31"});
    assert_eq!(app.put(&path, same).await.status, 400);
    let got = app.put(&path, json!({"archived": true, "privacy_setting": "public_to_workspace"})).await;
    assert_eq!((&got.data()["archived"], &got.data()["public"]), (&json!(true), &json!(true)));
    assert_eq!(*app.get(&format!("/workspaces/{workspace}/projects?archived=False")).await.data(), json!([]));
    let task = app.post("/tasks", json!({"name": "t", "projects": [made.gid()]})).await.gid();
    app.delete(&path).await.data();
    assert_eq!(app.get(&format!("/tasks/{task}")).await.data()["projects"], json!([]));
}
