//! Task templates of projects: read, delete, and made into tasks by a job. Making one has no call.

use super::entries;
use super::task_places::{Slot, default_place, put};
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Gid, Job, Kind, World};
use serde_json::json;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/task_templates", list),
    Route::get("/task_templates/{task_template}", get),
    Route::delete("/task_templates/{task_template}", delete),
    Route::post("/task_templates/{task_template}/instantiateTask", instantiate),
];

const FULL: &[&str] = &["resource_type", "name", "project", "template", "created_by", "created_at"];

pub(super) const SHAPE: Shape = Shape {
    name: "task_template",
    compact: &["resource_type", "name"],
    full: FULL,
    written: FULL,
    field: entries::field,
};

const KIND: Kind = Kind::TaskTemplate;

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = entries::asked(world, call, "project", Kind::Project)?;
    Ok(Answer::list(KIND, world.entries_where(KIND, |entry| entry.gid("project") == Some(&project))))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "task_template", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "task_template", KIND)?;
    super::require_paid(world, "Task templates are only available to premium users.")?;
    entries::delete(world, call, "task_template", KIND)
}

fn instantiate(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (_, template) = entries::target(world, call, "task_template", KIND)?;
    let project = template.gid("project").cloned().unwrap_or_default();
    let place = default_place(world, &project)?;
    super::jobs::check_room(world, call)?;
    let mut task = world.blank_task();
    task.name = match call.text("name")? {
        Some(name) => name,
        None => template.text("name").unwrap_or_default().to_owned(),
    };
    if let Some(Node::Plain(parts)) = template.fields.get("template") {
        parts["description"].as_str().unwrap_or_default().clone_into(&mut task.notes);
    }
    task.created_by = Some(call.actor.user.clone());
    task.followers = vec![call.actor.user.clone()];
    let gid = world.issue(Kind::Task);
    world.tasks.insert(gid.clone(), task);
    put(world, &call.actor, &gid, &place, Slot::Top);
    Ok(Job::start(world, call, "instantiate_task", (Kind::Task, &gid)))
}

impl World {
    /// Adds a pattern for tasks to a project; answers its gid.
    pub fn add_task_template(&mut self, project: &str, name: &str, description: &str) -> Gid {
        let mut entry = self.new_entry(&self.bot.clone());
        entry.set("name", name.to_owned());
        entry.set("project", Node::to(Kind::Project, Some(&project.to_owned())));
        entry.set(
            "template",
            json!({
                "name": name,
                "task_resource_subtype": "default_task",
                "description": description,
                "html_description": crate::markup::body(description),
                "memberships": [],
                "relative_start_on": null,
                "relative_due_on": null,
                "due_time": null,
                "dependencies": [],
                "dependents": [],
                "followers": [],
                "attachments": [],
                "subtasks": [],
                "custom_fields": [],
            }),
        );
        self.add_entry(KIND, entry)
    }
}
