//! Sections: create, read, rename, delete, reorder. Tasks are put into them by `task_places.rs`.

use crate::call::{Answer, Call, Route, check_object};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/projects/{project}/sections", list),
    Route::post("/projects/{project}/sections", create),
    Route::post("/projects/{project}/sections/insert", insert),
    Route::get("/sections/{section}", get),
    Route::put("/sections/{section}", update),
    Route::delete("/sections/{section}", delete),
];

pub(super) const SHAPE: Shape = Shape {
    name: "section",
    compact: &["resource_type", "name"],
    full: &["resource_type", "name", "created_at", "project"],
    written: &["resource_type", "name", "created_at", "project"],
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let section = world.sections.get(&at.gid)?;
    let kind = world.kind_of(&section.project)?;
    Some(match name {
        "name" => section.name.clone().into(),
        "created_at" => Node::at(Some(section.created_at)),
        "project" => Node::to(kind, Some(&section.project)),
        "projects" => Node::all(kind, std::slice::from_ref(&section.project)),
        _ => return None,
    })
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = call.target(world, "project", Kind::Project)?;
    Ok(Answer::list(Kind::Section, world.sections_of(&project)))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "section", Kind::Section)?;
    Ok(Answer::got(Kind::Section, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = call.target(world, "project", Kind::Project)?;
    let name = named(call)?;
    let before = call.text("insert_before")?;
    let after = call.text("insert_after")?;
    let at = slot(world, &project, ("insert_before", before.as_deref()), ("insert_after", after.as_deref()))?;
    let gid = world.add_section(&project, &name);
    if let Some(project) = world.projects.get_mut(&project) {
        project.sections.insert(at, gid.clone());
    }
    Ok(Answer::created(Kind::Section, &gid))
}

/// Where a section goes among the project's others; the end without an anchor.
fn slot(
    world: &World,
    project: &str,
    (before_key, before): (&str, Option<&str>),
    (after_key, after): (&str, Option<&str>),
) -> Result<usize, Failure> {
    let sections = world.sections_of(project);
    let find = |what: &str, gid: &str| {
        check_object(world, Kind::Section, what, gid)?;
        let at = sections.iter().position(|known| known == gid);
        at.ok_or_else(|| Failure::bad(format!("{what}: Section {gid} is not in the project")))
    };
    match (before, after) {
        (Some(_), Some(_)) => {
            Err(Failure::bad(format!("You may only provide one of {before_key} or {after_key}!")))
        }
        (Some(gid), None) => find(before_key, gid),
        (None, Some(gid)) => Ok(find(after_key, gid)? + 1),
        (None, None) => Ok(sections.len()),
    }
}

/// The name of a body, which must not be empty.
fn named(call: &Call) -> Result<String, Failure> {
    match call.text("name")? {
        None => Err(Failure::missing("name")),
        Some(name) if name.trim().is_empty() => Err(Failure::bad("name: A section's name must not be empty")),
        Some(name) => Ok(name),
    }
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "section", Kind::Section)?;
    let name = call.has("name").then(|| named(call)).transpose()?;
    if let (Some(name), Some(section)) = (name, world.sections.get_mut(&gid)) {
        section.name = name;
    }
    Ok(Answer::written(Kind::Section, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "section", Kind::Section)?;
    let section = &world.sections[&gid];
    if !section.tasks.is_empty() {
        return Err(Failure::bad(
            "section: Only empty sections can be deleted; move or delete its tasks first",
        ));
    }
    let project: Gid = section.project.clone();
    if world.sections_of(&project).len() <= 1 {
        return Err(Failure::bad("section: The last section of a project cannot be deleted"));
    }
    world.sections.remove(&gid);
    if let Some(project) = world.projects.get_mut(&project) {
        project.sections.retain(|section| *section != gid);
    }
    Ok(Answer::empty())
}

fn insert(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = call.target(world, "project", Kind::Project)?;
    let section = call.required_gid("section")?;
    check_object(world, Kind::Section, "section", &section)?;
    if world.sections[&section].project != project {
        return Err(Failure::bad(format!("section: Section {section} is not in the project")));
    }
    let before = call.text("before_section")?;
    let after = call.text("after_section")?;
    if before.is_none() && after.is_none() {
        return Err(Failure::bad("You should specify one of before_section, after_section"));
    }
    // Checked before anything moves, then found again without the moved one.
    slot(world, &project, ("before_section", before.as_deref()), ("after_section", after.as_deref()))?;
    let anchor = before.as_ref().or(after.as_ref()).cloned().unwrap_or_default();
    if anchor != section
        && let Some(project) = world.projects.get_mut(&project)
    {
        project.sections.retain(|known| *known != section);
        let at = project.sections.iter().position(|known| *known == anchor);
        let at = at.map_or(project.sections.len(), |at| at + usize::from(before.is_none()));
        project.sections.insert(at, section);
    }
    Ok(Answer::empty())
}
