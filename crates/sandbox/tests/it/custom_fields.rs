//! Custom fields: definitions, options, settings and the rules of values.

use crate::app::{App, Setup, gids};
use sandbox::Plan;
use sandbox::world::{FieldType, FieldValue};
use serde_json::{Value, json};

async fn app() -> (App, String, String) {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let task = app.task(&app.sections(&project)[0], "one");
    (app, project, task)
}

fn workspace(app: &App) -> String {
    app.running.with_world(|world| world.workspace().clone())
}

async fn define(app: &App, mut definition: Value) -> crate::app::Got {
    definition["workspace"] = json!(workspace(app));
    app.post("/custom_fields", definition).await
}

async fn set(app: &App, task: &str, field: &str, value: Value) -> crate::app::Got {
    app.put(&format!("/tasks/{task}"), json!({"custom_fields": {field: value}})).await
}

#[tokio::test]
async fn definitions_have_unique_names_and_fixed_types() {
    let app = App::start().await;
    let options = json!([{"name": "P0", "color": "red"}, {"name": "P1"}]);
    let made =
        define(&app, json!({"name": "Priority", "resource_subtype": "enum", "enum_options": options})).await;
    assert_eq!(made.status, 201);
    let names: Vec<&Value> = made.data()["enum_options"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|option| &option["name"])
        .collect();
    assert_eq!(names, [&json!("P0"), &json!("P1")]);
    assert_eq!(define(&app, json!({"name": "Priority", "resource_subtype": "text"})).await.status, 400);
    assert_eq!(define(&app, json!({"name": "Due Date", "resource_subtype": "date"})).await.status, 400);
    assert_eq!(define(&app, json!({"name": "Ready", "resource_subtype": "boolean"})).await.status, 400);
    let path = format!("/custom_fields/{}", made.gid());
    assert_eq!(app.put(&path, json!({"resource_subtype": "text"})).await.status, 400);
    app.put(&path, json!({"enum_options": []}))
        .await
        .refused(400, "enum_options: Cannot write this property");
    assert_eq!(app.put(&path, json!({"name": "Importance"})).await.data()["name"], "Importance");
    app.delete(&path).await.data();
    assert_eq!(app.get(&path).await.status, 404);
}

#[tokio::test]
async fn numbers_are_rounded_to_their_precision() {
    let (app, project, task) = app().await;
    let cases = [
        (json!({"precision": 2}), json!(1.005_1), json!(1.01), "1.01"),
        (json!({"precision": 0}), json!(-2.5), json!(-3), "-3"),
        (json!({"format": "percentage", "precision": 0}), json!(0.256), json!(0.26), "26%"),
        (
            json!({"format": "currency", "currency_code": "USD", "precision": 2}),
            json!("12.5"),
            json!(12.5),
            "$12.50",
        ),
        (json!({"format": "custom", "custom_label": "pt", "precision": 1}), json!(8), json!(8), "8.0 pt"),
    ];
    for (nth, (mut definition, given, stored, shown)) in cases.into_iter().enumerate() {
        definition["name"] = json!(format!("Number {nth}"));
        definition["resource_subtype"] = json!("number");
        let field = define(&app, definition).await.gid();
        app.post(&format!("/projects/{project}/addCustomFieldSetting"), json!({"custom_field": field}))
            .await
            .data();
        let got = set(&app, &task, &field, given).await;
        let value = &got.data()["custom_fields"][nth];
        assert_eq!((&value["number_value"], &value["display_value"]), (&stored, &json!(shown)));
    }
    assert_eq!(
        define(&app, json!({"name": "Deep", "resource_subtype": "number", "precision": 7})).await.status,
        400
    );
}

