//! Portfolios: whose they are, what is in them, which fields their items get.

use crate::app::{App, Setup, gids, keys};
use sandbox::Plan;
use sandbox::world::FieldType;
use serde_json::{Value, json};

fn workspace(app: &App) -> String {
    app.running.with_world(|world| world.workspace().clone())
}

async fn portfolio(app: &App, name: &str) -> String {
    app.post("/portfolios", json!({"workspace": workspace(app), "name": name})).await.gid()
}

async fn items(app: &App, portfolio: &str) -> Vec<String> {
    gids(app.get(&format!("/portfolios/{portfolio}/items")).await.data())
}

#[tokio::test]
async fn a_portfolio_is_made_changed_and_deleted() {
    let app = App::start().await;
    let home = workspace(&app);
    app.post("/portfolios", json!({"name": "p"})).await.refused(400, "workspace: Missing input");
    app.post("/portfolios", json!({"workspace": home})).await.refused(400, "name: Missing input");
    let made = app.post("/portfolios", json!({"workspace": home, "name": "p", "color": "light-green"})).await;
    assert_eq!(made.status, 201);
    let path = format!("/portfolios/{}", made.gid());
    let got = app.get(&path).await;
    assert_eq!(got.data()["owner"]["name"], "Upnext Bot");
    assert_eq!(got.data()["public"], false);
    assert_eq!(got.data().get("archived"), None, "archived must be asked for");
    assert_eq!(app.get(&format!("{path}?opt_fields=archived")).await.data()["archived"], false);

    let changed = app.put(&path, json!({"name": "q", "privacy_setting": "public_to_domain"})).await;
    assert_eq!((&changed.data()["name"], &changed.data()["public"]), (&json!("q"), &json!(true)));
    app.put(&path, json!({"start_on": "2026-12-01"}))
        .await
        .refused(400, "start_on: due_on must be present in the same request");
    assert_eq!(app.put(&path, json!({"start_on": "2026-12-01", "due_on": "2026-12-01"})).await.status, 400);
    assert_eq!(app.put(&path, json!({"default_access_level": "commenter"})).await.status, 400);
    assert_eq!(app.put(&path, json!({"color": "beige"})).await.status, 400);
    assert_eq!(app.put(&path, json!({"color": null})).await.data()["color"], Value::Null);

    assert_eq!(app.delete(&path).await.data(), &json!({}));
    assert_eq!(app.get(&path).await.status, 404);
    app.get("/portfolios/x").await.refused(400, "portfolio: Not a Long: x");
}

#[tokio::test]
async fn ordinary_tokens_list_their_own_and_must_say_so() {
    let app = App::start().await;
    let home = workspace(&app);
    let mine = portfolio(&app, "mine").await;
    let ada = app.running.with_world(|world| {
        let ada = world.add_user("Ada", "ada@sandbox.example");
        world.add_portfolio("hers", &ada, &[]);
        ada
    });
    app.get("/portfolios?owner=me").await.refused(400, "You should specify one of workspace");
    app.get(&format!("/portfolios?workspace={home}")).await.refused(400, "You should specify one of owner");
    let got = app.get(&format!("/portfolios?workspace={home}&owner=me")).await;
    assert_eq!(gids(got.data()), [mine]);
    assert_eq!(keys(&got.data()[0]), ["gid", "name", "resource_type"]);
    assert_eq!(app.get(&format!("/portfolios?workspace={home}&owner={ada}")).await.status, 403);
}

