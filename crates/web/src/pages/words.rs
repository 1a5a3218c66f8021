//! Numbers, moments and names as pages show them.
//!
//! Deliberately not here: sentences about judgements (`domain`, `decide`).

use jiff::Timestamp;
use jiff::civil::Date;

/// A moment, for people and for scripts that put it into the reader's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct When {
    /// As machines write it.
    pub(crate) iso: String,
    /// In UTC, for people.
    pub(crate) utc: String,
}

pub(crate) fn when(at: &Timestamp) -> When {
    When { iso: at.strftime("%FT%TZ").to_string(), utc: at.strftime("%F %R UTC").to_string() }
}

/// Points of a score, to the tenth.
pub(crate) fn points(value: &f64) -> String {
    format!("{value:.1}")
}

/// Points with their sign; a true minus is as wide as a plus.
pub(crate) fn signed(value: &f64) -> String {
    if *value < 0.0 { format!("\u{2212}{:.1}", -value) } else { format!("+{value:.1}") }
}

/// A share, in percent.
pub(crate) fn percent(value: &f64) -> String {
    if (value - value.round()).abs() < 0.05 {
        format!("{value:.0}\u{a0}%")
    } else {
        format!("{value:.1}\u{a0}%")
    }
}

/// A whole number, however a template passes it.
pub(crate) trait Whole {
    fn whole(&self) -> u64;
}

impl Whole for u64 {
    fn whole(&self) -> u64 {
        *self
    }
}

impl Whole for u16 {
    fn whole(&self) -> u64 {
        u64::from(*self)
    }
}

impl Whole for usize {
    fn whole(&self) -> u64 {
        *self as u64
    }
}

impl<T: Whole + ?Sized> Whole for &T {
    fn whole(&self) -> u64 {
        (*self).whole()
    }
}

/// A count, thousands set apart.
pub(crate) fn count(value: impl Whole) -> String {
    let digits = value.whole().to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 task`, `2 tasks`.
pub(crate) fn counted(value: impl Whole, one: &str, many: &str) -> String {
    let value = value.whole();
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// Dollars; small sums in full.
pub(crate) fn dollars(value: &f64) -> String {
    if *value == 0.0 || *value >= 1.0 { format!("${value:.2}") } else { format!("${value:.4}") }
}

/// How long something took.
pub(crate) fn took(seconds: &f64) -> String {
    match *seconds {
        s if s < 1.0 => format!("{:.0}\u{a0}ms", s * 1000.0),
        s if s < 60.0 => format!("{s:.1}\u{a0}s"),
        s if s < 3600.0 => format!("{:.0}\u{a0}min", s / 60.0),
        s => format!("{:.1}\u{a0}h", s / 3600.0),
    }
}

/// A day.
pub(crate) fn day(date: &Date) -> String {
    date.strftime("%F").to_string()
}

/// A name out of configuration as people read it: `return_on_effort` is `return on effort`.
pub(crate) fn name(word: &str) -> String {
    word.replace('_', " ")
}

/// The same at the beginning of a line.
pub(crate) fn title(word: &str) -> String {
    let name = name(word);
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Asana's own page of a task.
pub(crate) fn asana(project: &(impl std::fmt::Display + ?Sized), task: &impl std::fmt::Display) -> String {
    format!("https://app.asana.com/0/{project}/{task}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(
            [count(0u64), count(999u64), count(1000u64), count(1_234_567u64)],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [counted(1usize, "task", "tasks"), counted(2usize, "task", "tasks")],
            ["1 task", "2 tasks"]
        );
        assert_eq!([signed(&2.0), signed(&-0.5), signed(&0.0)], ["+2.0", "\u{2212}0.5", "+0.0"]);
        assert_eq!([percent(&50.0), percent(&33.3)], ["50\u{a0}%", "33.3\u{a0}%"]);
        assert_eq!([took(&0.25), took(&5.0), took(&125.0)], ["250\u{a0}ms", "5.0\u{a0}s", "2\u{a0}min"]);
        assert_eq!([dollars(&0.0), dollars(&0.0123), dollars(&12.3)], ["$0.00", "$0.0123", "$12.30"]);
        assert_eq!(title("return_on_effort"), "Return on effort");
    }
}
