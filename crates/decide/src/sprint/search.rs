//! Plans: greedy insertion, and its improvement by ruin and recreate.
//!
//! A part of the plan is removed (people's tasks, or tasks here and there) and filled anew in the order of what tasks are worth
//! by the prices of the relaxation, with some chance; a plan is kept when it is not much worse than the last (record-to-record
//! travel, Dueck 1993). Every plan on the way is feasible. The same seed gives the same plan.
//! Deliberately not here: bounds.

use super::bound::Prices;
use super::model::{Model, ROUNDING};
use super::timeline::in_order;
use fastrand::Rng;

/// How much worse than the best a plan may be at the beginning, as a share; it falls to nothing.
const WORSE: f64 = 0.005;
/// How far chance moves a task's place in the order, as a share of its worth.
const CHANCE: f64 = 0.35;

/// Who does what.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub by: Vec<Option<usize>>,
    /// Hours given to each person, with what their spread costs.
    pub load: Vec<f64>,
    /// What is taken of each row.
    pub rows: Vec<f64>,
    pub value: f64,
}

impl Plan {
    fn empty(model: &Model) -> Plan {
        let (people, rows) = (model.hours.len(), model.rows.len());
        Plan { by: vec![None; model.len()], load: vec![0.0; people], rows: vec![0.0; rows], value: 0.0 }
    }

    /// The plan with these people, whether feasible or not.
    pub fn of(model: &Model, by: &[Option<usize>]) -> Plan {
        let mut plan = Plan::empty(model);
        for (at, person) in by.iter().enumerate() {
            if let Some(person) = person {
                plan.set(model, at, *person);
            }
        }
        plan
    }

    /// Whether it keeps to everything.
    pub fn is_feasible(&self, model: &Model) -> bool {
        let hours = self.load.iter().zip(&model.hours).all(|(load, most)| *load <= most + ROUNDING);
        let chosen = |at: usize| self.by[at].is_some();
        let links = (0..model.len())
            .all(|at| !chosen(at) || model.waits_for[at].iter().all(|blocker| chosen(*blocker)));
        let musts = (0..model.len()).all(|at| !model.must[at] || chosen(at));
        hours && self.keeps_to_rows(model) && links && musts && in_order(model, &self.by)
    }

    /// Whether it takes no more of any row than there is.
    pub fn keeps_to_rows(&self, model: &Model) -> bool {
        self.rows.iter().zip(&model.rows).all(|(takes, row)| *takes <= row.most + ROUNDING)
    }

    /// Whether a task's own hours and places are there.
    pub fn fits(&self, model: &Model, at: usize, person: usize) -> bool {
        self.load[person] + model.weights[at][person] <= model.hours[person] + ROUNDING
            && self
                .rows
                .iter()
                .zip(&model.rows)
                .all(|(takes, row)| takes + row.takes[at] <= row.most + ROUNDING)
    }

    pub fn set(&mut self, model: &Model, at: usize, person: usize) {
        self.by[at] = Some(person);
        self.load[person] += model.weights[at][person];
        self.rows.iter_mut().zip(&model.rows).for_each(|(takes, row)| *takes += row.takes[at]);
        self.value += model.value(at, person);
    }

    pub fn unset(&mut self, model: &Model, at: usize) {
        if let Some(person) = self.by[at].take() {
            self.load[person] -= model.weights[at][person];
            self.rows.iter_mut().zip(&model.rows).for_each(|(takes, row)| *takes -= row.takes[at]);
            self.value -= model.value(at, person);
        }
    }

    /// Removes a task and all that waits for it.
    fn remove(&mut self, model: &Model, at: usize) {
        if self.by[at].is_some() {
            self.unset(model, at);
            model.dependents[at].iter().for_each(|next| self.remove(model, *next));
        }
    }

    /// Takes a task with all it waits for, each by whom the price is best; nothing when one of them does not fit.
    fn insert(&mut self, model: &Model, at: usize, prices: &[f64], added: &mut Vec<usize>) -> bool {
        if self.by[at].is_some() {
            return true;
        }
        let before = added.len();
        let blocked = model.waits_for[at].iter().any(|blocker| !self.insert(model, *blocker, prices, added));
        if !blocked && self.give(model, at, prices) {
            added.push(at);
            return true;
        }
        added.drain(before..).for_each(|undone| self.unset(model, undone));
        false
    }

    fn give(&mut self, model: &Model, at: usize, prices: &[f64]) -> bool {
        let net = |person: usize| model.value(at, person) - prices[person] * model.weights[at][person];
        let fitting = model.eligible[at].iter().copied().filter(|person| self.fits(model, at, *person));
        let mut fitting: Vec<(usize, f64)> = fitting.map(|person| (person, net(person))).collect();
        fitting.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (person, _) in fitting {
            self.set(model, at, person);
            if !model.linked(at) || in_order(model, &self.by) {
                return true;
            }
            self.unset(model, at);
        }
        false
    }
}

