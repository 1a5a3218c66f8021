//! `/portfolio` and `/portfolio.csv`: which projects need attention first, of one portfolio or all, and the first tasks of them all.
//!
//! The same ranking as `upnext portfolio` makes, of the projects that the visitor may see alone: places, hours and tasks are reckoned of
//! those. Asana is asked at most every ten minutes; where it does not answer, what was read last is shown and says so. Nothing is written.
//! Deliberately not here: ranking (`engine::PortfolioLook`).

use super::charts::{Rect, stacked};
use super::table::harmless;
use super::{Shell, words};
use crate::dashboard::{AGAIN, Dashboard, FRESH, Fields, Look, Refusal, Visitor, html};
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::{Points, PortfolioGid, ProjectGid, TaskGid};
use engine::{Contribution, Criterion, EngineError, PortfolioLook, PortfolioSeen, Ranked};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is known of the portfolios just now.
struct Known {
    look: Option<Arc<PortfolioLook>>,
    /// Whether they are still being read.
    waits: bool,
    /// What keeps them from being read.
    problem: Option<String>,
}

/// What is shown when anything is known.
struct Found {
    at: Timestamp,
    seen: PortfolioSeen,
    /// Whether a project is left out for now.
    partial: bool,
    /// Projects whose ranking can be opened here.
    judged: BTreeSet<ProjectGid>,
}

/// Tasks behind a number that are told; the document of `upnext portfolio` has all.
const BEHIND: usize = 40;

#[derive(Template)]
#[template(path = "portfolio.html")]
struct Page {
    shell: Shell,
    of: Option<PortfolioGid>,
    found: Option<Found>,
    waits: bool,
    problem: Option<String>,
    has_hands: bool,
    /// Whether what is seen is all there is.
    sees_all: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let of = chosen(&fields);
    let has_hands = dashboard.has_hands();
    let nothing = Known { look: None, waits: false, problem: None };
    let Known { look, waits, problem } = if has_hands { known(&dashboard, &visitor).await? } else { nothing };
    let found = match look {
        Some(look) => Some(found(&dashboard, &visitor, (&look, of.as_ref())).await?),
        None => None,
    };
    let shell = Shell::of(&visitor, "Portfolio", "portfolio");
    let sees_all = visitor.access.sees_all();
    Ok(html(&Page { shell, of, found, waits, problem, has_hands, sees_all }))
}

