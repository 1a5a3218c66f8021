//! Backlogs imported and read back over HTTP.

use crate::app::{App, START, gids};
use sandbox::{ImportError, ImportReport, Plan, World};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Instant;

fn import(app: &App, text: &str) -> ImportReport {
    app.running.with_world(|world| world.import_backlog("Imported", text)).expect("a good backlog")
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// The project's tasks with everything, by name.
async fn tasks(app: &App, project: &str) -> Vec<Value> {
    let fields = "name,notes,created_at,modified_at,completed,completed_at,due_on,due_at,start_on,actual_time_minutes,\
                  assignee.name,assignee.email,tags.name,memberships.section.name,num_subtasks,parent.name,\
                  dependencies.gid,followers.name,custom_fields.name,custom_fields.display_value";
    let mut rows = Vec::new();
    let mut path = format!("/projects/{project}/tasks?limit=100&opt_fields={fields}");
    loop {
        let got = app.get(&path).await;
        rows.extend(got.data().as_array().expect("a list").clone());
        match got.body["next_page"]["path"].as_str() {
            Some(next) => path = next.to_owned(),
            None => return rows,
        }
    }
}

/// The shown value of a field.
fn shown<'a>(task: &'a Value, field: &str) -> &'a Value {
    let fields = task["custom_fields"].as_array().expect("a list");
    let found = fields.iter().find(|value| value["name"] == field);
    &found.unwrap_or_else(|| panic!("no field {field} in {task}"))["display_value"]
}

