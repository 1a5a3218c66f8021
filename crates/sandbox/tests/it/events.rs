//! Event streams: sync tokens, what is told of which change, and to whom.

use crate::app::{App, Setup, keys};
use reqwest::Method;
use sandbox::Plan;
use sandbox::world::FieldType;
use serde_json::{Value, json};

/// The stream's first token, from the 412 that always comes first.
async fn sync(app: &App, resource: &str) -> String {
    let first = app.get(&format!("/events?resource={resource}")).await;
    assert_eq!(first.status, 412);
    assert!(first.message().starts_with("Sync token invalid or too old."), "{}", first.body);
    assert!(first.body["errors"][0].get("help").is_none());
    first.body["sync"].as_str().expect("a token").to_owned()
}

/// What a stream tells, in short: `task changed due_on`, `task added <parent type>`.
async fn told(app: &App, resource: &str, token: &str) -> Vec<String> {
    let got = app.get(&format!("/events?resource={resource}&sync={token}")).await;
    got.data().as_array().expect("a list").iter().map(short).collect()
}

fn short(event: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let what = match event["action"].as_str() {
        Some("changed") => {
            let change = &event["change"];
            format!("{} {}", word(&change["action"]), word(&change["field"]))
        }
        _ => format!("{} {}", word(&event["action"]), word(&event["parent"]["resource_type"])),
    };
    format!("{} {what}", word(&event["resource"]["resource_type"]))
}

#[tokio::test]
async fn a_stream_begins_with_412_and_goes_on_by_tokens() {
    let app = App::start().await;
    app.get("/events").await.refused(400, "You should specify one of resource");
    app.get("/events?resource=12").await.refused(404, "resource: Unknown object: 12");
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let token = sync(&app, &project).await;
    assert_eq!(app.get(&format!("/events?resource={project}&sync=made-up")).await.status, 412);
    assert_eq!(
        app.get(&format!("/events?resource={task}&sync={token}")).await.status,
        412,
        "another stream's token"
    );
    app.put(&format!("/tasks/{task}"), json!({"name": "u", "assignee": "me"})).await.data();
    let path = format!("/projects/{project}/events?sync={token}");
    let got = app.get(&path).await;
    assert_eq!(keys(&got.body), ["data", "has_more", "sync"]);
    assert_eq!(got.body["has_more"], json!(false));
    let events = got.data().as_array().unwrap();
    assert_eq!(
        events.iter().map(short).collect::<Vec<_>>(),
        [
            "task changed name",
            "story added task",
            "task changed assignee",
            "story added task",
            "task added followers"
        ],
    );
    assert_eq!(keys(&events[2]), ["action", "change", "created_at", "parent", "resource", "type", "user"]);
    assert_eq!(keys(&events[2]["resource"]), ["gid", "name", "resource_subtype", "resource_type"]);
    assert_eq!(keys(&events[0]["change"]), ["action", "field"], "a name is no resource");
    assert_eq!(events[2]["change"]["new_value"]["resource_type"], "user");
    assert_eq!(events[4]["change"]["added_value"]["name"], "Upnext Bot");
    assert_eq!(app.get(&path).await.body["data"], got.body["data"], "the same token tells the same");
    let next = got.body["sync"].as_str().unwrap();
    assert!(told(&app, &project, next).await.is_empty());
    let some = app.get(&format!("{path}&opt_fields=action,resource.name,change.new_value.email")).await;
    assert_eq!(keys(&some.data()[2]), ["action", "change", "resource"]);
    assert_eq!(some.data()[2]["change"]["new_value"]["email"], "bot@sandbox.example");
    app.jump(24 * 3600 + 1).await;
    assert_eq!(app.get(&path).await.status, 412);
}

