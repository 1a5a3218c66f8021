//! Approvals through the program: what waits, what a yes writes, what a no and silence come to, and that nobody is asked twice.

use crate::app::{Setting, TestApp, ended, ran};
use crate::asana::{PERSON, TOKEN};
use crate::backlog;
use crate::dashboard::session_of;
use crate::database::Kind;
use crate::served::{Served, port, until};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A set-up backlog in which people have set every priority.
fn prioritised(setting: Setting) -> TestApp {
    let app = TestApp::with(setting);
    app.setup();
    app
}

fn small() -> Setting<'static> {
    Setting { backlogs: vec![backlog::mixed(12)], ..Setting::default() }
}

fn list(app: &TestApp, more: &[&str]) -> Vec<Value> {
    let args = [&["approvals", "list", "--json"], more].concat();
    app.upnext(&args).ok().json().as_array().unwrap().clone()
}

fn priority(app: &TestApp, approval: &Value) -> Value {
    app.asana.value(approval["task"].as_str().unwrap(), "Priority")
}

fn id(approval: &Value) -> &str {
    approval["id"].as_str().unwrap()
}

/// One yes, one no, the rest in bulk; the run is undone, and the audit holds.
fn from_question_to_undo(app: &TestApp) {
    app.setup();
    for task in app.asana.tasks(&app.project) {
        let gid = task["gid"].as_str().unwrap();
        app.asana.post(TOKEN, &format!("/tasks/{gid}/stories"), json!({ "text": "Customers ask for this." }));
    }
    let before = app.end_state();
    let report = app.groom_and_apply();
    let heard = |t: &Value| t["contributions"]["stakeholder_pressure"].as_f64() > Some(0.0);
    assert!(report["tasks"].as_array().unwrap().iter().any(heard), "{report:#}");
    let waiting = list(app, &["--project", &app.project]);
    assert_eq!(report["pending"], waiting.len());
    assert!(waiting.len() > 3, "{waiting:#?}");
    for one in &waiting {
        assert_eq!((&one["state"], &one["what"]), (&json!("pending"), &json!("priority")));
        assert_eq!(one["plan"], report["plan"]);
        assert_eq!(priority(app, one), one["old"], "nothing was written yet");
        let task = report["tasks"].as_array().unwrap().iter().find(|t| t["gid"] == one["task"]).unwrap();
        assert_eq!((&one["new"], &one["band"]), (&task["band"], &task["band"]));
        assert_eq!(one["confidence"], task["confidence"]);
    }
    let yes = app.upnext(&["approvals", "approve", "--json", id(&waiting[0]), "--by", "Dana"]).ok().json();
    assert_eq!(yes["settled"].as_array().unwrap().len(), 1);
    assert_eq!(priority(app, &waiting[0]), waiting[0]["new"]);
    assert_eq!(priority(app, &waiting[1]), waiting[1]["old"]);
    // Again: told, and nothing is written.
    app.asana.reset_counters();
    let again = app.upnext(&["approvals", "approve", id(&waiting[0])]).ok().out;
    assert!(again.contains("approved already, by Dana at"), "{again}");
    assert_eq!(app.asana.writes(), 0);
    app.upnext(&["approvals", "reject", id(&waiting[1]), "--reason", "not this quarter"]).ok();
    assert_eq!(priority(app, &waiting[1]), waiting[1]["old"]);
    let bulk =
        app.upnext(&["approvals", "approve", "--json", "--all", "--project", &app.project]).ok().json();
    assert_eq!(bulk["settled"].as_array().unwrap().len(), waiting.len() - 2);
    assert_eq!(bulk["runs"].as_array().unwrap().len(), 1);
    for one in &waiting[2..] {
        assert_eq!(priority(app, one), one["new"]);
    }
    // What was rejected is not asked again. (A priority is an input too, so that other values may be asked for.)
    let later = app.groom_and_apply();
    // Writing an answer loses nothing that was read: comments weigh as they did.
    for task in report["tasks"].as_array().unwrap() {
        let again = later["tasks"].as_array().unwrap().iter().find(|t| t["gid"] == task["gid"]).unwrap();
        let pressure = "stakeholder_pressure";
        assert_eq!(again["contributions"][pressure], task["contributions"][pressure], "{task}");
    }
    let asked = list(app, &[]);
    assert!(asked.iter().all(|a| (&a["task"], &a["new"]) != (&waiting[1]["task"], &waiting[1]["new"])));
    let rejected = list(app, &["--state", "rejected"]);
    assert_eq!(rejected[0]["settled"]["why"], "not this quarter");
    for run in [&later["run"], &bulk["runs"][0], &yes["runs"][0]] {
        app.upnext(&["undo", run.as_str().unwrap()]).ok();
    }
    for one in &waiting {
        assert_eq!(priority(app, one), one["old"]);
    }
    app.undo(&report);
    assert_eq!(app.end_state(), before);
    let actors: BTreeSet<String> = app
        .audit()
        .iter()
        .filter(|e| e["kind"] == "approval")
        .map(|e| e["actor"].as_str().unwrap().to_owned())
        .collect();
    assert!(actors.contains("Dana") && actors.contains("Upnext"), "{actors:?}");
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn from_question_to_undo_on_sqlite() {
    from_question_to_undo(&TestApp::with(small()));
}

#[test]
fn from_question_to_undo_on_postgresql() {
    from_question_to_undo(&TestApp::with(Setting { database: Kind::Postgres, ..small() }));
}

#[test]
fn filters_narrow_the_list_and_the_bulk() {
    let app = prioritised(Setting::default());
    app.groom();
    let all = list(&app, &[]);
    let band = all[0]["band"].as_str().unwrap();
    let of_band = list(&app, &["--band", band]);
    assert!(!of_band.is_empty() && of_band.len() < all.len() && of_band.iter().all(|a| a["band"] == band));
    let sure = all.iter().map(|a| a["confidence"].as_u64().unwrap()).max().unwrap();
    let surest = list(&app, &["--min-confidence", &sure.to_string()]);
    assert!(surest.iter().all(|a| a["confidence"] == sure) && !surest.is_empty());
    let far = list(&app, &["--min-change", "2"]);
    assert!(far.iter().all(|a| a["moves"].is_null() || a["moves"].as_u64() >= Some(2)), "{far:#?}");
    let told = app.upnext(&["approvals", "list", "--band", band]).ok().out;
    assert!(told.contains(&format!("{} waiting", of_band.len())), "{told}");
    app.upnext(&["approvals", "approve", "--all", "--band", band]).ok();
    let left = list(&app, &[]);
    assert_eq!(left.len(), all.len() - of_band.len());
    assert!(left.iter().all(|a| a["band"] != band));
    // What makes no sense is said.
    app.upnext(&["approvals", "approve", "apr_0"]).exits(2).says(&["apr_0", "approvals list"]);
    app.upnext(&["approvals", "approve", id(&left[0]), "--band", band]).exits(2).says(&["--all"]);
    app.upnext(&["approvals", "approve"]).exits(2);
}

#[test]
fn what_changed_since_is_left_as_people_have_it() {
    let app = TestApp::with(Setting { sandbox: &["--limits", "off", "--demo"], ..small() });
    app.setup();
    app.groom_and_apply();
    let waiting = list(&app, &[]);
    let [theirs, kept, done] = [0, 1, 2].map(|at| waiting[at]["task"].as_str().unwrap());
    let other = ["P0", "P1", "P2", "P3"]
        .into_iter()
        .find(|p| waiting[0]["old"] != *p && waiting[0]["new"] != *p)
        .unwrap();
    app.edit_with(PERSON, theirs, "Priority", json!(other));
    app.edit_with(PERSON, kept, "Manual Override", json!("Override"));
    app.asana.put(PERSON, &format!("/tasks/{done}"), json!({ "completed": true }));
    let report = app.upnext(&["approvals", "approve", "--json", "--all"]).ok().json();
    assert_eq!(report["settled"].as_array().unwrap().len(), waiting.len() - 3);
    let why = |task: usize| {
        let left = report["left"].as_array().unwrap();
        left.iter().find(|l| l["id"] == waiting[task]["id"]).unwrap()["why"].as_str().unwrap().to_owned()
    };
    assert_eq!(why(0), format!("Priority was changed to {other} since it was asked"));
    assert_eq!(why(1), "manual override (Override)");
    assert_eq!(why(2), "the task is completed");
    assert_eq!(app.asana.value(theirs, "Priority"), other);
    assert_eq!(list(&app, &["--state", "invalidated"]).len(), 3);
}

#[test]
fn a_later_judgement_ends_or_replaces_a_question() {
    let app = prioritised(small());
    app.groom_and_apply();
    let first = list(&app, &[]);
    // The same judgement asks the same thing: the question stays, with the day it was first asked.
    app.groom_and_apply();
    let second = list(&app, &[]);
    assert_eq!(first.len(), second.len());
    for (a, b) in first.iter().zip(&second) {
        assert_eq!((&a["id"], &a["asked_at"]), (&b["id"], &b["asked_at"]));
        assert_ne!(a["plan"], b["plan"]);
    }
    // A person who sets the suggested value has answered by hand.
    let task = first[0]["task"].as_str().unwrap();
    app.edit_as_person(task, "Priority", first[0]["new"].clone());
    app.groom_and_apply();
    assert!(list(&app, &[]).iter().all(|a| a["task"] != task));
    let ended = list(&app, &["--state", "invalidated"]);
    assert_eq!(ended[0]["settled"]["why"], "it is so already");
    // Asking can be switched off.
    app.configure("[policy.approvals]\nask = []");
    app.groom_and_apply();
    assert_eq!(list(&app, &[]), Vec::<Value>::new());
}

#[test]
fn two_people_at_once_write_once() {
    let app = prioritised(small());
    app.groom_and_apply();
    let waiting = list(&app, &[]);
    app.asana.reset_counters();
    let args = ["approvals", "approve", "--json", "--all"];
    let both = [app.start(&args), app.start(&args)].map(|child| ended(child.wait_with_output().unwrap()));
    let settled: usize = both
        .iter()
        .filter(|ran| ran.code == 0)
        .map(|ran| ran.json()["settled"].as_array().unwrap().len())
        .sum();
    assert_eq!(settled, waiting.len());
    assert_eq!(app.asana.writes(), waiting.len() as u64);
    assert_eq!(list(&app, &["--state", "approved"]).len(), waiting.len());
}

#[test]
fn a_yes_or_no_on_the_task_in_asana_counts() {
    let app = prioritised(small());
    let field = "[policy.approvals]\nfield = 'Prioritization Status'";
    app.configure(field);
    app.groom_and_apply();
    let waiting = list(&app, &[]);
    let options = {
        let gid = &app.asana.fields(&app.project)["Prioritization Status"];
        let field = app.asana.get(&format!("/custom_fields/{gid}?opt_fields=enum_options.name"));
        let names = field["enum_options"].as_array().unwrap().clone();
        names.iter().map(|o| o["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (yes, no) = (options[0].as_str(), options[1].as_str());
    app.configure(&format!("{field}\napprove = '{yes}'\nreject = '{no}'"));
    let [said_yes, said_no] = [0, 1].map(|at| waiting[at]["task"].as_str().unwrap());
    app.edit_as_person(said_yes, "Prioritization Status", json!(yes));
    app.edit_as_person(said_no, "Prioritization Status", json!(no));
    let report = app.groom_and_apply();
    assert_eq!(priority(&app, &waiting[0]), waiting[0]["new"], "{report:#}");
    assert_eq!(priority(&app, &waiting[1]), waiting[1]["old"]);
    assert_eq!(list(&app, &["--state", "approved"])[0]["settled"]["by"], "somebody in Asana");
    let rejected = list(&app, &["--state", "rejected"]);
    assert_eq!(rejected[0]["settled"]["why"], format!("Prioritization Status: {no}"));
    assert_eq!(list(&app, &[]).len(), waiting.len() - 2);
    app.upnext(&["plan", "replay", report["plan"].as_str().unwrap()]).ok();
}

#[test]
fn silence_is_a_yes_only_where_the_policy_says_so_and_too_old_is_a_no() {
    let app = prioritised(small());
    app.groom_and_apply();
    let asked = list(&app, &[]);
    assert!(asked.iter().all(|one| one["silent_yes_at"].is_null()), "{asked:#?}");
    let waiting = asked.len();
    later(&app, 15, &["groom", "--apply", "--project", &app.project]);
    assert_eq!(list(&app, &[]).len(), 0);
    let expired = list(&app, &["--state", "expired"]);
    assert_eq!(expired.len(), waiting);
    assert_eq!(expired[0]["settled"]["why"], "nobody answered within 14 days");
    assert!(expired.iter().all(|a| priority(&app, a) == a["old"]));
    // The same value is not asked again by itself.
    app.groom_and_apply();
    assert_eq!(list(&app, &[]).len(), 0);

    let app = prioritised(small());
    app.configure("[policy.approvals]\nsilence_days = 3");
    app.groom_and_apply();
    let waiting = list(&app, &[]);
    silence_is_foretold(&app, &waiting);
    app.upnext(&["approvals", "reject", id(&waiting[0])]).ok();
    later(&app, 2, &["groom", "--apply", "--project", &app.project]);
    assert_eq!(list(&app, &["--state", "approved"]), Vec::<Value>::new());
    later(&app, 4, &["groom", "--apply", "--project", &app.project]);
    let approved = list(&app, &["--state", "approved"]);
    assert!(!approved.is_empty());
    for one in &approved {
        assert_eq!(one["settled"]["by"], "silence");
        assert_eq!(priority(&app, one), one["new"]);
    }
    assert_eq!(priority(&app, &waiting[0]), waiting[0]["old"]);
}

/// The day on which silence answers, three days after it was asked, is told wherever the question is.
fn silence_is_foretold(app: &TestApp, waiting: &[Value]) {
    let at = |one: &Value, what: &str| one[what].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    for one in waiting {
        let days = at(one, "silent_yes_at").duration_since(at(one, "asked_at")).as_hours() / 24;
        assert_eq!(days, 3, "{one:#}");
    }
    let yes = at(&waiting[0], "silent_yes_at");
    let told = app.upnext(&["approvals", "list"]).ok().out;
    let day = yes.strftime("%Y-%m-%d");
    assert!(told.contains(&format!("the first counts as a yes on {day}, unless rejected")), "{told}");
    assert!(told.contains(&format!("{day} as a yes")), "{told}");
    let served = Served::run(app, &["dashboard", "--json", "--listen", "127.0.0.1:0"]);
    let cookie = session_of(app, &"a".repeat(64), ("viewer", None));
    let page = reqwest::blocking::Client::new().get(format!("{}/approvals", served.url));
    let page = page.header("cookie", cookie).send().unwrap().text().unwrap();
    let words = format!("counts as a yes on <time datetime=\"{}\"", yes.strftime("%FT%TZ"));
    assert!(page.contains(&words) && page.contains(", unless rejected"), "{page}");
    assert!(!page.contains(">until "), "{page}");
}

#[test]
fn the_service_ends_what_waited_for_too_long() {
    let app = prioritised(small());
    app.groom_and_apply();
    assert!(!list(&app, &[]).is_empty());
    app.upnext(&["connect", "--project", &app.project]).ok();
    let served =
        Served::spawn(on_day(&app, 20, &["serve", "--json", "--listen", &format!("127.0.0.1:{}", port())]));
    until("the questions end", || list(&app, &[]).is_empty());
    let (code, _) = served.stop();
    assert_eq!(code, 0);
    assert!(!list(&app, &["--state", "expired"]).is_empty());
}

/// The command as it would go some days from now.
pub fn on_day(app: &TestApp, days: i64, args: &[&str]) -> std::process::Command {
    #[expect(clippy::disallowed_methods, reason = "another day begins with this one")]
    let now = jiff::Timestamp::now().as_millisecond();
    let mut command = app.command(args);
    command.env("UPNEXT_TEST_CLOCK", format!("{now},{},1", now + days * 86_400_000));
    command
}

fn later(app: &TestApp, days: i64, args: &[&str]) {
    ran(on_day(app, days, args)).ok();
}

#[test]
fn what_was_turned_down_or_taken_back_is_not_written_in_a_higher_phase_either() {
    let app = prioritised(small());
    for task in app.asana.tasks(&app.project) {
        app.edit_as_person(task["gid"].as_str().unwrap(), "Priority", Value::Null);
    }
    app.groom_and_apply();
    let waiting = list(&app, &["--project", &app.project]);
    assert!(waiting.len() > 3, "{waiting:#?}");
    app.upnext(&["approvals", "reject", id(&waiting[0]), "--reason", "not now"]).ok();
    let yes = app.upnext(&["approvals", "approve", "--json", id(&waiting[1])]).ok().json();
    assert_eq!(priority(&app, &waiting[1]), waiting[1]["new"]);
    let answers = app.upnext(&["plan", "list", "--json"]).ok().json();
    let of_answers =
        answers.as_array().unwrap().iter().find(|plan| plan["kind"] == "approve").unwrap()["id"].clone();
    app.upnext(&["undo", yes["runs"][0].as_str().unwrap()]).ok();
    assert_eq!(priority(&app, &waiting[1]), Value::Null);
    // A plan of the lower phase, and one made of answers, are no way round.
    let before = app.groom()["plan"].clone();
    app.upnext(&["phase", "set", &app.project, "auto", "--anyway", "--reason", "a trial"]).ok();
    for plan in [&before, &of_answers] {
        let refused = app.upnext(&["plan", "apply", plan.as_str().unwrap()]);
        assert!(refused.code != 0 && refused.err.contains("is not carried out"), "{}", refused.err);
    }
    app.groom_and_apply();
    for kept in &waiting[..2] {
        assert_eq!(priority(&app, kept), Value::Null, "{kept:#}");
    }
    for free in &waiting[2..] {
        assert_eq!(priority(&app, free), free["new"], "{free:#}");
    }
    // What was taken back is asked about again, what was turned down is not; a yes lifts it.
    let again = list(&app, &["--project", &app.project]);
    let tasks: Vec<&Value> = again.iter().map(|one| &one["task"]).collect();
    assert_eq!(tasks, [&waiting[1]["task"]], "{again:#?}");
    app.upnext(&["approvals", "approve", id(&again[0])]).ok();
    assert_eq!(priority(&app, &waiting[1]), waiting[1]["new"]);
}
