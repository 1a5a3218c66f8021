//! Stories: what every change leaves behind, and comments.

use crate::app::App;
use reqwest::Method;
use sandbox::world::FieldType;
use serde_json::json;

async fn app() -> (App, String, String) {
    let app = App::start().await;
    let project = app.project(&["To do", "Doing"]);
    let task = app.task(&app.sections(&project)[0], "one");
    (app, project, task)
}

#[tokio::test]
async fn every_kind_of_field_leaves_a_typed_story_with_old_and_new_value() {
    let (app, project, task) = app().await;
    let bot = app.running.with_world(|world| world.bot().clone());
    let cases = [
        (FieldType::Text, json!("why"), "text_value", json!("why")),
        (FieldType::Number, json!(3.123), "number_value", json!(3.1)),
        (
            FieldType::Date,
            json!({"date": "2026-12-01"}),
            "date_value",
            json!({"date": "2026-12-01", "date_time": null}),
        ),
        (
            FieldType::People,
            json!(["me"]),
            "people_value",
            json!([{"gid": bot, "resource_type": "user", "name": "Upnext Bot"}]),
        ),
    ];
    for (field_type, given, key, shown) in cases {
        let field = app.field(&project, field_type.word(), field_type, &[]);
        let got = app.put(&format!("/tasks/{task}"), json!({"custom_fields": {&field: given}})).await;
        let values = got.data()["custom_fields"].as_array().expect("a list");
        let value = values.iter().find(|value| value["gid"] == field.as_str()).expect("the field");
        assert_eq!(value[key], shown, "{key}");
        let story = app.last_story(&task).await;
        assert_eq!(story["resource_subtype"], format!("{}_custom_field_changed", field_type.word()));
        assert_eq!(story["custom_field"]["gid"], field.as_str());
        // Dates have another shape in stories than on the task.
        let told = if key == "date_value" {
            json!({"start_on": null, "due_at": null, "due_on": "2026-12-01"})
        } else {
            shown
        };
        assert_eq!(story[format!("new_{key}")], told);
        assert_eq!((&story["type"], &story["source"]), (&json!("system"), &json!("api")));
        assert_eq!(story["created_by"]["gid"], bot.as_str());
        app.put(&format!("/tasks/{task}"), json!({"custom_fields": {&field: null}})).await.data();
        assert_eq!(app.last_story(&task).await[format!("old_{key}")], told);
    }
}

