//! Dates in danger as somebody sees them who only looks.
//!
//! Deliberately not here: the forecast.

use super::{EndsBetween, TaskLink, Tasks};
use domain::{Project, Role, Snapshot, TaskGid};
use jiff::Timestamp;
use jiff::civil::Date;
use judge::risk::{CauseKind, Finding, Forecast, TaskForecast};
use schemars::JsonSchema;
use serde::Serialize;

/// How something holds a task up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldUpBy {
    /// A task it waits for.
    Predecessor,
    /// Another task of the same owner, which comes before it.
    SameOwner,
    /// Its own work, which takes longer than there is time.
    Itself,
}

/// What a due date is missed for most often.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RiskCause {
    /// How it holds the task up.
    pub kind: HeldUpBy,
    /// The task to blame.
    #[serde(flatten)]
    pub task: TaskLink,
    /// In what share of the draws that miss the date it was this, above 0 and at most 1.
    pub share: f64,
}

/// When a task will be done.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RiskTask {
    /// The task.
    #[serde(flatten)]
    pub task: TaskLink,
    /// Who has it.
    pub owner: Option<String>,
    /// When it is due.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub due: Option<Date>,
    /// When it will be done.
    pub done: EndsBetween,
    /// The probability that it is done after its due date, 0–1; none without one.
    pub missed: Option<f64>,
    /// The value of the field that flags dates in danger, where the project has it and the task a flag.
    pub flag: Option<String>,
    /// Days it may end later than in the middle case without making anything late; below 0 when something is.
    pub slack: f64,
    /// The share of draws in which it was on the chain that carried the end of the whole, 0–1.
    pub critical: f64,
    /// What the date is missed for, where it ever is.
    pub cause: Option<RiskCause>,
}

/// Something that contradicts itself or is late already.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RiskFinding {
    /// One word: `overdue_predecessor`, `due_before_predecessor`, `starts_after_due`, `cycle`, `orphaned_blocker`,
    /// `unread_predecessor`, `overloaded_owner`.
    pub kind: &'static str,
    /// What it is, in a sentence.
    pub what: String,
    /// The tasks it is about.
    pub tasks: Vec<TaskLink>,
}

/// What endangers a project's dates.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RiskView {
    /// The project.
    pub project: Project,
    /// When its tasks were read.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// How often it was drawn.
    pub draws: usize,
    /// When everything will be done.
    pub done: EndsBetween,
    /// Tasks more likely late than not.
    pub late: usize,
    /// Every open task, the likeliest to be late first; those without a due date last.
    pub tasks: Vec<RiskTask>,
    /// The tasks that carry the end, first to last.
    pub critical_path: Vec<TaskLink>,
    /// What contradicts itself or is late already.
    pub findings: Vec<RiskFinding>,
    /// What was taken for granted.
    pub notes: Vec<String>,
}

impl RiskView {
    /// Of a forecast, with what was told of the people it rests on.
    pub(super) fn of(snapshot: &Snapshot, forecast: &Forecast, notes: &[String]) -> RiskView {
        let tasks = Tasks::of(snapshot);
        let mut told: Vec<&TaskForecast> = forecast.tasks.iter().collect();
        let chance = |task: &TaskForecast| task.missed.unwrap_or(-1.0);
        told.sort_by(|a, b| chance(b).total_cmp(&chance(a)).then(a.due.cmp(&b.due)));
        let mut notes = notes.to_vec();
        notes.extend(forecast.notes.iter().cloned());
        RiskView {
            project: snapshot.project.clone(),
            at: snapshot.taken_at,
            draws: forecast.draws,
            done: forecast.done.into(),
            late: forecast.tasks.iter().filter(|task| task.missed.is_some_and(|missed| missed > 0.5)).count(),
            tasks: told.into_iter().map(|task| risk_task(&tasks, task)).collect(),
            critical_path: forecast.critical_path.iter().map(|gid| tasks.link(gid)).collect(),
            findings: forecast.findings.iter().map(|finding| found(&tasks, finding)).collect(),
            notes,
        }
    }
}

fn risk_task(tasks: &Tasks<'_>, of: &TaskForecast) -> RiskTask {
    let roles = &tasks.snapshot.roles;
    let flag = tasks.known.get(&of.task).and_then(|task| roles.state(Role::AiRisk, task).value);
    let cause = of.cause.as_ref().map(|cause| RiskCause {
        kind: match cause.kind {
            CauseKind::Predecessor => HeldUpBy::Predecessor,
            CauseKind::SameOwner => HeldUpBy::SameOwner,
            CauseKind::Itself => HeldUpBy::Itself,
        },
        task: tasks.link(&cause.task),
        share: cause.share,
    });
    RiskTask {
        task: tasks.link(&of.task),
        owner: of.owner.clone(),
        due: of.due,
        done: of.done.into(),
        missed: of.missed,
        flag: flag.map(|value| value.to_string()),
        slack: of.slack,
        critical: of.critical,
        cause,
    }
}

fn found(tasks: &Tasks<'_>, finding: &Finding) -> RiskFinding {
    let (kind, about): (_, Vec<&TaskGid>) = match finding {
        Finding::OverduePredecessor { task, blocker, .. } => ("overdue_predecessor", vec![task, blocker]),
        Finding::DueBeforePredecessor { task, blocker, .. } => {
            ("due_before_predecessor", vec![task, blocker])
        }
        Finding::StartsAfterDue { task, .. } => ("starts_after_due", vec![task]),
        Finding::Cycle { tasks, .. } => ("cycle", tasks.iter().collect()),
        Finding::OrphanedBlocker { task, .. } => ("orphaned_blocker", vec![task]),
        Finding::UnreadPredecessor { task, blockers, .. } => {
            ("unread_predecessor", std::iter::once(task).chain(blockers).collect())
        }
        Finding::OverloadedOwner { person, until, .. } => {
            let open = tasks
                .snapshot
                .tasks
                .iter()
                .filter(|task| !task.completed && task.assignee.as_ref() == Some(person));
            let by_then = open.filter(|task| task.due_on.is_some_and(|due| due <= *until));
            ("overloaded_owner", by_then.map(|task| &task.gid).collect())
        }
    };
    let about = about.into_iter().map(|gid| tasks.link(gid)).collect();
    RiskFinding { kind, what: finding.to_string(), tasks: about }
}
