//! Small rules of the API that its OpenAPI file states in prose, resource by resource.

use crate::app::{App, gids};
use reqwest::Method;
use sandbox::world::FieldType;
use serde_json::json;

async fn workspace(app: &App) -> String {
    app.running.with_world(|world| world.workspace().clone())
}

#[tokio::test]
async fn moments_without_a_zone_are_utcs_and_keep_their_time() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let task = app.task(&app.sections(&project)[0], "one");
    for given in [
        "2027-01-01T15:30:00",
        "2027-01-01 15:30:00",
        "2027-01-01T15:30:00.000Z",
        "2027-01-01T16:30:00+01:00",
    ] {
        let got = app.put(&format!("/tasks/{task}"), json!({"due_at": given})).await;
        assert_eq!(got.data()["due_at"], "2027-01-01T15:30:00.000Z", "{given}");
    }
    app.put(&format!("/tasks/{task}"), json!({"start_at": "2027-01-01T10:00:00Z"})).await.refused(
        400,
        "start_at: You must provide a due date (due_on or due_at) in the same request as a start date",
    );
}

#[tokio::test]
async fn projects_keep_what_is_written_and_refuse_what_they_do_not_know() {
    let app = App::start().await;
    let home = workspace(&app).await;
    let ana = app.running.with_world(|world| world.add_user("Ana", "ana@sandbox.example"));
    let path = format!("/workspaces/{home}/projects");
    let made = app
        .post(&path, json!({"name": "P", "minimum_access_level_for_sharing": "admin", "followers": [ana]}))
        .await;
    let project = made.gid();
    assert_eq!(made.data()["minimum_access_level_for_sharing"], "admin");
    assert_eq!(gids(&made.data()["members"]).len(), 2, "followers are members");
    let left = app.post(&format!("/projects/{project}/removeMembers"), json!({"members": [ana]})).await;
    assert!(!gids(&left.data()["followers"]).contains(&ana));
    for wrong in [
        json!({"color": "zz"}),
        json!({"icon": "zz"}),
        json!({"minimum_access_level_for_sharing": "viewer"}),
        json!({"start_on": "2027-01-01"}),
        json!({"start_on": "2027-01-02", "due_on": "2027-01-01"}),
        json!({"custom_fields": {"1": "a"}}),
    ] {
        assert_eq!(app.put(&format!("/projects/{project}"), wrong.clone()).await.status, 400, "{wrong}");
        assert_eq!(app.post(&path, wrong.clone()).await.status, 400, "{wrong}");
    }
    app.put(&format!("/projects/{project}"), json!({"current_status": {"color": "red", "text": "late"}}))
        .await
        .data();
    let status = app.get(&format!("/projects/{project}?opt_fields=current_status.color")).await;
    assert_eq!(status.data()["current_status"]["color"], "red");
    app.post(&format!("/projects/{project}/addMembers"), json!({"members": [ana]})).await.data();
    let stories = app.get(&format!("/projects/{project}/stories")).await;
    assert_eq!(stories.data()[0]["resource_subtype"], "member_added");
}

#[tokio::test]
async fn section_names_are_not_empty() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let section = app.sections(&project)[0].clone();
    assert_eq!(app.post(&format!("/projects/{project}/sections"), json!({"name": ""})).await.status, 400);
    assert_eq!(app.put(&format!("/sections/{section}"), json!({"name": ""})).await.status, 400);
    app.post(
        &format!("/projects/{project}/sections/insert"),
        json!({"section": section, "before_section": section, "after_section": section}),
    )
    .await
    .refused(400, "You may only provide one of before_section or after_section!");
}

#[tokio::test]
async fn tags_have_followers_and_known_colours() {
    let app = App::start().await;
    let home = workspace(&app).await;
    let ana = app.running.with_world(|world| world.add_user("Ana", "ana@sandbox.example"));
    let tag = app.post("/tags", json!({"workspace": home, "name": "t", "followers": [ana]})).await;
    assert!(gids(&tag.data()["followers"]).contains(&ana));
    assert_eq!(app.post("/tags", json!({"workspace": home, "color": "zz"})).await.status, 400);
    assert_eq!(app.put(&format!("/tags/{}", tag.gid()), json!({"color": "zz"})).await.status, 400);
    assert_eq!(
        app.put(&format!("/tags/{}", tag.gid()), json!({"color": "dark-red"})).await.data()["color"],
        "dark-red"
    );
}

