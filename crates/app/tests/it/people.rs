//! People stay in charge: what they set is seen, kept and told, whoever they are and whenever they did it.

use crate::app::{Setting, TestApp};
use crate::asana::{PERSON, TOKEN, shown};
use crate::backlog;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn skipped(report: &Value, task: &str) -> Option<String> {
    let skipped = report["skipped"].as_array().unwrap().iter().find(|s| s["gid"] == task);
    skipped.map(|s| s["reason"].as_str().unwrap().to_owned())
}

fn task(report: &Value, at: usize) -> String {
    report["tasks"][at]["gid"].as_str().unwrap().to_owned()
}

fn tasks(report: &Value) -> &[Value] {
    report["tasks"].as_array().unwrap()
}

/// One value of every task, keyed by gid.
fn held(app: &TestApp, field: &str) -> BTreeMap<String, Value> {
    let tasks = app.asana.tasks(&app.project);
    tasks.iter().map(|t| (t["gid"].as_str().unwrap().to_owned(), shown(t, field))).collect()
}

/// Where every task is, keyed by gid; our own task left out.
fn places(app: &TestApp) -> BTreeMap<String, Value> {
    let mut tasks = app.asana.tasks(&app.project);
    tasks.retain(|t| t["name"] != "Prioritize Backlog");
    let place = |t: &Value| t["memberships"][0]["section"]["name"].clone();
    tasks.iter().map(|t| (t["gid"].as_str().unwrap().to_owned(), place(t))).collect()
}

/// A backlog in which people have set the priority of about every second task.
fn half_prioritised() -> TestApp {
    let half = |(n, line): (usize, &str)| {
        let mut task: Value = serde_json::from_str(line).unwrap();
        if n / 4 % 2 == 1 {
            task.as_object_mut().unwrap().remove("priority");
        }
        task
    };
    let lines: Vec<Value> = backlog::mixed(20).lines().enumerate().map(half).collect();
    let app = TestApp::with(Setting { backlogs: vec![backlog::text(&lines)], ..Setting::default() });
    app.setup();
    app
}

#[test]
fn an_override_keeps_the_whole_task_and_clearing_it_gives_it_back() {
    let app = TestApp::new();
    app.setup();
    let first = app.groom();
    let (theirs, name) = (task(&first, 0), first["tasks"][0]["name"].as_str().unwrap());
    app.edit_as_person(&theirs, "Manual Override", json!("Override"));
    let before = app.end_state();
    let report = app.groom_and_apply();
    assert_eq!(skipped(&report, &theirs).unwrap(), "manual override (Override)");
    assert!(tasks(&report).iter().all(|t| t["gid"] != theirs.as_str()));
    assert_eq!(app.end_state()[name], before[name]);
    let told = app.upnext(&["groom", "--project", &app.project]).ok().out;
    assert!(told.contains(&format!("{name} ({theirs}): manual override (Override)")), "{told}");
    app.edit_as_person(&theirs, "Manual Override", Value::Null);
    let report = app.groom_and_apply();
    assert_eq!(skipped(&report, &theirs), None);
    assert!(app.asana.value(&theirs, "AI Priority Score").is_string());
}

#[test]
fn an_override_set_after_the_plan_holds_too() {
    let app = TestApp::new();
    app.setup();
    let plan = app.groom();
    let theirs = task(&plan, 0);
    app.edit_as_person(&theirs, "Manual Override", json!("Override"));
    app.upnext(&["plan", "apply", plan["plan"].as_str().unwrap()]).ok();
    assert_eq!(app.asana.value(&theirs, "AI Priority Score"), Value::Null);
    assert!(app.asana.value(&task(&plan, 1), "AI Priority Score").is_string());
}

