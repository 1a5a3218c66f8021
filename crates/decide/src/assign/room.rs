//! A person's free hours, as tasks are given out.
//!
//! Hours are taken from the first days of a task's time. Deliberately not here: whose turn it is.

use jiff::civil::Date;
use judge::capacity::Capacity;

/// Free hours by day.
#[derive(Clone, Debug)]
pub(super) struct Room {
    days: Vec<(Date, f64)>,
}

impl Room {
    pub fn of(capacity: &Capacity) -> Room {
        let free = |hours: f64| if hours.is_finite() { hours.max(0.0) } else { 0.0 };
        Room { days: capacity.days.iter().map(|day| (day.date, free(day.free))).collect() }
    }

    /// Hours free within a task's time.
    pub fn free(&self, from: Date, due: Option<Date>) -> f64 {
        self.days.iter().filter(|(date, _)| within(*date, from, due)).map(|(_, hours)| hours).sum()
    }

    /// Takes hours, which must be free.
    pub fn take(&mut self, from: Date, due: Option<Date>, hours: f64) {
        let mut left = hours;
        for (date, free) in &mut self.days {
            if within(*date, from, due) {
                let takes = left.min(*free);
                *free -= takes;
                left -= takes;
            }
        }
    }
}

fn within(date: Date, from: Date, due: Option<Date>) -> bool {
    from <= date && due.is_none_or(|due| date <= due)
}
