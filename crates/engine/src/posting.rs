//! Posting: a plan of one comment, carried out as a run of its own.
//!
//! What reviews, digests of decisions and previews of sprints have in common once their plan is made. Deliberately not here: whether
//! anything may be posted, and what it says.

use crate::apply::{Tally, apply};
use crate::context::Engine;
use crate::error::EngineError;
use crate::groom::{Write, finish_run, require_sound, start_run};
use crate::report::{Requests, Trouble, trouble};
use asana::Counters;
use domain::{Plan, RunId, Snapshot};
use serde::Serialize;

/// What posting came to; nothing where nothing was to be posted.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Posting {
    /// The run that posted it: what `undo` takes; none when it was not to be posted.
    pub run: Option<RunId>,
    /// How the writes came out.
    pub outcome: Tally,
    /// Writes that did not come out as planned.
    pub trouble: Vec<Trouble>,
    /// Why the rest was not tried, if it was not.
    pub stopped: Option<String>,
    /// Requests made.
    pub requests: Requests,
}

/// Checks the plan, carries it out and tells of it. Requests count from `start` on.
pub(crate) async fn post(
    engine: &Engine,
    plan: &Plan,
    snapshot: &Snapshot,
    start: Counters,
) -> Result<Posting, EngineError> {
    require_sound(plan, snapshot, engine)?;
    let run = engine.run_id(&plan.project.gid, plan.now);
    start_run(engine, &run, plan.kind.word(), snapshot, plan.now).await?;
    engine.store.save_anchors(&plan.project.gid, &snapshot.anchors).await?;
    engine.store.save_snapshot(snapshot).await?;
    engine.store.save_plan(&run, plan, &engine.rules_text()).await?;
    let applied = apply(engine, &run, plan, snapshot).await?;
    let requests = Requests::since(engine, start);
    finish_run(engine, &run, plan, &applied, (Write::Apply, requests)).await?;
    Ok(Posting {
        run: Some(run),
        outcome: Tally::of(plan, &applied.outcomes),
        trouble: trouble(plan, &applied.outcomes),
        stopped: applied.stopped,
        requests,
    })
}
