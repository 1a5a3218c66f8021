//! Users: `me`, by gid or e-mail, and lists by workspace and team.
//!
//! Users hold the custom fields that are set on the workspace. Known limit: photos are always null.

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
    Route::put("/users/{user}", update),
    Route::put("/workspaces/{workspace}/users/{user}", update_in_workspace),
    Route::get("/users/{user}/favorites", favorites),
];

pub(super) const SHAPE: Shape = Shape {
    name: "user",
    compact: &["resource_type", "name"],
    full: &["resource_type", "name", "email", "photo", "workspaces", "custom_fields"],
    written: &["resource_type", "name", "email", "photo", "workspaces", "custom_fields"],
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let user = world.users.get(&at.gid)?;
    Some(match name {
        "name" => user.name.clone().into(),
        "email" => user.email.clone().into(),
        "photo" => Node::null(),
        "custom_fields" if reader.view.is_none() || world.plan != crate::world::Plan::Free => {
            super::projects::custom_fields(world, &at.gid)
        }
        "workspaces" => Node::all(Kind::Workspace, &world.workspaces.keys().cloned().collect::<Vec<_>>()),
        _ => return None,
    })
}

/// Users sorted by name, as Asana lists them.
fn by_name(world: &World, mut users: Vec<Gid>) -> Answer {
    users.sort_by_key(|gid| world.users.get(gid).map(|user| user.name.to_lowercase()));
    Answer::list(Kind::User, users)
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    match (call.query("workspace"), call.query("team")) {
        (_, Some(team)) => {
            check_object(world, Kind::Team, "team", team)?;
            Ok(by_name(world, world.teams[team].members.clone()))
        }
        // Documented: this one list is in the order of gids, which is that of creation.
        (Some(workspace), None) => {
            check_object(world, Kind::Workspace, "workspace", workspace)?;
            Ok(Answer::list(Kind::User, world.users.keys().cloned()))
        }
        (None, None) => Err(Failure::bad("Need to specify a workspace to paginate!")),
    }
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

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = user(world, call, "user", call.param("user"))?;
    let may = gid == call.actor.user || world.users[&call.actor.user].is_admin;
    if !may {
        return Err(Failure::forbidden("You do not have access to change this user."));
    }
    let name = call.text("name")?;
    if let Some(values) = call.data.get("custom_fields") {
        super::field_values::write(world, &call.actor, &gid, values)?;
    }
    if name.is_some() && gid != call.actor.user {
        return Err(Failure::forbidden("name: You can only change your own name."));
    }
    if let (Some(name), Some(user)) = (name, world.users.get_mut(&gid)) {
        user.name = name;
    }
    Ok(Answer::written(Kind::User, &gid))
}

fn update_in_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    update(world, call)
}

/// What a user starred, of one type.
fn favorites(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    const TYPES: &[&str] = &["portfolio", "project", "tag", "task", "user", "project_template"];
    let gid = user(world, call, "user", call.param("user"))?;
    if gid != call.actor.user {
        return Err(Failure::forbidden("You can only read your own favorites."));
    }
    let word = call.query("resource_type").ok_or_else(|| Failure::missing("resource_type"))?;
    if !TYPES.contains(&word) {
        return Err(Failure::bad(format!(
            "resource_type: Value must be one of {}, not: {word}",
            TYPES.join(", ")
        )));
    }
    super::entries::asked(world, call, "workspace", Kind::Workspace)?;
    let of_type =
        world.users[&gid].favorites.iter().filter_map(|gid| Some(Ref::new(world.kind_of(gid)?, gid)));
    let rows = of_type.filter(|at| super::shape_of(at.kind).name == word).collect();
    Ok(Answer::List { rows, view: crate::node::View::Compact })
}
