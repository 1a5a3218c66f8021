//! Project templates: what comes along, and which dates.

use crate::app::{App, gids};
use serde_json::{Value, json};

/// A template of a project with a task from 2026-12-01 to 2026-12-11 and a subtask.
async fn template(app: &App) -> String {
    let project = app.project(&["Todo"]);
    let data = json!({"name": "t", "projects": [project], "start_on": "2026-12-01", "due_on": "2026-12-11"});
    let task = app.post("/tasks", data).await.gid();
    app.post(&format!("/tasks/{task}/subtasks"), json!({"name": "s"})).await.data();
    let job =
        app.post(&format!("/projects/{project}/saveAsTemplate"), json!({"name": "T", "public": true})).await;
    job.data()["new_project_template"]["gid"].as_str().expect("a gid").to_owned()
}

#[tokio::test]
async fn dates_count_from_the_day_that_was_asked_for_or_today() {
    let app = App::start().await;
    let template = template(&app).await;
    let path = format!("/project_templates/{template}/instantiateProject");
    app.post(&path, json!({"name": "p"})).await.refused(400, "requested_dates: Missing input");
    let odd = json!({"name": "p", "is_strict": false, "privacy_setting": "secret"});
    assert_eq!(app.post(&path, odd).await.status, 400);
    let dates = |gid: &str, day: &str| json!({"name": "p", "requested_dates": [{"gid": gid, "value": day}]});
    for (body, first, last) in [
        (json!({"name": "p", "is_strict": false}), "2026-11-24", "2026-12-04"),
        (dates("1", "2027-01-01"), "2027-01-01", "2027-01-11"),
        (dates("2", "2027-01-11"), "2027-01-01", "2027-01-11"),
    ] {
        let job = app.post(&path, body).await;
        let project = job.data()["new_project"]["gid"].as_str().expect("a gid").to_owned();
        app.jump(2).await;
        let made = app.get(&format!("/projects/{project}?opt_fields=created_from_template")).await;
        assert_eq!(made.data()["created_from_template"]["gid"], json!(template));
        let tasks = app.get(&format!("/tasks?project={project}&opt_fields=start_on,due_on")).await;
        assert_eq!((&tasks.data()[0]["start_on"], &tasks.data()[0]["due_on"]), (&json!(first), &json!(last)));
        let below = app.get(&format!("/tasks/{}/subtasks", gids(tasks.data())[0])).await;
        assert_eq!(below.data()[0]["name"], "s");
    }
}

#[tokio::test]
async fn a_project_of_no_template_names_none() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let got = app.get(&format!("/projects/{project}?opt_fields=created_from_template")).await;
    assert_eq!(got.data()["created_from_template"], Value::Null);
}
