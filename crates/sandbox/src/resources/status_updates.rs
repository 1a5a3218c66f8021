//! Status updates: send, read, list, delete. There is no editing.
//!
//! Known limits: nobody is notified, and the order of the list (newest first) is not
//! documented by Asana.

use super::goals::require_goals;
use super::task_dates::moment;
use crate::call::{Answer, Call, Route, check_long};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, StatusUpdate, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/status_updates", list),
    Route::post("/status_updates", create),
    Route::get("/status_updates/{status_update}", get),
    Route::delete("/status_updates/{status_update}", delete),
];

const FULL: &[&str] = &[
    "resource_type",
    "title",
    "resource_subtype",
    "text",
    "status_type",
    "author",
    "created_at",
    "created_by",
    "hearted",
    "hearts",
    "liked",
    "likes",
    "modified_at",
    "num_hearts",
    "num_likes",
    "parent",
    "reaction_summary",
];

pub(super) const SHAPE: Shape = Shape {
    name: "status_update",
    compact: &["resource_type", "title", "resource_subtype"],
    full: FULL,
    written: FULL,
    field,
};

const OF_GOALS: &[&str] = &["on_track", "at_risk", "off_track", "achieved", "partial", "missed", "dropped"];
const OF_OTHERS: &[&str] = &["on_track", "at_risk", "off_track", "on_hold", "complete", "dropped"];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let update = world.status_updates.get(&at.gid)?;
    let parent = world.kind_of(&update.parent)?;
    Some(match name {
        "title" => update.title.clone().into(),
        "text" => update.text.clone().into(),
        "html_text" => match &update.html_text {
            Some(html) => html.clone().into(),
            None => crate::markup::body(&update.text).into(),
        },
        "status_type" => update.status_type.clone().into(),
        "resource_subtype" => match parent {
            Kind::Goal => "goal_status_update".into(),
            Kind::Portfolio => "portfolio_status_update".into(),
            _ => "project_status_update".into(),
        },
        "author" | "created_by" => Node::to(Kind::User, Some(&update.created_by)),
        "created_at" | "modified_at" => Node::at(Some(update.created_at)),
        "parent" => Node::to(parent, Some(&update.parent)),
        _ => return super::reactions::field(world, &at.gid, reader.user, name),
    })
}

/// The newest update of a project, portfolio or goal, as a property of it.
pub(super) fn current(world: &World, parent: &str) -> Node {
    Node::to(Kind::StatusUpdate, world.current_status_update(parent).as_ref())
}

/// The parent a call names, on a plan that has such parents.
fn parent(world: &World, gid: &str) -> Result<Kind, Failure> {
    check_long("parent", gid)?;
    match world.kind_of(gid) {
        Some(Kind::Project) => Ok(Kind::Project),
        Some(Kind::Goal) => require_goals(world).map(|()| Kind::Goal),
        Some(Kind::Portfolio) => super::portfolios::require_portfolios(world).map(|()| Kind::Portfolio),
        _ => Err(Failure::unknown("parent", gid)),
    }
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.query("parent").ok_or_else(|| Failure::bad("You should specify one of parent"))?;
    parent(world, gid)?;
    let since = call.query("created_since").map(|text| moment("created_since", text)).transpose()?;
    let mut updates: Vec<Gid> = world.status_updates_of(gid);
    updates.retain(|update| since.is_none_or(|since| world.status_updates[update].created_at >= since));
    Ok(Answer::list(Kind::StatusUpdate, updates))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "status_update", Kind::StatusUpdate)?;
    Ok(Answer::got(Kind::StatusUpdate, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.required_gid("parent")?;
    let kind = parent(world, &gid)?;
    if !call.has("status_type") {
        return Err(Failure::missing("status_type"));
    }
    let known = if kind == Kind::Goal { OF_GOALS } else { OF_OTHERS };
    let status_type = super::words::choice(call, "status_type", known)?;
    let (text, html_text) = super::stories::written_text(call)?.ok_or_else(|| Failure::missing("text"))?;
    let created_at = world.now();
    let today = created_at.strftime("Status Update - %b %-d").to_string();
    let update = StatusUpdate {
        parent: gid,
        title: call.text("title")?.unwrap_or(today),
        text,
        html_text,
        status_type,
        created_by: call.actor.user.clone(),
        created_at,
    };
    let gid = world.add_status_update(update);
    Ok(Answer::created(Kind::StatusUpdate, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "status_update", Kind::StatusUpdate)?;
    world.remove_status_update(&gid);
    Ok(Answer::empty())
}
