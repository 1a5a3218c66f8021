//! Whether people still can have what questions would give them, when those are answered.
//!
//! A question waits for days, and people's hours fill meanwhile. Deliberately not here: who is the best (`assign`), and the margin for
//! a task that takes longer than expected, which whoever says yes may do without.

use super::Rejection;
use super::room::Room;
use domain::UserGid;
use judge::capacity::{Agenda, Work};

/// What somebody has on them who is to keep what a question would give them.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// Their hours and what is on them.
    pub agenda: Agenda,
    /// Whether they are a member of the project.
    pub member: bool,
    /// Open tasks they have.
    pub open: usize,
    /// The most open tasks they want.
    pub cap: Option<usize>,
}

/// Why somebody cannot have a task any more, for each task in the order in which they are given out; none where they can.
///
/// What a task takes is gone for the next of the same person. Who is not among the people is no member of the project.
#[must_use]
pub fn still_able(given: &[(UserGid, Work)], people: &[Holder]) -> Vec<Option<Rejection>> {
    let mut loads: Vec<(Room, usize)> =
        people.iter().map(|person| (Room::of(&person.agenda), person.open)).collect();
    let able = |(who, work): &(UserGid, Work)| {
        let known = people.iter().zip(&mut loads).find(|(person, _)| person.agenda.person.gid == *who);
        let Some((person, (room, open))) = known.filter(|(person, _)| person.member) else {
            return Some(Rejection::NotMember);
        };
        if let Some(cap) = person.cap.filter(|cap| *open >= *cap) {
            return Some(Rejection::AtCap { open: *open, cap });
        }
        match room.with(work.clone()) {
            Ok(with) => {
                (*room, *open) = (with, *open + 1);
                None
            }
            Err(over) => Some(Rejection::Late { over }),
        }
    };
    given.iter().map(able).collect()
}
