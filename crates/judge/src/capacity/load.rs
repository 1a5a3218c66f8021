//! Open work laid over a person's days.
//!
//! A task is laid evenly over the working hours of its own time; what a day has no room for goes to the first days of that time
//! which have some; what fits nowhere is over. So no hour is lost, and no day holds more than is worked on it. What is due first
//! is laid first, then what is late (from the first day on), then what has no date.
//! Deliberately not here: whose work it is to be. Known limits: an order that fits is not searched for, so that something may
//! be over which would fit if another task of the same time were moved; two years ahead, and nothing beyond.

use super::{Allocation, Asked, Capacity, Day, Figure, LONGEST, Member, Work, dates, source};
use domain::{Person, ProjectGid};
use jiff::civil::Date;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A person's working hours, and what is on them: all that their capacity follows from, without clocks and calendars.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Agenda {
    /// Who.
    pub person: Person,
    /// Hours set aside for projects.
    pub allocations: Vec<Allocation>,
    /// Open tasks.
    pub work: Vec<Work>,
    /// The project asked about.
    pub project: Option<ProjectGid>,
    /// The first day asked about.
    pub from: Date,
    /// The last day asked about.
    pub to: Date,
    /// The day it is.
    pub today: Date,
    /// Hours worked, a day each from today on, or from the first day asked about where that is before.
    works: Vec<f64>,
    assumed_hours: f64,
    figures: Vec<Figure>,
    notes: Vec<String>,
}

impl Agenda {
    /// What is known of somebody, for the days asked about.
    #[must_use]
    pub fn of(member: &Member, asked: &Asked) -> Agenda {
        let mut notes = vec![];
        let (calendar, mut figures) = source::calendar(member, asked, &mut notes);
        let away = member.away.as_deref().unwrap_or_default();
        let works = |date: Date| {
            let off = away.iter().any(|a| a.from <= date && date <= a.to);
            if off { 0.0 } else { calendar.hours_on(date, asked.now.at) }
        };
        figures.extend(source::work(member, asked, &mut notes));
        source::unread(member, &mut notes);
        Agenda {
            person: member.person.clone(),
            allocations: member.allocations.clone().unwrap_or_default(),
            work: member.work.clone(),
            project: asked.project.clone(),
            from: asked.from,
            to: asked.to,
            today: asked.now.today,
            works: horizon(asked.now.today, (asked.from, asked.to)).map(works).collect(),
            assumed_hours: asked.assumed_hours,
            figures,
            notes,
        }
    }

    /// The same with one more task.
    #[must_use]
    pub fn with(&self, work: Work) -> Agenda {
        let mut more = self.clone();
        more.work.push(work);
        more
    }

    /// The hours of the days asked about.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        let mut days: Vec<Filled> = self.days();
        let mut over = 0.0;
        let mut work: Vec<&Work> = self.work.iter().collect();
        work.sort_by_key(|&work| self.turn(work));
        for work in work {
            over += self.lay(work, &mut days);
        }
        let first = self.first();
        let asked = dates(self.from, self.to).filter_map(|date| days.get(place(first, date)?));
        Capacity {
            person: self.person.clone(),
            days: asked.map(|day| day.told(self.project.as_ref())).collect(),
            over,
            figures: self.figures.clone(),
            notes: self.notes.clone(),
        }
    }

    fn first(&self) -> Date {
        first(self.today, self.from)
    }

    fn days(&self) -> Vec<Filled<'_>> {
        let share = |of: &Allocation| if of.share.is_finite() { of.share.clamp(0.0, 1.0) } else { 0.0 };
        horizon(self.today, (self.from, self.to))
            .zip(&self.works)
            .map(|(date, works)| {
                let mut set_aside: BTreeMap<&ProjectGid, f64> = BTreeMap::new();
                for one in self.allocations.iter().filter(|a| a.from <= date && date <= a.to) {
                    *set_aside.entry(&one.project).or_default() += share(one) * works;
                }
                let taken = set_aside.values().sum();
                Filled { date, works: *works, set_aside, load: BTreeMap::new(), taken }
            })
            .collect()
    }

    fn late(&self, work: &Work) -> bool {
        work.due.is_some_and(|due| due < self.today)
    }

    fn begins(&self, work: &Work) -> Date {
        if self.late(work) { self.today } else { work.from.map_or(self.today, |from| from.max(self.today)) }
    }

    /// The place of a task in the order of laying: what is due first; of what is due together, what can begin last.
    fn turn<'w>(&self, work: &'w Work) -> (u8, Option<Date>, Reverse<Date>, &'w domain::TaskGid) {
        let class = if self.late(work) { 1 } else { u8::from(work.due.is_none()) * 2 };
        (class, work.due, Reverse(self.begins(work)), &work.task)
    }

    /// Lays a task over its days; the hours that fit on none of them.
    fn lay<'a>(&'a self, work: &'a Work, days: &mut [Filled<'a>]) -> f64 {
        let hours = hours(work, self.assumed_hours);
        let first = self.first();
        if first > self.today && work.due.is_none_or(|due| due < first) {
            // Years ahead, what is open now is done.
            return 0.0;
        }
        let (begins, late) = (self.begins(work), self.late(work));
        let ends = match work.due {
            Some(due) if !late => due.max(begins),
            // What is to begin after the days asked about, some day, is no work of theirs.
            None if begins > self.to => return 0.0,
            _ => self.to.max(begins),
        };
        let span = place(first, begins).unwrap_or(0)..place(first, ends).map_or(0, |at| at + 1);
        if span.start >= self.works.len() {
            // It begins when nobody looks any more: no hour of it is over what fits before.
            return 0.0;
        }
        let Some(days) = days.get_mut(span.start..span.end.min(self.works.len())) else { return hours };
        let all: f64 = days.iter().map(|day| day.works).sum();
        let project = work.project.as_ref();
        let mut left = hours;
        if !late && all > 0.0 {
            for day in days.iter_mut() {
                left -= day.take(project, hours * day.works / all);
            }
        }
        for day in days.iter_mut() {
            left -= day.take(project, left.max(0.0));
        }
        left.max(0.0)
    }
}

