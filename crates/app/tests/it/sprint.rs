//! Sprints that are written: made, filled, asked about, taken up again after a crash, taken back; what past ones say of them.

use crate::app::{Setting, TestApp};
use crate::asana::PERSON;
use crate::time::{list, team};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const AUTO: &str = "[policy]\nphase = 'auto'\n";

/// A made-up team in a phase, with the fields set up; every other open task is nobody's.
pub fn set_up(config: &str) -> (TestApp, String) {
    let (app, project) = team(&[]);
    app.configure(config);
    app.upnext(&["setup", "--project", &project]).ok();
    for task in tasks(&app, &project).keys().step_by(2) {
        app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "assignee": null }));
    }
    (app, project)
}

/// A sprint; one that is filled has room for many tasks, whatever the made-up past says.
pub fn sprint(app: &TestApp, project: &str, more: &[&str]) -> Value {
    let room: &[&str] = if more.contains(&"--apply") { &["--velocity", "400"] } else { &[] };
    app.upnext(&[&["sprint", "--json", project], more, room].concat()).ok().json()
}

/// Writes a sprint and kills that after so many writes; the project's plans, the newest first.
pub fn killed_after(writes: u64, app: &TestApp, project: &str) -> Value {
    app.asana.faults(json!({ "latency_ms": { "min": 20, "max": 20 } }));
    app.asana.reset_counters();
    let mut killed = app.start(&["sprint", "--json", project, "--apply", "--velocity", "400"]);
    let saw = app.asana.saw_writes(writes, || killed.try_wait().unwrap().is_some());
    killed.kill().unwrap();
    killed.wait().unwrap();
    app.asana.faults(json!({}));
    assert!(saw, "the run ended before it could be killed");
    app.upnext(&["plan", "list", "--json", "--project", project]).ok().json()
}

/// The sections of a project with their tasks, in order.
pub fn sections(app: &TestApp, project: &str) -> Vec<(String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let sections = app.asana.list(&format!("/projects/{project}/sections?opt_fields=name"));
    let tasks = |gid: &str| -> Vec<String> {
        app.asana.list(&format!("/sections/{gid}/tasks")).iter().map(|task| text(&task["gid"])).collect()
    };
    sections.iter().map(|section| (text(&section["name"]), tasks(&text(&section["gid"])))).collect()
}

/// What a sprint may write on each open task.
pub fn tasks(app: &TestApp, project: &str) -> BTreeMap<String, Value> {
    let fields = "assignee.gid,start_on,due_on,due_at,memberships.section.name,memberships.project.gid,\
                  custom_fields.name,custom_fields.display_value";
    let list = app.asana.list(&format!("/tasks?project={project}&completed_since=now&opt_fields={fields}"));
    let row = |task: Value| {
        let here = task["memberships"].as_array().unwrap().iter().find(|m| m["project"]["gid"] == project);
        let suggested = task["custom_fields"].as_array().unwrap();
        let suggested = suggested.iter().find(|field| field["name"] == "AI Suggested Sprint");
        let whole = json!({
            "assignee": task["assignee"]["gid"], "start_on": task["start_on"], "due_on": task["due_on"],
            "due_at": task["due_at"], "section": here.unwrap()["section"]["name"],
            "suggested": suggested.map_or(Value::Null, |field| field["display_value"].clone()),
        });
        (task["gid"].as_str().unwrap().to_owned(), whole)
    };
    list.into_iter().map(row).collect()
}

pub fn taken(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let taken = list(&report["plan"], "taken");
    taken.iter().map(|task| (text(&task["task"]), text(&task["person"]["gid"]))).collect()
}

