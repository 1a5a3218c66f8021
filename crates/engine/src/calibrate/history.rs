//! Calibration from the past: what was taken up first, and where people overruled a score or band.
//!
//! Reads the same history as a backtest. Deliberately not here: asking anybody.

use super::propose::{Learned, Proposal};
use crate::backtest::Period;
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{actor, gather_frame, read_history};
use crate::rubrics::Deciding;
use domain::{Band, Bands, FieldValue, Moment, Points, ProjectGid, Role, Snapshot};
use judge::backtest::{Look, Overruled, from_past};
use judge::weights::next_version;
use store::{Origin, Override};

/// Learns weights from the earlier weeks of a period and keeps a proposal when the later weeks speak for it.
///
/// # Errors
/// What keeps the project or its history from being read.
pub async fn calibrate_from_history(
    engine: &Engine,
    project: &ProjectGid,
    period: &Period,
    now: Moment,
    how: &Deciding,
) -> Result<Proposal, EngineError> {
    let engine = &engine.for_project(project).await?;
    let by = how.who(engine).await?;
    let mut present = gather_frame(engine, project, now.at).await?;
    let pasts = read_history(engine, project, period.begin(now.at)).await?;
    let moments = period.moments(now.at);
    engine.stage("learning from the past", moments.len());
    let ours = actor(engine).await?.gid;
    let overrides = engine.store.overrides(project).await?;
    let moved: Vec<Overruled> = overrides
        .iter()
        .filter_map(|one| overruled(one, &present, (period, engine.rubric.bands())))
        .collect();
    let known = engine.store.rubrics(project).await?;
    let version = next_version(engine.rubric.version(), known.iter().map(|known| known.version.as_str()));
    let look = Look {
        present: &present,
        pasts: &pasts,
        rubric: &engine.rubric,
        moments: &moments,
        horizon_days: period.horizon_days,
        ours: &ours,
    };
    let found = from_past(&look, &moved, &version).map_err(|e| EngineError::Rules(e.to_string()))?;
    let open = pasts.iter().filter(|past| !past.task.completed);
    present.tasks = open.map(|past| past.task.clone()).collect();
    let learned = Learned {
        origin: Origin::History,
        weights: found.weights,
        rubric: found.rubric,
        answers: None,
        why_not: found.evidence.against(),
        past: Some(found.evidence),
    };
    learned.keep(engine, (&present, now), &by).await
}

/// An override of the score or the band, as the score that the person moved the task to.
fn overruled(one: &Override, present: &Snapshot, (period, bands): (&Period, &Bands)) -> Option<Overruled> {
    let at = one.at?;
    let is = |role| present.roles.candidates(role).contains(&one.field);
    let to = match (&one.ours, &one.theirs) {
        (Some(FieldValue::Number(_)), Some(FieldValue::Number(theirs))) if is(Role::AiPriorityScore) => {
            Points::from_f64(theirs.clamp(0.0, 100.0))
        }
        (Some(FieldValue::Enum { name: ours, .. }), Some(FieldValue::Enum { name: theirs, .. }))
            if is(Role::SuggestedPriority) =>
        {
            nearest(Band::from_label(ours)?, Band::from_label(theirs)?, bands)?
        }
        _ => return None,
    };
    let today = at.to_zoned_datetime(period.zone.clone()).date();
    Some(Overruled { task: one.task.clone(), now: Moment { at, today }, to })
}

/// The score of a band that is nearest to another band.
fn nearest(ours: Band, theirs: Band, bands: &Bands) -> Option<Points> {
    match theirs.cmp(&ours) {
        std::cmp::Ordering::Less => Some(bands.floor(theirs)),
        std::cmp::Ordering::Equal => None,
        // The band above begins where theirs ends.
        std::cmp::Ordering::Greater => {
            let above = Band::ALL.into_iter().take_while(|band| *band < theirs).last()?;
            Some(bands.floor(above) - Points::from_tenths(1))
        }
    }
}