/// The first tasks of all projects, for spreadsheets.
pub(super) async fn csv(
    State(dashboard): State<Dashboard>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let of = chosen(&fields);
    let known = if dashboard.has_hands() {
        known(&dashboard, &visitor).await?
    } else {
        return Err(Refusal::Missing("There is no list to download: this dashboard does not ask Asana."));
    };
    let Some(look) = known.look else {
        return Err(Refusal::Missing("There is no list to download yet: open the page of portfolios first."));
    };
    let found = found(&dashboard, &visitor, (&look, of.as_ref())).await?;
    let text = table(&found.seen).map_err(|error| EngineError::Stopped(error.to_string()))?;
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = HeaderValue::from_static("attachment; filename=\"portfolio-tasks.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

fn chosen(fields: &Fields) -> Option<PortfolioGid> {
    fields.get("of").map(str::trim).filter(|gid| !gid.is_empty()).map(PortfolioGid::new)
}

/// What was read lately, or is read now; what was read before where it cannot be.
async fn known(dashboard: &Dashboard, visitor: &Visitor) -> Result<Known, Refusal> {
    let read = read(dashboard, visitor).await;
    let last = dashboard.portfolios.last(&(), dashboard.now());
    match read {
        Ok(Some(look)) => Ok(Known { look: Some(look), waits: false, problem: None }),
        Ok(None) => Ok(Known { look: last, waits: true, problem: None }),
        Err(Refusal::Busy) if last.is_some() => Ok(Known { look: last, waits: true, problem: None }),
        Err(Refusal::Failed(EngineError::Unusable(why))) => {
            Ok(Known { look: last, waits: false, problem: Some(why) })
        }
        Err(Refusal::Failed(_)) => {
            let why = "Asana could not be asked just now; the log says why. It is asked again in a minute.";
            Ok(Known { look: last, waits: false, problem: Some(why.into()) })
        }
        Err(other) => Err(other),
    }
}

/// What was read lately, or is read now; none when that takes longer than a page waits.
async fn read(dashboard: &Dashboard, visitor: &Visitor) -> Result<Option<Arc<PortfolioLook>>, Refusal> {
    let (portfolios, named, clock) =
        (dashboard.portfolios.clone(), dashboard.named_portfolios.clone(), dashboard.clock());
    if let Some(look) = portfolios.of(&(), clock())? {
        return Ok(Some(look));
    }
    let fresh = |look: &PortfolioLook| if look.is_partial() { AGAIN } else { FRESH };
    let read = dashboard.reckon((visitor, Look::Portfolios), move |engine, now| async move {
        let read = engine::look_at_portfolios(&engine, &named, now);
        portfolios.or_read((), &clock, read, fresh).await
    });
    read.await
}

async fn found(
    dashboard: &Dashboard,
    visitor: &Visitor,
    (look, of): (&PortfolioLook, Option<&PortfolioGid>),
) -> Result<Found, Refusal> {
    let seen = look.seen_by(&visitor.access, of);
    if of.is_some_and(|of| !seen.portfolios.iter().any(|one| one.portfolio.gid == *of)) {
        return Err(Refusal::Missing("There is no such portfolio here, or you may see nothing of it."));
    }
    let mut judged = BTreeSet::new();
    for one in &seen.projects {
        if dashboard.views.project_name(&visitor.access, &one.project.gid).await?.is_some() {
            judged.insert(one.project.gid.clone());
        }
    }
    Ok(Found { at: look.at(), seen, partial: look.is_partial(), judged })
}

impl Found {
    /// Where a project is looked at: here, where anything is known of it, else in Asana.
    fn project(&self, gid: &ProjectGid) -> String {
        if self.judged.contains(gid) {
            format!("/projects/{gid}")
        } else {
            format!("https://app.asana.com/0/{gid}/list")
        }
    }

    fn name(&self, task: &TaskGid) -> String {
        self.seen.names.get(task).cloned().unwrap_or_else(|| format!("task {task}"))
    }

    /// The name of a ranked project.
    fn named(&self, gid: &ProjectGid) -> String {
        let found = self.seen.projects.iter().find(|one| one.project.gid == *gid);
        found.map_or_else(|| gid.to_string(), |one| one.project.name.clone())
    }

    /// Projects that are expected to end late by a day or more.
    fn late(&self) -> usize {
        self.seen.projects.iter().filter(|one| one.late_days.is_some_and(|days| days >= 1.0)).count()
    }
}

/// What a priority is made of, side by side, of a hundred.
fn bar(contributions: &[Contribution]) -> Vec<Rect> {
    let points = |criterion: Criterion| {
        let found = contributions.iter().find(|c| c.criterion == criterion);
        found.map_or(0.0, |c| c.points.to_f64())
    };
    stacked(&Criterion::ALL.map(points))
}

/// The same in words.
fn bar_words(priority: &Points, contributions: &[Contribution]) -> String {
    let part = |c: &Contribution| format!("{} {}", c.criterion.word(), c.points);
    let parts: Vec<String> = contributions.iter().map(part).collect();
    format!("{priority} of 100: {}", parts.join(", "))
}

/// The place of a criterion among all, for its colour.
fn series(criterion: &Criterion) -> usize {
    Criterion::ALL.iter().position(|one| one == criterion).unwrap_or(0)
}

/// How late it is expected to end.
fn late(ranked: &Ranked) -> String {
    match ranked.late_days {
        None => "no date".into(),
        Some(days) if days < 0.5 => "on time".into(),
        Some(days) => format!("{days:.0}\u{a0}d late"),
    }
}

fn hours(value: &f64) -> String {
    format!("{:.0}\u{a0}h", value.max(0.0))
}

fn table(seen: &PortfolioSeen) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(vec![]);
    out.write_record(["place", "gid", "name", "score", "project_gid", "project", "url"])?;
    for (at, one) in seen.top.iter().enumerate() {
        out.write_record([
            (at + 1).to_string(),
            one.scored.task.to_string(),
            harmless(&one.scored.name),
            one.scored.score.to_string(),
            one.project.gid.to_string(),
            harmless(&one.project.name),
            words::asana(&one.project.gid, &one.scored.task),
        ])?;
    }
    out.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}
