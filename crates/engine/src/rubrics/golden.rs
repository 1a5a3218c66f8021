//! The golden set: an order that was agreed on once, and the gate that a new rubric must pass.
//!
//! The set is judged on its frozen snapshot at its frozen moment, so only what is tried differs. A rubric passes when the
//! agreement of its order reaches the gate, or is no lower than that of the rubric in force: a person's order may be one that
//! no rubric reaches. Deliberately not here: what happens to a rubric that does not pass.

use super::Deciding;
use super::standing::settle;
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::gather;
use domain::{Findings, Moment, ProjectGid, Snapshot, TaskGid};
use judge::learn::team::TeamEffort;
use judge::weights::{Agreement, agreement};
use judge::{Memory, Rubric};
use serde::{Deserialize, Serialize};
use store::{GoldenSet, Store};

/// How a rubric agrees with a golden set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoldenCheck {
    /// When the set was frozen.
    pub frozen_at: jiff::Timestamp,
    /// By whom.
    pub frozen_by: String,
    /// The rubric whose order it is; `None` for a person's.
    pub frozen_rubric: Option<String>,
    /// The rubric that is tried.
    pub rubric: String,
    /// Its agreement.
    pub agreement: Agreement,
    /// The agreement of the rubric in force.
    pub in_force: Agreement,
    /// The least Kendall's tau that passes by itself.
    pub gate: f64,
    /// Whether it passes.
    pub holds: bool,
}

/// What a freeze came to.
#[derive(Clone, Debug, Serialize)]
pub struct Frozen {
    /// The set.
    pub set: GoldenSet,
    /// The first tasks of the order by name.
    pub first: Vec<String>,
}

/// Names shown of an order.
const SHOWN: usize = 10;
/// Fewer tasks make no order worth holding anything against: two of five swapped are a tau of .8 already.
const LEAST_TASKS: usize = 5;

/// Freezes the newest groomed snapshot of a project, or a fresh one, in the order of the rubric in force or a person's.
///
/// # Errors
/// An order that names unknown tasks, one task twice or too few; what keeps the project from being read.
pub async fn freeze_golden(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
    (order, note): (Option<Vec<TaskGid>>, &str),
    how: &Deciding,
) -> Result<Frozen, EngineError> {
    let (configured, engine) = (engine, &engine.for_project(project).await?);
    let (by, asked_at) = (how.who(engine).await?, now.at);
    let (snapshot, now) = newest(engine, project, now).await?;
    let judged = judge::judge(&snapshot, &engine.rubric, now, &Memory::new());
    let is_theirs = order.is_some();
    let order = match order {
        Some(order) => order,
        None => judged.into_iter().map(|judgement| judgement.task).collect(),
    };
    checked(&order, &snapshot)?;
    let name = |gid: &TaskGid| snapshot.task(gid).map(|task| task.name.clone()).unwrap_or_default();
    let first = order.iter().take(SHOWN).map(name).collect();
    let set = GoldenSet {
        project: project.clone(),
        snapshot: snapshot.digest(),
        now,
        order,
        rubric: (!is_theirs).then(|| engine.rubric.version().to_owned()),
        frozen_at: asked_at,
        frozen_by: by,
        note: note.to_owned(),
    };
    engine.store.freeze(&set).await?;
    // What the set is to guard is what judges now, whether it was groomed since or not.
    settle(configured, project).await?;
    Ok(Frozen { set, first })
}

/// The snapshot of the newest groom with its moment; a fresh one where there is none.
async fn newest(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
) -> Result<(Snapshot, Moment), EngineError> {
    if let Some(plan) = engine.store.newest_groom(project).await?
        && let Some(saved) = engine.store.plan(&plan).await?
        && let Some(snapshot) = engine.store.snapshot(&saved.plan.snapshot).await?
    {
        return Ok((snapshot, saved.plan.now));
    }
    let _lock = engine.store.lock_project(project).await?;
    let snapshot = gather(engine, project, now.at).await?.snapshot;
    engine.store.save_snapshot(&snapshot).await?;
    Ok((snapshot, now))
}

