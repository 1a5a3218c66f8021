//! What an assignment proposes beside what real teams did: their own backlogs, imported, and the binary asked.
//!
//! The data tell who had a task in the end, not when it was done: every earlier task counts as done in the order it was made, an hour
//! apart and all within the two years that are learned from, and the last hundred are open and nobody's.

use crate::app::{Setting, TestApp};
use crate::backlog;
use crate::time::list;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ASKED: usize = 100;

/// How often the one who had it was named first, and among the first three; of 1.
struct Hits {
    first: f64,
    third: f64,
}

impl Hits {
    /// Of the names proposed for each task, the best first.
    fn of(proposed: &[Vec<String>], had: &[String]) -> Hits {
        let share = |most: usize| {
            let both = proposed.iter().zip(had);
            both.filter(|(names, had)| names.iter().take(most).any(|name| name == *had)).count() as f64
                / had.len() as f64
        };
        Hits { first: share(1), third: share(3) }
    }
}

/// The backlog as it would lie in Asana: what was done, and what is open. Without `hours` a task takes next to none, so that
/// everybody has room for everything.
fn lines(text: &str, hours: bool) -> (Vec<Value>, Vec<String>) {
    #[expect(clippy::disallowed_methods, reason = "what a team did is some hours before the test")]
    let now = Timestamp::now();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let done = rows.len() - ASKED;
    let had = rows[done..].iter().map(|row| row["assignee"].as_str().unwrap().to_owned()).collect();
    let line = |(at, row): (usize, &Value)| {
        let before = SignedDuration::from_hours((rows.len() - at) as i64 + 1);
        let mut row = row.clone();
        // Asana has no components: the first is taken to be the section, and labels are tags.
        row["section"] = row["components"].get(0).cloned().unwrap_or(json!("Inbox"));
        row["tags"] = row["labels"].clone();
        row["created"] = json!((now - before).to_string());
        if at < done {
            row["resolved"] = json!((now - before + SignedDuration::from_mins(30)).to_string());
        } else {
            row["assignee"] = Value::Null;
            row["story_points"] = if hours { Value::Null } else { json!(0.01) };
        }
        row
    };
    (rows.iter().enumerate().map(line).collect(), had)
}

/// Who is proposed for each open task, the best first; by the number in its name.
fn proposed(text: &str, hours: bool) -> (Vec<Vec<String>>, Vec<String>, usize) {
    let (lines, had) = lines(text, hours);
    let titles: Vec<String> =
        lines[lines.len() - ASKED..].iter().map(|line| line["title"].as_str().unwrap().to_owned()).collect();
    let app = TestApp::with(Setting { backlogs: vec![backlog::text(&lines)], ..Setting::default() });
    let report = app.upnext(&["assign", "--json", &app.project]).ok().json();
    assert_eq!(list(&report, "tasks").len(), ASKED, "every open task is asked about");
    let mut names: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    for task in list(&report, "tasks") {
        let name = |of: &Value| of["name"].as_str().unwrap().to_owned();
        let chosen = task["chosen"].as_object().map(|chosen| name(&chosen["person"]));
        let fewer = list(task, "rejected").iter().filter(|one| one[1]["reason"] == "fewer");
        let all = chosen.into_iter().chain(fewer.map(|one| name(&one[0]))).collect();
        names.entry(task["name"].as_str().unwrap()).or_default().push(all);
    }
    // Of tasks of one name, in the order they were given.
    let mut of = |title: &String| names.get_mut(title.as_str()).unwrap().remove(0);
    (titles.iter().map(&mut of).collect(), had, list(&report, "people").len())
}

/// Whoever had most tasks before, most first.
fn usual(text: &str) -> Vec<String> {
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows[..rows.len() - ASKED] {
        *counts.entry(row["assignee"].as_str().unwrap()).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    counts.into_iter().map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn real_teams_gave_tasks_to_those_who_are_proposed_more_often_than_to_whoever_had_most() {
    for name in ["camel.jsonl", "datalab.jsonl", "oak.jsonl"] {
        let Some(file) = backlog::real(name) else { continue };
        let text = std::fs::read_to_string(file).unwrap();
        let (free, had, people) = proposed(&text, false);
        let (bound, ..) = proposed(&text, true);
        let nobody = bound.iter().filter(|names| names.is_empty()).count();
        let usual = Hits::of(&vec![usual(&text); ASKED], &had);
        let (free, bound) = (Hits::of(&free, &had), Hits::of(&bound, &had));
        println!(
            "{name}: {ASKED} tasks, {people} people; first / first three: with room for all {:.2} / {:.2}, with 8 h a task \
             {:.2} / {:.2} ({nobody} for nobody), whoever had most {:.2} / {:.2}",
            free.first, free.third, bound.first, bound.third, usual.first, usual.third
        );
        assert!(free.third >= usual.third, "{name}: {:.2} of {:.2}", free.third, usual.third);
    }
}
