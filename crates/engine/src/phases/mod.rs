//! Phases: which is in force for a project and why, what the next would change, and a person's decision to go there or back.
//!
//! A decision about a whole project takes the place of everything said before it, in the configuration too; one about a task type or
//! a section adds to what there is. One for a portfolio is one for the whole of each of its projects (`together`). Deliberately not here: what a phase lets through (`decide`).

mod evidence;
mod held;
mod together;

pub(crate) use evidence::answers_by_band;
pub use evidence::{BandAnswers, PhaseEvidence};
pub(crate) use held::Holdings;
pub use together::{PortfolioPhases, back_for_portfolio, phases_of_portfolio, set_for_portfolio};

use crate::context::Engine;
use crate::error::EngineError;
use crate::replay::made_again;
use crate::rubrics::Deciding;
use decide::Policy;
use domain::{Action, Consent, Phase, PhaseRule, Plan, PlanId, PortfolioGid, ProjectGid};
use evidence::evidence;
use jiff::Timestamp;
use serde::Serialize;
use store::{PhaseDecision, PhaseScope, TakingBack};

/// The policy with what people decided about a project, and with its rules for portfolios brought down to the project.
pub(crate) fn decided(
    policy: &Policy,
    project: &ProjectGid,
    (decisions, held): (&[PhaseDecision], &Holdings),
) -> Policy {
    let rules = held.rules(policy, project).into_iter().map(|rule| match rule.project {
        // Which projects the portfolio holds is answered: a rule names one or the other.
        Some(_) => PhaseRule { portfolio: None, ..rule },
        None => rule,
    });
    let mut policy = Policy { phase_for: rules.collect(), ..policy.clone() };
    let whole = decisions.iter().rposition(|decision| decision.scope.is_all());
    if let Some(at) = whole {
        policy.phase = decisions[at].phase;
        policy.phase_for.clear();
    }
    let added = &decisions[whole.map_or(0, |at| at + 1)..];
    policy.phase_for.extend(added.iter().map(|decision| PhaseRule {
        project: Some(project.clone()),
        portfolio: None,
        field: decision.scope.field.clone(),
        value: decision.scope.value.clone(),
        section: decision.scope.section.clone(),
        phase: decision.phase,
    }));
    policy
}

/// A phase for some tasks of a project, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhaseOf {
    /// Which tasks, for people.
    pub tasks: String,
    /// The phase.
    pub phase: Phase,
    /// Who or what says so.
    pub from: String,
    /// Since when, if a person decided it.
    pub at: Option<Timestamp>,
    /// What else is to be said of that decision, as it follows its moment in a sentence; empty for nothing.
    pub more: String,
}

impl PhaseOf {
    /// As the configuration has it for the whole project or for some tasks.
    fn configured(tasks: String, phase: Phase, from: String) -> PhaseOf {
        PhaseOf { tasks, phase, from, at: None, more: String::new() }
    }

    /// As a person decided it.
    fn decided(decision: &PhaseDecision) -> PhaseOf {
        let why = decision.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let anyway = if decision.lacking.is_empty() { "" } else { ", without the evidence" };
        let of = decision.portfolio.as_ref().map(|gid| format!(", for portfolio {gid}")).unwrap_or_default();
        PhaseOf {
            tasks: decision.scope.to_string(),
            phase: decision.phase,
            from: decision.by.clone(),
            at: Some(decision.at),
            more: format!("{of}{anyway}{why}"),
        }
    }

    /// Who or what says so, since when and why, as one text.
    #[must_use]
    pub fn said(&self) -> String {
        let at = self.at.map(|at| format!(" at {at}")).unwrap_or_default();
        format!("{}{at}{}", self.from, self.more)
    }
}

