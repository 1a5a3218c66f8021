//! Workspace memberships: who is in the workspace, joining and leaving it, and its name.
//!
//! Guess: only admins invite and remove, as the guide says of removal. Who leaves is gone from every list; their tasks
//! stay with them.

use super::entries;
use crate::call::{Answer, Call, Route, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape, View};
use crate::world::{Audited, Gid, Kind, World};
use axum::http::StatusCode;
use serde_json::json;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/workspace_memberships/{workspace_membership}", get),
    Route::get("/workspaces/{workspace}/workspace_memberships", list),
    Route::get("/users/{user}/workspace_memberships", list_of_user),
    Route::post("/workspaces/{workspace}/addUser", add_user),
    Route::post("/workspaces/{workspace}/removeUser", remove_user),
];

const FULL: &[&str] = &[
    "resource_type",
    "user",
    "workspace",
    "user_task_list",
    "is_active",
    "is_admin",
    "is_guest",
    "is_view_only",
    "vacation_dates",
    "created_at",
];

pub(super) const SHAPE: Shape = Shape {
    name: "workspace_membership",
    compact: &["resource_type", "user", "workspace"],
    full: FULL,
    written: FULL,
    field,
};

const KIND: Kind = Kind::WorkspaceMembership;

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let entry = reader.world.entry(KIND, &at.gid)?;
    let member = entry.gid("member")?;
    let user = reader.world.users.get(member)?;
    Some(match name {
        "user" => Node::to(Kind::User, Some(member)),
        "workspace" => Node::to(Kind::Workspace, entry.gid("parent")),
        "user_task_list" => Node::to(Kind::UserTaskList, Some(&user.task_list)),
        "is_active" => true.into(),
        "is_admin" => user.is_admin.into(),
        "is_guest" => user.is_guest.into(),
        "is_view_only" => user.is_view_only.into(),
        "vacation_dates" => vacation(reader.world, member),
        "created_at" => Node::at(Some(user.created_at)),
        _ => return None,
    })
}

/// Days away that last now or lie ahead, the nearest ones.
fn vacation(world: &World, member: &Gid) -> Node {
    let today = super::task_dates::day_of(world.now());
    let of_user = world.entries_of(Kind::OooEntry).map(|(_, entry)| entry);
    let ahead = of_user
        .filter(|entry| entry.gid("user") == Some(member))
        .filter_map(|entry| entry.text("start_date").zip(entry.text("end_date")))
        .filter(|(_, end)| *end >= today.as_str());
    let nearest = ahead.min();
    nearest.map_or_else(Node::null, |(start, end)| json!({ "start_on": start, "end_on": end }).into())
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "workspace_membership", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    let found = match entries::maybe_user(world, call, "user")? {
        Some(user) => world.membership_of(Kind::Workspace, &workspace, &user).into_iter().collect(),
        None => world.memberships_of(Kind::Workspace, &workspace),
    };
    Ok(Answer::list(KIND, found))
}

fn list_of_user(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let member = user(world, call, "user", call.param("user"))?;
    let home = world.home.clone();
    Ok(Answer::list(KIND, world.membership_of(Kind::Workspace, &home, &member)))
}

/// Invites somebody by gid or address; an unknown address becomes a new person.
fn add_user(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    let given = call.required_gid("user")?;
    let known = world.find_user(&given, &call.actor.user);
    let gid: Gid = match known {
        Some(gid) => gid,
        None if given.contains('@') => {
            let gid = world.add_user(given.split('@').next().unwrap_or(&given), &given);
            let membership = world.membership_of(Kind::Workspace, &workspace, &gid).unwrap_or_default();
            world.tell_membership(&call.actor.user, (KIND, &membership), (Kind::Workspace, &workspace), true);
            world.audit(&call.actor, (Kind::User, &gid), Audited::user("user_invited"));
            gid
        }
        None => return Err(Failure::unrecognized("user", &given)),
    };
    Ok(Answer::Object { at: Ref::new(Kind::User, &gid), view: View::Full, status: StatusCode::OK })
}

fn remove_user(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    let member = entries::person(world, call, "user")?;
    if !world.users[&call.actor.user].is_admin {
        return Err(Failure::forbidden("Only admins can remove users from the workspace."));
    }
    if let Some(gid) = world.membership_of(Kind::Workspace, &workspace, &member) {
        world.tell_membership(&call.actor.user, (KIND, &gid), (Kind::Workspace, &workspace), false);
        world.remove_entry(KIND, &gid);
    }
    world.audit(&call.actor, (Kind::User, &member), Audited::user("user_deprovisioned"));
    world.remove_user(&member);
    Ok(Answer::empty())
}
