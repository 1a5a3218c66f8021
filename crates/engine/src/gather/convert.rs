//! From Asana's shapes to Upnext's words.
//!
//! Deliberately not here: any request. A value of a type Upnext does not know is kept as Asana displays it.

use asana::wire;
use domain::{
    Comment, Dependency, Elsewhere, FieldDef, FieldGid, FieldKind, FieldState, FieldValue, Named,
    NumberFormat, OptionDef, OptionGid, Person, ProjectGid, Section, SectionGid, Task, TaskGid, UserGid,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What is asked for of every task: all that judging needs, nothing that a list would carry in vain.
pub(crate) const TASK_FIELDS: [&str; 32] = [
    "name",
    "notes",
    "resource_subtype",
    "created_at",
    "modified_at",
    "completed",
    "due_on",
    "due_at",
    "start_on",
    "assignee.name",
    "parent.gid",
    "memberships.project.gid",
    "memberships.section.gid",
    "memberships.section.name",
    "dependencies.gid",
    "dependencies.completed",
    "dependents.gid",
    "num_likes",
    "num_subtasks",
    "tags.name",
    "custom_fields.gid",
    "custom_fields.resource_subtype",
    "custom_fields.text_value",
    "custom_fields.number_value",
    "custom_fields.enum_value.gid",
    "custom_fields.enum_value.name",
    "custom_fields.multi_enum_values.gid",
    "custom_fields.multi_enum_values.name",
    "custom_fields.date_value",
    "custom_fields.people_value.gid",
    "custom_fields.display_value",
    "custom_fields.enabled",
];

/// The fields above without the dependencies, for plans that do not have them.
pub(crate) fn without_dependencies() -> Vec<&'static str> {
    TASK_FIELDS.into_iter().filter(|f| !f.starts_with("depend")).collect()
}

fn person(user: wire::User) -> Person {
    Person { gid: UserGid::new(user.gid), name: user.name.unwrap_or_default() }
}

/// A task of the project.
pub(crate) fn to_task(wire: wire::Task, project: &ProjectGid) -> Task {
    let fields = task_fields(&wire);
    let section = section_of(&wire, project).map(|s| s.gid);
    let elsewhere = elsewhere(&wire, project);
    let created_at = wire.created_at.unwrap_or(Timestamp::UNIX_EPOCH);
    Task {
        gid: TaskGid::new(wire.gid),
        name: wire.name.unwrap_or_default(),
        notes: wire.notes.unwrap_or_default(),
        subtype: wire.resource_subtype.map(|s| s.as_str().to_owned()).unwrap_or_default(),
        created_at,
        modified_at: wire.modified_at.unwrap_or(created_at),
        completed: wire.completed.unwrap_or(false),
        due_on: wire.due_on,
        due_at: wire.due_at,
        start_on: wire.start_on,
        assignee: wire.assignee.map(person),
        section,
        section_ours: None,
        elsewhere,
        put_into: vec![],
        assignee_ours: None,
        dates_ours: None,
        parent: wire.parent.map(|p| TaskGid::new(p.gid)),
        dependencies: wire
            .dependencies
            .into_iter()
            .map(|d| Dependency { gid: TaskGid::new(d.gid), completed: d.completed })
            .collect(),
        dependents: wire.dependents.into_iter().map(|d| TaskGid::new(d.gid)).collect(),
        fields,
        likes: wire.num_likes.unwrap_or(0),
        tags: wire.tags.into_iter().filter_map(|t| t.name).collect(),
        num_subtasks: wire.num_subtasks.unwrap_or(0),
        comments: vec![],
    }
}

/// The section of the project that a task is in.
pub(crate) fn section_of(wire: &wire::Task, project: &ProjectGid) -> Option<Section> {
    let here = |m: &&wire::Membership| m.project.as_ref().is_some_and(|p| p.gid == project.as_str());
    let section = wire.memberships.iter().find(here)?.section.as_ref()?;
    Some(Named { gid: SectionGid::new(&*section.gid), name: section.name.clone().unwrap_or_default() })
}

