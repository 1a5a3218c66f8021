//! What goes wrong is told in a sentence that says what to do next, with the exit code of the manual, and nothing is lost.

use crate::app::{Setting, TestApp, ran};
use crate::asana::TOKEN;
use crate::backlog;
use crate::database::{Database, Kind};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

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
    app.configure("token_file = 'nowhere.txt'");
    let mut absent = app.command(&groom(&app));
    absent.env_remove("ASANA_ACCESS_TOKEN");
    ran(absent).exits(2).says(&["nowhere.txt", "token_file"]);
    std::fs::write(app.home.path().join("token.txt"), format!("{TOKEN}\n")).unwrap();
    app.configure("token_file = 'token.txt'");
    let mut from_file = app.command(&groom(&app));
    from_file.env_remove("ASANA_ACCESS_TOKEN");
    ran(from_file).ok();
}

#[test]
fn scripts_get_the_failure_as_json_with_its_exit_code() {
    let app = TestApp::new();
    let failed = app.upnext(&["groom", "--json", "--project", "123456"]).exits(3);
    let error = &failed.json()["error"];
    assert_eq!(error["exit_code"], 3);
    assert!(error["message"].as_str().unwrap().contains("no project 123456"), "{error}");
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
    let cases: [(&str, &[&str]); 9] = [
        ("[policy]\nfase = 'auto'", &["config.toml", "policy.fase", "unknown field", "phase"]),
        ("[policy]\nphase = 'loud'", &["policy.phase", "shadow"]),
        ("[policy]\nmax_writes = 'many'", &["config.toml", "policy.max_writes", "a whole number"]),
        (
            "[policy]\nconditional = [{ what = 'owner', bands = ['P0'], min_confidence = 1 }]",
            &["conditional[0].what"],
        ),
        ("[policy", &["config.toml", "line 3, column 8"]),
        ("[rubric]\npreset = 'moscow'", &["moscow", "wsjf"]),
        ("[rubric]\nfile = 'nowhere.toml'", &["nowhere.toml"]),
        ("[time]\nzone = 'Mars/Olympus'", &["Mars/Olympus"]),
        ("[fields]\npriority = 'Prio'", &["config.toml", "fields.priority"]),
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
    let closed = with("postgres://nobody:secret@127.0.0.1:1/nothing".into()).exits(1);
    assert!(!closed.err.contains("secret"), "the password is told: {}", closed.err);
    closed.says(&["cannot open the store", "check that PostgreSQL runs there"]);
}

#[test]
fn a_store_that_is_damaged_is_told_and_left_for_the_backup() {
    let app = TestApp::new();
    app.setup();
    app.groom_and_apply();
    let Database::Sqlite(file) = &app.database else { panic!("this is about a file") };
    app.database.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    let backup = std::fs::read(file).unwrap();
    let mut damaged = backup.clone();
    damaged[8_192..].fill(b'x');
    std::fs::write(file, &damaged).unwrap();
    app.upnext(&groom(&app)).exits(1).says(&["is damaged", "restore it from a backup"]);
    app.upnext(&["audit", "verify"]).exits(1).says(&["is damaged"]);
    std::fs::write(file, &backup).unwrap();
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
}

#[test]
fn the_store_is_whole_in_its_one_file_once_a_command_has_ended() {
    let app = TestApp::new();
    let Database::Sqlite(file) = &app.database else { panic!("this is about a file") };
    for command in [&["setup"][..], &["groom"], &["groom", "--apply"], &["groom", "--json"]] {
        app.upnext(&[command, &["--project", &app.project]].concat()).ok();
        let beside = std::fs::metadata(format!("{}-wal", file.display())).map_or(0, |wal| wal.len());
        assert_eq!(beside, 0, "{command:?} left so many bytes outside of the file");
    }
}

#[test]
fn a_store_that_somebody_holds_is_told_and_works_once_it_is_free() {
    let app = TestApp::new();
    app.setup();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let held = runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&app.database.url()).await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
        connection
    });
    app.upnext(&groom(&app)).exits(1).says(&["is in use by", "run the same command again"]);
    runtime.block_on(held.close()).unwrap();
    app.groom_and_apply();
}

