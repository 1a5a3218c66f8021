//! The `custom_fields.{gid}.…` filters of task search.
//!
//! Multi-enum and people fields can only be asked whether they are set, as Asana documents.

use crate::call::check_long;
use crate::error::Failure;
use crate::world::{FieldValue, World};
use jiff::civil::Date;

/// Whether a task's value of a field passes a filter; a filter that does not fit the field's type never does.
pub(super) fn holds_field(
    world: &World,
    task: &str,
    field: &str,
    how: &str,
    wanted: &str,
) -> Result<bool, Failure> {
    check_long("custom_field", field)?;
    let value = world.values.get(task).and_then(|values| values.get(field));
    Ok(match (how, value) {
        ("is_set", value) => {
            crate::call::flag_of(&format!("custom_fields.{field}.is_set"), wanted)? == value.is_some()
        }
        ("value", Some(FieldValue::Text(text))) => text == wanted,
        ("value", Some(FieldValue::Number(number))) => wanted.parse() == Ok(*number),
        ("value", Some(FieldValue::Enum(option))) => option == wanted,
        ("value", Some(FieldValue::Date { date, .. })) => wanted.parse().is_ok_and(|d: Date| d == *date),
        ("contains", Some(FieldValue::Text(text))) => lower(text).contains(&lower(wanted)),
        ("starts_with", Some(FieldValue::Text(text))) => lower(text).starts_with(&lower(wanted)),
        ("ends_with", Some(FieldValue::Text(text))) => lower(text).ends_with(&lower(wanted)),
        ("less_than", Some(FieldValue::Number(number))) => wanted.parse().is_ok_and(|n: f64| *number < n),
        ("greater_than", Some(FieldValue::Number(number))) => wanted.parse().is_ok_and(|n: f64| *number > n),
        ("before", Some(FieldValue::Date { date, .. })) => wanted.parse().is_ok_and(|d: Date| *date < d),
        ("after", Some(FieldValue::Date { date, .. })) => wanted.parse().is_ok_and(|d: Date| *date > d),
        _ => false,
    })
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}
