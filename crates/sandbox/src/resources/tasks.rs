//! Tasks: how they look, and reading, creating, changing and deleting one.
//!
//! The rules of a write are in `task_write.rs`, places in `task_places.rs`, lists in `task_lists.rs`.

use super::task_write;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape, View};
use crate::world::{Gid, Kind, Membership, Plan, Subtype, Task, World};
use serde_json::{Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::post("/tasks", create),
    Route::get("/tasks/{task}", get),
    Route::put("/tasks/{task}", update),
    Route::delete("/tasks/{task}", delete),
    Route::post("/tasks/{task}/subtasks", create_subtask),
];

/// `actual_time_minutes` is 0 in the answer to writes and null in reads, as recorded.
const WRITTEN: &[&str] = &[
    "resource_type",
    "created_at",
    "modified_at",
    "name",
    "notes",
    "actual_time_minutes",
    "assignee",
    "assignee_status",
    "assignee_section",
    "completed",
    "completed_at",
    "due_on",
    "due_at",
    "start_on",
    "start_at",
    "resource_subtype",
    "approval_status",
    "num_hearts",
    "num_likes",
    "workspace",
    "parent",
    "hearted",
    "liked",
    "tags",
    "hearts",
    "likes",
    "permalink_url",
    "projects",
    "followers",
    "memberships",
    "custom_fields",
    "custom_type",
    "custom_type_status_option",
    "external",
];

const FULL: &[&str] = &[
    "actual_time_minutes",
    "approval_status",
    "assignee",
    "assignee_section",
    "assignee_status",
    "completed",
    "completed_at",
    "created_at",
    "custom_fields",
    "due_at",
    "due_on",
    "followers",
    "hearted",
    "hearts",
    "liked",
    "likes",
    "memberships",
    "modified_at",
    "name",
    "notes",
    "num_hearts",
    "num_likes",
    "parent",
    "permalink_url",
    "projects",
    "resource_type",
    "start_at",
    "start_on",
    "tags",
    "resource_subtype",
    "workspace",
    "custom_type",
    "custom_type_status_option",
    "external",
];

pub(super) const SHAPE: Shape = Shape {
    name: "task",
    compact: &["name", "resource_type", "resource_subtype"],
    full: FULL,
    written: WRITTEN,
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let task = world.task(&at.gid)?;
    Some(match name {
        // Recorded: on the free plan the record has no such key, unless it is asked for.
        "custom_fields" if reader.view.is_some() && world.plan == Plan::Free => return None,
        "actual_time_minutes" if reader.view == Some(View::Written) => {
            task.actual_time_minutes.unwrap_or(0).into()
        }
        "custom_fields" => super::projects::custom_fields(world, &at.gid),
        "assignee_section" if task.assignee.as_deref() == Some(reader.user) => {
            Node::to(Kind::Section, task.assignee_section.as_ref())
        }
        "assignee_section" => return None,
        "hearted" | "liked" => task.likes.iter().any(|user| user == reader.user).into(),
        "hearts" | "likes" => likes(&task.likes),
        "num_hearts" | "num_likes" => task.likes.len().into(),
        "memberships" => memberships(task),
        "projects" => Node::List(
            task.memberships
                .iter()
                .map(|place| Node::Resource(Ref::new(Kind::Project, &place.project)))
                .collect(),
        ),
        // Within a task a step is shown by its name alone, within its type in full.
        "custom_type_status_option" if reader.view.is_some() && task.subtype == Subtype::Custom => {
            let step = task.custom_type_status_option.as_ref();
            let entry = step.and_then(|step| Some((step, world.entry(Kind::CustomTypeStatusOption, step)?)));
            entry.map_or(Value::Null, |(gid, entry)| {
                json!({ "gid": gid, "resource_type": "custom_type_status_option", "name": entry.text("name") })
            })
            .into()
        }
        "num_subtasks" => world.alive(&task.subtasks).len().into(),
        "dependencies" => Node::Bare(world.alive(&task.dependencies)),
        "dependents" => Node::Bare(world.alive(&task.dependents)),
        "permalink_url" => permalink(world, &at.gid, task).into(),
        "workspace" => Node::to(Kind::Workspace, Some(world.workspace_of(&at.gid))),
        _ => return people(task, name).or_else(|| plain(task, name)),
    })
}

