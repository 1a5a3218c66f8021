//! Creating and changing tasks: every rule of `POST` and `PUT`.
//!
//! A call is checked whole on a copy before anything changes. What really changed then becomes stories, one per
//! property; a `PUT` that changes nothing writes none and leaves `modified_at` alone.

use super::field_values;
use super::project_people::users;
use super::task_dates;
use super::task_history;
use super::task_places::{self, Slot};
use crate::call::{Call, check_long, check_object, words_of};
use crate::error::Failure;
use crate::world::{Carried, Gid, Kind, Membership, Subtype, Task, World};
use serde_json::Value;

/// Levels of subtasks below a task.
pub(crate) const MOST_LEVELS: usize = 5;

/// Makes a task from the call's data; answers its gid.
pub(super) fn create(world: &mut World, call: &Call, parent: Option<Gid>) -> Result<Gid, Failure> {
    let places = new_places(world, call, parent.as_deref())?;
    if let Some(parent) = &parent {
        check_parent(world, parent)?;
    }
    let mut task = world.blank_task();
    task.created_by = Some(call.actor.user.clone());
    task.followers = vec![call.actor.user.clone()];
    set_plain(world, call, &mut task)?;
    task.parent = parent;
    if let Some(value) = call.data.get("followers") {
        for follower in users(world, call, "followers", value)? {
            follow(&mut task, &follower);
        }
    }
    task.tags = tags(world, call)?;
    let carried = carried_by(world, &places);
    let given = call.data.get("custom_fields").filter(|value| !value.is_null());
    let changes = given.map(|given| field_values::check(world, &call.actor, &carried, given)).transpose()?;

    let gid = world.issue(Kind::Task);
    if let Some(parent) = task.parent.as_ref().and_then(|parent| world.tasks.get_mut(parent)) {
        parent.subtasks.push(gid.clone());
    }
    let assigned = task.assignee.clone();
    world.tasks.insert(gid.clone(), task);
    if let Some(workspace) = call.text("workspace")?.filter(|_| places.is_empty()) {
        world.settle(&gid, &workspace);
    }
    for place in &places {
        // A task made in a project stands at the top of its section.
        task_places::put(world, &call.actor, &gid, place, Slot::Top);
    }
    if let Some(assignee) = assigned {
        task_history::record_assigned(world, &call.actor, &gid, &assignee);
    }
    field_values::apply(world, &call.actor, &gid, changes.unwrap_or_default());
    Ok(gid)
}

/// Where a new task goes, and that it may exist at all.
fn new_places(world: &World, call: &Call, parent: Option<&str>) -> Result<Vec<Membership>, Failure> {
    if let Some(workspace) = call.text("workspace")? {
        check_object(world, Kind::Workspace, "workspace", &workspace)?;
    }
    let mut places: Vec<Membership> = Vec::new();
    let mut add = |place: Membership| match places.iter_mut().find(|known| known.project == place.project) {
        Some(known) => *known = place,
        None => places.push(place),
    };
    for (nth, project) in call.words("projects")?.unwrap_or_default().iter().enumerate() {
        let what = format!("projects: [{nth}]");
        check_object(world, Kind::Project, &what, project)?;
        add(task_places::default_place(world, project)?);
    }
    for (nth, given) in memberships(call)?.iter().enumerate() {
        add(membership(world, nth, given)?);
    }
    let named = call.has("workspace") || parent.is_some();
    if places.is_empty() && !named {
        return Err(Failure::bad("You should specify one of workspace, parent, projects"));
    }
    if places.len() > task_places::MOST_PROJECTS {
        return Err(Failure::bad(task_places::too_many_projects()));
    }
    let mut workspaces = places.iter().map(|place| world.workspace_of(&place.project));
    let first = workspaces.next();
    if workspaces.any(|other| Some(other) != first) {
        return Err(Failure::bad("projects: All projects must be in the same workspace"));
    }
    Ok(places)
}

fn memberships(call: &Call) -> Result<Vec<Value>, Failure> {
    match call.data.get("memberships") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items.clone()),
        Some(other) => Err(Failure::bad(format!("memberships: Value is not an array: {other}"))),
    }
}

/// `{"project": gid, "section": gid}`; the gids may stand in objects.
fn membership(world: &World, nth: usize, given: &Value) -> Result<Membership, Failure> {
    let gid = |key: &str| {
        let value = given.get(key)?;
        value.as_str().or_else(|| value.get("gid")?.as_str())
    };
    let project =
        gid("project").ok_or_else(|| Failure::missing(&format!("memberships: [{nth}]: project")))?;
    check_object(world, Kind::Project, &format!("memberships: [{nth}]: project"), project)?;
    match gid("section") {
        None => task_places::default_place(world, project),
        Some(section) => {
            check_object(world, Kind::Section, &format!("memberships: [{nth}]: section"), section)?;
            task_places::place_in(world, project, section)
        }
    }
}

