//! What holds of people of whom nothing else is known: the team's time zone.
//!
//! Deliberately not here: what people's own fields say (`people`).

use jiff::tz::TimeZone;

/// When people work whose own fields do not say.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamTime {
    /// Where.
    pub(super) zone: TimeZone,
    /// As it is configured.
    pub(super) zone_name: String,
}

impl TeamTime {
    /// A team whose clocks show that zone.
    ///
    /// # Errors
    /// A zone that is none, in words that begin with its path in the configuration.
    pub fn new(zone: &str) -> Result<TeamTime, String> {
        let known = TimeZone::get(zone).map_err(|_| {
            format!("time.zone: “{zone}” is no time zone; use an IANA name such as Europe/Berlin")
        })?;
        Ok(TeamTime { zone: known, zone_name: zone.to_owned() })
    }

    /// The zone of somebody whose field says this, and what is to be said where the team's is taken instead.
    pub(super) fn zone_of(&self, said: Option<(&str, &str)>) -> (TimeZone, Option<String>) {
        let team = &self.zone_name;
        let why = match said {
            Some((field, text)) => match TimeZone::get(text.trim()) {
                Ok(zone) => return (zone, None),
                Err(_) => format!("“{}” ({field}) is no time zone", domain::fit(text, 40)),
            },
            None => "no time zone is known".into(),
        };
        (self.zone.clone(), Some(format!("{why}, so {team} is taken (time.zone)")))
    }
}

#[cfg(test)]
mod tests {
    use super::TeamTime;
    use jiff::tz::TimeZone;

    #[test]
    fn a_zone_that_is_missing_or_misspelt_is_the_teams_and_that_is_said() {
        let team = TeamTime::new("Europe/Berlin").expect("a zone");
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
        assert!(TeamTime::new("Mars/Base").expect_err("refused").starts_with("time.zone: “Mars/Base”"));
    }
}
