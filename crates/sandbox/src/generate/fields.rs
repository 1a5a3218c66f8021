//! The custom fields of made-up projects, and values that fit a task.

use super::dice::Dice;
use super::theme::TYPES;
use super::words::{AREAS, THEMES};
use crate::world::{FieldType, FieldValue, Gid, NewCustomField, World};

/// One of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Priority,
    Type,
    Components,
    Points,
    Estimate,
    Value,
    Theme,
    Customer,
    Target,
    Reviewer,
}

/// Highest first.
pub(super) const PRIORITIES: [&str; 4] = ["Critical", "High", "Medium", "Low"];
/// What teams choose from when they size work.
const POINTS: [f64; 7] = [1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0];
/// Hours of work behind one point, so that a median task of six hours has two.
const HOURS_A_POINT: f64 = 3.0;

/// Name, type and the name of Asana's own field, in the order of [`Key`].
const FIELDS: [(&str, FieldType, Option<&str>); 10] = [
    ("Priority", FieldType::Enum, Some("priority")),
    ("Type", FieldType::Enum, None),
    ("Components", FieldType::MultiEnum, None),
    ("Story Points", FieldType::Number, None),
    ("Estimated time", FieldType::Number, Some("estimated_time")),
    ("Business Value", FieldType::Number, None),
    ("Strategic Theme", FieldType::Enum, None),
    ("Customer", FieldType::Text, None),
    ("Target Date", FieldType::Date, None),
    ("Reviewer", FieldType::People, None),
];

/// The fields and their options, by [`Key`].
#[derive(Debug)]
pub(super) struct Fields {
    gids: Vec<Gid>,
    options: Vec<Vec<Gid>>,
}

impl Fields {
    /// Makes all of them.
    pub(super) fn make(world: &mut World) -> Self {
        let (mut gids, mut options) = (Vec::new(), Vec::new());
        for (name, field_type, own) in FIELDS {
            let names: &[&str] = match name {
                "Priority" => &PRIORITIES,
                "Type" => &TYPES,
                "Strategic Theme" => &THEMES,
                "Components" => &AREAS.each_ref().map(|area| area.name),
                _ => &[],
            };
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let new = NewCustomField { name: name.to_owned(), field_type, precision: 0, options: names };
            let gid = world.add_custom_field(new);
            if let Some(field) = world.custom_fields.get_mut(&gid) {
                field.asana_created_field = own.map(str::to_owned);
                if name == "Estimated time" {
                    field.format = "duration".to_owned();
                }
                options.push(field.options.iter().map(|option| option.gid.clone()).collect());
            }
            gids.push(gid);
        }
        Self { gids, options }
    }

    pub(super) fn gid(&self, key: Key) -> &Gid {
        &self.gids[key as usize]
    }

    /// The option at a place, as a value.
    pub(super) fn choice(&self, key: Key, option: usize) -> FieldValue {
        FieldValue::Enum(self.options[key as usize][option].clone())
    }

    /// The components of an area, sometimes with a second one.
    pub(super) fn components(&self, area: usize, dice: &mut Dice) -> FieldValue {
        let options = &self.options[Key::Components as usize];
        let mut chosen = vec![options[area].clone()];
        let other = dice.index(options.len());
        if dice.chance(0.2) && other != area {
            chosen.push(options[other].clone());
        }
        FieldValue::MultiEnum(chosen)
    }
}

/// The place of the priority an importance of 0 to 1 suggests.
pub(super) fn priority(heat: f64) -> usize {
    [0.9, 0.65, 0.3].iter().filter(|least| heat < **least).count()
}

/// The nearest size people choose.
pub(super) fn points(hours: f64) -> f64 {
    let exact = hours / HOURS_A_POINT;
    let nearest = POINTS.iter().min_by(|a, b| (*a - exact).abs().total_cmp(&(*b - exact).abs()));
    nearest.copied().unwrap_or(1.0)
}
