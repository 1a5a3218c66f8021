//! Made-up workspaces: the same for a seed, consistent in every part, and as large as the knobs say.

use crate::app::{App, START, gids};
use jiff::Timestamp;
use sandbox::{KNOBS, Knobs, Made, Options, Plan, World, generated_world};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const MANUAL: &str = include_str!("../../../../docs/sandbox.md");
const FIELDS: &str = "name,notes,resource_subtype,created_at,modified_at,created_by,completed,completed_at,completed_by,\
                      approval_status,assignee,due_on,start_on,parent,num_subtasks,dependencies,dependents,\
                      memberships.project,memberships.section,actual_time_minutes,followers,likes,tags,\
                      custom_fields.name,custom_fields.display_value,custom_fields.enum_value,custom_fields.number_value,\
                      custom_fields.multi_enum_values,custom_fields.people_value,custom_fields.type,custom_fields.enabled";
const STORY_FIELDS: &str = "created_at,created_by,resource_subtype,type,source,text,old_section.project,new_section.project,\
                            old_dates,new_dates,assignee,custom_field,old_enum_value,new_enum_value,old_number_value,\
                            new_number_value,dependency,project,new_name";

fn now() -> Timestamp {
    START.parse().expect("a moment")
}

fn made(seed: u64, knobs: &str) -> (World, Made) {
    generated_world(seed, Plan::Enterprise, &Knobs::from_list(knobs).expect("good knobs"), now())
}

async fn start(knobs: &str) -> (App, Made) {
    let (world, made) = made(5, knobs);
    let mut app = App::start().await;
    app.running =
        sandbox::serve(Options { limits: false, ..Options::default() }, world).await.expect("a port");
    (app, made)
}

