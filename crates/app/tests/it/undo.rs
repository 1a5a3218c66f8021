//! Undo: what a run wrote goes back, what people changed since stays, and both are told.

use crate::app::TestApp;
use crate::asana::{PERSON, TOKEN};
use crate::database::Kind;
use serde_json::{Value, json};

fn goes_back(app: &TestApp) {
    app.setup();
    let before = app.end_state();
    let groom = app.groom_and_apply();
    let groomed = app.end_state();
    assert_ne!(groomed, before);
    let undo = app.undo(&groom);
    assert_eq!(app.end_state(), before);
    assert_eq!(app.host(), None);
    assert_eq!(undo["undone"], groom["run"]);
    assert_eq!(undo["restored"].as_array().unwrap().len(), 40);
    for nothing in ["left", "trouble", "notes"] {
        assert_eq!(undo[nothing], json!([]), "{nothing}");
    }
    // A second time there is nothing left to undo.
    app.asana.reset_counters();
    let again = app.undo(&groom);
    assert_eq!((&again["restored"], &again["left"]), (&json!([]), &json!([])));
    // Its plan is not carried out again: it rests on what was.
    app.upnext(&["plan", "apply", groom["plan"].as_str().unwrap()])
        .exits(2)
        .says(&["taken back", "upnext groom"]);
    assert_eq!(app.asana.writes(), 0);
    // What was undone can be done again, and undone again.
    let redo = app.groom_and_apply();
    assert_eq!(without_gids(app.end_state()), without_gids(groomed));
    app.undo(&redo);
    assert_eq!(app.end_state(), before);
    app.upnext(&["audit", "verify"]).ok();
}

/// The host task is a new one after each undo, and the texts that name it differ in that.
fn without_gids(mut state: Value) -> Value {
    state["Prioritize Backlog"]["comments"] = json!(null);
    state
}

#[test]
fn everything_goes_back_and_can_be_done_again_on_sqlite() {
    goes_back(&TestApp::new());
}

#[test]
fn everything_goes_back_and_can_be_done_again_on_postgresql() {
    goes_back(&TestApp::on(Kind::Postgres));
}

#[test]
fn what_people_changed_stays_theirs_and_both_are_told() {
    let app = TestApp::with_people();
    app.setup();
    let groom = app.groom_and_apply();
    let task = |at: usize| groom["tasks"][at]["gid"].as_str().unwrap();
    app.edit_as_person(task(0), "AI Priority Score", json!(12));
    app.edit_with(PERSON, task(1), "AI Rationale", json!("I know better"));
    app.edit_as_person(task(2), "Suggested Priority", json!("P3"));
    app.edit_with(PERSON, task(3), "AI Recommendation", Value::Null);
    let undo = app.undo(&groom);
    let told: Vec<Value> = undo["left"].as_array().unwrap().iter().map(|l| l["reason"].clone()).collect();
    let (restored, left) = (undo["restored"].as_array().unwrap().len(), told.len());
    let value = |at: usize, field: &str| app.asana.value(task(at), field);
    assert_eq!(value(0, "AI Priority Score"), "12.0");
    assert_eq!(value(0, "AI Rationale"), Value::Null);
    assert_eq!(value(1, "AI Rationale"), "I know better");
    assert_eq!(value(1, "AI Priority Score"), Value::Null);
    assert_eq!(value(2, "Suggested Priority"), "P3");
    assert_eq!(value(3, "AI Recommendation"), Value::Null);
    assert_eq!(value(3, "AI Priority Score"), Value::Null);
    assert_eq!(app.host(), None);
    // A field that is empty again is as it was before: nothing is left there.
    assert_eq!((restored, left), (40, 3), "{told:?}");
    for words in [
        "AI Priority Score was changed to 12 since; it stays so",
        "AI Rationale was changed to I know better since; it stays so",
        "Suggested Priority was changed to P3 since; it stays so",
    ] {
        assert!(told.contains(&json!(words)), "`{words}` is not in: {told:?}");
    }
}

#[test]
fn the_text_tells_what_was_restored_and_what_was_left() {
    let app = TestApp::new();
    app.setup();
    let groom = app.groom_and_apply();
    let task = &groom["tasks"][0];
    app.edit_as_person(task["gid"].as_str().unwrap(), "AI Priority Score", json!(12));
    let told = app.upnext(&["undo", groom["run"].as_str().unwrap()]).ok().out;
    let name = task["name"].as_str().unwrap();
    for words in
        ["40 tasks restored", "Left as people have it: 1", name, "AI Priority Score was changed to 12"]
    {
        assert!(told.contains(words), "`{words}` is not in: {told}");
    }
}