#[test]
fn a_sprint_is_filled_and_filled_again_without_a_write() {
    let (app, project) = set_up(AUTO);
    let rows = tasks(&app, &project);
    app.asana.reset_counters();
    let preview = sprint(&app, &project, &[]);
    assert_eq!(app.asana.writes(), 0);
    let plan = preview["written"]["plan"].as_str().unwrap();
    assert!(app.upnext(&["plan", "replay", plan]).ok().out.contains("byte for byte"));
    let report = sprint(&app, &project, &["--apply"]);
    let written = &report["written"];
    assert_eq!((&written["trouble"], &written["stopped"]), (&json!([]), &Value::Null), "{written:#}");
    let name = format!("Sprint {}", report["from"].as_str().unwrap());
    let after = tasks(&app, &project);
    let wanted = taken(&report);
    assert!(wanted.len() > 3, "{report:#}");
    for (task, person) in &wanted {
        let (was, is) = (&rows[task], &after[task]);
        assert_eq!(is["section"], name.as_str(), "{is:#}");
        assert_eq!(is["suggested"], "Next Sprint");
        // Who has a task keeps it, unless a person says otherwise.
        let has = if was["assignee"].is_null() { json!(person) } else { was["assignee"].clone() };
        assert_eq!(is["assignee"], has, "{task}");
        assert!(was["due_on"].is_null() || was["due_on"] == is["due_on"], "{was:#} {is:#}");
        assert_eq!(was["due_at"], is["due_at"]);
    }
    let dated = wanted.iter().filter(|(task, _)| !after[task]["start_on"].is_null()).count();
    let given = wanted.iter().filter(|(task, _)| rows[task]["assignee"].is_null()).count();
    assert!(dated > 0 && given > 0, "{dated} dated, {given} given out of {}", wanted.len());
    for (task, is) in after.iter().filter(|(task, _)| !wanted.iter().any(|(t, _)| t == *task)) {
        let mut was = rows[task].clone();
        was["suggested"] = is["suggested"].clone();
        assert_eq!(*is, was, "a task the sprint does not take was touched");
    }
    let again = sprint(&app, &project, &["--apply"]);
    assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]["actions"]);
    assert_eq!(tasks(&app, &project), after);
}

#[test]
fn a_sprint_is_taken_back_to_its_place_and_only_asked_about_from_then_on() {
    let (app, project) = set_up(AUTO);
    let (before, rows) = (sections(&app, &project), tasks(&app, &project));
    let report = sprint(&app, &project, &["--apply"]);
    let (written, wanted) = (&report["written"], taken(&report));
    let name = format!("Sprint {}", report["from"].as_str().unwrap());
    // A groom does not take the suggestion of a planned sprint away.
    app.upnext(&["groom", "--project", &project, "--apply"]).ok();
    let groomed = tasks(&app, &project);
    assert!(wanted.iter().all(|(task, _)| groomed[task]["suggested"] == "Next Sprint"), "{groomed:#?}");
    let run = written["run"].as_str().unwrap();
    app.upnext(&["undo", "--json", run]).ok();
    assert_eq!(sections(&app, &project).iter().filter(|(n, _)| *n == name).count(), 0);
    let host = |list: &[String]| -> Vec<String> {
        list.iter().filter(|task| rows.contains_key(*task)).cloned().collect()
    };
    for ((was, tasks_before), (is, tasks_now)) in before.iter().zip(&sections(&app, &project)) {
        assert_eq!(was, is);
        assert_eq!(host(tasks_before), host(tasks_now), "the order within {was}");
    }
    for (task, is) in tasks(&app, &project).iter().filter(|(task, _)| rows.contains_key(*task)) {
        let (mut is, mut was) = (is.clone(), rows[task].clone());
        (is["suggested"], was["suggested"]) = (Value::Null, Value::Null);
        assert_eq!(is, was, "{task}");
    }
    // What was taken back is only asked about from now on.
    let third = sprint(&app, &project, &["--apply"]);
    let moves =
        list(&third["written"], "actions").iter().filter(|line| line.as_str().unwrap().contains("move to"));
    let first = wanted.iter().filter(|(task, _)| taken(&third).iter().any(|(t, _)| t == task)).count();
    assert!(moves.count() + first <= taken(&third).len(), "{:#}", third["written"]);
}

#[test]
fn a_phase_that_suggests_writes_the_suggestion_alone_and_shadow_nothing() {
    let (app, project) = set_up("");
    let rows = tasks(&app, &project);
    let report = sprint(&app, &project, &["--apply"]);
    let after = tasks(&app, &project);
    for (task, is) in &after {
        let mut was = rows[task].clone();
        was["suggested"] = is["suggested"].clone();
        assert_eq!(*is, was);
    }
    assert!(taken(&report).iter().all(|(task, _)| after[task]["suggested"] == "Next Sprint"));
    assert_eq!(report["written"]["asks"], json!([]));
    app.configure("[policy]\nphase = 'shadow'\n");
    let shadow = sprint(&app, &project, &["--apply"]);
    assert_eq!((&shadow["written"]["actions"], &shadow["written"]["asks"]), (&json!([]), &json!([])));
}

