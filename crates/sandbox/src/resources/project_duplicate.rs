//! Duplicating projects by a job.
//!
//! Known limits: views, rules, forms and permissions are not modelled, so there is nothing to take along; weekends are
//! not skipped when dates are moved.

use super::task_duplicate;
use super::task_places::{Slot, put};
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::world::{Gid, Job, Kind, Membership, World};
use jiff::civil::Date;
use jiff::{Span, Unit};

pub(super) const ROUTES: &[Route] = &[Route::post("/projects/{project}/duplicate", duplicate)];

/// What `include` may name.
const PARTS: &[&str] = &[
    "allocations",
    "forms",
    "members",
    "notes",
    "permissions",
    "task_assignee",
    "task_attachments",
    "task_dates",
    "task_dependencies",
    "task_followers",
    "task_notes",
    "task_projects",
    "task_subtasks",
    "task_tags",
    "task_templates",
    "task_type_default",
];

fn duplicate(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let source = call.target(world, "project", Kind::Project)?;
    let name = call.text("name")?.ok_or_else(|| Failure::missing("name"))?;
    super::jobs::check_room(world, call)?;
    let parts = super::jobs::included(call, PARTS)?;
    let wants = |part: &str| parts.iter().any(|known| known == part);
    let days = shift(world, call, &source, wants("task_dates"))?;
    let copy = shell(world, call, &source, (name, &wants));
    copy_tasks(world, call, (&source, &copy), &wants);
    if let Some(days) = days {
        move_dates(world, &copy, days);
    }
    Ok(Job::start(world, call, "duplicate_project", (Kind::Project, &copy)))
}

/// By how many days the copied dates move; nothing when they are not to.
fn shift(world: &World, call: &Call, source: &str, with_dates: bool) -> Result<Option<i32>, Failure> {
    let Some(schedule) = super::entries::map(call, "schedule_dates")? else {
        return Ok(None);
    };
    if !with_dates {
        return Err(Failure::bad("schedule_dates: Only allowed when task_dates are included"));
    }
    if !schedule.get("should_skip_weekends").is_some_and(serde_json::Value::is_boolean) {
        return Err(Failure::missing("schedule_dates: should_skip_weekends"));
    }
    let given = |key: &str| schedule.get(key).and_then(serde_json::Value::as_str);
    let (key, text) = match (given("start_on"), given("due_on")) {
        (Some(text), None) => ("start_on", text),
        (None, Some(text)) => ("due_on", text),
        _ => return Err(Failure::bad("schedule_dates: You may only provide one of start_on or due_on!")),
    };
    let wanted: Date = text.parse().map_err(|_| {
        Failure::bad(format!(
            "schedule_dates: {key}: Date must be in ISO-8601 (yyyy-mm-dd) format, not: {text}"
        ))
    })?;
    let days = world.project_tasks(source).into_iter().filter_map(|gid| {
        let task = world.task(&gid)?;
        let start = task.start_on.clone().or_else(|| task.due_on.clone());
        let day = if key == "start_on" { start } else { task.due_on.clone() };
        day?.parse::<Date>().ok()
    });
    let anchor = if key == "start_on" { days.min() } else { days.max() };
    let span = anchor.and_then(|anchor| anchor.until((Unit::Day, wanted)).ok());
    Ok(span.map(|span| span.get_days()))
}

