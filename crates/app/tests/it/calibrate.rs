//! The team's own weights: learned, proposed, accepted by a person, held against the golden set, and taken back.

use crate::app::{Setting, TestApp, ran};
use crate::approvals::on_day;
use crate::backlog;
use crate::database::Kind;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Pairs of a groom's tasks as a file of answers: what returns most for its effort comes first, however late the other is.
fn by_return(groom: &Value, name: &str, app: &TestApp) {
    let tasks = groom["tasks"].as_array().unwrap();
    let gain = |task: &Value| task["contributions"]["return_on_effort"].as_f64().unwrap();
    let mut lines = vec![];
    for (nth, a) in tasks.iter().enumerate() {
        let b = &tasks[(nth * 7 + 11) % tasks.len()];
        if (gain(a) - gain(b)).abs() > 1.0 {
            let (first, second) = if gain(a) > gain(b) { (a, b) } else { (b, a) };
            lines.push(json!({ "first": first["gid"], "second": second["gid"] }));
        }
    }
    assert!(lines.len() > 20, "{}", lines.len());
    std::fs::write(app.home.path().join(name), backlog::text(&lines)).unwrap();
}

/// A project in which return on effort was proposed to count for more, and the proposal.
fn proposed(kind: Kind) -> (TestApp, Value) {
    let app =
        TestApp::with(Setting { backlogs: vec![backlog::mixed(60)], database: kind, ..Setting::default() });
    app.setup();
    by_return(&app.groom(), "answers.jsonl", &app);
    let proposal = calibrate(&app);
    (app, proposal)
}

fn calibrate(app: &TestApp) -> Value {
    app.upnext(&["calibrate", "--json", "--project", &app.project, "--answers", "answers.jsonl"]).ok().json()
}

fn weight(proposal: &Value, criterion: &str, which: &str) -> f64 {
    let weights = proposal["evidence"]["weights"].as_array().unwrap();
    weights.iter().find(|w| w["criterion"] == criterion).unwrap()[which].as_f64().unwrap()
}

fn learned_accepted_used_and_taken_back(kind: Kind) {
    let (app, proposal) = proposed(kind);
    let version = "default-3+team-1";
    assert_eq!(proposal["proposed"]["version"], version, "{proposal:#}");
    assert!(weight(&proposal, "return_on_effort", "low") > weight(&proposal, "return_on_effort", "before"));
    assert!(weight(&proposal, "urgency", "high") < weight(&proposal, "urgency", "before"), "{proposal:#}");
    let held = &proposal["evidence"]["answers"]["held_out"];
    assert!(held["after"].as_f64() > held["before"].as_f64(), "{held:#}");
    let id = proposal["proposed"]["id"].as_str().unwrap();
    let given = app.audit().into_iter().filter(|entry| entry["kind"] == "calibration_answer").count();
    let lines = std::fs::read_to_string(app.home.path().join("answers.jsonl")).unwrap().lines().count();
    assert_eq!(given, lines, "every answer is in the trail");
    // The same answers again are the same answers, and the same proposal.
    let again = calibrate(&app);
    assert_eq!(again["evidence"]["answers"], proposal["evidence"]["answers"]);
    assert_eq!(again["proposed"]["id"], id);
    // Nothing changes before somebody says so.
    assert_eq!(app.groom()["rubric"], "default-3");
    let by =
        ["rubric", "accept", "--json", "--project", &app.project, id, "--by", "Grace", "--reason", "agreed"];
    assert_eq!(app.upnext(&by).ok().json()["in_force"], version);
    let groom = app.groom_and_apply();
    assert_eq!((&groom["rubric"], &groom["rubric_accepted"]["by"]), (&json!(version), &json!("Grace")));
    let task = groom["tasks"][0]["gid"].as_str().unwrap();
    assert_eq!(app.explain(task)["rubric"], version);
    assert_eq!(app.upnext(&["backtest", "--json", "--project", &app.project]).ok().json()["rubric"], version);
    app.upnext(&["plan", "replay", groom["plan"].as_str().unwrap()]).ok();
    let doctor = app.upnext(&["doctor", "--project", &app.project]).ok().out;
    assert!(doctor.contains("accepted by Grace"), "{doctor}");
    // The answers are spent: they do not move the new weights once more.
    let spent = app.upnext(&["calibrate", "--project", &app.project]).exits(2);
    spent.says(&["no terminal", "--answers", "--from-history"]);
    app.upnext(&by).exits(2).says(&["in force already"]);
    app.upnext(&["rubric", "revert", "--project", &app.project, "--by", "Ada"]).ok();
    let back = app.groom();
    assert_eq!((&back["rubric"], &back["rubric_accepted"]), (&json!("default-3"), &Value::Null));
    app.upnext(&["plan", "replay", groom["plan"].as_str().unwrap()]).ok();
    let decided = |entry: &Value| entry["kind"] == "rubric";
    let body = |entry: &Value| serde_json::from_str::<Value>(entry["body"].as_str().unwrap()).unwrap();
    let course: Vec<(Value, Value, Value)> = app
        .audit()
        .iter()
        .filter(|entry| decided(entry))
        .map(|entry| {
            (body(entry)["state"].clone(), entry["actor"].clone(), body(entry)["note"]["reason"].clone())
        })
        .collect();
    assert_eq!(course.len(), 3, "{course:?}");
    assert_eq!(course[0].0, "proposed");
    assert_eq!(course[1], (json!("accepted"), json!("Grace"), json!("agreed")));
    assert_eq!(course[2], (json!("retired"), json!("Ada"), Value::Null));
    app.upnext(&["audit", "verify"]).ok();
    app.upnext(&["rubric", "revert", "--project", &app.project]).exits(2).says(&["configured rubric"]);
}

