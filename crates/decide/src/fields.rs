//! The fields of the brief: their names, types and options, and which names play which role.
//!
//! Deliberately not here: creating them (`setup` plans that) or reading them.

use domain::{FieldDef, FieldKind, FieldMap, NewField, NumberFormat, RecommendedAction, Role, Sprint};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names by role: the first is the one Upnext makes and writes, the others are read when it has no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Vec<String>>")]
pub struct FieldNames(pub BTreeMap<Role, Vec<String>>);

impl Default for FieldNames {
    fn default() -> Self {
        FieldNames(Role::ALL.iter().map(|role| (*role, default_names(*role))).collect())
    }
}

impl TryFrom<BTreeMap<String, Vec<String>>> for FieldNames {
    type Error = String;

    fn try_from(names: BTreeMap<String, Vec<String>>) -> Result<Self, String> {
        let role = |key: String| {
            let role = Role::ALL.iter().find(|role| role.key() == key).copied();
            role.ok_or_else(|| {
                let known: Vec<&str> = Role::ALL.iter().map(|role| role.key()).collect();
                format!("there is no role `{key}`; known: {}", known.join(", "))
            })
        };
        let named = names.into_iter().map(|(key, names)| Ok((role(key)?, names)));
        named.collect::<Result<_, String>>().map(FieldNames)
    }
}

impl FieldNames {
    /// The name of the field Upnext makes and writes for the role.
    pub fn name(&self, role: Role) -> String {
        let configured = self.0.get(&role).and_then(|names| names.first()).cloned();
        configured.unwrap_or_else(|| default_names(role).swap_remove(0))
    }

    /// Which fields of the project play which role, best candidate first, names compared without case.
    pub fn resolve(&self, fields: &[FieldDef]) -> FieldMap {
        let gids = |role: &Role| {
            let names = self.0.get(role).cloned().unwrap_or_else(|| default_names(*role));
            let named = |name: &String| fields.iter().find(|f| f.name.eq_ignore_ascii_case(name));
            names.iter().filter_map(named).map(|f| f.gid.clone()).collect::<Vec<_>>()
        };
        let found = Role::ALL.iter().map(|role| (*role, gids(role)));
        FieldMap(found.filter(|(_, gids)| !gids.is_empty()).collect())
    }
}

fn default_names(role: Role) -> Vec<String> {
    let names: &[&str] = match role {
        Role::AiPriorityScore => &["AI Priority Score"],
        Role::AiConfidence => &["AI Confidence"],
        Role::AiRationale => &["AI Rationale"],
        Role::AiSuggestedSprint => &["AI Suggested Sprint"],
        Role::AiRecommendedAction => &["AI Recommended Action"],
        Role::AiRecommendation => &["AI Recommendation"],
        Role::AiRisk => &["AI Risk"],
        Role::RecommendedAssignee => &["Recommended Assignee"],
        Role::SuggestedPriority => &["Suggested Priority"],
        Role::Priority => &["Priority"],
        Role::ManualOverride => &["Manual Override"],
        Role::BusinessValue => &["Business Value"],
        Role::EffortEstimate => &["Effort Estimate", "Story Points", "Estimated time", "Effort"],
        Role::PrioritizationStatus => &["Prioritization Status"],
        Role::Category => &["Category"],
        Role::Complexity => &["Complexity"],
        Role::InitialPriority => &["Initial Priority"],
        Role::RequestType => &["Request Type", "Issue Type", "Type"],
    };
    names.iter().map(|n| (*n).to_owned()).collect()
}

/// The field `setup` makes for a role.
pub fn wanted_field(role: Role, names: &FieldNames) -> NewField {
    let mut field = NewField {
        name: names.name(role),
        description: description(role).to_owned(),
        kind: kind(role),
        precision: 0,
        format: NumberFormat::Plain,
        options: options(role).iter().map(|(n, c)| ((*n).to_owned(), (*c).to_owned())).collect(),
    };
    match role {
        // Scores are kept to the tenth, so that the field shows the very sum of the contributions.
        Role::AiPriorityScore => field.precision = 1,
        Role::EffortEstimate => field.precision = 1,
        Role::AiConfidence => field.format = NumberFormat::Percentage,
        _ => {}
    }
    field
}

