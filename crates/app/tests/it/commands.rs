//! The other commands, as a new user meets them.

use crate::app::{TestApp, ended, ran};
use crate::asana::TOKEN;
use crate::database::Kind;
use serde_json::{Value, json};
use std::io::BufRead as _;
use std::process::{Command, Stdio};

/// The command in a home without anything, and nothing of Upnext in the environment.
fn fresh(home: &std::path::Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_upnext"));
    command.args(args).env_clear().env("HOME", home).current_dir(home).stdin(Stdio::null());
    command
}

#[test]
fn the_demo_shows_the_whole_job_and_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    let demo = ran(fresh(home.path(), &["demo"])).ok();
    for words in [
        "Why the first five are first",
        "What would change its band",
        "sets AI Priority Score",
        "it stays theirs",
        "have back what they had before",
        "its chain is unbroken",
        "What to do next",
        "upnext setup --project",
    ] {
        assert!(demo.out.contains(words), "`{words}` is not in: {}", demo.out);
    }
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Ends with the test, however that ends.
struct Serving(std::process::Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_workflow_of_the_demo_is_one_command() {
    let home = tempfile::tempdir().unwrap();
    let mut serving =
        Serving(fresh(home.path(), &["demo", "--serve"]).stdout(Stdio::piped()).spawn().unwrap());
    let lines = std::io::BufReader::new(serving.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let (mut settings, mut commands) = (vec![], vec![]);
    for line in lines {
        // As a reader takes them over: what is to be exported, and what is to be typed.
        let line = line.trim();
        settings.extend(
            line.strip_prefix("export ").into_iter().flat_map(str::split_whitespace).map(str::to_owned),
        );
        commands
            .extend(line.split("; ").filter_map(|typed| typed.strip_prefix("upnext ")).map(str::to_owned));
        if line.starts_with("upnext retro ") {
            break;
        }
    }
    let told = |words: &str| {
        let mut command = fresh(home.path(), &words.split(' ').collect::<Vec<_>>());
        command.envs(settings.iter().filter_map(|setting| setting.split_once('=')));
        ran(command).ok().out
    };
    for (workflow, shown) in [
        ("risk", "dates"),
        ("sprint", "value"),
        ("assign", "that nobody has"),
        ("retro", "Planned"),
        ("portfolio", "Projects by the attention they need"),
    ] {
        let typed = commands.iter().find(|typed| typed.starts_with(workflow)).unwrap();
        let out = told(typed);
        assert!(out.to_lowercase().contains(&shown.to_lowercase()), "{typed}: `{shown}` is not in: {out}");
    }
}

#[test]
fn the_demo_tells_scripts_the_same_and_again_for_the_same_seed() {
    let home = tempfile::tempdir().unwrap();
    let told = || ran(fresh(home.path(), &["demo", "--json"])).ok().json();
    let demo = told();
    let edited = &demo["edited"]["task"];
    let names = |list: &Value| list.as_array().unwrap().iter().any(|entry| entry["gid"] == *edited);
    assert!(names(&demo["groom_again"]["skipped"]), "{:#}", demo["groom_again"]["skipped"]);
    assert!(names(&demo["undo"]["left"]), "{:#}", demo["undo"]["left"]);
    assert_eq!(demo["undo"]["undone"], demo["groom"]["run"]);
    let scores = |demo: &Value| -> Vec<Value> {
        demo["groom"]["tasks"].as_array().unwrap().iter().map(|t| t["score"].clone()).collect()
    };
    assert!(scores(&demo).len() > 200);
    assert_eq!(demo["undo"]["restored"].as_array().unwrap().len(), scores(&demo).len());
    assert_eq!(scores(&told()), scores(&demo));
}

#[test]
fn every_help_is_there_and_tells_the_exit_codes() {
    let home = tempfile::tempdir().unwrap();
    let help = ran(fresh(home.path(), &["--help"])).ok();
    assert!(help.out.contains("Exit codes:"), "{}", help.out);
    for command in [
        "demo", "sandbox", "setup", "groom", "plan", "undo", "explain", "sign-in", "sign-out", "doctor",
        "audit", "config", "serve",
    ] {
        assert!(help.out.contains(&format!("\n  {command} ")), "{command} is not in {}", help.out);
        let one = ran(fresh(home.path(), &[command, "--help"])).ok();
        assert!(one.out.contains("Usage: upnext"), "{}", one.out);
        assert!(one.out.to_lowercase().contains("exit codes"), "no exit codes: {}", one.out);
    }
    ran(fresh(home.path(), &["groom", "--projct", "1"])).exits(2).says(&["--project"]);
}

#[test]
fn the_sandbox_makes_up_what_the_knobs_say_and_names_the_wrong_ones() {
    let home = tempfile::tempdir().unwrap();
    let help = ran(fresh(home.path(), &["sandbox", "--help"])).ok().out;
    assert!(help.contains("dependency_density") && help.contains("Exit codes:"), "{help}");
    let refused =
        |knobs: &str| ran(fresh(home.path(), &["sandbox", "--port", "0", "--generate", knobs])).exits(2);
    refused("people=0").says(&["--generate: people is 0; give a number from 1 to 4000"]);
    refused("peeple=9").says(&["unknown field `peeple`", "dependency_density"]);
    refused("knobs.toml").says(&["knobs.toml cannot be read"]);
    std::fs::write(home.path().join("knobs.toml"), "people = 3\ncycles = 'many'").unwrap();
    refused("knobs.toml").says(&["knobs.toml: ", "many"]);
    let both = ["sandbox", "--demo", "--generate", "default"];
    ran(fresh(home.path(), &both)).exits(2).says(&["--demo", "--generate"]);
}

#[test]
fn config_prints_the_manual_what_is_in_force_and_the_rubric() {
    let app = TestApp::new();
    let manual = app.upnext(&["config", "default"]).ok().out;
    assert!(manual.contains("# How far Upnext may go"), "{manual}");
    app.configure("[policy]\nphase = 'shadow'");
    assert!(app.upnext(&["config"]).ok().out.contains("phase = \"shadow\""));
    let rubric = app.upnext(&["config", "rubric"]).ok().out;
    assert!(rubric.contains("[[criterion]]"), "{rubric}");
    // What it prints can be used as it is.
    std::fs::write(app.home.path().join("mine.toml"), rubric).unwrap();
    app.configure("[rubric]\nfile = 'mine.toml'");
    assert_eq!(app.groom()["tasks"].as_array().unwrap().len(), 40);
}

#[test]
fn doctor_finds_a_healthy_project_and_names_what_an_unhealthy_one_lacks() {
    let app = TestApp::new();
    let args = ["doctor", "--json", "--project", &app.project];
    let checks = app.upnext(&args).ok().json();
    let unhealthy: Vec<&Value> = checks.as_array().unwrap().iter().filter(|c| c["health"] != "ok").collect();
    assert!(!unhealthy.is_empty());
    for check in unhealthy {
        assert!(!check["lost"].as_str().unwrap().is_empty(), "{check}");
        assert!(!check["mend"].as_str().unwrap().is_empty(), "{check}");
    }
    app.setup();
    let checks = app.upnext(&args).ok().json();
    assert!(checks.as_array().unwrap().iter().all(|c| c["health"] == "ok"), "{checks:#}");
    let slow = app.home.path().join("slow.toml");
    std::fs::write(&slow, "[asana]\nrequests_per_minute = 150").unwrap();
    let checks = app.upnext(&["--config", slow.to_str().unwrap(), "doctor", "--json"]).ok().json();
    let limits = checks.as_array().unwrap().iter().find(|c| c["what"] == "limits").unwrap();
    assert_eq!(limits["lost"], "writing 1,000 tasks takes 7 minutes or more");
    app.asana.faults(json!({ "revoked_tokens": [TOKEN] }));
    let told = app.upnext(&["doctor"]).exits(5).out;
    assert!(told.contains("BROKEN") && told.contains("does not accept the token"), "{told}");
}

#[test]
fn explain_sums_and_says_what_would_change_it() {
    let app = TestApp::new();
    app.setup();
    let report = app.groom_and_apply();
    for task in report["tasks"].as_array().unwrap().iter().step_by(7) {
        let gid = task["gid"].as_str().unwrap();
        let judgement = &app.explain(gid)["judgement"];
        let points =
            judgement["contributions"].as_array().unwrap().iter().map(|c| c["points"].as_f64().unwrap());
        let sum: f64 = points.sum();
        assert!((sum - judgement["score"].as_f64().unwrap()).abs() < 1e-9, "{judgement:#}");
        let text = app.upnext(&["explain", gid]).ok().out;
        for criterion in judgement["contributions"].as_array().unwrap() {
            assert!(text.contains(&criterion["criterion"].as_str().unwrap().replace('_', " ")), "{text}");
        }
    }
    let first = report["tasks"][0]["gid"].as_str().unwrap();
    assert!(!app.explain(first)["judgement"]["counterfactuals"].as_array().unwrap().is_empty());
    let text = app.upnext(&["explain", first]).ok().out;
    assert!(text.contains("What would move it to another band:"), "{text}");
    for counterfactual in report["tasks"][0]["counterfactuals"].as_array().unwrap() {
        assert!(text.contains(counterfactual.as_str().unwrap()), "{counterfactual} is not in: {text}");
    }
    // A task can be named by its address.
    let address = format!("https://app.asana.com/0/{}/{first}", app.project);
    assert_eq!(app.explain(&address), app.explain(first));
}

#[test]
fn a_plan_is_listed_shown_replayed_and_applied() {
    let app = TestApp::new();
    assert!(app.upnext(&["plan", "list"]).ok().out.contains("No plans yet"));
    app.setup();
    app.groom();
    let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
    assert_eq!((&plans[0]["kind"], &plans[0]["done"]), (&"groom".into(), &0.into()));
    let id = plans[0]["id"].as_str().unwrap();
    assert!(app.upnext(&["plan", "show", id]).ok().out.contains("AI Priority Score empty → "));
    let replay = app.upnext(&["plan", "replay", "--json", id]).ok().json();
    assert_eq!((&replay["identical"], &replay["saved"]), (&true.into(), &replay["replayed"]));
    let applied = app.upnext(&["plan", "apply", "--json", id]).ok().json();
    assert_eq!(applied["outcome"]["done"], plans[0]["actions"]);
    assert_eq!(app.upnext(&["plan", "replay", "--json", id]).ok().json()["identical"], true);
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
}

/// An entry changed behind Upnext's back is found; `sql` must hit one.
fn tampering_is_found(database: Kind) {
    let app = TestApp::on(database);
    app.setup();
    let count = app.audit().len();
    assert!(count >= 20, "{count}");
    let verified = app.upnext(&["audit", "verify", "--json"]).ok().json();
    assert_eq!((&verified["entries"], &verified["broken"]), (&count.into(), &Value::Null));
    app.database.sql("UPDATE audit SET body = '{}' WHERE seq = 7");
    let found = app.upnext(&["audit", "verify"]).exits(5);
    assert!(found.out.contains("broken at entry 7"), "{found:?}");
    assert_eq!(app.upnext(&["audit", "verify", "--json"]).exits(5).json()["broken"]["seq"], 7);
}

/// Entries that were taken out, at the end or before it, are found missing.
fn deletion_is_found(database: Kind) {
    let app = TestApp::on(database);
    app.setup();
    let count = app.audit().len();
    app.database.sql(&format!("DELETE FROM audit WHERE seq = {count}"));
    let found = app.upnext(&["audit", "verify"]).exits(5).out;
    assert!(found.contains(&format!("should have {count} entries and has {}", count - 1)), "{found}");
    app.database.sql("DELETE FROM audit WHERE seq = 3");
    let found = app.upnext(&["audit", "verify"]).exits(5).out;
    assert!(found.contains("broken at entry 3") || found.contains("broken at entry 4"), "{found}");
}

#[test]
fn audit_finds_a_deleted_entry_in_sqlite() {
    deletion_is_found(Kind::Sqlite);
}

#[test]
fn audit_finds_a_deleted_entry_in_postgresql() {
    deletion_is_found(Kind::Postgres);
}

#[test]
fn the_audit_is_exported_line_by_line_and_from_where_one_left_off() {
    let app = TestApp::new();
    app.setup();
    app.groom_and_apply();
    let entries = app.audit();
    let numbers: Vec<u64> = entries.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=entries.len() as u64).collect::<Vec<_>>());
    for pair in entries.windows(2) {
        assert_eq!(pair[1]["prev"], pair[0]["hash"]);
    }
    // Every task that was written is in it.
    let text = app.upnext(&["audit", "export"]).ok().out;
    let tasks = app.asana.tasks(&app.project);
    assert!(tasks.iter().all(|task| text.contains(task["gid"].as_str().unwrap())));
    let rest = app.upnext(&["audit", "export", "--after", "20"]).ok().out;
    assert_eq!(rest.lines().count(), entries.len() - 20);
}

#[test]
fn audit_finds_a_changed_entry_in_sqlite() {
    tampering_is_found(Kind::Sqlite);
}

#[test]
fn audit_finds_a_changed_entry_in_postgresql() {
    tampering_is_found(Kind::Postgres);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let app = TestApp::new();
    app.setup();
    let groom = ["groom", "--project", &app.project];
    let commands: [&[&str]; 5] =
        [&["audit", "export"], &["config"], &["config", "default"], &["--help"], &groom];
    for command in commands {
        let mut child = app.start(command);
        drop(child.stdout.take());
        let ended = ended(child.wait_with_output().unwrap()).ok();
        assert_eq!(ended.err, "", "{command:?}");
    }
}
