//! Changing a task on the page: as a person, by the API's own rules.

use crate::app::{App, Setup, gids};
use crate::page::{Seen, address, look, seen};
use reqwest::redirect::Policy;
use sandbox::world::FieldType;
use serde_json::json;

/// A project with a task, and two people beside the bot.
struct Desk {
    app: App,
    project: String,
    task: String,
    ada: String,
    bob: String,
}

impl Desk {
    async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    #[expect(clippy::disallowed_methods, reason = "the tests speak to the sandbox as any HTTP client would")]
    async fn start_with(setup: Setup) -> Self {
        let mut app = App::start_with(setup).await;
        app.client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        let project = app.project(&["Now", "Later"]);
        let now = app.sections(&project).remove(0);
        let task = app.task(&now, "Ship it");
        let (ada, bob) = app.running.with_world(|world| {
            (world.add_user("Ada", "ada@sandbox.example"), world.add_user("Bob", "bob@sandbox.example"))
        });
        Self { app, project, task, ada, bob }
    }

    async fn send(&self, what: &str, values: &[&str]) -> Seen {
        let form: Vec<(&str, &str)> = values.iter().map(|value| ("value", *value)).collect();
        let url = address(&self.app, &format!("/task/{}/{what}", self.task));
        seen(self.app.client.post(url).form(&form).send().await.expect("an answer")).await
    }

    /// Sends a form that is taken.
    async fn saves(&self, what: &str, values: &[&str]) {
        let got = self.send(what, values).await;
        assert_eq!(got.status, 303, "{}", got.text);
        let id = what.replace('/', "-");
        assert_eq!(got.location, format!("/task/{}?saved={id}#{id}", self.task));
    }

    async fn field(&self, field: &str) -> serde_json::Value {
        let got = self.app.get(&format!("/tasks/{}", self.task)).await;
        let fields = got.data()["custom_fields"].as_array().expect("a list").clone();
        fields.into_iter().find(|one| one["gid"] == field).expect("the field")
    }
}

#[tokio::test]
async fn an_option_chosen_on_the_page_is_a_change_by_that_person_in_the_web() {
    let desk = Desk::start().await;
    let app = &desk.app;
    let field = app.field(&desk.project, "Size", FieldType::Enum, &["Small", "Large"]);
    let large = app.options(&field).await.remove(1);
    let events = format!("/events?resource={}", desk.task);
    let sync = app.get(&events).await.body["sync"].as_str().expect("a token").to_owned();

    let url = address(app, "/acting");
    let form = [("value", desk.bob.as_str()), ("back", &format!("/task/{}", desk.task))];
    let acting = seen(app.client.post(url).form(&form).send().await.expect("an answer")).await;
    assert_eq!((acting.status, acting.location), (303, format!("/task/{}", desk.task)));
    let cookie = acting.cookie.split(';').next().expect("a cookie");
    let url = address(app, &format!("/task/{}/field/{field}", desk.task));
    let sent = app.client.post(url).header("cookie", cookie).form(&[("value", &large)]).send().await;
    assert_eq!(sent.expect("an answer").status().as_u16(), 303);

    let story = app.last_story(&desk.task).await;
    assert_eq!(story["resource_subtype"], "enum_custom_field_changed");
    assert_eq!((&story["source"], &story["created_by"]["gid"]), (&json!("web"), &json!(desk.bob)));
    assert_eq!(story["new_enum_value"]["name"], "Large");
    let told = app.get(&format!("{events}&sync={sync}")).await;
    let told = told.body["data"].as_array().expect("events").clone();
    assert!(
        told.iter().any(|event| event["action"] == "changed" && event["user"]["gid"] == json!(desk.bob)),
        "{told:?}"
    );
    let page = look(app, &format!("/task/{}", desk.task)).await;
    page.shows(&["changed Size to &#34;Large&#34;", "web", "Bob"]);
    look(app, "/calls?writes=1").await.shows(&["PUT", "<span class=\"badge info\">web</span>", "Bob"]);
}

#[tokio::test]
async fn every_property_has_its_form() {
    let desk = Desk::start().await;
    let app = &desk.app;
    let later = app.sections(&desk.project).remove(1);
    desk.saves("name", &["Ship it soon"]).await;
    desk.saves("notes", &["one\r\ntwo"]).await;
    desk.saves("assignee", &[&desk.bob]).await;
    desk.saves("due_on", &["2026-12-24"]).await;
    desk.saves("completed", &["true"]).await;
    desk.saves(&format!("section/{}", desk.project), &[&later]).await;
    desk.saves("comment", &["well done"]).await;
    let got = app.get(&format!("/tasks/{}", desk.task)).await;
    let task = got.data();
    assert_eq!((&task["name"], &task["notes"]), (&json!("Ship it soon"), &json!("one\ntwo")));
    assert_eq!((&task["completed"], &task["due_on"]), (&json!(true), &json!("2026-12-24")));
    assert_eq!(task["assignee"]["gid"], json!(desk.bob));
    assert_eq!(task["memberships"][0]["section"]["gid"], json!(later));
    let comment = app.last_story(&desk.task).await;
    assert_eq!((&comment["text"], &comment["source"]), (&json!("well done"), &json!("web")));
    // The first person who is not the bot.
    assert_eq!(comment["created_by"]["gid"], json!(desk.ada));
    desk.saves("assignee", &[""]).await;
    desk.saves("due_on", &[""]).await;
    let got = app.get(&format!("/tasks/{}", desk.task)).await;
    assert!(got.data()["assignee"].is_null() && got.data()["due_on"].is_null());
}

