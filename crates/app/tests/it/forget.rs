//! Forgetting: texts go for good, undo and the audit still work.

use crate::app::TestApp;
use crate::database::{Database, Kind};
use crate::similar::{ON, named, search, world};
use serde_json::json;

fn texts_go_and_undo_stays(database: Kind) {
    let app = world(database, ON);
    app.setup();
    app.asana.attach(&named(&app, "Call the customer"), "manual.txt", b"The lindworm valve.");
    let before = app.end_state();
    let groom = app.groom_and_apply();
    assert_eq!(search(&app, "lindworm valve")["attachments"]["read"], 1);

    let only = app.upnext(&["forget", "--json", "--project", &app.project, "--attachments-only"]).ok().json();
    assert_eq!(only["forgotten"]["attachments"], 1);
    assert_eq!(only["forgotten"]["snapshots"], 0);
    let all = app.upnext(&["forget", "--json", "--project", &app.project]).ok().json();
    assert!(all["forgotten"]["snapshots"].as_u64().unwrap() > 0, "{all}");
    assert!(all["forgotten"]["comments"].as_u64().unwrap() > 0, "{all}");
    assert_eq!(all["forgotten"]["snapshots_kept"], 0);
    let again = app.upnext(&["forget", "--project", &app.project]).ok();
    assert!(again.out.contains("the text of 0 attachments"), "{}", again.out);

    if let Database::Sqlite(file) = &app.database {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(8).any(|part| part == b"lindworm"), "the file still holds what was forgotten");
        assert!(!bytes.windows(12).any(|part| part == b"turbine hums"), "the file still holds a comment");
    }
    let forgets = app.audit().into_iter().filter(|row| row["kind"] == "forget").count();
    assert_eq!(forgets, 3);
    app.upnext(&["audit", "verify"]).ok();
    let plan = groom["plan"].as_str().unwrap();
    app.upnext(&["plan", "apply", plan]).exits(1).says(&["no longer kept", "upnext groom"]);
    app.undo(&groom);
    assert_eq!(app.end_state(), before);
    app.groom();
}

#[test]
fn texts_go_and_undo_stays_on_sqlite() {
    texts_go_and_undo_stays(Kind::Sqlite);
}

#[test]
fn texts_go_and_undo_stays_on_postgresql() {
    texts_go_and_undo_stays(Kind::Postgres);
}

#[test]
fn our_own_writes_do_not_make_files_read_again() {
    let app = world(Kind::Sqlite, ON);
    app.setup();
    app.asana.attach(&named(&app, "Call the customer"), "manual.txt", b"The lindworm valve.");
    search(&app, "valve");
    app.groom_and_apply();
    app.asana.reset_counters();
    assert_eq!(search(&app, "valve")["attachments"]["read"], 1);
    // The task that Upnext made for its comment is new; no other list was asked for.
    assert_eq!(app.asana.calls("GET /attachments"), 1);
    assert_eq!(app.asana.calls("GET /-/attachments/{attachment}"), 0);
}

#[test]
fn a_token_is_not_needed_and_a_project_is() {
    let app = TestApp::new();
    let mut command = app.command(&["forget", "--json", "--project", "1201"]);
    command.env_remove("ASANA_ACCESS_TOKEN").env_remove("ASANA_BASE_URL");
    assert_eq!(crate::app::ran(command).ok().json()["forgotten"]["comments"], json!(0));
    app.upnext(&["forget"]).exits(2).says(&["--project"]);
}
