//! Improvement of a plan by single steps: a task in, out, to somebody else, or in another's place.
//!
//! Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983) over feasible plans alone. Filling a person's last hour needs the right
//! tasks side by side, which removing and filling anew by worth finds seldom; millions of small steps do. The same seed gives the same plan.
//! Deliberately not here: larger changes (`search`), and bounds.

use super::model::{Model, ROUNDING};
use super::search::Plan;
use super::timeline::in_order;
use fastrand::Rng;

/// Temperature at the beginning and the end, as a share of what a task taken is worth in the middle: at first one step in three that costs
/// a twentieth of a task is taken, at last hardly any that costs a thousandth.
const WARM: f64 = 0.05;
const COLD: f64 = 0.0005;

/// A step: tasks and who has them afterwards.
type Step = [Option<(usize, Option<usize>)>; 2];

struct Walk<'a, 'b> {
    model: &'a Model<'b>,
    plan: Plan,
    /// Each person's tasks, and each task's place among them.
    of: Vec<Vec<usize>>,
    place: Vec<usize>,
    able: Vec<usize>,
    random: Rng,
}

/// The best plan met in so many steps from one, by chance from a seed.
pub(super) fn polish(model: &Model, from: Plan, (steps, seed): (usize, u64)) -> Plan {
    let able: Vec<usize> = (0..model.len()).filter(|at| !model.eligible[*at].is_empty()).collect();
    let taken = from.by.iter().flatten().count();
    if able.is_empty() || taken == 0 {
        return from;
    }
    let usual = from.value / taken as f64;
    let mut walk = Walk::of(model, from.clone(), able, seed);
    let mut best = from;
    for step in 0..steps {
        let share = step as f64 / steps as f64;
        let temperature = usual * WARM * (COLD / WARM).powf(share);
        if walk.step(temperature) && walk.plan.value > best.value + 1e-9 {
            best.clone_from(&walk.plan);
        }
    }
    // Sums of many steps are rounded; the plan is told by fresh ones.
    Plan::of(model, &best.by)
}

impl<'a, 'b> Walk<'a, 'b> {
    fn of(model: &'a Model<'b>, plan: Plan, able: Vec<usize>, seed: u64) -> Walk<'a, 'b> {
        let mut of = vec![vec![]; model.hours.len()];
        let mut place = vec![0; model.len()];
        for (at, person) in plan.by.iter().enumerate() {
            if let Some(person) = person {
                place[at] = of[*person].len();
                of[*person].push(at);
            }
        }
        Walk { model, plan, of, place, able, random: Rng::with_seed(seed) }
    }

    /// Tries one step; whether it was taken.
    fn step(&mut self, temperature: f64) -> bool {
        let at = self.able[self.random.usize(..self.able.len())];
        let eligible = &self.model.eligible[at];
        let person = eligible[self.random.usize(..eligible.len())];
        let step = match self.plan.by[at] {
            None => self.bring_in(at, person),
            Some(now) if now == person => [Some((at, None)), None],
            Some(now) => self.hand_over(at, (now, person)),
        };
        let gain: f64 = step
            .iter()
            .flatten()
            .map(|(at, to)| self.worth(*at, *to) - self.worth(*at, self.plan.by[*at]))
            .sum();
        if gain < 0.0 && self.random.f64() >= (gain / temperature).exp() {
            return false;
        }
        self.take(step)
    }

    /// What a task adds to the plan in somebody's hands.
    fn worth(&self, at: usize, person: Option<usize>) -> f64 {
        person.map_or(0.0, |person| self.model.value(at, person))
    }

    /// A task that is out, into the plan: beside what is there, or in place of another.
    fn bring_in(&mut self, at: usize, person: usize) -> Step {
        let into = Some((at, Some(person)));
        if self.plan.fits(self.model, at, person) {
            return [into, None];
        }
        // Most often the person is full; where something shared is, what makes room may be anybody's.
        let whose = if self.random.u8(..4) == 0 { self.random.usize(..self.of.len()) } else { person };
        match self.random.choice(&self.of[whose]) {
            Some(other) => [into, Some((*other, None))],
            None => [into, None],
        }
    }

    /// A task from one person to another, in exchange for one of theirs where they are full.
    fn hand_over(&mut self, at: usize, (from, to): (usize, usize)) -> Step {
        let over = Some((at, Some(to)));
        let model = self.model;
        if self.plan.load[to] + model.weights[at][to] <= model.hours[to] + ROUNDING {
            return [over, None];
        }
        match self.random.choice(&self.of[to]) {
            Some(back) if model.eligible[*back].contains(&from) => [over, Some((*back, Some(from)))],
            _ => [over, None],
        }
    }

    /// Takes a step if the plan keeps to everything with it.
    fn take(&mut self, step: Step) -> bool {
        let before: Step = step.map(|part| part.map(|(at, _)| (at, self.plan.by[at])));
        self.put(step);
        let is_sound = self.is_sound(step);
        if !is_sound {
            self.put(before);
        }
        is_sound
    }

    /// Puts tasks into these hands, whether it can be or not.
    fn put(&mut self, step: Step) {
        for (at, to) in step.into_iter().flatten() {
            if let Some(from) = self.plan.by[at] {
                let place = self.place[at];
                self.of[from].swap_remove(place);
                if let Some(moved) = self.of[from].get(place) {
                    self.place[*moved] = place;
                }
                self.plan.unset(self.model, at);
            }
            if let Some(to) = to {
                self.place[at] = self.of[to].len();
                self.of[to].push(at);
                self.plan.set(self.model, at, to);
            }
        }
    }

    fn is_sound(&self, step: Step) -> bool {
        let (model, plan) = (self.model, &self.plan);
        let hours = |person: Option<usize>| person.is_none_or(|p| plan.load[p] <= model.hours[p] + ROUNDING);
        let links = |at: usize| {
            let taken = |other: &usize| plan.by[*other].is_some();
            match plan.by[at] {
                Some(_) => model.waits_for[at].iter().all(taken),
                None => !model.must[at] && !model.dependents[at].iter().any(taken),
            }
        };
        let parts = || step.iter().flatten();
        parts().all(|(at, to)| hours(*to) && links(*at))
            && plan.keeps_to_rows(model)
            && (!parts().any(|(at, _)| model.linked(*at)) || in_order(model, &plan.by))
    }
}
