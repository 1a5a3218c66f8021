//! Time, capacity and jobs: the rules the SDK suites do not reach.

use crate::app::{App, Setup, gids};
use reqwest::Method;
use sandbox::Plan;
use serde_json::json;

fn home(app: &App) -> String {
    app.running.with_world(|world| world.workspace().clone())
}

#[tokio::test]
async fn tracked_time_adds_up_on_the_task_and_is_paid_for() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let path = format!("/tasks/{task}/time_tracking_entries");
    app.post(&path, json!({})).await.refused(400, "duration_minutes: Missing input");
    for minutes in [json!(0), json!(1.5), json!(-3), json!("soon")] {
        assert_eq!(app.post(&path, json!({ "duration_minutes": minutes })).await.status, 400, "{minutes}");
    }
    let first = app.post(&path, json!({"duration_minutes": 30, "entered_on": "2026-11-20"})).await;
    assert_eq!(
        first.data()["attributable_to"]["gid"],
        json!(project),
        "the task's project unless told otherwise"
    );
    app.post(&path, json!({"duration_minutes": "15"})).await.data();
    let minutes = async || app.get(&format!("/tasks/{task}")).await.data()["actual_time_minutes"].clone();
    assert_eq!(minutes().await, json!(45));
    let listed = app.get(&format!("/time_tracking_entries?task={task}&entered_on_end_date=2026-11-21")).await;
    assert_eq!(gids(listed.data()), [first.gid()]);
    app.get(&format!("/time_tracking_entries?workspace={}", home(&app)))
        .await
        .refused(400, "You should specify one of entered_on_start_date, entered_on_end_date");
    app.control(Method::POST, "faults", json!({"plan": "free"})).await;
    assert_eq!(app.get(&format!("/time_tracking_entries?task={task}")).await.status, 402);
    assert_eq!(app.post(&path, json!({"duration_minutes": 1})).await.status, 402);
}

#[tokio::test]
async fn allocations_are_for_enterprises_and_keep_their_days_in_order() {
    for (plan, status) in [(Plan::Free, 402), (Plan::Paid, 402), (Plan::Enterprise, 400)] {
        let app = App::start_with(Setup { plan, ..Setup::default() }).await;
        let project = app.project(&["Todo"]);
        let backwards = json!({"parent": project, "assignee": "me", "start_date": "2026-12-02", "end_date": "2026-12-01"});
        assert_eq!(app.post("/allocations", backwards).await.status, status);
    }
}

#[tokio::test]
async fn a_sixth_job_at_once_is_too_many() {
    let app = App::start().await;
    app.control(Method::POST, "clock", json!({"speed": 0})).await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    for _ in 0..5 {
        assert_eq!(app.post(&format!("/tasks/{task}/duplicate"), json!({"name": "c"})).await.status, 201);
    }
    let sixth = app.post(&format!("/projects/{project}/duplicate"), json!({"name": "c"})).await;
    assert_eq!((sixth.status, sixth.retry_after), (429, Some(1)));
    app.jump(2).await;
    assert_eq!(app.post(&format!("/projects/{project}/duplicate"), json!({"name": "c"})).await.status, 201);
}

#[tokio::test]
async fn generated_ids_are_given_once_and_in_order() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let sections = app.sections(&project);
    let old = app.task(&sections[0], "old");
    let data = json!({"workspace": home(&app), "resource_subtype": "text", "name": "Id", "id_prefix": "EX"});
    let field = app.post("/custom_fields", data).await.gid();
    let path = format!("/projects/{project}/addCustomFieldSetting");
    app.post(&path, json!({"custom_field": field})).await.data();
    let new = app.post("/tasks", json!({"name": "new", "projects": [project]})).await.gid();
    let found = async |id: &str| {
        app.get(&format!("/workspaces/{}/tasks/custom_id/{id}", home(&app))).await.data()["gid"].clone()
    };
    assert_eq!((found("EX-1").await, found("ex-2").await), (json!(old), json!(new)));
    app.put(&format!("/tasks/{new}"), json!({"custom_fields": {&field: "EX-9"}}))
        .await
        .refused(400, &format!("Custom field with ID {field} is read-only"));
}

#[tokio::test]
async fn joining_and_leaving_a_team_is_told_to_its_webhook_stream() {
    let app = App::start().await;
    let (team, user) = app.running.with_world(|world| {
        let bot = world.bot().clone();
        (world.add_team("T", &[bot]), world.add_user("Ada", "ada@sandbox.example"))
    });
    let first = app.get(&format!("/events?resource={team}")).await;
    let token = first.body["sync"].as_str().expect("a token").to_owned();
    app.post(&format!("/teams/{team}/addUser"), json!({"user": user})).await.data();
    app.post(&format!("/teams/{team}/removeUser"), json!({"user": user})).await.data();
    let got = app.get(&format!("/events?resource={team}&sync={token}")).await;
    let told: Vec<_> =
        got.data().as_array().expect("a list").iter().map(|e| (&e["type"], &e["action"])).collect();
    let (kind, added, removed) = (json!("team_membership"), json!("added"), json!("removed"));
    assert_eq!(told, [(&kind, &added), (&kind, &removed)]);
}

