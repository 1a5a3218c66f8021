//! What a job is: its kind, what it is about, and how it becomes a row of the queue.
//!
//! Deliberately not here: doing it (`run`).

use super::ServiceSettings;
use domain::{ProjectGid, WorkspaceGid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Again, NewJob};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Look at what was heard of a project.
    Recalculate {
        /// The project.
        project: ProjectGid,
    },
    /// Look at what may have changed in a project unheard.
    Sweep {
        /// The project.
        project: ProjectGid,
    },
    /// Groom a project.
    Groom {
        /// The project.
        project: ProjectGid,
    },
    /// Learn from a project.
    Learn {
        /// The project.
        project: ProjectGid,
    },
    /// Post a project's weekly review.
    Review {
        /// The project.
        project: ProjectGid,
    },
    /// Tell of a project's dates in danger.
    Risk {
        /// The project.
        project: ProjectGid,
    },
    /// Post the plan of a project's next sprint.
    Sprint {
        /// The project.
        project: ProjectGid,
    },
    /// End or take for a yes what waited for a person for long enough.
    Approvals {
        /// The project.
        project: ProjectGid,
    },
    /// Ask a project's event stream.
    Poll {
        /// The project.
        project: ProjectGid,
    },
    /// See that the webhooks of a workspace are there.
    Keep {
        /// The workspace.
        workspace: WorkspaceGid,
        /// Where deliveries go; empty when Asana does not reach the process that asks.
        base: String,
    },
}

/// How urgent work is: lower goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A person waits for it.
    Person,
    /// Something changed.
    Change,
    /// Without it nothing is heard.
    Hearing,
    /// Nobody waits.
    Background,
}

impl Urgency {
    pub(crate) fn priority(self) -> u8 {
        match self {
            Urgency::Person => 0,
            Urgency::Change => 10,
            Urgency::Hearing => 20,
            Urgency::Background => 30,
        }
    }
}

impl Work {
    /// One word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Work::Recalculate { .. } => "recalculate",
            Work::Sweep { .. } => "sweep",
            Work::Groom { .. } => "groom",
            Work::Learn { .. } => "learn",
            Work::Review { .. } => "review",
            Work::Risk { .. } => "risk",
            Work::Sprint { .. } => "sprint",
            Work::Approvals { .. } => "approvals",
            Work::Poll { .. } => "poll",
            Work::Keep { .. } => "keep",
        }
    }

    /// The project it is about, if it is about one.
    #[must_use]
    pub fn project(&self) -> Option<&ProjectGid> {
        match self {
            Work::Recalculate { project }
            | Work::Sweep { project }
            | Work::Groom { project }
            | Work::Learn { project }
            | Work::Review { project }
            | Work::Risk { project }
            | Work::Sprint { project }
            | Work::Approvals { project }
            | Work::Poll { project } => Some(project),
            Work::Keep { .. } => None,
        }
    }

    fn about(&self) -> &str {
        match self {
            Work::Keep { workspace, .. } => workspace.as_str(),
            other => other.project().map_or("", ProjectGid::as_str),
        }
    }

    /// The row that asks for it.
    #[must_use]
    pub fn job(&self, urgency: Urgency, now: Timestamp, run_at: Timestamp) -> NewJob {
        let key = format!("{}:{}", self.kind(), self.about());
        // What takes the project's lock runs one after the other; asking and keeping do not.
        let lane = match self {
            Work::Poll { .. } | Work::Keep { .. } => key.clone(),
            _ => format!("project:{}", self.about()),
        };
        NewJob {
            kind: self.kind().to_owned(),
            key,
            lane,
            payload: serde_json::to_string(self).unwrap_or_default(),
            priority: urgency.priority(),
            run_at,
            asked_at: now,
            again: Again::Sooner,
        }
    }

    /// The row that asks to look at a project once a burst of changes has ended.
    pub(crate) fn after_changes(project: &ProjectGid, settings: &ServiceSettings, now: Timestamp) -> NewJob {
        let work = Work::Recalculate { project: project.clone() };
        NewJob {
            again: Again::Later(settings.settle_at_most()),
            ..work.job(Urgency::Change, now, now + settings.settle())
        }
    }
}
