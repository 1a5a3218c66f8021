//! How the page writes moments, counts, names and states.

use crate::world::{Gid, Kind, World};
use jiff::Timestamp;

/// A small label; its text says what its colour says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Badge {
    pub(super) text: String,
    /// `good`, `warn`, `bad`, `info` or `plain`: a class of the stylesheet.
    pub(super) tone: &'static str,
}

impl Badge {
    pub(super) fn new(text: &str, tone: &'static str) -> Self {
        Self { text: text.to_owned(), tone }
    }
}

/// A way to another page.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) text: String,
    pub(super) is_done: bool,
}

/// A property and its value.
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) text: String,
}

impl Fact {
    pub(super) fn new(label: &str, text: impl Into<String>) -> Self {
        Self { label: label.to_owned(), text: text.into() }
    }

    /// Nothing without a value.
    pub(super) fn some(label: &str, text: Option<impl Into<String>>) -> Option<Self> {
        text.map(|text| Self::new(label, text)).filter(|fact| !fact.text.is_empty())
    }
}

/// `2026-11-24 09:00:12`, UTC.
pub(super) fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-11-24 09:00`, UTC.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// `12,345`.
pub(super) fn grouped(count: impl TryInto<u64>) -> String {
    let digits = count.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `on_track` as `On track`.
pub(super) fn spoken(word: &str) -> String {
    let spaced = word.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A user's name; their gid when they have left.
pub(super) fn person(world: &World, gid: &str) -> String {
    world.users.get(gid).map_or_else(|| gid.to_owned(), |user| named(&user.name))
}

pub(super) fn people(world: &World, gids: &[Gid]) -> String {
    gids.iter().map(|gid| person(world, gid)).collect::<Vec<_>>().join(", ")
}

/// A name, or that there is none.
pub(super) fn named(name: &str) -> String {
    if name.trim().is_empty() { "(no name)".to_owned() } else { name.to_owned() }
}

/// The page of a task, project, goal or portfolio.
pub(super) fn link(world: &World, gid: &str) -> Option<Link> {
    let place = match world.kind_of(gid)? {
        Kind::Task => "task",
        Kind::Project => "project",
        Kind::Goal => "goal",
        Kind::Portfolio => "portfolio",
        _ => return None,
    };
    let is_done = world.task(gid).is_some_and(|task| task.completed.is_some());
    Some(Link { href: format!("/{place}/{gid}"), text: named(world.name_of(gid)?), is_done })
}

pub(super) fn links(world: &World, gids: &[Gid]) -> Vec<Link> {
    gids.iter().filter_map(|gid| link(world, gid)).collect()
}

/// A goal's or status update's state, in either of Asana's vocabularies.
pub(super) fn state(word: &str) -> Badge {
    match word {
        "green" | "on_track" => Badge::new("On track", "good"),
        "yellow" | "at_risk" => Badge::new("At risk", "warn"),
        "red" | "off_track" => Badge::new("Off track", "bad"),
        "achieved" | "complete" => Badge::new(&spoken(word), "good"),
        "missed" => Badge::new("Missed", "bad"),
        other => Badge::new(&spoken(other), "plain"),
    }
}

/// The class of an option's colour; Asana's names are many, the stylesheet has these.
pub(super) fn dot(color: &str) -> &'static str {
    match color {
        "red" | "hot-pink" | "magenta" => "dot red",
        "orange" | "yellow-orange" | "pink" => "dot orange",
        "yellow" => "dot yellow",
        "green" | "yellow-green" | "lime" => "dot green",
        "blue" | "blue-green" | "aqua" => "dot blue",
        "purple" | "indigo" => "dot purple",
        _ => "dot",
    }
}

#[cfg(test)]
mod tests {
    use super::{grouped, spoken};

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!([0_u64, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn words_are_spoken() {
        assert_eq!(
            (spoken("changes_requested"), spoken("")),
            ("Changes requested".to_owned(), String::new())
        );
    }
}
