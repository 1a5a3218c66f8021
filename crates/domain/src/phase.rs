//! Phases: how much of a plan may be written.
//!
//! Deliberately not here: which phase applies where (policy, in `decide`).

use crate::{PortfolioGid, ProjectGid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far Upnext may go in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing is written to Asana.
    Shadow,
    /// AI fields only; official fields wait for approval.
    Suggest,
    /// As suggest, plus what the policy names by type, band and confidence.
    Conditional,
    /// Everything the policy allows.
    Auto,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Phase::Shadow => "shadow",
            Phase::Suggest => "suggest",
            Phase::Conditional => "conditional",
            Phase::Auto => "auto",
        })
    }
}

/// A phase for one project, or for one task type within it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseRule {
    /// The project it is for; every project when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectGid>,
    /// The portfolio whose projects it is for. Which these are is Asana's to say: a rule fits a project only once it names it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portfolio: Option<PortfolioGid>,
    /// The field that tells the task type, with `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The section whose tasks it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The phase.
    pub phase: Phase,
}

impl PhaseRule {
    /// Whether it is for a project. One for a portfolio whose projects are not known is for none.
    #[must_use]
    pub fn is_of(&self, project: &ProjectGid) -> bool {
        self.project.as_ref().map_or(self.portfolio.is_none(), |of| of == project)
    }

    /// Whether it is for all tasks of its projects.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        self.field.is_none() && self.section.is_none()
    }
}
