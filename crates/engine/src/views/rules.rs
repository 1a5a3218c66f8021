//! The rubric and the policy of a project, as people read them.
//!
//! Deliberately not here: what other rules would do (`what_if`), and deciding on them (`rubrics`).

use crate::context::Engine;
use crate::error::EngineError;
use crate::policy::seen;
use crate::rubrics::{Accepted, RubricList, accepted, rubrics};
use decide::Policy;
use domain::{Access, Bands, ProjectGid};
use serde::Serialize;

/// A criterion of the rubric in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CriterionRule {
    /// Its name.
    pub name: String,
    /// Its share of the score, percent.
    pub weight: f64,
    /// What feeds it.
    pub made_of: String,
}

/// What judges a project, and what may be written there.
#[derive(Clone, Debug, Serialize)]
pub struct RulesView {
    /// The versions of the rubric.
    pub list: RubricList,
    /// Who put the one in force there; none while it is the configured one.
    pub accepted: Option<Accepted>,
    /// What the rubric in force is for.
    pub description: String,
    /// Where its bands begin.
    pub bands: Bands,
    /// Its criteria.
    pub criteria: Vec<CriterionRule>,
    /// The policy with what people decided on phases, as the configuration file would have it; of other projects nothing that the reader may not see.
    pub policy: String,
}

/// The rules of a project, for somebody who sees it.
///
/// # Errors
/// The store's, or a saved rubric that cannot be read.
pub async fn rules_of(
    engine: &Engine,
    project: &ProjectGid,
    access: &Access,
) -> Result<RulesView, EngineError> {
    let list = rubrics(&engine.store, engine.asked_for(), project).await?;
    let accepted = accepted(engine, project).await?;
    let engine = engine.for_project(project).await?;
    let criterion = |criterion: &judge::Criterion| CriterionRule {
        name: criterion.name.clone(),
        weight: 100.0 * criterion.weight,
        made_of: criterion.made_of(),
    };
    Ok(RulesView {
        description: engine.rubric.description().to_owned(),
        bands: *engine.rubric.bands(),
        criteria: engine.rubric.criteria().iter().map(criterion).collect(),
        policy: told(&engine.policy, project, access),
        list,
        accepted,
    })
}

/// The policy of a project as the configuration file would have it.
fn told(policy: &Policy, project: &ProjectGid, access: &Access) -> String {
    toml::to_string(&toml::Table::from_iter([("policy".to_owned(), seen(policy, project, access).into())]))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Clearance, Phase, PhaseRule, PortfolioGid};
    use std::collections::BTreeMap;

    #[test]
    fn a_policy_tells_nobody_of_projects_they_do_not_see() {
        let (ours, theirs) = (ProjectGid::new("111"), ProjectGid::new("222"));
        let rule = |project: Option<&ProjectGid>, value: &str| PhaseRule {
            project: project.cloned(),
            portfolio: None,
            field: Some("Type".into()),
            value: Some(value.into()),
            section: None,
            phase: Phase::Shadow,
        };
        let mut policy = Policy {
            phase_for: vec![rule(Some(&ours), "Bug"), rule(Some(&theirs), "Merger"), rule(None, "Chore")],
            home_projects: vec![theirs.clone(), ours.clone()],
            ..Policy::default()
        };
        let of_portfolio = PhaseRule { portfolio: Some(PortfolioGid::new("333")), ..rule(None, "Audit") };
        policy.phase_for.push(of_portfolio);
        policy.notices.rule_trigger = "trigger-9".into();
        let of = |clearance: Clearance| {
            told(&policy, &ours, &Access::each(BTreeMap::from([(ours.clone(), clearance)])))
        };
        for clearance in Clearance::ALL {
            let text = of(clearance);
            assert!(text.contains("Bug") && text.contains("Chore"), "{text}");
            assert!(!text.contains("Merger") && !text.contains("222") && !text.contains("333"), "{text}");
            let more = clearance >= Clearance::Approver;
            assert_eq!(text.contains("trigger-9"), more, "{text}");
            assert_eq!(text.contains("home_projects"), more, "{text}");
        }
        assert!(told(&policy, &ours, &Access::admin()).contains("222"));
    }
}