#[tokio::test]
async fn every_type_of_field_has_its_form() {
    let desk = Desk::start().await;
    let app = &desk.app;
    let make = |name: &str, of: FieldType, options: &[&str]| app.field(&desk.project, name, of, options);
    let number = make("Number", FieldType::Number, &[]);
    let text = make("Text", FieldType::Text, &[]);
    let many = make("Many", FieldType::MultiEnum, &["A", "B", "C"]);
    let date = make("Date", FieldType::Date, &[]);
    let who = make("Who", FieldType::People, &[]);
    let options = app.options(&many).await;
    let page = look(app, &format!("/task/{}", desk.task)).await;
    page.shows(&["type=\"number\"", "type=\"checkbox\"", "type=\"date\"", "<select"]);
    let of = |field: &str| format!("field/{field}");
    desk.saves(&of(&number), &["2.5"]).await;
    desk.saves(&of(&text), &["so"]).await;
    desk.saves(&of(&many), &[&options[0], &options[2]]).await;
    desk.saves(&of(&date), &["2026-12-01"]).await;
    desk.saves(&of(&who), &[&desk.ada, &desk.bob]).await;
    assert_eq!(desk.field(&number).await["number_value"], 2.5);
    assert_eq!(desk.field(&text).await["text_value"], "so");
    assert_eq!(gids(&desk.field(&many).await["multi_enum_values"]), [options[0].clone(), options[2].clone()]);
    assert_eq!(desk.field(&date).await["date_value"]["date"], "2026-12-01");
    assert_eq!(gids(&desk.field(&who).await["people_value"]), [desk.ada.clone(), desk.bob.clone()]);
    for (field, empty) in [(&number, &[""][..]), (&text, &[""]), (&many, &[]), (&date, &[""]), (&who, &[])] {
        desk.saves(&of(field), empty).await;
        assert!(desk.field(field).await["display_value"].is_null());
    }
}

#[tokio::test]
async fn what_the_api_refuses_is_shown_in_its_words() {
    let desk = Desk::start().await;
    let number = desk.app.field(&desk.project, "Value", FieldType::Number, &[]);
    let refused = desk.send(&format!("field/{number}"), &["many"]).await;
    assert_eq!(refused.status, 400);
    refused.shows(&["role=\"alert\"", "value=\"many\"", "Value is not a number: &#34;many&#34;", "Ship it"]);
    desk.send("comment", &[" "]).await.shows(&["text: A comment must not be empty"]);
    desk.send("assignee", &["nobody@else.example"]).await.shows(&["assignee: Not a user in Organization"]);
    let other = desk.app.project(&["Elsewhere"]);
    let section = desk.app.sections(&other).remove(0);
    assert_eq!(desk.send("section/1", &["x/../y"]).await.status, 404);
    desk.saves(&format!("section/{other}"), &[&section]).await;
    assert_eq!(desk.send("wobble", &["1"]).await.status, 404);
    // A form without its field does not clear anything.
    assert_eq!(desk.send("due_on", &[]).await.status, 404);
    look(&desk.app, "/calls?errors=1").await.shows(&["400", "web"]);
}

#[tokio::test]
async fn other_sites_cannot_send_the_forms() {
    let desk = Desk::start().await;
    let app = &desk.app;
    let url = address(app, &format!("/task/{}/name", desk.task));
    let own = format!("http://{}", app.running.addr);
    let send = async |header: &'static str, value: &str| {
        let request = app.client.post(&url).form(&[("value", "Taken over")]).header(header, value);
        request.send().await.expect("an answer").status().as_u16()
    };
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1", &format!("{own}.evil.example")] {
        assert_eq!(send("origin", origin).await, 403, "{origin}");
    }
    assert_eq!(send("sec-fetch-site", "cross-site").await, 403);
    assert_eq!(send("host", "evil.example").await, 403);
    let name = app.get(&format!("/tasks/{}", desk.task)).await.data()["name"].clone();
    assert_eq!(name, "Ship it");
    assert_eq!(send("origin", &own).await, 303);
}

#[tokio::test]
async fn edits_spend_no_budget_and_meet_no_fault() {
    let faults = sandbox::Faults::from_toml("[server_error]\nrate = 1.0").expect("valid switches");
    let desk = Desk::start_with(Setup { limits: true, faults, ..Setup::default() }).await;
    for nth in 0..160 {
        desk.saves("name", &[&format!("name {nth}")]).await;
    }
}
