//! Values of custom fields: reading them for a record, and the rules of writing them.
//!
//! A write is checked whole (`check`) before anything changes (`apply`), so a refused call leaves nothing behind.
//! A value equal to the old one after rounding is no change: no story, no `modified_at`.

use super::custom_fields::PAID_ONLY;
use crate::call::words_of;
use crate::error::Failure;
use crate::node::{Node, Ref};
use crate::world::{Actor, Carried, CustomField, FieldType, FieldValue, Gid, Kind, World, round_to};
use jiff::civil::Date;
use serde_json::{Value, json};

const MOST_TEXT_CHARS: usize = 1024;

/// A checked change of one field.
#[derive(Debug, Clone)]
pub(super) struct Change {
    field: Gid,
    value: Option<FieldValue>,
}

/// The value-bearing properties of a field on a holder; `None` for a property of the definition.
pub(super) fn read(world: &World, holder: &str, field: &str, name: &str) -> Option<Node> {
    let definition = world.custom_fields.get(field)?;
    let value = world.value(holder, field);
    match name {
        "enabled" => {
            let carried = world.carried_fields(holder);
            let here = carried.iter().find(|carried| carried.field == field);
            Some(here.is_some_and(|carried| carried.enabled).into())
        }
        "html_text_value" if definition.field_type == FieldType::Text => Some(match value {
            Some(FieldValue::Text(text)) => crate::markup::body(text).into(),
            _ => Node::null(),
        }),
        "display_value" => Some(value.map(|value| display(world, definition, value)).into()),
        _ if name == key_of(definition.field_type) => Some(value_node(world, definition.field_type, value)),
        _ => None,
    }
}

/// The property a type's value is read from.
fn key_of(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Text => "text_value",
        FieldType::Number => "number_value",
        FieldType::Enum => "enum_value",
        FieldType::MultiEnum => "multi_enum_values",
        FieldType::Date => "date_value",
        FieldType::People => "people_value",
        FieldType::Reference => "reference_value",
    }
}

fn value_node(world: &World, field_type: FieldType, value: Option<&FieldValue>) -> Node {
    match value {
        Some(FieldValue::Text(text)) => text.clone().into(),
        Some(FieldValue::Number(number)) => number_json(*number).into(),
        Some(FieldValue::Enum(option)) => Node::to(Kind::EnumOption, Some(option)),
        Some(FieldValue::MultiEnum(options)) => Node::all(Kind::EnumOption, options),
        Some(FieldValue::Date { date, date_time }) => json!({
            "date": date.to_string(),
            "date_time": date_time.map(crate::clock::stamp),
        })
        .into(),
        Some(FieldValue::People(users)) => Node::all(Kind::User, users),
        Some(FieldValue::Reference(gids)) => Node::List(
            gids.iter().filter_map(|gid| Some(Node::Resource(Ref::new(world.kind_of(gid)?, gid)))).collect(),
        ),
        None => match field_type {
            FieldType::MultiEnum | FieldType::People | FieldType::Reference => Node::empty_list(),
            _ => Node::null(),
        },
    }
}

/// Whole numbers without a point, as Asana writes them.
pub(crate) fn number_json(number: f64) -> Value {
    const SAFE: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < SAFE {
        format!("{number:.0}").parse::<i64>().map_or(Value::Null, Value::from)
    } else {
        json!(number)
    }
}

/// The value as a person reads it.
pub(crate) fn display(world: &World, field: &CustomField, value: &FieldValue) -> String {
    let names = |gids: &[Gid], name: fn(&World, &str) -> Option<String>| {
        gids.iter().filter_map(|gid| name(world, gid)).collect::<Vec<_>>().join(", ")
    };
    let option = |gid: &Gid| field.option(gid).map(|option| option.name.clone()).unwrap_or_default();
    match value {
        FieldValue::Text(text) => text.clone(),
        FieldValue::Number(number) => display_number(field, *number),
        FieldValue::Enum(gid) => option(gid),
        FieldValue::MultiEnum(gids) => gids.iter().map(option).collect::<Vec<_>>().join(", "),
        FieldValue::Date { date, date_time: None } => format!("{date}T00:00:00.000Z"),
        FieldValue::Date { date_time: Some(at), .. } => crate::clock::stamp(*at),
        FieldValue::People(gids) => names(gids, |world, gid| Some(world.users.get(gid)?.name.clone())),
        FieldValue::Reference(gids) => names(gids, |world, gid| world.name_of(gid).map(str::to_owned)),
    }
}

fn display_number(field: &CustomField, number: f64) -> String {
    let digits = usize::from(field.precision);
    match field.format.as_str() {
        "percentage" => format!("{:.digits$}%", number * 100.0),
        "currency" => {
            let code = field.currency_code.as_deref().unwrap_or_default();
            currency(code, number, digits)
        }
        "custom" => {
            let label = field.custom_label.as_deref().unwrap_or_default();
            match field.custom_label_position.as_deref() {
                Some("prefix") => format!("{label} {number:.digits$}"),
                _ => format!("{number:.digits$} {label}"),
            }
        }
        "duration" => format!("{:.0}h {:.0}m", (number / 60.0).trunc(), number % 60.0),
        _ => format!("{number:.digits$}"),
    }
}

