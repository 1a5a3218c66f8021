//! What another policy would do to a project: the plan a groom would make of the last ranking under either, side by side.
//!
//! Judgements are the same under both, so only deciding is done again. Nothing is written or kept. Known limits: what happens between
//! groom and groom, sprints, assignments, risks and texts a language model is shown are not foretold; what depends on Asana as it
//! will be at the next groom is told as of the last one.

use super::action::{Known, PlannedView};
use super::cache::{Found, Views};
use super::ranked::{LeftAlone, Ranked};
use crate::context::Engine;
use crate::error::EngineError;
use crate::policy::{PolicyChange, PolicyDraft, PolicyEpoch, policy_diff, policy_history, seen};
use decide::{Policy, Rules, Severity, check, plan_groom};
use domain::{Access, ActionId, Consent, Digest, Plan, PlannedAction, ProjectGid, TaskGid};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Actions of each sort that are told.
const TOLD: usize = 40;

/// How much a plan would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanSum {
    /// Actions that are done with nobody asked.
    pub given: usize,
    /// Actions that a person is asked about.
    pub waiting: usize,
    /// Tasks left alone.
    pub left_alone: usize,
}

impl PlanSum {
    fn of(plan: &Plan) -> PlanSum {
        let given = plan.actions.iter().filter(|action| action.consent == Consent::Given).count();
        PlanSum { given, waiting: plan.actions.len() - given, left_alone: plan.skipped.len() }
    }
}

/// Some of a list, and how long it is.
#[derive(Clone, Debug)]
pub struct Part<T> {
    /// The first of them.
    pub first: Vec<T>,
    /// How many there are.
    pub all: usize,
}

impl<T> Part<T> {
    fn of(all: Vec<T>) -> Part<T> {
        let count = all.len();
        Part { first: all.into_iter().take(TOLD).collect(), all: count }
    }
}

/// What a draft would do beside the policy in force.
#[derive(Clone, Debug)]
pub struct PolicyPreview {
    /// The moment of the ranking it is told of.
    pub at: Timestamp,
    /// Whether a newer ranking is being read.
    pub stale: bool,
    /// Under the policy in force.
    pub now: PlanSum,
    /// Under the draft.
    pub then: PlanSum,
    /// Actions that only the draft's plan has.
    pub comes: Part<PlannedView>,
    /// Actions that only the plan in force has.
    pub goes: Part<PlannedView>,
    /// Actions that both have and that are not the same: before and then.
    pub differ: Part<(PlannedView, PlannedView)>,
    /// Tasks that only the draft leaves alone, each with its reason.
    pub left: Part<LeftAlone>,
    /// Why the checker would refuse the draft's plan; empty when it would not.
    pub refused: Vec<String>,
}

/// A project's policy, and a draft of another.
#[derive(Clone, Debug)]
pub struct PolicyPage {
    /// The settings.
    pub draft: PolicyDraft,
    /// What the draft changes in the configuration file.
    pub changes: Vec<PolicyChange>,
    /// The lines that say so there.
    pub lines: String,
    /// What it would do; none without a draft that can be, or without a ranking.
    pub preview: Option<PolicyPreview>,
    /// The policies that were in force last, the newest first.
    pub history: Vec<PolicyEpoch>,
}

impl Views {
    /// The policy of a project for somebody who sees it, with the settings they ask to be others; `manual` explains each.
    ///
    /// # Errors
    /// The store's, or saved rules that cannot be read.
    pub async fn policy(
        &self,
        engine: &Engine,
        (project, access): (&ProjectGid, &Access),
        manual: &str,
        asked: &BTreeMap<String, String>,
    ) -> Result<PolicyPage, EngineError> {
        let configured = &*engine.configured;
        let mut draft = PolicyDraft::of(manual, configured, asked);
        let seen = crate::policy::settings(&seen(configured, project, access));
        draft.settings.retain(|one| seen.contains_key(&(one.table.clone(), one.key.clone())));
        let (mut changes, mut lines, mut preview) = (vec![], String::new(), None);
        if let Some(policy) = draft.policy.as_ref().filter(|_| draft.differs()) {
            (changes, lines) = policy_diff(configured, policy);
            preview = self.policy_preview(engine, project, policy).await?;
        }
        let history = policy_history(engine, project, access).await?;
        Ok(PolicyPage { draft, changes, lines, preview, history })
    }

    async fn policy_preview(
        &self,
        engine: &Engine,
        project: &ProjectGid,
        draft: &Policy,
    ) -> Result<Option<PolicyPreview>, EngineError> {
        let now = engine.decided_for(project).await?;
        let drafted = Engine { configured: Arc::new(draft.clone()), ..engine.clone() };
        let then = drafted.decided_for(project).await?;
        let Found::Ranked { ranking, stale } = self.ranked(project).await? else { return Ok(None) };
        let told = tokio::task::spawn_blocking(move || compared(&ranking, &now, &then, stale)).await;
        told.map(Some).map_err(|error| EngineError::Stopped(error.to_string()))
    }
}

fn compared(ranking: &Ranked, now: &Policy, then: &Policy, stale: bool) -> PolicyPreview {
    let rules =
        Rules { rubric: ranking.rubric.version().to_owned(), digest: Digest::of_bytes(b"a policy is tried") };
    let plan =
        |policy: &Policy| plan_groom(&ranking.snapshot, &ranking.judgements, policy, &rules, ranking.now);
    let (before, after) = (plan(now), plan(then));
    let known = Known::of(&ranking.snapshot);
    let view = |action: &PlannedAction| PlannedView::of(action, None, &known);
    let by_id = |plan: &'_ Plan| -> HashMap<ActionId, PlannedAction> {
        plan.actions.iter().map(|action| (action.id.clone(), action.clone())).collect()
    };
    let (old, new) = (by_id(&before), by_id(&after));
    let only = |plan: &Plan, other: &HashMap<ActionId, PlannedAction>| {
        plan.actions.iter().filter(|action| !other.contains_key(&action.id)).map(view).collect()
    };
    let differ = after.actions.iter().filter_map(|action| {
        let was = old.get(&action.id)?;
        let same = was.action == action.action && was.consent == action.consent;
        (!same).then(|| (view(was), view(action)))
    });
    let alone: HashSet<&TaskGid> = before.skipped.iter().map(|skipped| &skipped.task).collect();
    let left =
        after.skipped.iter().filter(|skipped| !alone.contains(&skipped.task)).map(|skipped| LeftAlone {
            gid: skipped.task.clone(),
            name: skipped.name.clone(),
            reason: skipped.reason.to_string(),
        });
    let findings = check(&after, &ranking.snapshot, then).into_iter();
    let refused = findings.filter(|found| found.severity == Severity::Error).map(|found| found.problem);
    PolicyPreview {
        at: ranking.now.at,
        stale,
        now: PlanSum::of(&before),
        then: PlanSum::of(&after),
        comes: Part::of(only(&after, &old)),
        goes: Part::of(only(&before, &new)),
        differ: Part::of(differ.collect()),
        left: Part::of(left.collect()),
        refused: refused.take(TOLD).collect(),
    }
}
