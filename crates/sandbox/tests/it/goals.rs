//! Goals: their place, their metric and status, what supports them.

use crate::app::{App, Setup, gids, keys};
use sandbox::Plan;
use sandbox::world::{FieldType, NewGoal};
use serde_json::{Value, json};

async fn goal(app: &App, name: &str) -> String {
    app.post("/goals", json!({"workspace": workspace(app), "name": name})).await.gid()
}

fn workspace(app: &App) -> String {
    app.running.with_world(|world| world.workspace().clone())
}

async fn support(app: &App, goal: &str, supporting: &str, weight: f64) -> String {
    let body = json!({"supporting_resource": supporting, "contribution_weight": weight});
    app.post(&format!("/goals/{goal}/addSupportingRelationship"), body).await.gid()
}

async fn supporters(app: &App, goal: &str) -> Vec<String> {
    let got = app.get(&format!("/goal_relationships?supported_goal={goal}")).await;
    let rows = got.data().as_array().expect("a list").iter();
    rows.map(|row| row["supporting_resource"]["gid"].as_str().expect("a gid").to_owned()).collect()
}

#[tokio::test]
async fn a_goal_is_made_changed_and_deleted() {
    let app = App::start().await;
    let home = workspace(&app);
    app.post("/goals", json!({"name": "Nowhere"})).await.refused(400, "workspace: Missing input");
    let made = app.post("/goals", json!({"workspace": home, "name": "Grow", "due_on": "2026-12-31"})).await;
    assert_eq!(made.status, 201);
    let goal = made.gid();
    let got = app.get(&format!("/goals/{goal}")).await;
    let shown = got.data();
    assert_eq!(shown["resource_type"], "goal");
    assert_eq!(shown["is_workspace_level"], true);
    assert_eq!(shown["team"], Value::Null);
    assert_eq!(shown["metric"], Value::Null);
    assert_eq!(shown["status"], Value::Null);
    assert_eq!(shown["owner"]["name"], "Upnext Bot");
    assert_eq!(shown["workspace"]["gid"], home.as_str());

    let changed = app.put(&format!("/goals/{goal}"), json!({"notes": "Slowly", "liked": true})).await;
    assert_eq!(changed.data()["html_notes"], "<body>Slowly</body>");
    assert_eq!(changed.data()["num_likes"], 1);
    app.put(&format!("/goals/{goal}"), json!({"due_on": null, "start_on": "2026-12-01"}))
        .await
        .refused(400, "start_on: Cannot be set without a due date");
    app.put(&format!("/goals/{goal}"), json!({"is_workspace_level": false}))
        .await
        .refused(400, "team: A goal that is not at workspace level needs a team");

    assert_eq!(app.delete(&format!("/goals/{goal}")).await.data(), &json!({}));
    app.get(&format!("/goals/{goal}")).await.refused(404, &format!("goal: Unknown object: {goal}"));
    app.get("/goals/x").await.refused(400, "goal: Not a Long: x");
}

