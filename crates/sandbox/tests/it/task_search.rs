//! Task search: who may, what each filter finds, the order, the lag and the missing pages.

use crate::app::{App, Setup, gids};
use axum::http::Method;
use sandbox::Plan;
use sandbox::world::FieldType;
use serde_json::json;

struct Searched {
    app: App,
    project: String,
    workspace: String,
    /// Three tasks, a minute apart.
    tasks: [String; 3],
}

async fn searched() -> Searched {
    let app = App::start().await;
    let project = app.project(&["Inbox", "Done"]);
    let workspace = app.running.with_world(|world| world.workspace().clone());
    let mut tasks = vec![];
    for name in ["Mend the Login page", "Write release notes", "login: rate limit"] {
        let data = json!({ "name": name, "projects": [project] });
        tasks.push(app.post("/tasks", data).await.gid());
        app.jump(60).await;
    }
    Searched { project, workspace, tasks: tasks.try_into().expect("three tasks"), app }
}

impl Searched {
    /// Positions of the tasks found, in the order found.
    async fn finds(&self, query: &str) -> Vec<usize> {
        let path = format!("/workspaces/{}/tasks/search?{query}", self.workspace);
        let found = gids(self.app.get(&path).await.data());
        found
            .iter()
            .map(|gid| self.tasks.iter().position(|task| task == gid).expect("one of the three"))
            .collect()
    }

    async fn update(&self, task: usize, data: serde_json::Value) {
        assert_eq!(self.app.put(&format!("/tasks/{}", self.tasks[task]), data).await.status, 200);
    }
}

#[tokio::test]
async fn words_are_found_in_names_and_descriptions_latest_first() {
    let s = searched().await;
    assert_eq!(s.finds("").await, [2, 1, 0]);
    assert_eq!(s.finds("text=LOGIN").await, [2, 0]);
    assert_eq!(s.finds("text=login+page").await, [0]);
    s.update(1, json!({ "notes": "Mentions the login too." })).await;
    assert_eq!(s.finds("text=login").await, [1, 2, 0]);
    assert_eq!(s.finds("text=nothing").await, [0usize; 0]);
    // What Asana does not know it ignores.
    assert_eq!(s.finds("colour=red").await, [1, 2, 0]);
}

#[tokio::test]
async fn sorting_and_paging_by_hand() {
    let s = searched().await;
    assert_eq!(s.finds("sort_by=created_at&sort_ascending=true").await, [0, 1, 2]);
    assert_eq!(s.finds("sort_by=created_at&limit=2").await, [2, 1]);
    let last = s.app.get(&format!("/tasks/{}", s.tasks[1])).await.data()["created_at"].clone();
    let rest = format!("sort_by=created_at&limit=2&created_at.before={}", last.as_str().unwrap());
    assert_eq!(s.finds(&rest).await, [0]);
    let path = format!("/workspaces/{}/tasks/search?limit=2", s.workspace);
    assert_eq!(s.app.get(&path).await.body.get("next_page").cloned().unwrap_or_default(), json!(null));
    let odd = format!("/workspaces/{}/tasks/search?sort_by=colour", s.workspace);
    assert_eq!(s.app.get(&odd).await.status, 400);
}

#[tokio::test]
async fn states_dates_and_links() {
    let s = searched().await;
    s.update(0, json!({ "completed": true })).await;
    s.update(1, json!({ "due_on": "2026-03-05" })).await;
    assert_eq!(s.finds("completed=true").await, [0]);
    assert_eq!(s.finds("completed=false&sort_by=created_at").await, [2, 1]);
    assert_eq!(s.finds("due_on=2026-03-05").await, [1]);
    assert_eq!(s.finds("due_on=null&sort_by=created_at").await, [2, 0]);
    assert_eq!(s.finds("due_on.before=2026-03-06&due_on.after=2026-03-04").await, [1]);
    assert_eq!(s.finds("due_on.before=2026-03-05").await, [0usize; 0]);
    let path = format!("/tasks/{}/addDependencies", s.tasks[2]);
    s.app.post(&path, json!({ "dependencies": [s.tasks[1]] })).await;
    assert_eq!(s.finds("is_blocked=true").await, [2]);
    assert_eq!(s.finds("is_blocking=true").await, [1]);
    let made = s.app.post(&format!("/tasks/{}/subtasks", s.tasks[0]), json!({ "name": "part" })).await.gid();
    let path = format!("/workspaces/{}/tasks/search?is_subtask=true", s.workspace);
    assert_eq!(gids(s.app.get(&path).await.data()), [made]);
}

