//! Finding what a project already knows: names, comments, files; and when files may not be read.

use crate::app::{Setting, TestApp};
use crate::backlog;
use crate::database::Kind;
use crate::documents::{docx, pdf};
use serde_json::{Value, json};

pub const ON: &str = "[policy]\nread_attachments = true\n";

/// A dozen tasks, one of them with a comment and one done.
fn tasks() -> String {
    let about = ["invoice export", "login page", "nightly backup", "search index"];
    let mut lines: Vec<Value> = (0..10)
        .map(|n| json!({ "id": format!("T-{n}"), "title": format!("The {} number {n} is slow", about[n % 4]),
                         "description": "Customers complain.", "created": format!("2026-05-{:02}T09:00:00Z", n + 1) }))
        .collect();
    lines.push(json!({
        "id": "T-done", "title": "Crash when a drawing is saved twice", "created": "2026-05-20T09:00:00Z",
        "description": "NullPointerException in SaveDrawing after the second save.", "resolved": "2026-05-22T09:00:00Z"
    }));
    let comment =
        json!({ "author": "dev1", "at": "2026-05-23T10:00:00Z", "text": "The turbine hums at night." });
    lines.push(json!({ "id": "T-said", "title": "Call the customer back", "description": "",
                       "created": "2026-05-21T09:00:00Z", "comments": [comment] }));
    backlog::text(&lines)
}

pub fn world(database: Kind, config: &str) -> TestApp {
    TestApp::with(Setting { backlogs: vec![tasks()], database, config, ..Setting::default() })
}

pub fn named(app: &TestApp, name: &str) -> String {
    let tasks = app.asana.tasks(&app.project);
    let task = tasks.iter().find(|task| task["name"].as_str().unwrap().contains(name));
    task.unwrap_or_else(|| panic!("no task {name}"))["gid"].as_str().unwrap().to_owned()
}

pub fn search(app: &TestApp, words: &str) -> Value {
    app.upnext(&["similar", "--json", "--project", &app.project, "--text", words]).ok().json()
}

fn first(found: &Value) -> &Value {
    &found["found"][0]
}

#[test]
fn done_tasks_and_comments_are_found_and_nothing_is_written() {
    let app = world(Kind::Sqlite, "");
    let made = app.asana.post(
        crate::asana::TOKEN,
        "/tasks",
        json!({ "name": "Crash on saving a drawing", "notes": "A null pointer exception.", "projects": [app.project] }),
    );
    app.asana.reset_counters();
    let gid = made["gid"].as_str().unwrap();
    let found = app.upnext(&["similar", "--json", "--project", &app.project, gid]).ok().json();
    let hit = first(&found);
    assert_eq!(
        (&hit["name"], &hit["completed"]),
        (&json!("Crash when a drawing is saved twice"), &json!(true))
    );
    assert_eq!(hit["link"], json!(format!("https://app.asana.com/0/0/{}/f", hit["task"].as_str().unwrap())));
    assert!(hit["repeats"].as_f64().unwrap() > 0.1, "{hit:#}");
    assert!(found["found"].as_array().unwrap().iter().all(|hit| hit["task"] != made["gid"]));

    let found = search(&app, "turbine humming at night");
    let quote = &first(&found)["quotes"][0];
    assert_eq!(quote["source"], json!({ "in": "comment", "by": "dev1" }));
    assert_eq!(quote["text"], "The turbine hums at night.");
    assert_eq!(first(&found)["repeats"], Value::Null, "words repeat nothing");
    assert_eq!(app.asana.writes(), 0);

    // What was read is not read again.
    app.asana.reset_counters();
    search(&app, "turbine");
    assert_eq!(app.asana.calls("GET /tasks/{parent}/stories"), 0);

    let text = app.upnext(&["similar", "--project", &app.project, "--text", "turbine"]).ok().out;
    assert!(text.contains("comment by dev1: “The turbine hums at night.”"), "{text}");
    assert!(text.contains("Attachments are not read"), "{text}");
}