/// The copy without its tasks: sections, fields and what of the project itself is wanted.
fn shell(
    world: &mut World,
    call: &Call,
    source: &str,
    (name, wants): (String, &dyn Fn(&str) -> bool),
) -> Gid {
    let original = world.projects[source].clone();
    let gid = world.issue(Kind::Project);
    let now = world.now();
    let mut copy = original.clone();
    (copy.name, copy.created_at, copy.modified_at, copy.completed) = (name, now, now, None);
    copy.owner = Some(call.actor.user.clone());
    copy.created_from_template = None;
    if !wants("members") {
        copy.members = vec![call.actor.user.clone()];
        copy.followers = vec![call.actor.user.clone()];
    } else if !copy.members.contains(&call.actor.user) {
        copy.members.push(call.actor.user.clone());
    }
    if !wants("notes") {
        copy.notes.clear();
        copy.html_notes = None;
    }
    let names: Vec<String> = original
        .sections
        .iter()
        .filter_map(|section| Some(world.sections.get(section)?.name.clone()))
        .collect();
    copy.sections = names.iter().map(|name| world.add_section(&gid, name)).collect();
    world.projects.insert(gid.clone(), copy);
    for field in world.fields_set_on(source) {
        world.add_setting(&gid, &field, false);
    }
    gid
}

fn copy_tasks(world: &mut World, call: &Call, (source, copy): (&str, &str), wants: &dyn Fn(&str) -> bool) {
    let of_task = |part: &str| wants(&format!("task_{part}"));
    let sections: Vec<(Gid, Gid)> =
        world.sections_of(source).into_iter().zip(world.sections_of(copy)).collect();
    let mut copies: Vec<(Gid, Gid)> = Vec::new();
    for (from, to) in sections {
        let tasks = world.sections.get(&from).map(|section| section.tasks.clone()).unwrap_or_default();
        for task in world.alive(&tasks) {
            let name = world.tasks[&task].name.clone();
            // Dependencies are set below, between the copies.
            let wanted = |part: &str| part != "dependencies" && of_task(part);
            let new = task_duplicate::copied(world, &call.actor, &task, &wanted, (name, None));
            let place = Membership { project: copy.to_owned(), section: to.clone() };
            put(world, &call.actor, &new, &place, Slot::Bottom);
            let values = world.values.get(&task).cloned().unwrap_or_default();
            values.into_iter().for_each(|(field, value)| world.set_value(&new, &field, Some(value)));
            if of_task("projects") {
                leave(world, &new, source);
            }
            copies.push((task, new));
        }
    }
    if of_task("dependencies") {
        link(world, &copies);
    }
}

/// The copy stands in the new project in place of the old one.
fn leave(world: &mut World, task: &str, project: &str) {
    let Some(state) = world.tasks.get_mut(task) else { return };
    let places = std::mem::take(&mut state.memberships);
    let (gone, kept): (Vec<_>, Vec<_>) = places.into_iter().partition(|place| place.project == project);
    state.memberships = kept;
    for place in gone {
        if let Some(section) = world.sections.get_mut(&place.section) {
            section.tasks.retain(|known| known != task);
        }
    }
}

/// Copies wait for each other as the originals do.
fn link(world: &mut World, copies: &[(Gid, Gid)]) {
    let copy_of =
        |gid: &Gid| copies.iter().find(|(original, _)| original == gid).map(|(_, copy)| copy.clone());
    for (original, copy) in copies {
        let (before, after) = (&world.tasks[original].dependencies, &world.tasks[original].dependents);
        let before: Vec<Gid> = before.iter().filter_map(copy_of).collect();
        let after: Vec<Gid> = after.iter().filter_map(copy_of).collect();
        if let Some(task) = world.tasks.get_mut(copy) {
            (task.dependencies, task.dependents) = (before, after);
        }
    }
}

fn move_dates(world: &mut World, project: &str, days: i32) {
    let by = Span::new().days(days);
    let moved = |day: &Option<String>| {
        let day: Date = day.as_ref()?.parse().ok()?;
        Some(day.checked_add(by).ok()?.to_string())
    };
    for gid in world.project_tasks(project) {
        if let Some(task) = world.tasks.get_mut(&gid) {
            (task.due_on, task.start_on) = (moved(&task.due_on), moved(&task.start_on));
            let hours = Span::new().hours(i64::from(days) * 24);
            task.due_at = task.due_at.and_then(|at| at.checked_add(hours).ok());
            task.start_at = task.start_at.and_then(|at| at.checked_add(hours).ok());
        }
    }
}
