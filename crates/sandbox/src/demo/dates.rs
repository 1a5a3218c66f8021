//! When things happen: creation in proportion to the real moments, due and start dates by chance.

use super::some_of;
use crate::import::{Row, When};
use fastrand::Rng;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Age of the newest task.
const NEWEST_DAYS: i64 = 3;
/// Age of the oldest task, about 18 months.
const OLDEST_DAYS: i64 = 545;
/// Due dates this many days ago are overdue, and belong to tasks that are older than a month.
const OVERDUE_DAYS: std::ops::RangeInclusive<i32> = 1..=9;
const OVERDUE: usize = 10;
const SOON_DAYS: std::ops::RangeInclusive<i32> = 1..=42;
const LATER_DAYS: std::ops::RangeInclusive<i32> = 43..=180;
/// Days of work between start and due date.
const WORK_DAYS: std::ops::RangeInclusive<i32> = 3..=20;

/// Moves creation into the last 18 months; the tasks stay as far apart, in proportion, as they were.
pub(super) fn age(rows: &mut [Row], now: Timestamp) {
    let created = || rows.iter().filter_map(|row| row.created);
    let (Some(oldest), Some(newest)) = (created().min(), created().max()) else {
        return;
    };
    let real_span = (newest.as_second() - oldest.as_second()).max(1);
    let span = (OLDEST_DAYS - NEWEST_DAYS) * DAY_SECONDS;
    for row in rows {
        let before_newest = row.created.map_or(0, |at| newest.as_second() - at.as_second());
        let age = NEWEST_DAYS * DAY_SECONDS + before_newest * span / real_span;
        row.created = now.checked_sub(SignedDuration::from_secs(age)).ok();
    }
}

/// Due dates for a third of the tasks, start dates for half of those.
pub(super) fn plan(rows: &mut [Row], now: Timestamp, random: &mut Rng) {
    let today = today(now);
    let dated = some_of(0..rows.len(), rows.len() / 3, random);
    let month_old = now.checked_sub(SignedDuration::from_secs(30 * DAY_SECONDS)).unwrap_or(now);
    let old = dated.iter().copied().filter(|nth| rows[*nth].created.is_some_and(|at| at < month_old));
    let overdue = some_of(old, OVERDUE, random);
    let started = some_of(dated.iter().copied(), dated.len() / 2, random);
    for nth in dated {
        let days = if overdue.contains(&nth) {
            -random.i32(OVERDUE_DAYS)
        } else if random.f64() < 0.8 {
            random.i32(SOON_DAYS)
        } else {
            random.i32(LATER_DAYS)
        };
        let due = shifted(today, days);
        let start = shifted(due, -random.i32(WORK_DAYS));
        let created = rows[nth].created.map_or(start, |at| When::At(at).date());
        rows[nth].due = Some(When::Day(due));
        rows[nth].start = started.contains(&nth).then(|| When::Day(start.max(created)));
    }
}

/// The UTC day of a moment.
pub(super) fn today(now: Timestamp) -> Date {
    now.to_zoned_datetime(TimeZone::UTC).date()
}

/// A day some days on; the same day at the ends of time.
pub(super) fn shifted(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}
