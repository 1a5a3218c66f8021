//! The dates of a backlog: a day, or a moment in any of the spellings trackers export.
//!
//! Understood: `2011-03-01`, `2011-03-01 11:50:45`, `2007-07-08T11:33:06`, each moment with fractions and with `Z`,
//! `+02:00` or `+0200` when given. A moment without a zone is taken as UTC.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A day or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Day(Date),
    At(Timestamp),
}

impl When {
    /// Reads any of the spellings.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // The parser knows shorter spellings too; `20110301` may as well be a number of something.
        let dashed = |at: usize| text.as_bytes().get(at) == Some(&b'-');
        if !dashed(4) || !dashed(7) {
            return None;
        }
        if text.len() == 10 {
            return text.parse().ok().map(Self::Day);
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(Self::At(whole_milliseconds(at)));
        }
        let at = text.parse::<DateTime>().ok()?.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
        Some(Self::At(whole_milliseconds(at)))
    }

    /// `YYYY-MM-DD`, in UTC.
    pub(crate) fn day(self) -> String {
        self.date().to_string()
    }

    pub(crate) fn date(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::At(at) => at.to_zoned_datetime(TimeZone::UTC).date(),
        }
    }

    /// The moment, when one was given.
    pub(crate) fn moment(self) -> Option<Timestamp> {
        match self {
            Self::Day(_) => None,
            Self::At(at) => Some(at),
        }
    }

    /// The moment, or the day's midnight in UTC.
    pub(crate) fn begin(self) -> Timestamp {
        let midnight = |date: Date| date.to_datetime(Time::midnight()).to_zoned_datetime(TimeZone::UTC);
        match self {
            Self::Day(date) => midnight(date).map_or(Timestamp::MIN, |at| at.timestamp()),
            Self::At(at) => at,
        }
    }
}

/// Asana keeps milliseconds.
fn whole_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::When;

    #[test]
    fn every_spelling_of_a_moment_is_the_same_moment() {
        let at = When::parse("2011-03-01T11:50:45Z");
        assert!(at.is_some());
        for text in [
            "2011-03-01 11:50:45",
            "2011-03-01T11:50:45",
            "2011-03-01T11:50:45.000+0000",
            "2011-03-01T13:50:45+02:00",
            "2011-03-01 11:50:45.000000Z",
        ] {
            assert_eq!(When::parse(text), at, "{text}");
        }
        assert_eq!(When::parse("2011-03-01").map(When::day).as_deref(), Some("2011-03-01"));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "20110301", "2011-13-01", "2011-02-30", "yesterday", "2011-03-01T25:00:00", "1.3.2011"]
        {
            assert_eq!(When::parse(text), None, "{text}");
        }
    }
}