#[tokio::test]
async fn goals_are_listed_by_place_and_by_what_supports_them() {
    let app = App::start().await;
    let home = workspace(&app);
    let project = app.project(&["To do"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let (company, team_goal, portfolio) = app.running.with_world(|world| {
        let company =
            world.add_goal(NewGoal { name: "c".into(), is_workspace_level: true, ..NewGoal::default() });
        let team_goal = world.add_goal(NewGoal { name: "t".into(), ..NewGoal::default() });
        let bot = world.bot().clone();
        let portfolio = world.add_portfolio("p", &bot, std::slice::from_ref(&project));
        world.support_goal(&company, &team_goal, 1.0);
        world.support_goal(&company, &portfolio, 0.5);
        world.support_goal(&team_goal, &project, 1.0);
        world.support_goal(&team_goal, &task, 1.0);
        (company, team_goal, portfolio)
    });
    app.get("/goals").await.refused(400, "You should specify one of portfolio, project, workspace, team");
    let all = app.get(&format!("/goals?workspace={home}")).await;
    assert_eq!(gids(all.data()), [company.clone(), team_goal.clone()]);
    assert_eq!(keys(&all.data()[0]), ["gid", "name", "owner", "resource_type"]);
    let team = app.get(&format!("/goals/{team_goal}")).await.data()["team"]["gid"].clone();
    let team = team.as_str().expect("a team");
    for (query, expected) in [
        (format!("workspace={home}&is_workspace_level=true"), &company),
        (format!("workspace={home}&is_workspace_level=false"), &team_goal),
        (format!("team={team}"), &team_goal),
        (format!("project={project}"), &team_goal),
        (format!("task={task}"), &team_goal),
        (format!("portfolio={portfolio}"), &company),
    ] {
        let got = app.get(&format!("/goals?{query}")).await;
        assert_eq!(gids(got.data()), std::slice::from_ref(expected), "{query}");
    }
    assert_eq!(app.get(&format!("/goals?team={team}&is_workspace_level=true")).await.status, 400);
    app.get(&format!("/goals?task={project}"))
        .await
        .refused(404, &format!("task: Unknown object: {project}"));
    let parents = app.get(&format!("/goals/{team_goal}/parentGoals")).await;
    assert_eq!(gids(parents.data()), [company]);
    let found = app.get(&format!("/workspaces/{home}/typeahead?resource_type=goal&query=T")).await;
    assert_eq!(gids(found.data()), [team_goal]);
}

#[tokio::test]
async fn a_status_is_written_only_where_a_metric_is() {
    let app = App::start().await;
    let goal = goal(&app, "Grow").await;
    let path = format!("/goals/{goal}");
    assert_eq!(app.put(&path, json!({"status": "green"})).await.status, 400);
    let current = format!("/goals/{goal}/setMetricCurrentValue");
    assert_eq!(app.post(&current, json!({"current_number_value": 3})).await.status, 400);

    let set = format!("/goals/{goal}/setMetric");
    let same = json!({"unit": "none", "initial_number_value": 5, "target_number_value": 5});
    assert_eq!(app.post(&set, same).await.status, 400);
    let metric = json!({
        "unit": "currency", "currency_code": "EUR", "precision": 1,
        "initial_number_value": 5, "target_number_value": 10, "progress_source": "manual"
    });
    let got = app.post(&set, metric).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.data()["gid"], goal.as_str());
    assert_eq!(got.data()["metric"]["current_number_value"], 5);

    app.post(&current, json!({"current_number_value": 8.16})).await.data();
    let got =
        app.get(&format!("{path}?opt_fields=metric.current_number_value,metric.current_display_value")).await;
    assert_eq!(got.data()["metric"]["current_number_value"], 8.2);
    assert_eq!(got.data()["metric"]["current_display_value"], "€8.2");

    assert_eq!(app.put(&path, json!({"status": "partial"})).await.data()["status"], "partial");
    assert_eq!(app.put(&path, json!({"status": "on_track"})).await.status, 400);
    assert_eq!(app.put(&path, json!({"status": null})).await.data()["status"], Value::Null);
}

#[tokio::test]
async fn progress_follows_the_supporting_work() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let section = app.sections(&project)[0].clone();
    let tasks = [app.task(&section, "a"), app.task(&section, "b")];
    let (top, sub) = (goal(&app, "top").await, goal(&app, "sub").await);
    let value = async |goal: &str| {
        let got = app.get(&format!("/goals/{goal}?opt_fields=metric.current_number_value")).await;
        got.data()["metric"]["current_number_value"].clone()
    };
    for (goal, source) in [(&top, "subgoal_progress"), (&sub, "project_task_completion")] {
        let metric = json!({"unit": "percentage", "progress_source": source});
        app.post(&format!("/goals/{goal}/setMetric"), metric).await.data();
    }
    support(&app, &top, &sub, 1.0).await;
    let link = support(&app, &sub, &project, 0.0).await;
    app.put(&format!("/tasks/{}", tasks[0]), json!({"completed": true})).await.data();
    assert_eq!(value(&sub).await, 0, "a weight of 0 does not count");
    app.put(&format!("/goal_relationships/{link}"), json!({"contribution_weight": 1})).await.data();
    assert_eq!((value(&sub).await, value(&top).await), (json!(0.5), json!(0.5)));
    assert_eq!(
        app.post(&format!("/goals/{sub}/setMetricCurrentValue"), json!({"current_number_value": 1}))
            .await
            .status,
        400,
        "a value that is worked out cannot be set"
    );
    app.put(&format!("/tasks/{}", tasks[1]), json!({"completed": true})).await.data();
    assert_eq!(value(&top).await, 1);
}