#[test]
fn weights_are_learned_accepted_used_and_taken_back() {
    learned_accepted_used_and_taken_back(Kind::Sqlite);
}

#[test]
fn weights_are_learned_accepted_used_and_taken_back_on_postgres() {
    learned_accepted_used_and_taken_back(Kind::Postgres);
}

#[test]
fn answers_that_contradict_each_other_make_no_proposal() {
    let app = TestApp::new();
    app.setup();
    let groom = app.groom();
    let tasks = groom["tasks"].as_array().unwrap();
    let gid = |at: usize| tasks[at % tasks.len()]["gid"].clone();
    // Every pair is answered both ways, so that nothing can be learned whatever the tasks are like on the day this runs.
    let lines: Vec<Value> = (0..20)
        .flat_map(|nth| {
            let (a, b) = (gid(nth), gid(nth * 3 + 7));
            [json!({ "first": a, "second": b }), json!({ "first": b, "second": a })]
        })
        .filter(|line| line["first"] != line["second"])
        .collect();
    std::fs::write(app.home.path().join("answers.jsonl"), backlog::text(&lines)).unwrap();
    let found = calibrate(&app);
    assert_eq!(found["proposed"], Value::Null, "{found:#}");
    assert!(found["why_not"].as_str().unwrap().contains("nothing was fitted on"), "{found:#}");
    let told = app.upnext(&["rubric", "list", "--project", &app.project]).ok().out;
    assert!(told.contains("In force: default-3") && told.contains("upnext calibrate"), "{told}");
}

#[test]
fn a_file_of_answers_that_is_wrong_is_named_and_nothing_of_it_is_kept() {
    let app = TestApp::new();
    let groom = app.groom();
    let gid = |at: usize| groom["tasks"][at]["gid"].as_str().unwrap().to_owned();
    let ask = |text: String| {
        std::fs::write(app.home.path().join("answers.jsonl"), text).unwrap();
        app.upnext(&["calibrate", "--project", &app.project, "--answers", "answers.jsonl"])
    };
    let good = format!("{}\n", json!({ "first": gid(0), "second": gid(1) }));
    ask(format!("{good}{{\"frist\": 1}}")).exits(2).says(&["answers.jsonl", "line 2", "frist"]);
    ask(format!("{good}{}", json!({ "first": gid(0), "second": "999999" })))
        .exits(2)
        .says(&["answer 2", "999999"]);
    ask(format!("{}", json!({ "first": gid(0), "second": gid(0) }))).exits(2).says(&["answer 1"]);
    ask("\n".into()).exits(2).says(&["holds no answers"]);
    let told = ask(good).ok().out;
    assert!(told.contains("there are 1 answers"), "{told}");
    let nowhere = ["calibrate", "--project", &app.project, "--answers", "nowhere"];
    app.upnext(&nowhere).exits(2).says(&["nowhere"]);
    app.upnext(&["rubric", "show", "--project", &app.project, "rub_x"]).exits(2).says(&["rubric list"]);
}

