//! Whose values the tasks hold: by the journal first, by Asana's stories where the journal knows nothing.
//!
//! A story by the token's user over the API that set the value a field still has is our own write, made before this
//! store existed, or after the backup that it was restored from. What people did to values of ours is told as labels. Deliberately not
//! here: what follows from ownership (`decide`).
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
use store::{Edit, Entry, Labels, Override, Slot};

pub(crate) type Ledger = HashMap<(TaskGid, Slot), Entry>;

/// Who last changed something, by its last story.
#[derive(Clone, Debug, Default)]
pub(crate) struct Editor {
    by: Option<Person>,
    at: Option<Timestamp>,
    /// Whether it was the token's user over the API.
    is_us: bool,
}

impl Editor {
    fn of(story: &wire::Story, actor: &UserGid) -> Editor {
        let by = story
            .created_by
            .as_ref()
            .map(|u| Person { gid: UserGid::new(&*u.gid), name: u.name.clone().unwrap_or_default() });
        let is_us = by.as_ref().is_some_and(|p| p.gid == *actor)
            && story.source.as_ref().is_some_and(|s| *s == wire::StorySource::Api);
        Editor { by, at: story.created_at, is_us }
    }
}

/// Who last changed a field of a task, or put it where it is, which goes as [`Override::SECTION`].
pub(crate) type Editors = HashMap<(TaskGid, FieldGid), Editor>;

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
    let fields = written_fields(snapshot);
    for task in &mut snapshot.tasks {
        let Some(stories) = stories.get(&task.gid) else { continue };
        for field in &fields {
            let Some(state) = task.fields.get_mut(field) else { continue };
            let of_field =
                |s: &&wire::Story| s.custom_field.as_ref().is_some_and(|f| f.gid == field.as_str());
            let Some(last) = stories.iter().filter(of_field).max_by_key(|s| s.created_at) else { continue };
            let editor = Editor::of(last, &actor);
            if editor.is_us && unknown(state, last) && state.value.is_some() && new_value(last) == state.value
            {
                let at = last.created_at.unwrap_or(snapshot.taken_at);
                let written = Written { value: state.value.clone(), at };
                state.ours = Some(written.clone());
                adopted.push((task.gid.clone(), Slot::Field(field.clone()), written));
            }
            editors.insert((task.gid.clone(), field.clone()), editor);
        }
        let here = |s: &&wire::Story| {
            let to = s.new_section.as_ref().map(|section| &*section.gid);
            to.is_some() && to == task.section.as_ref().map(SectionGid::as_str)
        };
        if let Some(last) = stories.iter().filter(here).max_by_key(|s| s.created_at) {
            editors.insert((task.gid.clone(), section_place()), Editor::of(last, &actor));
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

/// The fields of a project that Upnext may write.
fn written_fields(snapshot: &Snapshot) -> Vec<FieldGid> {
    Role::WRITTEN.iter().filter_map(|role| snapshot.roles.field(*role).cloned()).collect()
}

fn section_place() -> FieldGid {
    FieldGid::new(Override::SECTION)
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

/// What people did to values of ours: theirs that stand in their place, and who changed what last.
pub(crate) fn labels(snapshot: &Snapshot, editors: &Editors, ledger: &Ledger) -> Labels {
    let fields = written_fields(snapshot);
    let mut labels = Labels::default();
    for task in &snapshot.tasks {
        for field in &fields {
            let Some(state) = task.fields.get(field) else { continue };
            let name = snapshot.field(field).map(|f| f.name.clone()).unwrap_or_default();
            label(&mut labels, (snapshot, editors), task, (field, name, state));
        }
        let state = section_state(snapshot, task, ledger);
        label(&mut labels, (snapshot, editors), task, (&section_place(), Override::SECTION.into(), &state));
    }
    labels
}

/// A section as a value: an option with its gid and name.
pub(crate) fn section_value(snapshot: &Snapshot, gid: &SectionGid) -> FieldValue {
    let known = snapshot.sections.iter().find(|section| section.gid == *gid);
    let name = known.map_or_else(|| gid.to_string(), |section| section.name.clone());
    FieldValue::Enum { gid: OptionGid::new(gid.as_str()), name }
}

/// The section of a task as the state of a field.
fn section_state(snapshot: &Snapshot, task: &Task, ledger: &Ledger) -> FieldState {
    let option = |gid: &SectionGid| section_value(snapshot, gid);
    let entry = ledger.get(&(task.gid.clone(), Slot::Section));
    let at = entry.and_then(|entry| entry.written.as_ref()).map_or(Timestamp::MIN, |written| written.at);
    let ours = task.section_ours.as_ref().map(|gid| Written { value: Some(option(gid)), at });
    FieldState { value: task.section.as_ref().map(option), ours }
}

fn label(
    labels: &mut Labels,
    (snapshot, editors): (&Snapshot, &Editors),
    task: &Task,
    (field, field_name, state): (&FieldGid, String, &FieldState),
) {
    let Some(ours) = &state.ours else { return };
    let editor = editors.get(&(task.gid.clone(), field.clone())).cloned().unwrap_or_default();
    if let (false, Some(by), Some(at)) = (editor.is_us, &editor.by, editor.at) {
        let (task, field, by) = (task.gid.clone(), field.clone(), by.clone());
        labels.edits.push(Edit { task, field, to: state.value.clone(), by, at, ours_at: ours.at });
    }
    // A task that left the project is in no section of it; one that we moved where no journal tells of it is no person's.
    let is_section = field.as_str() == Override::SECTION;
    if state.owner() != Owner::Person || (is_section && (state.value.is_none() || editor.is_us)) {
        return;
    }
    labels.overrides.push(Override {
        project: snapshot.project.gid.clone(),
        task: task.gid.clone(),
        name: task.name.clone(),
        field: field.clone(),
        field_name,
        ours: ours.value.clone(),
        theirs: state.value.clone(),
        by: editor.by,
        at: editor.at,
    });
}
