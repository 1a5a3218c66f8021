//! Where a task stands: projects, sections, their order, and its parent.
//!
//! Defaults differ by call, as in Asana: `sections/addTask` puts on top, `addProject` with a section at the bottom.

use super::task_write::check_parent;
use crate::call::{Answer, Call, Route, check_object};
use crate::error::Failure;
use crate::node::Node;
use crate::world::{Actor, Gid, Kind, Membership, World};
use serde_json::Value;

pub(super) const ROUTES: &[Route] = &[
    Route::post("/tasks/{task}/addProject", add_project),
    Route::post("/tasks/{task}/removeProject", remove_project),
    Route::post("/sections/{section}/addTask", add_task),
    Route::post("/tasks/{task}/setParent", set_parent),
];

/// Projects a task may be in.
pub(super) const MOST_PROJECTS: usize = 20;

/// Where in a list something goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    Top,
    Bottom,
    Before(Gid),
    After(Gid),
}

impl Slot {
    /// Reads `insert_before` and `insert_after`: `after: null` is the start, `before: null` the end.
    fn of(call: &Call) -> Result<Option<Self>, Failure> {
        let anchor = |key: &str| -> Result<Option<Option<String>>, Failure> {
            match call.data.get(key) {
                None => Ok(None),
                Some(Value::Null) => Ok(Some(None)),
                Some(_) => Ok(Some(call.text(key)?)),
            }
        };
        Ok(match (anchor("insert_before")?, anchor("insert_after")?) {
            (Some(_), Some(_)) => {
                return Err(Failure::bad("You may only provide one of insert_before or insert_after!"));
            }
            (Some(Some(gid)), None) => Some(Self::Before(gid)),
            (Some(None), None) => Some(Self::Bottom),
            (None, Some(Some(gid))) => Some(Self::After(gid)),
            (None, Some(None)) => Some(Self::Top),
            (None, None) => None,
        })
    }

    fn anchor(&self) -> Option<&Gid> {
        match self {
            Self::Before(gid) | Self::After(gid) => Some(gid),
            Self::Top | Self::Bottom => None,
        }
    }

    fn index(&self, order: &[Gid]) -> usize {
        let find = |gid: &Gid| order.iter().position(|known| known == gid);
        match self {
            Self::Top => 0,
            Self::Bottom => order.len(),
            Self::Before(gid) => find(gid).unwrap_or(order.len()),
            Self::After(gid) => find(gid).map_or(order.len(), |at| at + 1),
        }
    }
}

pub(super) fn too_many_projects() -> String {
    format!("projects: A task may be in at most {MOST_PROJECTS} projects")
}

/// The first section of a project, where new tasks go.
pub(super) fn default_place(world: &World, project: &str) -> Result<Membership, Failure> {
    let section = world.sections_of(project).into_iter().next();
    Ok(Membership {
        project: project.to_owned(),
        section: section.ok_or_else(|| Failure::unknown("project", project))?,
    })
}

/// A section of the project, checked.
pub(super) fn place_in(world: &World, project: &str, section: &str) -> Result<Membership, Failure> {
    if world.sections.get(section).is_some_and(|found| found.project == project) {
        Ok(Membership { project: project.to_owned(), section: section.to_owned() })
    } else {
        Err(Failure::bad(format!("section: Section {section} is not in project {project}")))
    }
}

/// Puts a task into a section, out of the project's others, and records what that was.
pub(super) fn put(world: &mut World, actor: &Actor, task: &str, place: &Membership, slot: Slot) {
    let Some(state) = world.tasks.get_mut(task) else {
        return;
    };
    let old = state.memberships.iter().position(|known| known.project == place.project);
    let old = match old {
        Some(at) => Some(std::mem::replace(&mut state.memberships[at], place.clone()).section),
        None => {
            state.memberships.push(place.clone());
            None
        }
    };
    if let Some(section) = old.as_ref().and_then(|old| world.sections.get_mut(old)) {
        section.tasks.retain(|known| known != task);
    }
    if let Some(section) = world.sections.get_mut(&place.section) {
        let at = slot.index(&section.tasks);
        section.tasks.insert(at, task.to_owned());
    }
    world.number_tasks(&place.project);
    record_place(world, actor, task, (old, place));
}

