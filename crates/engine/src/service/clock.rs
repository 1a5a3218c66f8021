//! When a schedule fires: cron expressions on a wall clock, through changes of summer time.
//!
//! The search is `croner`'s; this file lends it jiff's time zones. A moment that the clock skips fires as `croner` decides (a fixed
//! hour fires right after the gap), one that comes twice fires once. Deliberately not here: firing (`beat`).

use croner::Cron;
use croner::errors::CronError;
use croner::time::{CivilDateTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use std::cmp::Ordering;
use std::str::FromStr as _;

/// The first moment after `now` that a cron expression names in a zone.
///
/// # Errors
/// An expression or zone that is none, or one that never comes, in words.
pub fn next(expression: &str, zone: &str, now: Timestamp) -> Result<Timestamp, String> {
    let wrong = |why: CronError| format!("“{expression}” is no cron expression: {why}");
    let cron = Cron::from_str(expression).map_err(wrong)?;
    let zone = TimeZone::get(zone)
        .map_err(|_| format!("“{zone}” is no time zone; use an IANA name such as Europe/Berlin"))?;
    let found = cron.find_next_occurrence(&Local { at: now, zone }, false);
    found.map(|local| local.at).map_err(|why| format!("“{expression}” never comes: {why}"))
}

/// An instant on a wall clock.
#[derive(Clone)]
struct Local {
    at: Timestamp,
    zone: TimeZone,
}

impl Local {
    fn wall(&self) -> DateTime {
        self.zone.to_datetime(self.at)
    }

    fn with(&self, at: Result<Timestamp, jiff::Error>) -> Result<Local, CronError> {
        Ok(Local { at: at.map_err(|_| CronError::InvalidTime)?, zone: self.zone.clone() })
    }
}

/// Parts of jiff's dates and times are in range and not negative.
fn part(number: i8) -> u32 {
    u32::from(number.unsigned_abs())
}

fn back(number: u32) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

impl CronDateTime for Local {
    fn to_civil(&self) -> CivilDateTime {
        let wall = self.wall();
        CivilDateTime::from_ymd_hms_opt(
            wall.year().into(),
            part(wall.month()),
            part(wall.day()),
            part(wall.hour()),
            part(wall.minute()),
            part(wall.second()),
        )
        .unwrap_or_else(|| {
            CivilDateTime::new(
                croner::time::CivilDate::from_parts_unchecked(1970, 1, 1),
                croner::time::CivilTime::MIDNIGHT,
            )
        })
    }

    fn civil_weekday(&self) -> Weekday {
        Weekday::from_days_from_sunday(part(self.wall().weekday().to_sunday_zero_offset()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let year = i16::try_from(civil.year()).map_err(|_| CronError::InvalidDate)?;
        let (hour, minute, second) = (back(civil.hour()), back(civil.minute()), back(civil.second()));
        let wall = DateTime::new(year, back(civil.month()), back(civil.day()), hour, minute, second, 0)
            .map_err(|_| CronError::InvalidDate)?;
        let ambiguous = self.zone.to_ambiguous_timestamp(wall);
        Ok(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => Resolution::Single(self.with(ambiguous.unambiguous())?),
            AmbiguousOffset::Fold { .. } => {
                Resolution::Ambiguous(self.with(ambiguous.earlier())?, self.with(ambiguous.later())?)
            }
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        self.with(self.at.checked_add(SignedDuration::from_secs(seconds))).ok()
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}

#[cfg(test)]
mod tests {
    use super::next;

    fn after(expression: &str, zone: &str, now: &str) -> String {
        next(expression, zone, now.parse().expect("a moment")).expect("a next moment").to_string()
    }

    #[test]
    fn weekdays_at_seven_in_the_teams_own_zone() {
        assert_eq!(after("0 7 * * 1-5", "Europe/Berlin", "2026-11-27T06:00:00Z"), "2026-11-30T06:00:00Z");
        assert_eq!(after("0 7 * * 1-5", "America/New_York", "2026-11-27T06:00:00Z"), "2026-11-27T12:00:00Z");
        assert_eq!(after("*/15 * * * *", "UTC", "2026-11-27T06:07:00Z"), "2026-11-27T06:15:00Z");
        assert_eq!(after("0 9 L * *", "UTC", "2026-02-01T00:00:00Z"), "2026-02-28T09:00:00Z");
    }

    /// Berlin, 2026: the clock goes from 2 to 3 on 29 March, and from 3 back to 2 on 25 October.
    #[test]
    fn a_skipped_hour_fires_once_and_a_doubled_one_once() {
        let zone = "Europe/Berlin";
        let spring = after("30 2 * * *", zone, "2026-03-28T12:00:00Z");
        assert_eq!(spring, "2026-03-29T01:00:00Z");
        assert_eq!(after("30 2 * * *", zone, &spring), "2026-03-30T00:30:00Z");
        let autumn = after("30 2 * * *", zone, "2026-10-24T12:00:00Z");
        assert_eq!(autumn, "2026-10-25T00:30:00Z");
        assert_eq!(after("30 2 * * *", zone, &autumn), "2026-10-26T01:30:00Z");
        // The hour of work stays the hour of work.
        assert_eq!(after("0 7 * * *", zone, "2026-03-28T12:00:00Z"), "2026-03-29T05:00:00Z");
        assert_eq!(after("0 7 * * *", zone, "2026-10-24T12:00:00Z"), "2026-10-25T06:00:00Z");
    }

    #[test]
    fn what_is_no_schedule_is_said_so() {
        let now = "2026-11-27T06:00:00Z".parse().expect("a moment");
        assert!(next("every day", "UTC", now).expect_err("no expression").contains("every day"));
        assert!(next("0 7 * * *", "Mars/Base", now).expect_err("no zone").contains("Mars/Base"));
        assert!(next("0 0 30 2 *", "UTC", now).is_err());
    }
}
