//! The demo's workspace, read over HTTP: consistent around its moment, and the same for a seed.

use crate::app::{App, START, gids};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use sandbox::{Demo, Options, demo_world};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const DATA: &str = include_str!("../../data/demo.jsonl");
const FIELDS: &str = "name,notes,created_at,modified_at,completed,due_on,start_on,assignee.name,created_by.name,dependencies,\
                      memberships.section.name,custom_fields.name,custom_fields.display_value,custom_fields.number_value";

fn now() -> Timestamp {
    START.parse().expect("a moment")
}

async fn start(seed: u64) -> (App, Demo) {
    let (world, demo) = demo_world(seed, now()).expect("a good backlog");
    let mut app = App::start().await;
    app.running =
        sandbox::serve(Options { limits: false, ..Options::default() }, world).await.expect("a port");
    app.token = Some(demo.bot_token.clone());
    (app, demo)
}

async fn all(app: &App, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut path = path.to_owned();
    loop {
        let got = app.get(&path).await;
        rows.extend(got.data().as_array().expect("a list").clone());
        match got.body["next_page"]["path"].as_str() {
            Some(next) => path = next.to_owned(),
            None => return rows,
        }
    }
}

async fn tasks(app: &App, demo: &Demo) -> Vec<Value> {
    all(app, &format!("/projects/{}/tasks?limit=100&opt_fields={FIELDS}", demo.project)).await
}

fn at(value: &Value) -> Timestamp {
    value.as_str().expect("a moment").parse().expect("a moment")
}

/// Days from the demo's day to a date.
fn days_from_now(value: &Value) -> i32 {
    let day: Date = value.as_str().expect("a day").parse().expect("a day");
    let today = now().to_zoned_datetime(TimeZone::UTC).date();
    (day - today).total((Unit::Day, today)).expect("days") as i32
}

fn number(task: &Value, name: &str) -> Option<f64> {
    let fields = task["custom_fields"].as_array().expect("a list");
    fields.iter().find(|field| field["name"] == name)?["number_value"].as_f64()
}

#[tokio::test]
async fn the_real_part_is_as_in_the_data() {
    let (app, demo) = start(1).await;
    let rows = tasks(&app, &demo).await;
    assert_eq!((rows.len(), demo.tasks), (240, 240));
    let by_name: BTreeMap<&str, &Value> =
        rows.iter().map(|row| (row["name"].as_str().expect("a name"), row)).collect();
    for line in DATA.lines() {
        let real: Value = serde_json::from_str(line).expect("JSON");
        let task = by_name[real["title"].as_str().expect("a title")];
        assert_eq!((&task["notes"], &task["assignee"]["name"]), (&real["description"], &real["assignee"]));
        for (field, key) in [("Priority", "priority"), ("Type", "type")] {
            let fields = task["custom_fields"].as_array().expect("a list");
            let value = fields.iter().find(|value| value["name"] == field).expect("the field");
            assert_eq!(value["display_value"], real[key]);
        }
    }
}

#[tokio::test]
async fn ages_and_dates_fit_the_moment() {
    let (app, demo) = start(1).await;
    let rows = tasks(&app, &demo).await;
    let mut ages: Vec<i64> =
        rows.iter().map(|row| (now().as_second() - at(&row["created_at"]).as_second()) / 86_400).collect();
    ages.sort_unstable();
    assert_eq!((ages[0], ages[ages.len() - 1]), (3, 545));
    let due: Vec<&Value> = rows.iter().filter(|row| !row["due_on"].is_null()).collect();
    assert_eq!(due.len(), 80, "a third");
    let days: Vec<i32> = due.iter().map(|row| days_from_now(&row["due_on"])).collect();
    let overdue = days.iter().filter(|days| **days < 0).count();
    let soon = days.iter().filter(|days| (0..=42).contains(*days)).count();
    assert_eq!(overdue, 10);
    assert!((45..70).contains(&soon) && days.len() > overdue + soon, "{overdue} {soon} of {}", days.len());
    for row in &rows {
        let created = row["created_at"].as_str().expect("a moment");
        assert!(
            at(&row["modified_at"]) >= at(&row["created_at"]) && at(&row["modified_at"]) < now(),
            "{row}"
        );
        if let Some(due) = row["due_on"].as_str() {
            assert!(&created[..10] <= due, "{row}");
        }
        if let Some(start) = row["start_on"].as_str() {
            assert!(&created[..10] <= start && start <= row["due_on"].as_str().expect("a due date"), "{row}");
        }
    }
    assert_eq!(rows.iter().filter(|row| !row["start_on"].is_null()).count(), 40);
}

#[tokio::test]
async fn estimates_follow_the_real_priority() {
    let (app, demo) = start(1).await;
    let rows = tasks(&app, &demo).await;
    let valued = |row: &&Value| number(row, "Business Value").is_some();
    assert_eq!(rows.iter().filter(valued).count(), 144);
    assert_eq!(rows.iter().filter(|row| number(row, "Effort Estimate").is_some()).count(), 168);
    let mean = |word: &str| {
        let with = |row: &&Value| {
            row["custom_fields"]
                .as_array()
                .expect("a list")
                .iter()
                .any(|field| field["display_value"] == word)
        };
        let values: Vec<f64> =
            rows.iter().filter(with).filter_map(|row| number(row, "Business Value")).collect();
        assert!(values.iter().all(|value| (0.0..=10.0).contains(value)), "{values:?}");
        values.iter().sum::<f64>() / f64::from(u32::try_from(values.len()).expect("few"))
    };
    assert!(mean("Major") > mean("Minor") + 1.0);
}

