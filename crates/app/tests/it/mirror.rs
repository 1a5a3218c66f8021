//! The mirror of the audit trail in Asana: one comment a period, off unless it is wanted, whole, and taken back by undo.

use crate::app::{TestApp, ended, ran};
use crate::asana::TOKEN;
use crate::database::Kind;
use crate::served::{Served, within};
use crate::witness::{Witness, honest};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A zone in which it is about noon, and the day there: nothing of a test falls on another day.
fn noon() -> (String, Date) {
    #[expect(clippy::disallowed_methods, reason = "what people do in a test is done now")]
    let now = jiff::Timestamp::now();
    let ahead = 12 - i32::from(jiff::tz::TimeZone::UTC.to_datetime(now).hour());
    // These names count the other way round.
    let zone = format!("Etc/GMT{}{}", if ahead > 0 { '-' } else { '+' }, ahead.abs());
    let day = jiff::tz::TimeZone::get(&zone).unwrap().to_datetime(now).date();
    (zone, day)
}

/// The clock of a day later.
fn tomorrow(speed: u64) -> String {
    in_days(1, speed)
}

/// The clock of some days later.
fn in_days(days: i64, speed: u64) -> String {
    #[expect(clippy::disallowed_methods, reason = "a test hands the program its clock")]
    let now = jiff::Timestamp::now().as_millisecond();
    format!("{now},{},{speed}", now + days * 86_400_000)
}

struct Mirror {
    app: TestApp,
    zone: String,
    day: Date,
}

impl Mirror {
    fn over(app: TestApp) -> Mirror {
        let (zone, day) = noon();
        let mirror = Mirror { app, zone, day };
        mirror.wanted("");
        mirror
    }

    fn wanted(&self, policy: &str) {
        self.app.configure(&format!("[time]\nzone = '{}'\n{policy}", self.zone));
    }

    /// The command, a day later.
    fn command(&self, more: &[&str]) -> Command {
        let asked = [&["audit", "mirror", self.app.project.as_str(), "--json"][..], more].concat();
        let mut command = self.app.command(&asked);
        command.env("UPNEXT_TEST_CLOCK", tomorrow(1));
        command
    }

    fn told(&self, more: &[&str]) -> Value {
        ran(self.command(more)).ok().json()
    }

    fn comments(&self, task: &str) -> Vec<String> {
        let all = self.app.asana.comments(task);
        let texts = all.iter().map(|comment| comment["text"].as_str().unwrap().to_owned());
        texts.filter(|text| text.starts_with("Upnext · decisions of ")).collect()
    }

    fn on_host(&self) -> Vec<String> {
        self.app.host().map_or_else(Vec::new, |host| self.comments(&host))
    }
}

const DAILY: &str = "[policy.audit_mirror]\nevery = 'day'\n";

