//! `/projects/{gid}/workload`: who has how many hours and where that comes from, the next two weeks as a sprint, and what another
//! capacity, an absence or another due date would do to ranks, risks and that sprint. Nothing is written.
//!
//! The supposition is in the address, so that it can be sent. Deliberately not here: reckoning (`engine::Workload`).

use super::project::Here;
use super::{Shell, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Person, TaskGid, UserGid};
use engine::{EngineError, SupposeReport, Supposed, TaskThen};
use jiff::civil::Date;

/// Tasks that are told.
const SHOWN: usize = 60;

/// Tasks up to which one is chosen from a list; of more it is named by its number.
const CHOICES: usize = 300;

/// What is shown when all is read.
struct Found {
    report: SupposeReport,
    people: Vec<Person>,
    /// Open tasks: gid, name, due date.
    tasks: Vec<(TaskGid, String, Option<Date>)>,
    /// What cannot be supposed, when that is so.
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "workload.html")]
struct Page {
    shell: Shell,
    here: Here,
    fields: Fields,
    nothing: bool,
    /// None while people are still being read, or where there is no Asana to ask.
    found: Option<Found>,
    has_hands: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let asked = asked(&fields);
    let nothing = asked.as_ref().is_ok_and(|supposed| *supposed == Supposed::default());
    let has_hands = dashboard.has_hands();
    let found = if has_hands { found(&dashboard, &visitor, (&here, asked)).await? } else { None };
    let shell = Shell::of(&visitor, format!("Workload – {}", here.name), "projects");
    Ok(html(&Page { shell, here, fields, nothing, found, has_hands }))
}

async fn found(
    dashboard: &Dashboard,
    visitor: &Visitor,
    (here, asked): (&Here, Result<Supposed, String>),
) -> Result<Option<Found>, Refusal> {
    let (crews, gid, at) = (dashboard.crews.clone(), here.gid.clone(), dashboard.now());
    dashboard
        .reckon(visitor, move |engine, now| async move {
            let read = match crews.of(&gid, at)? {
                Some(read) => read,
                None => crews.keep(gid.clone(), at, engine::workload(&engine, &gid, now).await)?,
            };
            let as_it_is = || read.suppose(&Supposed::default());
            let (report, problem) = match asked {
                Ok(supposed) => match read.suppose(&supposed) {
                    Err(EngineError::Unusable(problem)) => (as_it_is()?, Some(problem)),
                    report => (report?, None),
                },
                Err(problem) => (as_it_is()?, Some(problem)),
            };
            Ok(Found { people: read.people(), tasks: read.tasks(), report, problem })
        })
        .await
}

/// Reads what is supposed.
fn asked(fields: &Fields) -> Result<Supposed, String> {
    let word = |name: &str| fields.get(name).map(str::trim).filter(|text| !text.is_empty());
    let day = |name: &str, what: &str| match word(name) {
        Some(text) => {
            text.parse::<Date>().map(Some).map_err(|_| format!("{what} must be a day such as 2026-12-24"))
        }
        None => Ok(None),
    };
    let hours = match (word("who"), word("hours")) {
        (Some(who), Some(hours)) => {
            let hours = hours.parse().map_err(|_| "hours a week must be a number from 0 to 80".to_owned())?;
            Some((UserGid::new(who), hours))
        }
        (None, Some(_)) => return Err("say whose hours".into()),
        _ => None,
    };
    let (from, to) = (day("from", "the first day away")?, day("to", "the last day away")?);
    let away = match (word("away"), from, to) {
        (Some(who), Some(from), to) => Some((UserGid::new(who), from, to.unwrap_or(from))),
        (None, Some(_), _) => return Err("say who is away".into()),
        (Some(_), None, Some(_)) => return Err("say from when somebody is away".into()),
        _ => None,
    };
    let due = match (word("task"), day("due", "the due date")?) {
        (Some(task), due) => Some((TaskGid::new(task), due)),
        (None, Some(_)) => return Err("say which task is due then".into()),
        _ => None,
    };
    Ok(Supposed { hours, away, due })
}

/// What a field of the form holds.
fn given<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).unwrap_or_default()
}

fn is_given(fields: &Fields, name: &str, value: impl AsRef<str>) -> bool {
    fields.get(name) == Some(value.as_ref())
}

fn hours(value: &f64) -> String {
    // Hours reckoned down to nothing may be a little below it.
    format!("{:.0}\u{a0}h", value.max(0.0) + 0.0)
}

/// A risk in words.
fn risk(risk: &Option<f64>) -> String {
    risk.map_or_else(|| "–".into(), |percent| format!("{percent:.0}\u{a0}%"))
}

fn day(date: &Option<Date>) -> String {
    date.as_ref().map_or_else(|| "beyond two years".into(), words::day)
}

/// Who does it, before and after, where that differs.
fn sprint(task: &TaskThen) -> String {
    let word = |who: &Option<String>| who.clone().unwrap_or_else(|| "not taken".into());
    if task.sprint.0 == task.sprint.1 {
        word(&task.sprint.1)
    } else {
        format!("{} → {}", word(&task.sprint.0), word(&task.sprint.1))
    }
}
