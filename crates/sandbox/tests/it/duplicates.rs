//! Duplicating tasks: the job, and what comes along.

use crate::app::{App, gids};
use sandbox::world::FieldType;
use serde_json::{Value, json};

/// A task with everything a copy may keep, in a project of its own.
async fn full() -> (App, String, String) {
    let app = App::start().await;
    let project = app.project(&["Inbox"]);
    let points = app.field(&project, "Points", FieldType::Number, &[]);
    let data = json!({
        "name": "Original", "projects": [project], "notes": "Why", "assignee": "me", "due_on": "2026-12-24",
        "custom_fields": { points: 3 },
    });
    let task = app.post("/tasks", data).await.gid();
    let blocker = app.post("/tasks", json!({ "name": "Blocker", "projects": [project] })).await.gid();
    app.post(&format!("/tasks/{task}/addDependencies"), json!({ "dependencies": [blocker] })).await;
    app.post(&format!("/tasks/{task}/subtasks"), json!({ "name": "Part", "notes": "of it" })).await;
    app.post(&format!("/tasks/{task}/stories"), json!({ "text": "A comment" })).await;
    (app, project, task)
}

impl App {
    async fn duplicate(&self, task: &str, data: Value) -> Value {
        let job = self.post(&format!("/tasks/{task}/duplicate"), data).await;
        assert_eq!(job.status, 201);
        assert_eq!(
            (&job.data()["resource_subtype"], &job.data()["status"]),
            (&json!("duplicate_task"), &json!("not_started"))
        );
        self.jump(2).await;
        let done = self.get(&format!("/jobs/{}", job.gid())).await;
        assert_eq!(done.data()["status"], "succeeded");
        let copy = done.data()["new_task"]["gid"].as_str().expect("a task").to_owned();
        self.get(&format!("/tasks/{copy}")).await.data().clone()
    }
}

#[tokio::test]
async fn a_bare_copy_has_the_name_and_nothing_else() {
    let (app, _, task) = full().await;
    let copy = app.duplicate(&task, json!({ "name": "Copy" })).await;
    assert_eq!(
        (&copy["name"], &copy["notes"], &copy["assignee"]),
        (&json!("Copy"), &json!(""), &json!(null))
    );
    assert_eq!(
        (&copy["projects"], &copy["due_on"], &copy["num_likes"]),
        (&json!([]), &json!(null), &json!(0))
    );
    assert_ne!(copy["gid"], json!(task));
}

#[tokio::test]
async fn a_full_copy_has_all_but_the_history() {
    let (app, project, task) = full().await;
    let include = "assignee,attachments,dates,dependencies,followers,notes,parent,projects,subtasks,tags";
    let copy = app.duplicate(&task, json!({ "include": include })).await;
    assert_eq!(
        (&copy["name"], &copy["notes"], &copy["due_on"]),
        (&json!("Original"), &json!("Why"), &json!("2026-12-24"))
    );
    assert_eq!(copy["projects"][0]["gid"], json!(project));
    assert_eq!(copy["custom_fields"][0]["number_value"], 3);
    let gid = copy["gid"].as_str().expect("a gid");
    let links = async |task: &str| gids(app.get(&format!("/tasks/{task}/dependencies")).await.data());
    assert_eq!(links(gid).await, links(&task).await);
    let parts = app.get(&format!("/tasks/{gid}/subtasks?opt_fields=name,notes")).await;
    assert_eq!((&parts.data()[0]["name"], &parts.data()[0]["notes"]), (&json!("Part"), &json!("of it")));
    let history = app.history(gid).await;
    assert!(history.iter().all(|subtype| subtype != "comment_added"), "{history:?}");
    assert_eq!(history[0], "duplicated");
}

#[tokio::test]
async fn what_cannot_be_duplicated_is_refused() {
    let (app, _, task) = full().await;
    let odd = app.post(&format!("/tasks/{task}/duplicate"), json!({ "include": "notes,mood" })).await;
    assert_eq!(odd.status, 400);
    assert!(odd.message().ends_with("not: mood"), "{}", odd.message());
    assert_eq!(app.post("/tasks/1/duplicate", json!({})).await.status, 404);
    assert_eq!(app.get("/jobs/1").await.status, 404);
}
