//! The retrospective: what a sprint was to bring, what it brought, and why the rest is missing.
//!
//! Past states are put back from stories (`backtest::rewind`), so every figure is of what was known then, and every figure names
//! the tasks it counts. Of people nothing is reckoned: no figure is by person. Deliberately not here: reading the past (`engine`),
//! words and pages (`decide`). Known limits: a task that was deleted or left the project is not seen; an estimate is the one the
//! task had when it came into the sprint, whatever it was before.

mod advice;
mod blocked;
mod causes;
mod estimates;
mod flow;
mod member;
mod outcomes;
mod themes;

pub use advice::Advice;
pub use blocked::{Blocked, Waited};
pub use causes::Cause;
pub use estimates::{Estimates, Size};
pub use flow::{Flow, SectionFlow};
pub use member::Ending;
pub use outcomes::{Judged, Overruled, OverruledOutcome, Warned, WarnedOutcome, Warning};
pub use themes::{Quote, Theme, Themes};

use crate::backtest::Coverage;
use crate::facts::{Context, Facts, MINUTES_PER_WORKING_DAY};
use crate::rubric::Rubric;
use domain::{FieldGid, Moment, Past, ProjectGid, SectionGid, Snapshot, Task, TaskGid, UserGid};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use member::Member;
use serde::Serialize;
use std::collections::BTreeMap;

/// What makes a task one of the sprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Membership {
    /// It is in a section.
    Section {
        /// The section.
        section: SectionGid,
        /// Its name.
        name: String,
    },
    /// A field has an option.
    Option {
        /// The field.
        field: FieldGid,
        /// Its name.
        name: String,
        /// The option's name.
        option: String,
    },
    /// It is in another project, which is the sprint's own.
    Project {
        /// The project.
        project: ProjectGid,
        /// Its name.
        name: String,
    },
    /// It is in the project that is looked at, which is the sprint's own.
    Whole,
    /// It is due by the last day.
    DueDate,
}

/// The days of a sprint and what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct SprintSpan {
    /// The first day, on which planning may still go on.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Whose days.
    pub zone: TimeZone,
    /// What belongs to it.
    pub membership: Membership,
}

impl SprintSpan {
    /// When a day begins in the team's zone.
    pub(crate) fn begins(&self, day: Date) -> Timestamp {
        day.to_zoned_datetime(self.zone.clone()).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
    }

    fn after(&self, day: Date) -> Timestamp {
        self.begins(day.tomorrow().unwrap_or(day))
    }

    pub(crate) fn day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// Whether a task belongs to it, by its state alone.
    pub(crate) fn holds(&self, task: &Task) -> bool {
        match &self.membership {
            Membership::Section { section, .. } => task.section.as_ref() == Some(section),
            Membership::Option { field, option, .. } => {
                let value = task.fields.get(field).and_then(|state| state.value.as_ref());
                value.is_some_and(|value| value.to_string().trim().eq_ignore_ascii_case(option))
            }
            Membership::Project { project, .. } => {
                task.elsewhere.iter().any(|other| other.project == *project)
            }
            // Of a task that was not there yet there is no state to ask about.
            Membership::Whole => true,
            Membership::DueDate => task.due_on.is_some_and(|due| due <= self.to),
        }
    }
}

/// What to look back at.
#[derive(Clone, Debug)]
pub struct RetroLook<'a> {
    /// The project as it is now: fields, roles, sections; its tasks are not used.
    pub present: &'a Snapshot,
    /// Its tasks, open and done, with what happened to them.
    pub pasts: &'a [Past],
    /// The sprint.
    pub sprint: &'a SprintSpan,
    /// Until when it is looked at, if it has not ended.
    pub now: Timestamp,
    /// The rubric in force, by which the order then is judged.
    pub rubric: &'a Rubric,
    /// The user Upnext writes as.
    pub ours: &'a UserGid,
    /// Hours each person works within the sprint, where they are known.
    pub hours: &'a BTreeMap<UserGid, f64>,
    /// Dates that Upnext told to be in danger.
    pub warned: &'a [Warned],
    /// Values that people set in place of Upnext's within the sprint.
    pub overruled: &'a [Overruled],
}

