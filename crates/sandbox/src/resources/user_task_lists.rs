//! My Tasks lists: read one, and find a user's.

use crate::call::{Answer, Call, Route, check_object, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/user_task_lists/{user_task_list}", get),
    Route::get("/users/{user}/user_task_list", of_user),
];

pub(super) const SHAPE: Shape = Shape {
    name: "user_task_list",
    compact: &["resource_type", "name", "owner", "workspace"],
    full: &["resource_type", "name", "owner", "workspace"],
    written: &["resource_type", "name", "owner", "workspace"],
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let list = world.user_task_lists.get(&at.gid)?;
    let owner = world.users.get(&list.owner)?;
    Some(match name {
        "name" if list.owner == reader.user => "My Tasks".into(),
        "name" => format!("My tasks in {} - {}", world.workspaces.get(&world.home)?.name, owner.name).into(),
        "owner" => Node::to(Kind::User, Some(&list.owner)),
        "workspace" => Node::to(Kind::Workspace, Some(&world.home)),
        _ => return None,
    })
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "user_task_list", Kind::UserTaskList)?;
    Ok(Answer::got(Kind::UserTaskList, &gid))
}

fn of_user(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace =
        call.query("workspace").ok_or_else(|| Failure::bad("You should specify one of workspace"))?;
    let owner = user(world, call, "user", call.param("user"))?;
    check_object(world, Kind::Workspace, "workspace", workspace)?;
    let list = world.users[&owner].task_list.clone();
    Ok(Answer::got(Kind::UserTaskList, &list))
}
