//! Users: `me`, by gid or e-mail, and lists by workspace and team.
//!
//! Known limit: users' own custom fields and favorites are not modelled; photos are always null.

use crate::call::{Answer, Call, Route, check_object, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/users", list),
    Route::get("/users/{user}", get),
    Route::get("/workspaces/{workspace}/users", list_of_workspace),
    Route::get("/workspaces/{workspace}/users/{user}", get_in_workspace),
    Route::get("/teams/{team}/users", list_of_team),
];

pub(super) const SHAPE: Shape = Shape {
    name: "user",
    compact: &["resource_type", "name"],
    full: &["resource_type", "name", "email", "photo", "workspaces"],
    written: &["resource_type", "name", "email", "photo", "workspaces"],
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let user = world.users.get(&at.gid)?;
    Some(match name {
        "name" => user.name.clone().into(),
        "email" => user.email.clone().into(),
        "photo" => Node::null(),
        "workspaces" => Node::all(Kind::Workspace, std::slice::from_ref(&world.home)),
        _ => return None,
    })
}

/// Users sorted by name, as Asana lists them.
fn by_name(world: &World, mut users: Vec<Gid>) -> Answer {
    users.sort_by_key(|gid| world.users.get(gid).map(|user| user.name.to_lowercase()));
    Answer::list(Kind::User, users)
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let members = match (call.query("workspace"), call.query("team")) {
        (_, Some(team)) => {
            check_object(world, Kind::Team, "team", team)?;
            world.teams[team].members.clone()
        }
        (Some(workspace), None) => {
            check_object(world, Kind::Workspace, "workspace", workspace)?;
            world.users.keys().cloned().collect()
        }
        (None, None) => return Err(Failure::bad("Need to specify a workspace to paginate!")),
    };
    Ok(by_name(world, members))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = user(world, call, "user", call.param("user"))?;
    Ok(Answer::got(Kind::User, &gid))
}

fn get_in_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    get(world, call)
}

fn list_of_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    Ok(by_name(world, world.users.keys().cloned().collect()))
}

fn list_of_team(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let team = call.target(world, "team", Kind::Team)?;
    Ok(by_name(world, world.teams[&team].members.clone()))
}
