//! Which projects the portfolios hold that rules about phases name, and what those rules say of a project.
//!
//! Asana is asked at most every ten minutes, and only where a rule names a portfolio; what it said last counts while it does not answer.
//! Of a portfolio that could never be read nobody knows whether a project is in it: then a rule counts where it lets Upnext write less,
//! and not where it lets it write more. Deliberately not here: what people decided (`together`).

use crate::context::Engine;
use crate::error::EngineError;
use crate::portfolio::projects_of;
use decide::Policy;
use domain::{Phase, PhaseRule, PortfolioGid, ProjectGid};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};

/// How long what a portfolio holds counts before Asana is asked again.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// The projects of portfolios; none of one that could never be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holdings(BTreeMap<PortfolioGid, Option<BTreeSet<ProjectGid>>>);

impl Holdings {
    /// The rules of a policy, each for a portfolio brought down to the project or left out.
    pub(crate) fn rules(&self, policy: &Policy, project: &ProjectGid) -> Vec<PhaseRule> {
        let mut rules: Vec<PhaseRule> = vec![];
        for rule in &policy.phase_for {
            let Some(portfolio) = &rule.portfolio else {
                rules.push(rule.clone());
                continue;
            };
            let holds = match self.0.get(portfolio) {
                Some(Some(projects)) => projects.contains(project),
                _ => {
                    let so_far = rules.iter().filter(|rule| rule.is_of(project)).map(|rule| rule.phase);
                    rule.phase <= so_far.fold(policy.phase, Phase::min)
                }
            };
            if holds {
                rules.push(PhaseRule { project: Some(project.clone()), ..rule.clone() });
            }
        }
        rules
    }
}

impl Engine {
    /// What the portfolios hold that the configuration names.
    pub(crate) async fn holdings(&self) -> Result<Holdings, EngineError> {
        let named: BTreeSet<&PortfolioGid> =
            self.configured.phase_for.iter().filter_map(|rule| rule.portfolio.as_ref()).collect();
        if named.is_empty() {
            return Ok(Holdings::default());
        }
        let (known, now) = (self.store.held_by_portfolios().await?, (self.clock)());
        let mut held = BTreeMap::new();
        for portfolio in named {
            let last = known.get(portfolio);
            let is_fresh = last.is_some_and(|last| now.duration_since(last.read_at) < FRESH);
            let last = last.and_then(|last| last.projects.clone());
            let read = if is_fresh { None } else { self.hold(portfolio).await? };
            held.insert(portfolio.clone(), read.or(last));
        }
        Ok(Holdings(held))
    }

    /// Asks what a portfolio holds and keeps it; none where Asana does not say.
    async fn hold(&self, portfolio: &PortfolioGid) -> Result<Option<BTreeSet<ProjectGid>>, EngineError> {
        let read: Result<BTreeSet<ProjectGid>, EngineError> = projects_of(self, portfolio)
            .await
            .map(|projects| projects.into_iter().map(|project| project.gid).collect());
        match read {
            Ok(projects) => {
                self.store.keep_portfolio(portfolio, Some(&projects), (self.clock)()).await?;
                Ok(Some(projects))
            }
            Err(error) => {
                tracing::warn!(%portfolio, %error, "what a portfolio holds that policy.phase_for names is not known anew");
                let is_refused = matches!(
                    error,
                    EngineError::Asana(
                        asana::Error::Forbidden { .. }
                            | asana::Error::NotFound { .. }
                            | asana::Error::PaymentRequired { .. }
                    )
                );
                if is_refused {
                    self.store.keep_portfolio(portfolio, None, (self.clock)()).await?;
                }
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(portfolio: Option<&str>, phase: Phase) -> PhaseRule {
        PhaseRule {
            project: None,
            portfolio: portfolio.map(PortfolioGid::new),
            field: None,
            value: None,
            section: None,
            phase,
        }
    }

    fn phase(held: &Holdings, rules: &[PhaseRule], project: &str) -> Phase {
        let policy = Policy { phase: Phase::Suggest, phase_for: rules.to_vec(), ..Policy::default() };
        let project = ProjectGid::new(project);
        Policy { phase_for: held.rules(&policy, &project), ..policy }.project_phase(&project)
    }

    #[test]
    fn a_rule_for_a_portfolio_is_for_its_projects_and_the_last_counts() {
        let projects = BTreeSet::from([ProjectGid::new("1")]);
        let held = Holdings(BTreeMap::from([(PortfolioGid::new("9"), Some(projects))]));
        let rules = [rule(Some("9"), Phase::Auto)];
        assert_eq!((phase(&held, &rules, "1"), phase(&held, &rules, "2")), (Phase::Auto, Phase::Suggest));
        let rules = [rule(Some("9"), Phase::Auto), rule(None, Phase::Shadow)];
        assert_eq!(phase(&held, &rules, "1"), Phase::Shadow);
    }

    #[test]
    fn of_a_portfolio_nobody_could_read_a_rule_only_lets_less_be_written() {
        let held = Holdings::default();
        assert_eq!(phase(&held, &[rule(Some("9"), Phase::Auto)], "1"), Phase::Suggest);
        assert_eq!(phase(&held, &[rule(Some("9"), Phase::Shadow)], "1"), Phase::Shadow);
        let rules = [rule(None, Phase::Shadow), rule(Some("9"), Phase::Suggest)];
        assert_eq!(phase(&held, &rules, "1"), Phase::Shadow);
    }
}
