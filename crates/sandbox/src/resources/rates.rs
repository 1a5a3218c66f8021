//! Rates: what an hour of a person costs in a project.
//!
//! Known limit: placeholders are not modelled; every resource is a user. Guess: all rates are in US dollars.

use super::entries;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/rates", list),
    Route::post("/rates", create),
    Route::get("/rates/{rate}", get),
    Route::put("/rates/{resource_project_rate}", update),
    Route::delete("/rates/{resource_project_rate}", delete),
];

const FULL: &[&str] = &["resource_type", "parent", "resource", "rate", "currency_code", "created_by"];

pub(super) const SHAPE: Shape =
    Shape { name: "rate", compact: FULL, full: FULL, written: FULL, field: entries::field };

const KIND: Kind = Kind::Rate;
const PAID_ONLY: &str = "Rates are only available to premium users.";

/// What an hour of a user costs in a project; nothing when no rate is set.
pub(super) fn rate(world: &World, project: Option<&Gid>, user: &Gid) -> f64 {
    let of_both = world
        .entries_of(KIND)
        .find(|(_, entry)| entry.gid("parent") == project && entry.gid("resource") == Some(user));
    match of_both.and_then(|(_, entry)| entry.fields.get("rate")) {
        Some(Node::Plain(rate)) => rate.as_f64().unwrap_or_default(),
        _ => 0.0,
    }
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = entries::maybe_asked(world, call, "parent", Kind::Project)?;
    let Some(parent) = parent else {
        return Err(Failure::bad("You should specify one of parent, workspace"));
    };
    super::require_paid(world, PAID_ONLY)?;
    let resource = entries::maybe_user(world, call, "resource")?;
    let found = world.entries_where(KIND, |entry| {
        entry.gid("parent") == Some(&parent)
            && (resource.is_none() || entry.gid("resource") == resource.as_ref())
    });
    Ok(Answer::list(KIND, found))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "rate", KIND)?;
    super::require_paid(world, PAID_ONLY)?;
    Ok(Answer::got(KIND, &gid))
}

fn amount(call: &Call) -> Result<serde_json::Value, Failure> {
    let rate = call.number("rate")?.ok_or_else(|| Failure::missing("rate"))?;
    if rate < 0.0 {
        return Err(Failure::bad(format!("rate: Must not be negative: {rate}")));
    }
    Ok(super::field_values::number_json(rate))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = entries::object(world, call, "parent", Kind::Project)?;
    super::require_paid(world, PAID_ONLY)?;
    let resource = entries::person(world, call, "resource")?;
    let rate = amount(call)?;
    let same = |entry: &crate::world::Entry| {
        entry.gid("parent") == Some(&parent) && entry.gid("resource") == Some(&resource)
    };
    if world.entries_of(KIND).any(|(_, entry)| same(entry)) {
        return Err(Failure::bad("resource: There is a rate for this parent and resource already"));
    }
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("parent", Node::to(Kind::Project, Some(&parent)));
    entry.set("resource", Node::to(Kind::User, Some(&resource)));
    entry.set("rate", rate);
    entry.set("currency_code", "USD");
    Ok(Answer::created(KIND, &world.add_entry(KIND, entry)))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "resource_project_rate", KIND)?;
    super::require_paid(world, PAID_ONLY)?;
    entry.set("rate", amount(call)?);
    world.put_entry(KIND, &gid, entry);
    Ok(Answer::written(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "resource_project_rate", KIND)?;
    super::require_paid(world, PAID_ONLY)?;
    entries::delete(world, call, "resource_project_rate", KIND)
}
