//! Replay: make a saved plan again from what was saved, and compare it byte for byte.
//!
//! The rules kept with a plan hold the rubric, the policy and the remembered bands. Deliberately not here: replaying on
//! history (backtests come with learned judgement).

use crate::context::Engine;
use crate::error::EngineError;
use decide::{Policy, Recalculation, Rules, plan_groom, plan_recalculate};
use domain::{Band, Digest, Plan, PlanId, PlanKind, Points, Snapshot, TaskGid};
use judge::{Memory, Rubric};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{SavedPlan, Store};

/// What a plan was made with.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedRules {
    pub(crate) rules: serde_json::Value,
    pub(crate) memory: BTreeMap<TaskGid, (Points, Band)>,
}

/// The rules and memory in force, as text to keep with a plan.
pub(crate) fn saved_rules(engine: &Engine, memory: &Memory) -> String {
    let rules = serde_json::from_str(&engine.rules_text()).unwrap_or_default();
    serde_json::to_string(&SavedRules { rules, memory: memory.clone() }).unwrap_or_default()
}

/// How a replay came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// The plan.
    pub plan: PlanId,
    /// Whether every byte is the same.
    pub identical: bool,
    /// Digest of the plan as saved.
    pub saved: Digest,
    /// Digest of the plan made again.
    pub replayed: Digest,
}

/// Makes a saved groom plan again from its snapshot, rules and moment.
///
/// # Errors
/// An unknown plan, one that is no groom, or one whose snapshot is no longer kept.
pub async fn replay(store: &Store, id: &PlanId) -> Result<Replay, EngineError> {
    let saved = store.plan(id).await?.ok_or_else(|| EngineError::UnknownPlan(id.clone()))?;
    if !matches!(saved.plan.kind, PlanKind::Groom | PlanKind::Recalculate { .. }) {
        let kind = saved.plan.kind.word();
        let problem =
            format!("plan {id} is a {kind} plan; only those of a groom or recalculation are replayed");
        return Err(EngineError::Unusable(problem));
    }
    let snapshot = store.snapshot(&saved.plan.snapshot).await?;
    let snapshot = snapshot.ok_or_else(|| EngineError::SnapshotGone(id.clone()))?;
    let again = made_again(&saved, &snapshot, None)?;
    let bytes = serde_json::to_vec(&again).unwrap_or_default();
    Ok(Replay {
        plan: id.clone(),
        identical: bytes == saved.bytes,
        saved: Digest::of_bytes(&saved.bytes),
        replayed: Digest::of_bytes(&bytes),
    })
}

/// The plan of a saved groom or recalculation made again, by the saved policy or another.
pub(crate) fn made_again(
    saved: &SavedPlan,
    snapshot: &Snapshot,
    policy: Option<Policy>,
) -> Result<Plan, EngineError> {
    let bad = |e: String| EngineError::Rules(e);
    let rules: SavedRules = serde_json::from_str(&saved.rules).map_err(|e| bad(e.to_string()))?;
    let rubric_text = rules.rules["rubric"].to_string();
    let rubric = Rubric::from_canonical(&rubric_text).map_err(|e| bad(e.to_string()))?;
    let policy = match policy {
        Some(policy) => policy,
        None => serde_json::from_value(rules.rules["policy"].clone()).map_err(|e| bad(e.to_string()))?,
    };
    let now = saved.plan.now;
    let judgements = judge::judge(snapshot, &rubric, now, &rules.memory);
    let digest = Digest::of_bytes(rules.rules.to_string().as_bytes());
    let names = Rules { rubric: rubric.version().to_owned(), digest };
    Ok(match &saved.plan.kind {
        PlanKind::Recalculate { tasks } => {
            let changed = Recalculation { judgements: &judgements, memory: &rules.memory, tasks };
            plan_recalculate(snapshot, changed, &policy, &names, now)
        }
        _ => plan_groom(snapshot, &judgements, &policy, &names, now),
    })
}
