//! What a job is: its kind, what it is about, and how it becomes a row of the queue.
//!
//! Deliberately not here: doing it (`run`).

use super::ServiceSettings;
use crate::intake::job_key;
use domain::{PortfolioGid, ProjectGid, RequestId, WorkspaceGid};
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
    /// Post the digest of what was decided in a project in the last period that is over.
    Mirror {
        /// The project.
        project: ProjectGid,
    },
    /// Post the retrospective of a project's sprint that has ended.
    Retro {
        /// The project.
        project: ProjectGid,
    },
    /// Rank a portfolio's projects.
    Portfolio {
        /// The portfolio.
        portfolio: PortfolioGid,
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
    /// Suggest people for a project's tasks that nobody has.
    Assign {
        /// The project.
        project: ProjectGid,
    },
    /// End or take for a yes what waited for a person for long enough.
    Approvals {
        /// The project.
        project: ProjectGid,
    },
    /// Make the task of a request, and triage it.
    Intake {
        /// The project.
        project: ProjectGid,
        /// The request.
        request: RequestId,
        /// The name of its task.
        name: String,
        /// The task's description.
        notes: String,
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
            Work::Mirror { .. } => "mirror",
            Work::Retro { .. } => "retro",
            Work::Portfolio { .. } => "portfolio",
            Work::Risk { .. } => "risk",
            Work::Sprint { .. } => "sprint",
            Work::Assign { .. } => "assign",
            Work::Approvals { .. } => "approvals",
            Work::Intake { .. } => "intake",
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
            | Work::Mirror { project }
            | Work::Retro { project }
            | Work::Risk { project }
            | Work::Sprint { project }
            | Work::Assign { project }
            | Work::Approvals { project }
            | Work::Intake { project, .. }
            | Work::Poll { project } => Some(project),
            Work::Portfolio { .. } | Work::Keep { .. } => None,
        }
    }

    /// The lanes of the jobs that are about a project.
    pub(crate) fn lanes_of(project: &ProjectGid) -> [String; 2] {
        [format!("project:{project}"), format!("poll:{project}")]
    }

    fn about(&self) -> &str {
        match self {
            Work::Keep { workspace, .. } => workspace.as_str(),
            Work::Portfolio { portfolio } => portfolio.as_str(),
            other => other.project().map_or("", ProjectGid::as_str),
        }
    }

    /// That of a request: the task's name and the form's, and questions with what was answered.
    #[must_use]
    pub fn intake(
        project: &ProjectGid,
        request: &RequestId,
        (name, form): (&str, &str),
        answers: &[(&str, &str)],
    ) -> Work {
        Work::Intake {
            project: project.clone(),
            request: request.clone(),
            name: name.to_owned(),
            notes: decide::request_notes(answers, form, request),
        }
    }

    /// The row that asks for it.
    #[must_use]
    pub fn job(&self, urgency: Urgency, now: Timestamp, run_at: Timestamp) -> NewJob {
        let key = match self {
            Work::Intake { project, request, .. } => job_key(project, request),
            _ => format!("{}:{}", self.kind(), self.about()),
        };
        // What takes the project's lock runs one after the other; asking and keeping do not.
        let lane = match self {
            Work::Poll { .. } | Work::Keep { .. } | Work::Portfolio { .. } => key.clone(),
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

    /// The same while a burst lasts.
    pub(crate) fn after_burst(project: &ProjectGid, settings: &ServiceSettings, now: Timestamp) -> NewJob {
        NewJob {
            again: Again::Later(settings.burst_at_most()),
            run_at: now + settings.burst(),
            ..Work::after_changes(project, settings, now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_a_project_is_in_one_of_its_lanes() {
        let project = ProjectGid::new("7");
        let lanes = Work::lanes_of(&project);
        let works = [
            Work::Recalculate { project: project.clone() },
            Work::Sweep { project: project.clone() },
            Work::Groom { project: project.clone() },
            Work::Learn { project: project.clone() },
            Work::Review { project: project.clone() },
            Work::Mirror { project: project.clone() },
            Work::Retro { project: project.clone() },
            Work::Risk { project: project.clone() },
            Work::Sprint { project: project.clone() },
            Work::Assign { project: project.clone() },
            Work::Approvals { project: project.clone() },
            Work::intake(&project, &RequestId::new("req_a"), ("Dark mode", "Ask"), &[]),
            Work::Poll { project: project.clone() },
        ];
        for work in works {
            let lane = work.job(Urgency::Change, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH).lane;
            assert!(lanes.contains(&lane), "{lane}");
        }
        let portfolio = Work::Portfolio { portfolio: PortfolioGid::new("7") };
        let lane = portfolio.job(Urgency::Change, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH).lane;
        assert!(!lanes.contains(&lane), "{lane}");
    }

    #[test]
    fn a_request_is_a_job_of_its_own_in_each_project() {
        let job = |project: &str, request: &str| {
            let (project, request) = (ProjectGid::new(project), RequestId::new(request));
            let work =
                Work::intake(&project, &request, ("Dark mode", "Ask the team"), &[("Description", "please")]);
            work.job(Urgency::Person, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH)
        };
        let (one, other) = (job("1", "req_a"), job("2", "req_a"));
        assert_ne!(one.key, other.key);
        assert_ne!(one.key, job("1", "req_b").key);
        assert_eq!((one.lane.as_str(), other.lane.as_str()), ("project:1", "project:2"));
        let back: Work = serde_json::from_str(&one.payload).expect("its own payload");
        assert_eq!(back.job(Urgency::Person, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH), one);
    }
}
