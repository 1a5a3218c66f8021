//! Status updates of projects, portfolios and goals.
//!
//! The newest one is the parent's current status; a goal's `status` follows it.

use super::{Gid, Kind, World};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A status update; it cannot be edited.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatusUpdate {
    /// The project, portfolio or goal.
    pub parent: Gid,
    /// Headline.
    pub title: String,
    /// Plain text.
    pub text: String,
    /// The text as markup, when it was written so.
    pub html_text: Option<String>,
    /// `on_track`, `at_risk`, `off_track` and what else the parent's kind has.
    pub status_type: String,
    /// Who sent it.
    pub created_by: Gid,
    /// Creation.
    pub created_at: Timestamp,
}

impl World {
    /// Sends a status update.
    pub(crate) fn add_status_update(&mut self, update: StatusUpdate) -> Gid {
        let gid = self.issue(Kind::StatusUpdate);
        let parent = update.parent.clone();
        self.status_updates.insert(gid.clone(), update);
        self.follow_status(&parent);
        gid
    }

    /// Deletes one; the one before it is then current.
    pub(crate) fn remove_status_update(&mut self, gid: &str) {
        if let Some(update) = self.status_updates.remove(gid) {
            self.follow_status(&update.parent);
        }
    }

    /// Updates of a project, portfolio or goal, newest first.
    pub(crate) fn status_updates_of(&self, parent: &str) -> Vec<Gid> {
        let of_parent = self.status_updates.iter().filter(|(_, update)| update.parent == parent);
        of_parent.map(|(gid, _)| gid.clone()).rev().collect()
    }

    /// The newest update of a project, portfolio or goal.
    pub(crate) fn current_status_update(&self, parent: &str) -> Option<Gid> {
        self.status_updates_of(parent).into_iter().next()
    }

    fn follow_status(&mut self, parent: &str) {
        let current = self.current_status_update(parent);
        let status =
            current.and_then(|gid| self.status_updates.get(&gid)).map(|u| goal_status(&u.status_type));
        if let Some(goal) = self.goals.get_mut(parent) {
            goal.status = status.map(str::to_owned);
        }
    }
}

/// Asana has two vocabularies for the same state of a goal.
fn goal_status(status_type: &str) -> &str {
    match status_type {
        "on_track" => "green",
        "at_risk" => "yellow",
        "off_track" => "red",
        closed => closed,
    }
}