/// The story of a task that came to a place from another section, or from outside.
pub(crate) fn record_place(
    world: &mut World,
    actor: &Actor,
    task: &str,
    (old, place): (Option<Gid>, &Membership),
) {
    let name = |world: &World, section: &str| world.sections.get(section).map(|found| found.name.clone());
    match old {
        None => {
            let project = world.projects.get(&place.project).map(|project| project.name.clone());
            let text = format!("added to {}", project.unwrap_or_default());
            let change = vec![("project", Node::to(Kind::Project, Some(&place.project)))];
            world.record(task, actor, "added_to_project", text, change);
        }
        Some(old) if old != place.section => {
            let from = name(world, &old).unwrap_or_default();
            let to = name(world, &place.section).unwrap_or_default();
            let change = vec![
                ("old_section", Node::to(Kind::Section, Some(&old))),
                ("new_section", Node::to(Kind::Section, Some(&place.section))),
            ];
            let text = format!("moved this task from \"{from}\" to \"{to}\"");
            world.record(task, actor, "section_changed", text, change);
        }
        Some(_) => {}
    }
}

fn add_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    let project = call.required_gid("project")?;
    check_object(world, Kind::Project, "project", &project)?;
    if world.workspace_of(&task) != world.workspace_of(&project) {
        return Err(Failure::bad("project: Task and project are not in the same workspace"));
    }
    let slot = Slot::of(call)?;
    let current = world.tasks[&task].memberships.iter().find(|place| place.project == project).cloned();
    let place = match (call.text("section")?, &slot) {
        (Some(section), _) => {
            check_object(world, Kind::Section, "section", &section)?;
            place_in(world, &project, &section)?
        }
        (None, Some(slot)) => place_beside(world, &project, slot)?,
        // Documented: to the end of the project.
        (None, None) => place_beside(world, &project, &Slot::Bottom)?,
    };
    check_anchor(world, slot.as_ref(), &place.section)?;
    if slot.as_ref().and_then(Slot::anchor) == Some(&task) {
        return Ok(Answer::empty());
    }
    if current.is_none() && world.tasks[&task].memberships.len() >= MOST_PROJECTS {
        return Err(Failure::bad(too_many_projects()));
    }
    put(world, &call.actor, &task, &place, slot.unwrap_or(Slot::Bottom));
    Ok(Answer::empty())
}

/// The section an anchor stands in; the ends of the project when the anchor is null.
fn place_beside(world: &World, project: &str, slot: &Slot) -> Result<Membership, Failure> {
    let Some(anchor) = slot.anchor() else {
        let sections = world.sections_of(project);
        let end = if *slot == Slot::Top { sections.first() } else { sections.last() };
        return place_in(world, project, end.map_or("", String::as_str));
    };
    check_object(world, Kind::Task, "insert", anchor)?;
    let places = &world.tasks[anchor].memberships;
    let place = places.iter().find(|place| place.project == project);
    place.cloned().ok_or_else(|| Failure::bad(format!("Task {anchor} is not in project {project}")))
}

fn check_anchor(world: &World, slot: Option<&Slot>, section: &str) -> Result<(), Failure> {
    let Some(anchor) = slot.and_then(Slot::anchor) else {
        return Ok(());
    };
    check_object(world, Kind::Task, "insert", anchor)?;
    if world.sections[section].tasks.contains(anchor) {
        Ok(())
    } else {
        Err(Failure::bad(format!("Task {anchor} is not in section {section}")))
    }
}

