//! People of a project: members and followers, added and removed.

use crate::call::{Answer, Call, Route, user, words_of};
use crate::error::Failure;
use crate::node::Node;
use crate::world::{Gid, Kind, World};
use serde_json::Value;

pub(super) const ROUTES: &[Route] = &[
    Route::post("/projects/{project}/addMembers", add_members),
    Route::post("/projects/{project}/removeMembers", remove_members),
    Route::post("/projects/{project}/addFollowers", add_followers),
    Route::post("/projects/{project}/removeFollowers", remove_followers),
];

/// Users of a list given as gids, addresses or `me`.
pub(super) fn users(world: &World, call: &Call, key: &str, value: &Value) -> Result<Vec<Gid>, Failure> {
    let mut found: Vec<Gid> = Vec::new();
    for (nth, given) in words_of(key, value)?.iter().enumerate() {
        let gid = user(world, call, &format!("{key}: [{nth}]"), given)?;
        if !found.contains(&gid) {
            found.push(gid);
        }
    }
    Ok(found)
}

fn add_members(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let before = world.projects.get(call.param("project")).map(|project| project.members.clone());
    let answer = people(world, call, "members", |list, user| {
        if !list.contains(user) {
            list.push(user.clone());
        }
    })?;
    let project = call.param("project");
    let members = world.projects.get(project).map(|project| project.members.clone()).unwrap_or_default();
    for user in members.iter().filter(|user| !before.iter().flatten().any(|known| known == *user)) {
        let name = world.users.get(user).map(|user| user.name.clone()).unwrap_or_default();
        let change = vec![("member", Node::to(Kind::User, Some(user)))];
        world.record(project, &call.actor, "member_added", format!("added {name} to the project"), change);
    }
    Ok(answer)
}

fn remove_members(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    people(world, call, "members", |list, user| list.retain(|known| known != user))
}

fn add_followers(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    people(world, call, "followers", |list, user| {
        if !list.contains(user) {
            list.push(user.clone());
        }
    })
}

fn remove_followers(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    people(world, call, "followers", |list, user| list.retain(|known| known != user))
}

fn people(
    world: &mut World,
    call: &Call,
    key: &str,
    change: fn(&mut Vec<Gid>, &Gid),
) -> Result<Answer, Failure> {
    let gid = call.target(world, "project", Kind::Project)?;
    let value = call.data.get(key).ok_or_else(|| Failure::missing(key))?;
    let named = users(world, call, key, value)?;
    if let Some(project) = world.projects.get_mut(&gid) {
        let list = match key {
            "members" => &mut project.members,
            _ => &mut project.followers,
        };
        named.iter().for_each(|user| change(list, user));
        match key {
            // Who is no member any more does not follow either.
            "members" => {
                let members = &project.members;
                project.followers.retain(|user| members.contains(user));
            }
            _ => project.follow_as_members(),
        }
    }
    Ok(Answer::written(Kind::Project, &gid))
}
