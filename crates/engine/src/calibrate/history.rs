//! Calibration from the past: what was taken up first, where people overruled a score or band, and what they answered to suggested
//! priorities.
//!
//! Reads the same history as a backtest. An answer counts only when a person gave it to Upnext: not silence, not what ran out, not a
//! program with a key, and not a field on the task in Asana, which a rule may have set. Deliberately not here: asking anybody.

use super::propose::{Learned, Proposal};
use crate::SILENCE;
use crate::backtest::Period;
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{actor, gather_frame, read_history};
use crate::rubrics::Deciding;
use decide::IN_ASANA;
use domain::{
    ApiKey, Approval, ApprovalState, Band, Bands, FieldValue, Moment, Points, ProjectGid, Role, Snapshot,
};
use jiff::Timestamp;
use judge::backtest::{Answer, Look, Overruled, Told, from_past};
use judge::weights::next_version;
use std::collections::BTreeMap;
use store::{ApprovalQuery, Origin, Override};

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
    let overrides = engine.store.kept_overrides(project).await?;
    let moved: Vec<Overruled> = overrides
        .iter()
        .filter(|one| !one.is_put_back())
        .filter_map(|one| overruled(&one.found, &present, (period, engine.rubric.bands())))
        .collect();
    let asked = ApprovalQuery { project: Some(project.clone()), ..ApprovalQuery::default() };
    let asked = engine.store.approvals(&asked).await?;
    let options = &engine.policy.priority_options;
    let answers: Vec<Answer> = asked.iter().filter_map(|one| answer(one, (period, options))).collect();
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
    let told = Told { overruled: &moved, answers: &answers };
    let found = from_past(&look, &told, &version).map_err(|e| EngineError::Rules(e.to_string()))?;
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
    Some(Overruled { task: one.task.clone(), now: moment(at, period), to })
}

/// What a person answered to a suggested official priority; nothing of other values and of what no person is known to have answered.
fn answer(one: &Approval, (period, options): (&Period, &BTreeMap<Band, String>)) -> Option<Answer> {
    let yes = match one.state {
        ApprovalState::Approved => true,
        ApprovalState::Rejected => false,
        _ => return None,
    };
    let settled = one.settled.as_ref()?;
    if one.ask.what != Role::Priority.key()
        || [SILENCE, IN_ASANA].contains(&&*settled.by)
        || ApiKey::has_signed(&settled.by)
    {
        return None;
    }
    let band = |name: &str| options.iter().find(|(_, option)| option.eq_ignore_ascii_case(name));
    let from = match &one.ask.old {
        Some(old) => Some(*band(old)?.0),
        None => None,
    };
    Some(Answer {
        task: one.ask.task.clone(),
        now: moment(settled.at, period),
        by: settled.by.clone(),
        from,
        to: *band(&one.ask.new)?.0,
        option: one.ask.new.clone(),
        yes,
    })
}

fn moment(at: Timestamp, period: &Period) -> Moment {
    Moment { at, today: at.to_zoned_datetime(period.zone.clone()).date() }
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