#[test]
fn a_phase_with_conditions_asks_and_a_yes_makes_the_section_and_moves_the_task() {
    let (app, project) = set_up("[policy]\nphase = 'conditional'\n");
    let rows = tasks(&app, &project);
    let report = sprint(&app, &project, &["--apply"]);
    let asked = app.upnext(&["approvals", "list", "--json", "--project", &project]).ok().json();
    let asked = asked.as_array().unwrap();
    let of = |what: &str| -> Vec<&Value> { asked.iter().filter(|one| one["what"] == what).collect() };
    assert_eq!(of("sprint").len(), taken(&report).len(), "{asked:#?}");
    let name = format!("Sprint {}", report["from"].as_str().unwrap());
    assert!(sections(&app, &project).iter().all(|(section, _)| *section != name));
    let moving = of("sprint")[0];
    let task = moving["task"].as_str().unwrap();
    app.upnext(&["approvals", "approve", moving["id"].as_str().unwrap()]).ok();
    assert_eq!(tasks(&app, &project)[task]["section"], name.as_str());
    assert_eq!(tasks(&app, &project)[task]["assignee"], rows[task]["assignee"]);
    let giving = of("assignee").into_iter().find(|one| one["old"].is_null()).unwrap();
    app.upnext(&["approvals", "reject", giving["id"].as_str().unwrap()]).ok();
    let dating = of("dates")[0];
    app.upnext(&["approvals", "approve", dating["id"].as_str().unwrap()]).ok();
    let dated = &tasks(&app, &project)[dating["task"].as_str().unwrap()];
    assert!(!dated["start_on"].is_null() && !dated["due_on"].is_null(), "{dated:#}");
    // A no is not asked again.
    sprint(&app, &project, &["--apply"]);
    let pending = app.upnext(&["approvals", "list", "--json", "--project", &project]).ok().json();
    let again =
        pending.as_array().unwrap().iter().any(|one| {
            one["what"] == "assignee" && one["task"] == giving["task"] && one["new"] == giving["new"]
        });
    assert!(!again, "{pending:#}");
}

#[test]
fn what_people_touched_stays_theirs_when_a_sprint_is_taken_back_or_planned_again() {
    let (app, project) = set_up(AUTO);
    let rows = tasks(&app, &project);
    let report = sprint(&app, &project, &["--apply"]);
    let wanted = taken(&report);
    let free: Vec<&String> =
        wanted.iter().map(|(task, _)| task).filter(|task| rows[*task]["assignee"].is_null()).collect();
    let all = sections(&app, &project);
    let elsewhere = app.asana.list(&format!("/projects/{project}/sections"))[0]["gid"].clone();
    let (moved, renamed) = (wanted[0].0.clone(), free[0].clone());
    app.asana.post(
        PERSON,
        &format!("/sections/{}/addTask", elsewhere.as_str().unwrap()),
        json!({ "task": moved }),
    );
    app.asana.put(PERSON, &format!("/tasks/{renamed}"), json!({ "assignee": null }));
    let again = sprint(&app, &project, &["--apply"]);
    let now = tasks(&app, &project);
    assert_eq!(now[&moved]["section"], all[0].0.as_str(), "{again:#}");
    assert!(now[&renamed]["assignee"].is_null(), "{:#}", again["written"]);
    let undone = app.upnext(&["undo", "--json", report["written"]["run"].as_str().unwrap()]).ok().json();
    let left: Vec<&str> = list(&undone, "left").iter().filter_map(|one| one["gid"].as_str()).collect();
    assert!(left.contains(&moved.as_str()), "{undone:#}");
    assert_eq!(tasks(&app, &project)[&moved]["section"], all[0].0.as_str());
}

#[test]
fn a_run_that_was_killed_is_carried_on_and_leaves_one_section() {
    let (app, project) = set_up(AUTO);
    let preview = sprint(&app, &project, &[]);
    let plans = killed_after(9, &app, &project);
    let plan = plans[0]["id"].as_str().unwrap();
    assert_ne!(plan, preview["written"]["plan"].as_str().unwrap());
    app.upnext(&["plan", "apply", plan]).ok();
    let name = format!("Sprint {}", preview["from"].as_str().unwrap());
    let now = sections(&app, &project);
    assert_eq!(now.iter().filter(|(section, _)| *section == name).count(), 1, "{now:?}");
    let after = tasks(&app, &project);
    let report = sprint(&app, &project, &["--apply"]);
    assert_eq!(report["written"]["actions"], json!([]), "{:#}", report["written"]);
    assert!(taken(&report).iter().all(|(task, _)| after[task]["section"] == name.as_str()));
    // The run that was killed is undone whole: its section too, which it is known to have made.
    app.upnext(&["undo", "--json", plans[0]["run"].as_str().unwrap()]).ok();
    assert!(sections(&app, &project).iter().all(|(section, _)| *section != name));
}

