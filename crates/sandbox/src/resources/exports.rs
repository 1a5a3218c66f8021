//! Exports: of a project, team, portfolio or goal, of a workspace's resources, and of a whole organization.
//!
//! A resource export can be downloaded for 30 days, as it stands when it is asked for: see `export_file.rs`.
//! Known limit: the files of the other two are not made; their `download_url` leads nowhere. On plans below enterprise
//! every export is refused with 403.

use super::entries;
use crate::call::{Answer, Call, Route, check_long};
use crate::error::Failure;
use crate::export_file;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Entry, Job, Kind, Plan, World};
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

/// When an export of an organization begins.
const STARTS: SignedDuration = SignedDuration::from_millis(250);
/// How long an export is under way, as long as any job.
const LASTS: SignedDuration = SignedDuration::from_secs(1);
const RESOURCES: &[&str] = &["task", "team", "message"];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let entry = reader.world.entry(at.kind, &at.gid)?;
    let done_at = entry.created_at.checked_add(LASTS).ok()?;
    let is_done = reader.world.now() >= done_at;
    Some(match name {
        "completed_at" => Node::at(is_done.then_some(done_at)),
        "state" => {
            let begun = reader.world.now().duration_since(entry.created_at) >= STARTS;
            match (is_done, begun) {
                (true, _) => "finished".into(),
                (false, true) => "started".into(),
                (false, false) => "pending".into(),
            }
        }
        "download_url" if is_done && at.kind == Kind::ResourceExport => {
            export_file::address(reader.world, &at.gid)?.into()
        }
        "download_url" if is_done => format!("https://exports.sandbox.example/{}.json.gz", at.gid).into(),
        "download_url" => Node::null(),
        _ => return entries::field(reader, at, name),
    })
}

fn require_enterprise(world: &World) -> Result<(), Failure> {
    match world.plan {
        Plan::Enterprise => Ok(()),
        _ => Err(Failure::forbidden("Exports are only available to enterprises.")),
    }
}

fn require_account(world: &World, call: &Call) -> Result<(), Failure> {
    require_enterprise(world)?;
    match call.actor.is_service_account {
        true => Ok(()),
        false => Err(Failure::forbidden("This export is only available to service accounts.")),
    }
}

fn graph(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = call.required_gid("parent")?;
    check_long("parent", &parent)?;
    match world.kind_of(&parent) {
        Some(Kind::Goal | Kind::Team | Kind::Portfolio | Kind::Project) => {}
        Some(_) => return Err(Failure::bad(format!("parent: This object cannot be exported: {parent}"))),
        None => return Err(Failure::unknown("parent", &parent)),
    }
    require_enterprise(world)?;
    super::jobs::check_room(world, call)?;
    let entry = world.new_entry(&call.actor.user);
    let export = world.add_entry(Kind::GraphExport, entry);
    Ok(Job::start(world, call, "graph_export_request", (Kind::GraphExport, &export)))
}

fn resource(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::object(world, call, "workspace", Kind::Workspace)?;
    require_account(world, call)?;
    let now = world.now();
    let is_under_way = |entry: &Entry| now.duration_since(entry.created_at) < LASTS;
    if world.entries_of(Kind::ResourceExport).any(|(_, entry)| is_under_way(entry)) {
        return Err(Failure::forbidden("There is an export of this workspace in progress already."));
    }
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
    let wanted = Value::Array(wanted.clone());
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("parameters", wanted);
    let export = world.add_entry(Kind::ResourceExport, entry);
    Ok(Job::start(world, call, "export_request", (Kind::ResourceExport, &export)))
}

/// For service accounts only.
fn organization(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let organization = entries::object(world, call, "organization", Kind::Workspace)?;
    require_account(world, call)?;
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("organization", Node::to(Kind::Workspace, Some(&organization)));
    let kind = Kind::OrganizationExport;
    Ok(Answer::created(kind, &world.add_entry(kind, entry)))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let kind = Kind::OrganizationExport;
    let (gid, _) = entries::target(world, call, "organization_export", kind)?;
    require_account(world, call)?;
    Ok(Answer::got(kind, &gid))
}