fn people(task: &Task, name: &str) -> Option<Node> {
    Some(match name {
        "assignee" => Node::to(Kind::User, task.assignee.as_ref()),
        "assigned_by" => Node::to(Kind::User, task.assigned_by.as_ref()),
        "created_by" => Node::to(Kind::User, task.created_by.as_ref()),
        "completed_by" => Node::to(Kind::User, task.completed.as_ref().map(|(_, by)| by)),
        "followers" => Node::all(Kind::User, &task.followers),
        "parent" => Node::to(Kind::Task, task.parent.as_ref()),
        // Recorded: tasks of other kinds have no such keys.
        "custom_type" | "custom_type_status_option" if task.subtype != Subtype::Custom => return None,
        "custom_type" => Node::to(Kind::CustomType, task.custom_type.as_ref()),
        "custom_type_status_option" => {
            Node::to(Kind::CustomTypeStatusOption, task.custom_type_status_option.as_ref())
        }
        "tags" => Node::all(Kind::Tag, &task.tags),
        _ => return None,
    })
}

fn plain(task: &Task, name: &str) -> Option<Node> {
    Some(match name {
        "name" => task.name.clone().into(),
        "notes" => task.notes.clone().into(),
        "html_notes" => match &task.html_notes {
            Some(html) => html.clone().into(),
            None => crate::markup::body(&task.notes).into(),
        },
        "resource_subtype" => task.subtype.word().into(),
        "approval_status" => task.approval_status.clone()?.into(),
        "assignee_status" => task.assignee_status.clone().unwrap_or_else(|| "upcoming".to_owned()).into(),
        "completed" => task.completed.is_some().into(),
        "completed_at" => Node::at(task.completed.as_ref().map(|(at, _)| *at)),
        "due_on" => task.due_on.clone().into(),
        "due_at" => Node::at(task.due_at),
        "start_on" => task.start_on.clone().into(),
        "start_at" => Node::at(task.start_at),
        "created_at" => Node::at(Some(task.created_at)),
        "modified_at" => Node::at(Some(task.modified_at)),
        "actual_time_minutes" => task.actual_time_minutes.map_or(Value::Null, Value::from).into(),
        "is_rendered_as_separator" => (task.subtype == Subtype::Default && task.name.ends_with(':')).into(),
        "external" => task.external.clone()?.into(),
        _ => return None,
    })
}

fn memberships(task: &Task) -> Node {
    let places = task.memberships.iter();
    Node::List(
        places
            .map(|Membership { project, section }| {
                Node::Shell(vec![
                    ("project".into(), Node::to(Kind::Project, Some(project))),
                    ("section".into(), Node::to(Kind::Section, Some(section))),
                ])
            })
            .collect(),
    )
}

/// Likes as Asana shows them: each with its user.
pub(super) fn likes(users: &[Gid]) -> Node {
    Node::List(
        users
            .iter()
            .map(|user| {
                Node::Shell(vec![
                    ("gid".into(), json!(user).into()),
                    ("user".into(), Node::to(Kind::User, Some(user))),
                ])
            })
            .collect(),
    )
}

fn permalink(world: &World, gid: &str, task: &Task) -> String {
    let home = world.workspace_of(gid);
    match task.memberships.first() {
        Some(place) => format!("https://app.asana.com/1/{home}/project/{}/task/{gid}", place.project),
        None => format!("https://app.asana.com/1/{home}/task/{gid}"),
    }
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "task", Kind::Task)?;
    Ok(Answer::got(Kind::Task, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = task_write::create(world, call, call.text("parent")?)?;
    Ok(Answer::created(Kind::Task, &gid))
}

fn create_subtask(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = call.target(world, "task", Kind::Task)?;
    let gid = task_write::create(world, call, Some(parent))?;
    Ok(Answer::created(Kind::Task, &gid))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "task", Kind::Task)?;
    task_write::update(world, call, &gid)?;
    Ok(Answer::written(Kind::Task, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "task", Kind::Task)?;
    trash(world, &gid);
    Ok(Answer::empty())
}

/// Puts a task and its subtasks into the trash: gone for every call and out of every order.
fn trash(world: &mut World, gid: &str) {
    world.touch(gid);
    let Some(task) = world.tasks.get_mut(gid) else {
        return;
    };
    task.trashed = true;
    let subtasks = task.subtasks.clone();
    for place in task.memberships.clone() {
        if let Some(section) = world.sections.get_mut(&place.section) {
            section.tasks.retain(|known| known != gid);
        }
    }
    for subtask in subtasks {
        trash(world, &subtask);
    }
}