#[tokio::test]
async fn places_and_people() {
    let s = searched().await;
    let sections = s.app.sections(&s.project);
    let done = sections.last().unwrap();
    s.app.post(&format!("/sections/{done}/addTask"), json!({ "task": s.tasks[2] })).await;
    let other = s.app.project(&["Inbox"]);
    assert_eq!(s.finds(&format!("sections.any={done}")).await, [2]);
    assert_eq!(s.finds(&format!("projects.any={other}")).await, [0usize; 0]);
    assert_eq!(s.finds(&format!("projects.any={other}&sections.any={done}")).await, [2]);
    assert_eq!(s.finds(&format!("projects.not={}", s.project)).await, [0usize; 0]);
    assert_eq!(
        s.finds(&format!("projects.all={}&sections.not={done}&sort_by=created_at", s.project)).await,
        [1, 0]
    );
    s.update(1, json!({ "assignee": "me" })).await;
    let me = s.app.get("/users/me").await.gid();
    for name in ["me", me.as_str()] {
        assert_eq!(s.finds(&format!("assignee.any={name}")).await, [1], "{name}");
    }
    assert_eq!(s.finds("assignee.any=null&sort_by=created_at").await, [2, 0]);
    assert_eq!(s.finds("assignee.not=me&sort_by=created_at").await, [2, 0]);
    assert_eq!(s.finds("created_by.any=me&sort_by=created_at").await, [2, 1, 0]);
}

#[tokio::test]
async fn custom_fields() {
    let s = searched().await;
    let points = s.app.field(&s.project, "Points", FieldType::Number, &[]);
    let note = s.app.field(&s.project, "Note", FieldType::Text, &[]);
    let size = s.app.field(&s.project, "Size", FieldType::Enum, &["S", "L"]);
    let options = s.app.options(&size).await;
    s.update(0, json!({ "custom_fields": { &points: 5, &size: options[0] } })).await;
    s.update(1, json!({ "custom_fields": { &points: 8, &note: "Asked by sales" } })).await;
    let find = |field: &str, rest: &str| format!("sort_by=created_at&custom_fields.{field}.{rest}");
    assert_eq!(s.finds(&find(&points, "is_set=true")).await, [1, 0]);
    assert_eq!(s.finds(&find(&points, "is_set=false")).await, [2]);
    assert_eq!(s.finds(&find(&points, "value=8")).await, [1]);
    assert_eq!(s.finds(&find(&points, "less_than=8")).await, [0]);
    assert_eq!(s.finds(&find(&points, "greater_than=5")).await, [1]);
    assert_eq!(s.finds(&find(&note, "contains=SALES")).await, [1]);
    assert_eq!(s.finds(&find(&note, "starts_with=asked")).await, [1]);
    assert_eq!(s.finds(&find(&note, "ends_with=asked")).await, [0usize; 0]);
    assert_eq!(s.finds(&find(&size, &format!("value={}", options[0]))).await, [0]);
}

#[tokio::test]
async fn a_slow_index_finds_new_tasks_late() {
    let s = searched().await;
    s.app.control(Method::POST, "faults", json!({ "search_lag_seconds": 90 })).await;
    assert_eq!(s.finds("sort_by=created_at").await, [1, 0]);
    s.app.jump(60).await;
    assert_eq!(s.finds("sort_by=created_at").await, [2, 1, 0]);
}

#[tokio::test]
async fn the_free_plan_cannot_search() {
    let app = App::start_with(Setup { plan: Plan::Free, ..Setup::default() }).await;
    let workspace = app.running.with_world(|world| world.workspace().clone());
    app.get(&format!("/workspaces/{workspace}/tasks/search?text=x"))
        .await
        .refused(402, "Search is only available to premium users.");
}
