//! Actions: the closed list of things Upnext can do to an Asana workspace.
//!
//! An action leaves no choice to whoever applies it: it names what it touches, the value it expects to find, the new
//! value and why. Deliberately not here: whether it may be done (`decide`) and how (`engine`).

use crate::{
    AttachmentGid, Card, Dates, FieldChange, FieldRef, FieldValue, NewField, NewProject, Person, ProjectGid,
    ProjectRef, RequestId, SectionGid, SectionRef, Spot, StatusUpdateGid, StoryGid, TaskGid, TaskRef,
    UserGid,
};
use serde::{Deserialize, Serialize};

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
        to: SectionRef,
        /// That section's name.
        to_name: String,
        /// Where in it; at its end without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spot: Option<Spot>,
    },
    /// Have a section of that name in the project: find it, or make it at the end.
    EnsureSection {
        /// The name.
        name: String,
    },
    /// Have a project of that name beside this one: find the only one, or make it.
    EnsureProject {
        /// The project.
        project: NewProject,
    },
    /// Put a task into another project as well. It stays in this one.
    AddToProject {
        /// The task, which must not be in it.
        task: TaskGid,
        /// Its name, for people.
        name: String,
        /// The project.
        to: ProjectRef,
        /// That project's name.
        to_name: String,
    },
    /// Give a task to somebody, or to nobody.
    Assign {
        /// The task.
        task: TaskGid,
        /// Its name, for people.
        name: String,
        /// Who must have it.
        expected: Option<Person>,
        /// Who will have it.
        new: Option<Person>,
    },
    /// Set a task's start and due day, both in one request as Asana wants it.
    SetDates {
        /// The task.
        task: TaskGid,
        /// Its name, for people.
        name: String,
        /// The days it must have.
        expected: Dates,
        /// The days it will have.
        new: Dates,
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
        /// Who has a new one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<UserGid>,
    },
    /// Give a subtask of ours another text, complete or reopen it.
    TurnSubtask {
        /// The task it is of.
        parent: TaskGid,
        /// The subtask.
        subtask: TaskGid,
        /// Its name, for people.
        name: String,
        /// What it must say and be.
        expected: Card,
        /// What it will say and be.
        new: Card,
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
    /// Have one file of ours of that name on a task: attach it, then take away those it replaces.
    AttachFile {
        /// The task it is on.
        task: TaskRef,
        /// The file's name.
        name: String,
        /// What is in it.
        content: String,
        /// Our earlier files of that name, by the journal.
        replaces: Vec<AttachmentGid>,
    },
    /// Write values of a portfolio's fields on a project, all in one request.
    SetProjectFields {
        /// The project.
        project: ProjectGid,
        /// Its name, for people.
        name: String,
        /// The fields.
        changes: Vec<FieldChange>,
    },
    /// Post a status update on a portfolio or project, unless one of ours says the same.
    PostStatus {
        /// The portfolio or project.
        parent: String,
        /// Its title, by which ours is found.
        title: String,
        /// Its text.
        text: String,
        /// `on_track`, `at_risk` or `off_track`.
        status: String,
    },
    /// Undo of an attached file: delete it.
    DeleteFile {
        /// The file.
        attachment: AttachmentGid,
        /// The name it must have.
        name: String,
    },
    /// Undo of a status update: delete it while it still has our text.
    DeleteStatus {
        /// The status update.
        status_update: StatusUpdateGid,
        /// The text it must have.
        expected: String,
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
    /// Undo of a made section: delete it while it is empty and has our name.
    DeleteSection {
        /// The section.
        section: SectionGid,
        /// The name it must have.
        name: String,
    },
    /// Undo of putting a task into another project: take it out, while it is there and in one more.
    RemoveFromProject {
        /// The task.
        task: TaskGid,
        /// Its name, for people.
        name: String,
        /// The project, in which it must be.
        from: ProjectGid,
        /// That project's name.
        from_name: String,
    },
    /// Undo of a made project: delete it while it is as it was made and holds nothing.
    DeleteProject {
        /// The project.
        project: ProjectGid,
        /// What it must be.
        made: NewProject,
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
            | Action::AddToProject { task, .. }
            | Action::RemoveFromProject { task, .. }
            | Action::Assign { task, .. }
            | Action::SetDates { task, .. }
            | Action::RunRule { task, .. }
            | Action::DeleteTask { task, .. } => Some(task),
            Action::EnsureSubtask { parent: TaskRef::Existing(task), .. }
            | Action::TurnSubtask { parent: task, .. }
            | Action::AttachFile { task: TaskRef::Existing(task), .. }
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
            Action::EnsureSection { name } => format!("have a section “{name}”"),
            Action::EnsureProject { project } => format!("have a project “{}”", project.name),
            Action::AddToProject { name, to_name, .. } => format!("{name}: add to project “{to_name}”"),
            Action::Assign { name, expected, new, .. } => {
                let who = |person: &Option<Person>| {
                    person.as_ref().map_or_else(|| "nobody".to_owned(), |person| person.name.clone())
                };
                format!("{name}: Assignee {} → {}", who(expected), who(new))
            }
            Action::SetDates { name, expected, new, .. } => format!("{name}: days {expected} → {new}"),
            Action::EnsureTask { name, .. } => format!("have a task “{name}”"),
            Action::FileRequest { name, .. } => format!("make the task “{name}”, as it was asked for"),
            Action::EnsureSubtask { name, .. } => format!("have a subtask “{name}”"),
            Action::TurnSubtask { name, expected, new, .. } => match (expected.completed, new.completed) {
                (false, true) => format!("complete our subtask “{name}”"),
                (true, false) => format!("reopen our subtask “{name}”"),
                _ => format!("edit our subtask “{name}”"),
            },
            Action::PutComment { mention: Some(_), .. } => "tell the owner in a comment".into(),
            Action::PutComment { expected: None, .. } => "write the summary comment".into(),
            Action::PutComment { .. } => "edit the summary comment in place".into(),
            Action::RunRule { name, .. } => format!("{name}: start the rule that tells the owner"),
            Action::EnsureField { field } => {
                format!("have a field “{}” ({})", field.name, field.kind.asana_name())
            }
            Action::AttachField { name, .. } => format!("put the field “{name}” on the project"),
            Action::AttachFile { name, .. } => format!("attach the file “{name}”"),
            Action::SetProjectFields { name, changes, .. } => {
                let fields: Vec<String> = changes.iter().map(change_words).collect();
                format!("project {name}: {}", fields.join("; "))
            }
            Action::PostStatus { title, status, .. } => {
                format!("post the status update “{title}” ({})", status.replace('_', " "))
            }
            Action::DeleteFile { name, .. } => format!("delete our file “{name}”"),
            Action::DeleteStatus { .. } => "delete our status update".into(),
            Action::DeleteComment { .. } => "delete our comment".into(),
            Action::RestoreComment { .. } => "give our comment its earlier text".into(),
            Action::DeleteSection { name, .. } => format!("delete our section “{name}”"),
            Action::RemoveFromProject { name, from_name, .. } => {
                format!("{name}: take out of project “{from_name}”")
            }
            Action::DeleteProject { made, .. } => format!("delete our project “{}”", made.name),
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
