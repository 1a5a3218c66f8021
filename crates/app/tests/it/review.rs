//! The weekly review: it tells what happened, is posted as one comment a week, and is taken back by undo.

use crate::app::{Setting, TestApp};
use crate::asana::PERSON;
use crate::backlog;
use crate::database::Kind;
use crate::served::{Served, within};
use serde_json::{Value, json};
use std::time::Duration;

fn reviewed(app: &TestApp, more: &[&str]) -> Value {
    app.upnext(&[&["review", "--json", app.project.as_str()], more].concat()).ok().json()
}

fn comments(app: &TestApp) -> Vec<String> {
    let host = app.host().unwrap();
    let mut texts: Vec<String> =
        app.asana.comments(&host).iter().map(|c| c["text"].as_str().unwrap().to_owned()).collect();
    texts.retain(|text| text.starts_with("Upnext · review of week "));
    texts
}

fn a_week(database: Kind) {
    let app = TestApp::with(Setting {
        backlogs: vec![backlog::mixed(24)],
        database,
        sandbox: &["--limits", "off", "--demo"],
        ..Setting::default()
    });
    app.setup();
    let empty = reviewed(&app, &[]);
    assert_eq!((&empty["moved"], &empty["disagreements"]), (&json!([]), &json!([])), "{empty:#}");
    let groom = app.groom_and_apply();
    let task = groom["tasks"][0]["gid"].as_str().unwrap();
    app.edit_with(PERSON, task, "Suggested Priority", json!("P3"));
    let waiting = app.upnext(&["approvals", "list", "--json"]).ok().json();
    let [yes, no] = [0, 1].map(|at| waiting[at]["id"].as_str().unwrap());
    app.upnext(&["approvals", "approve", yes]).ok();
    app.upnext(&["approvals", "reject", no, "--reason", "after the fair"]).ok();
    app.groom_and_apply();
    let week = reviewed(&app, &[]);
    assert_eq!((&week["answers"]["yes"], &week["answers"]["no"]), (&json!(1), &json!(1)), "{week:#}");
    assert_eq!(week["overrides"].as_array().unwrap().len(), 1);
    assert!(week["rejections"][0]["what"].as_str().unwrap().ends_with(": after the fair"), "{week:#}");
    let written = week["writes"].as_array().unwrap();
    assert!(
        written.iter().any(|w| w[0] == "tasks with AI fields" && w[1].as_u64() >= Some(24)),
        "{written:?}"
    );
    for one in week["disagreements"].as_array().unwrap() {
        assert!(one["distance"].as_u64() >= Some(2), "{one}");
    }
    assert_eq!(week["golden"], Value::Null);
    let text = week["text"].as_str().unwrap();
    for words in [
        "Yes to suggestions: 50 % of 2 this time, none in",
        "Golden set: none yet",
        "Language model: not asked",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(comments(&app), Vec::<String>::new(), "nothing is posted unasked");
    // Posted once, edited in place afterwards, and taken back.
    let first = reviewed(&app, &["--post"]);
    assert_eq!(comments(&app), [first["text"].as_str().unwrap()]);
    app.upnext(&["approvals", "approve", "--all"]).ok();
    let second = reviewed(&app, &["--post"]);
    assert_eq!(comments(&app), [second["text"].as_str().unwrap()]);
    assert_ne!(first["text"], second["text"]);
    // The summary is still the groom's, and a review is no comment of a person's.
    let summary = app.asana.comments(&app.host().unwrap());
    assert_eq!(summary.iter().filter(|c| c["text"].as_str().unwrap().starts_with("Upnext · top")).count(), 1);
    app.groom_and_apply();
    app.upnext(&["undo", second["run"].as_str().unwrap()]).ok();
    assert_eq!(comments(&app), [first["text"].as_str().unwrap()]);
    app.upnext(&["undo", first["run"].as_str().unwrap()]).ok();
    assert_eq!(comments(&app), Vec::<String>::new());
    // Another week has nothing to tell; a period that ends before it begins is refused.
    let long_ago = reviewed(&app, &["--from", "2020-01-01", "--to", "2020-01-07"]);
    assert_eq!((&long_ago["runs"], &long_ago["overrides"]), (&json!([]), &json!([])));
    app.upnext(&["review", &app.project, "--from", "2020-01-07", "--to", "2020-01-01"])
        .exits(2)
        .says(&["before it begins"]);
    app.configure("[policy]\nphase = 'shadow'");
    app.upnext(&["review", &app.project, "--post"]).exits(2).says(&["shadow", "--post"]);
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn a_week_on_sqlite() {
    a_week(Kind::Sqlite);
}

#[test]
fn a_week_on_postgresql() {
    a_week(Kind::Postgres);
}

#[test]
fn a_schedule_posts_it() {
    let app = TestApp::with(Setting { backlogs: vec![backlog::mixed(6)], ..Setting::default() });
    app.setup();
    app.groom_and_apply();
    app.upnext(&["connect", "--project", &app.project]).ok();
    app.configure("[service]\nschedules = [{ workflow = 'review', cron = '* * * * *' }]");
    let served = Served::deaf(&app);
    within(Duration::from_secs(120), "the next minute posts it", || !comments(&app).is_empty());
    assert_eq!(served.stop().0, 0);
}
