//! Hours left over here and there, brought together and used.
//!
//! Where everybody has some minutes left nothing more fits, though together they are an hour. Two people's tasks are given out anew so
//! that one is as full as can be and the other has what is left of both, and so on until the last has it all; then that person's tasks
//! are chosen anew, among theirs and those nobody has. Both are knapsacks of some twenty tasks, solved to the end by halves (Horowitz
//! and Sahni 1974). The last is given beforehand the tasks that are hardly worth taking: those are the ones to exchange. The same seed
//! gives the same plan.
//! Deliberately not here: tasks that wait or are waited for, which stay where they are, and other steps (`search`, `polish`).

use super::bound::Prices;
use super::model::{Model, ROUNDING};
use super::search::Plan;
use fastrand::Rng;

/// Tasks in a knapsack, at most: twice two thousand sums, a tenth of a millisecond.
const MOST: usize = 22;
/// How near a task is to not being worth its hours where it is tried most, as a share of what a task taken is worth in the middle; as
/// far chance moves what it counts as.
const NEAR: f64 = 0.1;
/// How much worse than the best a plan may be at the beginning, as a share of what a task taken is worth; it falls to nothing.
const WORSE: f64 = 0.2;

/// The best plan met in so many rounds from one, by chance from a seed.
pub(super) fn repack(model: &Model, prices: &Prices, from: Plan, (rounds, seed): (usize, u64)) -> Plan {
    let (people, taken) = (model.hours.len(), from.by.iter().flatten().count());
    if people < 2 || taken == 0 {
        return from;
    }
    let usual = from.value / taken as f64;
    let mut best = from.clone();
    let mut work = Work { model, prices, near: NEAR * usual, plan: from, random: Rng::with_seed(seed) };
    let mut order: Vec<usize> = (0..people).collect();
    for round in 0..rounds {
        let left = 1.0 - round as f64 / rounds as f64;
        if work.random.u32(..300) == 0 {
            work.plan.clone_from(&best);
        }
        work.random.shuffle(&mut order);
        if let Some((last, others)) = order.split_first() {
            work.gather(others, *last);
            let moved = if work.random.bool() { left * work.near } else { 0.0 };
            work.choose(*last, (moved, best.value - WORSE * usual * left * left));
        }
        // Sums of many steps are rounded; the next round begins with fresh ones.
        work.plan = Plan::of(model, &work.plan.by);
        // Of those that are worth the same the last is kept: in it one person has the hours that are left, for whatever is tried next.
        if work.plan.value >= best.value - 1e-9 {
            best.clone_from(&work.plan);
        }
    }
    best
}

/// What the first of two people is given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// The tasks that are most surely worth their hours.
    Sure,
    /// As many hours as can be.
    Full,
    /// The same, and the other keeps the tasks that are hardly worth their hours.
    FullOfSure,
}

struct Work<'a, 'b> {
    model: &'a Model<'b>,
    prices: &'a Prices,
    /// The value within which a task is near to not being worth its hours.
    near: f64,
    plan: Plan,
    random: Rng,
}

impl Work<'_, '_> {
    /// Brings the hours that all have left to the last, and most often the tasks that are hardly worth theirs.
    fn gather(&mut self, others: &[usize], last: usize) {
        let is_whole = self.random.u8(..4) == 0;
        let aims: &[Aim] = if is_whole { &[Aim::Full] } else { &[Aim::Sure, Aim::FullOfSure] };
        for aim in aims {
            others.iter().for_each(|full| self.share(*full, last, *aim));
        }
    }

    /// Gives two people's tasks out anew.
    fn share(&mut self, full: usize, last: usize, aim: Aim) {
        let model = self.model;
        let mut free = self.some(|work, at, by| {
            let able = &model.eligible[at];
            let is_of_both = able.contains(&full)
                && able.contains(&last)
                && (model.value(at, full) - model.value(at, last)).abs() < ROUNDING;
            let is_kept = aim == Aim::FullOfSure && by == last && work.margin(at, last) < work.near;
            (by == full || by == last) && is_of_both && !is_kept
        });
        free.truncate(MOST);
        let worth = |at: usize| match aim {
            // Even the least sure is better with who is to be full than nothing.
            Aim::Sure => 1.0 + (self.margin(at, last) / self.near).clamp(-1.0, 2.0),
            Aim::Full | Aim::FullOfSure => model.weights[at][last],
        };
        let tasks: Vec<(f64, f64)> = free.iter().map(|at| (model.weights[*at][full], worth(*at))).collect();
        let packed = packed(&tasks, self.room(&free, full));
        let mut next = self.plan.clone();
        for (at, is_first) in free.iter().zip(packed) {
            next.unset(model, *at);
            next.set(model, *at, if is_first { full } else { last });
        }
        if next.load[last] <= model.hours[last] + ROUNDING {
            self.plan = next;
        }
    }

