//! The history of a task or goal: comments and changes, newest last.

use super::ROWS;
use super::words::{person, second, spoken};
use crate::world::World;

/// An entry.
pub(super) struct Entry {
    pub(super) at: String,
    pub(super) who: String,
    pub(super) text: String,
    pub(super) is_comment: bool,
    /// `Name changed`; comments need none.
    pub(super) subtype: String,
    pub(super) source: String,
}

/// A stretch of it.
pub(super) struct History {
    pub(super) entries: Vec<Entry>,
    pub(super) total: usize,
    /// How many older ones there are.
    pub(super) older: usize,
    /// How many newer ones are left out.
    pub(super) newer: usize,
}

impl History {
    /// Where the page of older ones begins, counted from the newest.
    pub(super) fn further_back(&self) -> usize {
        self.newer + ROWS
    }
}

/// The newest entries but `newer`.
pub(super) fn of(world: &World, target: &str, newer: usize) -> History {
    let all = world.stories_of.get(target).map_or(&[][..], Vec::as_slice);
    let newer = newer.min(all.len());
    let end = all.len() - newer;
    let older = end.saturating_sub(ROWS);
    let entries = all[older..end].iter().filter_map(|gid| world.stories.get(gid));
    let entries = entries.map(|story| Entry {
        at: second(story.created_at),
        who: story.created_by.as_ref().map_or_else(|| "Asana".to_owned(), |gid| person(world, gid)),
        text: story.text.clone(),
        is_comment: story.is_comment,
        subtype: if story.is_comment { String::new() } else { spoken(&story.resource_subtype) },
        source: story.source.to_string(),
    });
    History { entries: entries.collect(), total: all.len(), older, newer }
}
