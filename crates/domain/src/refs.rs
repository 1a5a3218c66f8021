//! What actions are made of: things that exist or that an earlier action of the plan makes, and values before and after.
//!
//! Deliberately not here: actions (`action`).

use crate::{
    ActionId, FieldGid, FieldKind, FieldValue, NumberFormat, Privacy, ProjectGid, SectionGid, TaskGid,
    TeamGid,
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

/// A section that exists, written as its gid, or one that an earlier action of the plan will make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SectionRef {
    /// It exists.
    Existing(SectionGid),
    /// The named action of the same plan makes or finds it.
    MadeBy {
        /// That action.
        made_by: ActionId,
    },
}

impl SectionRef {
    /// The section, once it exists.
    pub fn gid(&self) -> Option<&SectionGid> {
        match self {
            SectionRef::Existing(gid) => Some(gid),
            SectionRef::MadeBy { .. } => None,
        }
    }
}

/// Where in a section a task is put.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "task", rename_all = "snake_case")]
pub enum Spot {
    /// Before all others.
    First,
    /// Just after this task; last where that is not in the section any more.
    After(TaskGid),
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

/// A project that exists, written as its gid, or one that an earlier action of the plan will make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ProjectRef {
    /// It exists.
    Existing(ProjectGid),
    /// The named action of the same plan makes or finds it.
    MadeBy {
        /// That action.
        made_by: ActionId,
    },
}

impl ProjectRef {
    /// The project, once it exists.
    pub fn gid(&self) -> Option<&ProjectGid> {
        match self {
            ProjectRef::Existing(gid) => Some(gid),
            ProjectRef::MadeBy { .. } => None,
        }
    }
}

/// A project to make, for no more people than see the one it is made beside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProject {
    /// Its name.
    pub name: String,
    /// Its description.
    pub notes: String,
    /// The team of both; none where the other is in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamGid>,
    /// Who sees it: as who sees the other must still be when it is made.
    pub privacy: Privacy,
}
