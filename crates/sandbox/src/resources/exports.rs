//! Exports: of a project, team, portfolio or goal, of a workspace's resources, and of a whole organization.
//!
//! The files themselves are not made: `download_url` is an address that leads nowhere, as it would after its 30 days.

use super::allocations::require_enterprise;
use super::entries;
use crate::call::{Answer, Call, Route, check_long};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Job, Kind, World};
use jiff::SignedDuration;
use serde_json::Value;

pub(super) const ROUTES: &[Route] = &[
    Route::post("/exports/graph", graph),
    Route::post("/exports/resource", resource),
    Route::post("/organization_exports", organization),
    Route::get("/organization_exports/{organization_export}", get),
];

const EXPORT: &[&str] = &["resource_type", "created_at", "completed_at", "download_url"];
const OF_ORGANIZATION: &[&str] = &["resource_type", "created_at", "download_url", "state", "organization"];

pub(super) const GRAPH_SHAPE: Shape =
    Shape { name: "graph_export", compact: EXPORT, full: EXPORT, written: EXPORT, field };
pub(super) const RESOURCE_SHAPE: Shape =
    Shape { name: "export_request", compact: EXPORT, full: EXPORT, written: EXPORT, field };
pub(super) const ORGANIZATION_SHAPE: Shape = Shape {
    name: "organization_export",
    compact: OF_ORGANIZATION,
    full: OF_ORGANIZATION,
    written: OF_ORGANIZATION,
    field,
};

/// How long an export is under way, as long as any job.
const LASTS: SignedDuration = SignedDuration::from_secs(1);
const RESOURCES: &[&str] = &["task", "team", "message"];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let entry = reader.world.entry(at.kind, &at.gid)?;
    let done_at = entry.created_at.checked_add(LASTS).ok()?;
    let is_done = reader.world.now() >= done_at;
    Some(match name {
        "completed_at" => Node::at(is_done.then_some(done_at)),
        "state" => if is_done { "finished" } else { "pending" }.into(),
        "download_url" if is_done => format!("https://exports.sandbox.example/{}.json.gz", at.gid).into(),
        "download_url" => Node::null(),
        _ => return entries::field(reader, at, name),
    })
}

fn graph(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = call.required_gid("parent")?;
    check_long("parent", &parent)?;
    match world.kind_of(&parent) {
        Some(Kind::Goal | Kind::Team | Kind::Portfolio | Kind::Project) => {}
        Some(_) => return Err(Failure::bad(format!("parent: This object cannot be exported: {parent}"))),
        None => return Err(Failure::unknown("parent", &parent)),
    }
    require_enterprise(world, "Exports")?;
    super::jobs::check_room(world, call)?;
    let entry = world.new_entry(&call.actor.user);
    let export = world.add_entry(Kind::GraphExport, entry);
    Ok(Job::start(world, call, "graph_export_request", (Kind::GraphExport, &export)))
}

fn resource(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::object(world, call, "workspace", Kind::Workspace)?;
    require_enterprise(world, "Exports")?;
    super::jobs::check_room(world, call)?;
    let wanted = match call.data.get("export_request_parameters") {
        Some(Value::Array(wanted)) if !wanted.is_empty() => wanted,
        _ => return Err(Failure::missing("export_request_parameters")),
    };
    for (nth, part) in wanted.iter().enumerate() {
        let word = part.get("resource_type").and_then(Value::as_str);
        if !word.is_some_and(|word| RESOURCES.contains(&word)) {
            return Err(Failure::bad(format!(
                "export_request_parameters: [{nth}]: resource_type: Value must be one of {}",
                RESOURCES.join(", ")
            )));
        }
    }
    let entry = world.new_entry(&call.actor.user);
    let export = world.add_entry(Kind::ResourceExport, entry);
    Ok(Job::start(world, call, "export_request", (Kind::ResourceExport, &export)))
}

/// For service accounts only.
fn organization(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let organization = entries::object(world, call, "organization", Kind::Workspace)?;
    if !call.actor.is_service_account {
        return Err(Failure::forbidden("Organization exports are only available to service accounts."));
    }
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("organization", Node::to(Kind::Workspace, Some(&organization)));
    let kind = Kind::OrganizationExport;
    Ok(Answer::created(kind, &world.add_entry(kind, entry)))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let kind = Kind::OrganizationExport;
    let (gid, _) = entries::target(world, call, "organization_export", kind)?;
    Ok(Answer::got(kind, &gid))
}