#[tokio::test]
async fn support_is_ordered_weighted_and_free_of_circles() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let (top, a, b) = (goal(&app, "top").await, goal(&app, "a").await, goal(&app, "b").await);
    support(&app, &top, &project, 0.0).await;
    let link = support(&app, &top, &a, 0.25).await;
    let add = format!("/goals/{top}/addSupportingRelationship");
    let got = app.post(&add, json!({"supporting_resource": b, "insert_before": a})).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.data()["resource_subtype"], "subgoal");
    assert_eq!(got.data()["contribution_weight"], 0, "the documented default");
    assert_eq!(got.data()["supported_goal"]["gid"], top.as_str());
    assert_eq!(supporters(&app, &top).await, [project.clone(), b.clone(), a.clone()]);

    let one = app.get(&format!("/goal_relationships/{link}")).await;
    assert_eq!(one.data()["contribution_weight"], 0.25);
    assert_eq!(one.data()["supporting_resource"]["resource_type"], "goal");
    let put = format!("/goal_relationships/{link}");
    assert_eq!(app.put(&put, json!({"contribution_weight": 1.5})).await.status, 400);
    let work =
        app.get(&format!("/goal_relationships?supported_goal={top}&resource_subtype=supporting_work")).await;
    assert_eq!(work.data()[0]["supporting_resource"]["resource_type"], "project");
    assert_eq!(work.data().as_array().map(Vec::len), Some(1));

    for refused in [
        json!({"supporting_resource": a}),
        json!({"supporting_resource": top}),
        json!({"supporting_resource": b, "contribution_weight": 2}),
        json!({}),
    ] {
        assert_eq!(app.post(&add, refused.clone()).await.status, 400, "{refused}");
    }
    let back = format!("/goals/{a}/addSupportingRelationship");
    assert_eq!(app.post(&back, json!({"supporting_resource": top})).await.status, 400, "a circle");

    let remove = format!("/goals/{top}/removeSupportingRelationship");
    assert_eq!(app.post(&remove, json!({"supporting_resource": a})).await.data(), &json!({}));
    assert_eq!(app.post(&remove, json!({"supporting_resource": a})).await.status, 400);
    app.delete(&format!("/projects/{project}")).await.data();
    app.delete(&format!("/goals/{b}")).await.data();
    assert_eq!(supporters(&app, &top).await, Vec::<String>::new(), "what is deleted supports nothing");
    assert_eq!(app.get("/goal_relationships").await.status, 400);
}

#[tokio::test]
async fn goals_carry_fields_comments_and_followers() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let goal = goal(&app, "Grow").await;
    let number = app.field(&project, "Confidence", FieldType::Number, &[]);
    let path = format!("/goals/{goal}");
    assert_eq!(app.put(&path, json!({"custom_fields": {&number: 1}})).await.status, 400, "not on it yet");
    app.post(&format!("{path}/addCustomFieldSetting"), json!({"custom_field": number})).await.data();
    let got = app.put(&path, json!({"custom_fields": {&number: 0.84}})).await;
    assert_eq!(got.data()["custom_fields"][0]["number_value"], 0.8);
    let settings = app.get(&format!("{path}/custom_field_settings")).await;
    assert_eq!(settings.data()[0]["parent"]["gid"], goal.as_str());
    assert_eq!(settings.data()[0]["project"], Value::Null);

    let story = app.post(&format!("{path}/stories"), json!({"text": "Going well"})).await;
    assert_eq!(story.status, 201);
    assert_eq!(story.data()["target"]["gid"], goal.as_str());
    assert_eq!(gids(app.get(&format!("{path}/stories")).await.data()), [story.gid()]);

    let ada = app.running.with_world(|world| world.add_user("Ada", "ada@sandbox.example"));
    let followers = json!({"followers": "ada@sandbox.example"});
    let got = app.post(&format!("{path}/addFollowers"), followers.clone()).await;
    assert_eq!(gids(&got.data()["followers"])[1..], [ada]);
    let got = app.post(&format!("{path}/removeFollowers"), followers).await;
    assert_eq!(gids(&got.data()["followers"]).len(), 1);
}