#[test]
fn a_search_does_not_spoil_what_a_groom_learns_from_stories() {
    let app = TestApp::new();
    app.setup();
    app.groom_and_apply();
    let task = app.asana.tasks(&app.project)[1]["gid"].as_str().unwrap().to_owned();
    app.edit_as_person(&task, "AI Priority Score", json!(99));
    search(&app, "work");
    let groom = app.groom();
    let kept = groom["kept"].to_string() + &groom["skipped"].to_string();
    assert!(kept.contains(&task), "{kept}");
    let overrides: Vec<Value> = app.audit().into_iter().filter(|row| row["kind"] == "override").collect();
    assert_eq!(overrides.len(), 1, "{overrides:#?}");
    // Upnext's own comment and host task are not found.
    let found = search(&app, "Upnext Top 5 Prioritize Backlog");
    assert!(!found.to_string().contains("Prioritize Backlog\",\"completed"), "{found:#}");
    assert!(!found["found"].to_string().contains("Upnext"), "{found:#}");
}

#[test]
fn attachments_are_not_asked_for_unless_the_policy_says_so() {
    let app = world(Kind::Sqlite, "");
    app.asana.attach(&named(&app, "Call the customer"), "manual.txt", b"The lindworm valve.");
    app.asana.reset_counters();
    let found = search(&app, "lindworm valve");
    app.upnext(&["groom", "--project", &app.project]).ok();
    assert_eq!(found["found"], json!([]));
    assert_eq!(found["attachments"], json!({ "on": false, "read": 0, "unread": [] }));
    assert_eq!(app.asana.calls("GET /attachments"), 0);
    assert_eq!(app.asana.calls("GET /-/attachments/{attachment}"), 0);
}

fn files_are_found(database: Kind) {
    let app = world(database, ON);
    let (call, login) = (named(&app, "Call the customer"), named(&app, "login page number 1"));
    app.asana.attach(
        &call,
        "manual.pdf",
        &pdf(&["Greasing plan", "The lindworm valve is greased on Tuesdays."]),
    );
    let contract = app.asana.attach(&call, "contract.docx", &docx(&["The penalty is two percent a week."]));
    app.asana.attach(&login, "shot.png", b"\x89PNG\r\n\x1a\n\0\0\0\0");
    let link = json!({ "parent": login, "resource_subtype": "external", "name": "Board", "url": "https://board.example/1" });
    app.asana.post(crate::asana::TOKEN, "/attachments", link);
    app.asana.reset_counters();

    let found = search(&app, "when is the lindworm valve greased");
    assert_eq!(first(&found)["task"], json!(call), "{found:#}");
    let quote = &first(&found)["quotes"][0];
    assert_eq!(quote["source"], json!({ "in": "attachment", "name": "manual.pdf" }));
    assert!(quote["text"].as_str().unwrap().contains("greased on Tuesdays"));
    assert_eq!(found["attachments"]["read"], 2);
    let unread = found["attachments"]["unread"].to_string();
    assert!(
        unread.contains("a picture, which is not read") && unread.contains("kept at external"),
        "{unread}"
    );
    assert_eq!(app.asana.calls("GET /-/attachments/{attachment}"), 3);

    // Nothing changed: no list and no file is read again. One file more: one list, one file. One file less: it is gone.
    app.asana.reset_counters();
    assert_eq!(first(&search(&app, "penalty percent"))["task"], json!(call));
    assert_eq!(app.asana.calls("GET /attachments"), 0);
    app.asana.attach(&call, "note.md", b"# Spare parts\nAsk for the wyvern gasket.");
    assert_eq!(first(&search(&app, "wyvern gasket"))["task"], json!(call));
    assert_eq!(
        (app.asana.calls("GET /attachments"), app.asana.calls("GET /-/attachments/{attachment}")),
        (1, 1)
    );
    app.asana.delete(&format!("/attachments/{contract}"));
    assert!(!search(&app, "penalty percent").to_string().contains("two percent a week"));
    assert_eq!(app.asana.calls("GET /-/attachments/{attachment}"), 1);

    // A task that left the project takes its texts with it.
    app.asana.delete(&format!("/tasks/{call}"));
    assert!(!search(&app, "lindworm wyvern").to_string().contains("Tuesdays"));
    assert_eq!(search(&app, "lindworm wyvern")["attachments"]["read"], 0);
}

