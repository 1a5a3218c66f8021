//! What makes a project need attention, each as a strength from 0 to 1 with its reason.

use super::{ProjectFacts, Scored};
use crate::risk::Percentiles;
use domain::{Goal, GoalStatus, TaskGid};
use jiff::civil::Date;
use serde::Serialize;

/// How much each next task counts of the one before: on average somebody looks at the first five (Moffat and Zobel 2008,
/// "Rank-biased precision", persistence 0.8).
const PERSISTENCE: f64 = 0.8;
/// Expected days late that count in full: a month of a plan cannot be made up by working harder.
const LATE: f64 = 30.0;
/// The share of a budget from which its use counts, and the one from which it counts in full.
const BUDGET: (f64, f64) = (0.8, 1.2);

/// What a project is ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The scores of its first tasks.
    Worth,
    /// How late it is expected to end.
    Slippage,
    /// Its tasks that wait for other projects.
    Dependencies,
    /// How far its budget is used up.
    Budget,
    /// How its goals stand.
    Goals,
}

/// A strength with its reason.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Strength {
    pub value: f64,
    pub because: String,
    pub tasks: Vec<TaskGid>,
}

/// A project's date, and when its open tasks will be done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lateness {
    /// The project's due date.
    pub due: Date,
    /// When all will be done.
    pub done: Percentiles,
    /// Open tasks that carry the end.
    pub carried_by: Vec<TaskGid>,
}

impl Lateness {
    /// Expected days late, early ends counting 0: three tenths of the 10th and 90th percentile each and four of the middle (Swanson's
    /// rule; Hurst, Brown and Swanson 2000). None where no end is in sight.
    #[must_use]
    pub fn days(&self) -> Option<f64> {
        let late = |date: Option<Date>| Some(f64::from(self.due.until(date?).ok()?.get_days()).max(0.0));
        Some(0.3 * late(self.done.tenth)? + 0.4 * late(self.done.middle)? + 0.3 * late(self.done.ninetieth)?)
    }
}

/// A task that waits for an open task of another project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Waits {
    /// The task.
    pub task: TaskGid,
    /// What it waits for.
    pub on: TaskGid,
    /// The day it is due.
    pub due: Option<Date>,
    /// The day the other is due; none without a date, or where it cannot be read.
    pub on_due: Option<Date>,
}

/// What a project may use, and has used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Budget {
    /// All of it, above 0.
    pub total: f64,
    /// Used.
    pub used: f64,
    /// What it is counted in; empty where nothing says.
    pub unit: String,
    /// Where it comes from.
    pub source: String,
}

impl Criterion {
    /// Every criterion.
    pub const ALL: [Criterion; 5] =
        [Criterion::Worth, Criterion::Slippage, Criterion::Dependencies, Criterion::Budget, Criterion::Goals];

    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Criterion::Worth => "worth",
            Criterion::Slippage => "slippage",
            Criterion::Dependencies => "dependencies",
            Criterion::Budget => "budget",
            Criterion::Goals => "goals",
        }
    }

    /// Percent: half for what the work is worth, half for what endangers it, the date before all.
    #[must_use]
    pub fn weight(self) -> i32 {
        match self {
            Criterion::Worth => 50,
            Criterion::Slippage => 20,
            Criterion::Dependencies | Criterion::Budget | Criterion::Goals => 10,
        }
    }

    pub(super) fn strength(self, facts: &ProjectFacts, today: Date) -> Option<Strength> {
        match self {
            Criterion::Worth => Some(worth(&facts.tasks.iter().collect::<Vec<_>>())),
            Criterion::Slippage => facts.lateness.as_ref().map(slippage),
            Criterion::Dependencies => {
                facts.waits.as_ref().map(|waits| dependencies(&waits.iter().collect::<Vec<_>>(), today))
            }
            Criterion::Budget => budget(facts),
            Criterion::Goals => goals(facts, today),
        }
    }
}

