//! Triage on real backlogs: what is learned from the labels of older tasks, held against those that newer ones had.
//!
//! The oldest four of five tasks keep their labels and are done a week after they came; the others are open, and what people
//! labelled them is kept back and compared. A backlog that does not lie beside the repository is named and left out. The figures
//! of `docs/quality.md` are what this prints: `cargo test -p app --test it labels -- --nocapture`.

use crate::app::{Setting, TestApp};
use crate::backlog;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// The share of tasks that keep their labels.
const OLDER: f64 = 0.8;
/// The wanted precision, as shipped.
const PRECISION: f64 = 0.8;
/// Labels of an aspect below which a share is chance.
const TELLING: usize = 30;

const FIELDS: &str = "[fields]\nrequest_type = [\"Type\"]\ncategory = [\"Components\"]\n\
                      initial_priority = [\"Priority\"]\ncomplexity = [\"Complexity\"]\n";

/// A backlog with the labels of its newer tasks kept back.
struct Split {
    lines: Vec<Value>,
    /// By the name of the task: its labels by aspect. Names that come twice are not asked about.
    kept_back: HashMap<String, BTreeMap<&'static str, String>>,
}

/// How the labels of one aspect came out.
#[derive(Debug, Default)]
struct Counts {
    asked: usize,
    right: usize,
    commonest: usize,
    given: usize,
    given_right: usize,
}

/// How much there was to a task, of its story points: no public tracker has people's own word for it.
fn size(points: f64) -> &'static str {
    match points {
        points if points <= 3.0 => "Low",
        points if points <= 5.0 => "Medium",
        _ => "High",
    }
}

fn labels(row: &Value) -> BTreeMap<&'static str, String> {
    let mut labels = BTreeMap::new();
    let word = |value: &Value| value.as_str().map(str::to_owned);
    labels.extend(word(&row["type"]).map(|label| ("request_type", label)));
    labels.extend(word(&row["priority"]).map(|label| ("priority", label)));
    labels.extend(row["story_points"].as_f64().map(|points| ("complexity", size(points).to_owned())));
    if let Some([one]) = row["components"].as_array().map(Vec::as_slice) {
        labels.extend(word(one).map(|label| ("category", label)));
    }
    labels
}

fn split(text: &str) -> Split {
    let mut rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    rows.sort_by_key(|row| row["created"].as_str().unwrap().to_owned());
    let older = (rows.len() as f64 * OLDER) as usize;
    let mut named: HashMap<String, usize> = HashMap::new();
    rows.iter().for_each(|row| *named.entry(row["title"].as_str().unwrap().to_owned()).or_default() += 1);
    let mut out = Split { lines: vec![], kept_back: HashMap::new() };
    for (nth, row) in rows.iter().enumerate() {
        let found = labels(row);
        let mut line = json!({
            "id": row["id"], "title": row["title"], "description": row["description"], "created": row["created"],
        });
        if nth < older {
            let created: jiff::civil::DateTime = row["created"].as_str().unwrap().parse().unwrap();
            line["resolved"] = json!(created.saturating_add(jiff::ToSpan::days(7)).to_string());
            for key in ["type", "priority", "components"] {
                line[key] = row[key].clone();
            }
            if let Some(size) = found.get("complexity") {
                line["fields"] = json!({ "Complexity": size });
            }
        } else if named[row["title"].as_str().unwrap()] == 1 {
            out.kept_back.insert(row["title"].as_str().unwrap().to_owned(), found);
        }
        out.lines.push(line);
    }
    out
}

/// The label that stands on most of the older tasks, by aspect.
fn commonest(lines: &[Value]) -> BTreeMap<&'static str, String> {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.get("resolved").is_some()) {
        let mut found = labels(line);
        found.extend(line["fields"]["Complexity"].as_str().map(|size| ("complexity", size.to_owned())));
        found.into_iter().for_each(|one| *counts.entry(one).or_default() += 1);
    }
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_by_key(|(_, count)| *count);
    sorted.into_iter().map(|((aspect, label), _)| (aspect, label)).collect()
}

