//! Tags: create, read, change, delete, list by workspace or task.

use super::project_people::users;
use super::words::color;
use crate::call::{Answer, Call, Route, check_object};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, Tag, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/tags", list),
    Route::post("/tags", create),
    Route::get("/tags/{tag}", get),
    Route::put("/tags/{tag}", update),
    Route::delete("/tags/{tag}", delete),
    Route::get("/workspaces/{workspace}/tags", list_of_workspace),
    Route::post("/workspaces/{workspace}/tags", create_in),
    Route::get("/tasks/{task}/tags", list_of_task),
];

const FULL: &[&str] =
    &["resource_type", "created_at", "name", "color", "notes", "workspace", "followers", "permalink_url"];

pub(super) const SHAPE: Shape =
    Shape { name: "tag", compact: &["resource_type", "name"], full: FULL, written: FULL, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let tag = world.tags.get(&at.gid)?;
    Some(match name {
        "name" => tag.name.clone().into(),
        "color" => tag.color.clone().into(),
        "notes" => tag.notes.clone().into(),
        "created_at" => Node::at(Some(tag.created_at)),
        "workspace" => Node::to(Kind::Workspace, Some(&world.home)),
        "followers" => Node::all(Kind::User, &tag.followers),
        "permalink_url" => format!("https://app.asana.com/0/{0}/{0}", at.gid).into(),
        _ => return None,
    })
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace =
        call.query("workspace").ok_or_else(|| Failure::bad("Need to specify a workspace to paginate!"))?;
    check_object(world, Kind::Workspace, "workspace", workspace)?;
    Ok(Answer::list(Kind::Tag, world.tags.keys().cloned()))
}

fn list_of_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    Ok(Answer::list(Kind::Tag, world.tags.keys().cloned()))
}

fn list_of_task(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    let tags: Vec<Gid> = world.tasks[&task].tags.clone();
    Ok(Answer::list(Kind::Tag, tags))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "tag", Kind::Tag)?;
    Ok(Answer::got(Kind::Tag, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call.required_gid("workspace")?;
    check_object(world, Kind::Workspace, "workspace", &workspace)?;
    add(world, call)
}

fn create_in(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    add(world, call)
}

fn add(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let tag = Tag {
        name: call.text("name")?.unwrap_or_default(),
        color: color(call, false)?,
        notes: call.text("notes")?.unwrap_or_default(),
        followers: followers(world, call)?,
        created_at: world.now(),
    };
    let gid = world.issue(Kind::Tag);
    world.tags.insert(gid.clone(), tag);
    Ok(Answer::created(Kind::Tag, &gid))
}

/// Who makes a tag follows it, beside those named.
fn followers(world: &World, call: &Call) -> Result<Vec<Gid>, Failure> {
    let named = call.data.get("followers").filter(|value| !value.is_null());
    let mut found = named.map_or(Ok(Vec::new()), |value| users(world, call, "followers", value))?;
    if !found.contains(&call.actor.user) {
        found.insert(0, call.actor.user.clone());
    }
    Ok(found)
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "tag", Kind::Tag)?;
    let (name, notes, color) = (call.text("name")?, call.text("notes")?, color(call, false)?);
    if let Some(tag) = world.tags.get_mut(&gid) {
        tag.name = name.unwrap_or_else(|| tag.name.clone());
        tag.notes = notes.unwrap_or_else(|| tag.notes.clone());
        if call.has("color") {
            tag.color = color;
        }
    }
    Ok(Answer::written(Kind::Tag, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "tag", Kind::Tag)?;
    world.tags.remove(&gid);
    for task in world.tasks.values_mut() {
        task.tags.retain(|tag| *tag != gid);
    }
    Ok(Answer::empty())
}
