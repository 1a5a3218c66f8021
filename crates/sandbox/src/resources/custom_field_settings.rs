//! Custom field settings: which fields a project (or portfolio, goal, My Tasks list) carries, and in which order.
//!
//! `add`, `remove` and `list` take the holder as an argument, so other resources offer the same calls in two lines.

use super::custom_fields::{define, definition_call};
use crate::call::{Answer, Call, Route, check_object};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, Plan, World};
use serde_json::Value;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/projects/{project}/custom_field_settings", of_project),
    Route::post("/projects/{project}/addCustomFieldSetting", add_to_project),
    Route::post("/projects/{project}/removeCustomFieldSetting", remove_from_project),
    Route::get("/teams/{team}/custom_field_settings", of_team),
];

const PAID_ONLY: &str = "Custom Field Settings are not available for free users.";

const ALL: &[&str] = &["resource_type", "project", "is_important", "parent", "custom_field"];

pub(super) const SHAPE: Shape =
    Shape { name: "custom_field_setting", compact: ALL, full: ALL, written: ALL, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let setting = world.settings.get(&at.gid)?;
    let kind = world.kind_of(&setting.parent)?;
    Some(match name {
        "project" if kind == Kind::Project => Node::to(kind, Some(&setting.parent)),
        "project" => Node::null(),
        "parent" => Node::to(kind, Some(&setting.parent)),
        "is_important" => setting.is_important.into(),
        "custom_field" => Node::to(Kind::CustomField, Some(&setting.custom_field)),
        _ => return None,
    })
}

fn of_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = holder(world, call)?;
    list(world, &parent)
}

fn of_team(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = call.target(world, "team", Kind::Team)?;
    list(world, &parent)
}

fn add_to_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = holder(world, call)?;
    add(world, call, &parent)
}

fn remove_from_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = holder(world, call)?;
    remove(world, call, &parent)
}

/// A project; a My Tasks list works in its place.
fn holder(world: &World, call: &Call) -> Result<Gid, Failure> {
    let gid = call.param("project");
    if world.exists(Kind::UserTaskList, gid) {
        return Ok(gid.to_owned());
    }
    call.target(world, "project", Kind::Project)
}

/// The settings of a holder.
pub(super) fn list(world: &World, parent: &str) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let settings = world.settings_of.get(parent).cloned();
    Ok(Answer::list(Kind::CustomFieldSetting, settings.unwrap_or_default()))
}

/// The settings of a holder as a property of it; none on the free plan.
pub(super) fn nodes(world: &World, parent: &str) -> Node {
    match world.settings_of.get(parent) {
        Some(settings) if world.plan != Plan::Free => Node::all(Kind::CustomFieldSetting, settings),
        _ => Node::empty_list(),
    }
}

/// Puts a field on a holder: a gid, or a whole definition that makes a field local to it.
pub(super) fn add(world: &mut World, call: &Call, parent: &str) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let is_important = call.flag("is_important")?.unwrap_or(false);
    let at = slot(world, call, parent)?;
    let field = match call.data.get("custom_field") {
        Some(Value::Object(definition)) => {
            let workspace = world.workspace_of(parent).clone();
            define(world, &definition_call(call, definition), (&workspace, false))?
        }
        _ => {
            let gid = call.required_gid("custom_field")?;
            check_object(world, Kind::CustomField, "custom_field", &gid)?;
            if world.workspace_of(&gid) != world.workspace_of(parent) {
                return Err(Failure::bad("custom_field: Custom field is not in the same workspace"));
            }
            gid
        }
    };
    if world.fields_set_on(parent).contains(&field) {
        return Err(Failure::bad(format!(
            "custom_field: Custom field with ID {field} is already on the given object"
        )));
    }
    let setting = world.add_setting(parent, &field, is_important);
    if let Some(order) = world.settings_of.get_mut(parent) {
        order.retain(|known| *known != setting);
        order.insert(at.min(order.len()), setting.clone());
    }
    Ok(Answer::written(Kind::CustomFieldSetting, &setting))
}

/// Where the setting goes; the end without an anchor (a setting's gid, or its field's).
fn slot(world: &World, call: &Call, parent: &str) -> Result<usize, Failure> {
    let order = world.settings_of.get(parent).map_or(&[][..], Vec::as_slice);
    let find = |key: &str, gid: &str| {
        let fits = |setting: &Gid| {
            setting == gid || world.settings.get(setting).is_some_and(|found| found.custom_field == gid)
        };
        order.iter().position(fits).ok_or_else(|| Failure::unknown(key, gid))
    };
    match (call.text("insert_before")?, call.text("insert_after")?) {
        (Some(_), Some(_)) => Err(Failure::bad("You may only provide one of insert_before or insert_after!")),
        (Some(gid), None) => find("insert_before", &gid),
        (None, Some(gid)) => Ok(find("insert_after", &gid)? + 1),
        (None, None) => Ok(order.len()),
    }
}

/// Takes a field off a holder; values on its tasks stay, readable and clearable.
pub(super) fn remove(world: &mut World, call: &Call, parent: &str) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let field = call.required_gid("custom_field")?;
    check_object(world, Kind::CustomField, "custom_field", &field)?;
    let order = world.settings_of.get(parent).cloned().unwrap_or_default();
    let setting = order.into_iter().find(|gid| world.settings[gid].custom_field == field);
    let setting = setting
        .ok_or_else(|| Failure::bad(format!("Custom field with ID {field} is not on given object")))?;
    world.settings.remove(&setting);
    if let Some(order) = world.settings_of.get_mut(parent) {
        order.retain(|known| *known != setting);
    }
    Ok(Answer::empty())
}