/// The fields a task will carry in these places.
fn carried_by(world: &World, places: &[Membership]) -> Vec<Carried> {
    places
        .iter()
        .flat_map(|place| world.fields_set_on(&place.project))
        .map(|field| Carried { field, enabled: true })
        .collect()
}

pub(super) fn check_parent(world: &World, parent: &str) -> Result<(), Failure> {
    check_object(world, Kind::Task, "parent", parent)?;
    if world.depth(parent) + 1 > MOST_LEVELS {
        return Err(Failure::bad(format!(
            "parent: Subtasks cannot be nested deeper than {MOST_LEVELS} levels"
        )));
    }
    Ok(())
}

fn tags(world: &World, call: &Call) -> Result<Vec<Gid>, Failure> {
    let tags = call.words("tags")?.unwrap_or_default();
    for (nth, tag) in tags.iter().enumerate() {
        check_object(world, Kind::Tag, &format!("tags: [{nth}]"), tag)?;
    }
    Ok(tags)
}

pub(crate) fn follow(task: &mut Task, user: &str) {
    if !task.followers.iter().any(|known| known == user) {
        task.followers.push(user.to_owned());
    }
}

/// Changes a task; answers once everything is stored.
pub(super) fn update(world: &mut World, call: &Call, gid: &str) -> Result<(), Failure> {
    for key in ["projects", "tags", "memberships", "followers", "parent", "workspace"] {
        if call.has(key) {
            return Err(Failure::bad(format!("{key}: Cannot write this property")));
        }
    }
    let old = world.tasks[gid].clone();
    let mut new = old.clone();
    set_plain(world, call, &mut new)?;
    let given = call.data.get("custom_fields").filter(|value| !value.is_null());
    let carried = world.carried_fields(gid);
    let changes = given.map(|given| field_values::check(world, &call.actor, &carried, given)).transpose()?;
    if let Some(assignee) = &new.assignee {
        let assignee = assignee.clone();
        follow(&mut new, &assignee);
    }
    world.tasks.insert(gid.to_owned(), new.clone());
    task_history::record(world, &call.actor, gid, (&old, &new));
    field_values::apply(world, &call.actor, gid, changes.unwrap_or_default());
    Ok(())
}

/// Applies the plain properties of the body to a copy.
fn set_plain(world: &World, call: &Call, task: &mut Task) -> Result<(), Failure> {
    if let Some(word) = call.text("resource_subtype")? {
        task.subtype = Subtype::from_word(&word)
            .ok_or_else(|| Failure::bad(format!("resource_subtype: Not a task subtype: {word}")))?;
    }
    for key in call.data.keys() {
        match key.as_str() {
            "name" => task.name = call.text(key)?.unwrap_or_default(),
            "notes" => set_notes(task, call.text(key)?.unwrap_or_default()),
            "html_notes" => {
                let html = call.text(key)?.unwrap_or_else(|| "<body></body>".to_owned());
                task.notes = crate::markup::plain(key, &html)?;
                task.html_notes = Some(html);
            }
            "assignee" => set_assignee(world, call, task)?,
            "liked" | "hearted" => {
                task.likes.retain(|user| *user != call.actor.user);
                if call.flag(key)? == Some(true) {
                    task.likes.push(call.actor.user.clone());
                }
            }
            "external" => task.external = external(call)?,
            "assignee_status" => {
                const STATUSES: &[&str] = &["today", "upcoming", "later", "new", "inbox"];
                task.assignee_status = Some(super::words::choice(call, key, STATUSES)?);
            }
            _ => {}
        }
    }
    set_custom_type(world, call, task)?;
    set_assignee_section(world, call, task)?;
    task_dates::apply(call, task)?;
    set_completion(world, call, task)
}

/// An app's own data: a gid of up to 1,024 characters and data of up to 32,768.
fn external(call: &Call) -> Result<Option<Value>, Failure> {
    let Some(given) = call.data.get("external").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    for (key, most) in [("gid", 1024), ("data", 32_768)] {
        if given.get(key).and_then(Value::as_str).is_some_and(|text| text.chars().count() > most) {
            return Err(Failure::bad(format!("external: {key}: Must not be longer than {most} characters")));
        }
    }
    Ok(Some(given.clone()))
}

