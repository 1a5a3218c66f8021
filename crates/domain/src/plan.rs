//! A plan: everything Upnext would do, and everything it leaves alone and why.
//!
//! A plan is a value: made once, saved, shown, checked, applied by someone else. A dry run is a plan nobody applied.
//! Deliberately not here: making, checking or applying one.

use crate::{
    Action, ActionId, Digest, Moment, Outcome, Phase, PlanId, Project, ProjectRef, RequestId, RunId,
    SectionRef, TaskGid,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a plan is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PlanKind {
    /// Prioritise a backlog.
    Groom,
    /// Bring what is known of some tasks up to date after they changed.
    Recalculate {
        /// The tasks that may be written: those that changed and their dependency neighbourhood.
        tasks: BTreeSet<TaskGid>,
    },
    /// Label new requests.
    Triage,
    /// Tell owners of dates in danger.
    Risk,
    /// Suggest who should do tasks.
    Assign,
    /// Fill a sprint: move its tasks together, give them out and date them.
    Sprint {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// Show the plan of a sprint in a comment.
    SprintPreview {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// Provision the fields.
    Setup,
    /// Restore what a run wrote.
    Undo {
        /// The run.
        run: RunId,
    },
    /// Carry out what a person approved of earlier plans.
    Approval {
        /// Who approved it.
        by: String,
    },
    /// Post the review of a week.
    Review {
        /// The ISO week: `2026-W48`.
        week: String,
    },
    /// Post the digest of what was decided in a period.
    Mirror {
        /// The day or ISO week: `2026-11-26`, `2026-W48`.
        period: String,
    },
    /// Post the retrospective of a sprint.
    Retro {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// Write priorities of a portfolio's projects, and its status.
    Portfolio,
    /// Make the task that somebody asked for.
    Intake {
        /// The request.
        request: RequestId,
    },
}

impl PlanKind {
    /// Whether it writes judgements into tasks, and so must keep away from what is people's.
    pub fn judges(&self) -> bool {
        !matches!(
            self,
            PlanKind::Setup
                | PlanKind::Undo { .. }
                | PlanKind::Review { .. }
                | PlanKind::Mirror { .. }
                | PlanKind::Retro { .. }
                | PlanKind::Portfolio
                | PlanKind::SprintPreview { .. }
                | PlanKind::Intake { .. }
        )
    }

    /// One word.
    pub fn word(&self) -> &'static str {
        match self {
            PlanKind::Groom => "groom",
            PlanKind::Recalculate { .. } => "recalculate",
            PlanKind::Triage => "triage",
            PlanKind::Risk => "risk",
            PlanKind::Assign => "assign",
            PlanKind::Sprint { .. } => "sprint",
            PlanKind::SprintPreview { .. } => "preview",
            PlanKind::Setup => "setup",
            PlanKind::Undo { .. } => "undo",
            PlanKind::Approval { .. } => "approve",
            PlanKind::Review { .. } => "review",
            PlanKind::Mirror { .. } => "mirror",
            PlanKind::Retro { .. } => "retro",
            PlanKind::Portfolio => "portfolio",
            PlanKind::Intake { .. } => "intake",
        }
    }
}

/// Whether an action may be applied as the plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Policy allows it.
    Given,
    /// A person must approve it first.
    Waiting,
}

/// An action with its place in the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedAction {
    /// Its id within the plan.
    pub id: ActionId,
    /// What to do.
    pub action: Action,
    /// Why.
    pub reason: String,
    /// Whether it may be done now.
    pub consent: Consent,
}

/// Why a task was left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SkipReason {
    /// A person set Manual Override.
    ManualOverride {
        /// Its value.
        value: String,
    },
    /// A person set, changed or cleared an AI field.
    SetByPerson {
        /// The field's name.
        field: String,
        /// What it now holds; empty when cleared.
        value: String,
    },
    /// A person took it out of the sprint's project.
    TakenOut {
        /// That project's name.
        project: String,
    },
    /// One of Upnext's own tasks.
    OwnTask,
    /// It is also in another project, which writes it.
    WrittenElsewhere {
        /// That project's name.
        project: String,
    },
    /// Its section or status is outside the configured scope.
    OutOfScope {
        /// Which border it is outside of.
        why: String,
    },
    /// Asana marks it as a separator line, not work.
    Separator,
    /// What undo found changed since: left as it is.
    ChangedSince {
        /// The field's name.
        field: String,
        /// What it now holds.
        value: String,
    },
    /// What undo cannot restore.
    NotRestorable {
        /// Why.
        why: String,
    },
    /// What was approved and is void by now.
    Void {
        /// Why.
        why: String,
    },
}

impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SkipReason::ManualOverride { value } => write!(f, "manual override ({value})"),
            SkipReason::SetByPerson { field, value } if value.is_empty() => {
                write!(f, "a person cleared {field}; it stays theirs")
            }
            SkipReason::SetByPerson { field, value } => {
                write!(f, "a person set {field} to {value}; it stays theirs")
            }
            SkipReason::TakenOut { project } => {
                write!(f, "a person took it out of the project “{project}”; it stays out")
            }
            SkipReason::OwnTask => f.write_str("Upnext's own task"),
            SkipReason::WrittenElsewhere { project } => {
                write!(f, "also in the project “{project}”, which writes it")
            }
            SkipReason::OutOfScope { why } => write!(f, "out of scope: {why}"),
            SkipReason::Separator => f.write_str("a separator, not a task"),
            SkipReason::ChangedSince { field, value } if value.is_empty() => {
                write!(f, "{field} was cleared since; it stays so")
            }
            SkipReason::ChangedSince { field, value } => {
                write!(f, "{field} was changed to {value} since; it stays so")
            }
            SkipReason::NotRestorable { why } | SkipReason::Void { why } => f.write_str(why),
        }
    }
}

/// A task (or one of its fields) that was left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The task.
    pub task: TaskGid,
    /// Its name, for people.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Derived from the snapshot, the rules and the moment.
    pub id: PlanId,
    /// What it is for.
    pub kind: PlanKind,
    /// The project it is about.
    pub project: Project,
    /// The moment it was made for.
    pub now: Moment,
    /// How far it may go.
    pub phase: Phase,
    /// The rubric's version.
    pub rubric: String,
    /// The snapshot it rests on.
    pub snapshot: Digest,
    /// What to do, in order.
    pub actions: Vec<PlannedAction>,
    /// Tasks not scored or not written as a whole, with the reason.
    pub skipped: Vec<Skipped>,
    /// Single fields left to people on tasks that are otherwise written.
    pub kept: Vec<Skipped>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

impl Plan {
    /// The same with the sections and projects that its actions have made, so that every task goes to a place of its own. Where that is
    /// not made yet, the action stays as it is.
    #[must_use]
    pub fn with_places(&self, outcomes: &[Outcome]) -> Plan {
        let made = |id: &ActionId| outcomes.iter().find(|o| o.action == *id && o.kind.is_settled_well());
        let mut plan = self.clone();
        for planned in &mut plan.actions {
            match &mut planned.action {
                Action::MoveToSection { to, .. } => {
                    let SectionRef::MadeBy { made_by } = &*to else { continue };
                    if let Some(gid) = made(made_by).and_then(|one| one.section.clone()) {
                        *to = SectionRef::Existing(gid);
                    }
                }
                Action::AddToProject { to, .. } => {
                    let ProjectRef::MadeBy { made_by } = &*to else { continue };
                    if let Some(gid) = made(made_by).and_then(|one| one.project.clone()) {
                        *to = ProjectRef::Existing(gid);
                    }
                }
                _ => {}
            }
        }
        plan
    }
}
