//! When a person works: hours by weekday, holidays, and the zone in which their days begin.
//!
//! A working day is a span of the person's own clock, so that hours are what passes between its two ends: a night shift over
//! the change to summer time is an hour shorter, one over the change back an hour longer.
//! Deliberately not here: finding a zone by its name (that reads files), and which days are holidays where.
//! Known limit: one span a day, without breaks.

use super::Hours;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use std::collections::BTreeSet;

/// Hours in a day: no working day is longer.
const LONGEST: f64 = 24.0;

/// A calendar that cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CalendarError {
    /// A weekday's hours are no number between 0 and 24.
    #[error("{day} has {hours} working hours: write a number from 0 to 24")]
    Hours {
        /// The weekday, in English.
        day: &'static str,
        /// What was given.
        hours: f64,
    },
}

/// When somebody works.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    zone: TimeZone,
    hours: [f64; 7],
    starts: Time,
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// A calendar of `hours` a day from Monday to Sunday, each day beginning at `starts` of the zone's clock.
    ///
    /// # Errors
    /// When the hours of a day are no number from 0 to 24.
    pub fn new(zone: TimeZone, hours: [f64; 7], starts: Time) -> Result<Calendar, CalendarError> {
        const DAYS: [&str; 7] =
            ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let wrong = hours.iter().position(|h| !(0.0..=LONGEST).contains(h));
        match wrong {
            Some(at) => Err(CalendarError::Hours { day: DAYS[at], hours: hours[at] }),
            None => Ok(Calendar { zone, hours, starts, holidays: BTreeSet::new() }),
        }
    }

    /// Eight hours from Monday to Friday, from nine o'clock of that zone.
    #[must_use]
    pub fn usual(zone: TimeZone) -> Calendar {
        Calendar::weekly(zone, Hours::usual())
    }

    /// These hours, from nine o'clock of that zone.
    #[must_use]
    pub fn weekly(zone: TimeZone, Hours(hours): Hours) -> Calendar {
        Calendar { zone, hours, starts: Time::constant(9, 0, 0, 0), holidays: BTreeSet::new() }
    }

    /// The same with these days off.
    #[must_use]
    pub fn with_holidays(mut self, holidays: impl IntoIterator<Item = Date>) -> Calendar {
        self.holidays.extend(holidays);
        self
    }

    /// The same with every day's hours times `factor`, which is cut to what a day can hold.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Calendar {
        let factor = if factor.is_finite() { factor.max(0.0) } else { 1.0 };
        self.hours.iter_mut().for_each(|h| *h = (*h * factor).min(LONGEST));
        self
    }

    /// The same with so many hours a week, as they are spread over its days; from Monday to Friday where it has none.
    #[must_use]
    pub fn lasting(self, hours: f64) -> Calendar {
        let Hours(usual) = Hours::usual();
        let calendar = if self.week() > 0.0 { self } else { Calendar { hours: usual, ..self } };
        let factor = hours / calendar.week();
        calendar.scaled(factor)
    }

    /// Hours of an ordinary week.
    #[must_use]
    pub fn week(&self) -> f64 {
        self.hours.iter().sum()
    }

    /// Whether that day is a holiday.
    #[must_use]
    pub fn is_holiday(&self, date: Date) -> bool {
        self.holidays.contains(&date)
    }

    /// The date of a moment on this person's clock.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Date {
        at.to_zoned_datetime(self.zone.clone()).date()
    }

    /// Working hours of that date from `since` on; all of them when the working day has not begun then.
    #[must_use]
    pub fn hours_on(&self, date: Date, since: Timestamp) -> f64 {
        let Some((begin, end)) = self.span(date) else { return 0.0 };
        let begin = begin.max(since);
        if end <= begin { 0.0 } else { end.duration_since(begin).as_secs_f64() / 3600.0 }
    }

    /// Working hours of that date by the week alone: no zone, no holiday.
    #[must_use]
    pub fn hours_of(&self, day: Weekday) -> f64 {
        self.hours[day.to_monday_zero_offset() as usize]
    }

    /// The working day of that date; none on days off.
    fn span(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let hours = self.hours_of(date.weekday());
        if hours <= 0.0 || self.is_holiday(date) {
            return None;
        }
        let begin = date.to_datetime(self.starts);
        let end = begin.checked_add(((hours * 3600.0).round() as i64).seconds()).ok()?;
        let at =
            |of: jiff::civil::DateTime| of.to_zoned_datetime(self.zone.clone()).ok().map(|z| z.timestamp());
        Some((at(begin)?, at(end)?))
    }
}