fn remove_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    let project = call.required_gid("project")?;
    check_object(world, Kind::Project, "project", &project)?;
    let places = &world.tasks[&task].memberships;
    let Some(place) = places.iter().find(|place| place.project == project).cloned() else {
        return Ok(Answer::empty());
    };
    if let Some(section) = world.sections.get_mut(&place.section) {
        section.tasks.retain(|known| *known != task);
    }
    if let Some(state) = world.tasks.get_mut(&task) {
        state.memberships.retain(|known| known.project != project);
    }
    let name = world.projects[&project].name.clone();
    let change = vec![("project", Node::to(Kind::Project, Some(&project)))];
    world.record(&task, &call.actor, "removed_from_project", format!("removed from {name}"), change);
    Ok(Answer::empty())
}

fn add_task(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let section = call.target(world, "section", Kind::Section)?;
    let task = call.required_gid("task")?;
    check_object(world, Kind::Task, "task", &task)?;
    let slot = Slot::of(call)?;
    check_anchor(world, slot.as_ref(), &section)?;
    let project = world.sections[&section].project.clone();
    if world.user_task_lists.contains_key(&project) {
        return Err(Failure::bad("section: Tasks are put into sections of My Tasks by assignee_section"));
    }
    let places = &world.tasks[&task].memberships;
    if places.len() >= MOST_PROJECTS && places.iter().all(|place| place.project != project) {
        return Err(Failure::bad(too_many_projects()));
    }
    let place = Membership { project, section };
    put(world, &call.actor, &task, &place, slot.unwrap_or(Slot::Top));
    Ok(Answer::empty())
}

fn set_parent(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    if !call.has("parent") {
        return Err(Failure::missing("parent"));
    }
    let parent = call.text("parent")?;
    let slot = Slot::of(call)?.unwrap_or(Slot::Bottom);
    if let Some(parent) = &parent {
        check_parent(world, parent)?;
        check_not_below(world, &task, parent)?;
        let siblings = &world.tasks[parent].subtasks;
        if let Some(anchor) = slot.anchor()
            && !siblings.contains(anchor)
        {
            return Err(Failure::bad(format!("Task {anchor} is not a subtask of {parent}")));
        }
    }
    let old = world.tasks.get_mut(&task).and_then(|state| {
        let old = state.parent.take();
        state.parent.clone_from(&parent);
        old
    });
    if let Some(old) = old.as_ref().and_then(|old| world.tasks.get_mut(old)) {
        old.subtasks.retain(|known| *known != task);
    }
    if let Some(parent) = parent.as_ref().and_then(|parent| world.tasks.get_mut(parent)) {
        let at = slot.index(&parent.subtasks);
        parent.subtasks.insert(at, task.clone());
    }
    if old != parent {
        record_parent(world, &call.actor, &task, (old.as_ref(), parent.as_ref()));
    }
    Ok(Answer::written(Kind::Task, &task))
}

/// A subtask is told of the tasks it leaves and joins. The names are guesses: the subtypes are known, where they stand is not.
fn record_parent(world: &mut World, actor: &Actor, task: &str, (old, new): (Option<&Gid>, Option<&Gid>)) {
    for (parent, subtype, words) in
        [(old, "removed_from_task", "removed from"), (new, "added_to_task", "added to")]
    {
        if let Some(parent) = parent {
            let name = world.name_of(parent).unwrap_or_default();
            let text = format!("{words} {name}");
            world.record(task, actor, subtype, text, vec![("task", Node::to(Kind::Task, Some(parent)))]);
        }
    }
}

/// A task cannot become its own ancestor.
fn check_not_below(world: &World, task: &str, parent: &str) -> Result<(), Failure> {
    let mut at = Some(parent.to_owned());
    while let Some(gid) = at {
        if gid == task {
            return Err(Failure::bad("parent: A task cannot be a subtask of itself or of its own subtasks"));
        }
        at = world.tasks.get(&gid).and_then(|found| found.parent.clone());
    }
    Ok(())
}