/// Tasks that are counted together.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Count {
    /// Them.
    pub tasks: Vec<TaskGid>,
    /// Hours of those with an estimate.
    pub hours: f64,
    /// How many have no estimate.
    pub without_estimate: usize,
}

/// One task of the sprint.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RetroTask {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// Whether it was there at the end of the first day.
    pub planned: bool,
    /// The day it came in.
    pub came_in: Date,
    /// How it stood at the end.
    pub ending: Ending,
    /// Estimated hours when it came in.
    pub hours: Option<f64>,
    /// Estimated hours at the end, where that is another number.
    pub hours_at_end: Option<f64>,
    /// Hours tracked on it, all in all.
    pub tracked: Option<f64>,
    /// Days within the sprint it waited for an open task.
    pub blocked_days: f64,
    /// Why it was not done, the weightiest first; empty for what was done.
    pub causes: Vec<Cause>,
}

/// How much of the sprint's scope changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScopeChange {
    /// Tasks whose estimate was raised, with the hours they grew by.
    pub raised: Count,
    /// Tasks whose estimate was lowered, with the hours they shrank by.
    pub lowered: Count,
    /// Hours added, removed and re-estimated, for a hundred hours planned; none where nothing planned has an estimate.
    pub percent: Option<f64>,
}

/// What a look back finds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Retro {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Whether the last day has passed.
    pub ended: bool,
    /// What made a task one of the sprint.
    pub membership: Membership,
    /// Its tasks, planned ones first, then by gid.
    pub tasks: Vec<RetroTask>,
    /// Planned.
    pub planned: Count,
    /// Planned and done.
    pub kept: Count,
    /// Planned and not done: the missed commitments.
    pub missed: Count,
    /// Came in after the first day.
    pub added: Count,
    /// Of these, done.
    pub added_done: Count,
    /// Left the sprint undone.
    pub removed: Count,
    /// How the scope changed.
    pub scope: ScopeChange,
    /// How good the estimates were.
    pub estimates: Estimates,
    /// Where time went.
    pub flow: Flow,
    /// Time spent waiting for other tasks.
    pub blocked: Blocked,
    /// What comments were about.
    pub themes: Themes,
    /// What Upnext would have put next on the first day.
    pub advice: Advice,
    /// Dates told to be in danger, and what came of them.
    pub warnings: Warning,
    /// Values people set in place of Upnext's, and what came of them.
    pub overruled: Vec<OverruledOutcome>,
    /// How much of the state at the start could be put back.
    pub coverage: Coverage,
}

/// Looks back at a sprint.
#[must_use]
pub fn retro(look: &RetroLook<'_>) -> Retro {
    // Whatever order the tasks come in, the same is found.
    let mut pasts = look.pasts.to_vec();
    pasts.sort_by(|a, b| a.task.gid.numeric_key().cmp(&b.task.gid.numeric_key()));
    pasts.dedup_by(|a, b| a.task.gid == b.task.gid);
    let cx = Context::new(look.present, look.rubric, Moment { at: look.now, today: look.sprint.to });
    let eye = Eye { look, cx: &cx, pasts: &pasts };
    let members: Vec<Member<'_>> = pasts.iter().filter_map(|past| Member::of(&eye, past)).collect();
    let blocked = blocked::blocked(&eye, &members);
    let tasks = tasks(&eye, &members, &blocked);
    let count = |which: &dyn Fn(&RetroTask) -> bool| count(tasks.iter().filter(|task| which(task)));
    let planned = count(&|t| t.planned);
    let added = count(&|t| !t.planned);
    let removed = count(&|t| matches!(t.ending, Ending::MovedOut { .. }));
    let (advice, coverage) = advice::advice(&eye, &members);
    Retro {
        from: look.sprint.from,
        to: look.sprint.to,
        ended: look.sprint.after(look.sprint.to) <= look.now,
        membership: look.sprint.membership.clone(),
        kept: count(&|t| t.planned && t.ending.is_done()),
        missed: count(&|t| t.planned && !t.ending.is_done()),
        added_done: count(&|t| !t.planned && t.ending.is_done()),
        scope: scope(&tasks, (&planned, &added, &removed)),
        estimates: estimates::estimates(&tasks),
        flow: flow::flow(&eye, &members),
        themes: themes::themes(&eye, &members),
        warnings: outcomes::warnings(&eye, &members),
        overruled: outcomes::overruled(&eye),
        planned,
        added,
        removed,
        tasks,
        blocked,
        advice,
        coverage,
    }
}