fn a_day(database: Kind) {
    let mirror = Mirror::over(TestApp::on(database));
    let app = &mirror.app;
    app.setup();
    app.groom_and_apply();
    let waiting = app.upnext(&["approvals", "list", "--json"]).ok().json();
    let [yes, no] = [0, 1].map(|at| waiting[at]["id"].as_str().unwrap());
    app.upnext(&["approvals", "approve", yes, "--by", "Dana"]).ok();
    app.upnext(&["approvals", "reject", no, "--by", "Alex", "--reason", "after the fair"]).ok();
    let writes = app.asana.writes();

    let seen = mirror.told(&[]);
    let (text, day) = (seen["text"].as_str().unwrap(), mirror.day.to_string());
    assert!(text.starts_with(&format!("Upnext · decisions of {day} (project {})\n", app.project)), "{text}");
    for words in ["Dana: ", "Alex: ", "tasks with AI fields ", "moved): nothing", "https://app.asana.com/0/"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let people: Vec<&str> =
        seen["people"].as_array().unwrap().iter().map(|line| line["who"].as_str().unwrap()).collect();
    assert_eq!(people, ["Dana", "Alex"], "an answer is told once: {seen:#}");
    let rules = seen["rules"].to_string();
    for words in ["\"questions asked\"", "\"policies that came into force\",1", "\"tasks with AI fields\""] {
        assert!(rules.contains(words), "{words}: {rules}");
    }
    // The head that stands outside the store is the trail's own.
    let (seq, hash) = (seen["head"][0].as_u64().unwrap(), seen["head"][1].as_str().unwrap());
    let entry = app.audit().into_iter().find(|entry| entry["seq"] == seq).unwrap();
    assert_eq!(entry["hash"], hash);
    assert!(text.contains(&format!("entry {seq}")) && text.contains(hash), "{text}");

    // Off by default; a time that is not over is not told of as if it were.
    ran(mirror.command(&["--post"])).exits(2).says(&["policy.audit_mirror.every"]);
    mirror.wanted(DAILY);
    app.upnext(&["audit", "mirror", &app.project, "--post", "--day", &day]).exits(2).says(&["is not over"]);
    mirror.wanted(&format!("[policy]\nphase = 'shadow'\n{DAILY}"));
    ran(mirror.command(&["--post"])).exits(2).says(&["shadow", "--post"]);
    assert_eq!((app.asana.writes(), mirror.on_host()), (writes, vec![]));

    mirror.wanted(DAILY);
    let first = mirror.told(&["--post", "--day", &day]);
    assert_eq!(mirror.on_host(), [first["text"].as_str().unwrap()]);
    let second = mirror.told(&["--post"]);
    assert_eq!(
        (&second["outcome"]["already_so"], &second["text"]),
        (&json!(1), &first["text"]),
        "{second:#}"
    );
    assert_eq!(mirror.on_host().len(), 1, "one a day");
    app.upnext(&["undo", first["run"].as_str().unwrap()]).ok();
    assert_eq!(mirror.on_host(), Vec::<String>::new());
    // A week is a comment of its own, and tells of nothing while it is not over.
    mirror.wanted("[policy.audit_mirror]\nevery = 'week'\n");
    let week = mirror.told(&["--day", "2026-01-01"]);
    assert!(week["text"].as_str().unwrap().contains("2025-12-29 to 2026-01-04"), "{week:#}");
    assert_eq!((&week["people"], &week["head"]), (&json!([]), &Value::Null));
    mirror.wanted("[policy.audit_mirror]\ntask = 'somewhere'\n");
    ran(mirror.command(&[])).exits(2).says(&["policy.audit_mirror.task"]);
    mirror.wanted("");
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn a_day_on_sqlite() {
    a_day(Kind::Sqlite);
}

#[test]
fn a_day_on_postgresql() {
    a_day(Kind::Postgres);
}

#[test]
fn it_is_put_on_a_subtask_or_in_a_project_for_audits() {
    let mirror = Mirror::over(TestApp::new());
    let app = &mirror.app;
    app.setup();
    app.groom_and_apply();
    let host = app.host().unwrap();
    let subtask = app.asana.post(TOKEN, &format!("/tasks/{host}/subtasks"), json!({ "name": "Decisions" }));
    let team = json!({ "name": "Auditors", "organization": app.asana.workspace });
    let team = app.asana.post(TOKEN, "/teams", team)["gid"].clone();
    let project = json!({ "name": "Audits", "workspace": app.asana.workspace, "team": team });
    let project = app.asana.post(TOKEN, "/projects", project)["gid"].clone();
    let task = app.asana.post(TOKEN, "/tasks", json!({ "name": "Decisions", "projects": [project] }));
    for place in [&subtask, &task] {
        let place = place["gid"].as_str().unwrap();
        mirror.wanted(&format!("{DAILY}task = '{place}'\n"));
        let posted = mirror.told(&["--post"]);
        assert_eq!(mirror.comments(place), [posted["text"].as_str().unwrap()], "{posted:#}");
        assert_eq!(mirror.on_host(), Vec::<String>::new());
        app.upnext(&["undo", posted["run"].as_str().unwrap()]).ok();
        assert_eq!(mirror.comments(place), Vec::<String>::new());
    }
    // A task that is gone is told, and nothing is written anywhere else.
    app.asana.delete(&format!("/tasks/{}", task["gid"].as_str().unwrap()));
    let gone = ran(mirror.command(&["--post"]));
    assert!(gone.code != 0 && gone.out.contains("gone from Asana"), "{} {}", gone.out, gone.err);
    assert_eq!(mirror.on_host(), Vec::<String>::new());
}

#[test]
fn a_crash_on_the_way_leaves_one_comment() {
    let mirror = Mirror::over(TestApp::new());
    let app = &mirror.app;
    app.setup();
    app.groom_and_apply();
    mirror.wanted(DAILY);
    let writes = app.asana.writes();
    app.asana.faults(json!({ "latency_ms": { "min": 250, "max": 250 } }));
    let mut cut = mirror.command(&["--post"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = app.asana.saw_writes(writes + 1, || cut.try_wait().unwrap().is_some());
    cut.kill().unwrap();
    let cut = ended(cut.wait_with_output().unwrap());
    assert!(begun, "it ended by itself: {} {}", cut.out, cut.err);
    app.asana.faults(json!({ "write_then_error": { "rate": 1.0, "max_count": 1 } }));
    let again = mirror.told(&["--post"]);
    assert_eq!(mirror.on_host(), [again["text"].as_str().unwrap()]);
}

#[test]
fn a_language_models_share_is_told_as_such() {
    let witness = Witness::start(honest);
    let mirror = Mirror::over(TestApp::new());
    let app = &mirror.app;
    mirror.wanted(&witness.config("[policy.ai]\nsampled_percent = 0"));
    app.setup();
    app.groom_and_apply();
    let seen = mirror.told(&[]);
    let ai = seen["ai"].as_array().unwrap();
    assert!(
        ai.iter().any(|what| what[0] == "tasks with AI fields" && what[1].as_u64() > Some(0)),
        "{seen:#}"
    );
}

#[test]
fn a_schedule_posts_it_once() {
    let mirror = Mirror::over(TestApp::new());
    let app = &mirror.app;
    app.setup();
    app.groom_and_apply();
    app.upnext(&["connect", "--project", &app.project]).ok();
    let schedule = "schedules = [{ workflow = 'mirror', cron = '* * * * *' }]";
    mirror.wanted(&format!("{DAILY}[service]\n{schedule}\n"));
    let mut command = app.command(&["serve", "--json", "--listen", "127.0.0.1:0"]);
    command.env("UPNEXT_TEST_CLOCK", tomorrow(10));
    let served = Served::spawn(command);
    within(Duration::from_secs(120), "it is posted", || mirror.on_host().len() == 1);
    let runs = || {
        let runs = app.upnext(&["plan", "list", "--json"]).ok().json();
        runs.as_array().unwrap().iter().filter(|plan| plan["kind"] == "mirror").count()
    };
    within(Duration::from_secs(120), "it comes round again", || runs() > 1);
    assert_eq!(mirror.on_host().len(), 1, "the same day again is the same comment");
    assert_eq!(served.stop().0, 0);
}

#[test]
fn what_was_pruned_stays_as_it_was_posted() {
    let mirror = Mirror::over(TestApp::new());
    let app = &mirror.app;
    app.setup();
    app.groom_and_apply();
    mirror.wanted(DAILY);
    let posted = mirror.told(&["--post"])["text"].as_str().unwrap().to_owned();
    assert_eq!(mirror.on_host(), [posted.as_str()]);
    let before = mirror.day.tomorrow().unwrap().to_string();
    let mut prune = app.command(&["audit", "prune", "--before", &before, "--by", "Dana"]);
    prune.env("UPNEXT_TEST_CLOCK", tomorrow(1));
    ran(prune).ok();
    ran(mirror.command(&["--post"])).exits(2).says(&["pruned", "stays as it is"]);
    assert_eq!(mirror.on_host(), [posted.as_str()]);
}

#[test]
fn a_schedule_makes_up_for_days_on_which_it_did_not_run_and_posts_nothing_in_shadow() {
    let mirror = Mirror::over(TestApp::new());
    let app = &mirror.app;
    app.setup();
    app.groom_and_apply();
    app.upnext(&["connect", "--project", &app.project]).ok();
    mirror.wanted(DAILY);
    mirror.told(&["--post"]);
    let workflows = ["mirror", "review"].map(|word| format!("{{ workflow = '{word}', cron = '* * * * *' }}"));
    let schedules = format!("[service]\nschedules = [{}]\n", workflows.join(", "));
    let serve = || {
        let mut command = app.command(&["serve", "--json", "--listen", "127.0.0.1:0"]);
        command.env("UPNEXT_TEST_CLOCK", in_days(4, 10));
        Served::spawn(command)
    };
    // In shadow there is nothing to do, and nothing to try again.
    mirror.wanted(&format!("[policy]\nphase = 'shadow'\n{DAILY}{schedules}"));
    let served = serve();
    let ended = |word: &str| -> Vec<String> {
        let metrics = served.metrics();
        let of = |line: &&str| {
            line.starts_with("upnext_jobs_ended_total{") && line.contains(&format!("\"{word}\""))
        };
        metrics.lines().filter(of).map(str::to_owned).collect()
    };
    for word in ["mirror", "review"] {
        within(Duration::from_secs(120), word, || !ended(word).is_empty());
        assert!(ended(word).iter().all(|line| line.contains("\"well\"")), "{:?}", ended(word));
    }
    assert_eq!((served.stop().0, mirror.on_host().len()), (0, 1));
    mirror.wanted(&format!("{DAILY}[service]\nschedules = [{}]\n", workflows[0]));
    let served = serve();
    within(Duration::from_secs(120), "every day is told of", || mirror.on_host().len() == 4);
    let told = mirror.on_host();
    let mut day = mirror.day;
    for text in told {
        assert!(text.starts_with(&format!("Upnext · decisions of {day} ")), "{text}");
        day = day.tomorrow().unwrap();
    }
    assert_eq!(served.stop().0, 0);
}
