//! Phases: how much of a plan may be written.
//!
//! Deliberately not here: which phase applies where (policy, in `decide`).

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
