//! Where the figures of a capacity come from, said in words.
//!
//! Each figure falls back by itself: a missing calendar to the usual one, a missing cap to the calendar, and so on.
//! Deliberately not here: reckoning with them.

use super::{Asked, Calendar, Member, Week, load};
use std::borrow::Cow;

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// A field of the person's.
    Field {
        /// Its name.
        name: String,
    },
    /// The working calendar that was given.
    Calendar,
    /// Days that somebody wrote down.
    Written {
        /// As they are written.
        text: String,
        /// Where.
        place: String,
    },
    /// Nothing said so.
    Default,
    /// Their open tasks.
    Tasks,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Field { name } => write!(f, "{name} field"),
            Source::Calendar => f.write_str("working calendar"),
            Source::Written { text, place } => write!(f, "“{text}”, {place}"),
            Source::Default => f.write_str("default 8 h a day, Monday to Friday"),
            Source::Tasks => f.write_str("open tasks"),
        }
    }
}

/// A figure with its source.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Figure {
    /// What it is: `hours a week`, `hours of open work`.
    pub what: Cow<'static, str>,
    /// Its value.
    pub value: f64,
    /// Where it comes from.
    pub source: Source,
}

/// The calendar to reckon with, and the hours a week it comes to. A cap below the calendar scales it down. Where no calendar of
/// theirs is known, the cap is all that is known of their week, and scales the usual one up as well.
pub(super) fn calendar(member: &Member, asked: &Asked, notes: &mut Vec<String>) -> (Calendar, Vec<Figure>) {
    let name = &member.person.name;
    let known = member.week.is_some();
    let Week { calendar, source } = member.week.clone().unwrap_or_else(|| asked.usual.clone());
    let week = calendar.week();
    let cap = member.cap.as_ref().filter(|cap| cap.hours.is_finite() && cap.hours >= 0.0);
    if let (Some(wrong), None) = (&member.cap, cap) {
        notes.push(format!("{name}: {} is no number of hours a week and is not used", wrong.field));
    }
    if source == Source::Default && cap.is_none() {
        notes.push(format!(
            "{name}: no working hours are known, so 8 h a day from Monday to Friday are taken"
        ));
    }
    let (calendar, source) = match cap {
        Some(cap) if week > 0.0 && (cap.hours < week || !known) => {
            (calendar.scaled(cap.hours / week), Source::Field { name: cap.field.clone() })
        }
        _ => (calendar, source),
    };
    let figure = Figure { what: "hours a week".into(), value: calendar.week(), source };
    (calendar, vec![figure])
}

/// The hours of open work, and a sentence about tasks without effort.
pub(super) fn work(member: &Member, asked: &Asked, notes: &mut Vec<String>) -> Option<Figure> {
    let unknown = member.work.iter().filter(|work| work.hours.is_none_or(|h| !(h.is_finite() && h >= 0.0)));
    let unknown = unknown.count();
    if unknown > 0 {
        notes.push(format!(
            "{}: {unknown} of {} open tasks have no effort and are reckoned with {} h each",
            member.person.name,
            member.work.len(),
            asked.assumed_hours
        ));
    }
    let undated = member.work.iter().filter(|work| work.due.is_none()).count();
    if undated > 0 {
        notes.push(format!(
            "{}: {undated} of {} open tasks have no due date and are spread over the days until {}",
            member.person.name,
            member.work.len(),
            asked.to
        ));
    }
    let value = member.work.iter().map(|work| load::hours(work, asked.assumed_hours)).sum();
    (!member.work.is_empty()).then_some(Figure {
        what: "hours of open work".into(),
        value,
        source: Source::Tasks,
    })
}

/// Sentences about what could not be read.
pub(super) fn unread(member: &Member, notes: &mut Vec<String>) {
    let name = &member.person.name;
    if member.away.is_none() {
        notes.push(format!("{name}: days out of office could not be read and are taken to be none"));
    }
    if member.allocations.is_none() {
        notes.push(format!(
            "{name}: allocations could not be read, so other projects take what their open tasks do"
        ));
    }
    if !member.all_work {
        notes.push(format!(
            "{name}: the open work in other projects is not known, since their tasks could not be read: they may have fewer hours than told"
        ));
    }
    notes.extend(member.assumed.iter().map(|what| format!("{name}: {what}")));
}
