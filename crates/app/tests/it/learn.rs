//! Learning from finished tasks, and what a groom makes of it.

use crate::app::{Setting, TestApp};
use crate::database::Kind;
use serde_json::{Value, json};

/// A backlog with a past: `done` finished tasks of two sizes, and two open ones without an effort.
fn with_past(done: usize) -> String {
    let mut lines = vec![];
    for nth in 0..done {
        let day = 1 + nth % 28;
        let month = 1 + nth / 28 % 12;
        let (name, points) =
            if nth % 2 == 0 { ("Change the button colour", 1) } else { ("Write a database migration", 8) };
        lines.push(json!({
            "id": format!("done-{nth}"), "title": format!("{name} {nth}"), "description": "About it.",
            "created": format!("2026-{month:02}-{day:02}T08:00:00Z"),
            "resolved": format!("2026-{month:02}-{day:02}T{:02}:00:00Z", 9 + nth % 9),
            "story_points": points,
        }));
    }
    for (id, title) in [
        ("open-1", "Write a database migration for invoices"),
        ("open-2", "Change the button colour of help"),
    ] {
        lines
            .push(json!({ "id": id, "title": title, "created": "2026-11-01T08:00:00Z", "priority": "High" }));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn learned(app: &TestApp) -> Value {
    app.upnext(&["learn", "--json", "--project", &app.project]).ok().json()
}

fn of_kind<'v>(report: &'v Value, kind: &str) -> &'v Value {
    report["models"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap()
}

fn open_task(app: &TestApp, starts: &str) -> String {
    let tasks = app.asana.tasks(&app.project);
    let task =
        tasks.iter().find(|t| t["name"].as_str().unwrap().starts_with(starts) && t["completed"] == false);
    task.unwrap()["gid"].as_str().unwrap().to_owned()
}

fn learns_and_grooms(database: Kind) {
    let app = TestApp::with(Setting { backlogs: vec![with_past(120)], database, ..Setting::default() });
    app.setup();
    let writes = app.asana.writes();
    let report = learned(&app);
    assert_eq!(app.asana.writes(), writes, "learning writes nothing");
    let effort = of_kind(&report, "effort");
    assert_eq!(effort["report"]["verdict"]["verdict"], "promoted", "{effort:#}");
    assert_eq!(effort["in_force"], effort["model"]);
    assert_eq!(effort["report"]["rows"], 120);
    assert_eq!(of_kind(&report, "confidence")["report"]["verdict"]["verdict"], "not_enough_history");

    let groom = app.groom();
    let task = open_task(&app, "Write a database migration for");
    let explained = app.explain(&task);
    let found = &explained["judgement"]["findings"]["effort"];
    assert_eq!(found["model"], effort["model"], "{explained:#}");
    let number = |key: &str| found[key].as_f64().unwrap();
    assert!(
        number("low") <= number("effort") && number("effort") <= number("high") && number("effort") > 5.0
    );
    assert!((3..=5).contains(&found["neighbours"].as_array().unwrap().len()));
    assert_eq!(explained["models"][0]["id"], effort["model"]);
    let words = app.upnext(&["explain", &task]).ok().out;
    for said in
        ["Learned effort: Story Points", "https://app.asana.com/0/0/", "read: name", "from 120 finished"]
    {
        assert!(words.contains(said), "`{said}` is not in: {words}");
    }
    // The plan that rests on what was learned is made again without the model.
    let plan = groom["plan"].as_str().unwrap().to_owned();
    let again = learned(&app);
    assert_ne!(of_kind(&again, "effort")["model"], effort["model"]);
    assert_eq!(app.upnext(&["plan", "replay", "--json", &plan]).ok().json()["identical"], true);

    // Going back to the older model.
    let old = effort["model"].as_str().unwrap();
    app.upnext(&["model", "use", old]).ok();
    let listed = app.upnext(&["model", "list", "--json", "--project", &app.project]).ok().json();
    let state =
        |id: &Value| listed.as_array().unwrap().iter().find(|m| m["id"] == *id).unwrap()["state"].clone();
    assert_eq!(state(&effort["model"]), "in_force");
    assert_eq!(state(&of_kind(&again, "effort")["model"]), "retired");
    assert!(app.audit().iter().any(|entry| entry["kind"] == "model"));
    app.upnext(&["model", "use", "model_0"]).exits(2).says(&["no model model_0"]);
}

#[test]
fn a_groom_uses_what_was_learned_sqlite() {
    learns_and_grooms(Kind::Sqlite);
}

#[test]
fn a_groom_uses_what_was_learned_postgres() {
    learns_and_grooms(Kind::Postgres);
}

#[test]
fn too_little_history_is_said_and_nothing_is_in_force() {
    let app = TestApp::with(Setting { backlogs: vec![with_past(6)], ..Setting::default() });
    let ran = app.upnext(&["learn", "--project", &app.project]).ok();
    assert!(ran.out.contains("effort: not enough history: 6 finished tasks"), "{}", ran.out);
    let listed = app.upnext(&["model", "list", "--json", "--project", &app.project]).ok().json();
    assert_eq!(listed, json!([]));
    app.upnext(&["learn", "--project", &app.project, "--since", "2999-01-01"])
        .exits(2)
        .says(&["not in the past"]);
}

/// Sixty requests that people labelled, one a day. Of the older ones, those about a spreadsheet are labelled as the others.
fn labelled() -> String {
    let line = |nth: usize| {
        let is_bug = nth.is_multiple_of(2);
        let title =
            if is_bug { "The app crashes when saving a file" } else { "Allow exporting to a spreadsheet" };
        let label = if is_bug || nth < OLDER { "Bug" } else { "Feature" };
        json!({
            "id": format!("R-{nth}"), "title": format!("{title} {nth}"), "description": "Seen in version 2.",
            "created": format!("2026-{:02}-{:02}T08:00:00Z", 1 + nth / 28, 1 + nth % 28), "fields": { "Category": label },
        })
    };
    (0..60).map(|nth| format!("{}\n", line(nth))).collect()
}

/// Of sixty requests, those that are not held back.
const OLDER: usize = 42;

/// People label the older requests about a spreadsheet anew.
fn relabel(app: &TestApp, label: &str) {
    for task in app.asana.tasks(&app.project) {
        let name = task["name"].as_str().unwrap();
        let nth: usize = name.rsplit(' ').next().unwrap().parse().unwrap();
        if nth < OLDER && name.starts_with("Allow") {
            app.edit_as_person(task["gid"].as_str().unwrap(), "Category", json!(label));
        }
    }
}

#[test]
fn labels_learned_anew_are_taken_when_they_are_better_and_not_when_they_are_worse() {
    let app = TestApp::with(Setting { backlogs: vec![labelled()], ..Setting::default() });
    let first = of_kind(&learned(&app), "triage").clone();
    assert_eq!(first["in_force"], first["model"], "{first:#}");
    let wrong = |learned: &Value| learned["report"]["metrics"][0].clone();
    assert_eq!((&wrong(&first)["value"], &wrong(&first)["rows"]), (&json!(0.5), &json!(18)), "{first:#}");

    relabel(&app, "Feature");
    let better = of_kind(&learned(&app), "triage").clone();
    assert_eq!(better["report"]["verdict"]["verdict"], "promoted", "{better:#}");
    assert_eq!((&wrong(&better)["value"], &wrong(&better)["in_force"]), (&json!(0.0), &json!(0.5)));
    assert_eq!(better["in_force"], better["model"]);

    relabel(&app, "Bug");
    let worse = of_kind(&learned(&app), "triage").clone();
    assert_eq!(worse["report"]["verdict"]["verdict"], "refused", "{worse:#}");
    assert_eq!(worse["in_force"], better["model"]);
    let why = worse["report"]["verdict"]["why"].as_str().unwrap();
    assert!(
        why.contains("category stays as it was: of 18 held-back tasks it had 9 wrong, the model in force 0"),
        "{why}"
    );
    let said = app.upnext(&["learn", "--project", &app.project]).ok().out;
    let stays = format!("triage: refused, {} stays in force: ", better["model"].as_str().unwrap());
    assert!(said.contains(&stays) && said.contains("category right 0.500"), "{said}");
    let shown = app.upnext(&["model", "show", worse["model"].as_str().unwrap()]).ok().out;
    assert!(shown.contains("refused") && shown.contains(why), "{shown}");
    // What is in force goes on answering.
    let task = open_task(&app, "Allow exporting");
    let triaged = app.upnext(&["triage", "--json", "--project", &app.project, &task]).ok().json();
    assert_eq!(triaged["model"], better["model"]);
    let label =
        triaged["tasks"][0]["findings"].as_array().unwrap().iter().find(|one| one["aspect"] == "category");
    assert_eq!(label.unwrap()["ranking"][0][0], "Feature", "{triaged:#}");
}

/// What people did with suggestions is found and counted: replaced values, and tasks finished as they were.
#[test]
fn decisions_of_people_are_counted() {
    let app = TestApp::new();
    app.setup();
    let groom = app.groom_and_apply();
    let tasks: Vec<String> =
        groom["tasks"].as_array().unwrap().iter().map(|t| t["gid"].as_str().unwrap().to_owned()).collect();
    app.edit_as_person(&tasks[0], "AI Priority Score", json!(1.0));
    app.edit_as_person(&tasks[1], "AI Priority Score", json!(2.0));
    app.groom_and_apply();
    // Of the middle band a completion says nothing.
    let banded = |band: &str| {
        let of_band = groom["tasks"].as_array().unwrap()[2..].iter().filter(|task| task["band"] == band);
        of_band.take(2).map(|task| task["gid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let done = [banded("P0"), banded("P1"), banded("P2"), banded("P3")];
    for task in done.iter().flatten() {
        app.asana.put(crate::asana::TOKEN, &format!("/tasks/{task}"), json!({ "completed": true }));
    }
    let telling = done[0].len() + done[1].len() + done[3].len();
    assert!(telling > 2, "{done:?}");
    let have = || {
        let report = learned(&app);
        let confidence = &of_kind(&report, "confidence")["report"]["verdict"];
        assert_eq!(confidence["verdict"], "not_enough_history", "{report:#}");
        confidence["have"].as_u64().unwrap() as usize
    };
    assert_eq!(have(), 2 + telling);

    // A reworded rationale says nothing of the score; who puts our score back takes back what they had said.
    let open: Vec<&String> =
        tasks[2..].iter().filter(|task| !done.iter().flatten().any(|d| d == *task)).collect();
    app.edit_as_person(open[0], "AI Rationale", json!("In my own words"));
    let ours =
        groom["tasks"].as_array().unwrap().iter().find(|task| task["gid"] == tasks[0].as_str()).unwrap();
    app.edit_as_person(&tasks[0], "AI Priority Score", ours["score"].clone());
    app.groom_and_apply();
    assert_eq!(have(), 1 + telling);
}