#[tokio::test]
async fn dependencies_make_chains_four_deep_and_no_circle() {
    let (app, demo) = start(1).await;
    let rows = tasks(&app, &demo).await;
    let awaited: BTreeMap<String, Vec<String>> = rows
        .iter()
        .map(|row| (row["gid"].as_str().expect("a gid").to_owned(), gids(&row["dependencies"])))
        .collect();
    fn depth(of: &str, awaited: &BTreeMap<String, Vec<String>>, path: &mut Vec<String>) -> usize {
        assert!(!path.iter().any(|gid| gid == of), "a circle: {path:?}");
        path.push(of.to_owned());
        let deepest = awaited[of].iter().map(|gid| depth(gid, awaited, path) + 1).max();
        path.pop();
        deepest.unwrap_or(0)
    }
    let deepest = awaited.keys().map(|gid| depth(gid, &awaited, &mut Vec::new())).max();
    assert_eq!(deepest, Some(4));
    assert!((30..=40).contains(&awaited.values().map(Vec::len).sum::<usize>()), "{awaited:?}");
}

#[tokio::test]
async fn several_people_talk_over_the_last_eight_weeks() {
    let (app, demo) = start(1).await;
    let (mut talked_about, mut people) = (0, BTreeSet::new());
    for row in tasks(&app, &demo).await {
        let path = format!("/tasks/{}/stories?opt_fields=created_at,created_by.name,type", row["gid"]);
        let stories = app.get(&path.replace('"', "")).await.data().as_array().expect("a list").clone();
        talked_about += usize::from(!stories.is_empty());
        for story in &stories {
            let said = at(&story["created_at"]);
            let age = (now().as_second() - said.as_second()) / 86_400;
            assert!(said >= at(&row["created_at"]) && (0..=56).contains(&age), "{story}");
            assert_eq!(story["type"], "comment");
            people.insert(story["created_by"]["name"].as_str().expect("a name").to_owned());
        }
        if let Some(last) = stories.last() {
            assert_eq!(row["modified_at"], last["created_at"], "comments are in order");
        }
    }
    assert_eq!(talked_about, 50);
    assert!(people.len() > 5, "{people:?}");
}

#[tokio::test]
async fn sections_goals_portfolio_and_people_are_there() {
    let (mut app, demo) = start(1).await;
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in tasks(&app, &demo).await {
        let section = row["memberships"][0]["section"]["name"].as_str().expect("a section");
        *places.entry(section.to_owned()).or_default() += 1;
        assert_eq!(row["created_by"]["name"], demo.person_name.as_str());
    }
    let expected = [("Backlog", 208), ("In Progress", 10), ("Next Sprint", 22)];
    assert_eq!(places, expected.map(|(name, count)| (name.to_owned(), count)).into());
    let sections = app.get(&format!("/projects/{}/sections", demo.project)).await;
    let sections: Vec<_> =
        sections.data().as_array().expect("a list").iter().map(|row| &row["name"]).collect();
    assert_eq!(sections, ["Backlog", "Next Sprint", "In Progress"]);

    let goals = all(&app, &format!("/goals?workspace={}&limit=100&opt_fields=status", demo.workspace)).await;
    assert_eq!(gids(&Value::Array(goals.clone())), demo.goals);
    let statuses: Vec<_> = goals.iter().map(|goal| &goal["status"]).collect();
    assert_eq!(statuses, ["green", "yellow", "red", "achieved"]);
    let mut supporting = BTreeMap::<String, usize>::new();
    for goal in &demo.goals {
        let fields = "opt_fields=supporting_resource.resource_type";
        for row in all(&app, &format!("/goal_relationships?supported_goal={goal}&limit=100&{fields}")).await {
            let kind = row["supporting_resource"]["resource_type"].as_str().expect("a kind");
            *supporting.entry(kind.to_owned()).or_default() += 1;
        }
    }
    assert_eq!(supporting, [("project".to_owned(), 2), ("task".to_owned(), 42)].into());

    app.token = Some(demo.person_token.clone());
    let me = app.get("/users/me").await;
    assert_eq!((me.gid(), &me.data()["name"]), (demo.person.clone(), &demo.person_name.clone().into()));
    let portfolios = app.get(&format!("/portfolios?workspace={}&owner=me", demo.workspace)).await;
    assert_eq!(gids(portfolios.data()), std::slice::from_ref(&demo.portfolio));
    let items = app.get(&format!("/portfolios/{}/items", demo.portfolio)).await;
    assert_eq!(gids(items.data()), std::slice::from_ref(&demo.project));
    let project = app.get(&format!("/projects/{}", demo.project)).await;
    assert_eq!(project.data()["owner"]["gid"], demo.person.as_str());
    assert_eq!(gids(&project.data()["members"]).len(), 15, "14 people of the data, and the bot");
}

#[tokio::test]
async fn a_seed_and_a_moment_say_it_all() {
    let mut seen = Vec::new();
    for seed in [3, 3, 4] {
        let (app, demo) = start(seed).await;
        let sections =
            app.get(&format!("/projects/{}/sections?opt_fields=created_at", demo.project)).await.body;
        let path = format!("/projects/{}?opt_fields=created_at,modified_at,members", demo.project);
        let project = app.get(&path).await.body;
        seen.push((tasks(&app, &demo).await, sections, project, demo));
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0].0, seen[2].0);
}
