//! From a plan about people's time to its outcomes: saved, checked, carried out when asked, as every plan.
//!
//! Deliberately not here: making the plan.

use crate::apply::{Applied, Tally, apply};
use crate::context::Engine;
use crate::error::EngineError;
use crate::groom::{Write, finish_run, require_sound, start_run};
use crate::report::{Requests, SkippedTask, Trouble, trouble};
use domain::{Moment, Phase, Plan, PlanId, RunId, Snapshot};
use serde::Serialize;
use store::Override;

/// What came of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Carried {
    /// The run: what `undo` takes.
    pub run: RunId,
    /// The plan: what `plan show` takes.
    pub plan: PlanId,
    /// The phase.
    pub phase: Phase,
    /// What it does, one line an action.
    pub actions: Vec<String>,
    /// Tasks left alone, each with its reason.
    pub skipped: Vec<SkippedTask>,
    /// How the writes came out.
    pub outcome: Tally,
    /// Writes that did not come out as planned.
    pub trouble: Vec<Trouble>,
    /// Why the rest was not tried, if it was not.
    pub stopped: Option<String>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

/// Saves a plan and carries it out when asked. The project's lock is held.
pub(crate) async fn carry(
    engine: &Engine,
    (snapshot, overrides): (&Snapshot, &[Override]),
    plan: &Plan,
    (now, write): (Moment, Write),
    start: asana::Counters,
) -> Result<Carried, EngineError> {
    let run = engine.run_id(&snapshot.project.gid, now);
    start_run(engine, &run, plan.kind.word(), snapshot, now).await?;
    require_sound(plan, snapshot, engine)?;
    engine.store.save_snapshot(snapshot).await?;
    engine.store.save_plan(&run, plan, &engine.rules_text()).await?;
    engine.store.record_overrides(&run, now.at, overrides).await?;
    let applied = match write {
        Write::PlanOnly => Applied { outcomes: vec![], stopped: None },
        Write::Apply => apply(engine, &run, plan, snapshot).await?,
    };
    finish_run(engine, &run, plan, &applied, (write, Requests::since(engine, start))).await?;
    let notes = plan.notes.iter().filter(|note| !snapshot.notes.contains(note)).cloned();
    Ok(Carried {
        plan: plan.id.clone(),
        phase: plan.phase,
        actions: plan.actions.iter().map(|planned| planned.action.summary()).collect(),
        skipped: plan.skipped.iter().map(SkippedTask::from).collect(),
        outcome: Tally::of(plan, &applied.outcomes),
        trouble: trouble(plan, &applied.outcomes),
        notes: notes.collect(),
        stopped: applied.stopped,
        run,
    })
}
