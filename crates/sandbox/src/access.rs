//! What guests and people with a view-only licence may not do; everybody else sees and changes everything.
//!
//! A guest sees the projects, teams, portfolios and goals they belong to, what lies in them, and tasks they follow or
//! have; custom fields are answered as on a free plan. Guesses: that naming something unseen is 403 and not 404, and the
//! words of a view-only refusal.
//! Deliberately not here: privacy settings and access levels among members, which are kept and not enforced.

use crate::call::{Call, Route};
use crate::error::Failure;
use crate::node::Ref;
use crate::resources::{CUSTOM_FIELDS_PAID_ONLY, shape_of};
use crate::world::{Gid, Kind, World};
use axum::http::Method;
use serde_json::Value;

/// Refuses what the caller may not do: a licence that only reads, or something a guest cannot see, named anywhere in the call.
pub(crate) fn check(world: &World, route: &Route, call: &Call) -> Result<(), Failure> {
    let Some(user) = world.users.get(&call.actor.user) else {
        return Ok(());
    };
    if user.is_view_only && route.method != Method::GET {
        return Err(Failure::forbidden("Your view-only license does not allow changes."));
    }
    if !user.is_guest {
        return Ok(());
    }
    if route.pattern.contains("custom_field") || route.pattern.contains("enum_options") {
        return Err(Failure::payment(CUSTOM_FIELDS_PAID_ONLY));
    }
    let words = |value: &Value| match value {
        Value::String(word) => vec![word.clone()],
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let path = call.params.iter().map(|(_, gid)| gid.clone());
    let query = call.query.iter().map(|(_, value)| value.clone());
    for gid in path.chain(query).chain(call.data.values().flat_map(words)) {
        if let Some(kind) = world.kind_of(&gid).filter(|kind| !sees(world, &call.actor.user, *kind, &gid)) {
            let name = shape_of(kind).name;
            return Err(Failure::forbidden(format!("You do not have access to this {name}.")));
        }
    }
    Ok(())
}

/// Leaves in a list only what the caller sees.
pub(crate) fn seen(world: &World, call: &Call, rows: Vec<Ref>) -> Vec<Ref> {
    match world.users.get(&call.actor.user) {
        Some(user) if user.is_guest => {
            rows.into_iter().filter(|row| sees(world, &call.actor.user, row.kind, &row.gid)).collect()
        }
        _ => rows,
    }
}

/// Whether a guest sees an object.
fn sees(world: &World, guest: &str, kind: Kind, gid: &str) -> bool {
    let is_guest = |user: &Gid| user == guest;
    match kind {
        Kind::Project => world.projects.get(gid).is_some_and(|project| {
            project.owner.iter().chain(&project.members).chain(&project.followers).any(is_guest)
        }),
        Kind::Section => world.sections.get(gid).is_some_and(|section| {
            let list = world.users.get(guest).map(|user| &user.task_list);
            list == Some(&section.project) || sees(world, guest, Kind::Project, &section.project)
        }),
        Kind::Task => world.tasks.get(gid).is_some_and(|task| {
            task.assignee.iter().chain(&task.created_by).chain(&task.followers).any(is_guest)
                || task.memberships.iter().any(|place| sees(world, guest, Kind::Project, &place.project))
                || task.parent.as_ref().is_some_and(|parent| sees(world, guest, Kind::Task, parent))
        }),
        Kind::Team => world.teams.get(gid).is_some_and(|team| team.members.iter().any(is_guest)),
        Kind::Portfolio => world
            .portfolios
            .get(gid)
            .is_some_and(|portfolio| portfolio.members.iter().chain([&portfolio.owner]).any(is_guest)),
        Kind::Goal => {
            world.goals.get(gid).is_some_and(|goal| goal.owner.iter().chain(&goal.followers).any(is_guest))
        }
        Kind::Story => parent_seen(world, guest, world.stories.get(gid).map(|story| &story.target)),
        Kind::Attachment => parent_seen(world, guest, world.attachments.get(gid).map(|file| &file.parent)),
        Kind::StatusUpdate | Kind::ProjectStatus => {
            parent_seen(world, guest, world.status_updates.get(gid).map(|update| &update.parent))
        }
        _ => true,
    }
}

fn parent_seen(world: &World, guest: &str, parent: Option<&Gid>) -> bool {
    parent.is_some_and(|parent| world.kind_of(parent).is_some_and(|kind| sees(world, guest, kind, parent)))
}
