//! What a question is about: the kinds of value of an action, what stands there now and what would, in words for people.
//!
//! Deliberately not here: what becomes of a question (`approvals`).

use domain::{Action, Ask, Dates, FieldChange, Person, PlanKind, Role, Snapshot, Task};

/// The kind of value that a section is.
pub(crate) const SECTION: &str = "section";
/// The kind of value that a sprint's section is: asked apart, so that a groom and a sprint do not take turns with one question.
pub(crate) const SPRINT: &str = "sprint";
/// The kind of value that a sprint's project is.
pub(crate) const PROJECT: &str = "project";
/// The kind of value that an assignee is.
pub(crate) const ASSIGNEE: &str = "assignee";
/// The kind of value that start and due day are.
pub(crate) const DATES: &str = "dates";

/// What an action would change, as a kind of value each: a section, a project, an assignee, days, or fields one by one.
pub(crate) fn parts<'a>(
    kind: &PlanKind,
    action: &'a Action,
    snapshot: &Snapshot,
) -> Vec<(String, Option<&'a FieldChange>)> {
    match action {
        Action::MoveToSection { .. } if matches!(kind, PlanKind::Sprint { .. }) => {
            vec![(SPRINT.to_owned(), None)]
        }
        Action::MoveToSection { .. } => vec![(SECTION.to_owned(), None)],
        Action::AddToProject { .. } => vec![(PROJECT.to_owned(), None)],
        Action::Assign { .. } => vec![(ASSIGNEE.to_owned(), None)],
        Action::SetDates { .. } => vec![(DATES.to_owned(), None)],
        Action::SetFields { changes, .. } => changes
            .iter()
            .map(|change| {
                let role = Role::ALL.iter().find(|role| snapshot.roles.field(**role) == Some(&change.field));
                (role.map_or_else(|| change.name.clone(), |role| role.key().to_owned()), Some(change))
            })
            .collect(),
        _ => vec![],
    }
}

/// Task's name, old and new value of a part, for people.
pub(crate) fn worded(
    action: &Action,
    change: Option<&FieldChange>,
    snapshot: &Snapshot,
) -> Option<(String, Option<String>, String)> {
    match (action, change) {
        (Action::SetFields { name, .. }, Some(change)) => {
            let old = change.expected.as_ref().map(ToString::to_string);
            Some((name.clone(), old, change.new.as_ref().map(ToString::to_string).unwrap_or_default()))
        }
        (Action::MoveToSection { name, expected, to_name, .. }, None) => {
            let old = expected.as_ref().map(|gid| section(gid, snapshot));
            Some((name.clone(), old, to_name.clone()))
        }
        (Action::AddToProject { name, to_name, .. }, None) => Some((name.clone(), None, to_name.clone())),
        (Action::Assign { name, expected, new, .. }, None) => {
            Some((name.clone(), who(expected.as_ref()), who(new.as_ref()).unwrap_or_default()))
        }
        (Action::SetDates { name, expected, new, .. }, None) => {
            Some((name.clone(), days(*expected), new.to_string()))
        }
        _ => None,
    }
}

/// What stands now where something was asked about, for people.
pub(crate) fn current(task: &Task, ask: &Ask, snapshot: &Snapshot) -> Option<String> {
    match (&ask.field, ask.what.as_str()) {
        (Some(field), _) => task.fields.get(field).and_then(|s| s.value.as_ref()).map(ToString::to_string),
        (None, ASSIGNEE) => who(task.assignee.as_ref()),
        (None, DATES) => days(task.dates()),
        (None, PROJECT) => project(task, &ask.new, snapshot),
        (None, _) => task.section.as_ref().map(|gid| section(gid, snapshot)),
    }
}

/// How a kind of value is called where it is no field.
pub(crate) fn label(what: &str) -> &str {
    match what {
        SPRINT => SECTION,
        other => other,
    }
}

fn section(gid: &domain::SectionGid, snapshot: &Snapshot) -> String {
    let section = snapshot.sections.iter().find(|s| s.gid == *gid);
    section.map_or_else(|| gid.to_string(), |section| section.name.clone())
}

/// The sprint's project of that name, where the task is in it.
fn project(task: &Task, name: &str, snapshot: &Snapshot) -> Option<String> {
    let mut there = snapshot.sprints.iter().flat_map(|beside| &beside.there);
    let is =
        |one: &&domain::SprintProject| one.name.trim().eq_ignore_ascii_case(name) && task.is_in(&one.gid);
    there.find(is).map(|_| name.to_owned())
}

fn who(person: Option<&Person>) -> Option<String> {
    person.map(|person| person.name.clone())
}

fn days(of: Dates) -> Option<String> {
    (of != Dates::default()).then(|| of.to_string())
}