fn checked(order: &[TaskGid], snapshot: &Snapshot) -> Result<(), EngineError> {
    let mut seen = std::collections::HashSet::new();
    for gid in order {
        if snapshot.task(gid).is_none_or(|task| task.completed) {
            let taken = snapshot.taken_at;
            let problem = format!(
                "the order names task {gid}, which was no open task of the project when it was read at {taken}: leave it \
                 out, or groom the project first"
            );
            return Err(EngineError::Unusable(problem));
        }
        if !seen.insert(gid) {
            return Err(EngineError::Unusable(format!("the order names task {gid} twice")));
        }
    }
    if order.len() < LEAST_TASKS {
        let problem = format!("an order of {} tasks holds nothing; give at least {LEAST_TASKS}", order.len());
        return Err(EngineError::Unusable(problem));
    }
    Ok(())
}

/// Judges the golden set with a rubric, or with the one in force.
///
/// # Errors
/// When no set is frozen, or the store's.
pub async fn check_golden(
    engine: &Engine,
    project: &ProjectGid,
    rubric: Option<Rubric>,
) -> Result<GoldenCheck, EngineError> {
    let set = engine.store.golden(project).await?;
    let set = set.ok_or_else(|| EngineError::NoGolden(project.clone()))?;
    let in_force = engine.for_project(project).await?.rubric;
    let tried = rubric.unwrap_or_else(|| in_force.clone());
    let [before, after] = agreements(&engine.store, &set, [&in_force, &tried]).await?;
    let gate = engine.policy.golden_gate;
    Ok(GoldenCheck {
        frozen_at: set.frozen_at,
        frozen_by: set.frozen_by,
        frozen_rubric: set.rubric,
        rubric: tried.version().to_owned(),
        agreement: after,
        in_force: before,
        gate,
        holds: after.tau >= gate || after.tau >= before.tau,
    })
}

/// How two rubrics agree with a golden set.
pub(super) async fn agreements(
    store: &Store,
    set: &GoldenSet,
    rubrics: [&Rubric; 2],
) -> Result<[Agreement; 2], EngineError> {
    let gone = || EngineError::Rules(format!("the snapshot {} of the golden set is gone", set.snapshot));
    let snapshot = store.snapshot(&set.snapshot).await?.ok_or_else(gone)?;
    Ok(rubrics.map(|rubric| agreement(&set.order, &judge::judge(&snapshot, rubric, set.now, &Memory::new()))))
}

/// The golden set before and after, for a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoldenEvidence {
    /// The rubric in force.
    pub before: Agreement,
    /// The proposal.
    pub after: Agreement,
}

pub(crate) async fn golden_evidence(
    engine: &Engine,
    project: &ProjectGid,
    rubrics: [&Rubric; 2],
) -> Result<Option<GoldenEvidence>, EngineError> {
    let Some(set) = engine.store.golden(project).await? else { return Ok(None) };
    let [before, after] = agreements(&engine.store, &set, rubrics).await?;
    Ok(Some(GoldenEvidence { before, after }))
}

/// Why a model that estimates effort falls out with the golden set; `None` where it does not, or where no set is frozen.
pub(crate) async fn falls_out(
    engine: &Engine,
    project: &ProjectGid,
    model: &TeamEffort,
) -> Result<Option<String>, EngineError> {
    let Some(set) = engine.store.golden(project).await? else { return Ok(None) };
    let gone = || EngineError::Rules(format!("the snapshot {} of the golden set is gone", set.snapshot));
    let before = engine.store.snapshot(&set.snapshot).await?.ok_or_else(gone)?;
    let mut after = before.clone();
    let open = before.tasks.iter().filter(|task| !task.completed);
    after.evidence.tasks = open
        .map(|task| {
            let ratings = before.evidence.tasks.get(&task.gid).and_then(|found| found.ratings.clone());
            (task.gid.clone(), Findings { effort: model.finding("candidate", &before, task), ratings })
        })
        .collect();
    let of = |snapshot: &Snapshot| {
        agreement(&set.order, &judge::judge(snapshot, &engine.rubric, set.now, &Memory::new())).tau
    };
    let (then, now, gate) = (of(&before), of(&after), engine.policy.golden_gate);
    let holds = now >= gate || now >= then;
    Ok((!holds).then(|| {
        format!(
            "with it the golden set's order agrees to {now:.3} instead of {then:.3}, below the gate of {gate}"
        )
    }))
}
