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
        self.add_story(story)
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
        // Being put into another project is the one story that does not count as a change of the task.
        let counts = !matches!(
            story.resource_subtype.as_ref(),
            "added_to_project" | "removed_from_project" | "section_changed"
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
