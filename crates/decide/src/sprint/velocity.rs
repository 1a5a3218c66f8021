//! What a team has finished a sprint so far, and what it will finish with the probability wanted.
//!
//! Past sprints are sections or projects that are called so, or, where there are too few of them, spans as long as the sprint that is
//! planned. A task that is in the projects of several sprints counts in the last of them.
//! The limit is an order statistic: of `n` exchangeable past sprints and the next one, the next is below the `k`-th smallest with
//! the probability `k / (n + 1)`; between two of them it is interpolated. Hours are those of the efforts, as in the plan.
//! Deliberately not here: reading the past. Known limits: what was moved out of a past sprint unfinished is not counted as
//! committed, and a task counts where it is now.

use super::place::Place;
use crate::policy::SprintPolicy;
use domain::{Past, Task};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Past sprints below which nothing is said of the next: three leave a quartile on either side.
const FEWEST: usize = 3;
/// Spans looked back at most: half a year of fortnights; what a team did before is another team's work.
pub const SPANS: i64 = 12;

/// A sprint that has ended, or a span as long as one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastSprint {
    /// The name of its section or project; empty for a span.
    pub name: String,
    /// Hours of effort finished, brought to the length of the sprint that is planned.
    pub hours: f64,
    /// Tasks finished.
    pub tasks: usize,
}

/// What past sprints say of the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Velocity {
    /// Hours that will be finished with the probability wanted.
    pub hours: f64,
    /// The least, the middle and the most that was finished.
    pub range: (f64, f64, f64),
    /// The sprints it rests on, oldest first.
    pub past: Vec<PastSprint>,
    /// Where they come from and what they say, in a sentence.
    pub source: String,
}

/// The sprint that is planned, as the past is compared with it.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    /// How sprints are called.
    pub policy: &'a SprintPolicy,
    /// The sections or projects that sprints are.
    pub places: &'a [Place],
    /// How the sprint's own is called, if it has one.
    pub own: Option<&'a str>,
    /// The first day.
    pub from: Date,
    /// How many days.
    pub days: i64,
    /// The moment the plan is made for.
    pub now: Timestamp,
}

impl Planned<'_> {
    /// The name of the last earlier sprint whose section or project a task is in, if that tells its day.
    #[must_use]
    pub fn earlier<'s>(&'s self, task: &Task) -> Option<&'s str> {
        let place = &self.places[self.last(task)?];
        // One with a number may as well be the sprint after the next; one with a day says when it was.
        let dated = self.policy.is_sprint(&place.name);
        (dated && self.is_earlier(&place.name)).then_some(place.name.as_str())
    }

    /// Whether the sprint's own place holds a task.
    #[must_use]
    pub fn holds(&self, task: &Task) -> bool {
        self.own().any(|place| place.holds(task))
    }

    /// Whether a person took a task away from where Upnext had put it, so that it is not brought into this sprint.
    #[must_use]
    pub fn taken_away(&self, task: &Task) -> bool {
        if self.policy.in_projects() {
            return self.own().any(|place| place.lost(task));
        }
        self.own.is_some() && task.moved_by_person() && !self.holds(task)
    }

    fn own(&self) -> impl Iterator<Item = &Place> {
        let own = self.own;
        self.places.iter().filter(move |place| own.is_some_and(|own| place.is_called(own)))
    }

    /// The last of the places a task is in: a section is the only one, of projects it may be in several.
    fn last(&self, task: &Task) -> Option<usize> {
        let holding = self.places.iter().enumerate().filter(|(_, place)| place.holds(task));
        let last = holding.max_by_key(|(at, place)| (self.policy.first_day(&place.name), *at));
        last.map(|(at, _)| at)
    }

    fn is_earlier(&self, name: &str) -> bool {
        if self.own.is_some_and(|own| own.eq_ignore_ascii_case(name)) {
            return false;
        }
        match self.policy.first_day(name) {
            Some(day) => day < self.from,
            None => is_numbered(name),
        }
    }
}