#[tokio::test]
async fn values_are_checked_by_type() {
    let (app, project, task) = app().await;
    let text = app.field(&project, "Why", FieldType::Text, &[]);
    let number = app.field(&project, "Score", FieldType::Number, &[]);
    let choice = app.field(&project, "Band", FieldType::Enum, &["A", "B"]);
    let date = app.field(&project, "Review", FieldType::Date, &[]);
    assert_eq!(set(&app, &task, &text, json!("x".repeat(1024))).await.status, 200);
    assert_eq!(set(&app, &task, &text, json!("x".repeat(1025))).await.status, 400);
    assert_eq!(set(&app, &task, &text, json!(5)).await.status, 400);
    assert_eq!(set(&app, &task, &number, json!("many")).await.status, 400);
    assert_eq!(set(&app, &task, &choice, json!("A")).await.status, 400, "names are not accepted");
    assert_eq!(set(&app, &task, &date, json!({"date": "2026-13-01"})).await.status, 400);
    let at = set(&app, &task, &date, json!({"date_time": "2026-12-01T10:00:00.000Z"})).await;
    assert_eq!(
        at.data()["custom_fields"][3]["date_value"],
        json!({"date": "2026-12-01", "date_time": "2026-12-01T10:00:00.000Z"})
    );
    app.put(&format!("/tasks/{task}"), json!({"custom_fields": [1]}))
        .await
        .refused(400, "custom_fields: Value is not a JSON object: [1]");
}

#[tokio::test]
async fn a_refused_put_saves_nothing() {
    let (app, project, task) = app().await;
    let score = app.field(&project, "Score", FieldType::Number, &[]);
    let elsewhere = app.project(&[]);
    let foreign = app.field(&elsewhere, "Foreign", FieldType::Number, &[]);
    let data = json!({"name": "changed", "custom_fields": {&score: 5, &foreign: 1}});
    app.put(&format!("/tasks/{task}"), data)
        .await
        .refused(400, &format!("Custom field with ID {foreign} is not on given object"));
    let got = app.get(&format!("/tasks/{task}?opt_fields=name,custom_fields.number_value")).await;
    assert_eq!(got.data()["name"], "one");
    assert_eq!(got.data()["custom_fields"][0]["number_value"], Value::Null);
    assert!(app.history(&task).await.is_empty());
}

#[tokio::test]
async fn values_left_behind_can_be_cleared_and_not_changed() {
    let (app, project, task) = app().await;
    let score = app.field(&project, "Score", FieldType::Number, &[]);
    set(&app, &task, &score, json!(5)).await.data();
    app.post(&format!("/tasks/{task}/removeProject"), json!({"project": project})).await.data();
    let got = app.get(&format!("/tasks/{task}")).await;
    assert_eq!(got.data()["custom_fields"][0]["enabled"], false);
    assert_eq!(set(&app, &task, &score, json!(6)).await.status, 400);
    let cleared = set(&app, &task, &score, json!(null)).await;
    assert_eq!(cleared.data()["custom_fields"], json!([]));
}

#[tokio::test]
async fn subtasks_do_not_inherit_fields_and_many_homes_unite_them() {
    let (app, project, task) = app().await;
    let score = app.field(&project, "Score", FieldType::Number, &[]);
    let subtask = app.post(&format!("/tasks/{task}/subtasks"), json!({"name": "part"})).await.gid();
    assert_eq!(set(&app, &subtask, &score, json!(1)).await.status, 400);
    let other = app.project(&[]);
    let effort = app.field(&other, "Effort", FieldType::Number, &[]);
    app.post(&format!("/tasks/{task}/addProject"), json!({"project": other})).await.data();
    let got = app.get(&format!("/tasks/{task}?opt_fields=custom_fields.name")).await;
    assert_eq!(gids(&got.data()["custom_fields"]), [score, effort]);
}