#[test]
fn an_edit_before_the_run_comes_back_as_it_was() {
    let app = TestApp::new();
    app.setup();
    app.groom_and_apply();
    let state = app.end_state();
    for task in app.asana.tasks(&app.project).iter().take(12) {
        app.edit_as_person(task["gid"].as_str().unwrap(), "Business Value", json!(10));
    }
    let edited = app.end_state();
    assert_ne!(edited, state);
    // The second run changes values of the first one, the comment and nothing else: its undo leaves the first's.
    let second = app.groom_and_apply();
    assert!(second["outcome"]["done"].as_u64().unwrap() > 1, "{:#}", second["outcome"]);
    app.undo(&second);
    assert_eq!(app.end_state(), edited);
}

#[test]
fn priorities_and_sections_go_back_and_stay_so() {
    let app = TestApp::new();
    app.setup();
    let empty = app.asana.tasks(&app.project)[1]["gid"].as_str().unwrap().to_owned();
    app.edit_as_person(&empty, "Priority", Value::Null);
    app.configure("[policy]\nphase = 'auto'\n[policy.sections]\nnext = 'Ready'\nbacklog = 'Later'");
    let before = app.end_state();
    let groom = app.groom_and_apply();
    app.undo(&groom);
    assert_eq!(app.end_state(), before);
    // What was taken back is asked about from now on, not written.
    let again = app.groom_and_apply();
    assert!(again["pending"].as_u64() > Some(0), "{again:#}");
    let after = app.end_state();
    for (name, task) in before.as_object().unwrap() {
        assert_eq!(after[name]["section"], task["section"], "{name}");
        assert_eq!(after[name]["fields"]["Priority"], task["fields"]["Priority"], "{name}");
    }
}

#[test]
fn what_people_moved_on_stays_there() {
    let app = TestApp::new();
    app.setup();
    app.configure("[policy]\nphase = 'auto'\n[policy.sections]\nnext = 'Ready'\nbacklog = 'Later'");
    let before = app.end_state();
    let again = app.groom_and_apply();
    let (place, tasks) = (app.end_state(), again["tasks"].as_array().unwrap());
    let section = |name: &Value| &place[name.as_str().unwrap()]["section"];
    let moved = |t: &&Value| before[t["name"].as_str().unwrap()]["section"] != *section(&t["name"]);
    let moved: Vec<&Value> = tasks.iter().filter(moved).collect();
    let theirs = moved.iter().find(|t| *section(&t["name"]) == "Ready").unwrap();
    assert!(moved.len() > 1);
    let sections = app.asana.list(&format!("/projects/{}/sections", app.project));
    let taken = &before[theirs["name"].as_str().unwrap()]["section"];
    let third = sections.iter().find(|s| s["name"] != "Ready" && s["name"] != *taken).unwrap();
    let path = format!("/sections/{}/addTask", third["gid"].as_str().unwrap());
    app.asana.post(TOKEN, &path, json!({ "task": theirs["gid"] }));
    let undo = app.undo(&again);
    let left = undo["left"].as_array().unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["gid"], theirs["gid"]);
    let why = format!("section was changed to {} since; it stays so", third["name"].as_str().unwrap());
    assert_eq!(left[0]["reason"], why.as_str());
    let mut expected = before.clone();
    expected[theirs["name"].as_str().unwrap()]["section"] = third["name"].clone();
    assert_eq!(app.end_state(), expected);
}

/// Grooms, lets somebody use our own task, undoes: it stays, is told, and everything else goes back.
fn stays(by: &str, used: impl FnOnce(&TestApp, &str)) -> (TestApp, String) {
    let app = TestApp::with_people();
    app.setup();
    let before = app.end_state();
    let groom = app.groom_and_apply();
    let host = app.host().unwrap();
    used(&app, &host);
    let undo = app.undo(&groom);
    let kept = app.asana.call(TOKEN, "GET", &format!("/tasks/{host}"), None);
    assert!(kept.is_ok(), "what {by} did is deleted with our task: {:#}", undo["outcome"]);
    let trouble = undo["trouble"].to_string();
    assert!(trouble.contains(&host) || trouble.contains("Prioritize Backlog"), "not told: {trouble}");
    for (name, state) in before.as_object().unwrap() {
        assert_eq!(app.end_state()[name], *state);
    }
    (app, host)
}

fn commented(by: &str) {
    let text = "Thank you, I moved two of them.";
    let (app, host) = stays(by, |app, host| {
        app.asana.post(by, &format!("/tasks/{host}/stories"), json!({ "text": text }));
    });
    let texts: Vec<Value> = app.asana.comments(&host).iter().map(|c| c["text"].clone()).collect();
    assert_eq!(texts, [text]);
}

#[test]
fn our_task_stays_once_another_person_commented_on_it() {
    commented(PERSON);
}

#[test]
fn our_task_stays_once_the_bots_own_user_commented_on_it_in_a_browser() {
    commented(TOKEN);
}