#[test]
fn a_lost_answer_to_the_making_of_a_section_makes_no_second_one() {
    let (app, project) = set_up(AUTO);
    app.asana
        .faults(json!({ "write_then_error": { "rate": 1.0, "path_prefix": "/projects", "max_count": 1 } }));
    app.upnext(&["sprint", "--json", &project, "--apply"]);
    app.asana.faults(json!({}));
    let report = sprint(&app, &project, &["--apply"]);
    let name = format!("Sprint {}", report["from"].as_str().unwrap());
    let now = sections(&app, &project);
    assert_eq!(now.iter().filter(|(section, _)| *section == name).count(), 1, "{now:?}");
    let again = sprint(&app, &project, &["--apply"]);
    assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]);
}

#[test]
fn velocity_comes_from_what_was_finished_and_gives_way_to_a_number() {
    let (app, project) = team(&[]);
    let report = sprint(&app, &project, &[]);
    let velocity = &report["velocity"];
    let (least, most) = (velocity["range"][0].as_f64().unwrap(), velocity["range"][2].as_f64().unwrap());
    let limit = velocity["hours"].as_f64().unwrap();
    assert!(list(velocity, "past").len() >= 3 && least <= limit && limit <= most, "{velocity:#}");
    assert!(velocity["source"].as_str().unwrap().contains("from the last"), "{velocity:#}");
    let hours: f64 = list(&report["plan"], "taken").iter().map(|task| task["hours"].as_f64().unwrap()).sum();
    assert!(hours <= limit + 0.1, "{hours} of {limit}");
    let sure = sprint(&app, &project, &["--finishing", "95"]);
    assert!(sure["velocity"]["hours"].as_f64().unwrap() <= limit, "{:#}", sure["velocity"]);
    let given = sprint(&app, &project, &["--velocity", "10"]);
    assert!(given["velocity"].is_null());
    let hours: f64 = list(&given["plan"], "taken").iter().map(|task| task["hours"].as_f64().unwrap()).sum();
    assert!(hours <= 10.1, "{hours}");
}

#[test]
fn sections_of_past_sprints_are_the_velocity_and_what_is_left_in_the_last_is_taken_over() {
    let (app, project) = set_up("");
    let open: Vec<String> = tasks(&app, &project).into_keys().collect();
    let mut done = app.asana.list(&format!("/tasks?project={project}&opt_fields=completed_at"));
    done.retain(|task| task["completed_at"].is_string());
    // The latest: what was finished before the twelve last spans is not read.
    done.sort_by_key(|task| std::cmp::Reverse(task["completed_at"].as_str().unwrap().to_owned()));
    let done: Vec<&str> = done.iter().map(|task| task["gid"].as_str().unwrap()).collect();
    assert!(done.len() >= 8 && open.len() >= 2, "{} done, {} open", done.len(), open.len());
    for (nth, day) in ["2020-01-06", "2020-01-20", "2020-02-03", "2020-02-17"].into_iter().enumerate() {
        let name = format!("Sprint {day}");
        let section =
            app.asana.post(PERSON, &format!("/projects/{project}/sections"), json!({ "name": name }));
        let gid = section["gid"].as_str().unwrap();
        for task in &done[2 * nth..2 * nth + 2] {
            app.asana.post(PERSON, &format!("/sections/{gid}/addTask"), json!({ "task": task }));
        }
        if nth == 3 {
            app.asana.post(PERSON, &format!("/sections/{gid}/addTask"), json!({ "task": open[0] }));
        }
    }
    let report = sprint(&app, &project, &[]);
    let past: Vec<&str> =
        list(&report["velocity"], "past").iter().map(|sprint| sprint["name"].as_str().unwrap()).collect();
    let dated = ["Sprint 2020-01-06", "Sprint 2020-01-20", "Sprint 2020-02-03", "Sprint 2020-02-17"];
    assert!(past.ends_with(&dated), "{past:?}");
    let notes = list(&report, "notes").iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n");
    assert!(notes.contains("1 open task is left over from “Sprint 2020-02-17”"), "{notes}");
    let is_taken = taken(&report).iter().any(|(task, _)| *task == open[0]);
    assert_eq!(report["carried"], if is_taken { json!([open[0]]) } else { json!([]) });
}

