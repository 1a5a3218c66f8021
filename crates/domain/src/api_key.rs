//! API keys: what a program may do, and where. The key itself is never here, only what is known of it.
//!
//! A key goes no further than its scopes and projects, whoever made it. Deliberately not here: finding one by its secret.

use crate::{Access, Clearance, ProjectGid, Reach};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One thing a key lets a program do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Scope {
    /// Read all that the dashboard shows.
    #[serde(rename = "read")]
    Read,
    /// Approve and reject what waits for a person.
    #[serde(rename = "approvals:write")]
    ApprovalsWrite,
    /// Take back what a run wrote.
    #[serde(rename = "runs:undo")]
    RunsUndo,
    /// Ask for things by a project's intake.
    #[serde(rename = "requests:write")]
    RequestsWrite,
}

impl Scope {
    /// Every scope, the harmless first.
    pub const ALL: [Scope; 4] = [Scope::Read, Scope::ApprovalsWrite, Scope::RunsUndo, Scope::RequestsWrite];

    /// The word for it on the command line and in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::ApprovalsWrite => "approvals:write",
            Scope::RunsUndo => "runs:undo",
            Scope::RequestsWrite => "requests:write",
        }
    }

    /// The scope of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// Whether a key is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It lets in.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
}

/// What stands between a key's name and its id where it signs.
const SIGNED: &str = " (API key ";

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, `key_…`: the part of the key that may be told.
    pub id: String,
    /// What it is for, for people and the audit trail.
    pub name: String,
    /// What it lets a program do.
    pub scopes: BTreeSet<Scope>,
    /// Where; none for every project, those to come too.
    pub projects: Option<BTreeSet<ProjectGid>>,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it no longer lets in; none when it does until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it is good at that moment.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> KeyState {
        if self.revoked_at.is_some() {
            KeyState::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            KeyState::Expired
        } else {
            KeyState::Active
        }
    }

    /// What its owner may see and do: as a viewer, or as an approver where a scope says so, in the key's projects. Each scope is
    /// asked for besides.
    #[must_use]
    pub fn access(&self) -> Access {
        let decides = self.scopes.contains(&Scope::ApprovalsWrite) || self.scopes.contains(&Scope::RunsUndo);
        let clearance = if decides { Clearance::Approver } else { Clearance::Viewer };
        Access { clearance, reach: self.projects.clone().map_or(Reach::All, Reach::Only) }
    }

    /// For people and the audit trail.
    #[must_use]
    pub fn who(&self) -> String {
        format!("{}{SIGNED}{})", self.name, self.id)
    }

    /// Whether what is signed so was done with a key, by a program.
    #[must_use]
    pub fn has_signed(by: &str) -> bool {
        by.ends_with(')') && by.contains(SIGNED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(scopes: &[Scope], expires_at: Option<Timestamp>) -> ApiKey {
        ApiKey {
            id: "key_1".into(),
            name: "a report".into(),
            scopes: scopes.iter().copied().collect(),
            projects: Some(BTreeSet::from([ProjectGid::new("1")])),
            made_at: Timestamp::UNIX_EPOCH,
            expires_at,
            revoked_at: None,
            used_at: None,
        }
    }

    #[test]
    fn a_key_ends_at_its_moment_and_when_it_is_revoked() {
        let end = Timestamp::from_second(100).expect("a moment");
        let before = Timestamp::from_second(99).expect("a moment");
        assert_eq!(key(&[], Some(end)).state(before), KeyState::Active);
        assert_eq!(key(&[], Some(end)).state(end), KeyState::Expired);
        let revoked = ApiKey { revoked_at: Some(before), ..key(&[], None) };
        assert_eq!(revoked.state(before), KeyState::Revoked);
    }

    #[test]
    fn what_a_key_signed_is_told_from_what_a_person_did() {
        assert_eq!(key(&[], None).who(), "a report (API key key_1)");
        assert!(ApiKey::has_signed(&key(&[], None).who()));
        assert!(!ApiKey::has_signed("Ada (12)") && !ApiKey::has_signed("Ada (dashboard)"));
    }

    #[test]
    fn no_scope_makes_an_admin_and_words_come_back() {
        let all = key(&Scope::ALL, None).access();
        assert_eq!(all.clearance, Clearance::Approver);
        assert!(!all.sees(&crate::ProjectGid::new("2")));
        assert_eq!(key(&[Scope::Read, Scope::RequestsWrite], None).access().clearance, Clearance::Viewer);
        for scope in Scope::ALL {
            assert_eq!(Scope::from_word(scope.word()), Some(scope));
            assert_eq!(serde_json::to_value(scope).expect("a word"), scope.word());
        }
    }
}
