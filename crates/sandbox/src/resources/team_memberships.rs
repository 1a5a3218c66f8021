//! Team memberships: who is in a team, and joining and leaving one.

use super::entries;
use crate::call::{Answer, Call, Route, check_object, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Audited, Gid, Kind, World};
use axum::http::StatusCode;
use serde_json::json;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/team_memberships", list),
    Route::get("/team_memberships/{team_membership}", get),
    Route::get("/teams/{team}/team_memberships", list_of_team),
    Route::get("/users/{user}/team_memberships", list_of_user),
    Route::post("/teams/{team}/addUser", add_user),
    Route::post("/teams/{team}/removeUser", remove_user),
];

const FULL: &[&str] = &["resource_type", "user", "team", "is_guest", "is_limited_access", "is_admin"];

pub(super) const SHAPE: Shape =
    Shape { name: "team_membership", compact: FULL, full: FULL, written: FULL, field };

const KIND: Kind = Kind::TeamMembership;

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let entry = reader.world.entry(KIND, &at.gid)?;
    let member = entry.gid("member")?;
    Some(match name {
        "user" => Node::to(Kind::User, Some(member)),
        "team" => Node::to(Kind::Team, entry.gid("parent")),
        "is_guest" => reader.world.users.get(member)?.is_guest.into(),
        "is_limited_access" | "is_admin" => false.into(),
        _ => return None,
    })
}

fn of_user(world: &mut World, user: &str, team: Option<&str>) -> Vec<Gid> {
    let teams: Vec<Gid> = world.teams.keys().cloned().collect();
    let wanted = teams.into_iter().filter(|known| team.is_none_or(|team| team == known));
    wanted
        .collect::<Vec<_>>()
        .into_iter()
        .filter_map(|team| world.membership_of(Kind::Team, &team, user))
        .collect()
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let team = entries::maybe_asked(world, call, "team", Kind::Team)?;
    let user = entries::maybe_user(world, call, "user")?;
    entries::maybe_asked(world, call, "workspace", Kind::Workspace)?;
    match (team, user) {
        (Some(team), None) => Ok(Answer::list(KIND, world.memberships_of(Kind::Team, &team))),
        (team, Some(user)) if team.is_some() || call.query("workspace").is_some() => {
            Ok(Answer::list(KIND, of_user(world, &user, team.as_deref())))
        }
        (None, Some(_)) => Err(Failure::bad("You should specify one of workspace")),
        _ => Err(Failure::bad("You should specify one of team")),
    }
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "team_membership", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn list_of_team(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let team = call.target(world, "team", Kind::Team)?;
    Ok(Answer::list(KIND, world.memberships_of(Kind::Team, &team)))
}

fn list_of_user(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let member = user(world, call, "user", call.param("user"))?;
    let workspace =
        call.query("workspace").ok_or_else(|| Failure::bad("You should specify one of workspace"))?;
    check_object(world, Kind::Workspace, "workspace", workspace)?;
    Ok(Answer::list(KIND, of_user(world, &member, None)))
}

/// Only members of a team change who is in it.
fn team_and_user(world: &World, call: &Call) -> Result<(Gid, Gid), Failure> {
    let team = call.target(world, "team", Kind::Team)?;
    let member = entries::person(world, call, "user")?;
    if world.teams[&team].members.contains(&call.actor.user) || call.actor.is_service_account {
        Ok((team, member))
    } else {
        Err(Failure::forbidden("You must be a member of the team to change its members."))
    }
}

fn add_user(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (team, member) = team_and_user(world, call)?;
    if let Some(members) = world.members_mut(Kind::Team, &team).filter(|members| !members.contains(&member)) {
        members.push(member.clone());
    }
    let gid = world.membership_of(Kind::Team, &team, &member).unwrap_or_default();
    world.tell_membership(&call.actor.user, (KIND, &gid), (Kind::Team, &team), true);
    audit(world, call, &team, (&member, "team_member_added"));
    Ok(Answer::Object { at: Ref::new(KIND, &gid), view: crate::node::View::Full, status: StatusCode::OK })
}

/// Logs who came to or left a team.
fn audit(world: &mut World, call: &Call, team: &Gid, (member, event_type): (&Gid, &'static str)) {
    let details = json!({ "member": { "gid": member, "resource_type": "user" } });
    let what = Audited { event_type, category: "access_control", details };
    world.audit(&call.actor, (Kind::Team, team), what);
}

fn remove_user(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (team, member) = team_and_user(world, call)?;
    let Some(gid) = world.membership_of(Kind::Team, &team, &member) else {
        return Ok(Answer::empty());
    };
    world.tell_membership(&call.actor.user, (KIND, &gid), (Kind::Team, &team), false);
    audit(world, call, &team, (&member, "team_member_removed"));
    if let Some(members) = world.members_mut(Kind::Team, &team) {
        members.retain(|known| *known != member);
    }
    world.remove_entry(KIND, &gid);
    Ok(Answer::empty())
}