/// What every part looks with.
pub(crate) struct Eye<'e> {
    look: &'e RetroLook<'e>,
    cx: &'e Context<'e>,
    /// In the order of their gids.
    pasts: &'e [Past],
}

impl Eye<'_> {
    fn sprint(&self) -> &SprintSpan {
        self.look.sprint
    }

    fn begin(&self) -> Timestamp {
        self.sprint().begins(self.sprint().from)
    }

    /// The end of the first day, or now: what is there by then is planned.
    fn settled(&self) -> Timestamp {
        (self.sprint().after(self.sprint().from) - SignedDuration::from_nanos(1)).min(self.look.now)
    }

    fn end(&self) -> Timestamp {
        (self.sprint().after(self.sprint().to) - SignedDuration::from_nanos(1)).min(self.look.now)
    }

    /// Hours a task is estimated at in some state, by the team's own field alone.
    fn hours(&self, task: &Task) -> Option<f64> {
        let facts = Facts { cx: self.cx, task, at: 0, overlay: None, inherited: 0.0, texts: false };
        Some(facts.effort_days()? * MINUTES_PER_WORKING_DAY / 60.0)
    }

    fn past(&self, task: &TaskGid) -> Option<&Past> {
        let found = self.pasts.binary_search_by(|past| past.task.gid.numeric_key().cmp(&task.numeric_key()));
        found.ok().map(|at| &self.pasts[at])
    }
}

fn tasks(eye: &Eye<'_>, members: &[Member<'_>], blocked: &Blocked) -> Vec<RetroTask> {
    let mut tasks: Vec<RetroTask> = members
        .iter()
        .map(|member| {
            let (hours, at_end) = (eye.hours(&member.coming), eye.hours(&member.last));
            let waited = blocked.tasks.iter().find(|waited| waited.task == member.past.task.gid);
            RetroTask {
                task: member.past.task.gid.clone(),
                name: member.past.task.name.clone(),
                planned: member.planned,
                came_in: eye.sprint().day(member.came_in),
                ending: member.ending.clone(),
                hours,
                hours_at_end: at_end.filter(|_| at_end != hours),
                tracked: member.past.actual_minutes.filter(|m| *m > 0.0).map(|minutes| minutes / 60.0),
                blocked_days: waited.map_or(0.0, |waited| waited.days),
                causes: vec![],
            }
        })
        .collect();
    causes::fill(eye, members, blocked, &mut tasks);
    tasks.sort_by(|a, b| {
        b.planned.cmp(&a.planned).then_with(|| a.task.numeric_key().cmp(&b.task.numeric_key()))
    });
    tasks
}

fn count<'t>(of: impl Iterator<Item = &'t RetroTask>) -> Count {
    let mut count = Count::default();
    for task in of {
        count.tasks.push(task.task.clone());
        count.hours += task.hours.unwrap_or(0.0);
        count.without_estimate += usize::from(task.hours.is_none());
    }
    count
}

fn scope(tasks: &[RetroTask], (planned, added, removed): (&Count, &Count, &Count)) -> ScopeChange {
    let changed = |up: bool| {
        let mut count = Count::default();
        for task in tasks {
            let (Some(was), Some(is)) = (task.hours, task.hours_at_end) else { continue };
            if (is > was) == up {
                count.tasks.push(task.task.clone());
                count.hours += (is - was).abs();
            }
        }
        count
    };
    let (raised, lowered) = (changed(true), changed(false));
    let moved = added.hours + removed.hours + raised.hours + lowered.hours;
    let percent = (planned.hours > 0.0).then(|| 100.0 * moved / planned.hours);
    ScopeChange { raised, lowered, percent }
}