/// `Sprint 12`, `Iteration 3`: what teams that do not date their sprints call them.
#[must_use]
pub fn is_numbered(name: &str) -> bool {
    let name = name.to_lowercase();
    let called = ["sprint", "iteration"].iter().any(|word| name.contains(word));
    called && name.chars().any(|c| c.is_ascii_digit())
}

/// What was finished in each past sprint. `hours` tells what a task took.
#[must_use]
pub fn past_sprints(past: &[Past], planned: &Planned, hours: impl Fn(&Past) -> f64) -> Vec<PastSprint> {
    let called = by_place(past, planned, &hours);
    if called.len() >= FEWEST { called } else { by_span(past, planned, &hours) }
}

fn by_place(past: &[Past], planned: &Planned, hours: &impl Fn(&Past) -> f64) -> Vec<PastSprint> {
    let mut found: Vec<(Date, Option<Timestamp>, PastSprint)> = vec![];
    let mut within: Vec<Vec<&Past>> = vec![vec![]; planned.places.len()];
    for one in past {
        if let Some(at) = planned.last(&one.task) {
            within[at].push(one);
        }
    }
    for (place, within) in
        planned.places.iter().zip(within).filter(|(place, _)| planned.is_earlier(&place.name))
    {
        let done: Vec<&&Past> = within.iter().filter(|one| one.completed_at.is_some()).collect();
        let first = planned.policy.first_day(&place.name);
        // A sprint without a date that still holds open tasks may be the one in hand.
        let over = match first {
            Some(first) => first.saturating_add(planned.days.days()) <= planned.from,
            None => done.len() == within.len(),
        };
        if done.is_empty() || !over {
            continue;
        }
        let last = done.iter().filter_map(|one| one.completed_at).max();
        let sprint = PastSprint {
            name: place.name.clone(),
            hours: done.iter().map(|one| hours(one)).sum(),
            tasks: done.len(),
        };
        found.push((first.unwrap_or(Date::MIN), last, sprint));
    }
    found.sort_by_key(|(first, last, _)| (*first, *last));
    let starts: Vec<Date> = found.iter().map(|(first, ..)| *first).collect();
    let mut sprints: Vec<PastSprint> = found.into_iter().map(|(.., sprint)| sprint).collect();
    for (at, sprint) in sprints.iter_mut().enumerate() {
        let next = starts.get(at + 1).copied().unwrap_or(planned.from);
        let days = starts[at].until(next).map_or(0, |span| i64::from(span.get_days()));
        // Two starts far apart are sprints with a pause between them, not one long sprint.
        if starts[at] > Date::MIN && days > 0 && days < 2 * planned.days {
            sprint.hours *= planned.days as f64 / days as f64;
        }
    }
    let from = sprints.len().saturating_sub(SPANS as usize);
    sprints.split_off(from)
}

fn by_span(past: &[Past], planned: &Planned, hours: &impl Fn(&Past) -> f64) -> Vec<PastSprint> {
    let mut spans: BTreeMap<i64, PastSprint> = BTreeMap::new();
    for one in past {
        let Some(at) = one.completed_at.filter(|at| *at <= planned.now) else { continue };
        let span = planned.now.duration_since(at).as_hours() / (24 * planned.days.max(1));
        if span < SPANS {
            let empty = PastSprint { name: String::new(), hours: 0.0, tasks: 0 };
            let sum = spans.entry(span).or_insert(empty);
            sum.hours += hours(one);
            sum.tasks += 1;
        }
    }
    // Spans in which nothing was finished count, from the first on in which something was.
    let first = spans.keys().next_back().copied().unwrap_or(-1);
    let empty = || PastSprint { name: String::new(), hours: 0.0, tasks: 0 };
    (0..=first).rev().map(|span| spans.remove(&span).unwrap_or_else(empty)).collect()
}