/// Puts first what is worth least.
const UPSIDE_DOWN: &str = "version = \"upside-down\"
description = \"What is worth least comes first.\"
bands = { p0 = 55, p1 = 42, p2 = 28, hysteresis = 2 }
sprint = { next_tasks = 20 }
effort = { days_per_unit = 1.0, large_days = 40.0 }
[[criterion]]
name = \"least\"
weight = 1
formula = \"business_value\"
min = 0
max = 10
invert = true
";

/// Tasks that differ in what they are worth and in nothing else.
fn valued(count: usize) -> String {
    let line = |nth: usize| {
        let value = (nth * 37 % count) as f64 / 10.0;
        json!({ "id": format!("T-{nth}"), "title": format!("Task {nth}"), "fields": { "Business Value": value } })
    };
    backlog::text(&(0..count).map(line).collect::<Vec<_>>())
}

#[test]
fn the_golden_set_blocks_a_rubric_that_turns_the_order_round() {
    let app = TestApp::with(Setting { backlogs: vec![valued(60)], ..Setting::default() });
    app.upnext(&["golden", "check", "--project", &app.project]).exits(2).says(&["upnext golden freeze"]);
    let frozen = app.upnext(&["golden", "freeze", "--json", "--project", &app.project, "--note", "June"]);
    assert_eq!(frozen.ok().json()["set"]["rubric"], "default-3");
    let same = app.upnext(&["golden", "check", "--json", "--project", &app.project]).ok().json();
    assert_eq!((&same["agreement"]["tau"], &same["holds"]), (&json!(1.0), &json!(true)));
    std::fs::write(app.home.path().join("down.toml"), UPSIDE_DOWN).unwrap();
    let down = ["golden", "check", "--json", "--project", &app.project, "--rubric", "down.toml"];
    let down = app.upnext(&down).exits(5).json();
    assert!(down["agreement"]["tau"].as_f64().unwrap() < -0.9 && down["holds"] == false, "{down:#}");
    let unknown = ["golden", "check", "--project", &app.project, "--rubric", "nothing"];
    app.upnext(&unknown).exits(2).says(&["nothing", "rubric list"]);
    let shown = app.upnext(&["golden", "show", "--project", &app.project]).ok().out;
    assert!(shown.contains("60 tasks, order of default-3") && shown.contains("June"), "{shown}");
}

fn a_rubric_of_the_file_is_held_against_the_golden_set(kind: Kind) {
    let app = TestApp::with(Setting { backlogs: vec![valued(60)], database: kind, ..Setting::default() });
    app.groom();
    app.upnext(&["golden", "freeze", "--project", &app.project]).ok();
    std::fs::write(app.home.path().join("down.toml"), UPSIDE_DOWN).unwrap();
    app.configure("[rubric]\nfile = \"down.toml\"");
    // What looks before the next groom sees the same, and keeps nothing.
    let list = || app.upnext(&["rubric", "list", "--json", "--project", &app.project]).ok().json();
    let found = list();
    assert_eq!((&found["in_force"], &found["configured"]), (&json!("default-3"), &json!("upside-down")));
    assert_eq!(found["versions"], json!([]));
    let held = |groom: &Value| {
        assert_eq!((&groom["rubric"], &groom["rubric_accepted"]), (&json!("default-3"), &Value::Null));
        assert_eq!(groom["rubric_held"]["configured"], "upside-down", "{groom:#}");
        assert!(groom["rubric_held"]["after"].as_f64().unwrap() < -0.9, "{groom:#}");
    };
    // Nothing moves, however often, and it waits once for a person.
    held(&app.groom());
    held(&app.groom());
    let found = list();
    assert_eq!(found["versions"].as_array().unwrap().len(), 1, "{found:#}");
    let waiting = &found["versions"][0];
    assert_eq!((&waiting["origin"], &waiting["state"]), (&json!("file"), &json!("proposed")));
    let told = app.upnext(&["groom", "--project", &app.project]).ok().out;
    assert!(told.contains("falls out with the golden set"), "{told}");
    let shown = app.upnext(&["rubric", "show", "--project", &app.project, "upside-down"]).ok().out;
    assert!(shown.contains("falls out with the golden set") && shown.contains("least"), "{shown}");
    let doctor = app.upnext(&["doctor", "--json", "--project", &app.project]).ok().out;
    assert!(doctor.contains("the configured rubric does not judge"), "{doctor}");
    let accept = |more: &[&str]| {
        app.upnext(
            &[&["rubric", "accept", "--json", "--project", &app.project, "upside-down"], more].concat(),
        )
    };
    assert_eq!(accept(&[]).exits(5).json()["in_force"], "default-3");
    let revert = ["rubric", "revert", "--project", &app.project];
    app.upnext(&revert).exits(2).says(&["falls out with the golden set"]);
    accept(&["--override-gate", "--reason", "least first is what we want now"]).ok();
    let groom = app.groom();
    assert_eq!((&groom["rubric"], &groom["rubric_held"]), (&json!("upside-down"), &Value::Null));
    // Taken out of force it is held up again, and can be accepted as before.
    app.upnext(&revert).ok();
    held(&app.groom());
}

