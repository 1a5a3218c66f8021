//! Custom fields: definitions and their enum options. Where fields are set is in `custom_field_settings.rs`.
//!
//! Known limits: formulas and generated ids cannot be made through the API (as in Asana); locking by another app is
//! not modelled.

use super::enum_options::given_options;
use super::words::choice;
use crate::call::{Answer, Call, Route, check_object, words_of};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{CustomField, FieldType, Gid, Kind, NewCustomField, World};
use serde_json::{Map, Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::post("/custom_fields", create),
    Route::get("/custom_fields/{custom_field}", get),
    Route::put("/custom_fields/{custom_field}", update),
    Route::delete("/custom_fields/{custom_field}", delete),
    Route::get("/workspaces/{workspace}/custom_fields", list),
    Route::post("/workspaces/{workspace}/custom_fields", create_in),
];

pub(crate) const PAID_ONLY: &str = "Custom Fields are not available for free users or guests.";
/// Names of built-in properties a field must not take.
const BUILT_IN_NAMES: &[&str] = &[
    "assignee",
    "due date",
    "start date",
    "tags",
    "projects",
    "created at",
    "completed at",
    "modified at",
    "dependencies",
    "followers",
    "name",
    "description",
    "completed",
    "created by",
    "collaborators",
    "section",
    "parent task",
    "likes",
];

/// What reference fields may point at.
const REFERENCED: &[&str] = &["task", "project", "portfolio", "goal"];

const FULL: &[&str] = &[
    "resource_type",
    "name",
    "resource_subtype",
    "type",
    "representation_type",
    "enabled",
    "id_prefix",
    "input_restrictions",
    "is_formula_field",
    "is_value_read_only",
    "enum_options",
    "precision",
    "format",
    "currency_code",
    "custom_label",
    "custom_label_position",
    "is_global_to_workspace",
    "has_notifications_enabled",
    "asana_created_field",
    "privacy_setting",
    "default_access_level",
    "created_by",
    "text_value",
    "number_value",
    "enum_value",
    "multi_enum_values",
    "date_value",
    "people_value",
    "reference_value",
    "display_value",
];

pub(super) const SHAPE: Shape = Shape {
    name: "custom_field",
    compact: &[
        "resource_type",
        "name",
        "type",
        "representation_type",
        "enabled",
        "id_prefix",
        "input_restrictions",
        "is_formula_field",
        "enum_options",
        "text_value",
        "number_value",
        "enum_value",
        "multi_enum_values",
        "date_value",
        "people_value",
        "reference_value",
        "display_value",
    ],
    full: FULL,
    written: FULL,
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let definition = reader.world.custom_fields.get(&at.gid)?;
    if let Some(holder) = &at.holder
        && let Some(node) = super::field_values::read(reader.world, holder, &at.gid, name)
    {
        return Some(node);
    }
    numbers_only(definition, name).or_else(|| common(definition, name))
}

fn numbers_only(field: &CustomField, name: &str) -> Option<Node> {
    let known =
        matches!(name, "precision" | "format" | "currency_code" | "custom_label" | "custom_label_position");
    if !known || field.field_type != FieldType::Number {
        return None;
    }
    Some(match name {
        "precision" => field.precision.into(),
        "format" => field.format.clone().into(),
        "currency_code" => field.currency_code.clone().into(),
        "custom_label" => field.custom_label.clone().into(),
        _ => field.custom_label_position.clone().into(),
    })
}