#[tokio::test]
async fn the_free_plan_has_no_goals() {
    let app = App::start_with(Setup { plan: Plan::Free, ..Setup::default() }).await;
    let home = workspace(&app);
    let goal = app.running.with_world(|world| world.add_goal(NewGoal::default()));
    assert_eq!(app.get(&format!("/goals?workspace={home}")).await.status, 402);
    assert_eq!(app.get(&format!("/goals/{goal}")).await.status, 402);
    assert_eq!(app.get(&format!("/goal_relationships?supported_goal={goal}")).await.status, 402);
    assert_eq!(app.post("/goals", json!({"workspace": home, "name": "x"})).await.status, 402);
}

#[tokio::test]
async fn a_metric_is_rounded_and_likes_show_their_gids() {
    let app = App::start().await;
    let goal = goal(&app, "g").await;
    let metric = json!({
        "unit": "none", "precision": 1, "initial_number_value": 0.04, "target_number_value": 50.26,
        "current_number_value": 10.26,
    });
    let got = app.post(&format!("/goals/{goal}/setMetric"), metric).await;
    let metric = &got.data()["metric"];
    assert_eq!(
        (&metric["initial_number_value"], &metric["target_number_value"], &metric["current_number_value"]),
        (&json!(0), &json!(50.3), &json!(10.3))
    );
    app.put(&format!("/goals/{goal}"), json!({"liked": true})).await.data();
    let got = app.get(&format!("/goals/{goal}?opt_fields=likes.user.name")).await;
    assert_eq!(keys(&got.data()["likes"][0]), ["gid", "user"]);
}

#[tokio::test]
async fn members_are_commenters_and_lists_take_repeated_periods() {
    let app = App::start().await;
    let home = workspace(&app);
    let goal = goal(&app, "g").await;
    let ada = app.running.with_world(|world| world.add_user("Ada", "ada@sandbox.example"));
    let made = app.post("/memberships", json!({"parent": goal, "member": ada})).await;
    assert_eq!(
        (&made.data()["access_level"], &made.data()["role"]),
        (&json!("commenter"), &json!("commenter"))
    );
    let of_user = app.get(&format!("/memberships?member={ada}&resource_subtype=project_membership")).await;
    of_user.refused(400, "member: Must be a team when parent is not given");
    let periods = gids(app.get(&format!("/time_periods?workspace={home}")).await.data());
    app.put(&format!("/goals/{goal}"), json!({"time_period": periods[1]})).await.data();
    let path = format!("/goals?workspace={home}&time_periods={}&time_periods={}", periods[0], periods[1]);
    assert_eq!(gids(app.get(&path).await.data()), [goal]);
}

#[tokio::test]
async fn parent_goals_have_no_pages() {
    let app = App::start().await;
    let (one, two, below) = (goal(&app, "1").await, goal(&app, "2").await, goal(&app, "3").await);
    support(&app, &one, &below, 1.0).await;
    support(&app, &two, &below, 1.0).await;
    let got = app.get(&format!("/goals/{below}/parentGoals?limit=1")).await;
    assert_eq!((gids(got.data()), got.body.get("next_page")), (vec![one, two], None));
}

#[tokio::test]
async fn changing_a_goal_answers_no_402() {
    let app = App::start().await;
    let goal = goal(&app, "g").await;
    app.control(reqwest::Method::POST, "faults", json!({"plan": "free"})).await;
    assert_eq!(app.get(&format!("/goals/{goal}")).await.status, 402);
    assert_eq!(app.put(&format!("/goals/{goal}"), json!({"name": "h"})).await.data()["name"], "h");
}
