//! Which projects the portfolios hold that rules about phases name, and what those rules say of a project.
//!
//! Asana is asked at most every ten minutes, and only where a rule names a portfolio; what it said last counts while it does not
//! answer, and it is left alone for a minute then, so that no command waits long for it.
//! Of a portfolio that could never be read nobody knows whether a project is in it: then a rule counts where it lets Upnext write less,
//! and not where it lets it write more; one for a part of a project lowers all that was said before of tasks it may share.
//! Deliberately not here: what people decided (`together`).

use crate::context::Engine;
use crate::error::EngineError;
use crate::portfolio::projects_of;
use decide::Policy;
use domain::{Phase, PhaseRule, PortfolioGid, ProjectGid};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long what a portfolio holds counts before Asana is asked again.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// How long Asana is left alone that did not answer.
const LEFT_ALONE: SignedDuration = SignedDuration::from_mins(1);

/// How long an answer is waited for, with all that is tried again: a phase must be set also while Asana does not answer.
const WAITED: Duration = Duration::from_secs(10);

/// The projects of portfolios; none of one that could never be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holdings(BTreeMap<PortfolioGid, Option<BTreeSet<ProjectGid>>>);

impl Holdings {
    /// The rules of a policy, each for a portfolio brought down to the project or left out; it still says of which portfolio it was.
    pub(crate) fn rules(&self, policy: &Policy, project: &ProjectGid) -> Vec<PhaseRule> {
        let mut rules: Vec<PhaseRule> = vec![];
        let mut doubtful: Vec<PhaseRule> = vec![];
        for rule in &policy.phase_for {
            let Some(portfolio) = &rule.portfolio else {
                rules.push(rule.clone());
                continue;
            };
            let known = self.0.get(portfolio).and_then(Option::as_ref);
            let brought_down = PhaseRule { project: Some(project.clone()), ..rule.clone() };
            match known {
                Some(projects) if !projects.contains(project) => {}
                Some(_) => rules.push(brought_down),
                None if rule.is_for_all() => {
                    if rule.phase < whole(policy.phase, &rules, project) {
                        rules.push(brought_down);
                    }
                }
                None => {
                    lower(&mut rules, &brought_down);
                    lower(&mut doubtful, &brought_down);
                    doubtful.push(brought_down);
                }
            }
        }
        // Beside what other rules say of their tasks they lower only what holds for the whole, so the others go over them.
        let most = whole(policy.phase, &rules, project);
        doubtful.iter_mut().for_each(|rule| rule.phase = rule.phase.min(most));
        doubtful.extend(rules);
        doubtful
    }
}

/// The phase of a project by the rules for the whole of it.
fn whole(phase: Phase, rules: &[PhaseRule], project: &ProjectGid) -> Phase {
    let last = rules.iter().rfind(|rule| rule.is_for_all() && rule.is_of(project));
    last.map_or(phase, |rule| rule.phase)
}