/// What the next phase would change, counted on the last groom's plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextPhase {
    /// The phase.
    pub phase: Phase,
    /// The plan it is counted on; none before the first groom, or when its snapshot is no longer kept.
    pub plan: Option<PlanId>,
    /// Tasks that would be written with nobody asked, by what: AI fields, priority, section. Beside those written now.
    pub adds: Vec<(String, usize)>,
    /// What keeps it from being counted.
    pub note: Option<String>,
}

/// A project's phase.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseReport {
    /// The project.
    pub project: ProjectGid,
    /// In force for the project as a whole, and who or what says so.
    pub whole: PhaseOf,
    /// In force for some of its tasks; the last that fits a task counts.
    pub parts: Vec<PhaseOf>,
    /// What the next phase would change; none in the last.
    pub next: Option<NextPhase>,
    /// What speaks for going on.
    pub evidence: PhaseEvidence,
    /// What is lacking before "conditional" or "auto"; empty when nothing is.
    pub lacking: Vec<String>,
}

/// What is in force for a project, what the next phase would change, and what speaks for it.
///
/// # Errors
/// The store's, or saved rules that cannot be read.
pub async fn phase_of(engine: &Engine, project: &ProjectGid) -> Result<PhaseReport, EngineError> {
    let decisions = engine.store.phases(project).await?;
    let rules = engine.holdings().await?.rules(&engine.configured, project);
    let engine = &engine.for_project(project).await?;
    let last = decisions.iter().rposition(|decision| decision.scope.is_all());
    let phase = engine.policy.project_phase(project);
    let whole = match last {
        Some(at) => PhaseOf { phase, ..PhaseOf::decided(&decisions[at]) },
        None => {
            let tasks = PhaseScope::default().to_string();
            PhaseOf::configured(tasks, phase, from_configuration(&rules, project))
        }
    };
    let mut parts = vec![];
    if last.is_none() {
        parts.extend(rules.iter().filter(|rule| rule.is_of(project)).filter_map(|rule| {
            let (field, value, section) = (rule.field.clone(), rule.value.clone(), rule.section.clone());
            let scope = PhaseScope { field, value, section };
            let from = from_rule(rule);
            (!scope.is_all()).then(|| PhaseOf::configured(scope.to_string(), rule.phase, from))
        }));
    }
    parts.extend(decisions[last.map_or(0, |at| at + 1)..].iter().map(PhaseOf::decided));
    let evidence = evidence(engine, project).await?;
    let next = match after(whole.phase) {
        Some(phase) => Some(counted(engine, project, (whole.phase, phase)).await?),
        None => None,
    };
    let lacking = evidence.lacking();
    Ok(PhaseReport { project: project.clone(), whole, parts, next, evidence, lacking })
}

fn from_configuration(rules: &[PhaseRule], project: &ProjectGid) -> String {
    let named = rules.iter().rfind(|rule| rule.is_for_all() && rule.is_of(project));
    named.map_or_else(|| "the configuration, policy.phase".to_owned(), from_rule)
}

fn from_rule(rule: &PhaseRule) -> String {
    let of = rule.portfolio.as_ref().map(|gid| format!(" for portfolio {gid}")).unwrap_or_default();
    format!("the configuration, policy.phase_for{of}")
}

fn after(phase: Phase) -> Option<Phase> {
    match phase {
        Phase::Shadow => Some(Phase::Suggest),
        Phase::Suggest => Some(Phase::Conditional),
        Phase::Conditional => Some(Phase::Auto),
        Phase::Auto => None,
    }
}

