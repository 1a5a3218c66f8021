//! The typed calls: what they send, and that unknown or missing parts of an answer do no harm.

use asana::wire::{CustomFieldSubtype, StorySource, TaskSubtype, WebhookFilter};
use asana::{CustomFieldWrite, Error, NewCustomField, NewEnumOption, NewSetting, Place, TaskWrite};
use serde_json::{Value, json};

use crate::server::{Asked, Server, data, reply};

fn said(asked: &Asked) -> (&str, &str, &Value) {
    (&asked.method, asked.path.trim_start_matches("/api/1.0"), &asked.body["data"])
}

#[tokio::test]
async fn a_task_write_says_only_what_was_named() {
    let server = Server::playing([data(json!({ "gid": "1" }))]).await;
    let changes = TaskWrite::new()
        .due_on(None)
        .assignee(Some("me"))
        .custom_field("71", CustomFieldWrite::Number(82.5))
        .custom_field("72", CustomFieldWrite::Enum("721".to_owned()))
        .custom_field("73", CustomFieldWrite::Date("2026-11-24".parse().unwrap()))
        .custom_field("74", CustomFieldWrite::MultiEnum(vec!["741".to_owned()]))
        .custom_field("75", CustomFieldWrite::Clear);
    server.client().tasks().update("1", changes, &["modified_at"]).await.unwrap();
    let asked = &server.asked()[0];
    let fields =
        json!({ "71": 82.5, "72": "721", "73": { "date": "2026-11-24" }, "74": ["741"], "75": null });
    let body = json!({ "due_on": null, "assignee": "me", "custom_fields": fields });
    assert_eq!(said(asked), ("PUT", "/tasks/1", &body));
    assert_eq!(asked.query, "opt_fields=modified_at");
}

#[tokio::test]
async fn places_in_a_section_are_anchors() {
    let server = Server::playing((0..4).map(|_| data(json!({})))).await;
    let client = server.client();
    for place in [Place::Top, Place::Bottom, Place::Before("8".to_owned()), Place::After("9".to_owned())] {
        client.sections().add_task("5", "1", place).await.unwrap();
    }
    let asked = server.asked();
    assert_eq!(
        said(&asked[0]),
        ("POST", "/sections/5/addTask", &json!({ "task": "1", "insert_after": null }))
    );
    assert_eq!(said(&asked[1]).2, &json!({ "task": "1", "insert_before": null }));
    assert_eq!(said(&asked[2]).2, &json!({ "task": "1", "insert_before": "8" }));
    assert_eq!(said(&asked[3]).2, &json!({ "task": "1", "insert_after": "9" }));
}

#[tokio::test]
async fn a_field_is_made_and_put_on_a_project() {
    let field =
        json!({ "gid": "7", "resource_subtype": "enum", "enum_options": [{ "gid": "71", "name": "Keep" }] });
    let server = Server::playing([reply(201, json!({ "data": field })), data(json!({ "gid": "8" }))]).await;
    let client = server.client();
    let new = NewCustomField::new("9", &CustomFieldSubtype::Enum, "AI Recommended Action")
        .options(vec![NewEnumOption::new("Keep").color("green")])
        .notifications(false);
    let made = client.custom_fields().create(new).await.unwrap();
    assert_eq!(made.subtype(), Some(&CustomFieldSubtype::Enum));
    client
        .projects()
        .add_custom_field_setting("3", NewSetting::field(&made.gid).important(true))
        .await
        .unwrap();
    let asked = server.asked();
    let definition = json!({
        "workspace": "9", "resource_subtype": "enum", "name": "AI Recommended Action",
        "enum_options": [{ "name": "Keep", "color": "green" }], "has_notifications_enabled": false,
    });
    assert_eq!(said(&asked[0]), ("POST", "/custom_fields", &definition));
    let setting = json!({ "custom_field": "7", "is_important": true });
    assert_eq!(said(&asked[1]), ("POST", "/projects/3/addCustomFieldSetting", &setting));
}

