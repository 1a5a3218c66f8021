//! What is wrong with dates, links and loads before anything is drawn.
//!
//! Deliberately not here: chances.

use super::order::{Prepared, days};
use super::{Network, Node};
use domain::TaskGid;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;

/// Tasks of a cycle that are named.
const NAMED: usize = 5;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Finding {
    /// It waits for a task that should be done by now.
    OverduePredecessor {
        /// The task that waits.
        task: TaskGid,
        /// Its name.
        name: String,
        /// The task that is late.
        blocker: TaskGid,
        /// Its name.
        blocker_name: String,
        /// Days it is late.
        days: i64,
    },
    /// It is due, or to begin, before something it waits for is due.
    DueBeforePredecessor {
        /// The task that waits.
        task: TaskGid,
        /// Its name.
        name: String,
        /// When it is due or to begin.
        on: Date,
        /// Whether that is its start.
        starts: bool,
        /// The task it waits for.
        blocker: TaskGid,
        /// Its name.
        blocker_name: String,
        /// When that is due.
        blocker_due: Date,
    },
    /// It is to begin after it is due.
    StartsAfterDue {
        /// The task.
        task: TaskGid,
        /// Its name.
        name: String,
        /// Its start.
        starts: Date,
        /// Its due date.
        due: Date,
    },
    /// Tasks that wait for each other.
    Cycle {
        /// The tasks.
        tasks: Vec<TaskGid>,
        /// Their names.
        names: Vec<String>,
    },
    /// Others wait for it and nobody has it.
    OrphanedBlocker {
        /// The task.
        task: TaskGid,
        /// Its name.
        name: String,
        /// How many tasks wait for it.
        waiting: usize,
    },
    /// It waits for an open task that was not read.
    UnreadPredecessor {
        /// The task.
        task: TaskGid,
        /// Its name.
        name: String,
        /// The tasks it waits for.
        blockers: Vec<TaskGid>,
    },
    /// Somebody has more work until a day than hours.
    OverloadedOwner {
        /// Who.
        person: domain::Person,
        /// The day until which it is worst.
        until: Date,
        /// Hours of the tasks that are due by then.
        work: f64,
        /// Hours they have until then.
        hours: f64,
    },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Finding::OverduePredecessor { name, blocker_name, days, .. } => {
                let plural = if *days == 1 { "day" } else { "days" };
                write!(f, "“{name}” waits for “{blocker_name}”, which is {days} {plural} overdue")
            }
            Finding::DueBeforePredecessor { name, on, starts, blocker_name, blocker_due, .. } => {
                let what = if *starts { "is to begin" } else { "is due" };
                write!(f, "“{name}” {what} {on}, but waits for “{blocker_name}”, which is due {blocker_due}")
            }
            Finding::StartsAfterDue { name, starts, due, .. } => {
                write!(f, "“{name}” is to begin {starts}, after it is due ({due})")
            }
            Finding::Cycle { names, .. } => {
                let more = names.len().saturating_sub(NAMED);
                let named: Vec<String> = names.iter().take(NAMED).map(|n| format!("“{n}”")).collect();
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                write!(
                    f,
                    "{}{more} wait for each other: none can begin until one link is removed; the forecast \
                     leaves these links out",
                    named.join(", ")
                )
            }
            Finding::OrphanedBlocker { name, waiting, .. } => {
                let wait = if *waiting == 1 { "task waits" } else { "tasks wait" };
                write!(f, "{waiting} {wait} for “{name}”, which nobody has")
            }
            Finding::UnreadPredecessor { name, blockers, .. } => {
                let plural = if blockers.len() == 1 { "task" } else { "tasks" };
                write!(
                    f,
                    "“{name}” waits for {} open {plural} outside what was read: the forecast does not wait for them",
                    blockers.len()
                )
            }
            Finding::OverloadedOwner { person, until, work, hours } => {
                write!(
                    f,
                    "{} has {work:.0} h of work due by {until} and {hours:.0} h until then",
                    person.name
                )
            }
        }
    }
}

