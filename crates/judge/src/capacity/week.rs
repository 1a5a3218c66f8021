//! Hours by weekday, as people write them: “Mon-Fri”, “Mon Tue Wed”, “Mon-Thu 7.5, Fri 4”.
//!
//! A number is the hours of the days before it, back to the last number or comma; days without one have an ordinary day's hours.
//! Deliberately not here: where it is written. Known limit: days are named in English, by three letters or more.

use super::{Calendar, Source};

/// Days as they are written and told, from Monday.
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// Hours of an ordinary working day.
const A_DAY: f64 = 8.0;
/// Hours in a day.
const LONGEST: f64 = 24.0;

/// When somebody works, and what says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    /// When.
    pub calendar: Calendar,
    /// What says so.
    pub source: Source,
}

impl From<Calendar> for Week {
    fn from(calendar: Calendar) -> Week {
        Week { calendar, source: Source::Calendar }
    }
}

/// The hours of each weekday, from Monday to Sunday: 0 to 24 each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hours(pub(super) [f64; 7]);

impl Hours {
    /// Eight hours from Monday to Friday.
    #[must_use]
    pub fn usual() -> Hours {
        Hours([A_DAY, A_DAY, A_DAY, A_DAY, A_DAY, 0.0, 0.0])
    }

    /// Reads what somebody wrote.
    ///
    /// # Errors
    /// What of it is not understood, in words.
    pub fn parse(text: &str) -> Result<Hours, String> {
        let mut of: [Option<f64>; 7] = [None; 7];
        for part in tidied(text).split([',', ';', '\n']) {
            let mut days: Vec<usize> = vec![];
            for word in part.split_whitespace() {
                let Some(hours) = number(word) else {
                    days.extend(days_of(word)?);
                    continue;
                };
                if days.is_empty() {
                    return Err(format!("“{word}” follows no day"));
                }
                if !(0.0..=LONGEST).contains(&hours) {
                    return Err(format!("{hours} hours do not fit into a day"));
                }
                set(&mut of, days.drain(..), hours)?;
            }
            set(&mut of, days.drain(..), A_DAY)?;
        }
        if of.iter().all(Option::is_none) {
            return Err("no day is named".into());
        }
        Ok(Hours(of.map(Option::unwrap_or_default)))
    }
}

/// With a plain hyphen between the first and the last of several days.
fn tidied(text: &str) -> String {
    let mut text = text.replace(['–', '—'], "-").replace(':', " ");
    while text.contains(" -") || text.contains("- ") {
        text = text.replace(" -", "-").replace("- ", "-");
    }
    text
}

/// `8`, `7.5`, `8h`.
fn number(word: &str) -> Option<f64> {
    let word = word.strip_suffix(['h', 'H']).unwrap_or(word);
    word.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.')
        .then(|| word.parse().ok())
        .flatten()
}

/// The days that a word names: one, or from one to another.
fn days_of(word: &str) -> Result<Vec<usize>, String> {
    let Some((first, last)) = word.split_once('-') else { return Ok(vec![day(word)?]) };
    let (first, last) = (day(first)?, day(last)?);
    let count = (last + 7 - first) % 7 + 1;
    Ok((first..first + count).map(|at| at % 7).collect())
}

fn day(word: &str) -> Result<usize, String> {
    let letters = word.trim_end_matches('.').to_lowercase();
    let is = |name: &&str| letters.len() >= 3 && name.to_lowercase().starts_with(&letters);
    DAYS.iter().position(is).ok_or_else(|| format!("“{}” is no weekday", domain::fit(word, 20)))
}

fn set(of: &mut [Option<f64>; 7], days: impl Iterator<Item = usize>, hours: f64) -> Result<(), String> {
    for day in days {
        if of[day].replace(hours).is_some() {
            return Err(format!("{} is named twice", DAYS[day]));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Hours;
    use proptest::prelude::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let hours = |text: &str| Hours::parse(text).unwrap_or_else(|why| panic!("{text}: {why}")).0;
        let usual =
            ["Mon-Fri", "monday – friday", "Mon Tue Wed Thu Fri", "MON, TUES, Wed., Thurs, Fri", "Mon - Fri"];
        for text in usual {
            assert_eq!(Hours::parse(text), Ok(Hours::usual()), "{text}");
        }
        assert_eq!(hours("Mon-Thu"), [8.0, 8.0, 8.0, 8.0, 0.0, 0.0, 0.0]);
        assert_eq!(hours("Mon 8, Tue 4"), [8.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(hours("Mon Tue 4 Wed 6.5h"), [4.0, 4.0, 6.5, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(hours("Mon, Tue 4"), [8.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(hours("Mon-Thu: 9; Fri: 4"), [9.0, 9.0, 9.0, 9.0, 4.0, 0.0, 0.0]);
        assert_eq!(hours("Sun-Thu"), [8.0, 8.0, 8.0, 8.0, 0.0, 0.0, 8.0]);
        assert_eq!(hours("Sat 0"), [0.0; 7]);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let why = |text: &str| Hours::parse(text).expect_err(text);
        assert_eq!(why("Mon Mun"), "“Mun” is no weekday");
        assert_eq!(why("Mo-Fr"), "“Mo” is no weekday");
        assert_eq!(why("8"), "“8” follows no day");
        assert_eq!(why("Mon 25"), "25 hours do not fit into a day");
        assert_eq!(why("Mon-Wed, Tue 4"), "Tuesday is named twice");
        assert_eq!(why(" , "), "no day is named");
        assert_eq!(why("part time"), "“part” is no weekday");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it_and_no_day_is_longer_than_a_day(text in "\\PC{0,40}|[MonTueWdFri0-9 ,;.h:-]{0,30}") {
            if let Ok(read) = Hours::parse(&text) {
                prop_assert!(read.0.iter().all(|hours| (0.0..=24.0).contains(hours)));
            }
        }
    }
}
