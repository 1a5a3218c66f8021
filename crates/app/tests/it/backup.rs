//! Backup and restore as an operator does them.

use crate::app::{Setting, TestApp, ran};
use crate::asana::{PERSON, shown};
use crate::database::{Database, Kind};
use crate::serve::{connected, settled};
use crate::served::Served;
use serde_json::json;
use std::process::Command;

/// A command on another store.
fn on(app: &TestApp, store: &Database, args: &[&str]) -> Command {
    let mut command = app.command(args);
    command.env("DATABASE_URL", store.url());
    command
}

fn what_was_written_before_the_backup_is_undone_after_the_restore(kind: Kind) {
    let app = TestApp::on(kind);
    app.setup();
    let before = app.end_state();
    let groom = app.groom_and_apply();
    let file = app.home.path().join("backup.upnext");
    let file = file.to_str().unwrap();
    let made = app.upnext(&["backup", "--json", file]).ok().json();
    assert!(made["rows"].as_u64().unwrap() > 80, "{made}");
    app.upnext(&["backup", file]).exits(2).says(&["already"]);

    let other = Database::create(kind, app.home.path());
    let restored = ran(on(&app, &other, &["restore", "--json", file])).ok().json();
    assert_eq!(restored["backup"]["digest"], made["digest"]);
    assert_eq!(restored["audit"]["broken"], json!(null));
    ran(on(&app, &other, &["audit", "verify"])).ok();
    let plan = groom["plan"].as_str().or(groom["plan"]["id"].as_str()).unwrap();
    ran(on(&app, &other, &["plan", "replay", plan])).ok();
    ran(on(&app, &other, &["restore", file])).exits(2).says(&["holds something already"]);
    ran(on(&app, &other, &["undo", groom["run"].as_str().unwrap()])).ok();
    assert_eq!(app.end_state(), before);
}

#[test]
fn what_was_written_before_the_backup_is_undone_after_the_restore_on_sqlite() {
    what_was_written_before_the_backup_is_undone_after_the_restore(Kind::Sqlite);
}

#[test]
fn what_was_written_before_the_backup_is_undone_after_the_restore_on_postgresql() {
    what_was_written_before_the_backup_is_undone_after_the_restore(Kind::Postgres);
}

fn a_service_goes_on_while_it_is_backed_up(kind: Kind) {
    let app = connected(kind, "");
    let served = Served::start(&app);
    let file = |n: u32| app.home.path().join(format!("{n}.upnext")).display().to_string();
    for n in 0..3 {
        app.upnext(&["backup", &file(n)]).ok();
    }
    settled(&app, "webhook");
    app.upnext(&["backup", &file(3)]).ok();
    // Nobody takes its store away from under it.
    app.upnext(&["restore", "--over", &file(3)]).exits(1).says(&["is in use by"]);
    assert_eq!(served.stop().0, 0);
    for n in 0..4 {
        let other = Database::create(kind, app.home.path());
        ran(on(&app, &other, &["restore", &file(n)])).ok();
        ran(on(&app, &other, &["audit", "verify"])).ok();
    }
}

#[test]
fn a_service_goes_on_while_it_is_backed_up_on_sqlite() {
    a_service_goes_on_while_it_is_backed_up(Kind::Sqlite);
}

#[test]
fn a_service_goes_on_while_it_is_backed_up_on_postgresql() {
    a_service_goes_on_while_it_is_backed_up(Kind::Postgres);
}

#[test]
fn what_was_written_after_the_backup_is_still_known_as_our_own() {
    let app = TestApp::with_people();
    app.setup();
    app.groom_and_apply();
    let score =
        |task: &str| -> f64 { app.asana.value(task, "AI Priority Score").as_str().unwrap().parse().unwrap() };
    let tasks = app.asana.tasks(&app.project);
    let undated = |task: &&serde_json::Value| {
        task["due_on"].is_null() && task["completed"] == false && !shown(task, "AI Priority Score").is_null()
    };
    let task = tasks.iter().find(undated).unwrap()["gid"].as_str().unwrap().to_owned();
    let first = score(&task);
    let file = app.home.path().join("backup.upnext").display().to_string();
    app.upnext(&["backup", &file]).ok();

    let due =
        |day: serde_json::Value| app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": day }));
    due(json!("2020-01-01"));
    app.groom_and_apply();
    assert!(score(&task) > first + 5.0);
    // The restored store believes that the first score is the last one Upnext wrote.
    app.upnext(&["restore", "--over", &file]).ok();
    due(json!(null));
    app.groom_and_apply();
    assert!((score(&task) - first).abs() < 3.0, "{first} became {}", score(&task));
}

#[test]
fn a_broken_audit_chain_is_restored_and_told() {
    let app = TestApp::new();
    app.setup();
    app.groom_and_apply();
    app.database.sql("UPDATE audit SET body = '{}' WHERE seq = 2");
    let file = app.home.path().join("backup.upnext").display().to_string();
    app.upnext(&["backup", &file]).ok();
    let other = Database::create(Kind::Sqlite, app.home.path());
    let restored = ran(on(&app, &other, &["restore", "--json", &file])).exits(5).json();
    assert_eq!(restored["audit"]["broken"]["seq"], 2);
    assert!(ran(on(&app, &other, &["plan", "list"])).ok().out.contains("plan_"));
}

#[test]
fn what_is_no_backup_is_refused() {
    let app = TestApp::with(Setting::default());
    let file = app.home.path().join("notes.txt");
    std::fs::write(&file, "Not a backup.").unwrap();
    app.upnext(&["restore", file.to_str().unwrap()]).exits(2).says(&["notes.txt", "no backup made by"]);
    app.upnext(&["restore", "--json", "gone"]).exits(2).says(&["cannot be read"]);
}
