//! The roles that custom fields play for Upnext, and which field of a project plays each.
//!
//! Names are configuration; roles are code. Deliberately not here: creating fields or matching names.

use crate::field::{FieldState, FieldValue};
use crate::{FieldGid, Task};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident => $key:literal),+ $(,)?) => {
        /// What a field is for. The key is the word used in configuration, rubrics and formulas.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Role { $($(#[$doc])* $variant),+ }

        impl Role {
            /// Every role, in the order of the brief.
            pub const ALL: &'static [Role] = &[$(Role::$variant),+];

            /// The word used in configuration, rubrics and formulas.
            pub fn key(self) -> &'static str {
                match self { $(Role::$variant => $key),+ }
            }
        }
    };
}

roles! {
    /// The score, 0–100.
    AiPriorityScore => "ai_priority_score",
    /// Confidence in the score, a percentage.
    AiConfidence => "ai_confidence",
    /// Why, in words.
    AiRationale => "ai_rationale",
    /// Next sprint, a future one, or the backlog.
    AiSuggestedSprint => "ai_suggested_sprint",
    /// What to do next, single-select.
    AiRecommendedAction => "ai_recommended_action",
    /// The recommendation as a sentence.
    AiRecommendation => "ai_recommendation",
    /// Who should do it.
    RecommendedAssignee => "recommended_assignee",
    /// The band Upnext proposes.
    SuggestedPriority => "suggested_priority",
    /// The official priority: people's, unless policy says otherwise.
    Priority => "priority",
    /// Any value but "No" keeps Upnext away from the task.
    ManualOverride => "manual_override",
    /// The team's own number for value.
    BusinessValue => "business_value",
    /// The team's own number for effort.
    EffortEstimate => "effort_estimate",
    /// Where the task stands in prioritisation.
    PrioritizationStatus => "prioritization_status",
    /// Kind of request.
    Category => "category",
    /// How hard it looks.
    Complexity => "complexity",
    /// The priority given at intake.
    InitialPriority => "initial_priority",
    /// What sort of request it is, where a team keeps that beside the category. Read, and filled where it is there;
    /// setup does not make it.
    RequestType => "request_type",
    /// Whether its date is in danger. Made where the policy wants it.
    AiRisk => "ai_risk",
}

impl Role {
    /// Roles every project gets a field for. Request types are a project's own, where it has them; the flag of a date in danger is
    /// made where the policy wants it.
    pub fn of_every_project() -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(|role| !matches!(role, Role::RequestType | Role::AiRisk))
    }

    /// Roles whose fields Upnext itself fills in the `suggest` phase.
    pub const AI: [Role; 7] = [
        Role::AiPriorityScore,
        Role::AiConfidence,
        Role::AiRationale,
        Role::AiSuggestedSprint,
        Role::AiRecommendedAction,
        Role::AiRecommendation,
        Role::SuggestedPriority,
    ];
}

impl Role {
    /// Roles whose fields Upnext may write in one workflow or another, intake's labels aside: those are filled while they are empty.
    pub const WRITTEN: [Role; 10] = [
        Role::AiPriorityScore,
        Role::AiConfidence,
        Role::AiRationale,
        Role::AiSuggestedSprint,
        Role::AiRecommendedAction,
        Role::AiRecommendation,
        Role::SuggestedPriority,
        Role::RecommendedAssignee,
        Role::AiRisk,
        Role::Priority,
    ];
}

/// Which fields of the project play which role, best candidate first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldMap(pub BTreeMap<Role, Vec<FieldGid>>);

impl FieldMap {
    /// The field Upnext writes for this role: the first candidate.
    pub fn field(&self, role: Role) -> Option<&FieldGid> {
        self.0.get(&role).and_then(|candidates| candidates.first())
    }

    /// All candidates for reading, best first.
    pub fn candidates(&self, role: Role) -> &[FieldGid] {
        self.0.get(&role).map_or(&[], Vec::as_slice)
    }

    /// The first candidate that has a value on this task, and the value.
    pub fn value<'t>(&self, role: Role, task: &'t Task) -> Option<(&FieldGid, &'t FieldValue)> {
        self.candidates(role)
            .iter()
            .find_map(|gid| task.fields.get(gid).and_then(|s| s.value.as_ref()).map(|v| (gid, v)))
    }

    /// The state of the role's own field on this task; absent fields read as empty.
    pub fn state(&self, role: Role, task: &Task) -> FieldState {
        self.field(role).and_then(|gid| task.fields.get(gid)).cloned().unwrap_or_default()
    }
}
