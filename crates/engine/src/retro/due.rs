//! Whether a sprint has just ended whose retrospective is still to be posted: what the timetable asks, every day if it is told to.
//!
//! A sprint with two dates in its name has ended when the second has come, and one that is a project when the last day it was planned for
//! has. Where there is neither, sprints follow one another, each of as many days as the policy says. Deliberately not here: posting it.

use super::kept::periods;
use super::projects::own;
use super::span::{RetroWish, dates_in, days_of, sprint_fields};
use super::{RetroReport, retro};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{gather_frame, with_sprints};
use crate::groom::Write;
use domain::{Moment, ProjectGid, Snapshot};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Days after its end in which a sprint's retrospective is made up for.
const LATE: i64 = 7;

/// Posts the retrospective of a sprint that has just ended, if there is one without.
///
/// # Errors
/// As [`retro`].
pub async fn retro_at_sprint_end(
    engine: &Engine,
    project: &ProjectGid,
    zone: &TimeZone,
    now: Moment,
) -> Result<Option<RetroReport>, EngineError> {
    let present = gather_frame(engine, project, now.at).await?;
    let present = with_sprints(engine, present, &[]).await?;
    let mut dated: Vec<Dated> =
        own(engine, &present).await?.into_iter().filter_map(|o| Some((o.days?, o.name))).collect();
    dated.extend(days_of(&present.project.name, engine).map(|days| (days, present.project.name.clone())));
    let posted = periods(engine, project).await?;
    let days = i64::from(engine.policy.retro_days);
    let Some((sprint, from, to)) = ended((&present, dated), &posted, days, now.today) else {
        return Ok(None);
    };
    let wish = RetroWish { sprint, from: Some(from), to: Some(to), zone: zone.clone() };
    retro(engine, project, &wish, (now, Write::Apply)).await.map(Some)
}

/// A sprint's days and its name.
type Dated = ((Date, Date), String);

/// The sprint that ended last and has no retrospective yet; `dated` are those that are projects.
fn ended(
    (present, mut dated): (&Snapshot, Vec<Dated>),
    posted: &[(Date, Date)],
    days: i64,
    today: Date,
) -> Option<(Option<String>, Date, Date)> {
    let sections = present.sections.iter().map(|section| &section.name);
    let options = sprint_fields(present).flat_map(|field| field.options.iter().map(|option| &option.name));
    dated.extend(sections.chain(options).filter_map(|name| Some((dates_in(name)?, name.clone()))));
    if dated.is_empty() {
        let last = posted.iter().map(|(_, to)| *to).max();
        let is_due = last.is_none_or(|last| last.saturating_add(days.days()) <= today);
        return is_due.then(|| (None, today.saturating_sub((days - 1).days()), today));
    }
    let ended = dated.into_iter().filter(|(days, _)| {
        days.1 <= today && days.1.saturating_add(LATE.days()) >= today && !posted.contains(days)
    });
    ended.max_by_key(|((from, to), _)| (*to, *from)).map(|((from, to), name)| (Some(name), from, to))
}