impl Finding {
    /// The task it is about, where it is one.
    #[must_use]
    pub fn task(&self) -> Option<&TaskGid> {
        match self {
            Finding::OverduePredecessor { task, .. }
            | Finding::DueBeforePredecessor { task, .. }
            | Finding::StartsAfterDue { task, .. }
            | Finding::OrphanedBlocker { task, .. }
            | Finding::UnreadPredecessor { task, .. } => Some(task),
            Finding::Cycle { .. } | Finding::OverloadedOwner { .. } => None,
        }
    }
}

pub(super) fn findings(network: &Network, prepared: &Prepared) -> Vec<Finding> {
    let mut findings = vec![];
    for members in &prepared.cycles {
        let tasks = members.iter().map(|at| network.tasks[*at].task.clone()).collect();
        let names = members.iter().map(|at| network.tasks[*at].name.clone()).collect();
        findings.push(Finding::Cycle { tasks, names });
    }
    for (at, node) in network.tasks.iter().enumerate() {
        for blocker in &prepared.waits_for[at] {
            findings.extend(dates(network, node, &network.tasks[*blocker]));
        }
        if let (Some(starts), Some(due)) = (node.starts, node.due)
            && starts > due
        {
            let (task, name) = (node.task.clone(), node.name.clone());
            findings.push(Finding::StartsAfterDue { task, name, starts, due });
        }
        if !node.outside.is_empty() {
            let (task, name, blockers) = (node.task.clone(), node.name.clone(), node.outside.clone());
            findings.push(Finding::UnreadPredecessor { task, name, blockers });
        }
    }
    findings.extend(orphans(network, prepared));
    findings.extend((0..network.people.len()).filter_map(|person| overload(network, prepared, person)));
    findings
}

/// What the dates of a task and of one it waits for say against each other.
fn dates(network: &Network, node: &Node, blocker: &Node) -> Option<Finding> {
    let theirs = blocker.due?;
    let (task, name) = (node.task.clone(), node.name.clone());
    let (other, blocker_name) = (blocker.task.clone(), blocker.name.clone());
    if theirs < network.today {
        let days = network.today.duration_since(theirs).as_hours() / 24;
        return Some(Finding::OverduePredecessor { task, name, blocker: other, blocker_name, days });
    }
    let early = node.due.filter(|due| *due < theirs).map(|due| (due, false));
    let (on, starts) = early.or_else(|| node.starts.filter(|on| *on < theirs).map(|on| (on, true)))?;
    Some(Finding::DueBeforePredecessor {
        task,
        name,
        on,
        starts,
        blocker: other,
        blocker_name,
        blocker_due: theirs,
    })
}

fn orphans(network: &Network, prepared: &Prepared) -> Vec<Finding> {
    let mut waiting = vec![0; network.tasks.len()];
    prepared.waits_for.iter().flatten().for_each(|blocker| waiting[*blocker] += 1);
    let nobody =
        network.tasks.iter().zip(waiting).filter(|(node, waiting)| node.owner.is_none() && *waiting > 0);
    let orphan = |(node, waiting): (&Node, usize)| Finding::OrphanedBlocker {
        task: node.task.clone(),
        name: node.name.clone(),
        waiting,
    };
    nobody.map(orphan).collect()
}

/// The day until which somebody's expected work exceeds their hours most, where it does.
fn overload(network: &Network, prepared: &Prepared, person: usize) -> Option<Finding> {
    let mine = (0..network.tasks.len()).filter(|at| prepared.owner[*at] == person);
    let mut dated: Vec<(f32, f64)> = mine
        .filter(|at| prepared.due[*at].is_finite())
        .map(|at| (prepared.due[at].max(0.0), prepared.spreads[at].mean()))
        .collect();
    dated.sort_by(|a, b| a.0.total_cmp(&b.0));
    let axis = &prepared.axes[person];
    let mut work = 0.0;
    let mut worst: Option<(f32, f64, f64)> = None;
    for (due, hours) in dated {
        work += hours;
        let has = f64::from(axis.hours(due + 1.0));
        if work > has + 1e-3 && worst.is_none_or(|(_, w, h)| work - has > w - h) {
            worst = Some((due, work, has));
        }
    }
    let (due, work, hours) = worst?;
    let until = network.today.checked_add((due as i64).days()).ok()?;
    // What is due today or was due before is late, not a load.
    (due > days(network, network.today)).then(|| Finding::OverloadedOwner {
        person: network.people[person].person.clone(),
        until,
        work,
        hours,
    })
}
