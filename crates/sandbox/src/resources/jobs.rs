//! Jobs: how far a duplication is.
//!
//! Known limits: the five jobs at once that Asana allows are not counted; jobs never fail.

use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Kind, World};

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

pub(super) const SHAPE: Shape = Shape { name: "job", compact: FULL, full: FULL, written: FULL, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let job = reader.world.jobs.get(&at.gid)?;
    Some(match name {
        "resource_subtype" => job.resource_subtype.clone().into(),
        "status" => reader.world.job_status(job).to_owned().into(),
        "new_task" => Node::to(Kind::Task, job.new_task.as_ref()),
        "new_project"
        | "new_project_template"
        | "new_portfolio"
        | "new_graph_export"
        | "new_resource_export" => Node::null(),
        _ => return None,
    })
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "job", Kind::Job)?;
    Ok(Answer::got(Kind::Job, &gid))
}
