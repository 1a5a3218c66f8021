//! Replay: make a saved plan again from what was saved, and compare it byte for byte.
//!
//! The rules kept with a plan hold the rubric, the policy and the remembered bands. Deliberately not here: replaying on
//! history (backtests come with learned judgement).

use crate::context::Engine;
use crate::error::EngineError;
use crate::workload::Inputs;
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
    /// What a plan about people's time rests on beside ([`Inputs`]), as it was kept: an older plan's may be of another shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) inputs: Option<serde_json::Value>,
}

impl SavedRules {
    /// What the plan rests on beside; none where nothing is kept, or where it is of a shape that is no longer known.
    pub(crate) fn known_inputs(&self) -> Option<Inputs> {
        Inputs::deserialize(self.inputs.as_ref()?).ok()
    }
}

/// The rules and memory in force, as text to keep with a plan.
pub(crate) fn saved_rules(engine: &Engine, memory: &Memory) -> String {
    let rules = serde_json::from_str(&engine.rules_text()).unwrap_or_default();
    serde_json::to_string(&SavedRules { rules, memory: memory.clone(), inputs: None }).unwrap_or_default()
}

/// The rules in force with what a plan about people's time rests on.
pub(crate) fn saved_rules_with(engine: &Engine, inputs: &Inputs) -> String {
    let rules = serde_json::from_str(&engine.rules_text()).unwrap_or_default();
    let saved = SavedRules { rules, memory: Memory::default(), inputs: serde_json::to_value(inputs).ok() };
    serde_json::to_string(&saved).unwrap_or_default()
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

/// Makes a saved plan again from its snapshot, rules and moment.
///
/// # Errors
/// An unknown plan, one of a kind that is not replayed, or one whose snapshot is no longer kept.
pub async fn replay(store: &Store, id: &PlanId) -> Result<Replay, EngineError> {
    let saved = store.plan(id).await?.ok_or_else(|| EngineError::UnknownPlan(id.clone()))?;
    let replayed = matches!(
        saved.plan.kind,
        PlanKind::Groom
            | PlanKind::Recalculate { .. }
            | PlanKind::Risk
            | PlanKind::Assign
            | PlanKind::Sprint { .. }
    );
    if !replayed {
        let kind = saved.plan.kind.word();
        let problem = format!(
            "plan {id} is a {kind} plan; only those of a groom, recalculation, risk, assignment or sprint are replayed"
        );
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

/// A saved plan made again, by the saved policy or another.
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
    let digest = Digest::of_bytes(rules.rules.to_string().as_bytes());
    let names = Rules { rubric: rubric.version().to_owned(), digest };
    if let Some(inputs) = rules.known_inputs() {
        return inputs.plan(snapshot, (&rubric, &policy), &names, now);
    }
    if rules.inputs.is_some() || matches!(saved.plan.kind, PlanKind::Risk | PlanKind::Assign) {
        let problem = "it was saved before plans of its kind were kept with all they rest on";
        return Err(EngineError::Unusable(format!("plan {} is not replayed: {problem}", saved.plan.id)));
    }
    let judgements = judge::judge(snapshot, &rubric, now, &rules.memory);
    Ok(match &saved.plan.kind {
        PlanKind::Recalculate { tasks } => {
            let changed = Recalculation { judgements: &judgements, memory: &rules.memory, tasks };
            plan_recalculate(snapshot, changed, &policy, &names, now)
        }
        _ => plan_groom(snapshot, &judgements, &policy, &names, now),
    })
}
