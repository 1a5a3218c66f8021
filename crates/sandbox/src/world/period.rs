//! Time periods: the fiscal years, halves and quarters that goals are set for.
//!
//! They are there from the start, two years back and two ahead; the fiscal year is the calendar year.

use super::{Gid, Kind, World};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A fiscal year, half or quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimePeriod {
    /// `FY`, `H1`, `H2`, `Q1` … `Q4`.
    pub period: String,
    /// First day.
    pub start_on: Date,
    /// Last day.
    pub end_on: Date,
    /// The half of a quarter, the year of a half.
    pub parent: Option<Gid>,
}

/// Each with its first month, its length in months and its parent in this list.
const CADENCES: [(&str, i8, i8, Option<usize>); 7] = [
    ("FY", 1, 12, None),
    ("H1", 1, 6, Some(0)),
    ("H2", 7, 6, Some(0)),
    ("Q1", 1, 3, Some(1)),
    ("Q2", 4, 3, Some(1)),
    ("Q3", 7, 3, Some(2)),
    ("Q4", 10, 3, Some(2)),
];

/// Below every gid that is issued, so that these take none away from a seed's sequence.
const FIRST_GID: u64 = 1_100_000_000_000_000;

impl TimePeriod {
    /// As Asana shows it: `Q1 FY22`, `FY22`.
    #[must_use]
    pub fn display_name(&self) -> String {
        let year = self.start_on.year() % 100;
        if self.period == "FY" { format!("FY{year:02}") } else { format!("{} FY{year:02}", self.period) }
    }
}

impl World {
    /// Fills in the periods around the world's day.
    pub(super) fn lay_out_time_periods(&mut self) {
        let this_year = self.now().to_zoned_datetime(TimeZone::UTC).year();
        for year in this_year - 2..=this_year + 2 {
            let gid = |at: usize| (FIRST_GID + u64::from(year.unsigned_abs()) * 10 + at as u64).to_string();
            for (at, (period, month, months, parent)) in CADENCES.into_iter().enumerate() {
                let start_on = date(year, month, 1);
                let end_on = date(year, month + months - 1, 1).last_of_month();
                let period =
                    TimePeriod { period: period.to_owned(), start_on, end_on, parent: parent.map(gid) };
                self.kinds.insert(gid(at), Kind::TimePeriod);
                self.time_periods.insert(gid(at), period);
            }
        }
    }
}