#[tokio::test]
async fn archived_categories_are_hidden_and_taken_by_no_entry() {
    let app = App::start().await;
    let home = home(&app);
    let category = async |name: &str| {
        app.post("/time_tracking_categories", json!({"workspace": home, "name": name})).await.gid()
    };
    let (used, old) = (category("used").await, category("old").await);
    app.put(&format!("/time_tracking_categories/{old}"), json!({"is_archived": true})).await.data();
    let list = format!("/time_tracking_categories?workspace={home}");
    assert_eq!(gids(app.get(&list).await.data()), [used]);
    assert_eq!(gids(app.get(&format!("{list}&is_archived=true")).await.data()), std::slice::from_ref(&old));
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let path = format!("/tasks/{task}/time_tracking_entries");
    let entry = json!({"duration_minutes": 5, "categories": [old]});
    app.post(&path, entry).await.refused(400, &format!("categories: The category is archived: {old}"));
    let entry = app.post(&path, json!({"duration_minutes": 5, "entered_on": null})).await;
    assert_eq!(entry.data()["entered_on"], "2026-11-24");
    app.delete(&format!("/tasks/{task}")).await.data();
    assert_eq!(app.get(&format!("/time_tracking_entries/{}", entry.gid())).await.status, 404);
    let listed = app.get(&format!("/time_tracking_entries?attributable_to={project}")).await;
    assert_eq!(listed.data(), &json!([]));
}

#[tokio::test]
async fn a_budget_counts_what_its_filter_lets_it() {
    let app = App::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let path = format!("/tasks/{task}/time_tracking_entries");
    app.post(&path, json!({"duration_minutes": 30, "billable_status": "billable"})).await.data();
    app.post(&path, json!({"duration_minutes": 15, "billable_status": "nonBillable"})).await.data();
    let made = app.post("/budgets", json!({"parent": project, "budget_type": "time"})).await;
    let budget = format!("/budgets/{}", made.gid());
    let part = |value, units| json!({"billable_status_filter": "billable", "value": value, "units": units});
    assert_eq!(made.data()["actual"], part(json!(30), json!("minutes")));
    assert_eq!(
        (&made.data()["estimate"]["units"], &made.data()["total"]["units"]),
        (&json!(null), &json!(null))
    );
    let any = app.put(&budget, json!({"actual": {"billable_status_filter": "any"}})).await;
    assert_eq!(any.data()["actual"]["value"], 45);
    assert_eq!(app.put(&budget, json!({"estimate": {"enabled": true}})).await.status, 400);

    let field = app.field(&project, "Estimated time", sandbox::world::FieldType::Number, &[]);
    app.put(&format!("/tasks/{task}"), json!({"custom_fields": {&field: 90}})).await.data();
    let told = app.put(&budget, json!({"estimate": {"enabled": true, "source": "tasks"}})).await;
    assert_eq!(
        (&told.data()["estimate"]["value"], &told.data()["estimate"]["units"]),
        (&json!(90), &json!("minutes"))
    );

    app.put(&budget, json!({"total": {"enabled": true, "value": 600}})).await.data();
    let cost = app.put(&budget, json!({"budget_type": "cost", "total": {"value": 1000}})).await;
    assert_eq!(
        (&cost.data()["total"]["value"], &cost.data()["total"]["units"]),
        (&json!(1000), &json!("USD"))
    );
    let back = app.put(&budget, json!({"budget_type": "time"})).await;
    assert_eq!(back.data()["total"], json!({"enabled": true, "value": 600, "units": "minutes"}));
    let list = app.get(&format!("/budgets?parent={project}&limit=1")).await;
    assert_eq!(list.body.get("next_page"), None);
}

#[tokio::test]
async fn days_away_show_on_the_membership() {
    let app = App::start().await;
    let home = home(&app);
    let user = app.get("/users/me").await.gid();
    let shown = async || {
        let got = app.get(&format!("/users/{user}/workspace_memberships?opt_fields=vacation_dates")).await;
        got.data()[0]["vacation_dates"].clone()
    };
    for (start, end) in [("2026-11-01", "2026-11-05"), ("2026-12-20", "2026-12-31")] {
        let away = json!({"workspace": home, "user": user, "start_date": start, "end_date": end});
        app.post("/ooo_entries", away).await.data();
    }
    assert_eq!(shown().await, json!({"start_on": "2026-12-20", "end_on": "2026-12-31"}));
    app.jump(60 * 24 * 3600).await;
    assert_eq!(shown().await, json!(null));
}

#[tokio::test]
async fn only_who_is_not_in_asks_for_access_and_once() {
    let mut app = App::start().await;
    let project = app.project(&["Todo"]);
    let ask = json!({"target": project});
    app.post("/access_requests", ask.clone())
        .await
        .refused(400, "target: You have access to this object already");
    app.running.with_world(|world| {
        let ada = world.add_user("Ada", "ada@sandbox.example");
        world.add_token("adas", &ada);
    });
    app.token = Some("adas".to_owned());
    app.post("/access_requests", ask.clone()).await.data();
    app.post("/access_requests", ask).await.refused(400, "target: You have asked for access already");
}

#[tokio::test]
async fn roles_are_listed_without_a_workspace_and_types_with_their_steps() {
    let app = App::start().await;
    let role = json!({
        "workspace": home(&app), "name": "R", "description": "d", "base_role_type": "member", "is_standard_role": true,
    });
    let role = app.post("/roles", role).await;
    assert_eq!(role.data()["is_standard_role"], true);
    assert_eq!(gids(app.get("/roles").await.data()), [role.gid()]);
    let project = app.project(&["Todo"]);
    app.running.with_world(|world| world.add_custom_type(&project, "Bug", &[("Open", false)]));
    let types = app.get(&format!("/custom_types?project={project}")).await;
    assert_eq!(types.data()[0]["status_options"][0]["name"], "Open");
}