#[tokio::test]
async fn unknown_words_and_keys_are_kept_or_ignored() {
    let task = json!({
        "gid": "1", "resource_subtype": "ritual", "brand_new_key": { "a": 1 }, "tags": null, "memberships": [{}],
        "custom_fields": [
            { "gid": "71", "type": "number", "number_value": 3, "display_value": "3", "enabled": true },
            { "gid": "72", "resource_subtype": "hologram" },
            { "gid": "73", "date_value": { "date": "2026-11-24", "date_time": null } },
            { "gid": "74", "date_value": { "due_on": "2026-11-25", "start_on": null } },
        ],
    });
    let server = Server::playing([data(task)]).await;
    let task = server.client().tasks().get("1", &[]).await.unwrap();
    assert_eq!(task.resource_subtype, Some(TaskSubtype::Other("ritual".to_owned())));
    assert!(task.tags.is_empty() && task.memberships[0].project.is_none() && task.completed.is_none());
    assert_eq!(task.custom_fields[0].number_value, Some(3.0));
    assert_eq!(task.custom_fields[0].subtype(), Some(&CustomFieldSubtype::Number));
    assert_eq!(task.custom_fields[1].subtype().map(CustomFieldSubtype::as_str), Some("hologram"));
    let date = |at: usize| task.custom_fields[at].date_value.as_ref().and_then(|v| v.date);
    assert_eq!((date(2), date(3)), ("2026-11-24".parse().ok(), "2026-11-25".parse().ok()));
}

#[tokio::test]
async fn a_story_keeps_old_and_new_values() {
    let stories = json!([{
        "gid": "1", "type": "system", "resource_subtype": "enum_custom_field_changed", "source": "web",
        "created_at": "2026-05-23T19:33:31.715Z", "created_by": { "gid": "5", "name": "Ada" },
        "custom_field": { "gid": "71", "name": "Priority" },
        "old_enum_value": null, "new_enum_value": { "gid": "711", "name": "High", "enabled": true },
    }, {
        "gid": "2", "type": "system", "resource_subtype": "section_changed", "created_by": null, "source": "carrier pigeon",
        "old_section": { "gid": "6" }, "new_section": { "gid": "7", "name": "Doing" },
    }]);
    let server = Server::playing([data(stories)]).await;
    let stories = server.client().stories().of_task("9").collect_all().await.unwrap();
    assert_eq!(stories[0].source, Some(StorySource::Web));
    assert_eq!(stories[0].new_enum_value.as_ref().map(|o| o.gid.as_str()), Some("711"));
    assert_eq!(stories[1].new_section.as_ref().and_then(|s| s.name.as_deref()), Some("Doing"));
    assert_eq!(stories[1].source.as_ref().map(StorySource::as_str), Some("carrier pigeon"));
}

#[tokio::test]
async fn an_event_stream_begins_with_a_fresh_token() {
    let fresh = json!({ "errors": [{ "message": "Sync token invalid or too old." }], "sync": "t1" });
    let event = json!({
        "action": "changed", "resource": { "gid": "1", "resource_type": "task" }, "user": null,
        "change": { "field": "assignee", "action": "changed", "new_value": { "gid": "3" } },
    });
    let page = json!({ "data": [event], "sync": "t2", "has_more": true });
    let server = Server::playing([reply(412, fresh), reply(200, page)]).await;
    let client = server.client();
    let Err(Error::SyncExpired { sync, .. }) = client.events("9", None).await else { panic!("a token") };
    let page = client.events("9", Some(&sync)).await.unwrap();
    assert_eq!((page.events.len(), page.sync.as_str(), page.has_more), (1, "t2", true));
    assert_eq!(server.asked()[1].query, "resource=9&sync=t1");
}

#[tokio::test]
async fn a_new_webhook_brings_its_secret_and_hides_it() {
    let answer = json!({ "data": { "gid": "4", "active": true, "filters": null }, "X-Hook-Secret": "hush" });
    let server = Server::playing([reply(201, answer)]).await;
    let filter = WebhookFilter { resource_type: "task".to_owned(), ..WebhookFilter::default() };
    let made =
        server.client().webhooks().create("9", "https://upnext.example/hooks/9", &[filter]).await.unwrap();
    assert_eq!(made.webhook.gid, "4");
    assert!(!format!("{made:?}").contains("hush"));
    let secret = made.secret.unwrap();
    let body = br#"{"events":[]}"#;
    let signature = asana::signature::sign(&secret, body).unwrap();
    assert!(asana::signature::verify(&"hush".into(), body, &signature));
    let wanted = json!({
        "resource": "9", "target": "https://upnext.example/hooks/9", "filters": [{ "resource_type": "task" }],
    });
    assert_eq!(said(&server.asked()[0]), ("POST", "/webhooks", &wanted));
}

#[tokio::test]
async fn calls_can_run_on_their_own_tasks() {
    let server = Server::playing([data(json!({ "gid": "1" })), data(json!([{ "gid": "2" }]))]).await;
    let client = server.client();
    let other = client.clone();
    let me = tokio::spawn(async move { other.users().me(&["name"]).await }).await.unwrap().unwrap();
    let list = client.tasks().in_project("9");
    let tasks = tokio::spawn(list.collect_all()).await.unwrap().unwrap();
    assert_eq!((me.gid.as_str(), tasks.len()), ("1", 1));
}