/// An amount with its currency's sign, or its ISO 4217 code when the sign is not known.
pub(super) fn currency(code: &str, number: f64, digits: usize) -> String {
    let sign = match code {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        _ => return format!("{code} {number:.digits$}"),
    };
    format!("{sign}{number:.digits$}")
}

/// Checks and stores values of a holder that exists.
pub(super) fn write(world: &mut World, actor: &Actor, holder: &str, given: &Value) -> Result<(), Failure> {
    let carried = world.carried_fields(holder);
    let changes = check(world, actor, &carried, given)?;
    apply(world, actor, holder, changes);
    Ok(())
}

/// Checks `{"<field gid>": value}` against the fields the holder carries.
pub(super) fn check(
    world: &World,
    actor: &Actor,
    carried: &[Carried],
    given: &Value,
) -> Result<Vec<Change>, Failure> {
    let Value::Object(given) = given else {
        return Err(Failure::bad(format!("custom_fields: Value is not a JSON object: {given}")));
    };
    if !given.is_empty() {
        super::require_paid(world, PAID_ONLY)?;
    }
    given
        .iter()
        .map(|(gid, value)| {
            let on_it = carried.iter().find(|carried| carried.field == *gid);
            let on_it = on_it
                .ok_or_else(|| Failure::bad(format!("Custom field with ID {gid} is not on given object")))?;
            let field = &world.custom_fields[gid];
            if field.is_value_read_only() {
                return Err(Failure::bad(format!("Custom field with ID {gid} is read-only")));
            }
            if !on_it.enabled && !value.is_null() {
                return Err(Failure::bad(format!(
                    "Custom field with ID {gid} is disabled on given object: its value can only be cleared"
                )));
            }
            let value = parse(world, actor, field, gid, value)?;
            Ok(Change { field: gid.clone(), value })
        })
        .collect()
}

/// Reads a given value as the field's type; `null` and empty lists clear.
fn parse(
    world: &World,
    actor: &Actor,
    field: &CustomField,
    gid: &str,
    value: &Value,
) -> Result<Option<FieldValue>, Failure> {
    if value.is_null() {
        return Ok(None);
    }
    let what = format!("custom_fields: {gid}");
    let list = || words_of(&what, value);
    Ok(match field.field_type {
        FieldType::Text => text(&what, value)?.map(FieldValue::Text),
        FieldType::Number => number(&what, field, value)?.map(FieldValue::Number),
        FieldType::Enum => match list()?.as_slice() {
            [] => None,
            [one] => Some(FieldValue::Enum(chosen(field, &what, one)?)),
            _ => return Err(Failure::bad(format!("{what}: Only one enum option can be set"))),
        },
        FieldType::MultiEnum => {
            let options: Result<Vec<Gid>, Failure> =
                list()?.iter().map(|one| chosen(field, &what, one)).collect();
            some_of(distinct(options?), FieldValue::MultiEnum)
        }
        FieldType::Date => Some(date(&what, value)?),
        FieldType::People => {
            let find = |one: &String| {
                world.find_user(one, &actor.user).ok_or_else(|| Failure::unrecognized(&what, one))
            };
            let users: Result<Vec<Gid>, Failure> = list()?.iter().map(find).collect();
            some_of(distinct(users?), FieldValue::People)
        }
        FieldType::Reference => {
            let gids = distinct(list()?);
            gids.iter().try_for_each(|gid| check_reference(world, field, &what, gid))?;
            some_of(gids, FieldValue::Reference)
        }
    })
}

fn some_of(gids: Vec<Gid>, make: fn(Vec<Gid>) -> FieldValue) -> Option<FieldValue> {
    (!gids.is_empty()).then(|| make(gids))
}

fn distinct(gids: Vec<Gid>) -> Vec<Gid> {
    let mut seen: Vec<Gid> = Vec::new();
    for gid in gids {
        if !seen.contains(&gid) {
            seen.push(gid);
        }
    }
    seen
}

fn text(what: &str, value: &Value) -> Result<Option<String>, Failure> {
    let Value::String(text) = value else {
        return Err(Failure::bad(format!("{what}: Value is not a string: {value}")));
    };
    if text.chars().count() > MOST_TEXT_CHARS {
        return Err(Failure::bad(format!(
            "{what}: Text must not be longer than {MOST_TEXT_CHARS} characters"
        )));
    }
    Ok((!text.is_empty()).then(|| text.clone()))
}

