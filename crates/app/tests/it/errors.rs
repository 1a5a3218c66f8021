//! What goes wrong is told in a sentence that says what to do next, with the exit code of the manual, and nothing is lost.

use crate::app::{Setting, TestApp, ran};
use crate::asana::TOKEN;
use crate::backlog;
use crate::database::Kind;
use serde_json::{Value, json};

fn groom(app: &TestApp) -> [&str; 3] {
    ["groom", "--project", &app.project]
}

#[test]
fn tokens_that_are_wrong_or_missing() {
    let app = TestApp::new();
    let with = |token: &str| {
        let mut command = app.command(&groom(&app));
        command.env("ASANA_ACCESS_TOKEN", token);
        ran(command)
    };
    let wrong = with("no-such-token").exits(3).says(&["does not accept the token", "make a new one"]);
    assert!(!wrong.err.contains("no-such-token"), "the token is told: {}", wrong.err);
    let mut without = app.command(&groom(&app));
    without.env_remove("ASANA_ACCESS_TOKEN");
    ran(without).exits(2).says(&["there is no Asana token", "ASANA_ACCESS_TOKEN", "upnext demo"]);
}

#[test]
fn projects_tasks_plans_and_runs_that_are_not_there() {
    let app = TestApp::new();
    app.upnext(&["groom", "--project", "123456"]).exits(3).says(&["no project 123456", "is a member of it"]);
    app.upnext(&["groom", "--project", "roadmap"]).exits(2).says(&["`roadmap` is no gid"]);
    app.upnext(&["groom", "--portfolio", "123456"]).exits(3).says(&["123456"]);
    app.upnext(&["groom"]).exits(2).says(&["--project"]);
    app.upnext(&["explain", "123456"]).exits(2).says(&["has not been judged yet", "upnext groom"]);
    app.upnext(&["undo", "run_nothing"]).exits(2).says(&["no run run_nothing", "upnext plan list"]);
    app.upnext(&["plan", "show", "plan_nothing"]).exits(2).says(&["no plan plan_nothing"]);
    app.upnext(&["plan", "apply", "plan_nothing"]).exits(2).says(&["plan_nothing"]);
}

#[test]
fn asana_that_cannot_be_reached() {
    let app = TestApp::new();
    let mut command = app.command(&groom(&app));
    command.env("ASANA_BASE_URL", "http://127.0.0.1:1/api/1.0");
    ran(command).exits(1).says(&["no connection to Asana", "check the network and base_url"]);
    let mut command = app.command(&groom(&app));
    command.env("ASANA_BASE_URL", "http://asana.example/api/1.0");
    ran(command).exits(2).says(&["https"]);
}

#[test]
fn configurations_that_are_not_right() {
    let app = TestApp::new();
    let cases: [(&str, &[&str]); 7] = [
        ("[policy]\nfase = 'auto'", &["policy.fase", "unknown field", "phase"]),
        ("[policy]\nphase = 'loud'", &["policy.phase", "shadow"]),
        ("[policy]\nmax_writes = 'many'", &["policy.max_writes"]),
        ("[policy", &["line"]),
        ("[rubric]\npreset = 'moscow'", &["moscow", "wsjf"]),
        ("[rubric]\nfile = 'nowhere.toml'", &["nowhere.toml"]),
        ("[time]\nzone = 'Mars/Olympus'", &["Mars/Olympus"]),
    ];
    for (config, words) in cases {
        app.configure(config);
        let told = app.upnext(&groom(&app)).exits(2).says(words);
        assert!(told.err.starts_with("upnext: "), "{}", told.err);
    }
    app.configure("");
    app.upnext(&["--config", "nowhere.toml", "groom", "--project", &app.project])
        .exits(2)
        .says(&["nowhere.toml"]);
}