#[tokio::test]
async fn a_service_account_lists_all() {
    let mut app = App::start_with(Setup { plan: Plan::Enterprise, ..Setup::default() }).await;
    let home = workspace(&app);
    let mine = portfolio(&app, "mine").await;
    let (ada, hers) = app.running.with_world(|world| {
        let ada = world.add_user("Ada", "ada@sandbox.example");
        let hers = world.add_portfolio("hers", &ada, &[]);
        (ada, hers)
    });
    let asked = format!("/portfolios?workspace={home}");
    app.get(&asked).await.refused(400, "You should specify one of owner");
    assert_eq!(app.get(&format!("{asked}&owner={ada}")).await.status, 403);
    app.running.with_world(|world| world.add_service_account("robot", &world.bot().clone()));
    app.token = Some("robot".to_owned());
    let all = app.get(&asked).await;
    assert_eq!(gids(all.data()), [mine, hers.clone()]);
    let one = app.get(&format!("/portfolios?workspace={home}&owner={ada}")).await;
    assert_eq!(gids(one.data()), [hers]);
}

#[tokio::test]
async fn items_are_ordered_projects_and_portfolios() {
    let app = App::start().await;
    let (outer, inner) = (portfolio(&app, "outer").await, portfolio(&app, "inner").await);
    let (a, b) = (app.project(&[]), app.project(&[]));
    let add = format!("/portfolios/{outer}/addItem");
    for item in [&a, &inner] {
        assert_eq!(app.post(&add, json!({"item": item})).await.data(), &json!({}));
    }
    app.post(&add, json!({"item": b, "insert_before": inner})).await.data();
    assert_eq!(items(&app, &outer).await, [a.clone(), b.clone(), inner.clone()]);
    let got = app.get(&format!("/portfolios/{outer}/items?limit=2")).await;
    assert_eq!(keys(&got.data()[0]), ["gid", "name", "resource_type"]);
    assert!(got.body["next_page"]["offset"].is_string(), "{}", got.body);
    let types = app.get(&format!("/portfolios/{outer}/items?opt_fields=resource_type")).await;
    assert_eq!(
        (&types.data()[0]["resource_type"], &types.data()[2]["resource_type"]),
        (&json!("project"), &json!("portfolio"))
    );

    let circle = app.post(&format!("/portfolios/{inner}/addItem"), json!({"item": outer})).await;
    circle.refused(400, "item: A portfolio cannot contain itself");
    app.post(&add, json!({})).await.refused(400, "item: Missing input");
    let task = app.task(&app.sections(&a)[0], "t");
    app.post(&add, json!({"item": task})).await.refused(404, &format!("item: Unknown object: {task}"));

    let remove = format!("/portfolios/{outer}/removeItem");
    app.post(&remove, json!({"item": a})).await.data();
    assert_eq!(app.post(&remove, json!({"item": a})).await.status, 400);
    app.delete(&format!("/projects/{b}")).await.data();
    assert_eq!(items(&app, &outer).await, [inner], "a deleted project leaves its portfolios");
}

#[tokio::test]
async fn a_portfolio_holds_1500_items() {
    let app = App::start().await;
    let full = app.running.with_world(|world| {
        let bot = world.bot().clone();
        let items: Vec<String> =
            (0..1499).map(|nth| world.add_portfolio(&nth.to_string(), &bot, &[])).collect();
        world.add_portfolio("full", &bot, &items)
    });
    let add = format!("/portfolios/{full}/addItem");
    assert_eq!(app.post(&add, json!({"item": app.project(&[])})).await.status, 200);
    app.post(&add, json!({"item": app.project(&[])}))
        .await
        .refused(400, "item: A portfolio can have at most 1500 items");
}

