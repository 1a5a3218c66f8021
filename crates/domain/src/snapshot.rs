//! The snapshot: everything one judgement of a project rests on, read from Asana at one time.
//!
//! A saved snapshot replays: the same snapshot, rubric and `now` give the same plan, byte for byte.
//! Deliberately not here: how it is read, or anything that was not read (it is named in `notes` instead).

use crate::{
    Digest, Evidence, FieldDef, FieldGid, FieldMap, FieldState, Goal, Person, Phase, PhaseRule, ProjectGid,
    SectionGid, SprintProjects, StoryGid, Task, TaskGid, WorkspaceGid,
};
use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A moment and the calendar day it falls on for the team: the only clock the pure core knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// The instant.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// Its date in the configured time zone.
    #[schemars(with = "String", extend("format" = "date"))]
    pub today: Date,
}

/// Something with a gid and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Named<G> {
    /// The gid.
    pub gid: G,
    /// The name when it was read.
    pub name: String,
}

/// The project that was read.
pub type Project = Named<ProjectGid>;

/// A section of the project, in order.
pub type Section = Named<SectionGid>;

/// Upnext's own things in the project, kept so that there is ever only one of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchors {
    /// The "Prioritize Backlog" task.
    pub host_task: Option<TaskGid>,
    /// The top-5 comment on it.
    pub summary_comment: Option<StoryGid>,
    /// The text that comment now has.
    pub summary_text: Option<String>,
    /// The "Review AI Prioritization" subtask.
    pub review_subtask: Option<TaskGid>,
    /// Whether that subtask is there and not completed.
    #[serde(default)]
    pub review_open: bool,
    /// Whether the last groom that wrote was to open it and did not come to that.
    #[serde(default)]
    pub review_owed: bool,
    /// The comment on a task that told its owner something, one a task.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notices: BTreeMap<TaskGid, Notice>,
    /// The comment on a task that told its owner of a date in danger, one a task.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub risks: BTreeMap<TaskGid, Notice>,
    /// The subtask of a task whose date is, or was, in danger, one a task.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dangers: BTreeMap<TaskGid, Danger>,
}

/// A subtask about a date in danger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Danger {
    /// The subtask.
    pub subtask: TaskGid,
    /// What we made of it last.
    pub card: Card,
    /// Whether it is open now; none when it is gone.
    #[serde(default)]
    pub open: Option<bool>,
}

/// What a subtask says, and whether it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its description.
    pub text: String,
    /// Whether it is completed.
    pub completed: bool,
}

/// What a task's owner was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Our comment; none where a rule was started instead.
    pub story: Option<StoryGid>,
    /// What it says, the mention aside.
    pub text: String,
}

/// One reading of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The workspace of the project.
    pub workspace: Named<WorkspaceGid>,
    /// The project.
    pub project: Project,
    /// When the reading began.
    pub taken_at: Timestamp,
    /// The user whose token reads and writes.
    pub actor: Person,
    /// Sections in their order.
    pub sections: Vec<Section>,
    /// Custom fields on the project.
    pub fields: Vec<FieldDef>,
    /// Whether the workspace's plan has custom fields at all.
    pub fields_available: bool,
    /// Which of them plays which role.
    pub roles: FieldMap,
    /// Open tasks in the project's manual order.
    pub tasks: Vec<Task>,
    /// Goals supported by the project or its tasks.
    pub goals: Vec<Goal>,
    /// Whether goals could be read at all; an empty list means "none" only then.
    pub goals_read: bool,
    /// Our own comment, subtask and host task.
    pub anchors: Anchors,
    /// What could not be read, and why.
    pub notes: Vec<String>,
    /// What learned models make of the tasks.
    #[serde(default, skip_serializing_if = "Evidence::is_empty")]
    pub evidence: Evidence,
    /// Official values that people turned down or took back: they are only ever asked about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// The projects Upnext writes to that share open tasks with this one, itself among them; empty where none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writers: Vec<Writer>,
    /// What stands on the projects of a portfolio; empty where the snapshot is not a portfolio's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<ProjectGid, HeldProject>,
    /// Projects that sprints are; none where no sprint is one, or where they could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sprints: Option<SprintProjects>,
}

/// What was read of a project that a portfolio's plan may write to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldProject {
    /// The phase in force for it, as configured and decided.
    pub phase: Phase,
    /// Its fields' values with what this portfolio's runs wrote there; none where they could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<BTreeMap<FieldGid, FieldState>>,
    /// Fields whose value a run of another portfolio wrote, with that portfolio's number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub elsewhere: BTreeMap<FieldGid, ProjectGid>,
}

/// A project that Upnext writes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    /// The project.
    pub project: Project,
    /// Whether the service keeps it right; otherwise somebody grooms it.
    pub connected: bool,
    /// What is written there.
    pub writing: Writing,
}

/// What Upnext writes in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// The fields that Upnext may write there ([`crate::Role::WRITTEN`]).
    pub fields: Vec<FieldGid>,
    /// The fields that rules of phases may name, by name.
    pub named: BTreeMap<String, FieldGid>,
    /// The phase where no rule says otherwise.
    pub phase: Phase,
    /// The rules for some of its tasks; the last that fits counts.
    pub phase_for: Vec<PhaseRule>,
}

/// An official value that a person did not want on a task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refused {
    /// The task.
    pub task: TaskGid,
    /// The field; none for a section, and for what is named below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldGid>,
    /// `assignee` or `dates` where it is one of these; empty for a field, a section or a sprint's project.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// The value, the section's, project's or person's name, for people.
    pub value: String,
}

impl Snapshot {
    /// The definition of a field on this project.
    pub fn field(&self, gid: &FieldGid) -> Option<&FieldDef> {
        self.fields.iter().find(|f| f.gid == *gid)
    }

    /// The task with that gid.
    pub fn task(&self, gid: &TaskGid) -> Option<&Task> {
        self.tasks.iter().find(|t| t.gid == *gid)
    }

    /// The fingerprint of everything in it.
    pub fn digest(&self) -> Digest {
        Digest::of(self)
    }
}
