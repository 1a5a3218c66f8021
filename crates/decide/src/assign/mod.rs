//! Who should do a task: the best of those who may and can, with the reasons, and why each of the others is not.
//!
//! Tasks are given out one after the other in the order they come (by rank), so that the first gets the best; what each takes is
//! taken from the days of whoever gets it. A person may if they are a member, have the skills and are below their own cap, and can
//! if their free hours within the task's time are enough for it with the wanted probability and nothing they have is done late for
//! it. Of those the one with the most points is taken: every point has its reason. What nobody got is offered again as long as
//! others were given something, so that a second assignment finds nothing that the first left.
//! Deliberately not here: what people's hours are (`judge::capacity`) and who did what before (`judge::learn::assignee`). Known limit: a task given out is never taken back for a later one; the sprint plan weighs all against all.

mod dull;
mod plan;
mod points;
mod room;
mod still;

pub use dull::dull;
pub use plan::plan_assign;
pub use points::{Contribution, For, Such};
pub use still::{Holder, still_able};

use domain::{Person, TaskGid, UserGid};
use jiff::civil::Date;
use judge::capacity::{Agenda, Work};
use judge::risk::Spread;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A task that somebody is to have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The task.
    pub task: TaskGid,
    /// Its name, for people.
    pub name: String,
    /// The hours it may take.
    pub effort: Spread,
    /// The hours it is reckoned with once somebody has it; none when nothing says so.
    pub hours: Option<f64>,
    /// The day from which it can be worked on.
    pub from: Date,
    /// The day by which it is to be done; none for the last day that is known of a person, as for a day that has passed.
    pub due: Option<Date>,
    /// Skills it asks for; empty asks for none.
    pub skills: BTreeSet<String>,
    /// What it is about, to be compared with people's focus.
    pub focus: Option<String>,
    /// Whether it is urgent work, which is to be spread over people.
    pub urgent: bool,
    /// Whether it is work nobody is eager for ([`dull()`]), which is to be spread as well.
    pub dull: bool,
    /// The chance that the task becomes a person's, 0–1, as learned from who did what.
    pub learned: BTreeMap<UserGid, f64>,
    /// People who turned it down, or who were turned down for it.
    pub refused: BTreeSet<UserGid>,
}

/// Somebody who may be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Colleague {
    /// Their hours and what is on them.
    pub agenda: Agenda,
    /// Whether they are a member of the project.
    pub member: bool,
    /// What they can do; none when nothing says so, which keeps nothing from them.
    pub skills: Option<BTreeSet<String>>,
    /// What they are on at present.
    pub focus: Option<String>,
    /// Open tasks they have.
    pub open: usize,
    /// The most open tasks they want.
    pub cap: Option<usize>,
    /// Urgent open tasks they have.
    pub urgent: usize,
    /// Dull open tasks they have.
    pub dull: usize,
    /// Tasks they were given lately, for turns.
    pub lately: usize,
}

/// How people are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// The probability with which the task is to fit into the free hours, 0.5 to 0.999.
    pub finishing: f64,
    /// Points below which nobody is suggested, 0–100.
    pub least: f64,
}

impl Default for Terms {
    /// Eighty percent; ten points, which free hours alone come to.
    fn default() -> Self {
        Self { finishing: 0.8, least: 10.0 }
    }
}

