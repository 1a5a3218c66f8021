//! Project templates: saved from projects, and made into projects again, both by jobs.
//!
//! A template keeps sections, fields and tasks with their dates as days from the project's start.
//! Known limits: roles are always empty; weekends are not skipped.

use super::entries;
use super::task_places::{Slot, put};
use super::words::choice;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Entry, Gid, Job, Kind, Membership, NewProject, Subtype, World};
use jiff::civil::Date;
use jiff::{Span, Unit};
use serde_json::{Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/project_templates", list),
    Route::get("/project_templates/{project_template}", get),
    Route::delete("/project_templates/{project_template}", delete),
    Route::post("/project_templates/{project_template}/instantiateProject", instantiate),
    Route::get("/teams/{team}/project_templates", list_of_team),
    Route::post("/projects/{project}/saveAsTemplate", save),
];

const FULL: &[&str] = &[
    "resource_type",
    "name",
    "description",
    "html_description",
    "public",
    "owner",
    "team",
    "requested_dates",
    "color",
    "requested_roles",
];

pub(super) const SHAPE: Shape = Shape {
    name: "project_template",
    compact: &["resource_type", "name"],
    full: FULL,
    written: FULL,
    field: entries::field,
};

const KIND: Kind = Kind::ProjectTemplate;
/// Asana's own gids of the two dates a template may ask for.
const START: &str = "1";
const DUE: &str = "2";

const PRIVACY: &[&str] = &["public_to_workspace", "private_to_team", "private"];

/// Where a task of a template goes.
enum Place {
    In(Membership),
    Below(Gid),
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let team = entries::maybe_asked(world, call, "team", Kind::Team)?;
    if team.is_none() {
        entries::asked(world, call, "workspace", Kind::Workspace)?;
    }
    let found = world.entries_where(KIND, |entry| team.is_none() || entry.gid("team") == team.as_ref());
    Ok(Answer::list(KIND, found))
}

fn list_of_team(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let team = call.target(world, "team", Kind::Team)?;
    Ok(Answer::list(KIND, world.entries_where(KIND, |entry| entry.gid("team") == Some(&team))))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "project_template", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "project_template", KIND)?;
    super::require_paid(world, "Project templates are only available to premium users.")?;
    entries::delete(world, call, "project_template", KIND)
}

fn save(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let source = call.target(world, "project", Kind::Project)?;
    let name = entries::required_text(call, "name")?;
    let public = call.flag("public")?.ok_or_else(|| Failure::missing("public"))?;
    let team = call.text("team")?;
    team.iter().try_for_each(|team| crate::call::check_object(world, Kind::Team, "team", team))?;
    super::jobs::check_room(world, call)?;
    let project = world.projects[&source].clone();
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("name", name);
    entry.set("description", project.notes.clone());
    entry.set("html_description", crate::markup::body(&project.notes));
    entry.set("public", public);
    entry.set("owner", Node::to(Kind::User, Some(&call.actor.user)));
    entry.set("team", Node::to(Kind::Team, team.as_ref().or(project.team.as_ref())));
    entry.set("color", project.color.clone().map_or(Value::Null, Value::from));
    entry.set("requested_roles", Node::empty_list());
    let (content, is_dated) = content(world, &source);
    entry.set("requested_dates", if is_dated { requested_dates() } else { json!([]) });
    entry.set("content", content);
    let gid = world.add_entry(KIND, entry);
    Ok(Job::start(world, call, "create_project_template", (KIND, &gid)))
}

fn requested_dates() -> Value {
    json!([
        { "gid": START, "name": "Start Date", "description": "Choose a start date for your project." },
        { "gid": DUE, "name": "Due Date", "description": "Choose a due date for your project." },
    ])
}

/// Sections and tasks of a project, dates as days from its first one; and whether there were any.
fn content(world: &World, project: &str) -> (Value, bool) {
    let tasks = world.project_tasks(project);
    let day = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Date>().ok());
    let days = tasks
        .iter()
        .filter_map(|gid| world.task(gid))
        .flat_map(|task| [day(&task.start_on), day(&task.due_on)]);
    let first = days.flatten().min();
    let offset = |text: &Option<String>| {
        let span = first?.until((Unit::Day, day(text)?)).ok()?;
        Some(span.get_days())
    };
    let sections: Vec<Value> = world
        .sections_of(project)
        .iter()
        .filter_map(|gid| world.sections.get(gid))
        .map(|section| {
            let tasks: Vec<Value> =
                world.alive(&section.tasks).iter().map(|gid| pattern(world, gid, &offset)).collect();
            json!({ "name": section.name, "tasks": tasks })
        })
        .collect();
    (json!({ "sections": sections, "fields": world.fields_set_on(project) }), first.is_some())
}

/// A task as a template keeps it, its subtasks with it.
fn pattern(world: &World, gid: &str, offset: &dyn Fn(&Option<String>) -> Option<i32>) -> Value {
    let Some(task) = world.task(gid) else {
        return Value::Null;
    };
    let below: Vec<Value> =
        world.alive(&task.subtasks).iter().map(|gid| pattern(world, gid, offset)).collect();
    json!({
        "name": task.name, "notes": task.notes, "subtype": task.subtype.word(),
        "start": offset(&task.start_on), "due": offset(&task.due_on), "subtasks": below,
    })
}