/// A custom type and its step; a step that counts as complete completes the task.
fn set_custom_type(world: &World, call: &Call, task: &mut Task) -> Result<(), Failure> {
    let (kind, step) = (call.text("custom_type")?, call.text("custom_type_status_option")?);
    if (kind.is_some() || step.is_some()) && task.subtype != Subtype::Custom {
        return Err(Failure::bad("custom_type: Can only be set when resource_subtype is custom"));
    }
    if let Some(kind) = kind {
        check_object(world, Kind::CustomType, "custom_type", &kind)?;
        task.custom_type_status_option = world
            .entry(Kind::CustomType, &kind)
            .and_then(|entry| entry.gids("status_options").into_iter().next());
        task.custom_type = Some(kind);
    }
    if let Some(step) = step {
        let steps = task.custom_type.as_ref().and_then(|kind| world.entry(Kind::CustomType, kind));
        if !steps.is_some_and(|kind| kind.gids("status_options").contains(&step)) {
            return Err(Failure::bad(format!("custom_type_status_option: Not a recognized ID: {step}")));
        }
        let is_complete = world
            .entry(Kind::CustomTypeStatusOption, &step)
            .is_some_and(|step| step.text("completion_state") == Some("complete"));
        task.completed = is_complete.then(|| (world.now(), call.actor.user.clone()));
        task.custom_type_status_option = Some(step);
    }
    Ok(())
}

/// New plain notes; the same text again keeps its markup.
fn set_notes(task: &mut Task, notes: String) {
    if task.notes != notes {
        task.notes = notes;
        task.html_notes = None;
    }
}

fn set_assignee(world: &World, call: &Call, task: &mut Task) -> Result<(), Failure> {
    let assignee = match call.text("assignee")? {
        None => None,
        Some(given) => {
            let found = world.find_user(&given, &call.actor.user);
            Some(
                found
                    .ok_or_else(|| Failure::bad(format!("assignee: Not a user in Organization: {given}")))?,
            )
        }
    };
    if assignee == task.assignee {
        return Ok(());
    }
    task.assigned_by = assignee.is_some().then(|| call.actor.user.clone());
    task.assignee_section = assignee.as_ref().and_then(|user| world.inbox_section(user));
    task.assignee = assignee;
    Ok(())
}

/// A section of the assignee's own My Tasks list.
fn set_assignee_section(world: &World, call: &Call, task: &mut Task) -> Result<(), Failure> {
    let Some(section) = call.text("assignee_section")? else {
        return Ok(());
    };
    check_object(world, Kind::Section, "assignee_section", &section)?;
    let list = task.assignee.as_ref().and_then(|user| world.users.get(user)).map(|user| &user.task_list);
    if Some(&world.sections[&section].project) != list {
        return Err(Failure::bad("assignee_section: Not a section of the assignee's My Tasks"));
    }
    task.assignee_section = Some(section);
    Ok(())
}

/// `completed` and `approval_status` move together on approvals.
fn set_completion(world: &World, call: &Call, task: &mut Task) -> Result<(), Failure> {
    let mut completed = call.flag("completed")?;
    if task.subtype == Subtype::Approval {
        let old = task.approval_status.clone().unwrap_or_else(|| "pending".to_owned());
        let mut status = match completed {
            Some(true) => "approved".to_owned(),
            Some(false) => "pending".to_owned(),
            _ => old,
        };
        if call.text("approval_status")?.is_some() {
            const STATUSES: &[&str] = &["pending", "approved", "rejected", "changes_requested"];
            status = super::words::choice(call, "approval_status", STATUSES)?;
            completed = Some(status != "pending");
        }
        task.approval_status = Some(status);
    } else {
        if call.text("approval_status")?.is_some() {
            return Err(Failure::bad("approval_status: Only approval tasks have an approval status"));
        }
        task.approval_status = None;
    }
    match completed {
        Some(true) if task.completed.is_none() => {
            task.completed = Some((world.now(), call.actor.user.clone()))
        }
        Some(false) => task.completed = None,
        _ => {}
    }
    Ok(())
}

/// Gids of a body list that must be tasks.
pub(super) fn task_list(world: &World, call: &Call, key: &str) -> Result<Vec<Gid>, Failure> {
    let value = call.data.get(key).ok_or_else(|| Failure::missing(key))?;
    let gids = words_of(key, value)?;
    for (nth, gid) in gids.iter().enumerate() {
        check_long(&format!("{key}: [{nth}]"), gid)?;
        check_object(world, Kind::Task, &format!("{key}: [{nth}]"), gid)?;
    }
    Ok(gids)
}