/// The first day that is looked at: today, or the first day asked about where that is before or more than two years ahead.
fn first(today: Date, from: Date) -> Date {
    let near = place(today, from).is_none_or(|ahead| ahead <= LONGEST);
    if near { today.min(from) } else { from }
}

/// The days that work is laid over: two years, and all that are asked about.
fn horizon(today: Date, (from, to): (Date, Date)) -> impl Iterator<Item = Date> {
    let first = first(today, from);
    let asked = place(first, from).unwrap_or(0) + dates(from, to).count();
    std::iter::successors(Some(first), |date| date.tomorrow().ok()).take(asked.max(LONGEST))
}

/// Hours of a task that are to be reckoned with.
pub(super) fn hours(work: &Work, assumed: f64) -> f64 {
    work.hours.filter(|hours| hours.is_finite() && *hours >= 0.0).unwrap_or(assumed.max(0.0))
}

/// How many days a date lies behind the first.
fn place(first: Date, date: Date) -> Option<usize> {
    let days = date.since((jiff::Unit::Day, first)).ok()?.get_days();
    usize::try_from(days).ok()
}

/// A day with what is on it.
struct Filled<'a> {
    date: Date,
    works: f64,
    set_aside: BTreeMap<&'a ProjectGid, f64>,
    /// Hours that tasks take, by project; somebody's own tasks belong to none.
    load: BTreeMap<Option<&'a ProjectGid>, f64>,
    /// Hours that are gone: of each project what is set aside or what its tasks take, whichever is more.
    taken: f64,
}

impl<'a> Filled<'a> {
    fn aside(&self, project: Option<&ProjectGid>) -> f64 {
        project.and_then(|project| self.set_aside.get(project)).copied().unwrap_or_default()
    }

    fn load(&self, project: Option<&ProjectGid>) -> f64 {
        self.load.get(&project).copied().unwrap_or_default()
    }

    /// Takes of these hours what there is room for; that much.
    fn take(&mut self, project: Option<&'a ProjectGid>, hours: f64) -> f64 {
        let (aside, load) = (self.aside(project), self.load(project));
        let room = self.works - self.taken + (aside - load).max(0.0);
        let takes = hours.min(room);
        if takes <= 0.0 {
            return 0.0;
        }
        self.taken += (load + takes).max(aside) - load.max(aside);
        self.load.insert(project, load + takes);
        takes
    }

    fn told(&self, own: Option<&ProjectGid>) -> Day {
        let busy = own.map_or(0.0, |_| self.load(own));
        let elsewhere = self.taken - own.map_or(0.0, |_| busy.max(self.aside(own)));
        let most = own.and_then(|own| self.set_aside.get(own)).copied().unwrap_or(self.works);
        let free = (self.works - elsewhere - busy).min(most - busy).max(0.0);
        Day { date: self.date, works: self.works, elsewhere, busy, free }
    }
}
