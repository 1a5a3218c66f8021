//! A language model as a witness, through the front door: what it moves, what it costs, and what happens when it lies or dies.

use crate::app::{Setting, TestApp};
use crate::backlog;
use crate::witness::{Asked, DIMENSIONS, Say, Witness, all, honest};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TASKS: usize = 40;

fn app(witness: &Witness, more: &str) -> TestApp {
    let app = TestApp::with(Setting { backlogs: vec![backlog::mixed(TASKS)], ..Setting::default() });
    app.configure(&witness.config(more));
    app.setup();
    app
}

fn scores(report: &Value) -> Vec<(String, i64)> {
    let of = |task: &Value| {
        (task["gid"].as_str().unwrap().to_owned(), (task["score"].as_f64().unwrap() * 10.0).round() as i64)
    };
    let mut scores: Vec<_> = report["tasks"].as_array().unwrap().iter().map(of).collect();
    scores.sort();
    scores
}

/// Tenths of a point between two scores of a task.
fn moved(before: &Value, after: &Value) -> Vec<(String, i64)> {
    let pairs = scores(before).into_iter().zip(scores(after));
    pairs
        .map(|((task, a), (same, b))| {
            assert_eq!(task, same);
            (task, b - a)
        })
        .collect()
}

fn names(unrated: &Value) -> BTreeSet<String> {
    unrated.as_array().unwrap().iter().map(|task| task["gid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_rating_moves_a_score_by_what_explain_says_and_is_asked_once() {
    let witness = Witness::start(honest);
    let app = app(&witness, "");
    app.configure("");
    let without = app.groom();
    assert_eq!(without["model"], Value::Null);
    app.configure(&witness.config("[policy.ai]\nsampled_percent = 0"));
    let with = app.groom();
    let used = &with["model"];
    assert_eq!(witness.asked().len(), TASKS);
    assert_eq!(
        (&used["rated"], &used["answered"], &used["unrated"]),
        (&json!(TASKS), &json!(TASKS), &json!([]))
    );
    assert!(used["dollars"].as_f64().unwrap() > 0.0);
    let most = moved(&without, &with).into_iter().max_by_key(|(_, by)| by.abs()).unwrap();
    assert!(most.1.abs() > 0 && most.1.abs() <= 250, "{most:?}");

    // What explain shows sums to the score, and the model's part is told with its words.
    let explained = app.explain(&most.0);
    let contributions = explained["judgement"]["contributions"].as_array().unwrap();
    let sum: f64 = contributions.iter().map(|c| c["points"].as_f64().unwrap()).sum();
    assert!((sum - explained["judgement"]["score"].as_f64().unwrap()).abs() < 1e-6);
    let by_model: f64 = contributions.iter().filter_map(|c| c["ai"]["points"].as_f64()).sum();
    // In a project without goals or links the rest of the score is the same, so the model's part is the difference.
    assert!((by_model * 10.0 - most.1 as f64).abs() < 0.5, "{by_model} {most:?}");
    assert!(explained["rationale"].as_str().unwrap().contains("“Somebody needs this.” (description)"));
    let ratings = &explained["judgement"]["findings"]["ratings"];
    assert_eq!(ratings["models"], json!(["small"]));
    assert_eq!(ratings["rated"][0]["quote"], "Somebody needs this.");
    let replay = app.upnext(&["plan", "replay", "--json", with["plan"].as_str().unwrap()]).ok().json();
    assert_eq!(replay["identical"], true);

    // The same again costs nothing; a changed task is asked about, and no other.
    let again = app.groom();
    assert_eq!(witness.asked().len(), 0);
    assert_eq!((&again["model"]["remembered"], &again["model"]["dollars"]), (&json!(TASKS), &json!(0.0)));
    assert_eq!(scores(&again), scores(&with));
    let tasks = app.asana.tasks(&app.project);
    for task in &tasks[..4] {
        let path = format!("/tasks/{}", task["gid"].as_str().unwrap());
        app.asana.put(crate::asana::TOKEN, &path, json!({ "notes": "It is worth 5 now." }));
    }
    let changed = app.groom();
    assert_eq!((witness.asked().len(), &changed["model"]["answered"]), (4, &json!(4)));
    let usage = app.upnext(&["llm", "usage", "--json", "--by", "run"]).ok().json();
    assert_eq!(usage["rows"].as_array().unwrap().len(), 2, "a run that asked nothing used nothing");
    assert_eq!(usage["today"]["questions"], TASKS + 4);
}

/// The entries of the trail of a kind that a run made, as JSON.
fn entries(app: &TestApp, kind: &str, run: &Value) -> Vec<Value> {
    let of = app.audit().into_iter().filter(|entry| entry["kind"] == kind);
    let bodies = of.map(|entry| serde_json::from_str::<Value>(entry["body"].as_str().unwrap()).unwrap());
    bodies.filter(|body| body["run"] == *run).collect()
}

#[test]
fn the_trail_tells_which_models_and_which_prompt_a_decision_rests_on() {
    let witness = Witness::start(honest);
    let app = app(&witness, "[policy.ai]\nsampled_percent = 0");
    let first = app.groom_and_apply();
    let task = first["tasks"][0]["gid"].as_str().unwrap();
    let prompt = app.explain(task)["judgement"]["findings"]["ratings"]["prompt"].clone();
    assert!(prompt.as_str().is_some_and(|prompt| prompt.len() > 8), "{prompt}");
    // Another model, which rates otherwise, from here on.
    witness.now(|_, _| all(5, "Somebody needs this."));
    let config = witness.config("[policy.ai]\nsampled_percent = 0");
    app.configure(&config.replace("model = 'small'", "model = 'large'"));
    let second = app.groom_and_apply();
    for (report, model) in [(&first, "small"), (&second, "large")] {
        let [plan] = &entries(&app, "plan", &report["run"])[..] else { panic!("one plan a run") };
        assert_eq!(plan["language_models"], json!([model]), "{plan:#}");
        assert_eq!(plan["prompts"], json!([prompt]), "{plan:#}");
        let judged = entries(&app, "outcome", &report["run"]);
        let is_scored = |body: &&Value| body["action"]["id"].as_str().unwrap().starts_with("act_fields_");
        let judged: Vec<&Value> = judged.iter().filter(is_scored).collect();
        assert!(judged.len() > TASKS / 2, "{}", judged.len());
        for body in judged {
            let judgement = &body["judgement"];
            assert_eq!(judgement["language_models"], json!([model]), "{body:#}");
            assert_eq!(judgement["prompt"], prompt, "{body:#}");
            assert!(judgement["by_language_model"].is_object());
        }
    }
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn a_server_that_dies_leaves_the_rest_to_rules_and_to_the_next_run() {
    let witness =
        Witness::start(|asked, before| if before < 15 { honest(asked, before) } else { Say::Nothing });
    let app = app(&witness, "concurrency = 2\n[policy.ai]\nsampled_percent = 0");
    let cut = app.groom();
    let used = &cut["model"];
    assert_eq!(used["rated"], 15);
    assert!(used["stopped"].as_str().unwrap().contains("cannot be reached"), "{used}");
    let left = names(&used["unrated"]);
    assert_eq!(left.len(), TASKS - 15);
    // Every task is scored all the same.
    assert_eq!(cut["tasks"].as_array().unwrap().len(), TASKS);
    witness.asked();
    witness.now(honest);
    let next = app.groom();
    assert_eq!(witness.asked().len(), left.len(), "only what was left is asked about");
    assert_eq!((&next["model"]["rated"], &next["model"]["unrated"]), (&json!(TASKS), &json!([])));
    // A run that was never cut comes to the same.
    let whole = self::app(&witness, "[policy.ai]\nsampled_percent = 0").groom();
    let in_order =
        |report: &Value| -> Vec<i64> { scores(report).into_iter().map(|(_, score)| score).collect() };
    let sorted = |mut of: Vec<i64>| {
        of.sort_unstable();
        of
    };
    assert_eq!(sorted(in_order(&next)), sorted(in_order(&whole)));
}

#[test]
fn what_is_not_in_the_task_moves_nothing() {
    let witness = Witness::start(|_, _| all(5, "The chief executive demands this today"));
    let app = app(&witness, "[policy.ai]\nsampled_percent = 0");
    let lied = app.groom();
    assert_eq!(lied["model"]["quotes_not_found"], TASKS * DIMENSIONS.len());
    app.configure("");
    let without = app.groom();
    assert!(moved(&without, &lied).iter().all(|(_, by)| *by == 0));
    assert!(!app.explain(lied["tasks"][0]["gid"].as_str().unwrap()).to_string().contains("chief executive"));
}

#[test]
fn a_refusal_is_remembered_and_a_failure_is_not() {
    let witness = Witness::start(|asked, before| match before {
        0 => Say::Refuse,
        1 => Say::Parts(json!({ "strategic_fit": 9 })),
        2 => Say::Parts(json!({ "strategic_fit": 9 })),
        _ => honest(asked, before),
    });
    let app = app(&witness, "concurrency = 1\n[policy.ai]\nsampled_percent = 0");
    let first = app.groom();
    assert_eq!(names(&first["model"]["unrated"]).len(), 2, "{}", first["model"]);
    let reasons = first["model"]["unrated"].to_string();
    assert!(reasons.contains("refused to answer") && reasons.contains("cannot be used"), "{reasons}");
    witness.asked();
    witness.now(honest);
    let second = app.groom();
    let asked: Vec<Option<String>> = witness.asked().iter().map(|asked| asked.source("name")).collect();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(names(&second["model"]["unrated"]).len(), 1);
}

#[test]
fn ceilings_stop_a_run_and_a_day() {
    let witness = Witness::start(honest);
    // A question takes some 1,400 tokens of the test's own count.
    let app = app(
        &witness,
        "concurrency = 1\n[model.budget]\nrun_tokens = 15000\nday_tokens = 25000\n[policy.ai]\nsampled_percent = 0",
    );
    let first = app.groom();
    let asked = witness.asked().len();
    assert!((3..TASKS).contains(&asked), "{asked}");
    assert_eq!(first["model"]["stopped"], "the budget is spent");
    assert_eq!(names(&first["model"]["unrated"]).len(), TASKS - asked);
    let used =
        first["model"]["input_tokens"].as_u64().unwrap() + first["model"]["output_tokens"].as_u64().unwrap();
    assert!(used <= 15_000, "{used}");
    // What matters most was read first.
    let rated: Vec<bool> = first["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| !names(&first["model"]["unrated"]).contains(task["gid"].as_str().unwrap()))
        .collect();
    assert!(rated[0], "{rated:?}");
    app.groom();
    let third = app.groom();
    let today = app.upnext(&["llm", "usage", "--json"]).ok().json()["today"].clone();
    assert!(
        today["input_tokens"].as_u64().unwrap() + today["output_tokens"].as_u64().unwrap() <= 25_000,
        "{today}"
    );
    assert_eq!(third["model"]["answered"], 0);
    assert_eq!(third["model"]["stopped"], "the budget is spent");

    // A ceiling in money keeps a model without a price from being asked.
    app.configure(&format!("[model]\nprovider = 'compatible'\nbase_url = '{}'\nmodel = 'unpriced'\n[model.budget]\nrun_dollars = 1.0", witness.url));
    witness.asked();
    let unpriced = app.groom();
    assert_eq!(witness.asked().len(), 0);
    assert!(
        unpriced["model"]["stopped"].as_str().unwrap().contains("no price for unpriced"),
        "{}",
        unpriced["model"]
    );
    // 0 is the switch: nothing is asked, and nothing remembered is used.
    app.configure(&witness.config("[model.budget]\nmonth_tokens = 0"));
    let off = app.groom();
    assert_eq!(off["model"]["stopped"], "model.budget.month_tokens is 0");
    app.configure("");
    assert_eq!(scores(&off), scores(&app.groom()));
}

#[test]
fn the_larger_model_is_asked_about_close_calls_and_answers_far_apart_lower_confidence() {
    let witness = Witness::start(|asked, before| match (asked.model.as_str(), before % 2) {
        ("large", _) => all(5, "Somebody needs this."),
        (_, n) => all(if n == 0 { 1 } else { 4 }, "Somebody needs this."),
    });
    let app = app(
        &witness,
        "larger_model = 'large'\nconcurrency = 1\n[policy.ai]\nsamples = 2\nsampled_percent = 100",
    );
    let report = app.groom();
    let asked = witness.asked();
    let large = asked.iter().filter(|asked| asked.model == "large").count();
    assert_eq!((asked.len() - large, large), (2 * TASKS, TASKS), "all answers are far apart");
    assert_eq!(
        (&report["model"]["disagreeing"], &report["model"]["by_larger"]),
        (&json!(TASKS), &json!(TASKS))
    );
    witness.now(|_, _| all(3, "Somebody needs this."));
    app.configure(
        &witness.config("larger_model = 'other'\n[policy.ai]\nsampled_percent = 0\nlarger_within = 1.0"),
    );
    // Another rubric file of the same words would be asked anew; the small model's answers are remembered.
    let close = app.groom();
    let large = witness.asked().iter().filter(|asked| asked.model == "other").count();
    assert!(large <= TASKS, "{large}");
    let task = report["tasks"][0]["gid"].as_str().unwrap();
    let confidence = |report: &Value| {
        let all = report["tasks"].as_array().unwrap();
        all.iter().find(|t| t["gid"] == task).unwrap()["confidence"].as_i64().unwrap()
    };
    assert!(confidence(&report) < confidence(&close), "{} {}", confidence(&report), confidence(&close));
}

#[test]
fn nothing_leaves_that_policy_or_redaction_holds_back() {
    let witness = Witness::start(honest);
    let app = app(&witness, "[policy.ai]\nsampled_percent = 0");
    app.groom_and_apply();
    let task =
        app.asana.tasks(&app.project).into_iter().find(|t| t["name"] == "Task 3: make it work").unwrap();
    let gid = task["gid"].as_str().unwrap();
    let secret = "sk-live-51HqLyjWDarjtT1zdp7dcEXAMPLE";
    let notes = format!("The key is {secret}, write to ana.test@example.com about it.");
    app.asana.put(crate::asana::TOKEN, &format!("/tasks/{gid}"), json!({ "notes": notes }));
    witness.asked();
    let report = app.groom();
    let asked = witness.asked();
    let of_task: Vec<&Asked> = asked.iter().filter(|a| a.user.contains("Task 3:")).collect();
    assert_eq!(of_task.len(), 1);
    assert!(of_task[0].user.contains("The key is [key], write to [email] about it."), "{}", of_task[0].user);
    assert_eq!(report["model"]["redactions"], 2);
    for one in &asked {
        // Neither what Upnext wrote, nor another task, nor a token.
        assert!(!one.user.contains("not calibrated yet") && !one.user.contains(crate::asana::TOKEN));
        assert_eq!(one.user.matches(": make it work").count(), 1, "{}", one.user);
        assert_eq!(one.system, asked[0].system, "the beginning is the same, byte for byte");
    }
    app.configure(&witness.config("[policy.ai]\nsampled_percent = 0\nexclude = ['Description', 'comments']"));
    app.groom();
    let asked = witness.asked();
    assert!(
        !asked.is_empty()
            && asked.iter().all(|a| a.source("description").is_none() && a.source("comment 1").is_none())
    );
    app.configure(
        &witness.config("[policy.ai]\nsampled_percent = 0\nexclude = ['name', 'description', 'comments']"),
    );
    let nothing = app.groom();
    assert_eq!((witness.asked().len(), names(&nothing["model"]["unrated"]).len()), (0, TASKS));
}

#[test]
fn a_model_that_falls_out_with_the_golden_set_moves_nothing_until_a_person_says_so() {
    // It likes what the team has put last.
    let witness = Witness::start(|asked, _| {
        let last = asked.source("name").unwrap_or_default().contains("P3");
        all(if last { 5 } else { 1 }, &asked.source("name").unwrap_or_default())
    });
    let line = |n: usize| {
        let priority = ["P0", "P1", "P2", "P3"][n % 4];
        let title = format!("Task {n} of {priority}");
        json!({ "id": format!("T-{n}"), "title": title, "priority": priority, "created": "2026-05-04T09:00:00Z" })
    };
    let lines: Vec<Value> = (0..24).map(line).collect();
    let app = TestApp::with(Setting { backlogs: vec![backlog::text(&lines)], ..Setting::default() });
    app.setup();
    let without = app.groom();
    let project = app.project.clone();
    app.upnext(&["golden", "freeze", "--project", &project, "--note", "as the team has it"]).ok();
    app.configure(
        &witness.config("[policy]\ngolden_gate = 0.99\n[policy.ai]\nsampled_percent = 0\ncap = 1.0"),
    );
    let kept_out = app.groom();
    let why = kept_out["model"]["stopped"].as_str().unwrap();
    assert!(why.contains("golden set") && why.contains("upnext llm accept"), "{why}");
    assert_eq!(scores(&kept_out), scores(&without));
    // It is tried once.
    assert_eq!(witness.asked().len(), 24);
    app.groom();
    assert_eq!(witness.asked().len(), 0);
    let verdict = app.upnext(&["llm", "gate", "--json", "--project", &project]).exits(5).json();
    assert_eq!(verdict["verdict"]["holds"], false);
    app.upnext(&["llm", "accept", "--project", &project]).exits(2).says(&["--reason"]);
    app.upnext(&["llm", "accept", "--project", &project, "--reason", "a trial"]).ok();
    let used = app.groom();
    assert!(scores(&used) != scores(&without));
    assert!(app.audit().iter().any(|entry| entry["kind"] == "model_gate"));
}

#[test]
fn questions_are_kept_whole_only_while_a_debug_window_is_open() {
    let witness = Witness::start(honest);
    let app = app(&witness, "[policy.ai]\nsampled_percent = 0");
    app.groom();
    let kept = || app.upnext(&["llm", "texts", "--json", "--limit", "100"]).ok().json();
    assert_eq!(kept()["texts"], json!([]));
    app.configure(&witness.config(
        "[policy.ai]\nsampled_percent = 0\nexclude = ['comments']\ndebug_until = '2999-01-01T00:00:00Z'",
    ));
    app.groom();
    let open = kept();
    let texts = open["texts"].as_array().unwrap();
    // Only tasks with comments are other questions now.
    assert!(!texts.is_empty() && texts[0]["question"].as_str().unwrap().contains("make it work"));
    let doctor = app.upnext(&["doctor", "--json"]).ok().json().to_string();
    assert!(doctor.contains("debug window"), "{doctor}");
    app.configure(&witness.config("[policy.ai]\nsampled_percent = 0\ndebug_until = '2020-01-01T00:00:00Z'"));
    app.groom();
    assert_eq!(kept()["texts"], json!([]));
}

#[test]
fn one_task_is_tried_and_shown_whole() {
    let witness = Witness::start(|asked, before| match honest(asked, before) {
        Say::Parts(mut parts) => {
            parts["risk_reduction_quote"] = json!("nobody ever wrote this");
            Say::Parts(parts)
        }
        other => other,
    });
    let app = app(&witness, "[policy.ai]\nsampled_percent = 0");
    let gid = app.asana.tasks(&app.project)[0]["gid"].as_str().unwrap().to_owned();
    app.upnext(&["llm", "try", &gid]).exits(2).says(&["upnext groom"]);
    app.groom();
    witness.asked();
    let tried = app.upnext(&["llm", "try", "--json", &gid]).ok().json();
    assert_eq!(witness.asked().len(), 1);
    assert_eq!(tried["kept"]["dropped"], json!(["risk_reduction"]));
    assert_eq!(tried["kept"]["rated"].as_array().unwrap().len(), 4);
    assert!(tried["dollars"].as_f64().unwrap() > 0.0);
    let shown = app.upnext(&["llm", "try", &gid]).ok().out;
    for part in ["What it is told", "Somebody needs this.", "dropped: risk reduction", "tokens in"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    app.configure("");
    app.upnext(&["llm", "try", &gid]).exits(2).says(&["no language model is configured"]);
}

#[test]
fn batches_cost_half_and_no_run_waits_for_them() {
    let witness = Witness::start(|_, _| Say::Nothing);
    let config = format!(
        "[model]\nprovider = 'openai'\nopenai_api = 'chat'\nbase_url = '{}'\nmodel = 'small'\n[model.prices]\n\
         small = {{ input = 0.1, cached_input = 0.01, output = 0.5 }}\n[policy.ai]\nsampled_percent = 0\n",
        witness.url
    );
    let app = app(&witness, "");
    app.configure(&format!("{config}batch = true"));
    let first = app.groom();
    assert_eq!((&first["model"]["in_batches"], &first["model"]["rated"]), (&json!(TASKS), &json!(0)));
    assert!(first["model"]["unrated"][0]["reason"].as_str().unwrap().contains("in a batch"));
    // Under way: nothing is submitted again.
    let second = app.groom();
    assert_eq!((&second["model"]["in_batches"], &second["model"]["requests"]), (&json!(TASKS), &json!(0)));
    assert_eq!(scores(&first), scores(&second));
    // What is changed meanwhile is asked anew; the rest is read.
    let gid = app.asana.tasks(&app.project)[0]["gid"].as_str().unwrap().to_owned();
    app.asana.put(crate::asana::TOKEN, &format!("/tasks/{gid}"), json!({ "notes": "It is worth 5 now." }));
    witness.now(honest);
    let third = app.groom();
    assert_eq!(witness.asked().len(), TASKS, "the whole file was answered");
    assert_eq!((&third["model"]["rated"], &third["model"]["in_batches"]), (&json!(TASKS - 1), &json!(1)));
    let fourth = app.groom();
    assert_eq!((&fourth["model"]["rated"], &fourth["model"]["unrated"]), (&json!(TASKS), &json!([])));
    // The same questions asked one by one come to the same scores at twice the price.
    let alone = self::app(&witness, "");
    let gid = alone.asana.tasks(&alone.project)[0]["gid"].as_str().unwrap().to_owned();
    alone.asana.put(crate::asana::TOKEN, &format!("/tasks/{gid}"), json!({ "notes": "It is worth 5 now." }));
    alone.configure(&config);
    let at_once = alone.groom();
    let of = |app: &TestApp| {
        app.upnext(&["llm", "usage", "--json"]).ok().json()["today"]["dollars"].as_f64().unwrap()
    };
    let in_order = |report: &Value| {
        report["tasks"].as_array().unwrap().iter().map(|t| t["score"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(in_order(&fourth), in_order(&at_once));
    // One answer more was paid for: that to the question the changed task no longer asks is read by nobody.
    let ratio = of(&app) / of(&alone);
    assert!((0.45..0.55).contains(&ratio), "{ratio}");
}

#[test]
fn a_wording_with_a_made_up_number_is_not_written() {
    let witness = Witness::start(|asked, before| match asked.source("reasons") {
        Some(reasons) if reasons.starts_with("P3") => {
            Say::Parts(json!({ "rationale": "It saves 7350 euros." }))
        }
        Some(_) => Say::Parts(json!({ "rationale": "Somebody needs this, so it is not left waiting." })),
        None => honest(asked, before),
    });
    let app = app(&witness, "[policy.ai]\nsampled_percent = 0\nword_rationales = true");
    let report = app.groom_and_apply();
    let mut worded = 0;
    for task in report["tasks"].as_array().unwrap() {
        let shown = app.asana.value(task["gid"].as_str().unwrap(), "AI Rationale");
        let text = shown.as_str().unwrap();
        assert!(text.starts_with(&format!("{} · ", task["band"].as_str().unwrap())), "{text}");
        match task["band"].as_str().unwrap() {
            "P3" => assert!(text.contains("Because:") && !text.contains("7350"), "{text}"),
            _ => {
                worded += 1;
                assert!(
                    text.contains("so it is not left waiting.") && text.contains("language model"),
                    "{text}"
                );
            }
        }
    }
    assert!(worded > 0);
    let replay = app.upnext(&["plan", "replay", "--json", report["plan"].as_str().unwrap()]).ok().json();
    assert_eq!(replay["identical"], true);
    witness.asked();
    app.groom_and_apply();
    assert_eq!(witness.asked().len(), 0, "nothing changed, nothing is worded again");
}

/// The summary comment on the host task.
fn summary(app: &TestApp) -> String {
    let comments = app.asana.comments(&app.host().unwrap());
    assert_eq!(comments.len(), 1, "{comments:?}");
    comments[0]["text"].as_str().unwrap().to_owned()
}

const WORDED: &str = "(Worded by a language model from Upnext's facts.)";

/// Questions about the summary since the last call.
fn asked_for_summary(witness: &Witness) -> Vec<String> {
    witness.asked().iter().filter_map(|asked| asked.source("top")).collect()
}

#[test]
fn a_worded_summary_stands_above_the_list_and_never_causes_a_write() {
    let says = |words: &'static str| {
        move |asked: &Asked, before: usize| match asked.source("top") {
            Some(_) => Say::Parts(json!({ "rationale": words })),
            None => honest(asked, before),
        }
    };
    let witness = Witness::start(says("Somebody needs these, so they are not left waiting."));
    let config = "[policy.ai]\nsampled_percent = 0\nword_summary = true";
    let app = app(&witness, config);
    let report = app.groom_and_apply();
    let text = summary(&app);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[1..3], ["Somebody needs these, so they are not left waiting.", WORDED]);
    let asked = asked_for_summary(&witness);
    assert_eq!(asked.len(), 1);
    assert!(
        !asked[0].contains("://") && asked[0].starts_with("40 tasks scored; these come first:"),
        "{asked:?}"
    );
    for (at, task) in report["tasks"].as_array().unwrap().iter().take(5).enumerate() {
        assert!(lines[3 + 2 * at].starts_with(&format!("{}. {} ", at + 1, task["band"].as_str().unwrap())));
        assert!(lines[4 + 2 * at].ends_with(&format!("/{}", task["gid"].as_str().unwrap())), "{text}");
        assert!(asked[0].contains(task["name"].as_str().unwrap()), "{asked:?}");
    }
    let replay = |report: &Value| {
        let plan = report["plan"].as_str().unwrap();
        app.upnext(&["plan", "replay", "--json", plan]).ok().json()["identical"].clone()
    };
    assert_eq!(replay(&report), true);

    // The model would say something else, and nobody asks it: nothing has changed.
    witness.now(says("These come first for good reasons."));
    let again = app.groom_and_apply();
    assert_eq!((&again["requests"]["writes"], witness.asked().len()), (&json!(0), 0));
    assert_eq!(summary(&app), text);
    // A comment that changes is worded anew, edited in place, and undone to what it was.
    let first = report["tasks"][0]["gid"].as_str().unwrap();
    app.asana.put(crate::asana::TOKEN, &format!("/tasks/{first}"), json!({ "completed": true }));
    let planned = app.groom();
    let changed = app.groom_and_apply();
    assert_eq!(asked_for_summary(&witness).len(), 1, "the plan's wording is remembered");
    assert_eq!((replay(&planned), replay(&changed)), (json!(true), json!(true)));
    assert_eq!(summary(&app).lines().nth(1), Some("These come first for good reasons."));
    app.undo(&changed);
    assert_eq!(summary(&app), text);
}

#[test]
fn a_summary_with_a_made_up_number_or_link_or_without_a_budget_is_the_templates() {
    let witness = Witness::start(honest);
    let app = app(&witness, "[policy.ai]\nsampled_percent = 0");
    let text = |report: &Value| {
        let plan = app.upnext(&["plan", "show", "--json", report["plan"].as_str().unwrap()]).ok().json();
        let actions = plan["actions"].as_array().unwrap();
        actions.iter().find(|action| action["id"] == "act_summary").unwrap()["action"]["text"].clone()
    };
    let template = text(&app.groom());
    assert_eq!(template.as_str().unwrap().lines().count(), 11);
    let wordings = [
        "It saves 7350 euros.",
        "Two of them wait for thirteen days.",
        "See https://evil.example.",
        "Ask @ana.",
    ];
    for (at, words) in wordings.into_iter().enumerate() {
        witness.now(move |asked, before| match asked.source("top") {
            Some(_) => Say::Parts(json!({ "rationale": words })),
            None => honest(asked, before),
        });
        // Another model's name, so that the answer before is not remembered.
        let config = witness.config("[policy.ai]\nsampled_percent = 0\nword_summary = true");
        app.configure(&config.replace("small", &format!("small{at}")));
        witness.asked();
        assert_eq!(text(&app.groom()), template, "{words}");
        assert_eq!(asked_for_summary(&witness).len(), 1);
    }
    // What the policy keeps from the model is in the reasons: nothing is asked.
    app.configure(
        &witness.config("[policy.ai]\nsampled_percent = 0\nword_summary = true\nexclude = ['comments']"),
    );
    app.groom();
    assert_eq!(asked_for_summary(&witness).len(), 0);
    // No budget: what is remembered counts no more, and the plan is that without a model.
    let words = "[policy.ai]\nword_summary = true";
    app.configure(&format!("{words}\n"));
    let without = text(&app.groom());
    app.configure(&witness.config(&format!("[model.budget]\nrun_tokens = 0\n{words}")));
    assert_eq!(text(&app.groom()), without);
    assert_eq!(witness.asked().len(), 0);
}

/// Ratings and wordings share the run's ceiling.
#[test]
fn wordings_cannot_pass_the_ceiling_of_the_run() {
    let witness = Witness::start(|asked, before| match asked.source("reasons") {
        Some(_) => Say::Parts(json!({ "rationale": "Somebody needs this." })),
        None => honest(asked, before),
    });
    let app = app(&witness, "[policy.ai]\nsampled_percent = 0");
    let rated = app.groom();
    let used =
        rated["model"]["input_tokens"].as_u64().unwrap() + rated["model"]["output_tokens"].as_u64().unwrap();
    // Room for the ratings and for some of forty wordings.
    let ceiling = used + used / 12;
    let other = self::app(&witness, "");
    let budget =
        format!("concurrency = 1\n[model.budget]\nrun_tokens = {ceiling}\n[policy.ai]\nsampled_percent = 0");
    other.configure(&witness.config(&format!("{budget}\nword_rationales = true")));
    let report = other.groom();
    let model = &report["model"];
    assert_eq!(model["rated"], TASKS, "{model}");
    let spent = model["input_tokens"].as_u64().unwrap() + model["output_tokens"].as_u64().unwrap();
    assert!(spent <= ceiling, "{spent} of {ceiling}: {model}");
    let worded = model["answered"].as_u64().unwrap() - TASKS as u64;
    assert!((1..TASKS as u64).contains(&worded), "{model}");
    assert!(model["stopped"].is_string(), "{model}");
}