/// Why somebody was not chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Rejection {
    /// They do not belong to the project.
    NotMember,
    /// They were proposed for it before, and somebody said no.
    TurnedDown,
    /// They lack skills.
    NoSkill {
        /// What they lack.
        lacks: Vec<String>,
    },
    /// They have as many tasks as they want.
    AtCap {
        /// How many they have.
        open: usize,
        /// How many they want at most.
        cap: usize,
    },
    /// Their free hours do not suffice.
    NoRoom {
        /// Hours the task needs with the wanted probability.
        needs: f64,
        /// Hours they have free.
        has: f64,
        /// Until when.
        until: Date,
    },
    /// Their hours suffice for the task, but not for what they have beside it.
    Late {
        /// Hours that would not be done in time any more.
        over: f64,
    },
    /// Too little speaks for them.
    TooLittle {
        /// Their points.
        points: f64,
    },
    /// Somebody has more points.
    Fewer {
        /// Their points.
        points: f64,
        /// Those of the one chosen.
        best: f64,
    },
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Rejection::NotMember => f.write_str("is no member of the project"),
            Rejection::TurnedDown => f.write_str("was turned down for it before"),
            Rejection::NoSkill { lacks } => write!(f, "lacks {}", lacks.join(", ")),
            Rejection::AtCap { open, cap } => write!(f, "has {open} open tasks and wants at most {cap}"),
            Rejection::NoRoom { needs, has, until } => {
                write!(f, "has {has:.1} h free until {until}, and it needs {needs:.1} h")
            }
            Rejection::Late { over } => {
                write!(f, "would no longer do {over:.1} h of their work in time")
            }
            Rejection::TooLittle { points } => write!(f, "too little speaks for them ({points:.1} points)"),
            Rejection::Fewer { points, best } => write!(f, "{points:.1} points, {best:.1} are more"),
        }
    }
}

/// Somebody who was chosen, or could have been.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chosen {
    /// Who.
    pub person: Person,
    /// Their points, 0–100: the sum of the contributions.
    pub points: f64,
    /// What they are made of, the most first.
    pub because: Vec<Contribution>,
}

/// What was decided for a task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assignment {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// Hours set aside for it.
    pub hours: f64,
    /// Who should do it; nobody when nobody may and can.
    pub chosen: Option<Chosen>,
    /// Everybody else, in the order they were given, with why.
    pub rejected: Vec<(Person, Rejection)>,
}

impl Assignment {
    /// One sentence for a person to decide by.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.chosen {
            Some(chosen) => {
                let why: Vec<String> = chosen.because.iter().take(3).map(|c| c.why.to_string()).collect();
                let others = self.rejected.first().map(|(person, why)| format!(" {}: {why}.", person.name));
                format!("{}: {}.{}", chosen.person.name, why.join("; "), others.unwrap_or_default())
            }
            None if self.rejected.is_empty() => "Nobody: there are no people to choose from.".to_owned(),
            None => {
                let why: Vec<String> =
                    self.rejected.iter().map(|(person, why)| format!("{} {why}", person.name)).collect();
                format!("Nobody: {}.", why.join("; "))
            }
        }
    }
}

/// Gives out tasks in their order.
#[must_use]
pub fn assign(requests: &[Request], people: &[Colleague], terms: &Terms) -> Vec<Assignment> {
    let mut loads: Vec<Load> = people.iter().map(Load::of).collect();
    let mut given: Vec<Assignment> =
        requests.iter().map(|request| one(request, people, &mut loads, terms)).collect();
    let some = |given: &[Assignment]| given.iter().filter(|one| one.chosen.is_some()).count();
    let mut before = 0;
    while some(&given) > before {
        before = some(&given);
        let left = requests.iter().zip(&mut given).filter(|(_, given)| given.chosen.is_none());
        left.for_each(|(request, given)| *given = one(request, people, &mut loads, terms));
    }
    given
}

/// What somebody has, with what they were given here.
pub(crate) struct Load {
    room: room::Room,
    open: usize,
    urgent: usize,
    dull: usize,
    lately: usize,
}

impl Load {
    fn of(person: &Colleague) -> Load {
        let Colleague { open, urgent, dull, lately, .. } = *person;
        Load { room: room::Room::of(&person.agenda), open, urgent, dull, lately }
    }

    /// Takes the task on, with the room it leaves.
    fn take(&mut self, request: &Request, room: room::Room) {
        self.room = room;
        self.open += 1;
        self.lately += 1;
        self.urgent += usize::from(request.urgent);
        self.dull += usize::from(request.dull);
    }
}

