//! What holds of people of whom nothing else is known: the team's time zone, working days and holidays.
//!
//! Holidays are everybody's. Deliberately not here: which fields of people say otherwise (`people`).

use domain::fit;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use judge::capacity::{Calendar, Hours, Source, Week};

/// Letters that are told of what somebody wrote.
const TOLD: usize = 40;

/// When people work whose own fields do not say.
#[derive(Clone, Debug)]
pub struct TeamTime {
    zone: TimeZone,
    /// As it is configured.
    zone_name: String,
    hours: Hours,
    /// As they are configured.
    days: String,
    holidays: Vec<Date>,
}

impl TeamTime {
    /// A team whose clocks show that zone, that works on these days, such as `Mon-Fri` or `Mon-Thu 9, Fri 4`, and never on those
    /// dates.
    ///
    /// # Errors
    /// What cannot be understood, in words that begin with its path in the configuration.
    pub fn new(zone: &str, days: &str, holidays: &[String]) -> Result<TeamTime, String> {
        let known = TimeZone::get(zone).map_err(|_| {
            format!("time.zone: “{zone}” is no time zone; use an IANA name such as Europe/Berlin")
        })?;
        let hours = Hours::parse(days).map_err(|why| {
            format!("time.working_days: {why}; write days such as “Mon-Fri” or “Mon-Thu 9, Fri 4”")
        })?;
        let date = |(at, text): (usize, &String)| {
            text.parse::<Date>()
                .map_err(|_| format!("time.holidays[{at}]: “{text}” is no date; write it like 2026-12-25"))
        };
        let holidays = holidays.iter().enumerate().map(date).collect::<Result<_, _>>()?;
        Ok(TeamTime { zone: known, zone_name: zone.to_owned(), hours, days: days.to_owned(), holidays })
    }

    /// The zone of somebody whose field says this, and what is to be said where the team's is taken instead.
    pub(super) fn zone_of(&self, said: Option<(&str, &str)>) -> (TimeZone, Option<String>) {
        let team = &self.zone_name;
        let why = match said {
            Some((field, text)) => match TimeZone::get(text.trim()) {
                Ok(zone) => return (zone, None),
                Err(_) => format!("“{}” ({field}) is no time zone", fit(text, TOLD)),
            },
            None => "no time zone is known".into(),
        };
        (self.zone.clone(), Some(format!("{why}, so {team} is taken (time.zone)")))
    }

    /// The week of somebody whose field says this, if one does, and what is to be said where it is not understood.
    pub(super) fn week_of(
        &self,
        said: Option<(&str, &str)>,
        zone: &TimeZone,
    ) -> (Option<Week>, Option<String>) {
        let Some((field, text)) = said else { return (None, None) };
        match Hours::parse(text) {
            Ok(hours) => {
                let source = Source::Written { text: fit(text, TOLD), place: format!("{field} field") };
                (Some(Week { calendar: self.calendar(zone.clone(), hours), source }), None)
            }
            Err(why) => {
                let (text, team) = (fit(text, TOLD), &self.days);
                let why = format!(
                    "“{text}” ({field}) is not understood: {why}; {team} is taken (time.working_days)"
                );
                (None, Some(why))
            }
        }
    }

    /// The week of somebody in a zone whose fields say nothing of it.
    pub(super) fn usual(&self, zone: TimeZone) -> Week {
        let is_usual = self.hours == Hours::usual();
        let written = || Source::Written { text: self.days.clone(), place: "time.working_days".into() };
        let source = if is_usual { Source::Default } else { written() };
        Week { calendar: self.calendar(zone, self.hours), source }
    }

    /// Hours that the team works on a date.
    pub(super) fn hours_on(&self, date: Date) -> f64 {
        let calendar = self.calendar(self.zone.clone(), self.hours);
        if calendar.is_holiday(date) { 0.0 } else { calendar.hours_of(date.weekday()) }
    }

    fn calendar(&self, zone: TimeZone, hours: Hours) -> Calendar {
        Calendar::weekly(zone, hours).with_holidays(self.holidays.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::TeamTime;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    fn team(days: &str) -> TeamTime {
        TeamTime::new("Europe/Berlin", days, &["2026-12-25".into()]).expect("a team")
    }

    #[test]
    fn a_zone_that_is_missing_or_misspelt_is_the_teams_and_that_is_said() {
        let team = team("Mon-Fri");
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let tokyo = TimeZone::get("Asia/Tokyo").expect("a zone");
        assert_eq!(team.zone_of(Some(("Time Zone", " Asia/Tokyo "))), (tokyo, None));
        let said = |of| {
            let (zone, said) = team.zone_of(of);
            assert_eq!(zone, berlin);
            said.expect("a sentence")
        };
        assert_eq!(said(None), "no time zone is known, so Europe/Berlin is taken (time.zone)");
        let wrong = said(Some(("Time Zone", "Berlin")));
        assert_eq!(wrong, "“Berlin” (Time Zone) is no time zone, so Europe/Berlin is taken (time.zone)");
    }

    #[test]
    fn holidays_are_everybodys_and_days_that_are_not_understood_are_said() {
        let (team, zone) = (team("Mon-Thu 9, Fri 4"), TimeZone::UTC);
        // The 25th is a Friday, the 18th one too.
        let hours = |day| team.hours_on(date(2026, 12, day));
        assert_eq!([hours(17), hours(18), hours(19), hours(25)], [9.0, 4.0, 0.0, 0.0]);
        let (own, said) = team.week_of(Some(("Working Days", "Fri 6")), &zone);
        let own = own.expect("a week");
        let since = jiff::Timestamp::UNIX_EPOCH;
        let of = |day| own.calendar.hours_on(date(2026, 12, day), since);
        assert_eq!(([of(17), of(18), of(25)], said), ([0.0, 6.0, 0.0], None));
        assert_eq!(own.source.to_string(), "“Fri 6”, Working Days field");
        let usual = team.usual(zone.clone());
        assert_eq!(usual.source.to_string(), "“Mon-Thu 9, Fri 4”, time.working_days");
        let (none, said) = team.week_of(Some(("Working Days", "part time")), &zone);
        assert!(none.is_none());
        let said = said.expect("a sentence");
        let wanted = "“part time” (Working Days) is not understood: “part” is no weekday; Mon-Thu 9, Fri 4 is taken (time.working_days)";
        assert_eq!(said, wanted);
    }

    #[test]
    fn what_is_configured_wrong_is_named_by_its_path() {
        let wrong = |zone: &str, days: &str, holiday: &str| {
            TeamTime::new(zone, days, &["2026-12-25".into(), holiday.into()]).expect_err("refused")
        };
        assert!(wrong("Mars/Base", "Mon-Fri", "2026-12-26").starts_with("time.zone: “Mars/Base”"));
        assert!(wrong("UTC", "Mo-Fr", "2026-12-26").starts_with("time.working_days: “Mo” is no weekday"));
        assert!(wrong("UTC", "Mon-Fri", "2026-02-30").starts_with("time.holidays[1]: “2026-02-30”"));
    }
}