fn instantiate(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (template_gid, template) = entries::target(world, call, "project_template", KIND)?;
    let name = entries::required_text(call, "name")?;
    let team = call.text("team")?;
    team.iter().try_for_each(|team| crate::call::check_object(world, Kind::Team, "team", team))?;
    let privacy = match call.has("privacy_setting") {
        true => Some(choice(call, "privacy_setting", PRIVACY)?),
        false => None,
    };
    let start = start_date(world, call, &template)?;
    super::jobs::check_room(world, call)?;
    let Some(Node::Plain(content)) = template.fields.get("content").cloned() else {
        return Err(Failure::bad("project_template: It has no content"));
    };
    let word = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let sections = content["sections"].as_array().cloned().unwrap_or_default();
    let project = world.add_project(NewProject {
        name,
        sections: sections.iter().map(|section| word(section, "name")).collect(),
        owner: Some(call.actor.user.clone()),
    });
    if let Some(state) = world.projects.get_mut(&project) {
        state.team = team.or_else(|| template.gid("team").cloned()).or_else(|| state.team.clone());
        state.notes = template.text("description").unwrap_or_default().to_owned();
        state.created_from_template = Some(template_gid);
        if let Some(privacy) = privacy {
            state.privacy_setting = privacy;
        }
    }
    for field in content["fields"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if world.exists(Kind::CustomField, field) {
            world.add_setting(&project, field, false);
        }
    }
    for (section, gid) in sections.iter().zip(world.sections_of(&project)) {
        for item in section["tasks"].as_array().into_iter().flatten() {
            let place = Membership { project: project.clone(), section: gid.clone() };
            add_task(world, call, item, (Place::In(place), start));
        }
    }
    Ok(Job::start(world, call, "instantiate_project", (Kind::Project, &project)))
}

/// The day the offsets count from: the start date that was asked for, the one that makes the last day the due date that
/// was asked for, or today.
fn start_date(world: &World, call: &Call, template: &Entry) -> Result<Option<Date>, Failure> {
    let given = match call.data.get("requested_dates") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(dates)) => dates.clone(),
        Some(other) => return Err(Failure::bad(format!("requested_dates: Value is not an array: {other}"))),
    };
    let asks = matches!(template.fields.get("requested_dates"), Some(Node::Plain(Value::Array(list))) if !list.is_empty());
    if asks && given.is_empty() && call.flag("is_strict")?.unwrap_or(true) {
        return Err(Failure::bad("requested_dates: Missing input"));
    }
    let last = last_offset(template);
    let mut start = None;
    for (nth, date) in given.iter().enumerate() {
        let gid = date.get("gid").and_then(Value::as_str).unwrap_or_default();
        if !matches!(gid, START | DUE) {
            return Err(Failure::bad(format!("requested_dates: [{nth}]: gid: Not a recognized ID: {gid}")));
        }
        let Some(text) = date.get("value").and_then(Value::as_str) else { continue };
        // The value may be a moment; its day counts.
        let day: Date = text.get(..10).unwrap_or(text).parse().map_err(|_| {
            let what = format!("requested_dates: [{nth}]: value");
            Failure::bad(format!("{what}: Date must be in ISO-8601 (yyyy-mm-dd) format, not: {text}"))
        })?;
        match gid {
            START => start = Some(day),
            _ => start = start.or_else(|| day.checked_sub(Span::new().days(last)).ok()),
        }
    }
    let today = world.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    Ok(start.or(asks.then_some(today)))
}

/// How many days after its first one a template ends.
fn last_offset(template: &Entry) -> i64 {
    let Some(Node::Plain(content)) = template.fields.get("content") else {
        return 0;
    };
    fn latest(task: &Value) -> i64 {
        let below = task["subtasks"].as_array().into_iter().flatten().map(latest).max();
        task["due"].as_i64().max(below).unwrap_or(0)
    }
    let sections = content["sections"].as_array().into_iter().flatten();
    let tasks = sections.flat_map(|section| section["tasks"].as_array().into_iter().flatten());
    tasks.map(latest).max().unwrap_or(0)
}

/// Adds a task of the template; a subtask without a place goes below its parent.
fn add_task(world: &mut World, call: &Call, item: &Value, (place, start): (Place, Option<Date>)) {
    let mut task = world.blank_task();
    let word = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
    (task.name, task.notes) = (word("name"), word("notes"));
    task.subtype = Subtype::from_word(&word("subtype")).unwrap_or_default();
    task.created_by = Some(call.actor.user.clone());
    let day = |key: &str| {
        let offset = item[key].as_i64()?;
        Some(start?.checked_add(Span::new().days(offset)).ok()?.to_string())
    };
    (task.start_on, task.due_on) = (day("start"), day("due"));
    let gid = world.issue(Kind::Task);
    world.tasks.insert(gid.clone(), task);
    match place {
        Place::In(place) => put(world, &call.actor, &gid, &place, Slot::Bottom),
        Place::Below(parent) => {
            if let Some(task) = world.tasks.get_mut(&gid) {
                task.parent = Some(parent.clone());
            }
            if let Some(parent) = world.tasks.get_mut(&parent) {
                parent.subtasks.push(gid.clone());
            }
        }
    }
    for below in item["subtasks"].as_array().into_iter().flatten() {
        add_task(world, call, below, (Place::Below(gid.clone()), start));
    }
}
