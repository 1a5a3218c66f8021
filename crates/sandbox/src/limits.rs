//! Asana's request budgets: 150 or 1,500 calls a minute per token, 60 searches, 50 reads and 15 writes in flight.
//!
//! The minute is a window that slides by the second. Rejected calls count too, so hammering keeps a token locked out.
//! Beside it the cost limiter: every answer costs as many units as it holds objects, charged once it is built, so a budget
//! may become negative and then refuses the next calls. Guess: Asana names neither its unit nor its budget; these are
//! meant to strike only who reads much wider than they need.

use crate::error::Failure;
use crate::server::Shared;
use crate::world::Plan;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};

const WINDOW_SECONDS: i64 = 60;
const SEARCHES_PER_MINUTE: u32 = 60;
const READS_IN_FLIGHT: u32 = 50;
const WRITES_IN_FLIGHT: u32 = 15;
/// Objects a minute: what 1,500 (150) calls hold whose answers have 400 objects each, such as a page of 100 tasks with
/// assignee, project and section.
const COST_PER_MINUTE_PAID: u32 = 600_000;
const COST_PER_MINUTE_FREE: u32 = 60_000;

/// Spent budget by token.
#[derive(Debug)]
pub(crate) struct Limits {
    on: bool,
    calls: HashMap<String, Window>,
    searches: HashMap<String, Window>,
    costs: HashMap<String, Purse>,
    in_flight: HashMap<(String, bool), u32>,
}

/// Calls of the last minute, by second.
#[derive(Debug, Default)]
struct Window {
    seconds: VecDeque<(i64, u32)>,
}

/// What is left of a token's cost budget; it fills up by the second.
#[derive(Debug)]
struct Purse {
    left: f64,
    at: Timestamp,
}

impl Purse {
    /// Lets the time since the last look fill it up.
    fn fill(&mut self, now: Timestamp, per_minute: u32) {
        let seconds = now.duration_since(self.at).as_secs_f64().max(0.0);
        let full = f64::from(per_minute);
        self.left = (self.left + seconds * full / 60.0).min(full);
        self.at = now;
    }
}

impl Window {
    /// Adds calls; the answer is the seconds to wait when they were too many.
    fn add(&mut self, now: i64, calls: u32, most: u32) -> Result<(), u64> {
        while self.seconds.front().is_some_and(|(second, _)| now - second >= WINDOW_SECONDS) {
            self.seconds.pop_front();
        }
        match self.seconds.back_mut() {
            Some((second, count)) if *second == now => *count = count.saturating_add(calls),
            _ => self.seconds.push_back((now, calls)),
        }
        let total: u32 = self.seconds.iter().map(|(_, count)| count).sum();
        if total <= most { Ok(()) } else { Err(self.wait(now, total - most)) }
    }

    /// Seconds until `excess` of the oldest calls have left the window.
    fn wait(&self, now: i64, excess: u32) -> u64 {
        let mut left = 0;
        for (second, count) in &self.seconds {
            left += count;
            if left >= excess {
                return u64::try_from(second + WINDOW_SECONDS - now).unwrap_or(1).max(1);
            }
        }
        60
    }
}

impl Limits {
    pub(crate) fn new(on: bool) -> Self {
        Self {
            on,
            calls: HashMap::new(),
            searches: HashMap::new(),
            costs: HashMap::new(),
            in_flight: HashMap::new(),
        }
    }

    /// Gives every token its full budget; calls in flight stay counted.
    pub(crate) fn clear(&mut self) {
        self.calls.clear();
        self.searches.clear();
        self.costs.clear();
    }

    /// Refuses a token whose budget of objects is overdrawn.
    pub(crate) fn afford(&mut self, token: &str, now: Timestamp, per_minute: u32) -> Result<(), Failure> {
        let Some(purse) = self.costs.get_mut(token).filter(|_| self.on) else {
            return Ok(());
        };
        purse.fill(now, per_minute);
        if purse.left >= 0.0 {
            return Ok(());
        }
        let seconds = (-purse.left * 60.0 / f64::from(per_minute)).ceil();
        Err(Failure::too_many(format!("{seconds:.0}").parse().unwrap_or(1).max(1)))
    }

    /// Takes the cost of an answer from a token's budget.
    pub(crate) fn charge(&mut self, token: &str, now: Timestamp, per_minute: u32, answer: &Value) {
        if !self.on {
            return;
        }
        let full = f64::from(per_minute);
        let purse = self.costs.entry(token.to_owned()).or_insert(Purse { left: full, at: now });
        purse.fill(now, per_minute);
        purse.left -= f64::from(objects(answer));
    }

    /// Counts calls against a token's minute.
    pub(crate) fn spend(
        &mut self,
        token: &str,
        plan: Plan,
        now: Timestamp,
        calls: u32,
        searches: u32,
    ) -> Result<(), Failure> {
        if !self.on {
            return Ok(());
        }
        let now = now.as_second();
        let most = match plan {
            Plan::Free => 150,
            Plan::Paid | Plan::Enterprise => 1500,
        };
        let window = self.calls.entry(token.to_owned()).or_default();
        window.add(now, calls, most).map_err(Failure::too_many)?;
        if searches > 0 {
            let window = self.searches.entry(token.to_owned()).or_default();
            window.add(now, searches, SEARCHES_PER_MINUTE).map_err(Failure::too_many)?;
        }
        Ok(())
    }
}

/// Objects a minute on a plan.
pub(crate) fn cost_per_minute(plan: Plan) -> u32 {
    match plan {
        Plan::Free => COST_PER_MINUTE_FREE,
        Plan::Paid | Plan::Enterprise => COST_PER_MINUTE_PAID,
    }
}

fn objects(value: &Value) -> u32 {
    match value {
        Value::Object(map) => map.values().map(objects).fold(1, u32::saturating_add),
        Value::Array(items) => items.iter().map(objects).fold(0, u32::saturating_add),
        _ => 0,
    }
}

/// Calls in flight; leaving is by drop.
#[derive(Debug)]
pub(crate) struct Flight {
    shared: Shared,
    key: (String, bool),
    weight: u32,
}

impl Flight {
    /// Enters `weight` calls, or answers 429 when too many of the token's are in work.
    pub(crate) fn enter(
        shared: &Shared,
        token: Option<&str>,
        is_read: bool,
        weight: u32,
    ) -> Result<Self, Failure> {
        let most = if is_read { READS_IN_FLIGHT } else { WRITES_IN_FLIGHT };
        let key = (token.unwrap_or_default().to_owned(), is_read);
        let limits = &mut shared.lock().limits;
        let on = limits.on;
        let count = limits.in_flight.entry(key.clone()).or_default();
        if on && *count + weight > most {
            return Err(Failure::too_many(1));
        }
        *count += weight;
        Ok(Self { shared: shared.clone(), key, weight })
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(count) = self.shared.lock().limits.in_flight.get_mut(&self.key) {
            *count = count.saturating_sub(self.weight);
        }
    }
}