async fn all(app: &App, path: &str) -> Vec<Value> {
    let (mut rows, mut path) = (Vec::new(), path.to_owned());
    loop {
        let got = app.get(&path).await;
        rows.extend(list(got.data()).iter().cloned());
        match got.body["next_page"]["path"].as_str() {
            Some(next) => path = next.to_owned(),
            None => return rows,
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

/// A made-up workspace as a client reads it, call by call.
struct Seen {
    app: App,
    made: Made,
    home: String,
    projects: Vec<Value>,
    /// By gid: those of projects, then all levels of subtasks.
    tasks: BTreeMap<String, Value>,
    /// By task, oldest first.
    stories: BTreeMap<String, Vec<Value>>,
}

async fn seen(knobs: &str) -> Seen {
    let (app, made) = start(knobs).await;
    let home = app.running.with_world(|world| world.workspace().clone());
    let projects =
        all(&app, &format!("/projects?workspace={home}&limit=100&opt_fields=name,members,owner,created_at"))
            .await;
    let mut tasks: BTreeMap<String, Value> = BTreeMap::new();
    for project in &projects {
        let path = format!("/projects/{}/tasks?limit=100&opt_fields={FIELDS}", text(project, "gid"));
        tasks.extend(all(&app, &path).await.into_iter().map(|task| (text(&task, "gid").to_owned(), task)));
    }
    let mut parents: Vec<String> = tasks.keys().cloned().collect();
    while let Some(parent) = parents.pop() {
        if tasks[&parent]["num_subtasks"] == 0 {
            continue;
        }
        for task in all(&app, &format!("/tasks/{parent}/subtasks?limit=100&opt_fields={FIELDS}")).await {
            let gid = text(&task, "gid").to_owned();
            if tasks.insert(gid.clone(), task).is_none() {
                parents.push(gid);
            }
        }
    }
    let mut stories = BTreeMap::new();
    for gid in tasks.keys() {
        let path = format!("/tasks/{gid}/stories?limit=100&opt_fields={STORY_FIELDS}");
        stories.insert(gid.clone(), all(&app, &path).await);
    }
    Seen { app, made, home, projects, tasks, stories }
}

fn last<'a>(stories: &'a [Value], subtype: &str) -> Option<&'a Value> {
    stories.iter().rev().find(|story| story["resource_subtype"] == subtype)
}

/// How many stories there are of a subtype.
fn count(seen: &Seen, subtype: &str) -> usize {
    seen.stories.values().flatten().filter(|story| story["resource_subtype"] == subtype).count()
}

#[test]
fn the_same_seed_makes_the_same_file_and_another_one_another() {
    let dir = tempfile::tempdir().unwrap();
    // Once: a world made in another hour is another one.
    let at = now();
    let saved = |seed: u64, knobs: &str| {
        let path = dir.path().join("world.json");
        let knobs = Knobs::from_list(knobs).expect("good knobs");
        generated_world(seed, Plan::Enterprise, &knobs, at).0.save(&path).unwrap();
        let file = std::fs::read_to_string(&path).unwrap();
        // The clock runs on while the world is made and saved; nothing else may differ.
        let (before, clock) = file.split_once("\"clock\":\"").unwrap();
        format!("{before}{}", clock.split_once('"').unwrap().1)
    };
    let knobs = "people=12,projects=4,tasks=150,months=5";
    let first = saved(1, knobs);
    assert!(first == saved(1, knobs), "the same seed and knobs");
    assert!(first != saved(2, knobs), "another seed");
    assert!(first != saved(1, "people=12,projects=4,tasks=150,months=6"), "another knob");
}

#[tokio::test]
async fn every_part_fits_every_other() {
    let seen = seen(
        "people=15,guests=2,teams=3,projects=5,tasks=320,months=8,dependency_density=0.6,rework_rate=0.2",
    )
    .await;
    assert_eq!((seen.projects.len(), seen.tasks.len()), (5, 320));
    let people: BTreeSet<String> =
        gids(&Value::Array(all(&seen.app, &format!("/users?workspace={}&limit=100", seen.home)).await))
            .into_iter()
            .collect();
    assert_eq!(people.len(), 16, "fifteen and the bot");
    let members: BTreeMap<&str, Vec<String>> =
        seen.projects.iter().map(|project| (text(project, "gid"), gids(&project["members"]))).collect();
    for (gid, task) in &seen.tasks {
        check_times(task, &seen.stories[gid]);
        check_present(task, &seen.stories[gid]);
        assert!(!text(task, "name").is_empty() && !text(task, "notes").is_empty());
        if let Some(assignee) = task["assignee"]["gid"].as_str() {
            let places = list(&task["memberships"]);
            let first = places.first().map(|place| text(&place["project"], "gid"));
            assert!(
                first.is_none_or(|project| members[project].iter().any(|member| member == assignee)),
                "{task}"
            );
        }
        for story in &seen.stories[gid] {
            assert!(people.contains(text(&story["created_by"], "gid")), "{story}");
            assert!(["web", "mobile", "api"].contains(&text(story, "source")), "{story}");
        }
        let mut depth = 0;
        let mut above = task["parent"]["gid"].as_str();
        while let Some(parent) = above {
            depth += 1;
            if task["completed"] == false {
                assert_eq!(seen.tasks[parent]["completed"], false, "an open subtask of a completed task");
            }
            above = seen.tasks[parent]["parent"]["gid"].as_str();
        }
        assert!(depth <= 3, "{task}");
    }
    check_dependencies(&seen);
    check_fields(&seen).await;
    assert!(count(&seen, "marked_incomplete") > 5 && count(&seen, "dependency_marked_complete") > 10);
}

/// Stories in order, from the creation on, and the task's own moments between them.
fn check_times(task: &Value, stories: &[Value]) {
    let created = text(task, "created_at");
    let mut before = created;
    for story in stories {
        let at = text(story, "created_at");
        assert!(before <= at, "{story} in {task}");
        before = at;
    }
    assert!(before <= START, "{task}");
    let modified = text(task, "modified_at");
    assert!(created <= modified && modified <= START, "{task}");
    if task["completed"] == true {
        let done = text(task, "completed_at");
        let story = last(stories, "marked_complete").expect("a story of the completion");
        assert_eq!(text(story, "created_at"), done, "{task}");
        assert_eq!(story["created_by"]["gid"], task["completed_by"]["gid"]);
    } else {
        let undone = last(stories, "marked_complete").is_none_or(|story| {
            text(story, "created_at")
                <= text(last(stories, "marked_incomplete").expect("opened again"), "created_at")
        });
        assert!(undone, "{task}");
    }
    if let (Some(start), Some(due)) = (task["start_on"].as_str(), task["due_on"].as_str()) {
        assert!(start <= due, "{task}");
    }
    assert!(task["due_on"].as_str().is_none_or(|due| due >= &created[..10]), "{task}");
    assert!(task["resource_subtype"] != "milestone" || task["start_on"].is_null(), "{task}");
}

/// The last story of a property tells its present value.
fn check_present(task: &Value, stories: &[Value]) {
    for place in list(&task["memberships"]) {
        let project = text(&place["project"], "gid");
        assert!(stories.iter().any(|story| story["project"]["gid"] == project), "{task}");
        let of_it = |story: &&Value| story["new_section"]["project"]["gid"] == project;
        if let Some(story) = stories.iter().rev().find(of_it) {
            assert_eq!(story["new_section"]["gid"], place["section"]["gid"], "{task}");
        }
        if task["completed"] == true {
            assert!(stories.iter().any(|story| of_it(&story)), "completed where it began: {task}");
        }
    }
    let dates = last(stories, "due_date_changed").map(|story| &story["new_dates"]["due_on"]);
    assert_eq!(dates.unwrap_or(&Value::Null), &task["due_on"], "{task}");
    let assigned = last(stories, "assigned").map(|story| &story["assignee"]["gid"]);
    assert_eq!(assigned.unwrap_or(&Value::Null), &task["assignee"]["gid"], "{task}");
    if let Some(story) = last(stories, "name_changed") {
        assert_eq!(story["new_name"], task["name"]);
    }
    for field in list(&task["custom_fields"]) {
        let mut value: Option<&Value> = None;
        let (old, new, now) = match text(field, "type") {
            "enum" => ("old_enum_value", "new_enum_value", &field["enum_value"]["gid"]),
            "number" => ("old_number_value", "new_number_value", &field["number_value"]),
            _ => continue,
        };
        let plain = |value: &'_ Value| if value.is_object() { value["gid"].clone() } else { value.clone() };
        for story in stories.iter().filter(|story| story["custom_field"]["gid"] == field["gid"]) {
            if let Some(before) = value {
                assert_eq!(plain(before), plain(&story[old]), "{story}");
            }
            value = Some(&story[new]);
        }
        assert!(value.is_none_or(|value| plain(value) == *now), "{field} of {task}");
    }
    let needs = task["resource_subtype"] == "approval";
    assert_eq!(task["approval_status"].is_string(), needs, "{task}");
    assert!(!needs || (task["approval_status"] != "pending") == (task["completed"] == true), "{task}");
}

fn check_dependencies(seen: &Seen) {
    let awaited: BTreeMap<&str, Vec<String>> =
        seen.tasks.iter().map(|(gid, task)| (gid.as_str(), gids(&task["dependencies"]))).collect();
    assert_eq!(awaited.values().map(Vec::len).sum::<usize>(), seen.made.dependencies);
    assert!(seen.made.dependencies > 60, "{:?}", seen.made);
    assert!(depth(&awaited).expect("no circle") >= 3, "no chain");
    for (gid, task) in &seen.tasks {
        assert!(awaited[gid.as_str()].len() + gids(&task["dependents"]).len() <= 30, "{task}");
        for other in &awaited[gid.as_str()] {
            let other_task = &seen.tasks[other];
            assert!(gids(&other_task["dependents"]).contains(gid));
            if task["completed"] == true {
                assert!(text(other_task, "completed_at") <= text(task, "completed_at"), "{task}");
            }
        }
    }
}

/// The longest chain; none when there is a circle.
fn depth(awaited: &BTreeMap<&str, Vec<String>>) -> Option<usize> {
    let mut left: BTreeMap<&str, usize> = awaited.iter().map(|(gid, list)| (*gid, list.len())).collect();
    let mut deep = 0;
    while !left.is_empty() {
        let free: BTreeSet<&str> =
            left.iter().filter(|(_, count)| **count == 0).map(|(gid, _)| *gid).collect();
        if free.is_empty() {
            return None;
        }
        left.retain(|gid, _| !free.contains(gid));
        for (gid, count) in &mut left {
            *count -= awaited[gid].iter().filter(|other| free.contains(other.as_str())).count();
        }
        deep += 1;
    }
    Some(deep.max(1) - 1)
}

/// Values belong to their fields, and fields to their projects.
async fn check_fields(seen: &Seen) {
    let path = format!("/workspaces/{}/custom_fields?limit=100&opt_fields=name,enum_options", seen.home);
    let fields: BTreeMap<String, Value> = all(&seen.app, &path)
        .await
        .into_iter()
        .map(|field| (text(&field, "gid").to_owned(), field))
        .collect();
    let mut filled = 0;
    for task in seen.tasks.values() {
        for value in list(&task["custom_fields"]) {
            let options = &fields[text(value, "gid")]["enum_options"];
            let options = if options.is_array() { gids(options) } else { Vec::new() };
            assert_eq!(value["enabled"], true, "{task}");
            filled += usize::from(!value["display_value"].is_null());
            let chosen = value["multi_enum_values"].as_array().into_iter().flatten();
            for option in chosen.chain([&value["enum_value"]]).filter(|option| option.is_object()) {
                assert!(options.iter().any(|known| option["gid"] == known.as_str()), "{value}");
            }
        }
    }
    assert!(filled > 700, "{filled}");
    for project in &seen.projects {
        let path =
            format!("/projects/{}/custom_field_settings?opt_fields=custom_field.name", text(project, "gid"));
        assert!(all(&seen.app, &path).await.len() >= 6);
    }
}

#[tokio::test]
async fn people_goals_portfolios_and_plans_are_there() {
    let (app, made) =
        start("people=20,guests=3,projects=6,tasks=200,months=6,goals=9,portfolios=4,allocation_share=0.9")
            .await;
    let home = app.running.with_world(|world| world.workspace().clone());
    let path = format!(
        "/workspaces/{home}/users?limit=100&opt_fields=name,email,custom_fields.name,custom_fields.display_value"
    );
    let users = all(&app, &path).await;
    assert_eq!(users.iter().filter(|user| text(user, "email").ends_with("@customer.example")).count(), 3);
    let shown = |user: &Value, name: &str| {
        let fields = list(&user["custom_fields"]);
        fields.iter().find(|field| field["name"] == name).map(|field| field["display_value"].clone())
    };
    let capacities =
        users.iter().filter(|user| shown(user, "Max Capacity").is_some_and(|value| value.is_string()));
    assert_eq!(capacities.count(), 20, "everybody but the bot");
    let names: BTreeSet<&str> = users.iter().map(|user| text(user, "name")).collect();
    assert_eq!(names.len(), 21, "no two have the same name");
    let memberships =
        all(&app, &format!("/workspaces/{home}/workspace_memberships?limit=100&opt_fields=is_guest")).await;
    assert_eq!(memberships.iter().filter(|membership| membership["is_guest"] == true).count(), 3);

    let person = &made.person;
    let away = all(&app, &format!("/ooo_entries?workspace={home}&user={person}&limit=100")).await;
    assert!(away.iter().all(|entry| text(entry, "start_date") <= text(entry, "end_date")) && away.len() > 2);
    let allocations = all(&app, &format!("/allocations?workspace={home}&limit=100")).await;
    assert!(allocations.len() > 10, "{allocations:?}");
    assert!(allocations.iter().all(|entry| entry["effort"]["type"] == "percent"), "{allocations:?}");
    let path = format!("/time_tracking_entries?workspace={home}&entered_on_start_date=2026-01-01&limit=100");
    assert!(!all(&app, &path).await.is_empty());

    let goals = all(
        &app,
        &format!("/goals?workspace={home}&limit=100&opt_fields=name,status,owner,time_period,metric"),
    )
    .await;
    assert_eq!((goals.len(), made.goals), (9, 9));
    for goal in &goals {
        assert!(
            goal["owner"]["gid"].is_string() && goal["time_period"].is_object() && goal["metric"].is_object()
        );
        let links =
            all(&app, &format!("/goal_relationships?supported_goal={}&limit=100", text(goal, "gid"))).await;
        assert!(!links.is_empty(), "nothing supports {goal}");
    }
    let token = Some(made.person_token.clone());
    let app = App { token, ..app };
    let owned =
        all(&app, &format!("/portfolios?workspace={home}&owner={person}&limit=100&opt_fields=name")).await;
    let roadmap =
        owned.iter().find(|portfolio| portfolio["name"] == "Company Roadmap").expect("the first portfolio");
    assert_eq!(all(&app, &format!("/portfolios/{}/items", text(roadmap, "gid"))).await.len(), 3);
    for project in all(
        &app,
        &format!(
            "/projects?workspace={home}&opt_fields=created_at,project_brief,current_status_update.title"
        ),
    )
    .await
    {
        let updates = all(
            &app,
            &format!("/status_updates?parent={}&limit=100&opt_fields=created_at", text(&project, "gid")),
        )
        .await;
        let times: Vec<&str> = updates.iter().map(|update| text(update, "created_at")).collect();
        assert!(times.len() > 2 && times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
        assert!(project["project_brief"].is_object() && project["current_status_update"].is_object());
    }
    assert!(app.get(&format!("/workspaces/{home}/tasks/search?text=checkout")).await.status < 300);
}

#[tokio::test]
async fn finished_sprints_tell_a_velocity() {
    let seen =
        seen("projects=1,people=8,tasks=250,months=6,sprint_days=14,open_share=0.3,subtask_share=0").await;
    let sections =
        all(&seen.app, &format!("/projects/{}/sections?limit=100", text(&seen.projects[0], "gid"))).await;
    let names: BTreeMap<&str, &str> =
        sections.iter().map(|section| (text(section, "gid"), text(section, "name"))).collect();
    let mut points: BTreeMap<&str, f64> = BTreeMap::new();
    for task in seen.tasks.values() {
        let section = names[text(&task["memberships"][0]["section"], "gid")];
        let fields = list(&task["custom_fields"]);
        let size =
            fields.iter().find(|field| field["name"] == "Story Points").unwrap()["number_value"].as_f64();
        if section.starts_with("Sprint") {
            assert_eq!(task["completed"], true);
            *points.entry(section).or_default() += size.unwrap_or(0.0);
        }
    }
    assert!(points.values().filter(|sum| **sum > 0.0).count() >= 8, "{points:?}");
}

#[tokio::test]
async fn knobs_do_what_they_say() {
    let none = "people=6,guests=0,teams=0,projects=3,tasks=150,months=4,open_share=1,unassigned_share=0,subtask_share=0,\
                milestone_share=0,approval_share=0,multi_home_share=0,duplicate_share=0,field_fill=0,due_share=0,\
                slip_rate=0,rework_rate=0,override_rate=0,comment_rate=0,attachment_share=0,dependency_density=0,tags=0,\
                skills=0,part_time_share=0,ooo_rate=0,allocation_share=0,time_tracking_share=0,goals=0,portfolios=0,\
                status_days=0";
    let seen_none = seen(none).await;
    let sums = |seen: &Seen| {
        let tasks = |fits: fn(&Value) -> bool| seen.tasks.values().filter(|task| fits(task)).count();
        let changed =
            |key: &str| seen.stories.values().flatten().filter(|story| !story[key].is_null()).count();
        BTreeMap::from([
            ("completed", tasks(|task| task["completed"] == true)),
            ("unassigned", tasks(|task| task["assignee"].is_null())),
            ("subtasks", tasks(|task| !task["parent"].is_null())),
            ("milestones", tasks(|task| task["resource_subtype"] == "milestone")),
            ("approvals", tasks(|task| task["resource_subtype"] == "approval")),
            ("multi-homed", tasks(|task| list(&task["memberships"]).len() > 1)),
            ("dated", tasks(|task| !task["due_on"].is_null())),
            ("tagged", tasks(|task| !list(&task["tags"]).is_empty())),
            ("waiting", tasks(|task| !list(&task["dependencies"]).is_empty())),
            ("tracked", tasks(|task| !task["actual_time_minutes"].is_null())),
            ("comments", count(seen, "comment_added")),
            ("attachments", count(seen, "attachment_added")),
            ("reopened", count(seen, "marked_incomplete")),
            ("slips", count(seen, "due_date_changed")),
            ("enum changes", changed("old_enum_value")),
            ("goals", seen.made.goals + seen.made.portfolios),
        ])
    };
    let zeros = sums(&seen_none);
    assert!(zeros.values().all(|sum| *sum == 0), "{zeros:?}");
    let app = &seen_none.app;
    let path = format!("/workspaces/{}/users?opt_fields=custom_fields.name", seen_none.home);
    assert!(!app.get(&path).await.body.to_string().contains("Skills"));
    let away = format!("/ooo_entries?workspace={}&user={}", seen_none.home, seen_none.made.person);
    assert_eq!(app.get(&away).await.data(), &json!([]));
    assert_eq!(app.get(&format!("/allocations?workspace={}", seen_none.home)).await.data(), &json!([]));

    let some = "people=6,guests=0,projects=3,tasks=150,months=4,open_share=0.5,unassigned_share=0.4,subtask_share=0.3,\
                milestone_share=0.1,approval_share=0.1,multi_home_share=0.3,due_share=0.9,slip_rate=0.9,rework_rate=0.5,\
                override_rate=0.8,comment_rate=3,attachment_share=0.5,dependency_density=1.5,time_tracking_share=0.9";
    let sums = sums(&seen(some).await);
    assert_eq!(sums["completed"], 75, "exactly the share");
    for (what, least) in [
        ("unassigned", 15),
        ("subtasks", 25),
        ("milestones", 4),
        ("approvals", 4),
        ("multi-homed", 15),
        ("dated", 100),
        ("tagged", 15),
        ("waiting", 40),
        ("tracked", 40),
        ("comments", 350),
        ("attachments", 45),
        ("reopened", 20),
        ("slips", 170),
        ("enum changes", 20),
        ("goals", 11),
    ] {
        assert!(sums[what] >= least, "{what}: {sums:?}");
    }
}

#[tokio::test]
async fn circles_are_made_only_when_asked_for() {
    let seen = seen("people=6,projects=2,tasks=120,months=4,open_share=0.9,cycles=4,guests=0").await;
    let awaited: BTreeMap<&str, Vec<String>> =
        seen.tasks.iter().map(|(gid, task)| (gid.as_str(), gids(&task["dependencies"]))).collect();
    assert_eq!(depth(&awaited), None);
    for (gid, task) in &seen.tasks {
        check_times(task, &seen.stories[gid]);
    }
}

#[tokio::test]
async fn links_cross_projects_as_often_as_asked() {
    let share = async |knob: &str| {
        let seen =
            seen(&format!("people=8,projects=4,tasks=300,dependency_density=1,subtask_share=0,{knob}")).await;
        let project = |gid: &str| seen.tasks[gid]["memberships"][0]["project"]["gid"].clone();
        let links = seen.tasks.iter().flat_map(|(gid, task)| {
            gids(&task["dependencies"])
                .into_iter()
                .map(|other| project(gid) != project(&other))
                .collect::<Vec<_>>()
        });
        let links: Vec<bool> = links.collect();
        links.iter().filter(|across| **across).count() as f64 / links.len() as f64
    };
    assert_eq!(share("cross_project_share=0").await, 0.0);
    assert!(share("cross_project_share=0.6").await > 0.45);
}

#[test]
fn the_smallest_worlds_can_be_made() {
    for knobs in [
        "people=1,guests=0,teams=0,projects=1,tasks=1,months=1",
        "people=1,guests=0,teams=3,projects=2,tasks=0,months=1,goals=3,portfolios=1",
        "people=2,guests=1,projects=12,tasks=30,months=60,open_share=0",
    ] {
        let (world, made) = made(1, knobs);
        let wanted = Knobs::from_list(knobs).unwrap();
        assert_eq!((made.tasks, made.people), (wanted.tasks as usize, wanted.people as usize));
        assert_eq!(made.projects, wanted.projects as usize);
        assert!(world.now() >= now());
    }
    let free = generated_world(1, Plan::Free, &Knobs::from_list("tasks=20").unwrap(), now());
    assert_eq!(free.1.tasks, 20);
}

#[test]
fn knobs_are_refused_by_name() {
    let refused = |text: &str| Knobs::from_list(text).unwrap_err().to_string();
    let unknown = refused("peeple=3");
    assert!(
        unknown.contains("peeple") && unknown.contains("people") && unknown.contains("status_days"),
        "{unknown}"
    );
    assert_eq!(refused("people=0"), "people is 0; give a number from 1 to 4000");
    assert_eq!(refused("open_share=1.5"), "open_share is 1.5; give a number from 0 to 1");
    assert_eq!(refused("tasks"), "`tasks` is no knob; write name=number, such as tasks=5000");
    assert_eq!(refused("tasks=many"), "`tasks=many` is no knob; write name=number, such as tasks=5000");
    assert_eq!(refused("people=4,guests=4"), "guests is 4 of 4 people; somebody must be from inside");
    assert!(refused("subtask_share=0.9,milestone_share=0.2").contains("together; give at most 1"));
    assert!(refused("tasks=-1").contains("-1"), "{}", refused("tasks=-1"));
    assert_eq!(Knobs::from_list("default").unwrap(), Knobs::from_toml("").unwrap());
    assert_eq!(
        Knobs::from_toml("tasks = 7\nopen_share = 1").unwrap(),
        Knobs::from_list("tasks=7, open_share=1").unwrap()
    );
}

#[test]
fn the_manual_names_every_knob_with_its_default_and_range() {
    for knob in KNOBS {
        let (most, least) = (knob.most, knob.least);
        let row = format!(
            "| `{}` | {} | {least} to {most} | {} |",
            knob.name,
            knob.default.replace('_', ""),
            knob.what
        );
        assert!(MANUAL.contains(&row), "docs/sandbox.md lacks: {row}");
    }
}