#[test]
fn stores_that_cannot_be_used() {
    let app = TestApp::new();
    let with = |url: String| {
        let mut command = app.command(&groom(&app));
        command.env("DATABASE_URL", url);
        ran(command)
    };
    with("mysql://somewhere".into()).exits(1).says(&["cannot open the store", "postgres://"]);
    let junk = app.home.path().join("junk.db");
    std::fs::write(&junk, "no database at all, but long enough to be taken for one ".repeat(99)).unwrap();
    with(format!("sqlite:{}", junk.display())).exits(1).says(&["is damaged", "restore it from a backup"]);
    assert!(std::fs::read_to_string(&junk).unwrap().starts_with("no database at all"));
    with("postgres://nobody:secret@127.0.0.1:1/nothing".into()).exits(1).says(&["cannot open the store"]);
}

#[test]
fn a_disk_that_is_full_in_the_middle_loses_nothing() {
    let app = TestApp::new();
    app.setup();
    // No file may grow beyond so many blocks: the same as a full disk for whoever writes.
    let mut tried = 0;
    for blocks in [600, 700, 900] {
        let mut limited = app.command(&groom(&app));
        let program = limited.get_program().to_owned();
        let mut shell = std::process::Command::new("sh");
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        shell.args(["-c", &limit]).arg(program).args(limited.get_args()).arg("--apply");
        for (name, value) in limited.get_envs() {
            shell.env(name, value.unwrap());
        }
        shell.current_dir(app.home.path());
        let ended = ran(shell);
        if ended.code != 0 {
            ended.exits(1).says(&["the disk", "is full"]);
            tried += 1;
        }
        limited.env_clear();
    }
    assert!(tried > 0, "the limit was never met");
    app.groom_and_apply();
    let clean = TestApp::new();
    clean.setup();
    clean.groom_and_apply();
    assert_eq!(app.end_state(), clean.end_state());
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn a_free_plan_is_told_what_is_lost_and_still_judged() {
    let sandbox = ["--limits", "off", "--plan", "free"];
    let app = TestApp::with(Setting { sandbox: &sandbox, ..Setting::default() });
    let setup = app.upnext(&["setup", "--project", &app.project]).exits(3);
    let told = format!("{}{}", setup.out, setup.err);
    assert!(told.contains("not available for free users"), "{told}");
    let report = app.groom();
    assert_eq!(report["tasks"].as_array().unwrap().len(), 40);
    let checks = app.upnext(&["doctor", "--json", "--project", &app.project]).ok().json();
    let fields = checks.as_array().unwrap().iter().find(|c| c["what"] == "custom fields in Sandbox").unwrap();
    assert_eq!(fields["lost"], "scores cannot be written to Asana; plans and explanations still work");
    assert!(fields["mend"].as_str().unwrap().contains("paid plan"), "{fields}");
}

#[test]
fn a_plan_that_lapses_in_the_middle_is_told_and_resumed() {
    let app = TestApp::new();
    app.setup();
    app.groom();
    app.asana.faults(json!({ "plan": "free" }));
    let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
    let id = plans[0]["id"].as_str().unwrap().to_owned();
    let ended = app.upnext(&["plan", "apply", "--json", &id]);
    assert!([3, 4].contains(&ended.code), "{ended:?}");
    app.asana.faults(json!({}));
    app.groom_and_apply();
    let clean = TestApp::new();
    clean.setup();
    clean.groom_and_apply();
    assert_eq!(app.end_state(), clean.end_state());
}

#[test]
fn fields_that_are_missing_are_named_and_the_others_written() {
    let app = TestApp::new();
    let bare = app.groom();
    let notes = bare["notes"].to_string();
    assert!(notes.contains("no field for ai_priority_score") && notes.contains("upnext setup"), "{notes}");
    app.setup();
    let gid = &app.asana.fields(&app.project)["AI Rationale"];
    app.asana.delete(&format!("/custom_fields/{gid}"));
    let report = app.groom_and_apply();
    assert!(report["notes"].to_string().contains("no field for ai_rationale"), "{:#}", report["notes"]);
    let first = report["tasks"][0]["gid"].as_str().unwrap();
    assert!(app.asana.value(first, "AI Priority Score").is_string());
    // Setup brings it back, and the next groom fills it.
    app.setup();
    app.groom_and_apply();
    assert!(app.asana.value(first, "AI Rationale").is_string());
}

#[test]
fn cycles_are_named_and_their_tasks_scored() {
    let line = |id: &str, on: &str| json!({ "id": id, "title": id, "priority": "P1", "depends_on": [on] });
    let lines = [line("A", "C"), line("B", "A"), line("C", "B"), json!({ "id": "D", "title": "D" })];
    let app = TestApp::with(Setting { backlogs: vec![backlog::text(&lines)], ..Setting::default() });
    app.setup();
    let report = app.groom_and_apply();
    assert!(report["notes"].to_string().contains("dependency cycle of 3 tasks"), "{:#}", report["notes"]);
    assert_eq!(report["tasks"].as_array().unwrap().len(), 4);
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
}

#[test]
fn any_script_any_length_and_no_more_than_asana_takes() {
    let emoji = "🚀👩‍👩‍👧‍👦 Ship it ✅";
    let hebrew = "תיקון התחברות שבורה";
    let arabic = "\u{202b}إصلاح الفاتورة\u{202c}";
    let long = "word ".repeat(200);
    let mut lines: Vec<Value> = [emoji, hebrew, arabic, long.trim(), "B\tC"]
        .iter()
        .enumerate()
        .map(|(n, title)| json!({ "id": format!("T-{n}"), "title": title, "priority": "P1", "due": "2026-06-20" }))
        .collect();
    // A blocker of everything, whose reasons are long names.
    for line in &mut lines[1..] {
        line["depends_on"] = json!(["T-0"]);
    }
    lines[0]["description"] = json!("d".repeat(1_500));
    let app = TestApp::with(Setting { backlogs: vec![backlog::text(&lines)], ..Setting::default() });
    app.setup();
    let report = app.groom_and_apply();
    assert_eq!(report["outcome"]["refused"], 0, "{:#}", report["trouble"]);
    let names: Vec<&str> =
        report["tasks"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    for name in [emoji, hebrew, arabic] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    for task in app.asana.tasks(&app.project) {
        let rationale = app.asana.value(task["gid"].as_str().unwrap(), "AI Rationale");
        let length = rationale.as_str().unwrap_or_default().encode_utf16().count();
        assert!(length <= 1_024, "{length}");
    }
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
    app.undo(&report);
}

#[test]
fn a_rationale_that_asana_would_cut_is_cut_by_us_and_stays_the_same() {
    // A text of a person beyond the limit is refused by Asana; ours never gets there.
    let app = TestApp::new();
    app.setup();
    let task = app.groom()["tasks"][0]["gid"].as_str().unwrap().to_owned();
    let gid = app.asana.fields(&app.project)["AI Rationale"].clone();
    let data = json!({ "custom_fields": { gid: "r".repeat(1_500) } });
    let refused = app.asana.call(TOKEN, "PUT", &format!("/tasks/{task}"), Some(data));
    assert_eq!(refused, Err(400));
}

#[test]
fn more_dependencies_than_asana_keeps_are_told_at_the_import() {
    let mut lines: Vec<Value> = (0..35)
        .map(|n| json!({ "id": format!("T-{n}"), "title": format!("T {n}"), "priority": "P2" }))
        .collect();
    lines.push(json!({
        "id": "LAST", "title": "Waits for all", "priority": "P0",
        "depends_on": (0..35).map(|n| format!("T-{n}")).collect::<Vec<_>>(),
    }));
    let app = TestApp::with(Setting { backlogs: vec![backlog::text(&lines)], ..Setting::default() });
    let told = app.asana.imports[0].to_string();
    assert!(told.contains("30"), "{told}");
    app.setup();
    let report = app.groom_and_apply();
    let last = report["tasks"].as_array().unwrap().iter().find(|t| t["name"] == "Waits for all").unwrap();
    let explained = app.explain(last["gid"].as_str().unwrap());
    assert_eq!(explained["judgement"]["waits_for"].as_array().unwrap().len(), 30);
}

#[test]
fn postgresql_tells_its_troubles_too() {
    let app = TestApp::on(Kind::Postgres);
    app.setup();
    app.database.sql("DROP TABLE plans CASCADE");
    app.upnext(&groom(&app)).exits(1).says(&["upnext: "]);
}