/// Lowers rules for parts of a project to the phase of one that may go over them, unless no task is in both.
fn lower(rules: &mut [PhaseRule], by: &PhaseRule) {
    let differ = |one: &Option<String>, other: &Option<String>| matches!((one, other), (Some(one), Some(other)) if !one.eq_ignore_ascii_case(other));
    let same_field = |rule: &PhaseRule| !differ(&rule.field, &by.field);
    let apart = |rule: &PhaseRule| {
        differ(&rule.section, &by.section) || (same_field(rule) && differ(&rule.value, &by.value))
    };
    let project = by.project.as_ref();
    let meets =
        |rule: &PhaseRule| !rule.is_for_all() && project.is_some_and(|of| rule.is_of(of)) && !apart(rule);
    rules.iter_mut().filter(|rule| meets(rule)).for_each(|rule| rule.phase = rule.phase.min(by.phase));
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
        let now = (self.clock)();
        let Ok(read) = tokio::time::timeout(WAITED, projects_of(self, portfolio)).await else {
            tracing::warn!(%portfolio, waited = ?WAITED, "Asana does not say what a portfolio holds that policy.phase_for names");
            self.store.keep_portfolio(portfolio, None, now - FRESH + LEFT_ALONE).await?;
            return Ok(None);
        };
        match read {
            Ok(projects) => {
                let projects: BTreeSet<ProjectGid> =
                    projects.into_iter().map(|project| project.gid).collect();
                self.store.keep_portfolio(portfolio, Some(&projects), now).await?;
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
                let asked = if is_refused { now } else { now - FRESH + LEFT_ALONE };
                self.store.keep_portfolio(portfolio, None, asked).await?;
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
    fn what_is_brought_down_to_a_project_names_it_alone() {
        let projects = BTreeSet::from([ProjectGid::new("1")]);
        let held = Holdings(BTreeMap::from([(PortfolioGid::new("9"), Some(projects))]));
        let policy = Policy { phase_for: vec![rule(Some("9"), Phase::Auto)], ..Policy::default() };
        let rules = crate::phases::decided(&policy, &ProjectGid::new("1"), (&[], &held)).phase_for;
        assert_eq!(rules, [PhaseRule { project: Some(ProjectGid::new("1")), ..rule(None, Phase::Auto) }]);
        assert_eq!(crate::phases::decided(&policy, &ProjectGid::new("2"), (&[], &held)).phase_for, []);
    }

    #[test]
    fn of_a_portfolio_nobody_could_read_a_rule_only_lets_less_be_written() {
        let held = Holdings::default();
        assert_eq!(phase(&held, &[rule(Some("9"), Phase::Auto)], "1"), Phase::Suggest);
        assert_eq!(phase(&held, &[rule(Some("9"), Phase::Shadow)], "1"), Phase::Shadow);
        let rules = [rule(None, Phase::Shadow), rule(Some("9"), Phase::Suggest)];
        assert_eq!(phase(&held, &rules, "1"), Phase::Shadow);
    }

    /// A policy's rules as they hold for project 1 while portfolio 9 cannot be read: each as `section: phase`, in their order.
    fn unread(rules: &[PhaseRule]) -> (Phase, Vec<String>) {
        let policy = Policy { phase: Phase::Suggest, phase_for: rules.to_vec(), ..Policy::default() };
        let project = ProjectGid::new("1");
        let rules = Holdings::default().rules(&policy, &project);
        let parts = rules.iter().filter(|rule| !rule.is_for_all());
        let parts = parts.map(|rule| format!("{}: {}", rule.section.as_deref().unwrap_or("-"), rule.phase));
        let parts = parts.collect();
        (Policy { phase_for: rules, ..policy }.project_phase(&project), parts)
    }

    fn of_project(phase: Phase) -> PhaseRule {
        PhaseRule { project: Some(ProjectGid::new("1")), ..rule(None, phase) }
    }

    fn part(portfolio: Option<&str>, section: &str, phase: Phase) -> PhaseRule {
        PhaseRule { section: Some(section.into()), ..rule(portfolio, phase) }
    }

    #[test]
    fn a_rule_that_may_be_for_a_project_lowers_the_phase_in_force_by_the_rules_before_it() {
        // The phase in force is the project's own rule's, not the lowest anybody named.
        let rules = [of_project(Phase::Auto), rule(Some("9"), Phase::Conditional)];
        assert_eq!(unread(&rules).0, Phase::Conditional);
        let rules = [of_project(Phase::Shadow), of_project(Phase::Auto), rule(Some("9"), Phase::Suggest)];
        assert_eq!(unread(&rules).0, Phase::Suggest);
        let rules = [of_project(Phase::Shadow), rule(Some("9"), Phase::Conditional)];
        assert_eq!(unread(&rules).0, Phase::Shadow);
        // A rule for a part says nothing of the whole.
        let rules =
            [part(None, "Ready", Phase::Shadow), rule(Some("9"), Phase::Suggest), of_project(Phase::Auto)];
        assert_eq!(unread(&rules), (Phase::Auto, vec!["Ready: shadow".to_owned()]));
    }

    #[test]
    fn one_for_a_part_lowers_what_it_may_go_over_and_never_raises() {
        let told = |rules: &[PhaseRule]| unread(rules).1;
        let doubtful = |phase| part(Some("9"), "Ready", phase);
        assert_eq!(told(&[doubtful(Phase::Auto)]), ["Ready: suggest"], "no more than the whole project");
        assert_eq!(told(&[of_project(Phase::Auto), doubtful(Phase::Shadow)]), ["Ready: shadow"]);
        assert_eq!(told(&[doubtful(Phase::Auto), of_project(Phase::Shadow)]), ["Ready: shadow"]);
        // The part's own rule before it is lowered, and stays where it is lower.
        let before = |phase| [part(None, "Ready", phase), doubtful(Phase::Suggest)];
        assert_eq!(told(&before(Phase::Auto)), ["Ready: suggest", "Ready: suggest"]);
        assert_eq!(told(&before(Phase::Shadow)), ["Ready: suggest", "Ready: shadow"]);
        // Other sections are nothing to it; what is said after it goes over it.
        let rules =
            [part(None, "Later", Phase::Auto), doubtful(Phase::Shadow), part(None, "Ready", Phase::Auto)];
        assert_eq!(told(&rules), ["Ready: shadow", "Later: auto", "Ready: auto"]);
    }
}