#[test]
fn files_are_found_on_sqlite() {
    files_are_found(Kind::Sqlite);
}

#[test]
fn files_are_found_on_postgresql() {
    files_are_found(Kind::Postgres);
}

#[test]
fn one_bad_file_is_a_note_and_one_bad_download_is_tried_again() {
    let app = world(Kind::Sqlite, &format!("{ON}attachments_max_bytes = 4000\nattachments_per_task = 3\n"));
    let call = named(&app, "Call the customer");
    app.asana.attach(&call, "old.txt", b"The oldest of four.");
    app.asana.attach(&call, "broken.pdf", b"%PDF-1.7 nothing");
    app.asana.attach(&call, "large.txt", &b"large words ".repeat(500));
    app.asana.attach(&call, "good.txt", b"The lindworm valve.");
    app.asana.faults(
        json!({ "server_error": { "rate": 1.0, "statuses": [500], "path_prefix": "/-/attachments" } }),
    );
    let found = search(&app, "lindworm valve");
    assert_eq!(found["found"], json!([]));
    let unread = found["attachments"]["unread"].to_string();
    assert!(unread.contains("good.txt") && unread.contains("unavailable (status 500"), "{unread}");

    app.asana.faults(json!({}));
    let found = search(&app, "lindworm valve");
    assert_eq!(first(&found)["task"], json!(call));
    let unread = found["attachments"]["unread"].as_array().unwrap();
    let why =
        |name: &str| unread.iter().find(|u| u["name"] == name).unwrap()["why"].as_str().unwrap().to_owned();
    assert!(why("broken.pdf").contains("damaged"), "{unread:?}");
    assert!(why("large.txt").contains("6000 bytes"), "{unread:?}");
    assert!(why("old.txt").contains("more than 3 attachments"), "{unread:?}");
    assert_eq!(unread.len(), 3);

    // Lists that cannot be read are notes too.
    app.asana.attach(&call, "more.txt", b"more");
    app.asana
        .faults(json!({ "server_error": { "rate": 1.0, "statuses": [503], "path_prefix": "/attachments" } }));
    app.configure(&format!("{ON}[store]\n"));
    let found = search(&app, "lindworm valve");
    assert_eq!(first(&found)["task"], json!(call), "what was known still is");
    assert!(found["attachments"]["unread"].to_string().contains("status 503"), "{found:#}");
}

#[test]
fn wrong_questions_are_answered_by_what_to_do() {
    let app = world(Kind::Sqlite, "");
    app.upnext(&["similar", "--project", &app.project]).exits(2).says(&["--text"]);
    app.upnext(&["similar", "--project", &app.project, "--text", " ?! "]).exits(2).says(&["no word"]);
    app.upnext(&["similar", "--project", &app.project, "99999999"]).exits(3).says(&["no task 99999999"]);
    app.upnext(&["similar", "--project", "99999999", "--text", "valve"]).exits(3).says(&["no project"]);
    let empty = app.upnext(&["similar", "--project", &app.project, "--text", "zzzzqqq"]).ok();
    assert!(empty.out.contains("Nothing there shares"), "{}", empty.out);
}

#[test]
fn a_sentence_model_that_cannot_be_used_is_refused_before_anything_is_read() {
    let app = world(Kind::Sqlite, "[similar]\nembeddings_dir = \"no-such-model\"\n");
    app.asana.reset_counters();
    let refused = app.upnext(&["similar", "--project", &app.project, "--text", "login"]).exits(2);
    let why = if cfg!(feature = "embeddings") { "config.json" } else { "--features embeddings" };
    refused.says(&["no-such-model", why]);
    assert_eq!(app.asana.calls("GET /tasks"), 0);
}