#[tokio::test]
async fn options_are_added_ordered_and_disabled_never_deleted() {
    let (app, project, task) = app().await;
    let field = app.field(&project, "Band", FieldType::Enum, &["A", "B"]);
    let options = app.options(&field).await;
    set(&app, &task, &field, json!(options[0])).await.data();
    let path = format!("/custom_fields/{field}/enum_options");
    let first = app.post(&path, json!({"name": "Top", "insert_before": options[0]})).await.gid();
    let last = app.post(&path, json!({"name": "End", "color": "blue"})).await.gid();
    app.post(&format!("{path}/insert"), json!({"enum_option": last, "after_enum_option": first}))
        .await
        .data();
    assert_eq!(app.options(&field).await, [first.as_str(), &last, &options[0], &options[1]]);
    app.put(&format!("/enum_options/{}", options[0]), json!({"enabled": false})).await.data();
    assert_eq!(app.delete(&format!("/enum_options/{last}")).await.status, 403);
    let old = app.get(&format!("/tasks/{task}?opt_fields=custom_fields.enum_value.enabled")).await;
    assert_eq!(old.data()["custom_fields"][0]["enum_value"]["enabled"], false, "old tasks keep it");
    let other = app.task(&app.sections(&project)[0], "two");
    assert_eq!(set(&app, &other, &field, json!(options[0])).await.status, 400);
    for option in [&first, &last] {
        app.put(&format!("/enum_options/{option}"), json!({"enabled": false})).await.data();
    }
    assert_eq!(
        app.put(&format!("/enum_options/{}", options[1]), json!({"enabled": false})).await.status,
        400
    );
}

#[tokio::test]
async fn an_enum_holds_500_options() {
    let app = App::start().await;
    let options: Vec<Value> = (0..500).map(|nth| json!({"name": format!("{nth}")})).collect();
    let field = define(&app, json!({"name": "Many", "resource_subtype": "enum", "enum_options": options}))
        .await
        .gid();
    assert_eq!(
        app.post(&format!("/custom_fields/{field}/enum_options"), json!({"name": "501"})).await.status,
        400
    );
}

#[tokio::test]
async fn settings_take_a_gid_or_a_whole_definition_and_keep_order() {
    let (app, project, _) = app().await;
    let path = format!("/projects/{project}/addCustomFieldSetting");
    let first = app.field(&project, "First", FieldType::Text, &[]);
    let definition = json!({"name": "Local", "resource_subtype": "number", "precision": 3});
    let local = app
        .post(&path, json!({"custom_field": definition, "is_important": true, "insert_before": first}))
        .await;
    assert_eq!(local.data()["is_important"], true);
    let local = local.data()["custom_field"]["gid"].as_str().expect("a gid").to_owned();
    let listed = app
        .get(&format!("/projects/{project}/custom_field_settings?opt_fields=custom_field.precision"))
        .await;
    assert_eq!(listed.data()[0]["custom_field"], json!({"gid": local, "precision": 3}));
    let library = app.get(&format!("/workspaces/{}/custom_fields", workspace(&app))).await;
    assert_eq!(gids(library.data()), [first.as_str()], "a local field is not in the library");
    assert_eq!(app.post(&path, json!({"custom_field": first})).await.status, 400, "no field twice");
    let remove = format!("/projects/{project}/removeCustomFieldSetting");
    app.post(&remove, json!({"custom_field": local})).await.data();
    app.post(&remove, json!({"custom_field": local}))
        .await
        .refused(400, &format!("Custom field with ID {local} is not on given object"));
}

#[tokio::test]
async fn the_free_plan_answers_402() {
    let app = App::start_with(Setup { plan: Plan::Free, ..Setup::default() }).await;
    let project = app.project(&["Now"]);
    let task = app.task(&app.sections(&project)[0], "one");
    let field = app.field(&project, "Score", FieldType::Number, &[]);
    set(&app, &task, &field, json!(1))
        .await
        .refused(402, "Custom Fields are not available for free users or guests.");
    app.running.with_world(|world| world.set_value(&task, &field, Some(FieldValue::Number(5.0))));
    let got = app.get(&format!("/tasks/{task}?opt_fields=custom_fields.name")).await;
    assert_eq!(got.data()["custom_fields"], json!([]), "values of better days are hidden");
    app.get(&format!("/projects/{project}/custom_field_settings"))
        .await
        .refused(402, "Custom Field Settings are not available for free users.");
    assert_eq!(app.get(&format!("/tasks/{task}/dependencies")).await.status, 402);
}