fn measured(report: &Value, split: &Split) -> BTreeMap<&'static str, Counts> {
    let common = commonest(&split.lines);
    let mut all: BTreeMap<&'static str, Counts> = BTreeMap::new();
    for task in report["tasks"].as_array().unwrap() {
        let Some(truth) = split.kept_back.get(task["name"].as_str().unwrap()) else { continue };
        for finding in task["findings"].as_array().unwrap() {
            let Some((aspect, label)) = truth.get_key_value(finding["aspect"].as_str().unwrap()) else {
                continue;
            };
            let counts = all.entry(aspect).or_default();
            let is_right = finding["ranking"][0][0] == json!(label);
            let is_given = finding["quiet"].is_null();
            counts.asked += 1;
            counts.right += usize::from(is_right);
            counts.commonest += usize::from(common.get(aspect) == Some(label));
            counts.given += usize::from(is_given);
            counts.given_right += usize::from(is_given && is_right);
        }
    }
    all
}

/// Learns from the older tasks, triages the newer ones, and prints how it came out.
fn learned_and_measured(name: &str) -> Option<BTreeMap<&'static str, Counts>> {
    let text = std::fs::read_to_string(backlog::real(name)?).unwrap();
    let split = split(&text);
    let backlogs = vec![backlog::text(&split.lines)];
    let app = TestApp::with(Setting { backlogs, config: FIELDS, ..Setting::default() });
    let started = std::time::Instant::now();
    let learn = ["learn", "--json", "--project", &app.project, "--since", "2000-01-01"];
    let report = app.upnext(&learn).ok().json();
    let took = started.elapsed().as_secs_f64();
    let triage = report["models"].as_array().unwrap().iter().find(|one| one["kind"] == "triage").unwrap();
    assert_eq!(triage["report"]["verdict"]["verdict"], "promoted", "{triage:#}");
    let shown = app.upnext(&["model", "show", triage["model"].as_str().unwrap()]).ok().out;
    println!("{name}: learned in {took:.1} s\n{shown}");
    let report = app.upnext(&["triage", "--json", "--project", &app.project]).ok().json();
    assert_eq!(report["model"], triage["model"]);
    let all = measured(&report, &split);
    for (aspect, counts) in &all {
        let share = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
        println!(
            "| {} | {} | {} | {:.0} % | {:.0} % | {:.0} % | {:.0} % of {} |",
            name.trim_end_matches(".jsonl"),
            aspect.replace('_', " "),
            counts.asked,
            share(counts.right, counts.asked),
            share(counts.commonest, counts.asked),
            share(counts.given, counts.asked),
            share(counts.given_right, counts.given),
            counts.given,
        );
        // Labels given by themselves are right as often as was wanted, chance aside (two standard errors).
        if counts.given >= TELLING {
            let chance = 2.0 * (PRECISION * (1.0 - PRECISION) / counts.given as f64).sqrt();
            let right = counts.given_right as f64 / counts.given as f64;
            assert!(right >= PRECISION - chance, "{name}, {aspect}: {counts:?}");
        }
    }
    Some(all)
}

#[test]
fn components_and_priorities_of_camel() {
    let Some(all) = learned_and_measured("camel.jsonl") else { return };
    assert!(all["category"].right > all["category"].commonest, "{all:?}");
    assert!(all["request_type"].given >= TELLING, "{all:?}");
}

/// New components come up all the time there, so that even the one which is commonest now is rare in what was learned.
#[test]
fn components_and_priorities_of_oak() {
    let Some(all) = learned_and_measured("oak.jsonl") else { return };
    assert!(all["request_type"].right > all["request_type"].commonest, "{all:?}");
}

#[test]
fn components_and_priorities_of_datalab() {
    let Some(all) = learned_and_measured("datalab.jsonl") else { return };
    assert!(all["request_type"].right > all["request_type"].commonest, "{all:?}");
}

#[test]
fn complexity_of_titanium_studio() {
    let Some(all) = learned_and_measured("tistud-history.jsonl") else { return };
    assert!(all["complexity"].right > all["complexity"].commonest, "{all:?}");
}
