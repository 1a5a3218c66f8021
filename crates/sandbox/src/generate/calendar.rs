//! When people work: time zones, working days, absences, and sprints. Days are counted from 1970-01-01.
//!
//! Known limit: a time zone is a fixed distance to UTC; nobody's clock changes in summer.

use super::dice::Dice;
use jiff::ToSpan;
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;

pub(super) const HOUR: i64 = 60 * 60;
pub(super) const DAY: i64 = 24 * HOUR;
/// A longer absence than this ends the search for a working day; nobody is away so long.
const LONGEST_SEARCH_DAYS: i64 = 90;

/// The working hours of one person.
#[derive(Debug, Clone)]
pub(super) struct Hours {
    /// Hours before UTC.
    pub(super) offset: i64,
    /// Local hour the day begins at.
    pub(super) begin: i64,
    /// Hours a day.
    pub(super) length: i64,
    /// Monday first.
    pub(super) days: [bool; 7],
    /// First and last day of every absence.
    pub(super) away: Vec<(i64, i64)>,
}

impl Hours {
    pub(super) fn works_on(&self, day: i64) -> bool {
        self.days[weekday(day)] && self.away.iter().all(|(first, last)| day < *first || day > *last)
    }

    /// The local day of a moment.
    pub(super) fn day(&self, at: i64) -> i64 {
        (at + self.offset * HOUR).div_euclid(DAY)
    }

    /// The first moment from `at` on at which the person is at work, or a little later.
    pub(super) fn moment(&self, at: i64, dice: &mut Dice) -> i64 {
        let today = self.day(at);
        let begin = |day: i64| day * DAY + (self.begin - self.offset) * HOUR;
        if self.works_on(today) {
            let later = at.max(begin(today)) + dice.between(20, 900);
            let morning = if at < begin(today) { dice.between(0, 2 * HOUR) } else { 0 };
            if later + morning <= begin(today) + self.length * HOUR {
                return later + morning;
            }
        }
        let next = (today + 1..today + LONGEST_SEARCH_DAYS).find(|day| self.works_on(*day));
        begin(next.unwrap_or(today + 1)) + dice.between(0, self.length * HOUR)
    }
}

/// 0 is Monday; 1970-01-01 was a Thursday.
pub(super) fn weekday(day: i64) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}

/// `YYYY-MM-DD`.
pub(super) fn day_text(day: i64) -> String {
    day_date(day).to_string()
}

pub(super) fn day_date(day: i64) -> Date {
    date(1970, 1, 1).checked_add(day.days()).unwrap_or(Date::MAX)
}

/// The number of a day.
pub(super) fn day_number(day: Date) -> i64 {
    let midnight = day.to_datetime(Time::midnight()).to_zoned_datetime(TimeZone::UTC);
    midnight.map_or(0, |at| at.timestamp().as_second().div_euclid(DAY))
}

/// Sprints of equal length, back to back; the first begins on a Monday.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sprints {
    first_day: i64,
    days: i64,
}

impl Sprints {
    pub(super) fn new(start: i64, days: u32) -> Self {
        let first = start.div_euclid(DAY);
        let to_monday = i64::try_from(weekday(first)).unwrap_or(0);
        Self { first_day: first - to_monday, days: i64::from(days) }
    }

    /// The sprint of a moment, counted from 0.
    pub(super) fn at(self, at: i64) -> i64 {
        (at.div_euclid(DAY) - self.first_day).div_euclid(self.days)
    }

    /// The moment a sprint begins, noon of its first day.
    pub(super) fn begin(self, sprint: i64) -> i64 {
        (self.first_day + sprint * self.days) * DAY + 12 * HOUR
    }
}
