//! Week by week: what people said to what was suggested, and what they set in its place.
//!
//! Weeks are UTC's and begin on Mondays; a week without anything is told too, so that the course has no gaps.

use super::cache::Views;
use crate::approvals::{answered, count_answer};
use crate::error::EngineError;
use domain::ProjectGid;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, civil::Date};
use schemars::JsonSchema;
use serde::Serialize;
use store::ApprovalQuery;

/// Weeks told of, the present one included: a quarter.
const WEEKS: i64 = 13;

/// What people did with suggestions in one week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WeekOfPeople {
    /// Its Monday.
    #[schemars(with = "String", extend("format" = "date"))]
    pub monday: Date,
    /// Suggestions a person said yes to.
    pub yes: usize,
    /// Suggestions a person said no to.
    pub no: usize,
    /// Values of Upnext's that a person replaced, told by when they did, or by when a run found it where Asana does not say.
    pub replaced: usize,
}

impl Views {
    /// The last weeks of a project, oldest first.
    pub(crate) async fn course(
        &self,
        project: &ProjectGid,
        now: Timestamp,
    ) -> Result<Vec<WeekOfPeople>, EngineError> {
        let mut weeks = weeks(now);
        let since = weeks.first().and_then(|week| TimeZone::UTC.to_timestamp(week.monday.into()).ok());
        let since = since.unwrap_or(now);
        let query = ApprovalQuery {
            project: Some(project.clone()),
            settled_since: Some(since),
            ..ApprovalQuery::default()
        };
        for (at, yes) in self.store.approvals(&query).await?.iter().filter_map(answered) {
            if let Some(week) = week_of(&mut weeks, at) {
                count_answer(yes, (&mut week.yes, &mut week.no));
            }
        }
        // One that was found since may have been made before: it belongs to no week that is told.
        for row in self.store.overrides_since(project, since, u32::MAX).await? {
            if let Some(week) = week_of(&mut weeks, row.found.at.unwrap_or(row.recorded_at)) {
                week.replaced += 1;
            }
        }
        Ok(weeks)
    }
}

fn monday(at: Timestamp) -> Date {
    let day = TimeZone::UTC.to_datetime(at).date();
    day - i64::from(day.weekday().to_monday_zero_offset()).days()
}

fn weeks(now: Timestamp) -> Vec<WeekOfPeople> {
    let last = monday(now);
    (0..WEEKS)
        .rev()
        .map(|back| WeekOfPeople { monday: last - back.weeks(), yes: 0, no: 0, replaced: 0 })
        .collect()
}

fn week_of(weeks: &mut [WeekOfPeople], at: Timestamp) -> Option<&mut WeekOfPeople> {
    let monday = monday(at);
    weeks.iter_mut().find(|week| week.monday == monday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_weeks_ends_with_the_present_one() {
        // A Sunday: its week began six days before.
        let now: Timestamp = "2026-03-01T23:59:59Z".parse().unwrap();
        let mut weeks = weeks(now);
        assert_eq!(weeks.len(), 13);
        assert_eq!(weeks[12].monday.to_string(), "2026-02-23");
        assert_eq!(weeks[0].monday.to_string(), "2025-12-01");
        week_of(&mut weeks, now).unwrap().yes += 1;
        week_of(&mut weeks, "2025-12-07T12:00:00Z".parse().unwrap()).unwrap().no += 1;
        assert_eq!((weeks[12].yes, weeks[0].no), (1, 1));
        assert!(week_of(&mut weeks, "2025-11-30T23:59:59Z".parse().unwrap()).is_none());
        assert!(week_of(&mut weeks, "2026-03-02T00:00:00Z".parse().unwrap()).is_none());
    }
}
