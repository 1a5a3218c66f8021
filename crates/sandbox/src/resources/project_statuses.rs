//! Project statuses: the older view of a project's status updates, with colours for states.

use super::{entries, status_updates, stories};
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, StatusUpdate, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/project_statuses/{project_status}", get),
    Route::delete("/project_statuses/{project_status}", delete),
    Route::get("/projects/{project}/project_statuses", list),
    Route::post("/projects/{project}/project_statuses", create),
];

/// `html_text` must be asked for by name.
const FULL: &[&str] =
    &["resource_type", "title", "text", "color", "author", "created_at", "created_by", "modified_at"];

pub(super) const SHAPE: Shape =
    Shape { name: "project_status", compact: &["resource_type", "title"], full: FULL, written: FULL, field };

/// Colours and the states they stand for.
const COLORS: &[(&str, &str)] = &[
    ("green", "on_track"),
    ("yellow", "at_risk"),
    ("red", "off_track"),
    ("blue", "on_hold"),
    ("complete", "complete"),
];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    if name == "color" {
        let state = &reader.world.status_updates.get(&at.gid)?.status_type;
        // A dropped project has no colour of its own.
        return Some(
            COLORS.iter().find(|(_, known)| known == state).map_or("red", |(color, _)| *color).into(),
        );
    }
    (status_updates::SHAPE.field)(reader, &Ref::new(Kind::StatusUpdate, &at.gid), name)
}

/// The newest one of a project, as a property of it.
pub(super) fn current(world: &World, project: &str) -> Node {
    Node::to(Kind::ProjectStatus, world.current_status_update(project).as_ref())
}

fn target(world: &World, call: &Call) -> Result<Gid, Failure> {
    let gid = call.target(world, "project_status", Kind::StatusUpdate)?;
    match world.kind_of(&world.status_updates[&gid].parent) {
        Some(Kind::Project) => Ok(gid),
        _ => Err(Failure::unknown("project_status", &gid)),
    }
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    Ok(Answer::got(Kind::ProjectStatus, &target(world, call)?))
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = call.target(world, "project", Kind::Project)?;
    Ok(Answer::list(Kind::ProjectStatus, world.status_updates_of(&project)))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = call.target(world, "project", Kind::Project)?;
    Ok(Answer::created(Kind::ProjectStatus, &set(world, call, &parent)?))
}

/// Makes the status a body describes the newest of a project; answers its gid.
pub(super) fn set(world: &mut World, call: &Call, parent: &str) -> Result<Gid, Failure> {
    let known: Vec<&str> = COLORS.iter().map(|(color, _)| *color).collect();
    entries::required_text(call, "color")?;
    let color = super::words::choice(call, "color", &known)?;
    let (text, html_text) = stories::written_text(call)?.ok_or_else(|| Failure::missing("text"))?;
    let status_type =
        COLORS.iter().find(|(known, _)| *known == color).map_or("on_track", |(_, state)| *state);
    let update = StatusUpdate {
        parent: parent.to_owned(),
        title: call.text("title")?.unwrap_or_default(),
        text,
        html_text,
        status_type: status_type.to_owned(),
        created_by: call.actor.user.clone(),
        created_at: world.now(),
    };
    Ok(world.add_status_update(update))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    world.remove_status_update(&gid);
    Ok(Answer::empty())
}