/// A JSON number or a numeric string, rounded to the field's precision; percentages keep two digits more.
fn number(what: &str, field: &CustomField, value: &Value) -> Result<Option<f64>, Failure> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let number = number
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| Failure::bad(format!("{what}: Value is not a number: {value}")))?;
    let extra = if field.format == "percentage" { 2 } else { 0 };
    Ok(Some(round_to(number, field.precision + extra)))
}

fn chosen(field: &CustomField, what: &str, gid: &str) -> Result<Gid, Failure> {
    match field.option(gid) {
        Some(option) if option.enabled => Ok(option.gid.clone()),
        Some(_) => Err(Failure::bad(format!("{what}: Enum option is disabled: {gid}"))),
        None => Err(Failure::bad(format!("{what}: Not a recognized ID: {gid}"))),
    }
}

/// `{"date": …}`, `{"date_time": …}` or a bare string of either.
fn date(what: &str, value: &Value) -> Result<FieldValue, Failure> {
    let part = |key: &str| value.get(key).and_then(Value::as_str);
    let given = match value {
        Value::String(text) => Some(text.as_str()),
        Value::Object(_) => part("date_time").or_else(|| part("date")),
        _ => None,
    };
    let given = given.ok_or_else(|| {
        Failure::bad(format!("{what}: Value must be an object with date or date_time: {value}"))
    })?;
    if let Ok(date) = given.parse::<Date>()
        && date.to_string() == given
    {
        return Ok(FieldValue::Date { date, date_time: None });
    }
    let at = super::task_dates::moment(what, given)?;
    let date = at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    Ok(FieldValue::Date { date, date_time: Some(at) })
}

fn check_reference(world: &World, field: &CustomField, what: &str, gid: &str) -> Result<(), Failure> {
    let kind = world.kind_of(gid).ok_or_else(|| Failure::unknown(what, gid))?;
    let name = super::shape_of(kind).name;
    if field.input_restrictions.iter().any(|allowed| allowed == name) {
        Ok(())
    } else {
        Err(Failure::bad(format!("{what}: A {name} cannot be referenced by this field")))
    }
}

/// Stores checked values; each real change of a task's value becomes a story.
pub(super) fn apply(world: &mut World, actor: &Actor, holder: &str, changes: Vec<Change>) {
    for Change { field, value } in changes {
        let old = world.value(holder, &field).cloned();
        if old == value {
            continue;
        }
        world.set_value(holder, &field, value.clone());
        if world.tasks.contains_key(holder) {
            record(world, actor, holder, &field, (old, value));
        }
    }
}

/// Stores one value that needs no check, with its story.
pub(crate) fn set(world: &mut World, actor: &Actor, holder: &str, (field, value): (&Gid, FieldValue)) {
    apply(world, actor, holder, vec![Change { field: field.clone(), value: Some(value) }]);
}

fn record(
    world: &mut World,
    actor: &Actor,
    task: &str,
    field: &str,
    (old, new): (Option<FieldValue>, Option<FieldValue>),
) {
    let definition = &world.custom_fields[field];
    let (subtype, old_key, new_key) = match definition.field_type {
        FieldType::Text => ("text_custom_field_changed", "old_text_value", "new_text_value"),
        FieldType::Number => ("number_custom_field_changed", "old_number_value", "new_number_value"),
        FieldType::Enum => ("enum_custom_field_changed", "old_enum_value", "new_enum_value"),
        FieldType::MultiEnum => {
            ("multi_enum_custom_field_changed", "old_multi_enum_values", "new_multi_enum_values")
        }
        FieldType::Date => ("date_custom_field_changed", "old_date_value", "new_date_value"),
        FieldType::People => ("people_custom_field_changed", "old_people_value", "new_people_value"),
        FieldType::Reference => {
            ("reference_custom_field_changed", "old_reference_value", "new_reference_value")
        }
    };
    let shown = |value: &Option<FieldValue>| value.as_ref().map(|value| display(world, definition, value));
    let name = &definition.name;
    let text = match (shown(&old), shown(&new)) {
        (Some(old), Some(new)) => format!("changed {name} from \"{old}\" to \"{new}\""),
        (None, Some(new)) => format!("changed {name} to \"{new}\""),
        _ => format!("cleared {name}"),
    };
    let change = vec![
        ("custom_field", Node::Resource(Ref::new(Kind::CustomField, field))),
        (old_key, story_node(world, definition.field_type, old.as_ref())),
        (new_key, story_node(world, definition.field_type, new.as_ref())),
    ];
    world.record(task, actor, subtype, text, change);
}

/// A value as stories hold it: dates have another shape there (`StoryResponseDates`) than on the task.
fn story_node(world: &World, field_type: FieldType, value: Option<&FieldValue>) -> Node {
    match value {
        Some(FieldValue::Date { date, date_time }) => json!({
            "start_on": null,
            "due_at": date_time.map(crate::clock::stamp),
            "due_on": date.to_string(),
        })
        .into(),
        value => value_node(world, field_type, value),
    }
}
