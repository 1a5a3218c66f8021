//! `opt_fields`: exactly what was asked for, to any depth.

use crate::app::{App, keys};
use sandbox::world::FieldType;
use serde_json::json;

#[tokio::test]
async fn only_named_fields_and_gid_come_back() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let section = app.sections(&project)[0].clone();
    let task = app.task(&section, "one");
    let got =
        app.get(&format!("/tasks/{task}?opt_fields=name,no_such_field,this.completed&opt_pretty=true")).await;
    assert_eq!(got.keys(), ["completed", "gid", "name"]);
    let list = app.get(&format!("/projects/{project}/tasks")).await;
    assert_eq!(keys(&list.data()[0]), ["gid", "name", "resource_subtype", "resource_type"]);
}

#[tokio::test]
async fn memberships_alone_are_shells_and_paths_fill_them() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let section = app.sections(&project)[0].clone();
    let task = app.task(&section, "one");
    let ask =
        async |fields: &str| app.get(&format!("/tasks/{task}?opt_fields={fields}")).await.data().clone();
    assert_eq!(ask("memberships").await["memberships"], json!([{}]));
    assert_eq!(
        ask("memberships.(project|section).gid").await["memberships"],
        json!([{"project": {"gid": project}, "section": {"gid": section}}])
    );
    assert_eq!(
        ask("memberships.section.name").await["memberships"],
        json!([{"section": {"gid": section, "name": "Now"}}])
    );
}

#[tokio::test]
async fn nested_objects_are_followed_to_any_depth() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let section = app.sections(&project)[0].clone();
    let (first, second) = (app.task(&section, "first"), app.task(&section, "second"));
    let field = app.field(&project, "Priority", FieldType::Enum, &["Low", "High"]);
    let options = app.options(&field).await;
    app.post(&format!("/tasks/{second}/addDependencies"), json!({"dependencies": [first]})).await.data();
    app.put(&format!("/tasks/{second}"), json!({"assignee": "me", "custom_fields": {&field: options[1]}}))
        .await
        .data();
    let fields = "assignee.email,dependencies.(name|completed),dependencies.memberships.section.name,\
        custom_fields.enum_value.name,custom_fields.precision,parent.name";
    let got = app.get(&format!("/tasks/{second}?opt_fields={fields}")).await;
    let bot = app.running.with_world(|world| world.bot().clone());
    assert_eq!(
        *got.data(),
        json!({
            "gid": second,
            "assignee": {"gid": bot, "email": "bot@sandbox.example"},
            "dependencies": [{
                "gid": first, "name": "first", "completed": false,
                "memberships": [{"section": {"gid": section, "name": "Now"}}],
            }],
            "custom_fields": [{"gid": field, "enum_value": {"gid": options[1], "name": "High"}}],
            "parent": null,
        })
    );
    let settings =
        app.get(&format!("/projects/{project}?opt_fields=custom_field_settings.custom_field.name")).await;
    assert_eq!(
        settings.data()["custom_field_settings"][0]["custom_field"],
        json!({"gid": field, "name": "Priority"})
    );
}

#[tokio::test]
async fn a_field_is_compact_when_named_alone_and_full_in_a_whole_record() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let section = app.sections(&project)[0].clone();
    let task = app.task(&section, "one");
    app.field(&project, "Score", FieldType::Number, &[]);
    let named = app.get(&format!("/tasks/{task}?opt_fields=custom_fields")).await;
    let named = &named.data()["custom_fields"][0];
    assert!(named.get("precision").is_none() && named.get("resource_subtype").is_none());
    assert_eq!(named["display_value"], json!(null));
    assert_eq!(named["number_value"], json!(null));
    let whole = app.get(&format!("/tasks/{task}")).await;
    let whole = &whole.data()["custom_fields"][0];
    assert_eq!((&whole["precision"], &whole["resource_subtype"]), (&json!(1), &json!("number")));
    assert_eq!(whole["enabled"], true);
}

#[tokio::test]
async fn opt_in_fields_stay_out_of_whole_records() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let task = app.task(&app.sections(&project)[0], "one");
    let got = app.get(&format!("/tasks/{task}")).await;
    for opt_in in ["created_by", "dependencies", "dependents", "html_notes", "num_subtasks", "external"] {
        assert!(got.data().get(opt_in).is_none(), "{opt_in}");
    }
    let asked = app.get(&format!("/tasks/{task}?opt_fields=html_notes,num_subtasks,dependencies")).await;
    assert_eq!(asked.data()["html_notes"], "<body></body>");
    assert_eq!(asked.data()["num_subtasks"], 0);
}

#[tokio::test]
async fn task_counts_come_only_when_named() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    app.task(&app.sections(&project)[0], "one");
    let path = format!("/projects/{project}/task_counts");
    assert_eq!(*app.get(&path).await.data(), json!({}));
    let got = app.get(&format!("{path}?opt_fields=num_tasks,num_completed_tasks")).await;
    assert_eq!(*got.data(), json!({"num_tasks": 1, "num_completed_tasks": 0}));
}