#[tokio::test]
async fn comments_subtasks_and_places_bubble_to_every_project() {
    let app = App::start().await;
    let (one, two) = (app.project(&["A", "B"]), app.project(&["C"]));
    let sections = app.sections(&one);
    let (first, second) = (sync(&app, &one).await, sync(&app, &two).await);
    let made = app.post("/tasks", json!({"name": "t", "projects": [one]})).await.gid();
    app.post(&format!("/tasks/{made}/addProject"), json!({"project": two})).await.data();
    app.post(&format!("/sections/{}/addTask", sections[1]), json!({"task": made})).await.data();
    let sub = app.post(&format!("/tasks/{made}/subtasks"), json!({"name": "s"})).await.gid();
    let comment = app.post(&format!("/tasks/{sub}/stories"), json!({"text": "hi"})).await.gid();
    app.delete(&format!("/stories/{comment}")).await.data();
    app.delete(&format!("/tasks/{sub}")).await.data();
    app.post(&format!("/tasks/{made}/removeProject"), json!({"project": two})).await.data();
    let in_one = told(&app, &one, &first).await;
    assert_eq!(
        in_one,
        [
            "task added project",
            "task added section",
            "story added task",
            "task added project",
            "task added section",
            "story added task",
            "task removed section",
            "task added section",
            "story added task",
            "task added task",
            "story added task",
            "story removed task",
            "task deleted -",
            "task removed project",
            "story added task",
        ],
    );
    let in_two = told(&app, &two, &second).await;
    assert!(in_two.contains(&"story removed task".to_owned()), "{in_two:?}");
    assert_eq!(in_two.last().map(String::as_str), Some("task removed project"));
}

#[tokio::test]
async fn fields_links_and_tags_say_which() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let section = app.sections(&project)[0].clone();
    let (task, other) = (app.task(&section, "a"), app.task(&section, "b"));
    let field = app.field(&project, "Priority", FieldType::Enum, &["High", "Low"]);
    let high = app.options(&field).await[0].clone();
    let token = sync(&app, &task).await;
    app.put(&format!("/tasks/{task}"), json!({"custom_fields": {&field: &high}})).await.data();
    app.put(&format!("/tasks/{task}"), json!({"due_on": "2026-12-01"})).await.data();
    app.put(&format!("/tasks/{task}"), json!({"due_at": "2026-12-02T10:00:00Z"})).await.data();
    app.put(&format!("/tasks/{task}"), json!({"completed": true})).await.data();
    app.put(&format!("/tasks/{task}"), json!({"completed": true})).await.data();
    app.post(&format!("/tasks/{task}/addDependencies"), json!({"dependencies": [other]})).await.data();
    let got = app.get(&format!("/events?resource={task}&sync={token}")).await;
    let events: Vec<&Value> =
        got.data().as_array().unwrap().iter().filter(|event| event["type"] == "task").collect();
    let shorts: Vec<String> = events.iter().map(|event| short(event)).collect();
    assert_eq!(
        shorts,
        [
            "task changed custom_fields",
            "task changed due_on",
            "task changed due_on",
            "task changed due_at",
            "task changed completed",
            "task added dependencies"
        ],
    );
    assert_eq!(
        events[0]["change"]["new_value"],
        json!({
            "gid": field, "resource_type": "custom_field", "resource_subtype": "enum",
            "enum_value": {"gid": high, "resource_type": "enum_option"},
        }),
    );
    assert_eq!(events[5]["change"]["added_value"]["gid"], json!(other));
}