#[test]
fn a_rubric_of_the_file_is_held_against_the_golden_set_in_sqlite() {
    a_rubric_of_the_file_is_held_against_the_golden_set(Kind::Sqlite);
}

#[test]
fn a_rubric_of_the_file_is_held_against_the_golden_set_in_postgresql() {
    a_rubric_of_the_file_is_held_against_the_golden_set(Kind::Postgres);
}

#[test]
fn a_rubric_of_the_file_that_agrees_judges_and_what_waited_is_withdrawn() {
    let app = TestApp::with(Setting { backlogs: vec![valued(60)], ..Setting::default() });
    app.groom();
    app.upnext(&["golden", "freeze", "--project", &app.project]).ok();
    let file = |text: &str| {
        std::fs::write(app.home.path().join("ours.toml"), text).unwrap();
        app.configure("[rubric]\nfile = \"ours.toml\"");
    };
    file(UPSIDE_DOWN);
    assert_eq!(app.groom()["rubric"], "default-3");
    // The same file the right way up keeps the order.
    file(&UPSIDE_DOWN.replace("invert = true", "").replace("upside-down", "worth-1"));
    let groom = app.groom();
    assert_eq!((&groom["rubric"], &groom["rubric_held"]), (&json!("worth-1"), &Value::Null));
    let list = app.upnext(&["rubric", "list", "--json", "--project", &app.project]).ok().json();
    assert_eq!(list["in_force"], "worth-1");
    assert_eq!(list["versions"][0]["state"], "rejected", "{list:#}");
    // Turned round under the version it had, it is held up again: what counts is the text.
    file(&UPSIDE_DOWN.replace("upside-down", "worth-1"));
    let groom = app.groom();
    let held = &groom["rubric_held"];
    assert_eq!((&held["configured"], &held["in_force"]), (&json!("worth-1"), &json!("worth-1")), "{groom:#}");
    assert!(held["before"].as_f64() > held["after"].as_f64(), "{held:#}");
    // A lower gate lets it in.
    app.configure("[policy]\ngolden_gate = -1.0\n[rubric]\nfile = \"ours.toml\"");
    assert_eq!(app.groom()["rubric_held"], Value::Null);
}

