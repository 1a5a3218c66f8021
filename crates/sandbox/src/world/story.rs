//! Stories: the history of a task, and the one place every change is written down.
//!
//! Events of tasks follow from it (`event.rs`).

use super::{Gid, Kind, World};
use crate::node::Node;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One entry of a task's history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Story {
    /// The task (or goal) it belongs to.
    pub target: Gid,
    /// Creation.
    pub created_at: Timestamp,
    /// Who did it; absent for the system.
    pub created_by: Option<Gid>,
    /// Whether a person wrote it.
    pub is_comment: bool,
    /// Asana's word, such as `enum_custom_field_changed`.
    pub resource_subtype: Cow<'static, str>,
    /// Readable text.
    pub text: String,
    /// Comment as markup.
    pub html_text: Option<String>,
    /// Pinned to the top.
    pub is_pinned: bool,
    /// Whether the text was changed later.
    pub is_edited: bool,
    /// `web`, `email`, `mobile`, `api` or `unknown`.
    pub source: Cow<'static, str>,
    /// Sticker of a comment.
    pub sticker_name: Option<String>,
    /// Old and new values, by Asana's property names.
    pub(crate) change: Vec<(Cow<'static, str>, Node)>,
}

impl Story {
    fn told(&self, name: &str) -> Option<&Node> {
        self.change.iter().find(|(known, _)| known == name).map(|(_, node)| node)
    }

    /// A comment, not yet in the world.
    pub(crate) fn comment(target: &str, at: Timestamp, author: Option<Gid>, text: &str) -> Self {
        Self {
            target: target.to_owned(),
            created_at: at,
            created_by: author,
            is_comment: true,
            resource_subtype: Cow::Borrowed("comment_added"),
            text: text.to_owned(),
            html_text: None,
            is_pinned: false,
            is_edited: false,
            source: Cow::Borrowed("web"),
            sticker_name: None,
            change: Vec::new(),
        }
    }
}

/// Endings of the subtypes whose quick repeats may become one story.
const MERGED: &[&str] =
    &["name_changed", "notes_changed", "due_date_changed", "start_date_changed", "_custom_field_changed"];

/// Who does something, and through what.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) user: Gid,
    pub(crate) source: Cow<'static, str>,
    /// The OAuth app the call comes through.
    pub(crate) app: Option<Gid>,
    pub(crate) is_service_account: bool,
    /// Granular scopes; without any, everything the user may do.
    pub(crate) scopes: Option<Vec<String>>,
}

impl Actor {
    /// A user who does something without a call of their own.
    pub(crate) fn of(user: &str, source: impl Into<Cow<'static, str>>) -> Self {
        Self {
            user: user.to_owned(),
            source: source.into(),
            app: None,
            is_service_account: false,
            scopes: None,
        }
    }
}

impl World {
    /// Writes a system story and moves the task's `modified_at`.
    pub(crate) fn record(
        &mut self,
        target: &str,
        actor: &Actor,
        subtype: impl Into<Cow<'static, str>>,
        text: String,
        change: Vec<(&'static str, Node)>,
    ) -> Gid {
        let story = Story {
            target: target.to_owned(),
            created_at: self.now(),
            created_by: Some(actor.user.clone()),
            is_comment: false,
            resource_subtype: subtype.into(),
            text,
            html_text: None,
            is_pinned: false,
            is_edited: false,
            source: actor.source.clone(),
            sticker_name: None,
            change: change.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect(),
        };
        match self.repeated(&story) {
            Some(gid) => self.merge(gid, story),
            None => self.add_story(story),
        }
    }

    /// The story that an edit repeats: of the same property, by the same user through the same door, moments ago. An edit
    /// that brings the old value back stays a story of its own.
    fn repeated(&self, story: &Story) -> Option<Gid> {
        if self.merge_stories_seconds == 0 || !MERGED.iter().any(|end| story.resource_subtype.ends_with(end))
        {
            return None;
        }
        let same = |other: &&Gid| {
            self.stories.get(*other).is_some_and(|other| {
                other.resource_subtype == story.resource_subtype
                    && other.told("custom_field") == story.told("custom_field")
            })
        };
        let gid = self.stories_of.get(&story.target)?.iter().rev().find(same)?;
        let earlier = &self.stories[gid];
        let age = story.created_at.as_second() - earlier.created_at.as_second();
        let quick = age <= i64::from(self.merge_stories_seconds);
        let by_the_same = (&earlier.created_by, &earlier.source) == (&story.created_by, &story.source);
        let came_back = story.change.iter().any(|(name, new)| {
            let old = name.strip_prefix("new_").map(|rest| format!("old_{rest}"));
            old.is_some_and(|old| earlier.told(&old) == Some(new))
        });
        (quick && by_the_same && !came_back).then(|| gid.clone())
    }

    /// Puts the later of two repeated edits into the story of the earlier: no story arrives, the task changes all the same.
    fn merge(&mut self, gid: Gid, story: Story) -> Gid {
        self.touch(&story.target);
        self.emit_change_of(story.created_by.as_deref(), &story.target, &story);
        if let Some(earlier) = self.stories.get_mut(&gid) {
            for (name, value) in story.change {
                match earlier.change.iter_mut().find(|(known, _)| *known == name) {
                    Some(known) if name.starts_with("new_") => known.1 = value,
                    _ => {}
                }
            }
            // Its words name the value in between as the old one; readers are told never to parse them.
            earlier.text = story.text;
        }
        gid
    }

    /// Adds a story of either sort to its target, and tells of it.
    pub(crate) fn add_story(&mut self, story: Story) -> Gid {
        if self.unheard {
            return self.store_story(story);
        }
        let gid = self.store_story(story.clone());
        self.emit_story(&gid, &story);
        gid
    }

    /// Adds a story that happened before anybody listened.
    pub(crate) fn store_story(&mut self, story: Story) -> Gid {
        let gid = self.issue(Kind::Story);
        // Being put into another project, or a day passing, does not count as a change of the task.
        let counts = !matches!(
            story.resource_subtype.as_ref(),
            "added_to_project" | "removed_from_project" | "section_changed" | "due_today"
        );
        if counts {
            self.touch(&story.target);
        }
        self.stories_of.entry(story.target.clone()).or_default().push(gid.clone());
        self.stories.insert(gid.clone(), Box::new(story));
        gid
    }

    /// Moves a task's `modified_at` to now.
    pub(crate) fn touch(&mut self, task: &str) {
        let now = self.now();
        if let Some(task) = self.tasks.get_mut(task) {
            task.modified_at = now;
        }
    }
}
