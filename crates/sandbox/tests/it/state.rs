//! The world on disk, going back to the start, and the clock.

use crate::app::{App, START};
use jiff::Timestamp;
use reqwest::Method;
use sandbox::world::{FieldType, NewProject};
use sandbox::{Again, Options, Plan, World};
use serde_json::{Value, json};

async fn filled(app: &App) -> (String, String) {
    let project = app.project(&["Todo", "Done"]);
    let sections = app.sections(&project);
    let task = app.task(&sections[0], "t");
    let field = app.field(&project, "Priority", FieldType::Enum, &["High", "Low"]);
    let high = app.options(&field).await[0].clone();
    let change = json!({"custom_fields": {&field: high}, "due_at": "2026-12-02T10:00:00Z", "assignee": "me"});
    app.put(&format!("/tasks/{task}"), change).await.data();
    app.post(&format!("/sections/{}/addTask", sections[1]), json!({"task": task})).await.data();
    app.running.with_world(|world| world.add_file(&task, "a.bin", vec![0, 255, 10]));
    (project, task)
}

/// All that a client sees of a task.
async fn seen(app: &App, task: &str) -> Vec<Value> {
    let fields = "name,custom_fields,memberships.section.name,assignee.name,due_at,modified_at";
    let record = app.get(&format!("/tasks/{task}?opt_fields={fields}")).await;
    let stories = app.get(&format!("/tasks/{task}/stories")).await;
    let mut seen = vec![record.data().clone()];
    for story in stories.data().as_array().expect("one") {
        let story = app.get(&format!("/stories/{}", story["gid"].as_str().expect("one"))).await;
        seen.push(story.data().clone());
    }
    seen
}

#[tokio::test]
async fn a_saved_world_goes_on_where_it_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("world.json");
    let app = App::start().await;
    let (project, task) = filled(&app).await;
    let before = seen(&app, &task).await;
    let order = json!({ "path": path });
    assert_eq!(app.control(Method::POST, "save", order.clone()).await.status, 200);
    let next = app.task(&app.sections(&project)[0], "after");

    let world = World::load(&path).unwrap();
    let running = sandbox::serve(Options::default(), world).await.unwrap();
    let other = App { running, client: app.client.clone(), token: app.token.clone(), source: None };
    assert_eq!(seen(&other, &task).await, before);
    assert_eq!(other.get(&format!("/tasks/{next}")).await.status, 404, "made after the save");
    assert_eq!(other.task(&other.sections(&project)[0], "after"), next, "gids go on as they would have");
    let files = other.get(&format!("/attachments?parent={task}")).await;
    assert_eq!(files.data()[0]["name"], "a.bin");

    app.put(&format!("/tasks/{task}"), json!({"name": "changed"})).await.data();
    assert_eq!(app.control(Method::POST, "load", order).await.status, 200);
    assert_eq!(seen(&app, &task).await, before);
}

#[tokio::test]
async fn files_that_are_no_worlds_are_refused_with_reasons() {
    let dir = tempfile::tempdir().unwrap();
    let app = App::start().await;
    let reason = async |text: &str| {
        let path = dir.path().join("world.json");
        std::fs::write(&path, text).unwrap();
        let got = app.control(Method::POST, "load", json!({ "path": path })).await;
        assert_eq!(got.status, 400);
        got.message().split_once("cannot be loaded: ").expect("a reason").1.to_owned()
    };
    assert_eq!(reason("{}").await, "it is not a saved sandbox");
    assert_eq!(
        reason(r#"{"upnext_sandbox":99}"#).await,
        "it has version 99, and this sandbox reads version 1"
    );
    assert!(reason("{").await.starts_with("not JSON"));
    let nowhere = app.control(Method::POST, "save", json!({"path": "/nowhere/at/all"})).await;
    assert!(nowhere.message().contains("cannot be saved to /nowhere/at/all"), "{}", nowhere.body);
}

#[tokio::test]
async fn reset_goes_back_to_the_start() {
    let make = || {
        let mut world = World::new(3, Plan::Paid, START.parse::<Timestamp>().unwrap());
        world.add_project(NewProject { name: "P".to_owned(), ..NewProject::default() });
        world
    };
    let options = Options {
        again: Some(Again::new(move || Ok(make()))),
        token: Some("mine".to_owned()),
        ..Options::default()
    };
    let running = sandbox::serve(options, make()).await.unwrap();
    let plain = App::start().await;
    assert_eq!(plain.control(Method::POST, "reset", json!({})).await.status, 409);
    let app = App { running, client: plain.client.clone(), token: Some("mine".to_owned()), source: None };
    let home = app.running.with_world(|world| world.workspace().clone());
    let projects = async || app.get(&format!("/projects?workspace={home}")).await.data().clone();
    let first = projects().await;
    let gid = first[0]["gid"].as_str().unwrap();
    app.put(&format!("/projects/{gid}"), json!({"name": "Q"})).await.data();
    app.jump(3600).await;
    let made = app.post("/tasks", json!({"workspace": home, "name": "t"})).await.gid();
    assert_eq!(app.control(Method::POST, "reset", json!({})).await.status, 200);
    assert_eq!(projects().await, first);
    assert_eq!(app.get(&format!("/tasks/{made}")).await.status, 404);
    assert_eq!(
        app.post("/tasks", json!({"workspace": home, "name": "t"})).await.gid(),
        made,
        "the same gids again"
    );
    let now = app.running.with_world(|world| world.now());
    assert!(now < "2026-11-24T09:30:00Z".parse::<Timestamp>().unwrap(), "{now}");
}

#[tokio::test]
async fn the_clock_runs_at_the_speed_it_is_told() {
    let app = App::start().await;
    let stopped = app.control(Method::POST, "clock", json!({"speed": 0})).await;
    assert_eq!(app.control(Method::POST, "clock", json!({})).await.body["now"], stopped.body["now"]);
    let got = app.control(Method::POST, "clock", json!({"speed": -1.0})).await;
    assert_eq!(got.message(), "speed is -1; give a number from 0 to 100000");
    let from = app.running.with_world(|world| world.now());
    app.control(Method::POST, "clock", json!({"speed": 100_000.0})).await;
    let start = std::time::Instant::now();
    while app.running.with_world(|world| world.now()).duration_since(from).as_secs() < 60 {
        assert!(start.elapsed().as_secs() < 20, "the clock does not run");
    }
}