/// The plan that takes what must be, then what is worth most for its hours. What must be and does not fit is noted, and no
/// longer must be.
pub(super) fn greedy(model: &mut Model) -> Plan {
    let mut plan = Plan::empty(model);
    let prices = vec![0.0; model.hours.len()];
    let order = by_worth(model, |at| (worth(model, at, None), 0.0));
    for at in order.iter().copied().filter(|at| model.must[*at]).collect::<Vec<_>>() {
        if !plan.insert(model, at, &prices, &mut vec![]) {
            model.must[at] = false;
            let name = &model.wanted.candidates[at].name;
            model.notes.push(format!(
                "“{name}” must be taken, but no room was found for it beside the others that must"
            ));
        }
    }
    // What waits for nothing else can no longer be helped either.
    for at in order {
        plan.insert(model, at, &prices, &mut vec![]);
    }
    plan
}

/// Improves a plan over so many rounds of chance from a seed.
pub(super) fn improve(model: &Model, prices: &Prices, from: &Plan, (rounds, seed): (usize, u64)) -> Plan {
    let mut random = Rng::with_seed(seed);
    let worths: Vec<f64> = (0..model.len()).map(|at| worth(model, at, Some(prices))).collect();
    let (mut best, mut current) = (from.clone(), from.clone());
    // A plan made by the prices of the relaxation is often the better beginning.
    let mut priced = Plan::empty(model);
    fill(model, &mut priced, prices, &worths, (&mut Rng::with_seed(seed), 0.0));
    if priced.is_feasible(model) && priced.value > current.value {
        (best, current) = (priced.clone(), priced);
    }
    for round in 0..rounds {
        let mut next = current.clone();
        ruin(model, &mut next, &mut random);
        fill(model, &mut next, prices, &worths, (&mut random, CHANCE));
        let left = 1.0 - round as f64 / rounds as f64;
        let musts = (0..model.len()).all(|at| !model.must[at] || next.by[at].is_some());
        if musts && next.value > best.value * (1.0 - WORSE * left * left) {
            current = next;
            if current.value > best.value + 1e-9 {
                best = current.clone();
            }
        } else if random.u32(..200) == 0 {
            current = best.clone();
        }
    }
    // Sums of many steps are rounded; the plan is told by fresh ones.
    Plan::of(model, &best.by)
}

/// Takes what still fits, the worthiest first, until nothing does. A linked task can fit once another was taken that it was tried
/// before, so one look at each is not enough; what is left then would otherwise be found by the next planning of the same sprint.
pub(super) fn complete(model: &Model, plan: &mut Plan) {
    let prices = vec![0.0; model.hours.len()];
    let order = by_worth(model, |at| (worth(model, at, None), 0.0));
    loop {
        let mut added = vec![];
        for at in &order {
            plan.insert(model, *at, &prices, &mut added);
        }
        if added.is_empty() {
            return;
        }
    }
}

/// Removes a part of the plan.
fn ruin(model: &Model, plan: &mut Plan, random: &mut Rng) {
    let chosen: Vec<usize> = (0..model.len()).filter(|at| plan.by[*at].is_some()).collect();
    if chosen.is_empty() {
        return;
    }
    if random.bool() {
        let people = random.usize(1..=3.min(model.hours.len().max(1)));
        let share = 0.2 + 0.6 * random.f64();
        for _ in 0..people {
            let person = random.usize(..model.hours.len());
            for at in chosen.iter().filter(|at| plan.by[**at] == Some(person)).copied().collect::<Vec<_>>() {
                if random.f64() < share {
                    plan.remove(model, at);
                }
            }
        }
    } else {
        let some = random.usize(1..=(chosen.len() / 8).max(1));
        for _ in 0..some {
            plan.remove(model, chosen[random.usize(..chosen.len())]);
        }
    }
}

/// Takes what fits: what must be first, then by worth with some chance.
fn fill(model: &Model, plan: &mut Plan, prices: &Prices, worths: &[f64], (random, chance): (&mut Rng, f64)) {
    let order = by_worth(model, |at| (worths[at], chance * (random.f64() - 0.5)));
    // Prices with some chance, so that people of about the same price change places.
    let moved: Vec<f64> = prices.people.iter().map(|p| p * (1.0 + chance * (random.f64() - 0.5))).collect();
    let mut added = vec![];
    for must in [true, false] {
        for at in &order {
            if model.must[*at] == must && plan.by[*at].is_none() {
                plan.insert(model, *at, &moved, &mut added);
                added.clear();
            }
        }
    }
}

/// Candidates that can be taken, the worthiest first. `of` gives the worth and the share chance moves it by.
fn by_worth(model: &Model, mut of: impl FnMut(usize) -> (f64, f64)) -> Vec<usize> {
    let able = (0..model.len()).filter(|at| model.never[*at].is_none());
    let mut keyed: Vec<(f64, usize)> = able
        .map(|at| {
            let (worth, moved) = of(at);
            (worth * (1.0 + moved), at)
        })
        .collect();
    keyed.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, at)| at).collect()
}

/// Value for what it costs: by the hour without prices, by what hours and places cost with them.
fn worth(model: &Model, at: usize, prices: Option<&Prices>) -> f64 {
    const LEAST: f64 = 1e-3;
    let by = |person: &usize| {
        let hours = model.weights[at][*person];
        let cost = match prices {
            None => hours,
            Some(prices) => {
                // A little by the hour, so that what nobody is short of is not free.
                prices.people[*person] * hours + prices.of_rows(model, at) + LEAST * hours
            }
        };
        model.value(at, *person) / (cost + LEAST)
    };
    model.eligible[at].iter().map(by).fold(0.0, f64::max)
}
