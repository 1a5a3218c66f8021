//! What no plan can exceed: the Lagrangean relaxation of people's hours, section limits, velocity and dependencies.
//!
//! With a price on each of them every task decides for itself whom it is done by, if at all; the sum of what tasks then gain and
//! what the resources cost is a bound for any prices of 0 or more (Fisher 1981). The prices are moved by subgradient steps of
//! the length Polyak (1969) gives. The order of work within the sprint is relaxed altogether.
//! Deliberately not here: plans. Known limit: it cannot be lower than the linear relaxation.

use super::model::Model;

/// Steps taken: from some hundred on a step moves the bound by less than a thousandth.
const STEPS: usize = 3000;
/// Steps without a better bound after which they become shorter.
const PATIENCE: usize = 25;

/// Prices of one hour or one place.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    /// Of each person's hours.
    pub people: Vec<f64>,
    /// Of each row of the model.
    pub rows: Vec<f64>,
    /// Of each link, by candidate and place among what it waits for.
    links: Vec<Vec<f64>>,
}

impl Prices {
    /// What a candidate takes of the rows, at these prices.
    pub fn of_rows(&self, model: &Model, at: usize) -> f64 {
        self.rows.iter().zip(&model.rows).map(|(price, row)| price * row.takes[at]).sum()
    }
}

/// A bound with the prices that give it.
pub(super) struct Relaxed {
    pub bound: f64,
    pub prices: Prices,
}

/// The lowest bound found. `value` is that of a plan.
pub(super) fn bound(model: &Model, value: f64) -> Relaxed {
    let mut prices = Prices {
        people: vec![0.0; model.hours.len()],
        rows: vec![0.0; model.rows.len()],
        links: model.waits_for.iter().map(|w| vec![0.0; w.len()]).collect(),
    };
    let mut best = Relaxed { bound: f64::INFINITY, prices: prices.clone() };
    let (mut length, mut since) = (1.0, 0);
    for _ in 0..STEPS {
        let choice = choose(model, &prices);
        if choice.bound < best.bound - 1e-9 * (1.0 + best.bound.abs()) || best.bound.is_infinite() {
            best = Relaxed { bound: choice.bound, prices: prices.clone() };
            since = 0;
        } else {
            since += 1;
        }
        if since > PATIENCE {
            (length, since, prices) = (length * 0.7, 0, best.prices.clone());
            if length < 1e-4 {
                break;
            }
            continue;
        }
        if choice.bound - value <= 1e-7 * (1.0 + value) || !step(model, &mut prices, &choice, value, length) {
            break;
        }
    }
    best
}

/// What tasks choose at some prices.
struct Choice {
    by: Vec<Option<usize>>,
    bound: f64,
}

fn choose(model: &Model, prices: &Prices) -> Choice {
    let mut bound = 0.0;
    for (price, most) in prices.people.iter().zip(&model.hours) {
        bound += price * most;
    }
    for (price, row) in prices.rows.iter().zip(&model.rows) {
        bound += price * row.most;
    }
    let mut gains: Vec<f64> = vec![0.0; model.len()];
    for (at, blockers) in model.waits_for.iter().enumerate() {
        for (price, blocker) in prices.links[at].iter().zip(blockers) {
            gains[at] -= price;
            gains[*blocker] += price;
        }
    }
    let mut by = vec![None; model.len()];
    for at in 0..model.len() {
        let rows = prices.of_rows(model, at);
        let net =
            |person: &usize| model.value(at, *person) - prices.people[*person] * model.weights[at][*person];
        let best = model.eligible[at].iter().map(|p| (*p, net(p))).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((person, net)) = best
            && (net + gains[at] - rows > 0.0 || model.must[at])
        {
            bound += net + gains[at] - rows;
            by[at] = Some(person);
        }
    }
    Choice { by, bound }
}

/// Raises prices of what is asked too much of and lowers the others; `false` when all of them are right.
fn step(model: &Model, prices: &mut Prices, choice: &Choice, value: f64, length: f64) -> bool {
    // Slopes as shares of what there is, so that hours and places move alike.
    let mut people: Vec<f64> = model.hours.clone();
    let mut rows: Vec<f64> = model.rows.iter().map(|row| row.most).collect();
    for (at, person) in choice.by.iter().enumerate() {
        if let Some(person) = person {
            people[*person] -= model.weights[at][*person];
            rows.iter_mut().zip(&model.rows).for_each(|(left, row)| *left -= row.takes[at]);
        }
    }
    let taken = |at: usize| f64::from(u8::from(choice.by[at].is_some()));
    let scale = |most: f64| most.max(1.0);
    let mut norm = 0.0;
    let free = |price: f64, left: f64| price <= 0.0 && left >= 0.0;
    for ((left, most), price) in people.iter().zip(&model.hours).zip(&prices.people) {
        norm += if free(*price, *left) { 0.0 } else { (left / scale(*most)).powi(2) };
    }
    for ((left, row), price) in rows.iter().zip(&model.rows).zip(&prices.rows) {
        norm += if free(*price, *left) { 0.0 } else { (left / scale(row.most)).powi(2) };
    }
    for (at, blockers) in model.waits_for.iter().enumerate() {
        for (price, blocker) in prices.links[at].iter().zip(blockers) {
            let left = taken(*blocker) - taken(at);
            norm += if free(*price, left) { 0.0 } else { left * left };
        }
    }
    if norm <= 0.0 {
        return false;
    }
    let step = length * (choice.bound - value) / norm;
    for ((left, most), price) in people.iter().zip(&model.hours).zip(&mut prices.people) {
        *price = (*price - step * left / scale(*most).powi(2)).max(0.0);
    }
    for ((left, row), price) in rows.iter().zip(&model.rows).zip(&mut prices.rows) {
        *price = (*price - step * left / scale(row.most).powi(2)).max(0.0);
    }
    for (at, blockers) in model.waits_for.iter().enumerate() {
        for (price, blocker) in prices.links[at].iter_mut().zip(blockers) {
            *price = (*price - step * (taken(*blocker) - taken(at))).max(0.0);
        }
    }
    true
}