#[tokio::test]
async fn dependencies_are_bare_until_more_is_asked_for() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let section = app.sections(&project)[0].clone();
    let (one, two) = (app.task(&section, "one"), app.task(&section, "two"));
    app.post(&format!("/tasks/{one}/addDependencies"), json!({"dependencies": [two]})).await.data();
    let got = app.get(&format!("/tasks/{one}?opt_fields=dependencies")).await;
    assert_eq!(got.data()["dependencies"], json!([{"gid": two, "resource_type": "task"}]));
    let got = app.get(&format!("/tasks/{one}?opt_fields=dependencies.name")).await;
    assert_eq!(got.data()["dependencies"], json!([{"gid": two, "name": "two"}]));
}

#[tokio::test]
async fn fields_can_be_set_on_a_my_tasks_list() {
    let app = App::start().await;
    let home = workspace(&app).await;
    let list = app.get(&format!("/users/me/user_task_list?workspace={home}")).await.gid();
    let field = app
        .post("/custom_fields", json!({"workspace": home, "resource_subtype": "text", "name": "Note"}))
        .await
        .gid();
    app.post(&format!("/projects/{list}/addCustomFieldSetting"), json!({"custom_field": field})).await.data();
    let settings =
        app.get(&format!("/projects/{list}/custom_field_settings?opt_fields=custom_field.name")).await;
    assert_eq!(settings.data()[0]["custom_field"]["name"], "Note");
}

#[tokio::test]
async fn definitions_of_fields_are_held_to_their_type() {
    let app = App::start().await;
    let home = workspace(&app).await;
    let make = async |more: serde_json::Value| {
        let mut data = json!({"workspace": home, "name": format!("F{}", more)});
        data.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        app.post("/custom_fields", data).await
    };
    let options = json!([{"name": "a"}]);
    let made = make(json!({"resource_subtype": "enum", "enum_options": options})).await;
    assert_eq!(made.data()["enum_options"][0]["color"], "none");
    for wrong in [
        json!({"resource_subtype": "enum"}),
        json!({"resource_subtype": "enum", "enum_options": []}),
        json!({"resource_subtype": "enum", "enum_options": [{"name": "a", "enabled": false}]}),
        json!({"resource_subtype": "reference", "input_restrictions": ["user"]}),
        json!({"resource_subtype": "number", "format": "currency", "currency_code": "ZZZZ"}),
        json!({"resource_subtype": "number", "format": "custom", "custom_label": "x", "custom_label_position": "mid"}),
        json!({"resource_subtype": "text", "name": "Description"}),
    ] {
        assert_eq!(make(wrong.clone()).await.status, 400, "{wrong}");
    }
    let money =
        make(json!({"resource_subtype": "number", "format": "currency", "currency_code": "USD"})).await.gid();
    let plain = app.put(&format!("/custom_fields/{money}"), json!({"format": "none"})).await;
    assert_eq!(plain.data()["currency_code"], json!(null));
    assert_eq!(app.put(&format!("/custom_fields/{money}"), json!({"type": "text"})).await.status, 400);
}

#[tokio::test]
async fn teams_read_back_what_was_written() {
    let app = App::start().await;
    let home = workspace(&app).await;
    let html = "<body><strong>x</strong></body>";
    let team = app
        .post(
            "/teams",
            json!({"organization": home, "name": "T", "html_description": html, "endorsed": true}),
        )
        .await
        .gid();
    let got = app.get(&format!("/teams/{team}?opt_fields=html_description,description")).await;
    assert_eq!((&got.data()["html_description"], &got.data()["description"]), (&json!(html), &json!("x")));
    let got = app.get(&format!("/teams/{team}")).await;
    assert_eq!(got.data()["endorsed"], true);
    assert_eq!(got.data()["team_member_removal_access_level"], "all_team_members");
}

#[tokio::test]
async fn external_data_comes_back_and_has_a_size() {
    let app = App::start().await;
    let home = workspace(&app).await;
    let external = json!({"gid": "ext-1", "data": "blob"});
    let task = app.post("/tasks", json!({"workspace": home, "name": "t", "external": external})).await.gid();
    assert_eq!(app.get(&format!("/tasks/{task}")).await.data()["external"], external);
    for wrong in [json!({"gid": "x".repeat(1025)}), json!({"data": "x".repeat(32_769)})] {
        assert_eq!(app.put(&format!("/tasks/{task}"), json!({"external": wrong})).await.status, 400);
    }
}

#[tokio::test]
async fn a_rejected_approval_is_approved_by_completing_it() {
    let app = App::start().await;
    let home = workspace(&app).await;
    let task = app
        .post(
            "/tasks",
            json!({"workspace": home, "resource_subtype": "approval", "approval_status": "rejected"}),
        )
        .await
        .gid();
    let got = app.put(&format!("/tasks/{task}"), json!({"completed": true})).await;
    assert_eq!(got.data()["approval_status"], "approved");
}

