//! A person's free hours, as tasks are given out.
//!
//! What they were given is laid over their days by the very rule that the next look at their open work follows
//! (`judge::capacity`), so that giving out twice gives out no more than giving out once.
//! Deliberately not here: whose turn it is.

use jiff::civil::Date;
use judge::capacity::{Agenda, Capacity, Work};

/// Hours that are nothing: what sums of fractions are off by.
const NOTHING: f64 = 1e-6;

/// Somebody's work, and the hours it leaves.
#[derive(Clone, Debug)]
pub(super) struct Room {
    agenda: Agenda,
    capacity: Capacity,
}

impl Room {
    pub fn of(agenda: &Agenda) -> Room {
        Room { capacity: agenda.capacity(), agenda: agenda.clone() }
    }

    /// Hours free within a task's time, as far as days are known.
    pub fn free(&self, from: Date, due: Option<Date>) -> f64 {
        self.capacity.free(from, due.unwrap_or(Date::MAX))
    }

    /// The same with one more task.
    ///
    /// # Errors
    /// The hours of this and their other work that would not be done in time any more.
    pub fn with(&self, work: Work) -> Result<Room, f64> {
        let more = Room::of(&self.agenda.with(work));
        let over = more.capacity.over - self.capacity.over;
        if over > NOTHING { Err(over) } else { Ok(more) }
    }
}
