//! Time tracking categories: what kinds of work a workspace tells apart.

use super::entries;
use super::words::choice;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Entry, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/time_tracking_categories", list),
    Route::post("/time_tracking_categories", create),
    Route::get("/time_tracking_categories/{time_tracking_category}", get),
    Route::put("/time_tracking_categories/{time_tracking_category}", update),
    Route::delete("/time_tracking_categories/{time_tracking_category}", delete),
];

const FULL: &[&str] = &["resource_type", "name", "color", "is_archived"];

pub(super) const SHAPE: Shape = Shape {
    name: "time_tracking_category",
    compact: &["resource_type", "name", "color"],
    full: FULL,
    written: FULL,
    field: entries::field,
};

const KIND: Kind = Kind::TimeTrackingCategory;
const COLORS: &[&str] = &[
    "none",
    "red",
    "orange",
    "yellow-orange",
    "yellow",
    "yellow-green",
    "green",
    "blue-green",
    "aqua",
    "blue",
    "indigo",
    "purple",
    "magenta",
    "hot-pink",
    "pink",
    "cool-gray",
];

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::asked(world, call, "workspace", Kind::Workspace)?;
    // Archived ones are told only when they are asked for.
    let archived = call.query_flag("is_archived")?.unwrap_or(false);
    let is_archived = |entry: &Entry| entry.fields.get("is_archived") == Some(&Node::from(true));
    let found = world.entries_where(KIND, |entry| is_archived(entry) == archived);
    Ok(Answer::list(KIND, found))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "time_tracking_category", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::object(world, call, "workspace", Kind::Workspace)?;
    entries::required_text(call, "name")?;
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("color", "none");
    entry.set("is_archived", false);
    change(call, &mut entry)?;
    Ok(Answer::created(KIND, &world.add_entry(KIND, entry)))
}

fn change(call: &Call, entry: &mut Entry) -> Result<(), Failure> {
    if call.has("name") {
        entry.set("name", entries::required_text(call, "name")?);
    }
    if call.has("color") {
        entry.set("color", choice(call, "color", COLORS)?);
    }
    if let Some(is_archived) = call.flag("is_archived")? {
        entry.set("is_archived", is_archived);
    }
    Ok(())
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "time_tracking_category", KIND)?;
    change(call, &mut entry)?;
    world.put_entry(KIND, &gid, entry);
    Ok(Answer::written(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::delete(world, call, "time_tracking_category", KIND)
}
