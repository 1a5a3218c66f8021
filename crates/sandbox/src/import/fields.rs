//! The custom fields of a backlog: which there are, and their values on the tasks.
//!
//! A field the workspace's library has by that name (in any case) keeps its type, and its values must fit it; how a new
//! one is typed is in `typing.rs`.

use super::people::People;
use super::row::Row;
use super::typing::{self, Draft};
use super::{ImportError, Tags};
use crate::resources::is_built_in_name;
use crate::world::{FieldType, FieldValue, Gid, NewCustomField, World};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Options a field may have, disabled ones included.
const MOST_OPTIONS: usize = 500;

/// The fields of a backlog, checked against the world.
#[derive(Debug)]
pub(super) struct Columns(Vec<Column>);

/// One field with the values of the rows that have it.
#[derive(Debug)]
struct Column {
    name: String,
    /// The field of that name in the library.
    existing: Option<Gid>,
    field_type: FieldType,
    precision: u8,
    /// Names the values need, in the order new options take.
    options: Vec<String>,
    values: Vec<(usize, Draft)>,
}

/// Values as given, by row.
struct Given {
    name: String,
    /// The type of the keys every backlog has; absent where values decide.
    known_type: Option<FieldType>,
    values: Vec<(usize, Value)>,
}

impl Columns {
    /// Types every field and reads every value; refuses the first that does not fit.
    pub(super) fn check(world: &World, rows: &[Row]) -> Result<Self, ImportError> {
        gather(rows)?.into_iter().map(|given| column(world, rows, given)).collect::<Result<_, _>>().map(Self)
    }

    /// The fields' names, in the order they are set on the project.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|column| column.name.clone()).collect()
    }

    /// Makes the fields and sets the values; answers what could not be set.
    pub(super) fn apply(
        &self,
        world: &mut World,
        people: &mut People,
        tags: &mut Tags,
        (project, tasks): (&Gid, &[Gid]),
    ) -> Vec<String> {
        let mut notes = Vec::new();
        let mut homeless = BTreeSet::new();
        for column in &self.0 {
            let field = column.field(world);
            world.add_setting(project, &field, true);
            let options = column.make_options(world, &field);
            let mut further = BTreeSet::new();
            for (nth, draft) in &column.values {
                let task = &tasks[*nth];
                if world.tasks[task].memberships.is_empty() {
                    homeless.insert(task);
                    continue;
                }
                for name in draft.options().iter().filter(|name| !options.contains_key(*name)) {
                    tags.put(world, task, name);
                    further.insert(name);
                }
                let value = value(world, people, column.field_type, draft, &options);
                world.set_value(task, &field, value);
            }
            notes.extend((!further.is_empty()).then(|| {
                format!("{}: {} options beyond {MOST_OPTIONS} became tags", column.name, further.len())
            }));
        }
        notes.extend((!homeless.is_empty()).then(|| {
            format!(
                "the fields of {} subtasks left out: name a `section` in their lines to put them into the project",
                homeless.len()
            )
        }));
        notes
    }
}

/// A draft with gids for its options and people.
fn value(
    world: &mut World,
    people: &mut People,
    field_type: FieldType,
    draft: &Draft,
    options: &HashMap<String, Gid>,
) -> Option<FieldValue> {
    match draft {
        Draft::Ready(value) => Some(value.clone()),
        Draft::People(names) => {
            Some(FieldValue::People(names.iter().map(|name| people.find_or_add(world, name)).collect()))
        }
        Draft::Options(names) => {
            let mut chosen = names.iter().filter_map(|name| options.get(name)).cloned();
            if field_type == FieldType::Enum {
                return chosen.next().map(FieldValue::Enum);
            }
            let chosen: Vec<Gid> = chosen.collect();
            (!chosen.is_empty()).then_some(FieldValue::MultiEnum(chosen))
        }
    }
}

