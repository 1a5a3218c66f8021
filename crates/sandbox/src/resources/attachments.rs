//! Attachments of tasks, projects and project briefs: uploaded files and links.
//!
//! `download_url` works for two minutes, without a token, as with Asana.

use crate::call::{Answer, Call, Route, check_long};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Actor, Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/attachments", list),
    Route::post("/attachments", attach),
    Route::get("/attachments/{attachment}", get),
    Route::delete("/attachments/{attachment}", delete),
];

pub(super) const SHAPE: Shape = Shape {
    name: "attachment",
    compact: &["resource_type", "name", "resource_subtype"],
    full: &[
        "connected_to_app",
        "created_at",
        "download_url",
        "host",
        "name",
        "parent",
        "permanent_url",
        "resource_type",
        "resource_subtype",
        "view_url",
    ],
    written: &["resource_type", "name", "resource_subtype"],
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let attachment = world.attachments.get(&at.gid)?;
    let stored = || format!("https://asanausercontent.com/us1/assets/{}/{}", world.home, at.gid);
    let is_file = attachment.resource_subtype == "asana";
    Some(match name {
        "name" => attachment.name.clone().into(),
        "resource_subtype" | "host" => attachment.resource_subtype.clone().into(),
        "created_at" => Node::at(Some(attachment.created_at)),
        "download_url" if is_file => crate::upload::address(world, &at.gid).into(),
        "download_url" => Node::null(),
        "view_url" => attachment.view_url.clone().unwrap_or_else(stored).into(),
        "permanent_url" => format!("https://app.asana.com/app/asana/-/get_asset?asset_id={}", at.gid).into(),
        "size" if is_file => attachment.content.len().into(),
        "connected_to_app" if matches!(attachment.resource_subtype.as_str(), "external" | "gdrive") => {
            false.into()
        }
        "parent" => Node::to(world.kind_of(&attachment.parent)?, Some(&attachment.parent)),
        _ => return None,
    })
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = call.query("parent").ok_or_else(|| Failure::bad("You should specify one of parent"))?;
    check_parent(world, parent)?;
    let attachments: Vec<Gid> = world
        .attachments
        .iter()
        .filter(|(_, attachment)| attachment.parent == parent)
        .map(|(gid, _)| gid.clone())
        .collect();
    Ok(Answer::list(Kind::Attachment, attachments))
}

fn check_parent(world: &World, parent: &str) -> Result<(), Failure> {
    check_long("parent", parent)?;
    match world.kind_of(parent) {
        Some(Kind::Task | Kind::Project | Kind::ProjectBrief) => Ok(()),
        _ => Err(Failure::unknown("parent", parent)),
    }
}

/// Attaches a file or a link; recorded as answering 200, not 201.
fn attach(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = call.required_gid("parent")?;
    check_parent(world, &parent)?;
    if let Some(file) = &call.file {
        let name = call.text("name")?.unwrap_or_else(|| file.name.clone());
        let gid = world.add_file(&parent, &name, file.content.clone());
        tell(world, &call.actor, &parent, &name);
        return Ok(Answer::written(Kind::Attachment, &gid));
    }
    if call.text("resource_subtype")?.as_deref() != Some("external") {
        return Err(Failure::missing("file"));
    }
    let name = call.text("name")?.ok_or_else(|| Failure::missing("name"))?;
    let url = call.text("url")?.ok_or_else(|| Failure::missing("url"))?;
    let gid = world.add_link(&parent, &name, &url);
    tell(world, &call.actor, &parent, &name);
    Ok(Answer::written(Kind::Attachment, &gid))
}

/// Tasks have a story of it.
pub(crate) fn tell(world: &mut World, actor: &Actor, parent: &str, name: &str) {
    if world.exists(Kind::Task, parent) {
        world.record(parent, actor, "attachment_added", format!("attached {name}"), Vec::new());
    }
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "attachment", Kind::Attachment)?;
    Ok(Answer::got(Kind::Attachment, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "attachment", Kind::Attachment)?;
    if let Some(attachment) = world.attachments.remove(&gid) {
        world.touch(&attachment.parent);
    }
    Ok(Answer::empty())
}