#[test]
fn scenarios_stand_side_by_side_and_write_nothing() {
    let (app, project) = team(&[]);
    let plan = sprint(&app, &project, &[]);
    let (task, _) = taken(&plan)[0].clone();
    let person = list(&plan["plan"], "taken")[0]["person"]["name"].as_str().unwrap().to_owned();
    let (away, without) = (format!("away={person}"), format!("without={task},finishing=60"));
    let more = ["--must", &task, "--compare", "finishing=95", "--compare", &away, "--compare", &without];
    let report = sprint(&app, &project, &more);
    let rows = list(&report, "scenarios");
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["as planned", "finishing=95", &away, &without]);
    let value = |at: usize| rows[at]["value"].as_f64().unwrap();
    assert!(value(1) <= value(0) + 1e-6 && value(2) < value(0) + 1e-6, "{rows:#?}");
    let left = rows[3]["differs"].as_array().unwrap().iter().filter_map(Value::as_str);
    assert!(left.into_iter().any(|line| line.starts_with("leaves out")), "{rows:#?}");
    let words = app.upnext(&["sprint", &project, "--compare", "finishing=95"]).ok().out;
    assert!(words.contains("as planned") && words.contains("finishing=95"), "{words}");
    assert_eq!(app.asana.writes(), 0);
    for wrong in ["finishing=5", "weather=rain", "velocity=-1"] {
        app.upnext(&["sprint", &project, "--compare", wrong]).exits(2).says(&["--compare", wrong]);
    }
    app.upnext(&["sprint", &project, "--compare", "away=Nobody Here"]).says(&["nobody here is called"]);
}

#[test]
fn a_preview_is_posted_as_one_comment_that_is_edited_in_place() {
    let (app, project) = set_up("");
    let before = tasks(&app, &project);
    let posted = sprint(&app, &project, &["--post"]);
    sprint(&app, &project, &["--post", "--finishing", "90"]);
    let rows = app.asana.list(&format!("/tasks?project={project}&completed_since=now&opt_fields=name"));
    let host =
        rows.iter().find(|task| task["name"] == "Prioritize Backlog").unwrap()["gid"].as_str().unwrap();
    let comments = app.asana.comments(host);
    let texts: Vec<&str> = comments.iter().filter_map(|story| story["text"].as_str()).collect();
    assert!(
        texts.len() == 1
            && texts[0].starts_with("Upnext · plan of the sprint from")
            && texts[0].contains("Left out:"),
        "{texts:?}"
    );
    let mut after = tasks(&app, &project);
    after.retain(|task, _| before.contains_key(task));
    assert_eq!(after, before);
    app.upnext(&["undo", posted["run"].as_str().unwrap()]);
    app.configure("[policy]\nphase = 'shadow'\n");
    app.upnext(&["sprint", &project, "--post"]).says(&["shadow"]);
}

/// How much better than greedily the real backlogs beside the repository are planned: their first 250 tasks, as open ones.
#[test]
fn real_backlogs_are_planned_no_worse_than_greedily() {
    for name in ["camel.jsonl", "datalab.jsonl", "oak.jsonl", "tistud-history.jsonl"] {
        let Some(file) = crate::backlog::real(name) else { continue };
        let text = std::fs::read_to_string(file).unwrap();
        let open = |line: &str| {
            let mut task: Value = serde_json::from_str(line).unwrap();
            task.as_object_mut().unwrap().remove("resolved");
            task
        };
        let lines: Vec<Value> = text.lines().take(250).map(open).collect();
        // One of them names nobody: the token's own user is who does the work.
        let config = "[policy.assign]\nown_user = true\n";
        let setting = Setting { backlogs: vec![crate::backlog::text(&lines)], config, ..Setting::default() };
        let app = TestApp::with(setting);
        let report = sprint(&app, &app.project, &[]);
        let plan = &report["plan"];
        let figure = |key: &str| plan[key].as_f64().unwrap();
        let (value, greedy, gap) = (figure("value"), figure("greedy"), figure("gap"));
        let (people, taken) = (list(&report, "people").len(), list(plan, "taken").len());
        println!(
            "{name}: {} tasks, {people} people, {taken} taken: {value:.0}, greedily {greedy:.0} ({:+.1} %), {:.2} % from the best at most",
            lines.len(),
            100.0 * (value / greedy.max(1e-9) - 1.0),
            100.0 * gap
        );
        assert!(taken > 0 && value + 1e-6 >= greedy && gap <= 0.2, "{name}: {plan:#}");
    }
}
