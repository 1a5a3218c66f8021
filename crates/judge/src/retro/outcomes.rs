//! What came of what was foretold, and of what people decided otherwise.
//!
//! A warning is right when the task was not done by the date it then had. An override is borne out when what people did with the task
//! agrees with its direction: raised and taken up, or lowered and left alone. Known limit, told wherever it is shown: people act on
//! their own overrides, so that agreement is no independent proof that they were right.

use super::Eye;
use super::member::Member;
use crate::backtest::{Taken, rewind_any, was_open};
use crate::comparison::priority_word;
use domain::{FieldValue, Happened, Past, Sprint, TaskGid};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeSet;

/// A date that Upnext told to be in danger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warned {
    /// The task.
    pub task: TaskGid,
    /// When it was told.
    pub at: Timestamp,
}

/// What came of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    /// As was said.
    Right,
    /// Otherwise.
    Wrong,
    /// It cannot be said, or not yet.
    Unknown,
}

/// A warning and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WarnedOutcome {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// The day it was first told.
    pub on: Date,
    /// The date it had then; none when it had none, or is not known.
    pub due: Option<Date>,
    /// What came of it.
    pub judged: Judged,
}

/// All warnings.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Warning {
    /// Each task's first.
    pub warned: Vec<WarnedOutcome>,
    /// Tasks of the sprint that missed a date within it of which nobody had been warned.
    pub unwarned: Vec<TaskGid>,
}

/// A value that a person set in place of Upnext's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overruled {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// The field's name.
    pub field: String,
    /// Upnext's value.
    pub ours: Option<FieldValue>,
    /// The person's.
    pub theirs: Option<FieldValue>,
    /// When.
    pub at: Timestamp,
}

/// An override and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OverruledOutcome {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// The field's name.
    pub field: String,
    /// Upnext's value; empty for none.
    pub ours: String,
    /// The person's; empty for none.
    pub theirs: String,
    /// Whether what people did agrees with the person.
    pub judged: Judged,
    /// How that was judged, or why it cannot be.
    pub how: &'static str,
}

pub(super) fn warnings(eye: &Eye<'_>, members: &[Member<'_>]) -> Warning {
    let mut first: Vec<&Warned> = eye.look.warned.iter().filter(|warned| warned.at <= eye.end()).collect();
    first.sort_by(|a, b| a.task.numeric_key().cmp(&b.task.numeric_key()).then(a.at.cmp(&b.at)));
    first.dedup_by(|later, earlier| later.task == earlier.task);
    let warned: Vec<WarnedOutcome> = first.into_iter().filter_map(|warned| outcome(eye, warned)).collect();
    let told: BTreeSet<&TaskGid> = warned.iter().map(|one| &one.task).collect();
    let missed = members.iter().filter(|member| {
        let due = member.coming.due_on.filter(|due| *due >= eye.sprint().from && *due <= eye.sprint().to);
        due.is_some_and(|due| kept(eye, member.past, due) == Some(false))
    });
    let unwarned = missed.map(|member| &member.past.task.gid).filter(|gid| !told.contains(gid));
    Warning { unwarned: unwarned.cloned().collect(), warned }
}

/// Nothing for dates that lie outside the sprint.
fn outcome(eye: &Eye<'_>, warned: &Warned) -> Option<WarnedOutcome> {
    let past = eye.past(&warned.task)?;
    let then = rewind_any(past, warned.at, &eye.look.present.roles);
    let due = then.and_then(|(task, _)| task.due_on);
    if warned.at < eye.begin() && due.is_none_or(|due| due < eye.sprint().from) {
        return None;
    }
    let judged = match due.map(|due| kept(eye, past, due)) {
        Some(Some(false)) => Judged::Right,
        Some(Some(true)) => Judged::Wrong,
        _ => Judged::Unknown,
    };
    let (task, name) = (past.task.gid.clone(), past.task.name.clone());
    Some(WarnedOutcome { task, name, on: eye.sprint().day(warned.at), due, judged })
}

/// Whether a task was done by the end of a day; nothing while the day has not passed and it is open.
fn kept(eye: &Eye<'_>, past: &Past, due: Date) -> Option<bool> {
    let ends = eye.sprint().begins(due.tomorrow().ok()?);
    let by = ends.min(eye.look.now);
    match was_open(past, by) {
        false => Some(true),
        true if ends <= eye.look.now => Some(false),
        true => None,
    }
}

pub(super) fn overruled(eye: &Eye<'_>) -> Vec<OverruledOutcome> {
    let within = |one: &&Overruled| one.at >= eye.begin() && one.at <= eye.end();
    let mut found: Vec<(&Overruled, OverruledOutcome)> = eye
        .look
        .overruled
        .iter()
        .filter(within)
        .map(|one| {
            let (judged, how) = judged(eye, one);
            let word =
                |value: &Option<FieldValue>| value.as_ref().map(ToString::to_string).unwrap_or_default();
            let outcome = OverruledOutcome {
                task: one.task.clone(),
                name: one.name.clone(),
                field: one.field.clone(),
                ours: word(&one.ours),
                theirs: word(&one.theirs),
                judged,
                how,
            };
            (one, outcome)
        })
        .collect();
    found.sort_by(|(a, x), (b, y)| {
        a.task
            .numeric_key()
            .cmp(&b.task.numeric_key())
            .then(a.at.cmp(&b.at))
            .then(x.field.cmp(&y.field))
            .then(x.theirs.cmp(&y.theirs))
    });
    found.into_iter().map(|(_, outcome)| outcome).collect()
}

fn judged(eye: &Eye<'_>, one: &Overruled) -> (Judged, &'static str) {
    let (Some(ours), Some(theirs)) =
        (one.ours.as_ref().and_then(strength), one.theirs.as_ref().and_then(strength))
    else {
        return (Judged::Unknown, "the two values have no order");
    };
    let Some(past) = eye.past(&one.task) else {
        return (Judged::Unknown, "the task is not in the project any more");
    };
    if (ours - theirs).abs() < 1e-9 {
        return (Judged::Unknown, "the two values say the same");
    }
    let was_done = past.happenings.iter().any(|h| h.what == Happened::Completed && h.at <= one.at)
        && !was_open(past, one.at);
    if was_done {
        return (Judged::Unknown, "the task was done before it was set");
    }
    let taken = Taken::of(past, one.at, (eye.look.present, eye.look.ours));
    let taken_up = taken.at.is_some_and(|at| at <= eye.end());
    match (theirs > ours, taken_up) {
        (true, true) => (Judged::Right, "raised, and taken up by the end"),
        (true, false) => (Judged::Wrong, "raised, and not taken up by the end"),
        (false, false) => (Judged::Right, "lowered, and left alone until the end"),
        (false, true) => (Judged::Wrong, "lowered, and taken up all the same"),
    }
}

/// How high a value puts a task, for comparison with another of the same field.
fn strength(value: &FieldValue) -> Option<f64> {
    match value {
        FieldValue::Number(n) => Some(*n),
        FieldValue::Enum { name, .. } => priority_word(name).or_else(|| {
            let place =
                Sprint::ALL.iter().position(|sprint| sprint.label().eq_ignore_ascii_case(name.trim()))?;
            Some(-(place as f64))
        }),
        _ => None,
    }
}