fn what_they_set_or_cleared_stays(token: &str) {
    let app = TestApp::with_people();
    app.setup();
    let first = app.groom_and_apply();
    let [scored, cleared, banded, wordless] = [0, 1, 2, 3].map(|at| task(&first, at));
    app.edit_with(token, &scored, "AI Priority Score", json!(1));
    app.edit_with(token, &cleared, "AI Priority Score", Value::Null);
    app.edit_with(token, &banded, "Suggested Priority", json!("P3"));
    app.edit_with(token, &wordless, "AI Rationale", Value::Null);
    let [sc, cl] = [&scored, &cleared].map(|t| app.asana.value(t, "AI Rationale"));
    let [ba, wo] = [&banded, &wordless].map(|t| app.asana.value(t, "AI Recommendation"));
    for task in [&banded, &wordless] {
        app.edit_as_person(task, "Business Value", json!(10));
    }
    app.configure("[policy]\nmin_change = 0.0");
    let report = app.groom_and_apply();
    assert_eq!(skipped(&report, &scored).unwrap(), "a person set AI Priority Score to 1; it stays theirs");
    assert_eq!(skipped(&report, &cleared).unwrap(), "a person cleared AI Priority Score; it stays theirs");
    assert_eq!(app.asana.value(&scored, "AI Priority Score"), "1.0");
    assert_eq!(app.asana.value(&scored, "AI Rationale"), sc);
    assert_eq!(app.asana.value(&cleared, "AI Priority Score"), Value::Null);
    assert_eq!(app.asana.value(&cleared, "AI Rationale"), cl);
    assert_eq!(app.asana.value(&banded, "Suggested Priority"), "P3");
    assert_ne!(app.asana.value(&banded, "AI Recommendation"), ba);
    assert_eq!(app.asana.value(&wordless, "AI Rationale"), Value::Null);
    assert_ne!(app.asana.value(&wordless, "AI Recommendation"), wo);
    let kept: BTreeMap<&str, &str> = report["kept"]
        .as_array()
        .unwrap()
        .iter()
        .map(|k| (k["gid"].as_str().unwrap(), k["reason"].as_str().unwrap()))
        .collect();
    let told = BTreeMap::from([
        (banded.as_str(), "a person set Suggested Priority to P3; it stays theirs"),
        (wordless.as_str(), "a person cleared AI Rationale; it stays theirs"),
    ]);
    assert_eq!(kept, told);
}

#[test]
fn what_the_bots_own_user_set_or_cleared_in_a_browser_stays() {
    what_they_set_or_cleared_stays(TOKEN);
}

#[test]
fn what_another_person_set_or_cleared_stays() {
    what_they_set_or_cleared_stays(PERSON);
}

/// A saved plan whose first task a person has scored since: the plan and that task.
fn overtaken(token: &str) -> (TestApp, String, String) {
    let app = TestApp::with_people();
    app.setup();
    let plan = app.groom();
    let theirs = task(&plan, 0);
    app.edit_with(token, &theirs, "AI Priority Score", json!(3));
    (app, plan["plan"].as_str().unwrap().to_owned(), theirs)
}

#[test]
fn an_edit_between_plan_and_apply_wins() {
    let (app, plan, theirs) = overtaken(TOKEN);
    let applied = app.upnext(&["plan", "apply", "--json", &plan]).ok().json();
    assert_eq!(applied["outcome"]["conflicts"], 1, "{:#}", applied["outcome"]);
    let trouble = applied["trouble"].as_array().unwrap();
    assert_eq!(trouble.len(), 1, "{trouble:?}");
    assert!(trouble[0]["action"].as_str().unwrap().ends_with(&theirs), "{trouble:?}");
    assert_eq!(app.asana.value(&theirs, "AI Priority Score"), "3.0");
    // Nothing of that task is half written, all others are.
    assert_eq!(app.asana.value(&theirs, "AI Rationale"), Value::Null);
    assert_eq!(held(&app, "AI Rationale").values().filter(|v| v.is_string()).count(), 39);
    // Applying what is done does nothing.
    app.asana.reset_counters();
    app.upnext(&["plan", "apply", "--json", &plan]).ok();
    assert_eq!(app.asana.writes(), 0);
}

#[test]
fn another_persons_edit_between_plan_and_apply_wins_and_the_text_says_so() {
    let (app, plan, theirs) = overtaken(PERSON);
    let told = app.upnext(&["plan", "apply", &plan]).ok().out;
    assert!(told.contains("1 left because somebody was there first"), "{told}");
    assert!(told.contains("AI Priority Score"), "{told}");
    assert_eq!(app.asana.value(&theirs, "AI Priority Score"), "3.0");
}