/// Makes the last groom's plan again in either phase and compares.
async fn counted(
    engine: &Engine,
    project: &ProjectGid,
    (now, next): (Phase, Phase),
) -> Result<NextPhase, EngineError> {
    let empty = |note: &str| NextPhase { phase: next, plan: None, adds: vec![], note: Some(note.to_owned()) };
    let Some(id) = engine.store.newest_groom(project).await? else {
        return Ok(empty("nothing to count on yet: groom the project first"));
    };
    let Some(saved) = engine.store.plan(&id).await? else {
        return Ok(empty("the last plan is not kept: groom the project first"));
    };
    let Some(snapshot) = engine.store.snapshot(&saved.plan.snapshot).await? else {
        return Ok(empty("the last snapshot is not kept: groom the project first"));
    };
    let plan = |phase: Phase| {
        let policy = Policy { phase, phase_for: vec![], ..engine.policy.clone() };
        made_again(&saved, &snapshot, Some(policy))
    };
    let (before, then) = (by_what(&plan(now)?), by_what(&plan(next)?));
    let adds = then.into_iter().zip(before).filter_map(|((what, then), (_, before))| {
        let more = then.saturating_sub(before);
        (more > 0).then_some((what, more))
    });
    let nothing_allowed = next == Phase::Conditional && engine.policy.conditional.is_empty();
    let note = nothing_allowed
        .then(|| "policy.conditional names nothing yet, so this phase does what suggest does".to_owned());
    Ok(NextPhase { phase: next, plan: Some(id), adds: adds.collect(), note })
}

/// Task writes that nobody is asked about, by what they write.
fn by_what(plan: &Plan) -> [(String, usize); 3] {
    let given = |prefix: &str| {
        let of = plan.actions.iter().filter(|a| a.consent == Consent::Given);
        let tasks =
            of.filter(|a| matches!(a.action, Action::SetFields { .. } | Action::MoveToSection { .. }));
        tasks.filter(|a| a.id.as_str().starts_with(prefix)).count()
    };
    [("AI fields", "act_fields_"), ("priority", "act_priority_"), ("section", "act_section_")]
        .map(|(what, prefix)| (what.to_owned(), given(prefix)))
}

/// A decision to make.
#[derive(Clone, Debug)]
pub struct NewPhase {
    /// For which tasks.
    pub scope: PhaseScope,
    /// The phase.
    pub phase: Phase,
    /// Whether it is decided although evidence is lacking.
    pub anyway: bool,
}

/// Puts a phase in force for a project or some of its tasks.
///
/// # Errors
/// A way up to "conditional" or "auto" for which evidence is lacking, unless it is decided all the same; the store's.
pub async fn set_phase(
    engine: &Engine,
    project: &ProjectGid,
    new: NewPhase,
    how: &Deciding,
) -> Result<PhaseReport, EngineError> {
    let weighed = weigh(engine, project, &new).await?;
    if weighed.up && !weighed.report.lacking.is_empty() && !new.anyway {
        return Err(EngineError::Unusable(format!(
            "evidence for phase {} is lacking, and nothing was changed: {}. `upnext phase show {project}` tells more; to decide it \
             all the same: --anyway",
            new.phase,
            weighed.report.lacking.join("; ")
        )));
    }
    let by = how.who(engine).await?;
    let decision = decision(weighed, &new, (how, &by), (None, (engine.clock)()));
    engine.store.decide_phases(&[decision]).await?;
    phase_of(engine, project).await
}

/// What a decision would mean in a project.
struct Weighed {
    report: PhaseReport,
    /// The phase that is in force there.
    before: Phase,
    /// Whether it lets Upnext do more by itself, which takes evidence.
    up: bool,
}

async fn weigh(engine: &Engine, project: &ProjectGid, new: &NewPhase) -> Result<Weighed, EngineError> {
    let report = phase_of(engine, project).await?;
    let scope = new.scope.to_string();
    let in_part = report.parts.iter().rev().find(|part| part.tasks == scope);
    let before = in_part.map_or(report.whole.phase, |part| part.phase);
    let up = new.phase >= Phase::Conditional && rises(report.whole.phase, &report.parts, &scope, new.phase);
    Ok(Weighed { report, before, up })
}