/// A sum that decays by place: what is far down a backlog, however long, counts next to nothing.
pub(super) fn worth(tasks: &[&Scored]) -> Strength {
    let mut tasks = tasks.to_vec();
    tasks.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.task.numeric_key().cmp(&b.task.numeric_key())));
    let decay = std::iter::successors(Some(1.0 - PERSISTENCE), |weight| Some(weight * PERSISTENCE));
    let value = tasks.iter().zip(decay).map(|(task, weight)| weight * task.score.to_f64() / 100.0).sum();
    let because = match tasks.first() {
        Some(first) => format!("{} open tasks, the first at {}", tasks.len(), first.score),
        None => "no open task".to_owned(),
    };
    Strength { value, because, tasks: tasks.iter().take(5).map(|task| task.task.clone()).collect() }
}

pub(super) fn slippage(lateness: &Lateness) -> Strength {
    let (value, because) = match lateness.days() {
        Some(days) if days < 0.5 => (0.0, format!("expected to be done by its date, {}", lateness.due)),
        Some(days) => {
            (days / LATE, format!("expected to end {days:.0} days after its date, {}", lateness.due))
        }
        None => (1.0, format!("no end is in sight, and its date is {}", lateness.due)),
    };
    Strength { value, because, tasks: lateness.carried_by.clone() }
}

/// Each wait halves what is left to 1, a sure conflict of dates twice: one counts .5 or .75, many come near 1.
pub(super) fn dependencies(waits: &[&Waits], today: Date) -> Strength {
    let conflicts = |one: &&&Waits| match (one.due, one.on_due) {
        (_, Some(on)) if on < today => true,
        (Some(due), Some(on)) => on > due,
        _ => false,
    };
    let sure = waits.iter().filter(conflicts).count();
    let halvings = (waits.len() + sure) as f64;
    let because = match waits.len() {
        0 => "waits for no other project".to_owned(),
        n => {
            let often = if n == 1 { "once".to_owned() } else { format!("{n} times") };
            format!(
                "waits {often} for an open task of another project, {sure} of them overdue or due too late"
            )
        }
    };
    let mut tasks: Vec<TaskGid> = waits.iter().map(|one| one.task.clone()).collect();
    tasks.sort_by(|a, b| a.numeric_key().cmp(&b.numeric_key()));
    tasks.dedup();
    Strength { value: 1.0 - 0.5f64.powf(halvings), because, tasks }
}

fn budget(facts: &ProjectFacts) -> Option<Strength> {
    let budget = facts.budget.as_ref().filter(|budget| budget.total > 0.0 && budget.used.is_finite())?;
    let used = budget.used / budget.total;
    let value = (used - BUDGET.0) / (BUDGET.1 - BUDGET.0);
    let because = format!(
        "{:.0} % of the budget used ({:.0} of {:.0}{}, {})",
        100.0 * used,
        budget.used,
        budget.total,
        if budget.unit.is_empty() { String::new() } else { format!(" {}", budget.unit) },
        budget.source
    );
    Some(Strength { value, because, tasks: vec![] })
}

/// How much an open goal asks for attention by itself, 0–1.
pub(super) fn standing(goal: &Goal, today: Date) -> f64 {
    match (goal.status, goal.due_on) {
        (GoalStatus::Red, _) => 1.0,
        (_, Some(due)) if due < today => 1.0,
        (GoalStatus::Yellow, _) => 0.6,
        (GoalStatus::Unknown, _) => 0.3,
        _ => 0.1,
    }
}

fn goals(facts: &ProjectFacts, today: Date) -> Option<Strength> {
    let goals = facts.goals.as_ref()?;
    let open = goals.iter().filter(|goal| goal.status.is_open());
    let worst = open.map(|goal| (standing(goal, today), goal)).reduce(|worst, next| {
        let is_worse = (next.0, std::cmp::Reverse(&next.1.gid)) > (worst.0, std::cmp::Reverse(&worst.1.gid));
        if is_worse { next } else { worst }
    });
    let (value, because) = match worst {
        None => (0.0, "supports no open goal".to_owned()),
        Some((value, goal)) => {
            (value, format!("supports “{}”, {}", domain::fit(&goal.name, 60), goal.status.words()))
        }
    };
    Some(Strength { value, because, tasks: vec![] })
}