#[test]
fn shadow_writes_nothing_and_still_tells() {
    let app = TestApp::new();
    app.setup();
    app.configure("[policy]\nphase = 'shadow'");
    let before = app.end_state();
    let report = app.groom_and_apply();
    assert_eq!(tasks(&report).len(), 40);
    assert_eq!(report["phase"], "shadow");
    assert_eq!(report["requests"]["writes"], 0);
    assert_eq!(app.end_state(), before);
}

#[test]
fn a_phase_may_hold_for_one_project_or_one_type_of_task() {
    let app = TestApp::new();
    app.setup();
    let shadow = format!("[{{ project = '{}', phase = 'shadow' }}]", app.project);
    app.configure(&format!("[policy]\nphase_for = {shadow}"));
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
    app.configure("[policy]\nphase_for = [{ field = 'Priority', value = 'P3', phase = 'shadow' }]");
    app.groom_and_apply();
    let (priority, score) = (held(&app, "Priority"), held(&app, "AI Priority Score"));
    let host = app.host().unwrap();
    for (task, priority) in priority.iter().filter(|(task, _)| **task != host) {
        assert_eq!(score[task].is_null(), *priority == "P3", "{task} has {priority}");
    }
}

#[test]
fn auto_sets_the_priority_where_nobody_did_and_is_quiet_afterwards() {
    let app = half_prioritised();
    let before = held(&app, "Priority");
    app.groom_and_apply();
    let host = app.host().unwrap();
    let mut suggested = held(&app, "Priority");
    suggested.remove(&host);
    assert_eq!(suggested, before, "suggest touches no official priority");
    app.configure("[policy]\nphase = 'auto'");
    let report = app.groom_and_apply();
    let after = held(&app, "Priority");
    for task in tasks(&report) {
        let gid = task["gid"].as_str().unwrap();
        let wanted = if before[gid].is_null() { &task["band"] } else { &before[gid] };
        assert_eq!(&after[gid], wanted, "{task}");
    }
    let again = app.groom_and_apply();
    assert_eq!(again["requests"]["writes"], 0, "what it wrote itself moves it: {again:#}");
    // A priority of ours that a person changes is theirs from then on.
    let ours = tasks(&report).iter().find(|t| before[t["gid"].as_str().unwrap()].is_null()).unwrap();
    let ours = ours["gid"].as_str().unwrap();
    let other = if after[ours] == "P3" { "P0" } else { "P3" };
    app.edit_as_person(ours, "Priority", json!(other));
    app.groom_and_apply();
    assert_eq!(app.asana.value(ours, "Priority"), other);
}

#[test]
fn conditional_does_what_its_bands_and_confidence_allow() {
    let app = half_prioritised();
    let before = held(&app, "Priority");
    let plan = app.groom();
    let free = |t: &&Value| before[t["gid"].as_str().unwrap()].is_null();
    let band = tasks(&plan).iter().find(free).unwrap()["band"].as_str().unwrap().to_owned();
    let of_band: Vec<&Value> = tasks(&plan).iter().filter(free).filter(|t| t["band"] == *band).collect();
    let sure = of_band.iter().map(|t| t["confidence"].as_u64().unwrap()).max().unwrap();
    app.configure(&format!(
        "[policy]\nphase = 'conditional'\n\
         conditional = [{{ what = 'priority', bands = ['{band}'], min_confidence = {sure} }}]\n\
         [policy.sections]\nnext = 'Ready'\nfuture = 'Later'\nbacklog = 'Later'"
    ));
    let at = places(&app);
    let report = app.groom_and_apply();
    let after = held(&app, "Priority");
    let mut set = 0;
    for task in tasks(&report) {
        let gid = task["gid"].as_str().unwrap();
        let allowed =
            before[gid].is_null() && task["band"] == *band && task["confidence"].as_u64() >= Some(sure);
        set += usize::from(allowed);
        assert_eq!(&after[gid], if allowed { &task["band"] } else { &before[gid] }, "{task}");
    }
    assert!(set > 0 && set < tasks(&report).len() / 2, "{set}");
    assert_eq!(places(&app), at, "sections are not among what is allowed");
}