/// A decision with the evidence of its moment.
fn decision(
    Weighed { report, before, up }: Weighed,
    new: &NewPhase,
    (how, by): (&Deciding, &str),
    (portfolio, at): (Option<&PortfolioGid>, Timestamp),
) -> PhaseDecision {
    PhaseDecision {
        project: report.project.clone(),
        portfolio: portfolio.cloned(),
        scope: new.scope.clone(),
        phase: new.phase,
        before,
        by: by.to_owned(),
        at,
        reason: how.reason.clone(),
        evidence: kept(&report.evidence),
        lacking: if up { report.lacking } else { vec![] },
    }
}

/// Whether a decision lets Upnext write more in any task. It may take the place of others, and goes over earlier ones where they meet:
/// the lowest that may be in force in its tasks counts.
fn rises(whole: Phase, parts: &[PhaseOf], scope: &str, new: Phase) -> bool {
    let lowest_of = |parts: &[PhaseOf]| parts.iter().map(|part| part.phase).min();
    // In the tasks of a part decided before, that or what was decided later is in force.
    let same = parts.iter().rposition(|part| part.tasks == scope);
    let lowest = match same {
        Some(at) => lowest_of(&parts[at..]),
        None => lowest_of(parts).map(|lowest| lowest.min(whole)),
    };
    new > lowest.unwrap_or(whole)
}

/// Evidence as a decision keeps it, so that it can be read long after the figures have moved on.
fn kept(evidence: &PhaseEvidence) -> serde_json::Value {
    serde_json::to_value(evidence).unwrap_or_default()
}

/// Takes the newest decision on a project's phases back: what was in force before is in force again.
///
/// # Errors
/// A project that nobody decided about, or about which something was decided meanwhile; the store's.
pub async fn phase_back(
    engine: &Engine,
    project: &ProjectGid,
    how: &Deciding,
) -> Result<(PhaseDecision, PhaseReport), EngineError> {
    let Some((seq, _)) = engine.store.newest_phase(project).await? else {
        return Err(EngineError::Unusable(format!(
            "nobody has decided about a phase of project {project}: the configuration's is in force (policy.phase)"
        )));
    };
    let by = how.who(engine).await?;
    let found = kept(&evidence(&engine.for_project(project).await?, project).await?);
    let taking = TakingBack { by: &by, reason: how.reason.as_deref(), evidence: &found };
    let taken = engine.store.take_back_phases(&[(seq, taking)], (engine.clock)()).await?;
    let since = || {
        EngineError::Unusable(format!(
            "somebody else decided about a phase of project {project} just now, and nothing was taken back: look again with \
             `upnext phase show {project}`"
        ))
    };
    Ok((taken.into_iter().next().ok_or_else(since)?, phase_of(engine, project).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(tasks: &str, phase: Phase) -> PhaseOf {
        PhaseOf::configured(tasks.into(), phase, String::new())
    }

    #[test]
    fn a_part_decided_again_goes_over_what_was_decided_after_it() {
        let ready = part("ready", Phase::Auto);
        assert!(!rises(Phase::Suggest, std::slice::from_ref(&ready), "ready", Phase::Auto));
        // Bugs in Ready are suggested only; saying "auto in Ready" once more would write them.
        let parts = [ready, part("bugs", Phase::Suggest)];
        assert!(rises(Phase::Suggest, &parts, "ready", Phase::Auto));
        assert!(rises(Phase::Suggest, &parts, "ready", Phase::Conditional));
        assert!(!rises(Phase::Suggest, &parts, "ready", Phase::Suggest));
        // What was decided before it is gone over already.
        let parts = [part("bugs", Phase::Suggest), part("ready", Phase::Auto)];
        assert!(!rises(Phase::Suggest, &parts, "ready", Phase::Auto));
        // The whole, or a part nobody decided on, takes the place of all of them.
        assert!(rises(Phase::Auto, &parts, "all tasks", Phase::Auto));
        assert!(!rises(Phase::Auto, &[], "all tasks", Phase::Auto));
        assert!(rises(Phase::Suggest, &[], "ready", Phase::Conditional));
    }
}
