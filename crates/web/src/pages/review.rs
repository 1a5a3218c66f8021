//! `/projects/{gid}/review`: the week in a project, and the weeks before.
//!
//! Every week is reckoned anew from what is kept. Deliberately not here: finding the facts (`engine::review`), and posting them
//! (`upnext review --post`, or a schedule).

use super::project::Here;
use super::{Shell, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ProjectGid;
use engine::{Answers, ReviewFacts, ReviewPeriod};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// Weeks to go back to.
const WEEKS: i64 = 8;

/// Days a review may be about: the store is read day by day.
const LONGEST: i32 = 366;

/// A week to choose.
struct Week {
    from: Date,
    to: Date,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "review.html")]
struct Page {
    shell: Shell,
    here: Here,
    facts: ReviewFacts,
    weeks: Vec<Week>,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let zone = dashboard.zone();
    let today = zone.to_datetime(dashboard.now()).date();
    let to = day(&fields, "to")?.unwrap_or(today);
    let from = day(&fields, "from")?.unwrap_or_else(|| to.saturating_sub(6.days()));
    if from.until(to).map_or(true, |span| span.get_days() >= LONGEST) {
        return Err(Refusal::Bad(format!("A review is of {LONGEST} days at most: choose a shorter time.")));
    }
    let (period, gid) = (ReviewPeriod { from, to, zone }, here.gid.clone());
    let look = move |engine, _| async move { engine::review(&engine, &gid, &period).await };
    let facts = dashboard.find(&visitor, look).await?.facts;
    let week = |back: i64| {
        let to = today.saturating_sub((7 * back).days());
        let first = to.saturating_sub(6.days());
        Week { from: first, to, chosen: (first, to) == (from, facts.to) }
    };
    let weeks = (0..WEEKS).map(week).collect();
    let shell = Shell::of(&visitor, format!("Review – {}", here.name), "projects");
    Ok(html(&Page { shell, here, weeks, facts }))
}

fn day(fields: &Fields, name: &str) -> Result<Option<Date>, Refusal> {
    let Some(text) = fields.get(name).filter(|text| !text.is_empty()) else { return Ok(None) };
    let day =
        text.parse().map_err(|_| Refusal::Bad("A day is written 2026-11-22: go back and mend it.".into()));
    day.map(Some)
}

/// How often people said yes, in words.
fn agreement(answers: &Answers) -> String {
    answers.agreement().map_or_else(|| "–".into(), |share| words::percent(&(100.0 * share)))
}

/// The page of a task.
fn task(project: &ProjectGid, gid: &domain::TaskGid) -> String {
    format!("/projects/{project}/tasks/{gid}")
}

/// Runs of every workflow together.
fn all_runs(facts: &ReviewFacts) -> usize {
    facts.runs.iter().map(|(_, runs)| runs).sum()
}
