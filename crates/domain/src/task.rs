//! A task as Upnext sees it, with its comments and people.
//!
//! Only what judging and deciding need; wire shapes live in `asana`. Deliberately not here: subtasks' contents
//! (a subtask is judged only when it is itself in the project).

use crate::{FieldGid, FieldState, FieldValue, ProjectGid, SectionGid, TaskGid, UserGid, Written};
use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Someone with a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// The user.
    pub gid: UserGid,
    /// Their name when it was read.
    pub name: String,
}

/// A comment on a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Who wrote it; `None` when Asana no longer says.
    pub author: Option<Person>,
    /// When.
    pub at: Timestamp,
    /// The plain text.
    pub text: String,
}

/// A task this one waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// The other task.
    pub gid: TaskGid,
    /// Whether it is done; `None` when Asana did not say.
    pub completed: Option<bool>,
}

/// Another project a task is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The project.
    pub project: ProjectGid,
    /// The name of its section there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

/// The days a task is to be worked on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// The first; only with a due day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_on: Option<Date>,
    /// The last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
}

impl Dates {
    /// As one value, as it is remembered; none for no days.
    #[must_use]
    pub fn value(&self) -> Option<FieldValue> {
        (*self != Dates::default()).then(|| FieldValue::Other(self.to_string()))
    }
}

impl std::fmt::Display for Dates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.start_on, self.due_on) {
            (None, None) => f.write_str("none"),
            (None, Some(due)) => write!(f, "due {due}"),
            (Some(start), None) => write!(f, "from {start}"),
            (Some(start), Some(due)) => write!(f, "{start} to {due}"),
        }
    }
}

/// One task of the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The task.
    pub gid: TaskGid,
    /// Its name, any script, emoji included.
    pub name: String,
    /// Its description as plain text.
    pub notes: String,
    /// `default_task`, `milestone`, `approval` or `custom`.
    pub subtype: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When Asana says it last changed.
    pub modified_at: Timestamp,
    /// Done or not.
    pub completed: bool,
    /// Due date; with `due_at` set, that moment's date.
    pub due_on: Option<Date>,
    /// Due moment, when one is set.
    pub due_at: Option<Timestamp>,
    /// Start date.
    pub start_on: Option<Date>,
    /// Who has it.
    pub assignee: Option<Person>,
    /// Its section in this project.
    pub section: Option<SectionGid>,
    /// The section Upnext last moved it to, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section_ours: Option<SectionGid>,
    /// The other projects it is in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
    /// The other projects Upnext put it into, whether it is still there or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub put_into: Vec<ProjectGid>,
    /// Whom Upnext last gave it to, if it did; as a value of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee_ours: Option<Written>,
    /// The days Upnext last set, if it did; as [`Dates::value`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates_ours: Option<Written>,
    /// Its parent, when it is a subtask that is also in the project.
    pub parent: Option<TaskGid>,
    /// What it waits for.
    pub dependencies: Vec<Dependency>,
    /// What waits for it, inside this project or not.
    pub dependents: Vec<TaskGid>,
    /// Values of the custom fields, by field.
    pub fields: BTreeMap<FieldGid, FieldState>,
    /// Likes.
    pub likes: u32,
    /// Tags by name.
    pub tags: Vec<String>,
    /// How many subtasks it has.
    pub num_subtasks: u32,
    /// Comments by people, oldest first. Upnext's own are left out.
    pub comments: Vec<Comment>,
}

impl Task {
    /// An open task of which nothing is known but its name, its description and since when it is there.
    #[must_use]
    pub fn bare(gid: TaskGid, name: &str, notes: &str, created_at: Timestamp) -> Task {
        Task {
            gid,
            name: name.to_owned(),
            notes: notes.to_owned(),
            subtype: "default_task".to_owned(),
            created_at,
            modified_at: created_at,
            completed: false,
            due_on: None,
            due_at: None,
            start_on: None,
            assignee: None,
            section: None,
            section_ours: None,
            elsewhere: vec![],
            put_into: vec![],
            assignee_ours: None,
            dates_ours: None,
            parent: None,
            dependencies: vec![],
            dependents: vec![],
            fields: BTreeMap::new(),
            likes: 0,
            tags: vec![],
            num_subtasks: 0,
            comments: vec![],
        }
    }

    /// Who has it, and what is known of who gave it to them.
    #[must_use]
    pub fn assignee_state(&self) -> FieldState {
        let value = self.assignee.as_ref().map(|person| FieldValue::People(vec![person.gid.clone()]));
        FieldState { value, ours: self.assignee_ours.clone() }
    }

    /// Its start and due day.
    #[must_use]
    pub fn dates(&self) -> Dates {
        Dates { start_on: self.start_on, due_on: self.due_on }
    }

    /// Its days, and what is known of who set them.
    #[must_use]
    pub fn dates_state(&self) -> FieldState {
        FieldState { value: self.dates().value(), ours: self.dates_ours.clone() }
    }

    /// Whether a person moved it out of a section that Upnext had moved it to.
    #[must_use]
    pub fn moved_by_person(&self) -> bool {
        self.section_ours.is_some() && self.section_ours != self.section
    }

    /// Whether it is in another project.
    #[must_use]
    pub fn is_in(&self, project: &ProjectGid) -> bool {
        self.elsewhere.iter().any(|there| there.project == *project)
    }

    /// Whether a person took it out of another project that Upnext had put it into.
    #[must_use]
    pub fn taken_out_of(&self, project: &ProjectGid) -> bool {
        self.put_into.contains(project) && !self.is_in(project)
    }
}
