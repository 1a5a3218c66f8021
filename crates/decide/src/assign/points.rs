//! The points that speak for somebody, each with its reason.
//!
//! Five parts that add to 100: what was learned from who did what (40), room in the task's time (25), focus (15), an even share of
//! urgent and dull work (10), and turns (10). The learned part is a share of the likeliest person's chance, so that it does not
//! shrink with the number of people. The sizes were set, not fitted: what was learned weighs most because it is what was measured.
//! Deliberately not here: who may not have the task at all.

use super::{Chosen, Colleague, Load, Request};
use serde::Serialize;

const LEARNED: f64 = 40.0;
const ROOM: f64 = 25.0;
const FOCUS: f64 = 15.0;
const FAIR: f64 = 10.0;
const TURN: f64 = 10.0;
/// Times the hours it needs that count as all the room there can be.
const PLENTY: f64 = 4.0;

/// Work that is to be spread over people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Such {
    /// What cannot wait.
    Urgent,
    /// What nobody is eager for.
    Dull,
}

/// What speaks for somebody.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum For {
    /// They did such work before.
    Learned {
        /// The chance that it becomes theirs, percent.
        percent: f64,
    },
    /// They have time.
    Room {
        /// Hours free within the task's time.
        free: f64,
        /// Hours it needs.
        needs: f64,
    },
    /// It is about what they are on.
    Focus {
        /// What that is.
        on: String,
    },
    /// They have less of such work than others: of urgent work, or of dull.
    Fair {
        /// Which work.
        of: Such,
        /// Such tasks they have.
        has: usize,
        /// What others have on average.
        others: f64,
    },
    /// It is their turn.
    Turn {
        /// Tasks they were given lately.
        lately: usize,
    },
}

impl std::fmt::Display for For {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            For::Learned { percent } => write!(f, "did such work before ({percent:.0} % by past tasks)"),
            For::Room { free, needs } => write!(f, "has {free:.0} h free where it needs {needs:.0} h"),
            For::Focus { on } => write!(f, "is on {on}"),
            // As it was said before dull work was told apart: plans of that time are made again to the letter.
            For::Fair { of: Such::Urgent, has, others } => {
                write!(f, "has {has} such tasks where others have {others:.1}")
            }
            For::Fair { of: Such::Dull, has, others } => {
                write!(f, "has {has} dull tasks where others have {others:.1}")
            }
            For::Turn { lately } => write!(f, "was given {lately} tasks lately"),
        }
    }
}

/// Points with their reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contribution {
    /// How many.
    pub points: f64,
    /// Why.
    pub why: For,
}

/// The points of one person, by place among the people. `needs` are the hours the task needs.
pub(super) fn points(
    request: &Request,
    (at, person): (usize, &Colleague),
    people: &[Colleague],
    (loads, needs): (&[Load], f64),
) -> Chosen {
    let mut because = vec![];
    let mut add = |most: f64, strength: f64, why: For| {
        // Tenths, so that what people see adds up.
        let points = (most * strength.clamp(0.0, 1.0) * 10.0).round() / 10.0;
        if points > 0.0 {
            because.push(Contribution { points, why });
        }
    };
    let chance = |person: &Colleague| {
        let learned = request.learned.get(&person.agenda.person.gid).copied().unwrap_or_default();
        if learned.is_finite() { learned.clamp(0.0, 1.0) } else { 0.0 }
    };
    let likeliest = people.iter().map(chance).fold(0.0, f64::max);
    if likeliest > 0.0 {
        let own = chance(person);
        add(LEARNED, own / likeliest, For::Learned { percent: 100.0 * own });
    }
    let load = &loads[at];
    let free = load.room.free(request.from, super::until(request, &person.agenda));
    let room = if needs > 0.0 { free / (PLENTY * needs) } else { 1.0 };
    add(ROOM, room, For::Room { free, needs });
    if let (Some(on), Some(about)) = (&person.focus, &request.focus)
        && on.trim().eq_ignore_ascii_case(about.trim())
    {
        add(FOCUS, 1.0, For::Focus { on: on.clone() });
    }
    let kinds: [(bool, Such, Count); 2] =
        [(request.urgent, Such::Urgent, |load| load.urgent), (request.dull, Such::Dull, |load| load.dull)];
    let of_it = kinds.iter().filter(|(is, ..)| *is).count();
    for (_, of, such) in kinds.into_iter().filter(|(is, ..)| *is) {
        let (strength, others) = less_than_others(loads, at, such);
        // What is both is spread by both.
        add(FAIR / of_it as f64, strength, For::Fair { of, has: such(load), others });
    }
    let (strength, _) = less_than_others(loads, at, |load| load.lately);
    add(TURN, strength, For::Turn { lately: load.lately });
    because.sort_by(|a, b| b.points.total_cmp(&a.points));
    let tenths: f64 = because.iter().map(|c| (c.points * 10.0).round()).sum();
    Chosen { person: person.agenda.person.clone(), points: tenths / 10.0, because }
}

/// How many of something somebody has.
type Count = fn(&Load) -> usize;

/// How much less somebody has than the others, 0 for twice their mean and more, a half for as much, 1 for nothing; and that mean.
fn less_than_others(loads: &[Load], at: usize, of: impl Fn(&Load) -> usize) -> (f64, f64) {
    let others: Vec<f64> =
        loads.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, load)| of(load) as f64).collect();
    let mean = others.iter().sum::<f64>() / others.len().max(1) as f64;
    let own = of(&loads[at]) as f64;
    let strength = if mean > 0.0 {
        1.0 - own / (2.0 * mean)
    } else if own > 0.0 {
        0.0
    } else {
        0.5
    };
    (strength, mean)
}