#[tokio::test]
async fn every_key_finds_its_place() {
    let app = App::start().await;
    let text = lines(&[
        json!({"id": "A", "title": "First", "description": "what", "created": "2026-03-01 11:50:45",
            "resolved": "2026-03-10T15:42:48Z", "assignee": "dev007", "priority": "Minor", "type": "Bug",
            "components": ["core", " web "], "labels": ["x"], "tags": ["y", "x"], "story_points": 2.5,
            "in_progress_min": 90.4, "unknown": {"deep": [1]}}),
        json!({"id": "B", "title": "Second", "created": "2026-04-01", "due": "2026-05-01", "start": "2026-04-20",
            "section": "Doing", "priority": "Blocker", "depends_on": ["A"], "assignee": null,
            "comments": [{"author": "Ann O'Hara", "at": "2026-04-03T10:00:00+02:00", "text": "later"},
                {"author": "dev007", "at": "2026-04-02", "text": "earlier"}],
            "fields": {"Done by": "2026-06-01", "Ready": true, "Weight": 0.25, "Where": "here", "Many": ["a", "b"]}}),
        json!({"id": "C", "title": "Below", "parent": "B", "priority": "Minor"}),
        json!({"id": "D", "title": "Below and beside", "parent": "B", "section": "Doing", "due": "2026-05-01T08:00:00Z"}),
    ]);
    let report = import(&app, &text);
    assert_eq!((report.tasks, report.users), (4, 2));
    let names =
        ["Priority", "Type", "Components", "Story Points", "Done by", "Ready", "Weight", "Where", "Many"];
    assert_eq!(report.fields, names);
    assert_eq!(report.notes.len(), 1, "{:?}", report.notes);
    assert!(report.notes[0].starts_with("the fields of 1 subtasks left out"), "{:?}", report.notes);

    let rows = tasks(&app, &report.project).await;
    let [first, second, beside] = &rows[..] else { panic!("three tasks in the project: {rows:?}") };
    assert_eq!(first["created_at"], "2026-03-01T11:50:45.000Z");
    assert_eq!(first["modified_at"], "2026-03-10T15:42:48.000Z");
    assert_eq!(first["completed_at"], first["modified_at"]);
    assert_eq!(first["assignee"]["email"], "dev007@example.invalid");
    assert_eq!((&first["actual_time_minutes"], &first["notes"]), (&json!(90), &json!("what")));
    assert_eq!(first["tags"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["memberships"][0]["section"]["name"], "Backlog");
    assert_eq!(
        (shown(first, "Priority"), shown(first, "Components")),
        (&json!("Minor"), &json!("core, web"))
    );
    assert_eq!(shown(first, "Story Points"), "2.5");

    assert_eq!((&second["due_on"], &second["start_on"]), (&json!("2026-05-01"), &json!("2026-04-20")));
    assert_eq!((&second["completed"], &second["num_subtasks"]), (&json!(false), &json!(2)));
    assert_eq!(second["modified_at"], "2026-04-03T08:00:00.000Z", "the last comment");
    assert_eq!(second["dependencies"][0]["gid"], first["gid"]);
    assert_eq!(second["memberships"][0]["section"]["name"], "Doing");
    let values = ["Done by", "Ready", "Weight", "Where", "Many"].map(|name| shown(second, name));
    assert_eq!(values, ["2026-06-01T00:00:00.000Z", "Yes", "0.25", "here", "a, b"]);
    assert_eq!(
        (&beside["parent"]["name"], &beside["due_at"]),
        (&json!("Second"), &json!("2026-05-01T08:00:00.000Z"))
    );

    let path = format!("/tasks/{}/stories?opt_fields=text,created_at,created_by.name,source", second["gid"]);
    let stories = app.get(&path.replace('"', "")).await;
    let told: Vec<_> =
        stories.data().as_array().expect("a list").iter().map(|s| (&s["text"], &s["source"])).collect();
    assert_eq!(told, [(&json!("earlier"), &json!("web")), (&json!("later"), &json!("web"))]);
    assert_eq!(stories.data()[1]["created_by"]["name"], "Ann O'Hara");
    let quiet = app.get(&format!("/tasks/{}/stories", first["gid"].as_str().expect("a gid"))).await;
    assert_eq!(*quiet.data(), json!([]), "no history is made up");
}

#[tokio::test]
async fn options_are_ordered_and_a_second_import_reuses_the_fields() {
    let app = App::start().await;
    import(
        &app,
        &lines(&["Minor", "Odd", "Blocker", "Major"].map(|word| json!({"priority": word, "type": word}))),
    );
    let report = import(
        &app,
        &lines(&[json!({"priority": "Major"}), json!({"priority": "Critical", "fields": {"type": "Bug"}})]),
    );
    let path = format!("/projects/{}/custom_field_settings", report.project);
    let settings =
        app.get(&format!("{path}?opt_fields=custom_field.name,custom_field.enum_options.name")).await;
    let options = |nth: usize| {
        let options = settings.data()[nth]["custom_field"]["enum_options"].as_array().expect("options");
        options.iter().map(|option| option["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(options(0), ["Blocker", "Major", "Minor", "Odd", "Critical"], "new options come last");
    assert_eq!(options(1), ["Minor", "Odd", "Blocker", "Major", "Bug"]);
    let workspace = app.running.with_world(|world| world.workspace().clone());
    let fields = app.get(&format!("/workspaces/{workspace}/custom_fields")).await;
    assert_eq!(gids(fields.data()).len(), 2, "nothing was made twice");
}

#[tokio::test]
async fn strange_texts_survive() {
    let app = App::start().await;
    let long = "ä".repeat(1500);
    let texts = [
        "",
        "🦀 café\u{301} \u{1F468}\u{200D}\u{1F469}",
        "שלום \u{202E}abc",
        long.as_str(),
        "a\nb\t\u{0}c",
        "  ",
    ];
    let rows = texts.map(|text| json!({"title": text, "description": text}));
    let huge = "x".repeat(150_000);
    let text = format!("\u{feff}\r\n{}{}", lines(&rows).replace('\n', "\r\n"), json!({"description": huge}));
    let report = import(&app, &text);
    let read = tasks(&app, &report.project).await;
    for (task, text) in read.iter().zip(texts) {
        assert_eq!((&task["name"], &task["notes"]), (&json!(text), &json!(text)));
    }
    assert_eq!(read[texts.len()]["notes"].as_str().map(str::len), Some(huge.len()));
    assert!(report.notes.is_empty(), "{:?}", report.notes);
}

#[tokio::test]
async fn what_asana_cannot_hold_is_named() {
    let app = App::start().await;
    let mut rows: Vec<Value> = (0..40).map(|nth| json!({"id": format!("T{nth}")})).collect();
    let all: Vec<String> = (0..40).map(|nth| format!("T{nth}")).collect();
    rows.push(json!({"id": "hub", "depends_on": all}));
    rows.push(
        json!({"id": "odd", "depends_on": ["odd", "nowhere"], "parent": "none", "start": "2026-01-01"}),
    );
    rows.push(json!({"id": "late", "start": "2026-02-02", "due": "2026-02-01"}));
    let report = import(&app, &lines(&rows));
    assert_eq!(
        report.notes,
        [
            "10 dependencies over Asana's cap of 30 a task left out: hub on T30, hub on T31, hub on T32, hub on T33, \
             hub on T34, hub on T35, hub on T36, hub on T37, hub on T38, hub on T39",
            "2 links to ids that are in no line left out: odd below none, odd on nowhere",
            "1 dependencies of tasks on themselves left out: odd",
            "2 start dates without a due date or after it left out: line 42, line 43",
        ]
    );
    let read = tasks(&app, &report.project).await;
    assert_eq!(read.len(), 43, "a task whose parent is unknown stands in the project");
    assert_eq!(read[40]["dependencies"].as_array().map(Vec::len), Some(30));
}

#[tokio::test]
async fn components_beyond_500_become_tags() {
    let app = App::start().await;
    let rows: Vec<Value> = (0..510).map(|nth| json!({"components": [format!("part {nth}")]})).collect();
    let report = import(&app, &lines(&rows));
    assert_eq!(report.notes, ["Components: 10 options beyond 500 became tags"]);
    let read = tasks(&app, &report.project).await;
    assert_eq!(shown(&read[499], "Components"), "part 499");
    assert_eq!(
        (shown(&read[500], "Components"), &read[500]["tags"][0]["name"]),
        (&Value::Null, &json!("part 500"))
    );
}

#[tokio::test]
async fn a_bad_line_is_named_and_nothing_is_imported() {
    let app = App::start().await;
    import(&app, &lines(&[json!({"fields": {"Number": 1}})]));
    let cases = [
        (json!([1]), "expected a JSON object, one a line, found a list"),
        (json!({"title": ["x"]}), "`title` must be a string, found a list"),
        (
            json!({"created": "soon"}),
            "`created` is no date: \"soon\"; write 2026-05-23 or 2026-05-23T19:33:31Z",
        ),
        (json!({"story_points": "5"}), "`story_points` must be a number, found a string"),
        (
            json!({"in_progress_min": -1}),
            "`in_progress_min` must be a number of minutes from 0 to 4294967295, found -1",
        ),
        (json!({"comments": [{"text": "ok"}, {"text": " "}]}), "`comments[1]`: `text` is missing or empty"),
        (
            json!({"comments": [{"text": "ok", "at": 5}]}),
            "`comments[0]`: `at` is no date: \"5\"; write 2026-05-23 or 2026-05-23T19:33:31Z",
        ),
        (json!({"fields": {"Number": "many"}}), "the number field \"Number\" cannot hold \"many\""),
        (json!({"fields": {"Odd": {"a": 1}}}), "the text field \"Odd\" cannot hold an object"),
        (
            json!({"fields": {"Due date": "2026-01-01"}}),
            "`fields`: \"Due date\" is not a name a custom field may have",
        ),
        (json!({"id": "ok"}), "the id \"ok\" is taken by line 1"),
        (json!({"id": "loop", "parent": "loop"}), "`parent` leads back to the task itself"),
    ];
    let before = app.running.with_world(|world| format!("{world:?}").len());
    for (bad, problem) in cases {
        let text = format!("{}\n\n{bad}\n", json!({"id": "ok", "assignee": "new", "labels": ["new"]}));
        let refused = app.running.with_world(|world| world.import_backlog("Bad", &text));
        let expected = ImportError::Line { line: 3, problem: problem.to_owned() };
        assert_eq!(refused.expect_err("a bad line"), expected);
    }
    let syntax = app.running.with_world(|world| world.import_backlog("Bad", "{\"title\": }"));
    assert_eq!(
        syntax.expect_err("no JSON").to_string(),
        "line 1: not valid JSON at column 11: expected value"
    );
    let empty = app.running.with_world(|world| world.import_backlog("Bad", " \n\n"));
    assert_eq!(empty, Err(ImportError::Empty));
    assert_eq!(
        app.running.with_world(|world| format!("{world:?}").len()),
        before,
        "nothing was half imported"
    );
}

#[tokio::test]
async fn the_same_seed_gives_the_same_gids() {
    let world = |seed| World::new(seed, Plan::Paid, START.parse().expect("a moment"));
    let text = lines(&[json!({"assignee": "a", "labels": ["b"], "priority": "c"}), json!({"title": "d"})]);
    let [one, two, other] =
        [4, 4, 5].map(|seed| world(seed).import_backlog("Same", &text).expect("a backlog"));
    assert_eq!(one, two);
    assert_ne!(one.project, other.project);
}

#[tokio::test]
async fn ten_thousand_lines_take_seconds() {
    let row = |nth: usize| {
        json!({"id": nth, "title": format!("Task {nth}"), "description": "words ".repeat(100),
            "created": "2026-01-01T00:00:00Z", "priority": (if nth.is_multiple_of(2) { "High" } else { "Low" }),
            "components": [format!("part {}", nth % 700)], "labels": [format!("label {}", nth % 300)],
            "assignee": format!("dev{}", nth % 50), "depends_on": [nth / 2],
            "comments": [{"author": "dev1", "text": "hm"}], "fields": {"Note": format!("words {nth}")}})
    };
    let text = lines(&(0..10_000).map(row).collect::<Vec<_>>());
    let mut world = World::new(1, Plan::Paid, START.parse().expect("a moment"));
    let begun = Instant::now();
    let report = world.import_backlog("Large", &text).expect("a backlog");
    let took = begun.elapsed();
    assert_eq!(report.tasks, 10_000);
    // A debug build on a busy machine has ample room; the point is that the work grows with the lines, not their square.
    assert!(took.as_secs() < 20, "{took:?}");
}

/// The measuring data beside the repository, when it is there.
#[tokio::test]
async fn real_backlogs_import_whole() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/backlogs");
    let expected = [
        ("camel", 1000, vec!["Priority", "Type", "Components"], 32),
        ("datalab", 1625, vec!["Priority", "Type", "Components"], 22),
        ("oak", 1205, vec!["Priority", "Type", "Components"], 26),
        ("tistud-history", 2627, vec!["Type", "Story Points"], 0),
    ];
    let app = App::start().await;
    for (name, count, fields, users) in expected {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("{name}.jsonl"))) else {
            println!("left out: real_backlogs_import_whole, {name} (no data beside the workspace)");
            continue;
        };
        let report =
            app.running.with_world(|world| world.import_backlog(name, &text)).expect("a good backlog");
        assert_eq!((report.tasks, report.users), (count, users), "{name}");
        assert_eq!(report.fields, fields, "{name}");
        assert_eq!(report.notes, Vec::<String>::new(), "{name}");
        let read = tasks(&app, &report.project).await;
        assert_eq!(read.len(), count, "{name}");
        let given = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        for (task, row) in read.iter().zip(given) {
            same(task, &row);
        }
    }
}

/// A task as read against its line.
fn same(task: &Value, row: &Value) {
    assert_eq!((&task["name"], &task["notes"]), (&row["title"], &row["description"]));
    let created = row["created"].as_str().expect("a moment").replace(' ', "T");
    assert_eq!(task["created_at"], format!("{created}.000Z"));
    assert_eq!(task["completed"], !row["resolved"].is_null());
    let (name, kind) = (&task["assignee"]["name"], shown(task, "Type"));
    assert_eq!((name, kind), (&row["assignee"], &row["type"]), "{}", row["id"]);
    if let Some(points) = row["story_points"].as_f64() {
        assert_eq!(*shown(task, "Story Points"), format!("{points}"), "{}", row["id"]);
    }
    if let Some(components) = row["components"].as_array().filter(|list| !list.is_empty()) {
        let names: Vec<&str> = components.iter().filter_map(|name| Some(name.as_str()?.trim())).collect();
        assert_eq!(*shown(task, "Components"), names.join(", "), "{}", row["id"]);
    }
}