    /// Chooses somebody's tasks anew, among theirs and those nobody has; what they count as is moved by chance, up to so much, and the
    /// plan is to be worth so much.
    fn choose(&mut self, person: usize, (moved, least): (f64, f64)) {
        let model = self.model;
        let can = |at: usize| !model.must[at] && model.eligible[at].contains(&person);
        let mut free = self.some(|_, at, by| by == person && can(at));
        free.truncate(MOST / 2);
        let is_out = |at: &usize| self.plan.by[*at].is_none() && !model.linked(*at) && can(*at);
        let out: Vec<usize> = (0..model.len()).filter(is_out).collect();
        let mut out: Vec<(f64, usize)> = out
            .into_iter()
            .map(|at| (self.random.f64() * (-self.margin(at, person).abs() / self.near).exp(), at))
            .collect();
        out.sort_by(|a, b| b.0.total_cmp(&a.0));
        free.extend(out.into_iter().map(|(_, at)| at).take(MOST - free.len()));
        let mut count = |at: usize| model.value(at, person) + moved * (self.random.f64() - 0.5);
        let tasks: Vec<(f64, f64)> = free.iter().map(|at| (model.weights[*at][person], count(*at))).collect();
        let packed = packed(&tasks, self.room(&free, person));
        let mut next = self.plan.clone();
        for (at, is_taken) in free.iter().zip(packed) {
            next.unset(model, *at);
            if is_taken {
                next.set(model, *at, person);
            }
        }
        if next.keeps_to_rows(model) && next.value >= least {
            self.plan = next;
        }
    }

    /// Tasks that somebody has and that are like that, linked ones apart, in any order.
    fn some(&mut self, like: impl Fn(&Self, usize, usize) -> bool) -> Vec<usize> {
        let has = |at: &usize| self.plan.by[*at].is_some_and(|by| like(self, *at, by));
        let mut some: Vec<usize> =
            (0..self.model.len()).filter(|at| !self.model.linked(*at)).filter(has).collect();
        self.random.shuffle(&mut some);
        some
    }

    /// The hours somebody has beside the tasks that are not among these.
    fn room(&self, free: &[usize], person: usize) -> f64 {
        let theirs = free.iter().filter(|at| self.plan.by[**at] == Some(person));
        let held: f64 = theirs.map(|at| self.model.weights[*at][person]).sum();
        self.model.hours[person] - self.plan.load[person] + held
    }

    /// What a task is worth to somebody beyond the price of what it takes.
    fn margin(&self, at: usize, person: usize) -> f64 {
        let hours = self.prices.people[person] * self.model.weights[at][person];
        self.model.value(at, person) - hours - self.prices.of_rows(self.model, at)
    }
}

/// Which of some tasks, each with what it takes and what it counts as, count most together within so much room.
fn packed(tasks: &[(f64, f64)], room: f64) -> Vec<bool> {
    let (left, right) = tasks.split_at(tasks.len() / 2);
    let mut rights = sums(right);
    rights.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Each with the best of all that take no more.
    for at in 1..rights.len() {
        let (_, counts, set) = rights[at - 1];
        if counts >= rights[at].1 {
            rights[at] = (rights[at].0, counts, set);
        }
    }
    let mut best = (f64::NEG_INFINITY, 0, 0);
    for (takes, counts, set) in sums(left) {
        let fitting = rights.partition_point(|one| takes + one.0 <= room + ROUNDING);
        if let Some(with) = fitting.checked_sub(1).map(|at| rights[at])
            && counts + with.1 > best.0
        {
            best = (counts + with.1, set, with.2);
        }
    }
    let has = |set: u32, at: usize| set >> at & 1 == 1;
    (0..left.len()).map(|at| has(best.1, at)).chain((0..right.len()).map(|at| has(best.2, at))).collect()
}

/// What every choice of some tasks takes and counts as.
fn sums(tasks: &[(f64, f64)]) -> Vec<(f64, f64, u32)> {
    let mut sums = vec![(0.0, 0.0, 0)];
    for (at, (takes, counts)) in tasks.iter().enumerate() {
        let with: Vec<(f64, f64, u32)> =
            sums.iter().map(|sum| (sum.0 + takes, sum.1 + counts, sum.2 | 1 << at)).collect();
        sums.extend(with);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::{Rng, packed};

    #[test]
    fn nothing_counts_more_than_what_is_packed() {
        let mut random = Rng::with_seed(7);
        for count in 0..12_usize {
            for _ in 0..20 {
                let tasks: Vec<(f64, f64)> = (0..count).map(|_| (random.f64(), random.f64())).collect();
                let room = 0.4 * count as f64 * random.f64();
                let sum = |set: usize| {
                    let of = tasks.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
                    of.fold((0.0, 0.0), |(takes, counts), (_, task)| (takes + task.0, counts + task.1))
                };
                let most =
                    (0..1 << count).map(sum).filter(|(takes, _)| *takes <= room).map(|(_, counts)| counts);
                let most = most.fold(0.0, f64::max);
                let packed = packed(&tasks, room);
                let set = packed.iter().enumerate().fold(0, |set, (at, is)| set | usize::from(*is) << at);
                let (takes, counts) = sum(set);
                assert!(takes <= room + 1e-6 && (counts - most).abs() < 1e-6, "{tasks:?} {room}: {packed:?}");
            }
        }
    }
}
