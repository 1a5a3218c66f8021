//! The rows of a project's table: which tasks, in which order, and what each shows.

use super::fields::{self, Cell};
use super::project::{Ask, Column};
use super::words::{minute, named, person};
use crate::world::{FieldValue, Gid, Project, Task, World};
use std::cmp::Ordering;
use std::ops::Range;

/// Rows below one heading.
pub(super) struct Group {
    /// The section; empty when the order is not by section.
    pub(super) title: String,
    /// Tasks of the section that were found, on this page or not.
    pub(super) count: usize,
    pub(super) rows: Vec<Row>,
}

/// A task.
pub(super) struct Row {
    pub(super) gid: Gid,
    pub(super) name: String,
    pub(super) is_done: bool,
    /// Below the columns after the name's.
    pub(super) cells: Vec<Cell>,
}

/// Tasks in the order to be shown, in stretches of one section each, or in one stretch when sorted.
pub(super) struct Found<'a> {
    stretches: Vec<(Option<&'a str>, Vec<&'a Gid>)>,
}

impl Found<'_> {
    pub(super) fn len(&self) -> usize {
        self.stretches.iter().map(|(_, tasks)| tasks.len()).sum()
    }
}

/// What a column sorts by; what has no value comes last both ways.
#[derive(Debug)]
enum Key<'a> {
    Number(f64),
    Text(String),
    Word(&'a str),
    None,
}

/// The tasks that fit, in order.
pub(super) fn find<'a>(world: &'a World, project: &'a Project, ask: &Ask) -> Found<'a> {
    let words = ask.text.to_lowercase();
    let all = words.is_empty() && !matches!(ask.state.as_str(), "open" | "done");
    let fits = |gid: &Gid| {
        all || world.task(gid).is_some_and(|task| {
            let state = match ask.state.as_str() {
                "open" => task.completed.is_none(),
                "done" => task.completed.is_some(),
                _ => true,
            };
            state && (*gid == words || task.name.to_lowercase().contains(&words))
        })
    };
    let sections = project.sections.iter().filter_map(|gid| world.sections.get(gid));
    let stretches = sections.map(|section| {
        (Some(section.name.as_str()), section.tasks.iter().filter(|gid| fits(gid)).collect::<Vec<_>>())
    });
    if ask.sort.is_empty() {
        let shown = |(_, tasks): &(_, Vec<_>)| all || !tasks.is_empty();
        return Found { stretches: stretches.filter(shown).collect() };
    }
    let mut keyed: Vec<(Key<'_>, &Gid)> = Vec::new();
    for (section, tasks) in stretches {
        keyed.extend(tasks.into_iter().map(|gid| (key(world, gid, &ask.sort, section), gid)));
    }
    keyed.sort_by(|(a, _), (b, _)| order(a, b, ask.descending));
    Found { stretches: vec![(None, keyed.into_iter().map(|(_, gid)| gid).collect())] }
}

fn key<'a>(world: &'a World, gid: &'a Gid, column: &str, section: Option<&'a str>) -> Key<'a> {
    let Some(task) = world.task(gid) else {
        return Key::None;
    };
    let word = |text: Option<&'a str>| text.map_or(Key::None, Key::Word);
    match column {
        "name" => Key::Text(task.name.to_lowercase()),
        "section" => word(section),
        "completed" => Key::Number(f64::from(task.completed.is_some())),
        "assignee" => word(task.assignee.as_ref().and_then(|gid| Some(world.users.get(gid)?.name.as_str()))),
        "due" => word(task.due_on.as_deref()),
        "modified" => Key::Text(task.modified_at.to_string()),
        field => match (world.value(gid, field), world.custom_fields.get(field)) {
            (Some(FieldValue::Number(number)), _) => Key::Number(*number),
            (Some(FieldValue::Enum(option)), Some(definition)) => {
                let place = definition.options.iter().position(|known| known.gid == *option);
                place
                    .and_then(|place| u32::try_from(place).ok())
                    .map_or(Key::None, |at| Key::Number(at.into()))
            }
            (Some(_), Some(_)) => Key::Text(fields::cell(world, gid, field).text.to_lowercase()),
            _ => Key::None,
        },
    }
}

fn order(a: &Key<'_>, b: &Key<'_>, descending: bool) -> Ordering {
    let ascending = match (a, b) {
        (Key::None, Key::None) => return Ordering::Equal,
        (Key::None, _) => return Ordering::Greater,
        (_, Key::None) => return Ordering::Less,
        (Key::Number(a), Key::Number(b)) => a.total_cmp(b),
        (Key::Text(a), Key::Text(b)) => a.cmp(b),
        (Key::Word(a), Key::Word(b)) => a.cmp(b),
        // One column has one sort of key.
        _ => Ordering::Equal,
    };
    if descending { ascending.reverse() } else { ascending }
}

/// The rows of a stretch of what was found, with the headings they stand below.
pub(super) fn groups(
    world: &World,
    columns: &[Column],
    found: &Found<'_>,
    range: Range<usize>,
) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut at = 0;
    for (title, tasks) in &found.stretches {
        let here = at..at + tasks.len();
        let from = range.start.clamp(here.start, here.end) - at;
        let to = range.end.clamp(here.start, here.end) - at;
        at = here.end;
        // An empty section stands where its tasks would.
        let stands_here = range.contains(&at) || (at == range.end && range.end == found.len());
        if from < to || (tasks.is_empty() && title.is_some() && stands_here) {
            let rows = tasks[from..to].iter().filter_map(|gid| row(world, columns, gid)).collect();
            groups.push(Group { title: title.map(named).unwrap_or_default(), count: tasks.len(), rows });
        }
    }
    groups
}

fn row(world: &World, columns: &[Column], gid: &Gid) -> Option<Row> {
    let task = world.task(gid)?;
    let cells = columns.iter().skip(1).map(|column| cell(world, gid, task, &column.key)).collect();
    Some(Row { gid: gid.clone(), name: named(&task.name), is_done: task.completed.is_some(), cells })
}

fn cell(world: &World, gid: &str, task: &Task, column: &str) -> Cell {
    Cell::text(match column {
        "section" => {
            let names = task.memberships.iter().filter_map(|place| world.sections.get(&place.section));
            names.map(|section| section.name.as_str()).collect::<Vec<_>>().join(", ")
        }
        "completed" => if task.completed.is_some() { "Completed" } else { "Open" }.to_owned(),
        "assignee" => task.assignee.as_ref().map(|gid| person(world, gid)).unwrap_or_default(),
        "due" => task.due_on.clone().unwrap_or_default(),
        "modified" => minute(task.modified_at),
        field => return fields::cell(world, gid, field),
    })
}
