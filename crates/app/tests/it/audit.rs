//! The audit trail: what an entry of a decision tells, exports in two forms, and pruning that leaves a chain to verify.

use crate::app::{Setting, TestApp, ran};
use crate::approvals::on_day;
use crate::backlog;
use crate::database::Kind;
use crate::served::{Served, until};
use serde_json::{Value, json};

fn small(database: Kind) -> TestApp {
    let app = TestApp::with(Setting { backlogs: vec![backlog::mixed(6)], database, ..Setting::default() });
    app.setup();
    app
}

#[test]
fn an_entry_tells_what_a_decision_rests_on() {
    let app = small(Kind::Sqlite);
    let report = app.groom_and_apply();
    let audit = app.audit();
    let plan = audit.iter().find(|e| e["kind"] == "plan").unwrap();
    let plan: Value = serde_json::from_str(plan["body"].as_str().unwrap()).unwrap();
    assert_eq!((&plan["plan"], &plan["run"]), (&report["plan"], &report["run"]));
    assert_eq!(plan["policy"]["phase"], "suggest");
    assert!(plan["snapshot"].is_string() && plan["rules"].is_string() && plan["models"].is_array());
    let mut told = 0;
    for entry in audit.iter().filter(|e| e["kind"] == "outcome") {
        let body: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
        let Some(task) =
            report["tasks"].as_array().unwrap().iter().find(|t| body["action"]["action"]["task"] == t["gid"])
        else {
            continue;
        };
        assert!(entry["actor"].as_str().unwrap().starts_with("Upnext as "), "{entry}");
        let judgement = &body["judgement"];
        assert_eq!((&judgement["score"], &judgement["band"]), (&task["score"], &task["band"]));
        assert_eq!(judgement["contributions"], task["contributions"]);
        assert_eq!((&body["snapshot"], &body["rubric"]), (&plan["snapshot"], &report["rubric"]));
        told += 1;
    }
    assert_eq!(told, 6);
}

fn pruned_and_verified(app: &TestApp) {
    app.groom_and_apply();
    let whole = app.upnext(&["audit", "export"]).ok().out;
    let file = app.home.path().join("audit.jsonl");
    std::fs::write(&file, &whole).unwrap();
    let file = file.to_str().unwrap();
    let offline = app.upnext(&["audit", "verify", "--json", "--file", file]).ok().json();
    assert_eq!(offline, app.upnext(&["audit", "verify", "--json"]).ok().json());
    let csv = app.upnext(&["audit", "export", "--format", "csv"]).ok().out;
    assert!(csv.starts_with("seq,at,actor,kind,subject,body,prev,hash\n1,"), "{csv}");
    assert_eq!(csv.lines().count(), whole.lines().count() + 1);
    // Nothing is old enough yet; tomorrow's entries are not pruned today.
    app.upnext(&["audit", "prune", "--before", "2020-01-01", "--by", "Dana"]).ok();
    app.upnext(&["audit", "prune", "--before", "2999-01-01", "--by", "Dana"])
        .exits(2)
        .says(&["still to come"]);
    app.upnext(&["audit", "prune", "--before", "2020-01-01"]).exits(2);
    let day = |days: i64| {
        #[expect(clippy::disallowed_methods, reason = "a day that is over begins with this one")]
        let now = jiff::Timestamp::now();
        (now + jiff::SignedDuration::from_hours(24 * days)).strftime("%Y-%m-%d").to_string()
    };
    let mut later = app.command(&[
        "audit",
        "prune",
        "--json",
        "--before",
        &day(2),
        "--by",
        "Dana",
        "--reason",
        "kept a year",
    ]);
    let ms = |days: i64| {
        #[expect(clippy::disallowed_methods, reason = "a clock of another day begins with this one")]
        let now = jiff::Timestamp::now().as_millisecond();
        now + days * 86_400_000
    };
    later.env("UPNEXT_TEST_CLOCK", format!("{},{},1", ms(0), ms(3)));
    let report = ran(later).ok().json();
    let entries = whole.lines().count() as u64;
    assert_eq!((&report["entries"], &report["checkpoint"]["seq"]), (&json!(entries), &json!(entries)));
    let last: Value = serde_json::from_str(whole.lines().last().unwrap()).unwrap();
    assert_eq!(report["checkpoint"]["hash"], last["hash"]);
    app.groom_and_apply();
    app.edit_as_person(app.asana.tasks(&app.project)[0]["gid"].as_str().unwrap(), "Business Value", json!(9));
    app.groom_and_apply();
    let verified = app.upnext(&["audit", "verify"]).ok().out;
    assert!(
        verified.contains(&format!("after entry {entries}")) && verified.contains("signed off by Dana"),
        "{verified}"
    );
    let rest = app.upnext(&["audit", "export"]).ok().out;
    std::fs::write(file, &rest).unwrap();
    let offline = app.upnext(&["audit", "verify", "--json", "--file", file]).ok().json();
    assert_eq!(offline["checkpoint"]["by"], "Dana");
    assert_eq!((&offline["begins_at"], &offline["broken"]), (&json!(entries + 1), &Value::Null));
    // Without the entry that tells of it, the beginning is only trusted.
    let untold: Vec<&str> = rest.lines().skip(1).collect();
    std::fs::write(file, untold.join("\n")).unwrap();
    let trusted = app.upnext(&["audit", "verify", "--file", file]).ok().out;
    assert!(trusted.contains("taken on trust"), "{trusted}");
}

#[test]
fn a_pruned_chain_verifies_and_says_where_it_begins_on_sqlite() {
    pruned_and_verified(&small(Kind::Sqlite));
}

#[test]
fn a_pruned_chain_verifies_and_says_where_it_begins_on_postgresql() {
    pruned_and_verified(&small(Kind::Postgres));
}

#[test]
fn the_service_keeps_the_trail_for_as_long_as_it_is_told_to() {
    let app = small(Kind::Sqlite);
    app.groom_and_apply();
    let entries = app.audit().len();
    app.configure("[service]\naudit_days = 7");
    app.upnext(&["doctor"]).exits(2).says(&["service.audit_days", "30"]);
    app.configure("[service]\naudit_days = 30");
    // A month later there is more, which stays.
    ran(on_day(&app, 35, &["groom", "--project", &app.project])).ok();
    let all = app.audit().len();
    assert!(all > entries);
    let verified = || app.upnext(&["audit", "verify", "--json"]).ok().json();
    let serve = || Served::spawn(on_day(&app, 40, &["serve", "--json", "--listen", "127.0.0.1:0"]));
    let served = serve();
    until("what is older is deleted", || verified()["checkpoint"] != Value::Null);
    assert_eq!(served.stop().0, 0);
    let found = verified();
    assert_eq!((&found["checkpoint"]["seq"], &found["broken"]), (&json!(entries), &Value::Null), "{found:#}");
    assert_eq!(found["checkpoint"]["by"], "policy: service.audit_days = 30");
    // Once a day: a further start on the same day deletes nothing and says nothing.
    let served = serve();
    until("it serves", || served.metrics().contains("upnext_"));
    assert_eq!(served.stop().0, 0);
    assert_eq!(app.audit().iter().filter(|entry| entry["kind"] == "prune").count(), 1);
}