/// The other projects a task is in, in one order however Asana lists them.
fn elsewhere(wire: &wire::Task, project: &ProjectGid) -> Vec<Elsewhere> {
    let others = wire.memberships.iter().filter_map(|membership| {
        let there = membership.project.as_ref().filter(|p| p.gid != project.as_str())?;
        let section = membership.section.as_ref().and_then(|section| section.name.clone());
        Some(Elsewhere { project: ProjectGid::new(&*there.gid), section })
    });
    let mut others: Vec<Elsewhere> = others.collect();
    others.sort();
    others
}

/// The values a task holds, by field.
fn task_fields(wire: &wire::Task) -> BTreeMap<FieldGid, FieldState> {
    let state = |f: &wire::CustomFieldValue| FieldState { value: field_value(f), ours: None };
    wire.custom_fields.iter().map(|f| (FieldGid::new(&*f.gid), state(f))).collect()
}

/// The value of one field.
pub(crate) fn field_value(field: &wire::CustomFieldValue) -> Option<FieldValue> {
    match kind(field.subtype()) {
        FieldKind::Text => field.text_value.clone().filter(|t| !t.is_empty()).map(FieldValue::Text),
        FieldKind::Number => field.number_value.map(FieldValue::Number),
        FieldKind::Enum => field.enum_value.as_ref().map(|o| {
            let (gid, name) = option(o);
            FieldValue::Enum { gid, name }
        }),
        FieldKind::MultiEnum => {
            let options: Vec<_> = field.multi_enum_values.iter().map(option).collect();
            (!options.is_empty()).then_some(FieldValue::MultiEnum(options))
        }
        FieldKind::Date => date(field),
        FieldKind::People => {
            let people: Vec<_> = field.people_value.iter().map(|p| UserGid::new(&*p.gid)).collect();
            (!people.is_empty()).then_some(FieldValue::People(people))
        }
        FieldKind::Other => field.display_value.clone().filter(|t| !t.is_empty()).map(FieldValue::Other),
    }
}

fn date(field: &wire::CustomFieldValue) -> Option<FieldValue> {
    let value = field.date_value.as_ref()?;
    let from_time = || value.date_time.map(|at| at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date());
    value.date.or_else(from_time).map(FieldValue::Date)
}

fn option(option: &wire::EnumOption) -> (OptionGid, String) {
    (OptionGid::new(&*option.gid), option.name.clone().unwrap_or_default())
}

fn kind(subtype: Option<&wire::CustomFieldSubtype>) -> FieldKind {
    use wire::CustomFieldSubtype as S;
    match subtype {
        Some(S::Text) => FieldKind::Text,
        Some(S::Number) => FieldKind::Number,
        Some(S::Enum) => FieldKind::Enum,
        Some(S::MultiEnum) => FieldKind::MultiEnum,
        Some(S::Date) => FieldKind::Date,
        Some(S::People) => FieldKind::People,
        _ => FieldKind::Other,
    }
}

/// A field definition.
pub(crate) fn to_definition(field: wire::CustomField) -> FieldDef {
    let generated = field.representation_type.as_deref().is_some_and(|r| r == "formula" || r == "custom_id");
    FieldDef {
        kind: kind(field.subtype()),
        read_only: field.is_formula_field.unwrap_or(false) || generated,
        gid: FieldGid::new(field.gid),
        name: field.name.unwrap_or_default(),
        precision: field.precision.unwrap_or(0),
        format: match field.format.as_deref() {
            Some("percentage") => NumberFormat::Percentage,
            Some("duration") => NumberFormat::Duration,
            _ => NumberFormat::Plain,
        },
        options: field
            .enum_options
            .into_iter()
            .map(|o| OptionDef {
                gid: OptionGid::new(o.gid),
                name: o.name.unwrap_or_default(),
                enabled: o.enabled.unwrap_or(true),
            })
            .collect(),
    }
}

/// A comment.
pub(crate) fn to_comment(story: &wire::Story) -> Comment {
    Comment {
        author: story
            .created_by
            .clone()
            .map(|u| Person { gid: UserGid::new(u.gid), name: u.name.unwrap_or_default() }),
        at: story.created_at.unwrap_or(Timestamp::UNIX_EPOCH),
        text: story.text.clone().unwrap_or_default(),
    }
}
