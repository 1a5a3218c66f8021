//! Jobs: how far a duplication is.
//!
//! Known limit: jobs never fail.

use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Kind, MOST_JOBS, World};

pub(super) const ROUTES: &[Route] = &[Route::get("/jobs/{job}", get)];

const FULL: &[&str] = &[
    "resource_type",
    "resource_subtype",
    "status",
    "new_project",
    "new_task",
    "new_project_template",
    "new_portfolio",
    "new_graph_export",
    "new_resource_export",
];

/// The property a made object stands under.
const MADE: &[(&str, Kind)] = &[
    ("new_task", Kind::Task),
    ("new_project", Kind::Project),
    ("new_project_template", Kind::ProjectTemplate),
    ("new_portfolio", Kind::Portfolio),
    ("new_graph_export", Kind::GraphExport),
    ("new_resource_export", Kind::ResourceExport),
];

/// Refuses one job too many at a time.
pub(super) fn check_room(world: &World, call: &Call) -> Result<(), Failure> {
    if world.jobs_under_way(&call.actor.user) < MOST_JOBS { Ok(()) } else { Err(Failure::too_many(1)) }
}

/// What `include` names of the parts that may be taken along.
pub(super) fn included(call: &Call, parts: &[&str]) -> Result<Vec<String>, Failure> {
    let given = call.words("include")?.unwrap_or_default();
    match given.iter().find(|part| !parts.contains(&part.as_str())) {
        Some(odd) => {
            Err(Failure::bad(format!("include: Value must be one of {}, not: {odd}", parts.join(", "))))
        }
        None => Ok(given),
    }
}

pub(super) const SHAPE: Shape = Shape { name: "job", compact: FULL, full: FULL, written: FULL, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let job = reader.world.jobs.get(&at.gid)?;
    Some(match name {
        "resource_subtype" => job.resource_subtype.clone().into(),
        "status" => reader.world.job_status(job).to_owned().into(),
        _ => {
            let (_, kind) = MADE.iter().find(|(property, _)| *property == name)?;
            match &job.makes {
                Some((made, gid)) if made == kind => Node::to(*kind, Some(gid)),
                _ => Node::null(),
            }
        }
    })
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "job", Kind::Job)?;
    if world.jobs[&gid].created_by != call.actor.user {
        return Err(Failure::forbidden("You do not have access to this job."));
    }
    Ok(Answer::got(Kind::Job, &gid))
}