#[tokio::test]
async fn stickers_are_comments_too() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let task = app.task(&app.sections(&project)[0], "one");
    let path = format!("/tasks/{task}/stories");
    assert_eq!(app.post(&path, json!({"sticker_name": "heart"})).await.data()["sticker_name"], "heart");
    assert_eq!(app.post(&path, json!({"sticker_name": "zz"})).await.status, 400);
    let comment = app.post(&path, json!({"text": "a"})).await;
    assert_eq!(comment.data()["sticker_name"], json!(null));
    assert_eq!(app.put(&format!("/stories/{}", comment.gid()), json!({"text": ""})).await.status, 400);
    app.delete(&format!("/tasks/{task}")).await.data();
    assert_eq!(app.get(&format!("/stories/{}", comment.gid())).await.status, 404);
}

#[tokio::test]
async fn answers_are_indented_when_asked_for() {
    let app = App::start().await;
    let url = format!("{}/users/me?opt_pretty=true", app.running.base_url);
    let text = app.client.get(url).bearer_auth("sandbox-token").send().await.expect("an answer").text().await;
    assert!(text.expect("text").starts_with("{\n  \"data\""));
}

#[tokio::test]
async fn writing_a_team_on_a_project_is_announced_to_end() {
    let app = App::start().await;
    let home = workspace(&app).await;
    let team = gids(app.get(&format!("/workspaces/{home}/teams")).await.data())[0].clone();
    let url = format!("{}/projects", app.running.base_url);
    let body = json!({"data": {"workspace": home, "team": team, "name": "P"}});
    let answer =
        app.client.post(url).bearer_auth("sandbox-token").json(&body).send().await.expect("an answer");
    let change = answer.headers().get("asana-change").expect("a header").to_str().expect("text");
    assert!(change.ends_with("affected=true"), "{change}");
}

#[tokio::test]
async fn search_knows_whether_a_field_is_set_and_who_commented() {
    let app = App::start().await;
    let home = workspace(&app).await;
    let project = app.project(&["To do"]);
    let section = app.sections(&project)[0].clone();
    let field = app.field(&project, "Score", FieldType::Number, &[]);
    let (set, empty) = (app.task(&section, "set"), app.task(&section, "empty"));
    app.put(&format!("/tasks/{set}"), json!({"custom_fields": {&field: 1}})).await.data();
    app.post(&format!("/tasks/{set}/stories"), json!({"text": "hi"})).await.data();
    let found = async |filter: &str| {
        gids(
            app.get(&format!("/workspaces/{home}/tasks/search?projects.any={project}&{filter}")).await.data(),
        )
    };
    for (spelled, wanted) in [("true", &set), ("True", &set), ("false", &empty), ("False", &empty)] {
        assert_eq!(
            found(&format!("custom_fields.{field}.is_set={spelled}")).await,
            std::slice::from_ref(wanted),
            "{spelled}"
        );
    }
    assert_eq!(found("commented_on_by.not=me").await, [empty]);
    let wrong = app.get(&format!("/workspaces/{home}/tasks/search?due_on=zz")).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn agents_and_templates_are_found_by_typing() {
    let app = App::start().await;
    let home = workspace(&app).await;
    app.control(Method::POST, "make", json!({"what": "agent", "name": "Scout", "description": ""})).await;
    for kind in ["agent", "actor"] {
        let found = app.get(&format!("/workspaces/{home}/typeahead?resource_type={kind}&query=scout")).await;
        assert_eq!(found.data()[0]["name"], "Scout", "{kind}");
    }
}

#[tokio::test]
async fn lists_of_objects_can_be_sent_as_a_form() {
    let app = App::start().await;
    let project = app.project(&["To do", "Doing"]);
    let section = app.sections(&project)[1].clone();
    let url = format!("{}/tasks", app.running.base_url);
    let form = [("name", "t"), ("memberships[0][project]", &project), ("memberships[0][section]", &section)];
    let answer =
        app.client.post(url).bearer_auth("sandbox-token").form(&form).send().await.expect("an answer");
    let body: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(body["data"]["memberships"][0]["section"]["gid"], section.as_str());
}

#[tokio::test]
async fn a_task_added_to_a_project_without_a_place_goes_to_its_end() {
    let app = App::start().await;
    let project = app.project(&["To do", "Done"]);
    let sections = app.sections(&project);
    let task = app.task(&sections[0], "one");
    app.task(&sections[1], "last");
    app.post(&format!("/tasks/{task}/addProject"), json!({"project": project})).await.data();
    assert_eq!(gids(app.get(&format!("/projects/{project}/tasks")).await.data())[1], task);
}
