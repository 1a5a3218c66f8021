//! Access requests: asking to be let into a project or portfolio.
//!
//! An approved one makes the asker a member. Known limit: nothing is private here, so everybody who is not a member may ask.

use super::entries;
use crate::call::{Answer, Call, Route, check_long};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, World};
use serde_json::{Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/access_requests", list),
    Route::post("/access_requests", create),
    Route::post("/access_requests/{access_request_gid}/approve", approve),
    Route::post("/access_requests/{access_request_gid}/reject", reject),
];

const FULL: &[&str] = &["resource_type", "message", "approval_status", "requester", "target"];

pub(super) const SHAPE: Shape =
    Shape { name: "access_request", compact: FULL, full: FULL, written: FULL, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    match (name, entries::field(reader, at, name)?) {
        // Who asks may not know its name yet.
        ("target", Node::Resource(target)) => {
            let kind = super::shape_of(target.kind).name;
            Some(json!({ "gid": target.gid, "resource_type": kind }).into())
        }
        (_, node) => Some(node),
    }
}

const KIND: Kind = Kind::AccessRequest;
const PAID_ONLY: &str = "Access requests are only available to premium users.";

fn container(world: &World, given: &str) -> Result<(Kind, Gid), Failure> {
    check_long("target", given)?;
    match world.kind_of(given) {
        Some(kind @ (Kind::Project | Kind::Portfolio)) => Ok((kind, given.to_owned())),
        Some(_) => Err(Failure::bad(format!("target: Not a project or portfolio: {given}"))),
        None => Err(Failure::unknown("target", given)),
    }
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let target = call.query("target").ok_or_else(|| Failure::bad("You should specify one of target"))?;
    let (_, target) = container(world, target)?;
    super::require_paid(world, PAID_ONLY)?;
    let user = entries::maybe_user(world, call, "user")?;
    let found = world.entries_where(KIND, |entry| {
        entry.gid("target") == Some(&target)
            && entry.text("approval_status") == Some("pending")
            && (user.is_none() || entry.gid("requester") == user.as_ref())
    });
    Ok(Answer::list(KIND, found))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (kind, target) = container(world, &call.required_gid("target")?)?;
    super::require_paid(world, PAID_ONLY)?;
    let user = &call.actor.user;
    let is_member = match kind {
        Kind::Project => {
            let project = &world.projects[&target];
            project.owner.as_ref() == Some(user) || project.members.contains(user)
        }
        _ => {
            let portfolio = &world.portfolios[&target];
            portfolio.owner == *user || portfolio.members.contains(user)
        }
    };
    if is_member {
        return Err(Failure::bad("target: You have access to this object already"));
    }
    let is_pending = world.entries_of(KIND).any(|(_, entry)| {
        entry.gid("target") == Some(&target)
            && entry.gid("requester") == Some(user)
            && entry.text("approval_status") == Some("pending")
    });
    if is_pending {
        return Err(Failure::bad("target: You have asked for access already"));
    }
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("message", call.text("message")?.map_or(Value::Null, Value::from));
    entry.set("approval_status", "pending");
    entry.set("requester", Node::to(Kind::User, Some(&call.actor.user)));
    entry.set("target", Node::to(kind, Some(&target)));
    Ok(Answer::created(KIND, &world.add_entry(KIND, entry)))
}

fn approve(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (target, requester) = decide(world, call, "approved")?;
    let members = match world.kind_of(&target) {
        Some(Kind::Project) => world.projects.get_mut(&target).map(|project| &mut project.members),
        _ => world.portfolios.get_mut(&target).map(|portfolio| &mut portfolio.members),
    };
    if let Some(members) = members.filter(|members| !members.contains(&requester)) {
        members.push(requester);
    }
    Ok(Answer::empty())
}

fn reject(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    decide(world, call, "denied")?;
    Ok(Answer::empty())
}

/// Ends a pending request; answers what was asked for and by whom.
fn decide(world: &mut World, call: &Call, status: &str) -> Result<(Gid, Gid), Failure> {
    let (gid, mut entry) = entries::target(world, call, "access_request_gid", KIND)?;
    if entry.text("approval_status") != Some("pending") {
        return Err(Failure::bad("access_request: It is decided already"));
    }
    entry.set("approval_status", status.to_owned());
    let both = entry.gid("target").cloned().zip(entry.gid("requester").cloned());
    world.put_entry(KIND, &gid, entry);
    both.ok_or_else(|| Failure::unknown("access_request", &gid))
}
