//! How many hours a person has free, day by day, and where every figure comes from.
//!
//! Asana has no workload endpoint, so capacity is reckoned: a working calendar, less days out of office, less what is
//! allocated to other projects or planned by their open tasks (the larger of the two, a day and project), less the open
//! tasks of the project asked about. What is not known falls back one figure at a time, each with a sentence.
//! Deliberately not here: reading any of it, and who should do what (`decide`).
//! Known limits: effort is spread evenly over the working hours between a task's start and due date, as Asana's own workload
//! view does, and what a day cannot hold goes to the first free ones of the task's own time; overdue work is put first; a task
//! without dates is spread over the time asked about.

mod calendar;
mod load;
mod source;
mod week;

pub use calendar::{Calendar, CalendarError};
pub use load::Agenda;
pub use source::{Figure, Source};
pub use week::{Hours, Week};

use domain::{Moment, Person, ProjectGid, TaskGid};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// Days a span may have; longer ones are cut. Two years: beyond, calendars say nothing.
const LONGEST: usize = 731;

/// Days on which somebody does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Away {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// Time set aside for a project.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Allocation {
    /// The project.
    pub project: ProjectGid,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How much of every working day, 0–1. Hours a week are to be divided by the hours of the person's week.
    pub share: f64,
}

/// An open task somebody has.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Work {
    /// The task.
    pub task: TaskGid,
    /// The project it is in; none for somebody's own task.
    pub project: Option<ProjectGid>,
    /// Hours still to be worked; none when nothing says so.
    pub hours: Option<f64>,
    /// When it may begin.
    pub from: Option<Date>,
    /// When it is to be done.
    pub due: Option<Date>,
}

/// The most somebody is to be given.
#[derive(Clone, Debug, PartialEq)]
pub struct Cap {
    /// Hours a week.
    pub hours: f64,
    /// The field that says so.
    pub field: String,
}

/// What is known of a person; `None` is "could not be read", an empty list is "nothing".
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// When they work.
    pub week: Option<Week>,
    /// Their own cap.
    pub cap: Option<Cap>,
    /// Days out of office.
    pub away: Option<Vec<Away>>,
    /// Time set aside for projects.
    pub allocations: Option<Vec<Allocation>>,
    /// Open tasks.
    pub work: Vec<Work>,
    /// Whether these are of all projects; otherwise only those of the project asked about could be read.
    pub all_work: bool,
    /// What else is not known of them and what is taken instead, in sentences without their name.
    pub assumed: Vec<String>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The moment it is asked at: hours that have passed are gone.
    pub now: Moment,
    /// The project whose work is to be planned; its allocation is an upper bound, others' are not free.
    pub project: Option<ProjectGid>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// When people work of whom that is not known.
    pub usual: Week,
    /// Hours a task without effort is reckoned with.
    pub assumed_hours: f64,
}

/// One day of a person. Hours; `works` is at least `free`.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Day {
    /// Its date on the person's clock.
    pub date: Date,
    /// Hours they work, days out of office taken off.
    pub works: f64,
    /// Hours that other projects take.
    pub elsewhere: f64,
    /// Hours that open tasks of the project asked about take.
    pub busy: f64,
    /// Hours left for that project, 0 or more.
    pub free: f64,
}

/// A person's hours over the days asked about.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Capacity {
    /// Who.
    pub person: Person,
    /// Every day, in order.
    pub days: Vec<Day>,
    /// Hours of open work that do not fit before they are due, 0 or more.
    pub over: f64,
    /// The figures it rests on.
    pub figures: Vec<Figure>,
    /// What was not known and how it was got round, in sentences.
    pub notes: Vec<String>,
}

impl Capacity {
    /// Hours free from one day to another, both included.
    #[must_use]
    pub fn free(&self, from: Date, to: Date) -> f64 {
        self.sum(from, to, |day| day.free)
    }

    /// Hours worked from one day to another, both included.
    #[must_use]
    pub fn works(&self, from: Date, to: Date) -> f64 {
        self.sum(from, to, |day| day.works)
    }

    fn sum(&self, from: Date, to: Date, of: impl Fn(&Day) -> f64) -> f64 {
        self.days.iter().filter(|day| from <= day.date && day.date <= to).map(of).sum()
    }
}

/// A person's hours over the days asked about.
#[must_use]
pub fn capacity(member: &Member, asked: &Asked) -> Capacity {
    Agenda::of(member, asked).capacity()
}

/// The dates from one to another, at most [`LONGEST`].
fn dates(from: Date, to: Date) -> impl Iterator<Item = Date> {
    let next = |date: &Date| date.checked_add(1.day()).ok();
    std::iter::successors(Some(from), next).take_while(move |date| *date <= to).take(LONGEST)
}
