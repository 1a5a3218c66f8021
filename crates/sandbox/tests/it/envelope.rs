//! The envelope: what bodies are accepted, and what every answer looks like.

use crate::app::App;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_body_holds_data_and_options_only() {
    let app = App::start().await;
    let project = app.project(&[]);
    let got = app.call(Method::POST, "/tasks", Some(json!({"name": "loose"}))).await;
    assert_eq!(got.status, 400);
    assert!(got.message().starts_with(
        "Unrecognized request field name . The only allowed keys at the top level are: data, options."
    ));
    assert!(
        got.body["errors"][0]["help"].as_str().expect("help").contains("developers.asana.com/docs/errors")
    );
    let body = json!({"data": {"name": "kept", "projects": [project]}, "options": {"fields": ["name", "completed"]}});
    let got = app.call(Method::POST, "/tasks", Some(body)).await;
    assert_eq!(got.keys(), ["completed", "gid", "name"]);
}

#[tokio::test]
async fn broken_json_is_named_as_such() {
    let app = App::start().await;
    let url = format!("{}/tasks", app.running.base_url);
    let request =
        app.client.post(url).bearer_auth("sandbox-token").header("content-type", "application/json");
    let response = request.body("{\"data\": ").send().await.expect("an answer");
    assert_eq!(response.status(), 400);
    let body: serde_json::Value = response.json().await.expect("JSON");
    assert_eq!(body["errors"][0]["message"], "Could not parse request data, invalid JSON");
}

#[tokio::test]
async fn form_bodies_are_accepted() {
    let app = App::start().await;
    let project = app.project(&[]);
    let url = format!("{}/tasks", app.running.base_url);
    let form = [
        ("name", "by form"),
        ("projects", project.as_str()),
        ("completed", "true"),
        ("opt_fields", "name,completed,projects"),
    ];
    let encoded = form
        .iter()
        .map(|(key, value)| format!("{key}={}", value.replace(' ', "+")))
        .collect::<Vec<_>>()
        .join("&");
    let response = app
        .client
        .post(url)
        .bearer_auth("sandbox-token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded)
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), 201);
    let body: serde_json::Value = response.json().await.expect("JSON");
    assert_eq!(body["data"]["name"], "by form");
    assert_eq!(body["data"]["completed"], true);
    assert_eq!(body["data"]["projects"][0]["gid"], project);
}

#[tokio::test]
async fn unknown_objects_and_wrong_kinds_are_404() {
    let app = App::start().await;
    let project = app.project(&[]);
    app.get("/tasks/1234567890123456").await.refused(404, "task: Unknown object: 1234567890123456");
    app.get(&format!("/tasks/{project}")).await.refused(404, &format!("task: Unknown object: {project}"));
    app.get("/tasks/99999999999999999999").await.refused(400, "task: Not a Long: 99999999999999999999");
}

#[tokio::test]
async fn creating_answers_201_with_location() {
    let app = App::start().await;
    let project = app.project(&[]);
    let got = app.post("/tasks", json!({"name": "new", "projects": [project]})).await;
    assert_eq!(got.status, 201);
    assert_eq!(got.location, Some(format!("/api/1.0/tasks/{}", got.gid())));
    let story = app.post(&format!("/tasks/{}/stories", got.gid()), json!({"text": "hello"})).await;
    assert_eq!(story.location, Some(format!("/api/1.0/stories/{}", story.gid())));
}

#[tokio::test]
async fn users_are_found_by_gid_address_and_me() {
    let app = App::start().await;
    let ana = app.running.with_world(|world| world.add_user("Ana", "ana@sandbox.example"));
    for given in [ana.as_str(), "ana@sandbox.example", "ana%40sandbox.example"] {
        assert_eq!(app.get(&format!("/users/{given}")).await.data()["email"], "ana@sandbox.example");
    }
    assert_eq!(app.get("/users/me").await.data()["name"], "Upnext Bot");
    let workspace = app.running.with_world(|world| world.workspace().clone());
    // The workspace's own list is sorted by name, the other by gid.
    for (path, at) in
        [(format!("/workspaces/{workspace}/users?"), 0), (format!("/users?workspace={workspace}&"), 1)]
    {
        let users = app.get(&format!("{path}opt_fields=email")).await;
        assert_eq!(users.data()[at], json!({"gid": ana, "email": "ana@sandbox.example"}), "{path}");
    }
}

#[tokio::test]
async fn another_token_acts_as_another_person() {
    let mut app = App::start().await;
    app.running.with_world(|world| {
        let ana = world.add_user("Ana", "ana@sandbox.example");
        world.add_token("anas", &ana);
    });
    app.token = Some("anas".to_owned());
    assert_eq!(app.get("/users/me").await.data()["name"], "Ana");
}

#[tokio::test]
async fn typeahead_finds_by_part_of_the_name() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let section = app.sections(&project)[0].clone();
    let task = app.task(&section, "Fix the Login page");
    app.task(&section, "Other");
    let workspace = app.running.with_world(|world| world.workspace().clone());
    let path = format!("/workspaces/{workspace}/typeahead");
    let got = app.get(&format!("{path}?resource_type=task&query=login&opt_fields=name")).await;
    assert_eq!(got.body, json!({"data": [{"gid": task, "name": "Fix the Login page"}]}));
    assert_eq!(app.get(&path).await.status, 400);
    assert_eq!(app.get(&format!("{path}?resource_type=dog")).await.status, 400);
    assert_eq!(
        app.get(&format!("{path}?resource_type=task&count=1")).await.data().as_array().map(Vec::len),
        Some(1)
    );
}