fn common(field: &CustomField, name: &str) -> Option<Node> {
    let is_enum = matches!(field.field_type, FieldType::Enum | FieldType::MultiEnum);
    Some(match name {
        "name" => field.name.clone().into(),
        "description" => field.description.clone().into(),
        "resource_subtype" | "type" => field.field_type.word().into(),
        "representation_type" => field.representation.clone().into(),
        "id_prefix" => field.id_prefix.clone().into(),
        "input_restrictions" if field.field_type == FieldType::Reference => {
            json!(field.input_restrictions).into()
        }
        "is_formula_field" => (field.representation == "formula").into(),
        "is_value_read_only" => field.is_value_read_only().into(),
        "enum_options" if is_enum => Node::List(
            field
                .options
                .iter()
                .map(|option| Node::Resource(Ref::new(Kind::EnumOption, &option.gid)))
                .collect(),
        ),
        "is_global_to_workspace" => field.is_global.into(),
        "has_notifications_enabled" => field.has_notifications_enabled.into(),
        "asana_created_field" => field.asana_created_field.clone().into(),
        "privacy_setting" => field.privacy_setting.clone().into(),
        "default_access_level" => field.default_access_level.clone().into(),
        "created_by" => Node::to(Kind::User, field.created_by.as_ref()),
        _ => return None,
    })
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    let of_library = |gid: &Gid, field: &CustomField| field.is_global && world.is_within(gid, &workspace);
    let fields = world.custom_fields.iter().filter(|(gid, field)| of_library(gid, field));
    let fields: Vec<Gid> = fields.map(|(gid, _)| gid.clone()).collect();
    Ok(Answer::list(Kind::CustomField, fields))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let gid = call.target(world, "custom_field", Kind::CustomField)?;
    Ok(Answer::got(Kind::CustomField, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let workspace = call.required_gid("workspace")?;
    check_object(world, Kind::Workspace, "workspace", &workspace)?;
    let gid = define(world, call, (&workspace, true))?;
    Ok(Answer::created(Kind::CustomField, &gid))
}

fn create_in(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    let gid = define(world, call, (&workspace, true))?;
    Ok(Answer::created(Kind::CustomField, &gid))
}

/// Makes a field of a workspace from the call's data; `is_global` puts it into the workspace's library.
pub(super) fn define(
    world: &mut World,
    call: &Call,
    (workspace, is_global): (&str, bool),
) -> Result<Gid, Failure> {
    let name = call.text("name")?.ok_or_else(|| Failure::missing("name"))?;
    let word = match call.text("resource_subtype")? {
        Some(word) => word,
        None => call.text("type")?.ok_or_else(|| Failure::missing("resource_subtype"))?,
    };
    let field_type = FieldType::from_word(&word)
        .ok_or_else(|| Failure::bad(format!("resource_subtype: Not a custom field type: {word}")))?;
    check_name(world, &name, (None, workspace))?;
    let options = given_options(call, field_type)?;
    // Checked on a throw-away copy first, so that a refused call leaves nothing behind.
    let mut draft =
        world.new_custom_field(&NewCustomField { name, field_type, precision: 0, options: Vec::new() });
    draft.is_global = is_global;
    draft.created_by = Some(call.actor.user.clone());
    apply(call, &mut draft)?;
    let gid = world.issue(Kind::CustomField);
    for option in options {
        let mut made = world.new_option(&gid, option.name);
        made.enabled = option.enabled;
        if let Some(color) = option.color {
            made.color = color;
        }
        draft.options.push(made);
    }
    world.custom_fields.insert(gid.clone(), draft);
    world.settle(&gid, workspace);
    Ok(gid)
}

/// Whether a property of tasks has this name.
pub(crate) fn is_built_in_name(name: &str) -> bool {
    BUILT_IN_NAMES.contains(&name.to_lowercase().as_str())
}

/// Names are unique in the library and must not be those of built-in properties.
fn check_name(world: &World, name: &str, (itself, workspace): (Option<&str>, &str)) -> Result<(), Failure> {
    if name.trim().is_empty() {
        return Err(Failure::missing("name"));
    }
    if is_built_in_name(name) {
        return Err(Failure::bad(format!("name: {name} is the name of a built-in field; choose another")));
    }
    let taken = world
        .custom_fields
        .iter()
        .filter(|(gid, _)| Some(gid.as_str()) != itself && world.is_within(gid, workspace))
        .any(|(_, field)| field.name == name && field.is_global);
    if taken {
        return Err(Failure::bad(format!("Custom field with name {name} already exists in workspace")));
    }
    Ok(())
}

/// Applies the writable properties, those of the field's type only.
fn apply(call: &Call, field: &mut CustomField) -> Result<(), Failure> {
    for key in call.data.keys() {
        match key.as_str() {
            "description" => field.description = call.text(key)?.unwrap_or_default(),
            "has_notifications_enabled" => field.has_notifications_enabled = call.flag(key)?.unwrap_or(false),
            "privacy_setting" => {
                field.privacy_setting = choice(call, key, &["public_with_guests", "public", "private"])?
            }
            "default_access_level" => {
                field.default_access_level = choice(call, key, &["admin", "editor", "user"])?
            }
            "id_prefix" => {
                field.id_prefix = call.text(key)?;
                // Fields with a prefix are those whose values are generated.
                if field.field_type == FieldType::Text && field.id_prefix.is_some() {
                    field.representation = "custom_id".to_owned();
                }
            }
            "input_restrictions" => {
                field.input_restrictions = words_of(key, &call.data[key])?;
                if let Some(other) =
                    field.input_restrictions.iter().find(|word| !REFERENCED.contains(&word.as_str()))
                {
                    return Err(Failure::bad(format!(
                        "{key}: Value must be one of {}, not: {other}",
                        REFERENCED.join(", ")
                    )));
                }
            }
            "owned_by_app" if call.flag(key)? == Some(true) => {
                return Err(Failure::forbidden("owned_by_app: This app may not own custom fields"));
            }
            _ => {}
        }
    }
    if field.field_type == FieldType::Number {
        apply_number(call, field)?;
    }
    if field.field_type == FieldType::Reference && field.input_restrictions.is_empty() {
        return Err(Failure::bad("input_restrictions: Name at least one of task, project, portfolio, goal"));
    }
    Ok(())
}

fn apply_number(call: &Call, field: &mut CustomField) -> Result<(), Failure> {
    const FORMATS: &[&str] = &["none", "identifier", "percentage", "currency", "custom", "duration"];
    if call.has("format") {
        field.format = choice(call, "format", FORMATS)?;
    }
    if let Some(precision) = call.data.get("precision").filter(|value| !value.is_null()) {
        let given = precision.as_u64().or_else(|| precision.as_str()?.parse().ok());
        field.precision = match given.map(u8::try_from) {
            Some(Ok(precision)) if precision <= 6 => precision,
            _ => return Err(Failure::bad(format!("precision: Must be between 0 and 6, not: {precision}"))),
        };
    }
    if field.format == "identifier" {
        field.precision = 0;
    }
    for (key, slot) in
        [("currency_code", &mut field.currency_code), ("custom_label", &mut field.custom_label)]
    {
        if call.has(key) {
            *slot = call.text(key)?;
        }
    }
    if call.text("custom_label_position")?.is_some() {
        field.custom_label_position = Some(choice(call, "custom_label_position", &["prefix", "suffix"])?);
    }
    // What belongs to another format is gone.
    if field.format != "currency" {
        field.currency_code = None;
    }
    if field.format != "custom" {
        (field.custom_label, field.custom_label_position) = (None, None);
    }
    match (field.format.as_str(), &field.currency_code, &field.custom_label) {
        ("currency", None, _) => Err(Failure::missing("currency_code")),
        ("currency", Some(code), _) if !is_currency(code) => {
            Err(Failure::bad(format!("currency_code: Not an ISO 4217 currency code: {code}")))
        }
        ("custom", _, None) => Err(Failure::missing("custom_label")),
        _ => Ok(()),
    }
}

/// The form of ISO 4217's codes; which of them exist changes with the world.
fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase())
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let gid = call.target(world, "custom_field", Kind::CustomField)?;
    let mut field = world.custom_fields[&gid].clone();
    for key in ["resource_subtype", "type"] {
        if call.text(key)?.is_some_and(|word| word != field.field_type.word()) {
            return Err(Failure::bad(format!("{key}: The type of a custom field cannot be changed")));
        }
    }
    if call.has("enum_options") {
        return Err(Failure::bad("enum_options: Cannot write this property"));
    }
    if let Some(name) = call.text("name")? {
        check_name(world, &name, (Some(&gid), world.workspace_of(&gid)))?;
        field.name = name;
    }
    apply(call, &mut field)?;
    world.custom_fields.insert(gid.clone(), field);
    Ok(Answer::written(Kind::CustomField, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let gid = call.target(world, "custom_field", Kind::CustomField)?;
    world.remove_custom_field(&gid);
    Ok(Answer::empty())
}

/// A call whose data is the definition object given in place of a field gid.
pub(super) fn definition_call(call: &Call, definition: &Map<String, Value>) -> Call {
    Call { data: definition.clone(), ..call.clone() }
}