fn one(request: &Request, people: &[Colleague], loads: &mut [Load], terms: &Terms) -> Assignment {
    let finishing = if terms.finishing.is_finite() { terms.finishing.clamp(0.5, 0.999) } else { 0.8 };
    // Where the hours are spread very widely, what it takes on average is more than what is enough most times.
    let needs = request.effort.enough(finishing).max(request.effort.mean());
    let mut rejected = vec![];
    let mut able: Vec<(usize, Chosen)> = vec![];
    for (at, person) in people.iter().enumerate() {
        match hindrance(request, person, &loads[at], needs) {
            Some(why) => rejected.push((at, why)),
            None => able.push((at, points::points(request, (at, person), people, (loads, needs)))),
        }
    }
    // The most points; of several the first named, so that the same question has the same answer.
    able.sort_by(|a, b| b.1.points.total_cmp(&a.1.points).then(a.0.cmp(&b.0)));
    let mut best: Option<Chosen> = None;
    for (at, one) in able {
        let points = one.points;
        let why = match &best {
            Some(best) => Rejection::Fewer { points, best: best.points },
            None if points < terms.least => Rejection::TooLittle { points },
            None => match loads[at].room.with(work(request, &people[at].agenda)) {
                Ok(room) => {
                    loads[at].take(request, room);
                    best = Some(one);
                    continue;
                }
                Err(over) => Rejection::Late { over },
            },
        };
        rejected.push((at, why));
    }
    // Those nearest to being chosen first.
    rejected.sort_by(|a, b| nearness(&b.1).total_cmp(&nearness(&a.1)).then(a.0.cmp(&b.0)));
    let rejected = rejected.into_iter().map(|(at, why)| (people[at].agenda.person.clone(), why)).collect();
    let (task, name) = (request.task.clone(), request.name.clone());
    Assignment { task, name, hours: needs, chosen: best, rejected }
}

/// The task as somebody's own.
fn work(request: &Request, agenda: &Agenda) -> Work {
    Work {
        task: request.task.clone(),
        project: agenda.project.clone(),
        hours: request.hours,
        from: Some(request.from),
        due: request.due,
    }
}

/// The last day of a task's time; none when it has passed: what is late is done as soon as somebody can.
fn until(request: &Request, agenda: &Agenda) -> Option<Date> {
    request.due.filter(|due| *due >= agenda.today)
}

fn nearness(why: &Rejection) -> f64 {
    match why {
        Rejection::Fewer { points, .. } | Rejection::TooLittle { points } => *points,
        Rejection::Late { .. } => -0.5,
        Rejection::NoRoom { .. } => -1.0,
        Rejection::AtCap { .. } => -2.0,
        Rejection::NoSkill { .. } => -3.0,
        Rejection::TurnedDown => -4.0,
        Rejection::NotMember => -5.0,
    }
}

/// Why somebody may or can not have the task.
fn hindrance(request: &Request, person: &Colleague, load: &Load, needs: f64) -> Option<Rejection> {
    if !person.member {
        return Some(Rejection::NotMember);
    }
    if request.refused.contains(&person.agenda.person.gid) {
        return Some(Rejection::TurnedDown);
    }
    if let Some(skills) = &person.skills {
        let lacks: Vec<String> = request.skills.difference(skills).cloned().collect();
        if !lacks.is_empty() {
            return Some(Rejection::NoSkill { lacks });
        }
    }
    if let Some(cap) = person.cap.filter(|cap| load.open >= *cap) {
        return Some(Rejection::AtCap { open: load.open, cap });
    }
    let due = until(request, &person.agenda);
    let has = load.room.free(request.from, due);
    (has < needs).then_some(Rejection::NoRoom { needs, has, until: due.unwrap_or(person.agenda.to) })
}