#[tokio::test]
async fn projects_sections_tags_goals_and_portfolios_tell_of_themselves() {
    let app = App::start().await;
    let home = app.running.with_world(|world| world.workspace().clone());
    let project = app.project(&["Todo"]);
    let portfolio = app.post("/portfolios", json!({"workspace": home, "name": "p"})).await.gid();
    let goal =
        app.post("/goals", json!({"workspace": home, "name": "g", "is_workspace_level": true})).await.gid();
    let (on_project, on_portfolio, on_goal) =
        (sync(&app, &project).await, sync(&app, &portfolio).await, sync(&app, &goal).await);
    app.put(&format!("/projects/{project}"), json!({"name": "New", "archived": false})).await.data();
    app.post(&format!("/projects/{project}/addMembers"), json!({"members": "me"})).await.data();
    let section = app.post(&format!("/projects/{project}/sections"), json!({"name": "S"})).await.gid();
    app.put(&format!("/sections/{section}"), json!({"name": "T"})).await.data();
    app.delete(&format!("/sections/{section}")).await.data();
    app.post(&format!("/portfolios/{portfolio}/addItem"), json!({"item": project})).await.data();
    app.put(&format!("/projects/{project}"), json!({"name": "Newer"})).await.data();
    app.put(&format!("/goals/{goal}"), json!({"name": "h"})).await.data();
    assert_eq!(
        told(&app, &project, &on_project).await,
        [
            "project changed name",
            "section added project",
            "section changed name",
            "section deleted -",
            "project added portfolio",
            "project changed name"
        ],
    );
    assert_eq!(
        told(&app, &portfolio, &on_portfolio).await,
        ["project added portfolio", "project changed name"]
    );
    assert_eq!(told(&app, &goal, &on_goal).await, ["goal changed name"]);
}

#[tokio::test]
async fn a_hundred_at_a_time() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let mut token = sync(&app, &project).await;
    for nth in 0..60 {
        app.put(&format!("/tasks/{task}"), json!({"name": format!("n{nth}")})).await.data();
    }
    let mut counts = Vec::new();
    loop {
        let got = app.get(&format!("/events?resource={project}&sync={token}")).await;
        counts.push(got.data().as_array().unwrap().len());
        token = got.body["sync"].as_str().unwrap().to_owned();
        if got.body["has_more"] == json!(false) {
            break;
        }
    }
    assert_eq!(counts, [100, 20]);
}

#[tokio::test]
async fn refused_calls_tell_nothing_and_faults_hide_events() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let section = app.sections(&project)[0].clone();
    let task = app.task(&section, "t");
    let token = sync(&app, &project).await;
    assert_eq!(app.delete(&format!("/sections/{section}")).await.status, 400);
    assert!(told(&app, &project, &token).await.is_empty());
    app.control(Method::POST, "faults", json!({"suppress_task_changed": true})).await;
    app.put(&format!("/tasks/{task}"), json!({"name": "u"})).await.data();
    assert_eq!(told(&app, &project, &token).await, ["story added task"]);
    app.control(Method::POST, "faults", json!({"lost_events": {"rate": 1.0}})).await;
    app.put(&format!("/tasks/{task}"), json!({"name": "v"})).await.data();
    assert_eq!(told(&app, &project, &token).await.len(), 1);
    app.control(Method::POST, "faults", json!({"event_delay_seconds": 60})).await;
    app.put(&format!("/tasks/{task}"), json!({"name": "w"})).await.data();
    let got = app.get(&format!("/events?resource={project}&sync={token}")).await;
    assert_eq!(*got.data(), json!([]), "nothing is old enough");
    let next = got.body["sync"].as_str().unwrap().to_owned();
    app.jump(61).await;
    let late = told(&app, &project, &next).await;
    assert_eq!(late, ["story added task", "task changed name", "story added task"]);
    let refused = app.control(Method::POST, "faults", json!({"webhooks": {"late": 2.0}})).await;
    assert_eq!(
        refused.message(),
        "the fault switches are not valid: webhooks.late is 2; give a number from 0 to 1"
    );
}

