//! Duplicating a task: a job that copies what `include` names, and nothing else.
//!
//! Known limits: comments and other history are not copied (nor by Asana); field values come along with the projects.

use super::task_places::{Slot, put};
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::Node;
use crate::world::{Actor, Gid, Job, Kind, Task, World};

pub(super) const ROUTES: &[Route] = &[Route::post("/tasks/{task}/duplicate", duplicate)];

const PARTS: &[&str] = &[
    "assignee",
    "attachments",
    "dates",
    "dependencies",
    "followers",
    "notes",
    "parent",
    "projects",
    "subtasks",
    "tags",
];

fn duplicate(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let source = call.target(world, "task", Kind::Task)?;
    super::jobs::check_room(world, call)?;
    let parts = super::jobs::included(call, PARTS)?;
    let name = call.text("name")?.unwrap_or_else(|| world.tasks[&source].name.clone());
    let wants = |part: &str| parts.iter().any(|known| known == part);
    let parent = world.tasks[&source].parent.clone().filter(|_| wants("parent"));
    let copy = copied(world, &call.actor, &source, &wants, (name, parent));
    Ok(Job::start(world, call, "duplicate_task", (Kind::Task, &copy)))
}

/// A copy of the task, and of its subtasks when they are wanted.
pub(super) fn copied(
    world: &mut World,
    actor: &Actor,
    source: &str,
    wants: &dyn Fn(&str) -> bool,
    (name, parent): (String, Option<Gid>),
) -> Gid {
    let original = world.tasks[source].clone();
    let mut task = kept(&original, wants, world.blank_task());
    (task.name, task.parent, task.created_by) = (name, parent.clone(), Some(actor.user.clone()));
    let gid = world.issue(Kind::Task);
    world.tasks.insert(gid.clone(), task);
    if let Some(parent) = parent.and_then(|parent| world.tasks.get_mut(&parent)) {
        parent.subtasks.push(gid.clone());
    }
    let change = vec![("duplicated_from", Node::to(Kind::Task, Some(&source.to_owned())))];
    world.record(&gid, actor, "duplicated", format!("duplicated task from {}", original.name), change);
    if wants("projects") {
        for place in &original.memberships {
            put(world, actor, &gid, place, Slot::Bottom);
        }
        for (field, value) in world.values.get(source).cloned().unwrap_or_default() {
            world.set_value(&gid, &field, Some(value));
        }
    }
    if wants("dependencies") {
        link(world, &gid, &original);
    }
    if wants("attachments") {
        attach(world, source, &gid);
    }
    if wants("subtasks") {
        for subtask in world.alive(&original.subtasks) {
            let name = world.tasks[&subtask].name.clone();
            copied(world, actor, &subtask, wants, (name, Some(gid.clone())));
        }
    }
    gid
}

/// What a copy keeps of the original by itself.
fn kept(original: &Task, wants: &dyn Fn(&str) -> bool, blank: Task) -> Task {
    let mut task = Task { subtype: original.subtype, ..blank };
    if wants("notes") {
        task.notes.clone_from(&original.notes);
        task.html_notes.clone_from(&original.html_notes);
    }
    if wants("assignee") {
        task.assignee.clone_from(&original.assignee);
    }
    if wants("dates") {
        task.due_on.clone_from(&original.due_on);
        task.start_on.clone_from(&original.start_on);
        (task.due_at, task.start_at) = (original.due_at, original.start_at);
    }
    if wants("followers") {
        task.followers.clone_from(&original.followers);
    }
    if wants("tags") {
        task.tags.clone_from(&original.tags);
    }
    task
}

/// The copy waits for what the original waits for, and blocks what it blocks.
fn link(world: &mut World, copy: &str, original: &Task) {
    for blocker in &original.dependencies {
        if let Some(blocker) = world.tasks.get_mut(blocker) {
            blocker.dependents.push(copy.to_owned());
        }
    }
    for waiting in &original.dependents {
        if let Some(waiting) = world.tasks.get_mut(waiting) {
            waiting.dependencies.push(copy.to_owned());
        }
    }
    if let Some(task) = world.tasks.get_mut(copy) {
        task.dependencies.clone_from(&original.dependencies);
        task.dependents.clone_from(&original.dependents);
    }
}

fn attach(world: &mut World, source: &str, copy: &str) {
    let attached = world.attachments.values().filter(|attachment| attachment.parent == source);
    let copies: Vec<_> = attached.cloned().collect();
    for mut attachment in copies {
        copy.clone_into(&mut attachment.parent);
        let gid = world.issue(Kind::Attachment);
        world.attachments.insert(gid, attachment);
    }
}