#[tokio::test]
async fn enum_stories_hold_the_options() {
    let (app, project, task) = app().await;
    let one = app.field(&project, "Priority", FieldType::Enum, &["Low", "High"]);
    let many = app.field(&project, "Areas", FieldType::MultiEnum, &["Web", "App"]);
    let (low_high, areas) = (app.options(&one).await, app.options(&many).await);
    app.put(&format!("/tasks/{task}"), json!({"custom_fields": {&one: low_high[0]}})).await.data();
    app.put(&format!("/tasks/{task}"), json!({"custom_fields": {&one: low_high[1]}})).await.data();
    let story = app.last_story(&task).await;
    assert_eq!(
        (&story["old_enum_value"]["name"], &story["new_enum_value"]["name"]),
        (&json!("Low"), &json!("High"))
    );
    app.put(&format!("/tasks/{task}"), json!({"custom_fields": {&many: areas}})).await.data();
    let story = app.last_story(&task).await;
    assert_eq!(story["resource_subtype"], "multi_enum_custom_field_changed");
    assert_eq!(story["new_multi_enum_values"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn plain_changes_leave_their_stories() {
    let (app, _, task) = app().await;
    let path = format!("/tasks/{task}");
    app.put(&path, json!({"name": "two"})).await.data();
    let story = app.last_story(&task).await;
    assert_eq!((&story["old_name"], &story["new_name"]), (&json!("one"), &json!("two")));
    app.put(&path, json!({"notes": "more"})).await.data();
    app.put(&path, json!({"due_on": "2026-12-24", "start_on": "2026-12-01"})).await.data();
    let story = app.last_story(&task).await;
    assert_eq!(story["new_dates"], json!({"start_on": "2026-12-01", "due_at": null, "due_on": "2026-12-24"}));
    app.put(&path, json!({"assignee": "me"})).await.data();
    app.put(&path, json!({"assignee": null})).await.data();
    app.put(&path, json!({"completed": true})).await.data();
    app.put(&path, json!({"completed": false})).await.data();
    assert_eq!(
        app.history(&task).await,
        [
            "name_changed",
            "notes_changed",
            "due_date_changed",
            "start_date_changed",
            "assigned",
            "unassigned",
            "marked_complete",
            "marked_incomplete",
        ]
    );
}

#[tokio::test]
async fn a_put_that_changes_nothing_leaves_no_trace() {
    let (app, project, task) = app().await;
    let field = app.field(&project, "Score", FieldType::Number, &[]);
    let path = format!("/tasks/{task}");
    let data =
        json!({"name": "two", "custom_fields": {&field: 3.12}, "due_on": "2026-12-24", "assignee": "me"});
    let before = app.put(&path, data).await;
    let history = app.history(&task).await;
    app.jump(60).await;
    // 3.11 is 3.1 as well once rounded.
    let data =
        json!({"name": "two", "custom_fields": {&field: "3.11"}, "due_on": "2026-12-24", "assignee": "me"});
    let after = app.put(&path, data).await;
    assert_eq!(after.data()["modified_at"], before.data()["modified_at"]);
    assert_eq!(app.history(&task).await, history);
}

#[tokio::test]
async fn moving_does_not_count_as_modifying_and_changing_does() {
    let (app, project, task) = app().await;
    let other = app.project(&["Elsewhere"]);
    let modified = async || {
        app.get(&format!("/tasks/{task}?opt_fields=modified_at")).await.data()["modified_at"].clone()
    };
    let before = modified().await;
    app.jump(60).await;
    app.post(&format!("/tasks/{task}/addProject"), json!({"project": other})).await.data();
    app.post(&format!("/tasks/{task}/removeProject"), json!({"project": other})).await.data();
    assert_eq!(modified().await, before);
    let sections = app.sections(&project);
    app.post(&format!("/sections/{}/addTask", sections[1]), json!({"task": task})).await.data();
    assert_eq!(app.history(&task).await, ["added_to_project", "removed_from_project", "section_changed"]);
    let story = app.last_story(&task).await;
    assert_eq!(
        (&story["old_section"]["name"], &story["new_section"]["name"]),
        (&json!("To do"), &json!("Doing"))
    );
    app.post(&format!("/tasks/{task}/stories"), json!({"text": "note"})).await.data();
    assert_ne!(modified().await, before);
}

#[tokio::test]
async fn sources_and_actors_tell_people_from_the_bot() {
    let (mut app, _, task) = app().await;
    let ana = app.running.with_world(|world| {
        let ana = world.add_user("Ana", "ana@sandbox.example");
        world.add_token("anas", &ana);
        ana
    });
    (app.token, app.source) = (Some("anas".to_owned()), Some("web"));
    app.put(&format!("/tasks/{task}"), json!({"name": "by hand"})).await.data();
    let story = app.last_story(&task).await;
    assert_eq!((&story["created_by"]["gid"], &story["source"]), (&json!(ana), &json!("web")));
}

#[tokio::test]
async fn comments_are_written_edited_pinned_and_deleted_by_their_author() {
    let (mut app, _, task) = app().await;
    let path = format!("/tasks/{task}/stories");
    app.post(&path, json!({})).await.refused(400, "text: Missing input");
    app.post(&path, json!({"text": "a", "html_text": "<body>a</body>"}))
        .await
        .refused(400, "You may only provide one of text or html_text!");
    assert_eq!(app.post(&path, json!({"html_text": "no body"})).await.status, 400);
    let comment = app
        .post(&path, json!({"html_text": "<body>Look: <strong>a &amp; b</strong></body>", "is_pinned": true}))
        .await;
    assert_eq!(
        (&comment.data()["text"], &comment.data()["type"]),
        (&json!("Look: a & b"), &json!("comment"))
    );
    assert_eq!(comment.data()["is_pinned"], true);
    let story = format!("/stories/{}", comment.gid());
    let edited = app.put(&story, json!({"text": "better"})).await;
    assert_eq!((&edited.data()["text"], &edited.data()["is_edited"]), (&json!("better"), &json!(true)));

    app.put(&format!("/tasks/{task}"), json!({"name": "two"})).await.data();
    let system = app.last_story(&task).await["gid"].as_str().expect("a gid").to_owned();
    assert_eq!(app.put(&format!("/stories/{system}"), json!({"text": "no"})).await.status, 400);

    app.running.with_world(|world| {
        let ana = world.add_user("Ana", "ana@sandbox.example");
        world.add_token("anas", &ana);
    });
    app.token = Some("anas".to_owned());
    assert_eq!(app.delete(&story).await.status, 403);
    assert_eq!(app.put(&story, json!({"text": "mine now"})).await.status, 403);
    app.token = Some("sandbox-token".to_owned());
    assert_eq!(*app.delete(&story).await.data(), json!({}));
    assert_eq!(app.get(&story).await.status, 404);
}

#[tokio::test]
async fn links_followers_and_tags_leave_stories_on_both_ends() {
    let (app, project, task) = app().await;
    let other = app.task(&app.sections(&project)[0], "other");
    app.post(&format!("/tasks/{task}/addDependencies"), json!({"dependencies": [other]})).await.data();
    assert_eq!(app.history(&task).await, ["dependency_added"]);
    assert_eq!(app.history(&other).await, ["dependent_added"]);
    assert_eq!(app.last_story(&task).await["dependency"]["gid"], other.as_str());
    app.put(&format!("/tasks/{other}"), json!({"due_on": "2026-12-24"})).await.data();
    assert_eq!(app.last_story(&task).await["new_dates"]["due_on"], "2026-12-24");
    app.put(&format!("/tasks/{other}"), json!({"completed": true})).await.data();
    app.post(&format!("/tasks/{task}/removeDependencies"), json!({"dependencies": [other]})).await.data();
    let ana = app.running.with_world(|world| world.add_user("Ana", "ana@sandbox.example"));
    app.post(&format!("/tasks/{task}/addFollowers"), json!({"followers": [ana]})).await.data();
    let workspace = app.running.with_world(|world| world.workspace().clone());
    let tag = app.post("/tags", json!({"workspace": workspace, "name": "urgent"})).await.gid();
    for _ in 0..2 {
        app.post(&format!("/tasks/{task}/addTag"), json!({"tag": tag})).await.data();
    }
    assert_eq!(
        app.history(&task).await,
        [
            "dependency_added",
            "dependency_due_date_changed",
            "dependency_marked_complete",
            "dependency_removed",
            "follower_added",
            "added_to_tag"
        ]
    );
}

#[tokio::test]
async fn quick_repeats_by_one_user_become_one_story_when_asked_for() {
    let (mut app, project, task) = app().await;
    let field = app.field(&project, "Score", FieldType::Number, &[]);
    let other = app.field(&project, "Effort", FieldType::Number, &[]);
    let ana = app.running.with_world(|world| {
        let ana = world.add_user("Ana", "ana@sandbox.example");
        world.add_token("anas", &ana);
        ana
    });
    let path = format!("/tasks/{task}");
    app.control(Method::POST, "faults", json!({"merge_stories_seconds": 60})).await;
    for (field, value) in [(&field, 1), (&other, 5), (&field, 2), (&field, 3)] {
        app.put(&path, json!({"custom_fields": {field: value}})).await.data();
    }
    let listed = format!("{path}/stories?opt_fields=custom_field,old_number_value,new_number_value");
    let stories = || app.get(&listed);
    let got = stories().await;
    assert_eq!(got.data().as_array().map(Vec::len), Some(2), "{}", got.body);
    assert_eq!(
        (&got.data()[0]["old_number_value"], &got.data()[0]["new_number_value"]),
        (&json!(null), &json!(3))
    );
    // Back to what it was: the history must not claim a change that is none.
    app.put(&path, json!({"custom_fields": {&field: null}})).await.data();
    assert_eq!(stories().await.data().as_array().map(Vec::len), Some(3));
    // Later, or by another: a story of its own.
    app.jump(61).await;
    app.put(&path, json!({"custom_fields": {&field: 4}})).await.data();
    assert_eq!(stories().await.data().as_array().map(Vec::len), Some(4));
    app.token = Some("anas".to_owned());
    app.put(&path, json!({"custom_fields": {&field: 5}})).await.data();
    assert_eq!(app.history(&task).await.len(), 5);
    assert_eq!(app.last_story(&task).await["created_by"]["gid"], ana.as_str());
}

#[tokio::test]
async fn likes_mentions_and_parents_are_told() {
    let (app, project, task) = app().await;
    let other = app.task(&app.sections(&project)[0], "other");
    app.put(&format!("/tasks/{task}"), json!({"liked": true})).await.data();
    let comment = app
        .post(
            &format!("/tasks/{task}/stories"),
            json!({"html_text": format!("<body>see <a data-asana-gid=\"{other}\"/></body>")}),
        )
        .await
        .gid();
    assert_eq!(app.last_story(&other).await["task"]["gid"], task.as_str());
    let like = json!({"what": "reaction", "target": comment, "user": "me", "emoji": "👍"});
    app.control(Method::POST, "make", like).await;
    assert_eq!(app.last_story(&task).await["story"]["gid"], comment.as_str());
    let story = app.get(&format!("/stories/{comment}")).await;
    assert_eq!((&story.data()["num_likes"], &story.data()["liked"]), (&json!(1), &json!(true)));
    assert_eq!(
        story.data()["reaction_summary"],
        json!([{"emoji_base": "👍", "variant": "👍", "count": 1, "reacted": true}])
    );
    app.post(&format!("/tasks/{other}/setParent"), json!({"parent": task})).await.data();
    app.post(&format!("/tasks/{other}/setParent"), json!({"parent": null})).await.data();
    assert_eq!(app.history(&task).await, ["liked", "comment_added", "comment_liked"]);
    assert_eq!(app.history(&other).await, ["mentioned", "added_to_task", "removed_from_task"]);
}

#[tokio::test]
async fn open_tasks_are_told_of_on_the_day_they_are_due() {
    let (app, project, task) = app().await;
    let done = app.task(&app.sections(&project)[0], "done");
    for gid in [&task, &done] {
        app.put(&format!("/tasks/{gid}"), json!({"due_on": "2026-11-26"})).await.data();
    }
    app.put(&format!("/tasks/{done}"), json!({"completed": true})).await.data();
    let modified = app.get(&format!("/tasks/{task}")).await.data()["modified_at"].clone();
    app.jump(24 * 3600).await;
    assert_eq!(app.history(&task).await, ["due_date_changed"]);
    app.jump(24 * 3600).await;
    assert_eq!(app.history(&task).await, ["due_date_changed", "due_today"]);
    assert_eq!(app.last_story(&task).await["created_by"], json!(null));
    assert_eq!(app.history(&done).await, ["due_date_changed", "marked_complete"]);
    assert_eq!(app.get(&format!("/tasks/{task}")).await.data()["modified_at"], modified);
}
