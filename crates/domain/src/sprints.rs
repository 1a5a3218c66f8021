//! Projects that sprints are, for teams that keep each sprint in one of its own.
//!
//! Deliberately not here: which of them a sprint is (`decide`), and reading them (`engine`).

use crate::{ProjectGid, TeamGid};
use serde::{Deserialize, Serialize};

/// Who sees a project beside its members, from the fewest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Nobody.
    Private,
    /// Its team.
    PrivateToTeam,
    /// Everybody in the workspace.
    PublicToWorkspace,
}

impl Privacy {
    /// As Asana calls it (`privacy_setting`); none for what it does not call anything yet.
    #[must_use]
    pub fn from_asana(word: &str) -> Option<Privacy> {
        [Privacy::Private, Privacy::PrivateToTeam, Privacy::PublicToWorkspace]
            .into_iter()
            .find(|one| one.asana_name() == word)
    }

    /// What Asana calls it.
    #[must_use]
    pub fn asana_name(self) -> &'static str {
        match self {
            Privacy::Private => "private",
            Privacy::PrivateToTeam => "private_to_team",
            Privacy::PublicToWorkspace => "public_to_workspace",
        }
    }
}

/// A project that is called as a sprint is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SprintProject {
    /// The project.
    pub gid: ProjectGid,
    /// Its name when it was read.
    pub name: String,
    /// Whether it is archived: then it is a past sprint, and none to fill.
    pub archived: bool,
    /// Who sees it.
    pub privacy: Privacy,
    /// Whether Upnext made it and was kept from sharing it as it is to be: making it is not done yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unshared: bool,
}

/// What there is of projects that are sprints, and where a new one would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SprintProjects {
    /// The team of the project that was read; none where it is in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamGid>,
    /// Who sees the project that was read.
    pub privacy: Privacy,
    /// Those of the same team or, without one, of the workspace, the oldest first. The project itself is none of them.
    pub there: Vec<SprintProject>,
}