fn kind(role: Role) -> FieldKind {
    match role {
        Role::AiPriorityScore | Role::AiConfidence | Role::BusinessValue | Role::EffortEstimate => {
            FieldKind::Number
        }
        Role::AiRationale | Role::AiRecommendation => FieldKind::Text,
        Role::RecommendedAssignee => FieldKind::People,
        _ => FieldKind::Enum,
    }
}

fn description(role: Role) -> &'static str {
    match role {
        Role::AiPriorityScore => "0–100, written by Upnext. Set it yourself and it stays yours.",
        Role::AiConfidence => "How far to trust the score, written by Upnext.",
        Role::AiRationale => "Why the score is what it is, written by Upnext.",
        Role::AiSuggestedSprint => "When Upnext would take it up.",
        Role::AiRecommendedAction => "What Upnext would do with it next.",
        Role::AiRecommendation => "Upnext's recommendation in a sentence.",
        Role::AiRisk => {
            "Whether Upnext foretells that the due date will be missed; cleared when the danger has passed."
        }
        Role::RecommendedAssignee => "Who Upnext would give it to.",
        Role::SuggestedPriority => "The priority Upnext proposes; Priority stays yours.",
        Role::Priority => "The official priority.",
        Role::ManualOverride => {
            "Set to keep Upnext away from this task; clear it to let Upnext suggest again."
        }
        Role::BusinessValue => "The team's own value, 0–10.",
        Role::EffortEstimate => "Effort in the team's own unit (1 = one working day unless configured).",
        Role::PrioritizationStatus => "Where the task stands in prioritisation.",
        Role::Category => "Kind of request.",
        Role::Complexity => "How hard it looks.",
        Role::InitialPriority => "The priority given at intake.",
        Role::RequestType => "What sort of request it is.",
    }
}

/// The option that flags a date in danger.
pub(crate) const AT_RISK: &str = "At risk";

const PRIORITIES: [(&str, &str); 4] =
    [("P0", "red"), ("P1", "orange"), ("P2", "yellow"), ("P3", "cool-gray")];

fn options(role: Role) -> Vec<(&'static str, &'static str)> {
    match role {
        Role::SuggestedPriority | Role::Priority | Role::InitialPriority => PRIORITIES.to_vec(),
        Role::AiSuggestedSprint => {
            Sprint::ALL.map(Sprint::label).into_iter().zip(["green", "blue", "cool-gray"]).collect()
        }
        Role::AiRecommendedAction => RecommendedAction::ALL
            .map(RecommendedAction::label)
            .into_iter()
            .zip(["green", "red", "yellow", "blue", "cool-gray", "none"])
            .collect(),
        Role::AiRisk => vec![(AT_RISK, "red")],
        Role::ManualOverride => vec![("Override", "red")],
        Role::PrioritizationStatus => {
            vec![
                ("Pending", "yellow"),
                ("Backlog", "cool-gray"),
                ("Review", "orange"),
                ("Prioritized", "green"),
            ]
        }
        Role::Category => vec![
            ("Bug", "red"),
            ("Feature", "green"),
            ("Improvement", "blue"),
            ("Maintenance", "cool-gray"),
            ("Request", "yellow"),
        ],
        Role::Complexity => vec![("Low", "green"), ("Medium", "yellow"), ("High", "red")],
        _ => vec![],
    }
}

/// The wanted options a field of that name lacks.
pub(crate) fn lacking(field: &FieldDef, wanted: &NewField) -> Vec<String> {
    wanted
        .options
        .iter()
        .filter(|(name, _)| field.option_named(name).is_none())
        .map(|(n, _)| n.clone())
        .collect()
}
