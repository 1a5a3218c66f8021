//! Enum options: the choices of enum and multi_enum fields.
//!
//! Options are never deleted, only disabled; a field holds at most 500 of them, disabled ones included.

use super::custom_fields::PAID_ONLY;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{EnumOption, FieldType, Gid, Kind, World};
use serde_json::Value;

pub(super) const ROUTES: &[Route] = &[
    Route::post("/custom_fields/{custom_field}/enum_options", add_option),
    Route::post("/custom_fields/{custom_field}/enum_options/insert", insert_option),
    Route::get("/enum_options/{enum_option}", get_option),
    Route::put("/enum_options/{enum_option}", update_option),
    Route::delete("/enum_options/{enum_option}", delete_option),
];

/// Asana's cap, disabled options included.
const MOST_OPTIONS: usize = 500;

const NONE_ENABLED: &str = "enum_options: A field of this type must have at least one enabled enum option";

const OPTION: &[&str] = &["resource_type", "name", "enabled", "color"];

pub(super) const SHAPE: Shape =
    Shape { name: "enum_option", compact: OPTION, full: OPTION, written: OPTION, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let field = reader.world.option_fields.get(&at.gid)?;
    let option = reader.world.custom_fields.get(field)?.option(&at.gid)?;
    Some(match name {
        "name" => option.name.clone().into(),
        "enabled" => option.enabled.into(),
        "color" => option.color.clone().into(),
        _ => return None,
    })
}

/// An option of a definition.
pub(super) struct GivenOption {
    pub(super) name: String,
    pub(super) color: Option<String>,
    pub(super) enabled: bool,
}

pub(super) fn given_options(call: &Call, field_type: FieldType) -> Result<Vec<GivenOption>, Failure> {
    if !matches!(field_type, FieldType::Enum | FieldType::MultiEnum) {
        return Ok(Vec::new());
    }
    let items = match call.data.get("enum_options") {
        None | Some(Value::Null) => return Err(Failure::bad(NONE_ENABLED)),
        Some(Value::Array(items)) => items,
        Some(other) => return Err(Failure::bad(format!("enum_options: Value is not an array: {other}"))),
    };
    if items.len() > MOST_OPTIONS {
        return Err(Failure::bad(too_many_options()));
    }
    let options: Vec<GivenOption> = items
        .iter()
        .enumerate()
        .map(|(nth, item)| {
            let name = item.get("name").and_then(Value::as_str);
            Ok(GivenOption {
                name: name
                    .ok_or_else(|| Failure::missing(&format!("enum_options: [{nth}]: name")))?
                    .to_owned(),
                color: item.get("color").and_then(Value::as_str).map(str::to_owned),
                enabled: item.get("enabled").and_then(Value::as_bool).unwrap_or(true),
            })
        })
        .collect::<Result<_, Failure>>()?;
    if options.iter().any(|option| option.enabled) { Ok(options) } else { Err(Failure::bad(NONE_ENABLED)) }
}

fn too_many_options() -> String {
    format!("enum_options: A custom field may have at most {MOST_OPTIONS} enum options")
}

/// A field that can have options.
fn with_options(world: &World, call: &Call) -> Result<Gid, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let gid = call.target(world, "custom_field", Kind::CustomField)?;
    match world.custom_fields[&gid].field_type {
        FieldType::Enum | FieldType::MultiEnum => Ok(gid),
        _ => Err(Failure::bad("custom_field: Only enum and multi_enum custom fields have enum options")),
    }
}

fn add_option(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = with_options(world, call)?;
    let name = call.text("name")?.ok_or_else(|| Failure::missing("name"))?;
    let options = &world.custom_fields[&gid].options;
    if options.len() >= MOST_OPTIONS {
        return Err(Failure::bad(too_many_options()));
    }
    let at = option_slot(options, call, "insert_before", "insert_after")?;
    let enabled = call.flag("enabled")?.unwrap_or(true);
    let color = call.text("color")?;
    let mut option = world.new_option(&gid, name);
    option.enabled = enabled;
    option.color = color.unwrap_or(option.color);
    let option_gid = option.gid.clone();
    if let Some(field) = world.custom_fields.get_mut(&gid) {
        field.options.insert(at, option);
    }
    Ok(Answer::created(Kind::EnumOption, &option_gid))
}

/// Where an option goes; the end without an anchor.
fn option_slot(options: &[EnumOption], call: &Call, before: &str, after: &str) -> Result<usize, Failure> {
    let find = |key: &str, gid: &str| {
        let at = options.iter().position(|option| option.gid == gid);
        at.ok_or_else(|| Failure::unknown(key, gid))
    };
    match (call.text(before)?, call.text(after)?) {
        (Some(_), Some(_)) => Err(Failure::bad(format!("You may only provide one of {before} or {after}!"))),
        (Some(gid), None) => find(before, &gid),
        (None, Some(gid)) => Ok(find(after, &gid)? + 1),
        (None, None) => Ok(options.len()),
    }
}

fn insert_option(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = with_options(world, call)?;
    let moved = call.required_gid("enum_option")?;
    let mut options = world.custom_fields[&gid].options.clone();
    let from = options.iter().position(|option| option.gid == moved);
    let from = from.ok_or_else(|| Failure::unknown("enum_option", &moved))?;
    let itself = |key: &str| call.text(key).is_ok_and(|gid| gid.as_deref() == Some(moved.as_str()));
    if itself("before_enum_option") || itself("after_enum_option") {
        return Ok(Answer::written(Kind::EnumOption, &moved));
    }
    let option = options.remove(from);
    if !call.has("before_enum_option") && !call.has("after_enum_option") {
        return Err(Failure::bad("You should specify one of before_enum_option, after_enum_option"));
    }
    let at = option_slot(&options, call, "before_enum_option", "after_enum_option")?;
    options.insert(at, option);
    if let Some(field) = world.custom_fields.get_mut(&gid) {
        field.options = options;
    }
    Ok(Answer::written(Kind::EnumOption, &moved))
}

fn get_option(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "enum_option", Kind::EnumOption)?;
    Ok(Answer::got(Kind::EnumOption, &gid))
}

fn update_option(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let gid = call.target(world, "enum_option", Kind::EnumOption)?;
    let (name, color, enabled) = (call.text("name")?, call.text("color")?, call.flag("enabled")?);
    let field = world.option_fields[&gid].clone();
    let Some(field) = world.custom_fields.get_mut(&field) else {
        return Err(Failure::unknown("enum_option", &gid));
    };
    let others_enabled = field.options.iter().any(|option| option.enabled && option.gid != gid);
    if enabled == Some(false) && !others_enabled {
        return Err(Failure::bad("enabled: At least one enum option must stay enabled"));
    }
    if let Some(option) = field.options.iter_mut().find(|option| option.gid == gid) {
        option.name = name.unwrap_or_else(|| option.name.clone());
        option.color = color.unwrap_or_else(|| option.color.clone());
        option.enabled = enabled.unwrap_or(option.enabled);
    }
    Ok(Answer::written(Kind::EnumOption, &gid))
}

fn delete_option(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "enum_option", Kind::EnumOption)?;
    Err(Failure::forbidden("Enum options cannot be deleted; set enabled to false instead"))
}