/// What past sprints say of the next, or why they say nothing.
///
/// # Errors
/// Fewer than three of them.
pub fn velocity(past: Vec<PastSprint>, days: i64, finishing: f64) -> Result<Velocity, String> {
    if past.len() < FEWEST {
        return Err(format!(
            "{} past sprints are known, fewer than {FEWEST}: people's hours alone limit the plan, not the team's velocity",
            past.len()
        ));
    }
    let mut hours: Vec<f64> = past.iter().map(|sprint| sprint.hours).collect();
    hours.sort_by(f64::total_cmp);
    let count = hours.len();
    let finishing = finishing.clamp(0.5, 0.999);
    let rank = (1.0 - finishing) * (count + 1) as f64;
    let few = if rank < 1.0 { ", the least of so few" } else { "" };
    // Tenths, as they are told.
    let limit = (10.0 * at_rank(&hours, rank)).round() / 10.0;
    let (least, most) = (hours[0], hours[count - 1]);
    let middle = at_rank(&hours, (count + 1) as f64 / 2.0);
    let of = match (past.first(), past.last()) {
        (Some(first), Some(last)) if !first.name.is_empty() => {
            format!("the last {count} sprints (“{}” to “{}”)", first.name, last.name)
        }
        _ => format!(
            "what was finished in the last {count} spans of {days} days, as past sprints are not known by name"
        ),
    };
    let source = format!(
        "velocity {limit:.0} h with {:.0} %{few}: from {of}, {least:.0} to {most:.0} h, {middle:.0} h in the middle",
        100.0 * finishing
    );
    Ok(Velocity { hours: limit, range: (least, middle, most), past, source })
}

/// The value at a rank of 1 to n, interpolated.
fn at_rank(sorted: &[f64], rank: f64) -> f64 {
    let rank = rank.clamp(1.0, sorted.len() as f64);
    let below = rank.floor() as usize;
    let (low, high) = (sorted[below - 1], sorted[below.min(sorted.len() - 1)]);
    low + (high - low) * (rank - below as f64)
}

#[cfg(test)]
mod tests {
    use super::{PastSprint, Planned, past_sprints, velocity};
    use crate::policy::SprintPolicy;
    use domain::{Past, Task, TaskGid};
    use jiff::{Timestamp, ToSpan as _, civil::date};

    #[test]
    fn without_sections_of_sprints_spans_as_long_as_one_are_counted_and_idle_ones_too() {
        let now: Timestamp = "2026-06-15T12:00:00Z".parse().expect("a moment");
        let policy = SprintPolicy::default();
        let from = date(2026, 6, 15);
        let planned = Planned { policy: &policy, places: &[], own: None, from, days: 14, now };
        let done = |days_ago: i64| Past {
            task: Task::bare(TaskGid::new("1"), "T", "", now - (2400).hours()),
            completed_at: Some(now - (24 * days_ago).hours()),
            actual_minutes: None,
            happenings: vec![],
        };
        let past: Vec<Past> = [1, 2, 30, 31, 50, 400].map(done).into();
        let hours: Vec<f64> = past_sprints(&past, &planned, |_| 3.0).iter().map(|s| s.hours).collect();
        assert_eq!(hours, [3.0, 6.0, 0.0, 6.0]);
    }

    fn past(hours: &[f64]) -> Vec<PastSprint> {
        hours.iter().map(|hours| PastSprint { name: String::new(), hours: *hours, tasks: 1 }).collect()
    }

    #[test]
    fn the_limit_is_an_order_statistic_of_what_was_finished() {
        let hours = |of: &[f64], finishing| velocity(past(of), 14, finishing).map(|found| found.hours);
        let nine = [90.0, 10.0, 20.0, 80.0, 30.0, 70.0, 40.0, 60.0, 50.0];
        assert_eq!(hours(&nine, 0.8), Ok(20.0));
        assert_eq!(hours(&nine, 0.5), Ok(50.0));
        assert_eq!(hours(&nine, 0.75), Ok(25.0));
        // Ninety-nine percent would need ninety-nine sprints: the least stands in for it, and says so.
        assert_eq!(hours(&nine, 0.99), Ok(10.0));
        assert!(velocity(past(&nine), 14, 0.99).expect("enough").source.contains("the least of so few"));
        assert!(velocity(past(&[5.0, 6.0]), 14, 0.8).expect_err("too few").contains("2 past sprints"));
    }
}