#[tokio::test]
async fn a_whole_workspace_is_for_service_accounts_of_enterprises() {
    for (plan, status) in [(Plan::Paid, 403), (Plan::Enterprise, 412)] {
        let mut app = App::start_with(Setup { plan, ..Setup::default() }).await;
        let home = app.running.with_world(|world| world.workspace().clone());
        let path = format!("/workspaces/{home}/events");
        assert_eq!(app.get(&path).await.status, 403);
        let order = json!({"token": "robot", "user": "me", "principal": "service_account"});
        app.control(Method::POST, "tokens", order).await;
        app.token = Some("robot".to_owned());
        let first = app.get(&path).await;
        assert_eq!(first.status, status);
        if status == 412 {
            let token = first.body["sync"].as_str().unwrap().to_owned();
            app.post("/tasks", json!({"name": "t", "workspace": home})).await.data();
            let got = app.get(&format!("{path}?sync={token}")).await;
            assert_eq!(got.data().as_array().unwrap().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_deleted_task_is_told_of_for_a_day_more() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let token = sync(&app, &task).await;
    app.delete(&format!("/tasks/{task}")).await.data();
    assert_eq!(told(&app, &task, &token).await, ["task deleted -"]);
    app.jump(24 * 3600 + 1).await;
    app.get(&format!("/events?resource={task}&sync={token}"))
        .await
        .refused(404, &format!("resource: Unknown object: {task}"));
    let home = app.running.with_world(|world| world.workspace().clone());
    assert_eq!(app.get(&format!("/events?resource={home}")).await.status, 400);
    let user = app.get("/users/me").await.gid();
    assert_eq!(app.get(&format!("/events?resource={user}")).await.status, 400);
}

#[tokio::test]
async fn goals_tell_of_metrics_support_and_status() {
    let app = App::start().await;
    let home = app.running.with_world(|world| world.workspace().clone());
    let goal = app.post("/goals", json!({"workspace": home, "name": "g"})).await.gid();
    let project = app.project(&["Todo"]);
    let token = sync(&app, &goal).await;
    let path = format!("/goals/{goal}");
    let metric =
        json!({"unit": "none", "precision": 0, "initial_number_value": 0, "target_number_value": 10});
    app.post(&format!("{path}/setMetric"), metric).await.data();
    app.post(&format!("{path}/setMetricCurrentValue"), json!({"current_number_value": 4})).await.data();
    let support = json!({"supporting_resource": project});
    app.post(&format!("{path}/addSupportingRelationship"), support.clone()).await.data();
    app.post(&format!("{path}/removeSupportingRelationship"), support).await.data();
    let update = json!({"parent": goal, "text": "ok", "status_type": "on_track"});
    let update = app.post("/status_updates", update).await.gid();
    app.delete(&format!("/status_updates/{update}")).await.data();
    assert_eq!(
        told(&app, &goal, &token).await,
        [
            "goal changed metric",
            "goal changed metric",
            "project added goal",
            "project removed goal",
            "goal changed current_status_update",
            "status_update added goal",
            "status_update deleted -",
        ],
    );
}

#[tokio::test]
async fn projects_tell_of_members_briefs_and_status() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let user = app.running.with_world(|world| world.add_user("Ada", "ada@sandbox.example"));
    let token = sync(&app, &project).await;
    let member = app.post("/memberships", json!({"parent": project, "member": user})).await.gid();
    app.delete(&format!("/memberships/{member}")).await.data();
    let update = json!({"parent": project, "text": "ok", "status_type": "on_track"});
    app.post("/status_updates", update).await.data();
    let brief = app.post(&format!("/projects/{project}/project_briefs"), json!({"text": "why"})).await.gid();
    app.delete(&format!("/project_briefs/{brief}")).await.data();
    assert_eq!(
        told(&app, &project, &token).await,
        [
            "project added members",
            "project removed members",
            "project changed current_status_update",
            "status_update added project",
            "project changed project_brief",
            "project changed project_brief",
        ],
    );
}

#[tokio::test]
async fn a_story_shows_its_type_and_notes_change_twice() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let token = sync(&app, &task).await;
    app.put(&format!("/tasks/{task}"), json!({"notes": "n"})).await.data();
    let path = format!("/events?resource={task}&sync={token}");
    let got = app.get(&path).await;
    assert_eq!(
        told(&app, &task, &token).await,
        ["task changed notes", "task changed html_notes", "story added task"]
    );
    let story = &got.data()[2]["resource"];
    assert_eq!(keys(story), ["created_at", "created_by", "gid", "resource_type", "text", "type"]);
    let named = app.get(&format!("{path}&opt_fields=resource.resource_subtype")).await;
    assert_eq!(named.data()[2]["resource"]["resource_subtype"], "notes_changed");
}