#[tokio::test]
async fn its_fields_are_those_of_its_projects() {
    let app = App::start().await;
    let holder = portfolio(&app, "p").await;
    let (project, other) = (app.project(&["To do"]), app.project(&[]));
    let number = app.field(&other, "Budget", FieldType::Number, &[]);
    app.post(&format!("/portfolios/{holder}/addItem"), json!({"item": project})).await.data();
    let path = format!("/projects/{project}");
    assert_eq!(app.put(&path, json!({"custom_fields": {&number: 5}})).await.status, 400, "not on it yet");
    let add = format!("/portfolios/{holder}/addCustomFieldSetting");
    let got = app.post(&add, json!({"custom_field": number, "is_important": true})).await;
    assert_eq!(got.data()["parent"]["resource_type"], "portfolio");
    let own = app.put(&format!("/portfolios/{holder}"), json!({"custom_fields": {&number: 7}})).await;
    assert_eq!(own.data()["custom_fields"][0]["number_value"], 7);
    app.put(&path, json!({"custom_fields": {&number: 5}})).await.data();
    let shown = app.get(&path).await;
    assert_eq!(shown.data()["custom_fields"][0]["number_value"], 5);
    let task = app.task(&app.sections(&project)[0], "t");
    let tasks = app.get(&format!("/tasks/{task}?opt_fields=custom_fields")).await;
    assert_eq!(tasks.data()["custom_fields"], json!([]), "tasks of the project do not get it");
    let settings = app.get(&format!("/portfolios/{holder}/custom_field_settings")).await;
    assert_eq!(settings.data()[0]["custom_field"]["gid"], number.as_str());
    app.post(&format!("/portfolios/{holder}/removeCustomFieldSetting"), json!({"custom_field": number}))
        .await
        .data();
    let rest = app.get(&format!("/portfolios/{holder}/custom_field_settings")).await;
    assert_eq!(rest.data(), &json!([]));
}

#[tokio::test]
async fn members_come_and_go() {
    let app = App::start().await;
    let holder = portfolio(&app, "p").await;
    let ada = app.running.with_world(|world| world.add_user("Ada", "ada@sandbox.example"));
    let got = app.post(&format!("/portfolios/{holder}/addMembers"), json!({"members": ada})).await;
    assert_eq!(&gids(&got.data()["members"])[1..], std::slice::from_ref(&ada));
    let got = app.post(&format!("/portfolios/{holder}/removeMembers"), json!({"members": [ada]})).await;
    assert_eq!(gids(&got.data()["members"]).len(), 1);
    let missing = app.post(&format!("/portfolios/{holder}/addMembers"), json!({})).await;
    missing.refused(400, "members: Missing input");
}

#[tokio::test]
async fn the_free_plan_has_no_portfolios() {
    let app = App::start_with(Setup { plan: Plan::Free, ..Setup::default() }).await;
    let home = workspace(&app);
    assert_eq!(app.get(&format!("/portfolios?workspace={home}&owner=me")).await.status, 402);
    assert_eq!(app.post("/portfolios", json!({"workspace": home, "name": "p"})).await.status, 402);
}

#[tokio::test]
async fn references_to_goals_and_portfolios_show_their_names() {
    let app = App::start().await;
    let home = workspace(&app);
    let project = app.project(&["To do"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let target = portfolio(&app, "Bets").await;
    let field = json!({
        "workspace": home, "name": "Serves", "resource_subtype": "reference",
        "input_restrictions": ["portfolio", "goal"]
    });
    let field = app.post("/custom_fields", field).await.gid();
    app.post(&format!("/projects/{project}/addCustomFieldSetting"), json!({"custom_field": field}))
        .await
        .data();
    let got = app.put(&format!("/tasks/{task}"), json!({"custom_fields": {&field: [target]}})).await;
    let value: &Value = &got.data()["custom_fields"][0];
    assert_eq!(value["display_value"], "Bets");
    assert_eq!(value["reference_value"][0]["resource_type"], "portfolio");
}

#[tokio::test]
async fn the_setting_of_a_project_goes_when_it_leaves() {
    let app = App::start().await;
    let (holder, project) = (portfolio(&app, "p").await, app.project(&[]));
    app.post(&format!("/portfolios/{holder}/addItem"), json!({"item": project})).await.data();
    let listed = app.get(&format!("/portfolios/{holder}/project_portfolio_settings")).await;
    let setting = gids(listed.data())[0].clone();
    app.get(&format!("/project_portfolio_settings/{setting}")).await.data();
    app.post(&format!("/portfolios/{holder}/removeItem"), json!({"item": project})).await.data();
    assert_eq!(app.get(&format!("/project_portfolio_settings/{setting}")).await.status, 404);
}
