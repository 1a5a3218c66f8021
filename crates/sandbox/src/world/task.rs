//! Tasks: the typed record and the lookups others need.

use super::{Gid, World};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Subtype {
    /// An ordinary task.
    #[default]
    Default,
    /// A milestone: a point in time, no start date.
    Milestone,
    /// An approval: carries `approval_status`.
    Approval,
    /// A task of a custom type.
    Custom,
}

impl Subtype {
    /// Asana's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Default => "default_task",
            Self::Milestone => "milestone",
            Self::Approval => "approval",
            Self::Custom => "custom",
        }
    }

    /// The subtype of a word Asana knows.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Default, Self::Milestone, Self::Approval, Self::Custom]
            .into_iter()
            .find(|subtype| subtype.word() == word)
    }
}

/// A task's place in one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The project.
    pub project: Gid,
    /// The section within it.
    pub section: Gid,
}

/// A task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Task {
    /// Shown name.
    pub name: String,
    /// Plain description.
    pub notes: String,
    /// Description as markup, when it was written so.
    pub html_notes: Option<String>,
    /// What it is.
    pub subtype: Subtype,
    /// When it was completed, and by whom.
    pub completed: Option<(Timestamp, Gid)>,
    /// `pending`, `approved`, `rejected`, `changes_requested`; approvals only.
    pub approval_status: Option<String>,
    /// Who does it.
    pub assignee: Option<Gid>,
    /// Who gave it to them.
    pub assigned_by: Option<Gid>,
    /// The section of the assignee's My Tasks list.
    pub assignee_section: Option<Gid>,
    /// `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// A moment; `due_on` is then its UTC date.
    pub due_at: Option<Timestamp>,
    /// `YYYY-MM-DD`.
    pub start_on: Option<String>,
    /// A moment; `start_on` is then its UTC date.
    pub start_at: Option<Timestamp>,
    /// Creation.
    pub created_at: Timestamp,
    /// The creator.
    pub created_by: Option<Gid>,
    /// Moves as Asana documents it, not on every write.
    pub modified_at: Timestamp,
    /// The task it is a subtask of.
    pub parent: Option<Gid>,
    /// Subtasks in manual order.
    pub subtasks: Vec<Gid>,
    /// Places in projects.
    pub memberships: Vec<Membership>,
    /// Tags.
    pub tags: Vec<Gid>,
    /// Followers.
    pub followers: Vec<Gid>,
    /// Users who like it.
    pub likes: Vec<Gid>,
    /// Tasks this one waits for.
    pub dependencies: Vec<Gid>,
    /// Tasks that wait for this one.
    pub dependents: Vec<Gid>,
    /// Its custom type, and the step it is in; on tasks of that subtype only.
    pub custom_type: Option<Gid>,
    /// See [`Task::custom_type`].
    pub custom_type_status_option: Option<Gid>,
    /// The app's own data.
    pub external: Option<Value>,
    /// Minutes of tracked time.
    pub actual_time_minutes: Option<u32>,
    /// `today`, `later`, `new` or `inbox`, when it was set; deprecated.
    #[serde(default)]
    pub assignee_status: Option<String>,
    /// In the trash: gone for every call.
    pub trashed: bool,
}

impl World {
    /// A task that is not in the trash.
    pub(crate) fn task(&self, gid: &str) -> Option<&Task> {
        self.tasks.get(gid).filter(|task| !task.trashed)
    }

    /// The untrashed ones of a list, in its order.
    pub(crate) fn alive(&self, tasks: &[Gid]) -> Vec<Gid> {
        tasks.iter().filter(|gid| self.task(gid).is_some()).cloned().collect()
    }

    /// How many levels of subtasks lie between a task and its topmost parent.
    pub(crate) fn depth(&self, gid: &str) -> usize {
        let mut depth = 0;
        let mut at = self.tasks.get(gid);
        while let Some(parent) = at.and_then(|task| task.parent.as_ref()) {
            depth += 1;
            at = self.tasks.get(parent);
        }
        depth
    }
}
