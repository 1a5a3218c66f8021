//! The recalculate workflow: after something changed, judge the project again and write what changed tasks ask for.
//!
//! What was heard only says where to look: the state is read afresh, and the sweep is this same code with nothing heard, which now and
//! then reads the project whole. What is written are the fields of the tasks that changed and of those near them in the dependency graph, and notes to owners.
//! Deliberately not here: hearing (`service`), the summary and the review (`groom`).

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{Recent, gather_recent, gather_whole};
use crate::groom::{Scope, Write, groom_locked, judge_and_write};
use crate::recover::recover;
use crate::report::GroomReport;
use crate::service::{Urgency, Work};
use domain::{Action, Consent, Moment, PlannedAction, ProjectGid, Snapshot, TaskGid};
use jiff::ToSpan as _;
use std::collections::{BTreeMap, BTreeSet};
use store::Change;
use tracing::{Instrument as _, info_span};

/// How far from a changed task others are looked at, in dependency links: as far as a score inherits (`judge`).
const NEIGHBOURHOOD: usize = 5;

/// How much of a project is read to find what has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What was modified since it was last read, and what was heard of.
    Recent,
    /// All of it: what was deleted or taken away unheard is in no list of changes.
    Whole,
}

/// What a recalculation came to.
#[derive(Debug)]
pub enum Recalculated {
    /// Nothing had changed.
    Quiet,
    /// The project had never been judged, or not so that it could be gone on from, and was groomed whole.
    Groomed(Box<GroomReport>),
    /// Tasks had changed.
    Changed {
        /// How many.
        tasks: usize,
        /// What came of them.
        report: Box<GroomReport>,
        /// Whether a groom was asked for, because a person completed the host task or made one.
        triggered: bool,
    },
}

impl Recalculated {
    /// The report, if there was anything to do.
    #[must_use]
    pub fn report(&self) -> Option<&GroomReport> {
        match self {
            Recalculated::Quiet => None,
            Recalculated::Groomed(report) | Recalculated::Changed { report, .. } => Some(report),
        }
    }
}

/// Brings a project up to date with what was heard of it, and with what was not.
///
/// # Errors
/// What stops the run as a whole. What was heard stays noted until it has been dealt with.
pub async fn recalculate(
    engine: &Engine,
    project: &ProjectGid,
    (now, extent): (Moment, Extent),
) -> Result<Recalculated, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let heard = engine.store.changes(project).await?;
    let engine = &engine.for_project(project).await?;
    recover(engine, project).await?;
    let result = match last_known(engine, project).await? {
        Some(last) => {
            let span = info_span!("recalculate", %project, heard = heard.len());
            changed_since(engine, last, &heard, (now, extent)).instrument(span).await?
        }
        None => Recalculated::Groomed(Box::new(groom_locked(engine, project, now, Write::Apply).await?)),
    };
    if let Some(why) = result.report().and_then(|report| report.stopped.clone()) {
        return Err(EngineError::Stopped(why));
    }
    engine.store.looked_at(&heard).await?;
    Ok(result)
}

/// A project as it is known, with the tasks whose writes are still open.
struct LastKnown {
    snapshot: Snapshot,
    owed: BTreeSet<TaskGid>,
}

/// What a plan that was only to be looked at took in is not known: it was judged and not written.
async fn last_known(engine: &Engine, project: &ProjectGid) -> Result<Option<LastKnown>, EngineError> {
    let Some((run, seen)) = engine.store.known(project).await? else { return Ok(None) };
    let Some(saved) = engine.store.plan_of_run(&run).await? else { return Ok(None) };
    let snapshot = match seen {
        Some(seen) => Some(seen),
        None => engine.store.snapshot(&saved.plan.snapshot).await?,
    };
    let Some(snapshot) = snapshot else { return Ok(None) };
    let outcomes = engine.store.outcomes(&run).await?;
    // The run's outcomes in order: the last of an action counts.
    let ended: BTreeMap<_, bool> =
        outcomes.iter().map(|outcome| (&outcome.action, !outcome.kind.is_open())).collect();
    // What waits for a person is owed by the person.
    let open = |planned: &&PlannedAction| {
        planned.consent == Consent::Given && !ended.get(&planned.id).copied().unwrap_or(false)
    };
    let task = |planned: &PlannedAction| match &planned.action {
        Action::SetFields { task, .. } | Action::MoveToSection { task, .. } => Some(task.clone()),
        _ => None,
    };
    let owed = saved.plan.actions.iter().filter(open).filter_map(task).collect();
    Ok(Some(LastKnown { snapshot, owed }))
}

async fn changed_since(
    engine: &Engine,
    last: LastKnown,
    heard: &[Change],
    (now, extent): (Moment, Extent),
) -> Result<Recalculated, EngineError> {
    let LastKnown { snapshot: base, owed } = last;
    let asked: Vec<TaskGid> = heard.iter().map(|change| change.task.clone()).collect();
    let span = info_span!("gather");
    let recent = match extent {
        Extent::Recent => gather_recent(engine, base, &asked, now.at).instrument(span).await?,
        Extent::Whole => gather_whole(engine, base, now.at).instrument(span).await?,
    };
    let Recent { gathered, mut changed, triggered, listed, lost } = recent;
    changed.extend(owed.into_iter().filter(|gid| gathered.snapshot.task(gid).is_some()));
    // A task that is gone leaves the ranking, which is what the newest plan rests on, also where no other task is touched.
    if changed.is_empty() && !triggered && !lost {
        if listed {
            engine.store.seen_since(&gathered.snapshot).await?;
        }
        return Ok(Recalculated::Quiet);
    }
    if triggered {
        // Before the project is noted as known: a process killed from here on does not forget what was wished for.
        let groom = Work::Groom { project: gathered.snapshot.project.gid.clone() };
        engine.store.enqueue(&[groom.job(Urgency::Person, now.at, now.at)]).await?;
    }
    let tasks = changed.len();
    let near = neighbourhood(&gathered.snapshot, changed);
    let written = engine.store.writes_since(&gathered.snapshot.project.gid, now.at - 24.hours()).await?;
    let worn = |task: &TaskGid| {
        let action = format!("act_fields_{task}");
        written.get(&action).is_some_and(|times| *times >= u64::from(engine.policy.rewrites_a_day))
    };
    let may = near.into_iter().filter(|task| !worn(task)).collect();
    let report = judge_and_write(engine, gathered, (now, Write::Apply), Scope::Some(may)).await?;
    Ok(Recalculated::Changed { tasks, report: Box::new(report), triggered })
}

/// The tasks and those within a few dependency links of them, either way.
fn neighbourhood(snapshot: &Snapshot, tasks: BTreeSet<TaskGid>) -> BTreeSet<TaskGid> {
    let mut links: BTreeMap<&TaskGid, Vec<&TaskGid>> = BTreeMap::new();
    for task in &snapshot.tasks {
        for other in task.dependencies.iter().map(|d| &d.gid).chain(&task.dependents) {
            links.entry(&task.gid).or_default().push(other);
            links.entry(other).or_default().push(&task.gid);
        }
    }
    let mut border: Vec<TaskGid> = tasks.iter().cloned().collect();
    let mut near = tasks;
    for _ in 0..NEIGHBOURHOOD {
        let next = border.iter().filter_map(|gid| links.get(gid)).flatten();
        border = next.filter(|gid| !near.contains(**gid)).map(|gid| (*gid).clone()).collect();
        near.extend(border.iter().cloned());
    }
    near
}
