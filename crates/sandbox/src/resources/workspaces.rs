//! Workspaces: list, read, rename.

use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Kind, World};
use serde_json::json;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/workspaces", list),
    Route::get("/workspaces/{workspace}", get),
    Route::put("/workspaces/{workspace}", update),
];

pub(super) const SHAPE: Shape = Shape {
    name: "workspace",
    compact: &["resource_type", "name"],
    full: &["resource_type", "name", "is_organization", "email_domains"],
    written: &["resource_type", "name", "is_organization", "email_domains"],
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let workspace = reader.world.workspaces.get(&at.gid)?;
    match name {
        "name" => Some(workspace.name.clone().into()),
        "is_organization" => Some(workspace.is_organization.into()),
        "email_domains" => Some(json!(workspace.email_domains).into()),
        _ => None,
    }
}

fn list(world: &mut World, _call: &Call) -> Result<Answer, Failure> {
    Ok(Answer::list(Kind::Workspace, world.workspaces.keys().cloned()))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "workspace", Kind::Workspace)?;
    Ok(Answer::got(Kind::Workspace, &gid))
}

/// Only the name can be changed.
fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "workspace", Kind::Workspace)?;
    if let (Some(name), Some(workspace)) = (call.text("name")?, world.workspaces.get_mut(&gid)) {
        workspace.name = name;
    }
    Ok(Answer::written(Kind::Workspace, &gid))
}