#[test]
fn only_auto_moves_tasks_and_never_those_that_people_moved_back() {
    let app = TestApp::new();
    app.setup();
    let moving = "[policy]\nphase = 'auto'\n[policy.sections]\nnext = 'Ready'\nbacklog = 'Later'";
    app.configure(&moving.replace("auto", "suggest"));
    let before = places(&app);
    app.groom_and_apply();
    assert_eq!(places(&app), before);
    app.configure(moving);
    let report = app.groom_and_apply();
    let moved = places(&app);
    for task in tasks(&report) {
        let gid = task["gid"].as_str().unwrap();
        let wanted = match task["sprint"].as_str().unwrap() {
            "Next Sprint" => &json!("Ready"),
            "Backlog" => &json!("Later"),
            _ => &before[gid],
        };
        assert_eq!(&moved[gid], wanted, "{task}");
    }
    let ours = moved.iter().find(|(gid, place)| before[*gid] == "Inbox" && **place != "Inbox").unwrap().0;
    let sections = app.asana.list(&format!("/projects/{}/sections", app.project));
    let inbox = sections.iter().find(|s| s["name"] == "Inbox").unwrap()["gid"].as_str().unwrap();
    app.asana.post(TOKEN, &format!("/sections/{inbox}/addTask"), json!({ "task": ours }));
    app.groom_and_apply();
    assert_eq!(places(&app)[ours], "Inbox");
}

#[test]
fn a_section_that_is_not_there_is_told_and_stops_nothing() {
    let app = TestApp::new();
    app.setup();
    app.configure("[policy]\nphase = 'auto'\n[policy.sections]\nnext = 'Nowhere'");
    let before = places(&app);
    let report = app.groom_and_apply();
    assert!(report["notes"].to_string().contains("no section “Nowhere”"), "{:#}", report["notes"]);
    assert_eq!(places(&app), before);
    assert_eq!(held(&app, "AI Priority Score").values().filter(|v| v.is_string()).count(), 40);
}

#[test]
fn the_write_cap_holds_and_the_next_run_goes_on() {
    let app = TestApp::new();
    app.setup();
    app.configure("[policy]\nmax_writes = 25");
    let scored = |app: &TestApp| held(app, "AI Priority Score").values().filter(|v| v.is_string()).count();
    let report = app.groom_and_apply();
    assert_eq!(scored(&app), 25);
    let notes = report["notes"].to_string();
    assert!(notes.contains("15 writes are over the cap of 25"), "{notes}");
    // The first in rank are written first.
    let written: Vec<bool> = tasks(&report).iter().map(|t| t["written"] == true).collect();
    assert_eq!(written, [vec![true; 25], vec![false; 15]].concat());
    app.groom_and_apply();
    assert_eq!(scored(&app), 40);
}

#[test]
fn a_small_change_is_not_rewritten_and_a_large_one_is() {
    let app = TestApp::new();
    app.setup();
    let first = app.groom_and_apply();
    let old: BTreeMap<&str, &Value> = tasks(&first).iter().map(|t| (t["gid"].as_str().unwrap(), t)).collect();
    for (n, gid) in old.keys().enumerate() {
        app.edit_as_person(gid, "Business Value", json!(n % 11));
    }
    let second = app.groom_and_apply();
    let (mut small, mut large) = (vec![], 0);
    for task in tasks(&second) {
        let gid = task["gid"].as_str().unwrap();
        let before = old[gid];
        let by = (task["score"].as_f64().unwrap() - before["score"].as_f64().unwrap()).abs();
        let same = ["band", "sprint", "action"].iter().all(|what| task[what] == before[what]);
        let moved = by > 2.999 || !same;
        assert_eq!(task["written"], moved, "by {by}: {task}");
        large += usize::from(moved);
        if !moved && by > 0.0 {
            small.push(gid);
        }
        let stands = if moved { task } else { before };
        let shows = format!("{:.1}", stands["score"].as_f64().unwrap());
        assert_eq!(app.asana.value(gid, "AI Priority Score"), shows.as_str());
    }
    assert!(!small.is_empty() && large > 0, "{small:?}, {large}");
    app.configure("[policy]\nmin_change = 0.1");
    let third = app.groom_and_apply();
    for gid in small {
        let task = tasks(&third).iter().find(|t| t["gid"] == gid).unwrap();
        assert_eq!(task["written"], true, "{task}");
    }
}
