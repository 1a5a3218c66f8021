//! When each task of a plan begins and ends.
//!
//! Linked tasks are placed first, those with the longest chain behind them foremost, one after the other by person; all others
//! fill what is left, interrupted where need be. Deliberately not here: who does what. Known limit: of several orders in which
//! linked tasks could be done, only this one is tried, so that a plan may be given up that another order would allow.

use super::Taken;
use super::model::Model;
use super::search::Plan;

/// A person's hours over the days of the sprint.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// Hours before each day.
    before: Vec<f64>,
}

impl Clock {
    pub fn of(hours: &[f64]) -> Clock {
        let mut before = vec![0.0];
        for hours in hours {
            let hours = if hours.is_finite() { hours.max(0.0) } else { 0.0 };
            before.push(before.last().copied().unwrap_or(0.0) + hours);
        }
        Clock { before }
    }

    /// Hours that have passed at a moment, in days.
    fn hours(&self, at: f64) -> f64 {
        let last = self.before.len() - 1;
        let day = (at.max(0.0) as usize).min(last);
        let a_day = if day < last { self.before[day + 1] - self.before[day] } else { 0.0 };
        self.before[day] + (at - day as f64).clamp(0.0, 1.0) * a_day
    }

    /// The first moment, in days, at which so many hours have passed; none within the sprint when there are fewer.
    fn moment(&self, hours: f64) -> Option<f64> {
        const ROUNDING: f64 = 1e-9;
        let day = self.before.iter().skip(1).position(|until| *until + ROUNDING >= hours)?;
        let (begin, end) = (self.before[day], self.before[day + 1]);
        let part = if end > begin { ((hours - begin) / (end - begin)).clamp(0.0, 1.0) } else { 0.0 };
        Some(day as f64 + part)
    }

    /// The moment from which on hours after so many are worked: the next morning rather than the evening before.
    fn from(&self, hours: f64) -> Option<f64> {
        const ROUNDING: f64 = 1e-9;
        let day = self.before.iter().skip(1).position(|until| *until > hours + ROUNDING)?;
        let (begin, end) = (self.before[day], self.before[day + 1]);
        Some(day as f64 + ((hours - begin) / (end - begin)).clamp(0.0, 1.0))
    }
}

/// A linked task in its place: the hours of its person at which it begins and ends.
struct Placed {
    at: usize,
    person: usize,
    from: f64,
    to: f64,
    /// The moments, in days: when what it waits for is done, and its own end.
    ready: f64,
    end: f64,
}

/// Whether the linked tasks of a plan can be done in order within the sprint.
pub(super) fn in_order(model: &Model, by: &[Option<usize>]) -> bool {
    place(model, by).is_some()
}

fn place(model: &Model, by: &[Option<usize>]) -> Option<Vec<Placed>> {
    let mut linked: Vec<usize> = (0..by.len()).filter(|at| by[*at].is_some() && model.linked(*at)).collect();
    let mut tails: Vec<f64> = vec![f64::NAN; by.len()];
    linked.iter().for_each(|at| {
        tail(model, by, &mut tails, *at);
    });
    linked.sort_by(|a, b| tails[*b].total_cmp(&tails[*a]).then(a.cmp(b)));
    let mut free = vec![0.0; model.hours.len()];
    let mut ends = vec![0.0; by.len()];
    let mut placed = vec![];
    for at in linked {
        let person = by[at]?;
        let ready = model.waits_for[at].iter().map(|blocker| ends[*blocker]).fold(0.0, f64::max);
        let clock = &model.clocks[person];
        let from = clock.hours(ready).max(free[person]);
        let to = from + model.means[at];
        ends[at] = clock.moment(to)?.max(ready);
        // What takes no time waits too, and may then be too late for somebody whose days are fewer.
        if ends[at] > model.wanted.people[person].hours.len() as f64 + 1e-9 {
            return None;
        }
        free[person] = to;
        placed.push(Placed { at, person, from, to, ready, end: ends[at] });
    }
    Some(placed)
}

/// Hours of a task and of the longest chain behind it. A task that takes nothing still comes before what waits for it.
fn tail(model: &Model, by: &[Option<usize>], tails: &mut [f64], at: usize) -> f64 {
    const LINK: f64 = 1e-6;
    if tails[at].is_nan() {
        let next: Vec<usize> = model.dependents[at].iter().copied().filter(|n| by[*n].is_some()).collect();
        let behind = next.into_iter().map(|n| tail(model, by, tails, n)).fold(0.0, f64::max);
        tails[at] = model.means[at] + LINK + behind;
    }
    tails[at]
}

/// The tasks of a plan with their times, by person and begin.
pub(super) fn taken(model: &Model, plan: &Plan) -> Vec<Taken> {
    let placed = place(model, &plan.by).unwrap_or_default();
    let mut taken: Vec<Taken> = vec![];
    for person in 0..model.hours.len() {
        let mine: Vec<&Placed> = placed.iter().filter(|p| p.person == person).collect();
        let mut theirs: Vec<Taken> =
            fill(model, plan, person, &mine).into_iter().map(|time| task(model, person, time)).collect();
        theirs.extend(mine.into_iter().map(|placed| {
            let told = task(model, person, (placed.at, placed.from, placed.to));
            // What takes no time ends with what it waits for, whenever its person works.
            Taken { begins: told.begins.max(placed.ready).min(placed.end), ends: placed.end, ..told }
        }));
        theirs.sort_by(|a, b| {
            a.begins.total_cmp(&b.begins).then(a.ends.total_cmp(&b.ends)).then(a.candidate.cmp(&b.candidate))
        });
        taken.extend(theirs);
    }
    taken
}

/// Lays the tasks without links into the hours that linked ones leave, the most valuable first.
fn fill(model: &Model, plan: &Plan, person: usize, linked: &[&Placed]) -> Vec<(usize, f64, f64)> {
    let mut free: Vec<(f64, f64)> = vec![];
    let mut at = 0.0;
    for placed in linked {
        free.push((at, placed.from));
        at = placed.to;
    }
    free.push((at, f64::INFINITY));
    let mut others: Vec<usize> =
        (0..plan.by.len()).filter(|i| plan.by[*i] == Some(person) && !model.linked(*i)).collect();
    others.sort_by(|a, b| model.value(*b, person).total_cmp(&model.value(*a, person)).then(a.cmp(b)));
    let mut gaps = free.into_iter();
    let mut gap = gaps.next().unwrap_or((0.0, f64::INFINITY));
    let mut times = vec![];
    for task in others {
        let mut left = model.means[task];
        while gap.1 - gap.0 <= 1e-9 {
            gap = gaps.next().unwrap_or((gap.1, f64::INFINITY));
        }
        let from = gap.0;
        while left > gap.1 - gap.0 + 1e-9 {
            left -= gap.1 - gap.0;
            gap = gaps.next().unwrap_or((gap.1, f64::INFINITY));
        }
        gap.0 += left;
        times.push((task, from, gap.0));
    }
    times
}

fn task(model: &Model, person: usize, (at, from, to): (usize, f64, f64)) -> Taken {
    let candidate = &model.wanted.candidates[at];
    let clock = &model.clocks[person];
    let ends = clock.moment(to).unwrap_or(model.wanted.people[person].hours.len() as f64);
    Taken {
        task: candidate.task.clone(),
        name: candidate.name.clone(),
        candidate: at,
        seat: person,
        person: model.wanted.people[person].person.clone(),
        value: candidate.value,
        hours: model.means[at],
        begins: clock.from(from).unwrap_or(ends).min(ends),
        ends,
    }
}
