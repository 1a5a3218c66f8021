//! Which tasks were of the sprint, since when, and how they stood at its end.
//!
//! A task is looked at at the end of the first day and after everything that happened to it until the end, or until it was done:
//! many boards move what is done to another section, which takes nothing out of a sprint. Deliberately not here: why.

use super::{Eye, Membership};
use crate::backtest::{rewind_any, was_open};
use domain::{Happened, Past, Task};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// How a task stood at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// Done.
    Done {
        /// When.
        on: Date,
    },
    /// Open, and still of the sprint.
    Open,
    /// Open, and not of the sprint any more.
    MovedOut {
        /// Where to: a section, an option, a date.
        to: String,
        /// When.
        on: Date,
    },
}

impl Ending {
    /// Whether it was done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Ending::Done { .. })
    }
}

/// A task that was of the sprint at some moment of it.
pub(super) struct Member<'a> {
    pub past: &'a Past,
    /// Whether it was there at the end of the first day.
    pub planned: bool,
    pub came_in: Timestamp,
    /// As it was when it came in.
    pub coming: Task,
    /// As it was at the end, or when it was done.
    pub last: Task,
    pub done: Option<Timestamp>,
    pub ending: Ending,
}

impl<'a> Member<'a> {
    /// The task as one of the sprint; nothing when it never was.
    pub fn of(eye: &Eye<'_>, past: &'a Past) -> Option<Member<'a>> {
        let (begin, settled, end) = (eye.begin(), eye.settled(), eye.end());
        let done = done_at(past, end);
        if done.is_some_and(|at| at < begin) || end < begin {
            return None;
        }
        let until = done.map_or(end, |at| at.min(end));
        let first = settled.min(until);
        let happened = past.happenings.iter().map(|happening| happening.at);
        let mut moments: Vec<Timestamp> = happened.filter(|at| *at > first && *at <= until).collect();
        moments.extend([first, until, past.task.created_at.clamp(first, until)]);
        moments.sort_unstable();
        moments.dedup();
        let roles = &eye.look.present.roles;
        let states: Vec<(Timestamp, Task)> =
            moments.into_iter().filter_map(|at| Some((at, rewind_any(past, at, roles)?.0))).collect();
        let is_in = |(_, task): &&(Timestamp, Task)| eye.sprint().holds(task);
        let (came_in, coming) = states.iter().find(is_in)?.clone();
        let last_in = states.iter().rfind(is_in)?.0;
        let (_, last) = states.last()?.clone();
        let ending = match done {
            Some(at) => Ending::Done { on: eye.sprint().day(at) },
            None if last_in == until => Ending::Open,
            None => {
                let left = states.iter().find(|(at, _)| *at > last_in)?;
                Ending::MovedOut { to: whither(eye, &left.1), on: eye.sprint().day(left.0) }
            }
        };
        Some(Member { past, planned: came_in <= settled, came_in, coming, last, done, ending })
    }

    /// The moments between which it was open and of interest within the sprint.
    pub fn open_within(&self, eye: &Eye<'_>) -> (Timestamp, Timestamp) {
        let from = eye.begin().max(self.past.task.created_at);
        (from, self.done.unwrap_or_else(|| eye.end()).max(from))
    }
}

/// When a task that is done at a moment was done.
fn done_at(past: &Past, end: Timestamp) -> Option<Timestamp> {
    if was_open(past, end) {
        return None;
    }
    let completed = past.happenings.iter().filter(|h| h.what == Happened::Completed && h.at <= end);
    completed.map(|happening| happening.at).next_back().or(past.completed_at)
}

/// Where a task went that left the sprint.
fn whither(eye: &Eye<'_>, task: &Task) -> String {
    match &eye.sprint().membership {
        Membership::Section { .. } => {
            let section = eye.look.present.sections.iter().find(|s| Some(&s.gid) == task.section.as_ref());
            section.map_or_else(|| "no section".to_owned(), |section| section.name.clone())
        }
        Membership::Option { field, .. } => {
            let value = task.fields.get(field).and_then(|state| state.value.as_ref());
            value.map_or_else(|| "no value".to_owned(), ToString::to_string)
        }
        // Many teams carry a task over by putting it into the next sprint's project.
        Membership::Project { .. } => {
            let there = eye.look.present.sprints.iter().flat_map(|sprints| &sprints.there);
            let next = there.rev().find(|one| task.elsewhere.iter().any(|other| other.project == one.gid));
            next.map_or_else(|| "no sprint's project".to_owned(), |next| next.name.clone())
        }
        Membership::Whole => "no project of the sprint's".to_owned(),
        Membership::DueDate => {
            task.due_on.map_or_else(|| "no due date".to_owned(), |due| format!("due {due}"))
        }
    }
}