#[test]
fn a_proposal_that_falls_out_with_the_golden_set_needs_a_reason() {
    let (app, proposal) = proposed(Kind::Sqlite);
    let id = proposal["proposed"]["id"].as_str().unwrap();
    app.upnext(&["golden", "freeze", "--project", &app.project]).ok();
    app.configure("[policy]\ngolden_gate = 0.999");
    let accept = |more: &[&str]| {
        app.upnext(&[&["rubric", "accept", "--json", "--project", &app.project, id], more].concat())
    };
    let blocked = accept(&[]).exits(5).json();
    assert_eq!((&blocked["is_blocked"], &blocked["in_force"]), (&json!(true), &json!("default-3")));
    assert_eq!(app.groom()["rubric"], "default-3");
    accept(&["--override-gate"]).exits(2).says(&["--reason"]);
    accept(&["--override-gate", "--reason", "the old order was wrong"]).ok();
    assert_eq!(app.groom()["rubric"], "default-3+team-1");
    let audit = app.audit();
    let last = audit.iter().rfind(|entry| entry["kind"] == "rubric").unwrap();
    let body: Value = serde_json::from_str(last["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["note"]["over_the_gate"], true);
    assert_eq!(body["note"]["reason"], "the old order was wrong");
    assert!(body["note"]["golden"]["agreement"]["tau"].as_f64().unwrap() < 0.999, "{body:#}");
}

#[test]
fn a_person_s_order_is_frozen_as_it_is_given() {
    let app = TestApp::new();
    let groom = app.groom();
    let gid = |at: usize| groom["tasks"][at]["gid"].as_str().unwrap();
    let freeze = |lines: &[&str]| {
        std::fs::write(app.home.path().join("order.txt"), lines.join("\n")).unwrap();
        app.upnext(&["golden", "freeze", "--json", "--project", &app.project, "--order", "order.txt"])
    };
    let backwards: Vec<&str> = (0..8).rev().map(gid).collect();
    let frozen = freeze(&[&["# ours"], backwards.as_slice()].concat()).ok().json();
    assert_eq!(frozen["set"]["order"], json!(backwards));
    assert_eq!(frozen["set"]["rubric"], Value::Null);
    // No rubric reaches it, and the one in force does not fall out with itself.
    let check = app.upnext(&["golden", "check", "--json", "--project", &app.project]).ok().json();
    assert_eq!(check["agreement"]["tau"], -1.0);
    freeze(&backwards[..3]).exits(2).says(&["3 tasks"]);
    freeze(&[gid(0), gid(0), gid(1), gid(2), gid(3)]).exits(2).says(&["twice"]);
    freeze(&[gid(0), "999999", gid(1), gid(2), gid(3)]).exits(2).says(&["999999"]);
}

/// Half a year in which every week the open tasks of the highest value were done, whatever their dates; or any three.
fn past(by_value: bool) -> TestApp {
    let mut lines: Vec<Value> = (0..130_u64)
        .map(|nth| {
            let value = nth * 7919 % 997;
            let (month, day) = (1 + nth * 31 % 12, 1 + nth * 17 % 28);
            json!({
                "id": format!("T-{nth}"), "title": format!("Task {nth}"), "description": "About it.",
                "created": format!("2024-12-{:02}T09:00:00Z", 1 + nth % 20),
                "due": format!("2025-{month:02}-{day:02}"),
                "fields": { "Business Value": value as f64 / 100.0 },
            })
        })
        .collect();
    let value = |line: &Value| line["fields"]["Business Value"].as_f64().unwrap();
    if by_value {
        lines.sort_by(|a, b| value(b).total_cmp(&value(a)));
    }
    let first: jiff::civil::Date = "2025-03-05".parse().unwrap();
    for (nth, line) in lines.iter_mut().enumerate().take(84) {
        let day = first.saturating_add(jiff::ToSpan::days((nth / 3 * 7) as i64));
        line["resolved"] = json!(format!("{day}T1{}:00:00Z", nth % 3));
    }
    TestApp::with(Setting { backlogs: vec![backlog::text(&lines)], ..Setting::default() })
}

fn from_history(app: &TestApp) -> Value {
    let period = ["--from-history", "--from", "2025-03-03", "--to", "2025-08-31"];
    let all = [&["calibrate", "--json", "--project", &app.project], period.as_slice()].concat();
    app.upnext(&all).ok().json()
}

#[test]
fn an_order_that_the_team_followed_is_found_in_its_past() {
    let app = past(true);
    let found = from_history(&app);
    assert_eq!(found["proposed"]["version"], "default-3+team-1", "{found:#}");
    let past = &found["evidence"]["past"];
    let ndcg = |which: &str| past[which]["ndcg"].as_f64().unwrap();
    assert!(ndcg("after") > ndcg("before") + 0.05, "{past:#}");
    // Beside them stand the orders that cost nothing, in the same weeks; nothing here is a priority, or what WSJF asks for.
    let free = past["free"].as_array().unwrap();
    let mut names: Vec<&str> = free.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(free.is_sorted_by(|a, b| a["ndcg"].as_f64() >= b["ndcg"].as_f64()), "{past:#}");
    names.sort_unstable();
    assert_eq!(names, ["due date", "first in, first out", "last in, first out"], "{past:#}");
    let due = free.iter().find(|one| one["name"] == "due date").unwrap();
    assert!(due["ndcg"].as_f64().unwrap() < ndcg("after"), "{past:#}");
    assert!(weight(&found, "return_on_effort", "after") > weight(&found, "return_on_effort", "before"));
    assert!(weight(&found, "urgency", "after") < weight(&found, "urgency", "before"));
    assert_eq!(app.asana.writes(), 0);
    let words = [
        "calibrate",
        "--project",
        &app.project,
        "--from-history",
        "--from",
        "2025-08-01",
        "--to",
        "2025-08-31",
    ];
    assert!(app.upnext(&words).ok().out.contains("No proposal: the later weeks"));
    let whole = [
        "calibrate",
        "--project",
        &app.project,
        "--from-history",
        "--from",
        "2025-03-03",
        "--to",
        "2025-08-31",
    ];
    let said = app.upnext(&whole).ok().out;
    assert!(
        said.contains("The orders a team has for nothing") && said.contains("due date: NDCG@10"),
        "{said}"
    );
}

#[test]
fn a_past_without_an_order_teaches_nothing() {
    let found = from_history(&past(false));
    assert_eq!(found["proposed"], Value::Null, "{found:#}");
    assert!(found["why_not"].as_str().unwrap().contains("did no better"), "{found:#}");
}

/// What Ada accepted counts where she turned another down that day; what Grace accepted in bulk is counted and left out, and what
/// was taken back is not even counted.
#[test]
fn accepted_suggestions_count_beside_one_that_the_same_person_turned_down() {
    let app = TestApp::new();
    app.setup();
    app.groom_and_apply();
    let waiting = app.upnext(&["approvals", "list", "--json"]).ok().json();
    let place = |band: &Value| ["P0", "P1", "P2", "P3"].iter().position(|one| band == one);
    // Suggestions to move up, by how high the step is.
    let mut up: Vec<(usize, &str)> = waiting
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["what"] == "priority")
        .filter_map(|one| {
            let (old, new) = (place(&one["old"])?, place(&one["new"])?);
            (new < old).then(|| (old + new, one["id"].as_str().unwrap()))
        })
        .collect();
    up.sort_unstable();
    assert!(up.len() > 1, "{waiting:#}");
    let (higher, lower) = (up[0].1, up[up.len() - 1].1);
    app.upnext(&["approvals", "approve", higher, "--by", "Ada"]).ok();
    app.upnext(&["approvals", "reject", lower, "--by", "Ada"]).ok();
    let bulk = ["approvals", "approve", "--json", "--all", "--project", &app.project, "--by", "Grace"];
    let bulk = app.upnext(&bulk).ok().json();
    let unread = bulk["settled"].as_array().unwrap().len();
    assert!(unread > 1, "{bulk:#}");
    #[expect(clippy::disallowed_methods, reason = "the period begins before this day")]
    let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    let day = |days: i64| today.saturating_add(jiff::ToSpan::days(days)).to_string();
    let (from, to) = (day(-7), day(140));
    let args = ["calibrate", "--project", &app.project, "--from-history", "--from", &from, "--to", &to];
    let past = || {
        let found = ran(on_day(&app, 160, &[&args[..], &["--json"]].concat())).ok().json();
        let past = found["evidence"]["past"].clone();
        ["yes", "no", "accepted"].map(|key| past[key].as_u64().unwrap())
    };
    let yes = 1 + unread as u64;
    assert_eq!(past(), [yes, 1, 1]);
    let said = ran(on_day(&app, 160, &args)).ok().out;
    let told = format!("weeks fitted on: {yes} accepted, 1 turned down. 1 of the accepted count");
    assert!(said.contains(&told), "{said}");
    app.upnext(&["undo", bulk["runs"][0].as_str().unwrap()]).ok();
    assert_eq!(past(), [1, 1, 1]);
}

/// The dialogue in a terminal (`script` of Debian's essential packages makes one): answers are taken one by one, a slip of the
/// finger is asked again, and stopping keeps what was said.
#[test]
fn the_dialogue_takes_answers_one_by_one_and_goes_on_where_it_was_left() {
    let app = TestApp::with(Setting { backlogs: vec![backlog::mixed(60)], ..Setting::default() });
    app.setup();
    let dialogue = |typed: &str| {
        let line =
            format!("{} calibrate --project {} --questions 6", env!("CARGO_BIN_EXE_upnext"), app.project);
        let mut command = app.command(&[]);
        let environment: Vec<_> =
            command.get_envs().map(|(k, v)| (k.to_owned(), v.unwrap().to_owned())).collect();
        command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).env_clear().envs(environment).env("PATH", "/usr/bin:/bin");
        command
            .current_dir(app.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        crate::app::ended(child.wait_with_output().unwrap()).ok()
    };
    let first = dialogue("a\nx\nb\n=\nq\n");
    for shown in ["Question 1 of 6", "Please type a, b, =, s or q.", "Question 4 of 6", "3 of 6 answered"] {
        assert!(first.out.contains(shown), "{shown}: {}", first.out);
    }
    let second = dialogue("s\na\nb\na\nb\n");
    assert!(second.out.contains("3 of 6 questions are answered already"), "{}", second.out);
    assert!(second.out.contains("Question 6 of 6"), "{}", second.out);
}
