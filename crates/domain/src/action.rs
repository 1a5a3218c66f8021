//! Actions: the closed list of things Upnext can do to an Asana workspace.
//!
//! An action leaves no choice to whoever applies it: it names what it touches, the value it expects to find, the new
//! value and why. Deliberately not here: whether it may be done (`decide`) and how (`engine`).

use crate::{
    ActionId, FieldGid, FieldKind, FieldValue, NumberFormat, RequestId, SectionGid, StoryGid, TaskGid,
    UserGid,
};
use serde::{Deserialize, Serialize};

/// One field of a task, before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field.
    pub field: FieldGid,
    /// Its name, for people.
    pub name: String,
    /// What must be there for the write to happen.
    pub expected: Option<FieldValue>,
    /// What will be there; `None` clears.
    pub new: Option<FieldValue>,
}

/// A task that exists, or one that an earlier action of the plan will make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum TaskRef {
    /// It exists.
    Existing(TaskGid),
    /// The named action of the same plan makes or finds it.
    MadeBy(ActionId),
}

/// A field that exists, or one that an earlier action of the plan will make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum FieldRef {
    /// It exists in the workspace.
    Existing(FieldGid),
    /// The named action of the same plan makes or finds it.
    MadeBy(ActionId),
}

/// A custom field to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewField {
    /// Its name, unique in the workspace.
    pub name: String,
    /// What it is for, shown in Asana.
    pub description: String,
    /// Its type.
    pub kind: FieldKind,
    /// Decimals of a number.
    pub precision: u8,
    /// How a number is shown.
    pub format: NumberFormat,
    /// Options of an enum with their colours, in order.
    pub options: Vec<(String, String)>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    /// Write fields of a task, all in one request.
    SetFields {
        /// The task.
        task: TaskGid,
        /// Its name, for people.
        name: String,
        /// The fields.
        changes: Vec<FieldChange>,
    },
    /// Move a task to another section of the project.
    MoveToSection {
        /// The task.
        task: TaskGid,
        /// Its name, for people.
        name: String,
        /// The section it must be in.
        expected: Option<SectionGid>,
        /// The section to move it to.
        to: SectionGid,
        /// That section's name.
        to_name: String,
    },
    /// Have a task of that name in the project: find ours, or make it.
    EnsureTask {
        /// The name.
        name: String,
        /// The description of a new one.
        notes: String,
    },
    /// Have the task of a request: find it by the request's mark in its description, or make it.
    FileRequest {
        /// The request.
        request: RequestId,
        /// The task's name.
        name: String,
        /// Its description, the mark in it.
        notes: String,
    },
    /// Have an open subtask of that name: find ours, or make it.
    EnsureSubtask {
        /// The parent.
        parent: TaskRef,
        /// The name.
        name: String,
        /// The description of a new one.
        notes: String,
    },
    /// Have one comment of ours that begins with `marker`: edit it in place, or write it.
    PutComment {
        /// The task it is on.
        task: TaskRef,
        /// How our comment begins; what it is found by.
        marker: String,
        /// The text it had at the last run; `None` for the first one.
        expected: Option<String>,
        /// The text it will have.
        text: String,
        /// Whom it tells: mentioned at its end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mention: Option<UserGid>,
    },
    /// Start a rule of the team's on a task, with what its owner is to be told.
    RunRule {
        /// The task.
        task: TaskGid,
        /// Its name, for people.
        name: String,
        /// The rule's trigger.
        trigger: String,
        /// What is to be told.
        text: String,
    },
    /// Have a custom field of that name in the workspace: find it, or make it.
    EnsureField {
        /// The field.
        field: NewField,
    },
    /// Put a custom field on the project, if it is not there.
    AttachField {
        /// The field.
        field: FieldRef,
        /// Its name, for people.
        name: String,
    },
    /// Undo of a comment: delete it while it still has our text.
    DeleteComment {
        /// The comment.
        story: StoryGid,
        /// The text it must have.
        expected: String,
    },
    /// Undo of an edit: give a comment the text it had while it still has ours.
    RestoreComment {
        /// The comment.
        story: StoryGid,
        /// The text it must have.
        expected: String,
        /// The text it had before.
        text: String,
    },
    /// Undo of a made task: delete it while nobody has worked on it.
    DeleteTask {
        /// The task.
        task: TaskGid,
        /// Its name, for people.
        name: String,
    },
}

impl Action {
    /// The task it touches, when that is a single existing one.
    pub fn task(&self) -> Option<&TaskGid> {
        match self {
            Action::SetFields { task, .. }
            | Action::MoveToSection { task, .. }
            | Action::RunRule { task, .. }
            | Action::DeleteTask { task, .. } => Some(task),
            Action::EnsureSubtask { parent: TaskRef::Existing(task), .. }
            | Action::PutComment { task: TaskRef::Existing(task), .. } => Some(task),
            _ => None,
        }
    }

    /// One line for people.
    pub fn summary(&self) -> String {
        match self {
            Action::SetFields { name, changes, .. } => {
                let fields: Vec<String> = changes.iter().map(change_words).collect();
                format!("{name}: {}", fields.join("; "))
            }
            Action::MoveToSection { name, to_name, .. } => format!("{name}: move to section “{to_name}”"),
            Action::EnsureTask { name, .. } => format!("have a task “{name}”"),
            Action::FileRequest { name, .. } => format!("make the task “{name}”, as it was asked for"),
            Action::EnsureSubtask { name, .. } => format!("have a subtask “{name}”"),
            Action::PutComment { mention: Some(_), .. } => "tell the owner in a comment".into(),
            Action::PutComment { expected: None, .. } => "write the summary comment".into(),
            Action::PutComment { .. } => "edit the summary comment in place".into(),
            Action::RunRule { name, .. } => format!("{name}: start the rule that tells the owner"),
            Action::EnsureField { field } => {
                format!("have a field “{}” ({})", field.name, field.kind.asana_name())
            }
            Action::AttachField { name, .. } => format!("put the field “{name}” on the project"),
            Action::DeleteComment { .. } => "delete our comment".into(),
            Action::RestoreComment { .. } => "give our comment its earlier text".into(),
            Action::DeleteTask { name, .. } => format!("delete our task “{name}”"),
        }
    }
}

/// `Field old → new`, long texts shortened.
fn change_words(change: &FieldChange) -> String {
    let word = |v: &Option<FieldValue>| match v {
        None => "empty".to_owned(),
        Some(v) => crate::fit(&v.to_string().replace('\n', " "), 40),
    };
    format!("{} {} → {}", change.name, word(&change.expected), word(&change.new))
}