#[test]
fn a_disk_that_is_full_in_the_middle_loses_nothing() {
    let app = TestApp::new();
    app.setup();
    // No file may grow beyond so many blocks: the same as a full disk for whoever writes.
    let mut stopped = 0;
    for blocks in [600, 700, 900] {
        let command = app.command(&groom(&app));
        let mut limited = std::process::Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        limited.args(["-c", &script]).arg(command.get_program()).args(command.get_args()).arg("--apply");
        limited.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited.current_dir(app.home.path());
        let ended = ran(limited);
        if ended.code != 0 {
            ended.exits(1).says(&["is full", "nothing was lost", "run the same command again"]);
            stopped += 1;
        }
    }
    assert!(stopped > 0, "the limit was never met");
    app.groom_and_apply();
    let clean = TestApp::new();
    clean.setup();
    clean.groom_and_apply();
    assert_eq!(app.end_state(), clean.end_state());
    app.upnext(&["audit", "verify"]).ok();
}

fn free() -> TestApp {
    TestApp::with(Setting { sandbox: &["--limits", "off", "--plan", "free"], ..Setting::default() })
}

#[test]
fn setup_on_a_free_plan_says_what_is_lost_and_what_to_do() {
    let app = free();
    let setup = app.upnext(&["setup", "--project", &app.project]).exits(3);
    setup.says(&["not available for free users", "paid plan"]);
}

#[test]
fn a_free_plan_is_judged_all_the_same_and_not_sent_to_setup() {
    let app = free();
    let report = app.groom();
    assert_eq!(report["tasks"].as_array().unwrap().len(), 40);
    let notes = report["notes"].to_string();
    assert!(notes.contains("custom fields") && !notes.contains("upnext setup"), "{notes}");
}

#[test]
fn doctor_says_what_a_free_plan_lacks() {
    let app = free();
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
    let after: Vec<Value> = app.asana.tasks(&app.project).iter().map(|t| t["name"].clone()).collect();
    assert!(
        [emoji, hebrew, arabic, long.trim(), "B\tC"].iter().all(|n| after.contains(&json!(n))),
        "{after:?}"
    );
}

#[test]
fn a_rationale_beyond_asanas_limit_is_cut_and_stays_the_same() {
    // A rubric that asks every task for twenty fields with long names.
    let names: Vec<String> = (0..20).map(|n| format!("{n} {}", "weight 👩‍👩‍👧‍👦 of words ".repeat(6))).collect();
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    let line = |n: usize| {
        let fields: serde_json::Map<String, Value> =
            names.iter().skip(n).step_by(3).map(|name| ((*name).to_owned(), json!(n + 1))).collect();
        json!({ "id": format!("T-{n}"), "title": format!("T {n}"), "fields": fields })
    };
    let lines: Vec<Value> = (0..6).map(line).collect();
    let app = TestApp::with(Setting { backlogs: vec![backlog::text(&lines)], ..Setting::default() });
    let shipped = app.upnext(&["config", "rubric"]).ok().out;
    let mut rubric = shipped[..shipped.find("[[criterion]]").unwrap()].to_owned();
    for (n, name) in names.iter().enumerate() {
        rubric += &format!(
            "[[criterion]]\nname = \"asks_{n}\"\nweight = 1\nformula = \"{{{name}}}\"\nmin = 0\nmax = 10\n"
        );
    }
    std::fs::write(app.home.path().join("long.toml"), rubric).unwrap();
    app.configure("[rubric]\nfile = 'long.toml'");
    app.setup();
    let before = app.end_state();
    let report = app.groom_and_apply();
    assert_eq!(report["outcome"]["refused"], 0, "{:#}", report["trouble"]);
    for task in report["tasks"].as_array().unwrap() {
        let rationale = app.asana.value(task["gid"].as_str().unwrap(), "AI Rationale");
        let text = rationale.as_str().unwrap();
        let length = text.encode_utf16().count();
        assert!((950..=1_024).contains(&length) && text.ends_with('…'), "{length}: {text}");
    }
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
    app.undo(&report);
    assert_eq!(app.end_state(), before);
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
    let told = app.asana.imports[0]["notes"].to_string();
    assert!(told.contains("5 dependencies over Asana's cap of 30 a task left out"), "{told}");
    for excess in 30..35 {
        assert!(told.contains(&format!("LAST on T-{excess}")), "{told}");
    }
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
    app.upnext(&groom(&app)).exits(1).says(&["the store (PostgreSQL at", "plans"]);
    // What it had noted is still there.
    assert!(!app.audit().is_empty());
}
