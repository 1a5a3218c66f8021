//! Custom fields on the page: their values in words, and a form for each.

use super::form::{Choice, Control, Edit};
use super::people;
use super::words::{dot, minute, people as names};
use crate::resources::{display, number_json};
use crate::world::{CustomField, FieldType, FieldValue, Gid, World};

/// A value as it stands in a table.
pub(super) struct Cell {
    pub(super) text: String,
    /// Classes of the dot before it; none without.
    pub(super) dot: &'static str,
    /// Aligned to the right.
    pub(super) is_number: bool,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), dot: "", is_number: false }
    }

    /// Not to be broken into lines: room for a moment, or a person's name.
    pub(super) fn is_short(&self) -> bool {
        self.text.chars().count() <= 18
    }
}

/// The value of a field on a task or other holder.
pub(super) fn cell(world: &World, holder: &str, field: &str) -> Cell {
    let Some(definition) = world.custom_fields.get(field) else {
        return Cell::text("");
    };
    let value = world.value(holder, field);
    let color = match value {
        Some(FieldValue::Enum(option)) => definition.option(option).map_or("", |option| dot(&option.color)),
        _ => "",
    };
    let is_number = definition.field_type == FieldType::Number;
    Cell {
        text: value.map(|value| shown(world, definition, value)).unwrap_or_default(),
        dot: color,
        is_number,
    }
}

/// As the API's `display_value`, but for days and moments, which read shorter here.
fn shown(world: &World, definition: &CustomField, value: &FieldValue) -> String {
    match value {
        FieldValue::Date { date_time: Some(at), .. } => minute(*at),
        FieldValue::Date { date, .. } => date.to_string(),
        FieldValue::People(users) => names(world, users),
        other => display(world, definition, other),
    }
}

/// A form for each field a task carries, in shown order.
pub(super) fn edits(world: &World, task: &str) -> Vec<Edit> {
    let carried = world.carried_fields(task);
    carried
        .into_iter()
        .filter_map(|carried| {
            let definition = world.custom_fields.get(&carried.field)?;
            let value = world.value(task, &carried.field);
            let edit =
                |control| Edit::new(task, &format!("field/{}", carried.field), &definition.name, control);
            let text = || value.map(|value| shown(world, definition, value)).unwrap_or_default();
            Some(if definition.is_value_read_only() {
                edit(Control::Fixed(text())).with_hint("worked out by Asana")
            } else if carried.enabled {
                edit(control(world, definition, value)).with_hint(hint(world, definition, value))
            } else {
                let press = Control::Press { shown: text(), button: "Clear", value: "" };
                edit(press).with_hint("of a project the task has left")
            })
        })
        .collect()
}

fn control(world: &World, definition: &CustomField, value: Option<&FieldValue>) -> Control {
    match (definition.field_type, value) {
        (FieldType::Text, Some(FieldValue::Text(text))) => Control::Text(text.clone()),
        (FieldType::Number, Some(FieldValue::Number(number))) => {
            Control::Number(number_json(*number).to_string())
        }
        (FieldType::Number, _) => Control::Number(String::new()),
        (FieldType::Enum, value) => {
            let chosen = match value {
                Some(FieldValue::Enum(option)) => std::slice::from_ref(option),
                _ => &[],
            };
            let none = Choice::new("", "–", chosen.is_empty());
            Control::One(std::iter::once(none).chain(options(definition, chosen)).collect())
        }
        (FieldType::MultiEnum, Some(FieldValue::MultiEnum(chosen))) => {
            Control::Many(options(definition, chosen))
        }
        (FieldType::MultiEnum, _) => Control::Many(options(definition, &[])),
        (FieldType::Date, Some(FieldValue::Date { date_time: Some(at), .. })) => {
            Control::Text(crate::clock::stamp(*at))
        }
        (FieldType::Date, Some(FieldValue::Date { date, .. })) => Control::Date(date.to_string()),
        (FieldType::Date, _) => Control::Date(String::new()),
        (FieldType::People, Some(FieldValue::People(users))) => people::many(world, users),
        (FieldType::People, _) => people::many(world, &[]),
        (FieldType::Reference, Some(FieldValue::Reference(gids))) => Control::Text(gids.join(", ")),
        (FieldType::Text | FieldType::Reference, _) => Control::Text(String::new()),
    }
}

/// The options that can be chosen, and those that are.
fn options(definition: &CustomField, chosen: &[Gid]) -> Vec<Choice> {
    let is_chosen = |gid: &Gid| chosen.contains(gid);
    let some = definition.options.iter().filter(|option| option.enabled || is_chosen(&option.gid));
    some.map(|option| Choice::new(&option.gid, &option.name, is_chosen(&option.gid))).collect()
}

fn hint(world: &World, definition: &CustomField, value: Option<&FieldValue>) -> String {
    match (definition.field_type, definition.format.as_str()) {
        (FieldType::Number, "percentage") => "a share: 0.5 is 50%".to_owned(),
        (FieldType::Number, "duration") => "minutes".to_owned(),
        (FieldType::Number, "currency") => definition.currency_code.clone().unwrap_or_default(),
        (FieldType::Number, "custom") => definition.custom_label.clone().unwrap_or_default(),
        (FieldType::Date, _) if matches!(value, Some(FieldValue::Date { date_time: Some(_), .. })) => {
            "a day or a moment".to_owned()
        }
        (FieldType::People, _) => people::hint(world).to_owned(),
        (FieldType::Reference, _) => "gids, with commas".to_owned(),
        _ => String::new(),
    }
}
