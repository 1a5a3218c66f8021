//! Teams: read one, list by workspace or user, create and rename.
//!
//! Known limit: membership changes (`addUser`, `removeUser`) and most access settings are not modelled.

use crate::call::{Answer, Call, Route, check_object, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/teams", list_missing),
    Route::post("/teams", create),
    Route::get("/teams/{team}", get),
    Route::put("/teams/{team}", update),
    Route::post("/organizations/{organization}/teams", create_in),
    Route::get("/organizations/{organization}/teams", list_in),
    Route::get("/workspaces/{workspace}/teams", list_of_workspace),
    Route::get("/users/{user}/teams", list_of_user),
];

pub(super) const SHAPE: Shape = Shape {
    name: "team",
    compact: &["resource_type", "name"],
    full: &["resource_type", "name", "organization", "permalink_url", "visibility"],
    written: &["resource_type", "name", "organization", "permalink_url", "visibility"],
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let team = world.teams.get(&at.gid)?;
    Some(match name {
        "name" => team.name.clone().into(),
        "description" => team.description.clone().into(),
        "html_description" => crate::markup::body(&team.description).into(),
        "organization" => Node::to(Kind::Workspace, Some(&world.home)),
        "permalink_url" => format!("https://app.asana.com/0/{}", at.gid).into(),
        "visibility" => "request_to_join".into(),
        _ => return None,
    })
}

fn list_missing(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call
        .query("workspace")
        .or_else(|| call.query("organization"))
        .ok_or_else(|| Failure::bad("You should specify one of workspace, organization"))?;
    check_object(world, Kind::Workspace, "workspace", workspace)?;
    Ok(Answer::list(Kind::Team, world.teams.keys().cloned()))
}

fn list_of_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    Ok(Answer::list(Kind::Team, world.teams.keys().cloned()))
}

fn list_in(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "organization", Kind::Workspace)?;
    Ok(Answer::list(Kind::Team, world.teams.keys().cloned()))
}

fn list_of_user(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let member = user(world, call, "user", call.param("user"))?;
    let organization =
        call.query("organization").ok_or_else(|| Failure::bad("You should specify one of organization"))?;
    check_object(world, Kind::Workspace, "organization", organization)?;
    let teams: Vec<Gid> = world
        .teams
        .iter()
        .filter(|(_, team)| team.members.contains(&member))
        .map(|(gid, _)| gid.clone())
        .collect();
    Ok(Answer::list(Kind::Team, teams))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "team", Kind::Team)?;
    Ok(Answer::got(Kind::Team, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let organization = call.required_gid("organization")?;
    check_object(world, Kind::Workspace, "organization", &organization)?;
    add(world, call)
}

fn create_in(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "organization", Kind::Workspace)?;
    add(world, call)
}

fn add(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let name = call.text("name")?.ok_or_else(|| Failure::missing("name"))?;
    let gid = world.add_team(&name, std::slice::from_ref(&call.actor.user));
    set_description(world, call, &gid)?;
    Ok(Answer::created(Kind::Team, &gid))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "team", Kind::Team)?;
    if let (Some(name), Some(team)) = (call.text("name")?, world.teams.get_mut(&gid)) {
        team.name = name;
    }
    set_description(world, call, &gid)?;
    Ok(Answer::written(Kind::Team, &gid))
}

fn set_description(world: &mut World, call: &Call, gid: &str) -> Result<(), Failure> {
    if let (Some(text), Some(team)) = (call.text("description")?, world.teams.get_mut(gid)) {
        team.description = text;
    }
    Ok(())
}
