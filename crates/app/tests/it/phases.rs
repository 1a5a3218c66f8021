//! Phases as people decide them: over the configuration, step by step, with evidence or knowingly without, and back.

use crate::app::{Setting, TestApp};
use crate::backlog;
use crate::database::Kind;
use serde_json::{Value, json};

fn shown(app: &TestApp) -> Value {
    app.upnext(&["phase", "show", "--json", &app.project]).ok().json()
}

fn set(app: &TestApp, more: &[&str]) -> crate::app::Ran {
    app.upnext(&[&["phase", "set", "--json", app.project.as_str()], more].concat())
}

fn start(database: Kind) -> TestApp {
    let app = TestApp::with(Setting { backlogs: vec![backlog::mixed(12)], database, ..Setting::default() });
    app.setup();
    app
}

fn up_and_down(app: &TestApp) {
    let first = shown(app);
    assert_eq!(
        (&first["whole"]["phase"], &first["whole"]["from"]),
        (&json!("suggest"), &json!("the configuration, policy.phase"))
    );
    assert!(first["next"]["note"].as_str().unwrap().contains("groom the project first"), "{first:#}");
    let told = app.upnext(&["phase", "show", &app.project]).ok().out;
    for words in
        ["Answers to approvals: none yet", "Golden set: none yet", "Backtest: none yet", "not calibrated yet"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    set(app, &["shadow", "--by", "Dana", "--reason", "quiet week"]).ok();
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
    let shadow = shown(app);
    let (from, at) = (&shadow["whole"]["from"], shadow["whole"]["at"].as_str().unwrap());
    assert_eq!((from, &shadow["whole"]["more"]), (&json!("Dana"), &json!(": quiet week")));
    let told = app.upnext(&["phase", "show", &app.project]).ok().out;
    assert!(told.contains(&format!("(Dana at {at}: quiet week)")), "{told}");
    assert_eq!(shadow["next"]["phase"], "suggest");
    assert_eq!(shadow["next"]["adds"], json!([["AI fields", 12]]));
    // Up without evidence only knowingly.
    set(app, &["auto"]).exits(2).says(&["evidence for phase auto is lacking", "golden set", "--anyway"]);
    assert_eq!(shown(app)["whole"]["phase"], "shadow");
    let auto = set(app, &["auto", "--anyway", "--by", "Dana"]).ok().json();
    assert!(auto["whole"]["more"].as_str().unwrap().contains("without the evidence"), "{auto:#}");
    assert_eq!(app.groom()["phase"], "auto");
    // Back is one step; then the configuration.
    app.upnext(&["phase", "back", &app.project]).ok();
    assert_eq!(shown(app)["whole"]["phase"], "shadow");
    app.upnext(&["phase", "back", &app.project]).ok();
    assert_eq!(shown(app)["whole"]["from"], "the configuration, policy.phase");
    app.upnext(&["phase", "back", &app.project]).exits(2).says(&["nobody has decided"]);
    let kinds = app.audit().iter().filter(|e| e["kind"] == "phase").count();
    assert_eq!(kinds, 4);
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn up_and_down_on_sqlite() {
    up_and_down(&start(Kind::Sqlite));
}

#[test]
fn up_and_down_on_postgresql() {
    up_and_down(&start(Kind::Postgres));
}

#[test]
fn a_pilot_by_section_or_type_goes_before_the_whole_and_a_later_word_on_the_whole_before_all() {
    let app = start(Kind::Sqlite);
    app.configure("[policy]\nphase_for = [{ field = 'Priority', value = 'P0', phase = 'auto' }]");
    set(&app, &["shadow"]).ok();
    set(&app, &["suggest", "--section", "Ready"]).ok();
    let report = set(&app, &["suggest", "--type", "Priority = P3"]).ok().json();
    assert_eq!(report["parts"].as_array().unwrap().len(), 2, "{report:#}");
    app.groom_and_apply();
    let (mut in_pilot, mut outside) = (0, 0);
    for task in app.asana.tasks(&app.project) {
        let (gid, name) = (task["gid"].as_str().unwrap(), task["name"].as_str().unwrap());
        if !name.starts_with("Task") {
            continue;
        }
        let pilot =
            task["memberships"][0]["section"]["name"] == "Ready" || app.asana.value(gid, "Priority") == "P3";
        assert_eq!(app.asana.value(gid, "AI Priority Score").is_string(), pilot, "{name}");
        *(if pilot { &mut in_pilot } else { &mut outside }) += 1;
    }
    assert!(in_pilot > 0 && outside > 0);
    set(&app, &["suggest", "--type", "Priority"]).exits(2).says(&["--type \"Type=Bug\""]);
    assert_eq!(set(&app, &["shadow"]).ok().json()["parts"], json!([]));
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
}

#[test]
fn a_plan_of_another_phase_is_not_carried_out_until_that_phase_is_back() {
    let app = start(Kind::Sqlite);
    let plan = app.groom()["plan"].as_str().unwrap().to_owned();
    let writes = app.asana.writes();
    set(&app, &["shadow", "--by", "Dana"]).ok();
    app.upnext(&["plan", "apply", &plan]).exits(2).says(&["the phase has been changed since it was made"]);
    assert_eq!(app.asana.writes(), writes);
    // One about a part of the tasks counts too.
    app.upnext(&["phase", "back", &app.project]).ok();
    set(&app, &["shadow", "--section", "Ready", "--by", "Dana"]).ok();
    app.upnext(&["plan", "apply", &plan]).exits(2).says(&["the phase has been changed since it was made"]);
    assert_eq!(app.asana.writes(), writes);
    app.upnext(&["phase", "back", &app.project]).ok();
    app.upnext(&["plan", "apply", &plan]).ok();
    assert!(app.asana.writes() > writes);
    // Setting up, and taking back, are a person's own acts in any phase.
    let undo = app.upnext(&["plan", "list", "--json"]).ok().json()[0]["run"].as_str().unwrap().to_owned();
    set(&app, &["shadow", "--by", "Dana"]).ok();
    app.upnext(&["undo", &undo]).ok();
}
