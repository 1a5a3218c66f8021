//! Whose values the tasks hold: by the journal first, by Asana's stories where the journal knows nothing.
//!
//! A story by the token's user over the API that set the value a field still has is our own write, made before this
//! store existed, or after the backup that it was restored from. Deliberately not here: what follows from ownership (`decide`).
//! Known limit: another program that writes the AI fields with the same token is taken for Upnext.

use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use domain::{
    FieldGid, FieldState, FieldValue, OptionGid, Owner, Person, ProjectGid, Role, SectionGid, Snapshot, Task,
    TaskGid, UserGid, Written,
};
use jiff::Timestamp;
use std::collections::HashMap;
use store::{Entry, Override, Slot};

type Ledger = HashMap<(TaskGid, Slot), Entry>;

/// Who last changed a field of a task, and when.
pub(crate) type Editors = HashMap<(TaskGid, FieldGid), (Option<Person>, Option<Timestamp>)>;

/// Marks what the journal knows to be ours. A write that was begun and never ended counts if it landed.
pub(crate) fn mark(tasks: &mut [Task], ledger: &Ledger) {
    let mut joined: HashMap<&TaskGid, Vec<&ProjectGid>> = HashMap::new();
    for (task, slot) in ledger.keys() {
        if let Slot::Member(project) = slot {
            joined.entry(task).or_default().push(project);
        }
    }
    for task in tasks {
        let gid = task.gid.clone();
        let ours = |slot: Slot, now: Option<&FieldValue>| {
            let entry = ledger.get(&(gid.clone(), slot))?;
            let landed = entry.pending.iter().rev().find(|w| w.value.as_ref() == now);
            landed.or(entry.written.as_ref()).cloned()
        };
        for (field, state) in &mut task.fields {
            state.ours = ours(Slot::Field(field.clone()), state.value.as_ref());
        }
        let now = task.section.as_ref().map(|s| FieldValue::Other(s.to_string()));
        let section = ours(Slot::Section, now.as_ref()).and_then(|w| w.value);
        task.section_ours = section.map(|v| SectionGid::new(v.to_string()));
        task.assignee_ours = ours(Slot::Assignee, task.assignee_state().value.as_ref());
        task.dates_ours = ours(Slot::Dates, task.dates_state().value.as_ref());
        let put_into = joined.get(&gid).into_iter().flatten().filter(|project| {
            let there = task.is_in(project).then(|| FieldValue::Other(project.to_string()));
            ours(Slot::Member((**project).clone()), there.as_ref()).is_some_and(|w| w.value.is_some())
        });
        task.put_into = put_into.map(|project| (*project).clone()).collect();
        task.put_into.sort();
    }
}

/// Adopts values that the journal does not know and the stories show to be ours; tells who last changed each field.
pub(crate) async fn adopt(
    engine: &Engine,
    snapshot: &mut Snapshot,
    stories: &HashMap<TaskGid, Vec<wire::Story>>,
) -> Result<Editors, EngineError> {
    let mut editors = Editors::new();
    let mut adopted = vec![];
    let actor = snapshot.actor.gid.clone();
    let mut roles: Vec<FieldGid> = judged_roles(snapshot);
    roles.extend(PEOPLES_TIME.iter().filter_map(|role| snapshot.roles.field(*role).cloned()));
    for task in &mut snapshot.tasks {
        let Some(stories) = stories.get(&task.gid) else { continue };
        for field in &roles {
            let Some(state) = task.fields.get_mut(field) else { continue };
            let of_field =
                |s: &&wire::Story| s.custom_field.as_ref().is_some_and(|f| f.gid == field.as_str());
            let Some(last) = stories.iter().filter(of_field).max_by_key(|s| s.created_at) else { continue };
            let by = last
                .created_by
                .as_ref()
                .map(|u| Person { gid: UserGid::new(&*u.gid), name: u.name.clone().unwrap_or_default() });
            let ours = by.as_ref().is_some_and(|p| p.gid == actor)
                && last.source.as_ref().is_some_and(|s| *s == wire::StorySource::Api);
            if ours && unknown(state, last) && state.value.is_some() && new_value(last) == state.value {
                let at = last.created_at.unwrap_or(snapshot.taken_at);
                let written = Written { value: state.value.clone(), at };
                state.ours = Some(written.clone());
                adopted.push((task.gid.clone(), Slot::Field(field.clone()), written));
            }
            editors.insert((task.gid.clone(), field.clone()), (by, last.created_at));
        }
    }
    engine.store.adopt(&snapshot.project.gid, &adopted).await?;
    Ok(editors)
}

/// Whether the journal knows nothing of what a story tells: nothing at all, or only an earlier write of another value.
fn unknown(state: &FieldState, story: &wire::Story) -> bool {
    state.ours.as_ref().is_none_or(|known| {
        known.value != state.value && story.created_at.is_some_and(|told| told > known.at)
    })
}

/// Roles that plans for people's time write, beside those that judgements do.
const PEOPLES_TIME: [Role; 2] = [Role::RecommendedAssignee, Role::AiRisk];

/// The fields that judgements are written to.
fn judged_roles(snapshot: &Snapshot) -> Vec<FieldGid> {
    let roles = Role::AI.iter().chain(&[Role::Priority]);
    roles.filter_map(|role| snapshot.roles.field(*role).cloned()).collect()
}

/// The value a story says a field was given.
fn new_value(story: &wire::Story) -> Option<FieldValue> {
    let option = |o: &wire::EnumOption| (OptionGid::new(&*o.gid), o.name.clone().unwrap_or_default());
    if let Some(text) = &story.new_text_value {
        return Some(FieldValue::Text(text.clone()));
    }
    if let Some(number) = story.new_number_value {
        return Some(FieldValue::Number(number));
    }
    if let Some(chosen) = &story.new_enum_value {
        let (gid, name) = option(chosen);
        return Some(FieldValue::Enum { gid, name });
    }
    let people: Vec<UserGid> = story.new_people_value.iter().map(|user| UserGid::new(&*user.gid)).collect();
    (!people.is_empty()).then_some(FieldValue::People(people))
}

/// Fields where a person's value stands in place of ours.
pub(crate) fn overrides(snapshot: &Snapshot, editors: &Editors) -> Vec<Override> {
    let roles: Vec<FieldGid> = judged_roles(snapshot);
    let mut found = vec![];
    for task in &snapshot.tasks {
        for field in &roles {
            let Some(state) = task.fields.get(field).filter(|s| s.owner() == Owner::Person) else { continue };
            let Some(ours) = &state.ours else { continue };
            let (by, at) = editors.get(&(task.gid.clone(), field.clone())).cloned().unwrap_or_default();
            found.push(Override {
                project: snapshot.project.gid.clone(),
                task: task.gid.clone(),
                name: task.name.clone(),
                field: field.clone(),
                field_name: snapshot.field(field).map(|f| f.name.clone()).unwrap_or_default(),
                ours: ours.value.clone(),
                theirs: state.value.clone(),
                by,
                at,
            });
        }
    }
    found
}
