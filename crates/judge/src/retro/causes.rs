//! Why a task of the sprint was not done: what its history shows, the weightiest first.
//!
//! Each cause is something that happened, with its figures; whether it was the reason is for the team to say. Deliberately left
//! out: blame, and guesses at what no story tells.

use super::blocked::Blocked;
use super::member::{Ending, Member};
use super::{Eye, RetroTask};
use crate::backtest::Taken;
use domain::{TaskGid, UserGid};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;

/// Waiting below this share of the time the task had is no cause: half a day of a fortnight.
const WAITED: f64 = 0.05;
/// An estimate that rises by less is a correction.
const GREW: f64 = 0.2;

/// One thing that stood in the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// It was taken out of the sprint.
    MovedOut {
        /// Where to.
        to: String,
        /// When.
        on: Date,
    },
    /// It waited for an open task.
    BlockedBy {
        /// The other task.
        task: TaskGid,
        /// Its name; its gid where it is of another project.
        name: String,
        /// Days within the sprint.
        days: f64,
    },
    /// It came in after planning.
    AddedLate {
        /// When.
        on: Date,
    },
    /// It grew.
    ScopeGrew {
        /// Estimated hours before.
        from: f64,
        /// And after.
        to: f64,
    },
    /// Whoever had it was given more than they have hours.
    OwnerOverloaded {
        /// Hours given within the sprint.
        given: f64,
        /// Hours they work within it.
        hours: f64,
    },
    /// Nobody had it.
    NobodyHadIt,
    /// Nobody moved it on.
    NotTakenUp,
    /// Its history shows nothing of the kind.
    Untold,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::MovedOut { to, on } => write!(f, "moved out on {on} (to {to})"),
            Cause::BlockedBy { name, days, .. } => {
                write!(f, "waited {days:.1} days for “{}”", domain::fit(name, 60))
            }
            Cause::AddedLate { on } => write!(f, "added late, on {on}"),
            Cause::ScopeGrew { from, to } => write!(f, "grew from {from:.1} to {to:.1} h"),
            Cause::OwnerOverloaded { given, hours } => {
                write!(f, "its owner was given {given:.0} h of work for {hours:.0} h")
            }
            Cause::NobodyHadIt => f.write_str("nobody had it"),
            Cause::NotTakenUp => f.write_str("not taken up: nobody moved it on"),
            Cause::Untold => f.write_str("no cause is told by its history"),
        }
    }
}

/// Adds the causes to what was not done.
pub(super) fn fill(eye: &Eye<'_>, members: &[Member<'_>], blocked: &Blocked, tasks: &mut [RetroTask]) {
    let given = given(members, tasks);
    for (member, task) in members.iter().zip(tasks) {
        if !task.ending.is_done() {
            task.causes = causes(eye, member, (task, blocked), &given);
        }
    }
}

/// Hours of the sprint's tasks by whoever had them at the end.
fn given(members: &[Member<'_>], tasks: &[RetroTask]) -> HashMap<UserGid, f64> {
    let mut given: HashMap<UserGid, f64> = HashMap::new();
    for (member, task) in members.iter().zip(tasks) {
        if let (Some(owner), Some(hours)) = (&member.last.assignee, task.hours_at_end.or(task.hours)) {
            *given.entry(owner.gid.clone()).or_default() += hours;
        }
    }
    given
}

fn causes(
    eye: &Eye<'_>,
    member: &Member<'_>,
    (task, blocked): (&RetroTask, &Blocked),
    given: &HashMap<UserGid, f64>,
) -> Vec<Cause> {
    let mut causes = vec![];
    if let Ending::MovedOut { to, on } = &task.ending {
        causes.push(Cause::MovedOut { to: to.clone(), on: *on });
    }
    let (from, to) = member.open_within(eye);
    let had = to.duration_since(from).as_secs_f64() / 86_400.0;
    let waited = blocked.tasks.iter().find(|waited| waited.task == task.task);
    for (blocker, days) in
        waited.iter().flat_map(|waited| &waited.by).filter(|(_, days)| *days >= WAITED * had)
    {
        let name = eye.past(blocker);
        let name =
            name.map_or_else(|| format!("task {blocker} of another project"), |past| past.task.name.clone());
        causes.push(Cause::BlockedBy { task: blocker.clone(), name, days: *days });
    }
    if !task.planned {
        causes.push(Cause::AddedLate { on: task.came_in });
    }
    if let (Some(was), Some(is)) = (task.hours, task.hours_at_end)
        && is > was * (1.0 + GREW)
    {
        causes.push(Cause::ScopeGrew { from: was, to: is });
    }
    match &member.last.assignee {
        None => causes.push(Cause::NobodyHadIt),
        Some(owner) => {
            let (given, hours) = (given.get(&owner.gid).copied(), eye.look.hours.get(&owner.gid).copied());
            if let (Some(given), Some(hours)) = (given, hours)
                && given > hours
            {
                causes.push(Cause::OwnerOverloaded { given, hours });
            }
        }
    }
    let taken = Taken::of(member.past, eye.begin(), (eye.look.present, eye.look.ours));
    if taken.at.is_none_or(|at| at > eye.end()) {
        causes.push(Cause::NotTakenUp);
    }
    if causes.is_empty() {
        causes.push(Cause::Untold);
    }
    causes
}
