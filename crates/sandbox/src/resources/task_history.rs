//! What a change of a task leaves behind: one story per property that really changed, and stories on waiting tasks.

use super::task_write::follow;
use crate::node::Node;
use crate::world::{Actor, Gid, Kind, Subtype, Task, World};
use serde_json::json;

/// One story per property that really changed.
pub(crate) fn record(world: &mut World, actor: &Actor, gid: &str, (old, new): (&Task, &Task)) {
    if old.name != new.name {
        let change = vec![("old_name", old.name.clone().into()), ("new_name", new.name.clone().into())];
        world.record(gid, actor, "name_changed", format!("changed the name to \"{}\"", new.name), change);
    }
    if old.notes != new.notes || old.html_notes != new.html_notes {
        world.record(gid, actor, "notes_changed", "changed the description".to_owned(), Vec::new());
    }
    if old.subtype != new.subtype {
        let change = vec![
            ("old_resource_subtype", old.subtype.word().into()),
            ("new_resource_subtype", new.subtype.word().into()),
        ];
        let text = format!("changed the task to {}", new.subtype.word());
        world.record(gid, actor, "resource_subtype_changed", text, change);
    }
    record_dates(world, actor, gid, (old, new));
    record_assignee(world, actor, gid, (old, new));
    if new.likes.len() > old.likes.len() {
        world.record(gid, actor, "liked", "liked this task".to_owned(), Vec::new());
    }
    if old.html_notes != new.html_notes {
        record_mentions(world, actor, gid, new.html_notes.as_deref());
    }
    record_completion(world, actor, gid, (old, new));
}

fn record_dates(world: &mut World, actor: &Actor, gid: &str, (old, new): (&Task, &Task)) {
    let dates = |task: &Task| {
        json!({
            "start_on": task.start_on,
            "due_at": task.due_at.map(crate::clock::stamp),
            "due_on": task.due_on,
        })
    };
    let change = || vec![("old_dates", dates(old).into()), ("new_dates", dates(new).into())];
    let words = |day: &Option<String>, what: &str| match day {
        Some(day) => format!("changed the {what} date to {day}"),
        None => format!("removed the {what} date"),
    };
    if (&old.due_on, old.due_at) != (&new.due_on, new.due_at) {
        world.record(gid, actor, "due_date_changed", words(&new.due_on, "due"), change());
        for dependent in world.alive(&new.dependents) {
            let mut change = change();
            change.push(("dependency", Node::to(Kind::Task, Some(&gid.to_owned()))));
            let text = "changed the due date of a task this one is waiting on".to_owned();
            world.record(&dependent, actor, "dependency_due_date_changed", text, change);
        }
    }
    if (&old.start_on, old.start_at) != (&new.start_on, new.start_at) {
        world.record(gid, actor, "start_date_changed", words(&new.start_on, "start"), change());
    }
}

fn record_assignee(world: &mut World, actor: &Actor, gid: &str, (old, new): (&Task, &Task)) {
    match (&old.assignee, &new.assignee) {
        (old, new) if old == new => {}
        (_, Some(assignee)) => record_assigned(world, actor, gid, assignee),
        (old, None) => {
            let change = vec![("assignee", Node::to(Kind::User, old.as_ref()))];
            world.record(gid, actor, "unassigned", "removed the assignee".to_owned(), change);
        }
    }
}

pub(super) fn record_assigned(world: &mut World, actor: &Actor, gid: &str, assignee: &Gid) {
    let name = world.users.get(assignee).map(|user| user.name.clone()).unwrap_or_default();
    let change = vec![("assignee", Node::to(Kind::User, Some(assignee)))];
    world.record(gid, actor, "assigned", format!("assigned to {name}"), change);
    if let Some(task) = world.tasks.get_mut(gid) {
        follow(task, assignee);
    }
}

/// Tasks that a text names in a link are told of it.
pub(super) fn record_mentions(world: &mut World, actor: &Actor, gid: &str, html: Option<&str>) {
    let named = html.map(crate::markup::mentions).unwrap_or_default();
    for task in
        named.into_iter().filter(|named| named != gid && world.exists(Kind::Task, named)).collect::<Vec<_>>()
    {
        let name = world.name_of(gid).unwrap_or_default().to_owned();
        let change = vec![("task", Node::to(Kind::Task, Some(&gid.to_owned())))];
        world.record(
            &task,
            actor,
            "mentioned",
            format!("mentioned this task in another task: {name}"),
            change,
        );
    }
}

fn record_completion(world: &mut World, actor: &Actor, gid: &str, (old, new): (&Task, &Task)) {
    if new.subtype == Subtype::Approval
        && old.subtype == new.subtype
        && old.approval_status != new.approval_status
    {
        let change = vec![
            ("old_approval_status", old.approval_status.clone().into()),
            ("new_approval_status", new.approval_status.clone().into()),
        ];
        let text = format!("changed the approval to {}", new.approval_status.clone().unwrap_or_default());
        world.record(gid, actor, "approval_status_changed", text, change);
    }
    match (old.completed.is_some(), new.completed.is_some()) {
        (false, true) => {
            world.record(gid, actor, "marked_complete", "marked this task complete".to_owned(), Vec::new());
            record_unblocked(world, actor, gid);
        }
        (true, false) => {
            world.record(
                gid,
                actor,
                "marked_incomplete",
                "marked this task incomplete".to_owned(),
                Vec::new(),
            );
        }
        _ => {}
    }
}

/// Tasks that wait for a completed one get a story of their own.
fn record_unblocked(world: &mut World, actor: &Actor, gid: &str) {
    for dependent in world.alive(&world.tasks[gid].dependents.clone()) {
        let change = vec![("dependency", Node::to(Kind::Task, Some(&gid.to_owned())))];
        let text = "completed a task this one was waiting on".to_owned();
        world.record(&dependent, actor, "dependency_marked_complete", text, change);
    }
}
