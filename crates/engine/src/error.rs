//! What stops a run, by what a person can do about it.
//!
//! Single actions that fail are outcomes, not errors. Deliberately not here: exit codes (the CLI's).

use domain::{ApprovalId, PlanId, ProjectGid, RunId, TaskGid};

/// Why a run could not be carried through.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A run did not come to its end: what is open is done when it is tried again.
    #[error("stopped: {0}")]
    Stopped(String),
    /// Asana said no, or could not be reached.
    #[error(transparent)]
    Asana(#[from] asana::Error),
    /// The project is not there for this token.
    #[error(
        "there is no project {project} for this token: check the number in the project's URL, and that the token's \
         user is a member of it"
    )]
    UnknownProject {
        /// The gid asked for.
        project: ProjectGid,
    },
    /// A task that was named is not among the project's open tasks.
    #[error(
        "task {task} is not open in project {project}: check its number, and that it is in the project and not completed"
    )]
    NotInProject {
        /// The project.
        project: ProjectGid,
        /// The task.
        task: TaskGid,
    },
    /// The task is not there for this token.
    #[error(
        "there is no task {0} for this token: check the number in the task's URL, and that the token's user sees it"
    )]
    UnknownTask(TaskGid),
    /// The workspace's plan has no custom fields.
    #[error(
        "custom fields are not part of this workspace's Asana plan ({message}): move it to a paid plan to have scores in \
         Asana; `upnext groom` and `upnext explain` work without"
    )]
    NoCustomFields {
        /// Asana's words.
        message: String,
    },
    /// The store said no.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The plan checker found an error: nothing was written.
    #[error("the plan {plan} did not pass its check, and nothing was written: {}", findings.join("; "))]
    Unsound {
        /// The plan.
        plan: PlanId,
        /// What is wrong.
        findings: Vec<String>,
    },
    /// No such run.
    #[error("there is no run {0}: `upnext plan list` shows the runs and their plans")]
    UnknownRun(RunId),
    /// No such plan.
    #[error("there is no plan {0}: `upnext plan list` shows them")]
    UnknownPlan(PlanId),
    /// No such approval.
    #[error("there is no approval {0}: `upnext approvals list` shows them")]
    UnknownApproval(ApprovalId),
    /// The plan's snapshot is no longer kept.
    #[error("the snapshot of plan {0} is no longer kept: make a new plan with `upnext groom`")]
    SnapshotGone(PlanId),
    /// The run cannot be undone.
    #[error("{0}")]
    NotUndoable(String),
    /// The project has no rubric version of that name.
    #[error("project {project} has no rubric {name}: `upnext rubric list --project {project}` shows them")]
    UnknownRubric {
        /// The project.
        project: ProjectGid,
        /// What was asked for.
        name: String,
    },
    /// Nothing to hold a rubric against.
    #[error("project {0} has no golden set: make one with `upnext golden freeze --project {0}`")]
    NoGolden(ProjectGid),
    /// What was asked for cannot be done as things are.
    #[error("{0}")]
    Unusable(String),
    /// A saved rubric or policy cannot be read back.
    #[error("saved rules cannot be read: {0}")]
    Rules(String),
}
