//! Whether a task is still as it was judged when a question about it was asked.
//!
//! What a judgement reads of the task itself is compared. Left out is what changes without anybody changing the task: what Upnext
//! wrote since, fields that are Upnext's or that Asana reckons, comments and likes; and what is looked at apart: Manual Override, the
//! field people answer in. Deliberately not here: what the task would be judged to be now (the next run says it).

use crate::policy::Policy;
use domain::{FieldGid, FieldState, Owner, ProjectGid, Role, Snapshot, Task, TaskGid};
use std::collections::BTreeSet;

/// What of a task is not as it was judged, in words; empty when all of it is. `now` is the task in `snapshot`, whose fields are meant.
pub(crate) fn changed_since(
    judged: &Task,
    now: &Task,
    (snapshot, policy): (&Snapshot, &Policy),
) -> Vec<String> {
    let of_task = [
        ("name", judged.name != now.name),
        ("description", judged.notes != now.notes),
        ("dates", dates_differ(judged, now)),
        ("assignee", differs(&judged.assignee_state(), &now.assignee_state())),
        ("section", section_differs(judged, now)),
        ("projects", projects(judged, now) != projects(now, judged)),
        ("dependencies", waits_for(judged) != waits_for(now)),
        ("tags", judged.tags.iter().collect::<BTreeSet<_>>() != now.tags.iter().collect()),
    ];
    let mut changed: Vec<String> =
        of_task.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what.to_owned()).collect();
    let state = |task: &Task, field: &FieldGid| task.fields.get(field).cloned().unwrap_or_default();
    let read = snapshot.fields.iter().filter(|field| !field.read_only && !is_apart(&field.name, policy));
    let of_people = read.filter(|field| !is_ours(&field.gid, snapshot));
    let others = of_people.filter(|field| differs(&state(judged, &field.gid), &state(now, &field.gid)));
    changed.extend(others.map(|field| field.name.clone()));
    changed
}

/// Whether a value is another, and not because Upnext wrote it in between.
fn differs(judged: &FieldState, now: &FieldState) -> bool {
    let by_upnext = now.owner() == Owner::Upnext && now.ours != judged.ours;
    judged.value != now.value && !by_upnext
}

/// A due moment is no part of what Upnext writes, but goes with the day it was of.
fn dates_differ(judged: &Task, now: &Task) -> bool {
    let (before, after) = (judged.dates_state(), now.dates_state());
    differs(&before, &after) || (before.value == after.value && judged.due_at != now.due_at)
}

fn section_differs(judged: &Task, now: &Task) -> bool {
    let by_upnext = now.section_ours == now.section && now.section_ours != judged.section_ours;
    judged.section != now.section && !by_upnext
}

/// The other projects a task is in, those aside that Upnext put it into, then or since.
fn projects<'t>(task: &'t Task, other: &Task) -> BTreeSet<&'t ProjectGid> {
    let there = task.elsewhere.iter().map(|there| &there.project);
    there.filter(|project| !task.put_into.contains(project) && !other.put_into.contains(project)).collect()
}

fn waits_for(task: &Task) -> BTreeSet<&TaskGid> {
    task.dependencies.iter().map(|dependency| &dependency.gid).collect()
}

/// Whether it is the field by which people answer in Asana.
fn is_apart(name: &str, policy: &Policy) -> bool {
    let field = &policy.approvals.field;
    !field.is_empty() && field.eq_ignore_ascii_case(name)
}

/// Whether Upnext fills the field or looks at it apart. The official priority is people's, and judged.
fn is_ours(field: &FieldGid, snapshot: &Snapshot) -> bool {
    let roles = Role::WRITTEN.iter().filter(|role| **role != Role::Priority);
    roles.chain(&[Role::ManualOverride]).any(|role| snapshot.roles.candidates(*role).contains(field))
}