/// Every field the rows name, the common ones first.
fn gather(rows: &[Row]) -> Result<Vec<Given>, ImportError> {
    let mut found: Vec<Given> = [
        ("Priority", FieldType::Enum),
        ("Type", FieldType::Enum),
        ("Components", FieldType::MultiEnum),
        ("Story Points", FieldType::Number),
    ]
    .into_iter()
    .map(|(name, known)| Given { name: name.to_owned(), known_type: Some(known), values: Vec::new() })
    .collect();
    for (nth, row) in rows.iter().enumerate() {
        let common = [
            row.priority.as_ref().map(|word| json!(word)),
            row.kind.as_ref().map(|word| json!(word)),
            (!row.components.is_empty()).then(|| json!(row.components)),
            row.story_points.map(|points| json!(points)),
        ];
        for (given, value) in found.iter_mut().zip(common) {
            given.values.extend(value.map(|value| (nth, value)));
        }
        for (name, value) in row.fields.iter().filter(|(_, value)| !value.is_null()) {
            let name = name.trim();
            if name.is_empty() || is_built_in_name(name) {
                let problem = format!("`fields`: \"{name}\" is not a name a custom field may have");
                return Err(ImportError::Line { line: row.line, problem });
            }
            put(&mut found, name, nth, value.clone());
        }
    }
    found.retain(|given| !given.values.is_empty());
    Ok(found)
}

/// Adds a value; one in `fields` wins over the common key of the same name.
fn put(found: &mut Vec<Given>, name: &str, nth: usize, value: Value) {
    let at = found.iter().position(|given| given.name.eq_ignore_ascii_case(name));
    let at = at.unwrap_or_else(|| {
        found.push(Given { name: name.to_owned(), known_type: None, values: Vec::new() });
        found.len() - 1
    });
    // Rows come in order, so a value this row already has is the last.
    found[at].values.pop_if(|(row, _)| *row == nth);
    found[at].values.push((nth, value));
}

fn column(world: &World, rows: &[Row], given: Given) -> Result<Column, ImportError> {
    let existing = world
        .custom_fields
        .iter()
        .find(|(_, field)| field.is_global && field.name.eq_ignore_ascii_case(&given.name));
    let values = || given.values.iter().map(|(_, value)| value);
    let field_type = match existing {
        Some((_, field)) => field.field_type,
        None => given.known_type.unwrap_or_else(|| typing::guess(values())),
    };
    let precision = existing.map_or_else(|| typing::precision(values()), |(_, field)| field.precision);
    let mut drafts = Vec::with_capacity(given.values.len());
    for (nth, value) in &given.values {
        let draft = typing::convert(field_type, precision, value).map_err(|found| {
            let word = field_type.word();
            let problem = format!("the {word} field \"{}\" cannot hold {found}", given.name);
            ImportError::Line { line: rows[*nth].line, problem }
        })?;
        drafts.extend(draft.map(|draft| (*nth, draft)));
    }
    let mut seen = HashSet::new();
    let named = drafts.iter().flat_map(|(_, draft)| draft.options());
    let mut options: Vec<String> = named.filter(|name| seen.insert(*name)).cloned().collect();
    if given.name.eq_ignore_ascii_case("Priority") {
        options.sort_by_key(|name| typing::priority_rank(name));
    }
    let name = existing.map_or(given.name, |(_, field)| field.name.clone());
    let existing = existing.map(|(gid, _)| gid.clone());
    Ok(Column { name, existing, field_type, precision, options, values: drafts })
}

impl Column {
    fn field(&self, world: &mut World) -> Gid {
        self.existing.clone().unwrap_or_else(|| {
            world.add_custom_field(NewCustomField {
                name: self.name.clone(),
                field_type: self.field_type,
                precision: self.precision,
                options: Vec::new(),
            })
        })
    }

    /// The field's options by name; missing ones are made while there is room.
    fn make_options(&self, world: &mut World, field: &str) -> HashMap<String, Gid> {
        let known = &world.custom_fields[field].options;
        let mut by_name: HashMap<String, Gid> =
            known.iter().map(|option| (option.name.clone(), option.gid.clone())).collect();
        let room = MOST_OPTIONS.saturating_sub(known.len());
        let missing: Vec<String> =
            self.options.iter().filter(|name| !by_name.contains_key(*name)).take(room).cloned().collect();
        for name in missing {
            let option = world.new_option(field, name);
            by_name.insert(option.name.clone(), option.gid.clone());
            if let Some(definition) = world.custom_fields.get_mut(field) {
                definition.options.push(option);
            }
        }
        by_name
    }
}