#[test]
fn our_task_stays_once_a_person_renamed_it() {
    let (app, host) = stays("renaming", |app, host| {
        app.asana.put(PERSON, &format!("/tasks/{host}"), json!({ "name": "Prioritize Backlog (ours)" }));
    });
    assert_eq!(app.asana.get(&format!("/tasks/{host}"))["name"], "Prioritize Backlog (ours)");
}

#[test]
fn our_task_stays_once_a_person_completed_it() {
    let (app, host) = stays("completing", |app, host| {
        app.asana.put(PERSON, &format!("/tasks/{host}"), json!({ "completed": true }));
    });
    assert_eq!(app.asana.get(&format!("/tasks/{host}"))["completed"], true);
}

#[test]
fn our_task_stays_once_a_person_added_to_it() {
    stays("adding a subtask", |app, host| {
        app.asana.post(PERSON, &format!("/tasks/{host}/subtasks"), json!({ "name": "Ask Dana" }));
    });
}

#[test]
fn a_completed_review_stays_with_the_task_it_hangs_on() {
    let (app, host) = stays("completing the review", |app, host| {
        let review = app.asana.subtasks(host)[0]["gid"].as_str().unwrap().to_owned();
        app.asana.put(PERSON, &format!("/tasks/{review}"), json!({ "completed": true }));
    });
    assert_eq!(app.asana.subtasks(&host)[0]["completed"], true);
}

#[test]
fn a_task_deleted_since_is_told_and_stops_nothing() {
    let app = TestApp::new();
    app.setup();
    let groom = app.groom_and_apply();
    let gone = groom["tasks"][0]["gid"].as_str().unwrap();
    app.asana.delete(&format!("/tasks/{gone}"));
    let undo = app.undo(&groom);
    assert_eq!(undo["restored"].as_array().unwrap().len(), 39);
    let left = undo["left"].as_array().unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!((&left[0]["gid"], &left[0]["reason"]), (&json!(gone), &json!("the task is gone from Asana")));
}

#[test]
fn a_run_that_is_unknown_or_wrote_nothing_is_told() {
    let app = TestApp::new();
    app.setup();
    app.upnext(&["undo", "run_nothing"]).exits(2).says(&["no run run_nothing", "upnext plan list"]);
    let plan = app.groom();
    app.asana.reset_counters();
    let nothing = app.upnext(&["undo", plan["run"].as_str().unwrap()]);
    assert_ne!(nothing.code, 0, "{nothing:?}");
    nothing.says(&["wrote nothing", "nothing to undo"]);
    assert_eq!(app.asana.writes(), 0);
}

#[test]
fn one_task_or_one_field_of_a_run_goes_back() {
    let app = TestApp::new();
    app.setup();
    let groom = app.groom_and_apply();
    let (run, task) = (groom["run"].as_str().unwrap(), groom["tasks"][0]["gid"].as_str().unwrap());
    let other = groom["tasks"][1]["gid"].as_str().unwrap();
    let score = |task: &str| app.asana.value(task, "AI Priority Score");
    let rationale = |task: &str| app.asana.value(task, "AI Rationale");
    let undo = |more: &[&str]| app.upnext(&[&["undo", "--json", run], more].concat());
    let named = ["--task", task, "--field", "ai rationale", "--by", "Dana", "--reason", "too long"];
    let report = undo(&named).ok().json();
    assert_eq!(report["restored"], json!([task]));
    assert!(report["notes"][0].as_str().unwrap().contains("were not asked for and stay"), "{report:#}");
    assert_eq!((rationale(task), score(task).is_string()), (Value::Null, true));
    assert!(rationale(other).is_string());
    undo(&["--task", task]).ok();
    assert_eq!(score(task), Value::Null);
    assert!(score(other).is_string() && app.host().is_some());
    // What a person changed is told and stays.
    app.edit_as_person(other, "AI Priority Score", json!(7));
    let left = undo(&["--field", "AI Priority Score"]).ok().json();
    assert_eq!(left["left"][0]["reason"], "AI Priority Score was changed to 7 since; it stays so");
    assert_eq!((score(other), rationale(other).is_string()), (json!("7.0"), true));
    undo(&["--field", "Colour"]).exits(1).says(&["wrote no field “Colour”", "AI Rationale"]);
    undo(&["--task", "123456"]).exits(1).says(&["wrote nothing to task 123456"]);
    let audit: Vec<Value> = app.audit().into_iter().filter(|entry| entry["kind"] == "undo").collect();
    let who: Vec<&str> = audit.iter().map(|entry| entry["actor"].as_str().unwrap()).collect();
    assert!(who.len() == 3 && who[0] == "Dana" && who[1] == who[2] && who[1].contains('('), "{audit:#?}");
    let body: Value = serde_json::from_str(audit[0]["body"].as_str().unwrap()).unwrap();
    let what = format!("asked to take back {run}, on task {task}, in ai rationale");
    assert_eq!((&body["what"], &body["reason"]), (&json!(what), &json!("too long")));
    app.upnext(&["audit", "verify"]).ok();
}
