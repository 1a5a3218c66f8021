//! `/projects/{gid}/workload`: who has how many hours and where that comes from, the next sprint with how far it may be from the best
//! and what holds it back, and what other hours, an absence, a due date or weights would do to ranks, risks and that sprint. Nothing is
//! written.
//!
//! The supposition is in the address, so that it can be sent. Deliberately not here: reckoning (`engine::Workload`).

use super::project::Here;
use super::{Shell, what_if, words};
use crate::dashboard::{Dashboard, FRESH, Fields, Look, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Person, TaskGid, UserGid};
use engine::{EngineError, Proof, SprintPlan, SupposeReport, Supposed, TaskThen, Weight};
use jiff::civil::Date;

/// Tasks that are told.
const SHOWN: usize = 60;

/// Tasks up to which one is chosen from a list; of more it is named by its number.
const CHOICES: usize = 300;

/// Tasks left out of the sprint, limits and differences that are told.
const TOLD: usize = 20;

/// What is shown when all is read.
struct Found {
    report: SupposeReport,
    /// The rubric's weights as they are and as they are supposed to be.
    weights: Vec<Weight>,
    /// The probability with which each person is to finish, percent.
    finishing: u8,
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
    let has_hands = dashboard.has_hands();
    let found = if has_hands { found(&dashboard, &visitor, (&here, asked)).await? } else { None };
    let shell = Shell::of(&visitor, format!("Workload – {}", here.name), "projects");
    Ok(html(&Page { shell, here, fields, found, has_hands }))
}

async fn found(
    dashboard: &Dashboard,
    visitor: &Visitor,
    (here, asked): (&Here, Result<Supposed, String>),
) -> Result<Option<Found>, Refusal> {
    let (crews, gid, clock) = (dashboard.crews.clone(), here.gid.clone(), dashboard.clock());
    // What was read lately takes a core, and nothing from Asana.
    let look = if crews.of(&gid, clock())?.is_some() { Look::Store } else { Look::People };
    dashboard
        .reckon((visitor, look), move |engine, now| async move {
            let crew = engine::workload(&engine, &gid, now);
            let read = crews.or_read(gid.clone(), &clock, crew, |_| FRESH).await?;
            let as_it_is =
                || Ok::<_, EngineError>((Supposed::default(), read.suppose(&Supposed::default())?));
            let ((supposed, report), problem) = match asked {
                Ok(supposed) => match read.suppose(&supposed) {
                    Err(EngineError::Unusable(problem)) => (as_it_is()?, Some(problem)),
                    report => ((supposed, report?), None),
                },
                Err(problem) => (as_it_is()?, Some(problem)),
            };
            let (weights, finishing) = (read.weights(&supposed)?, read.finishing());
            Ok(Found { people: read.people(), tasks: read.tasks(), weights, finishing, report, problem })
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
    let number = |name: &str, what: &str| match word(name) {
        Some(text) => text.parse::<f64>().map(Some).map_err(|_| format!("{what} must be a number")),
        None => Ok(None),
    };
    let finishing = number("finishing", "the certainty")?.map(|percent| percent / 100.0);
    let velocity = number("velocity", "the hours together")?;
    Ok(Supposed { hours, away, due, rubric: what_if::asked(fields)?, finishing, velocity })
}

/// The sprint as it is and as supposed, by name.
fn both(report: &SupposeReport) -> [(&'static str, &SprintPlan); 2] {
    [("As it is", &report.plans.0), ("As supposed", &report.plans.1)]
}

/// How far a plan is from the best at most.
fn gap(plan: &SprintPlan) -> String {
    match plan.proof {
        Proof::Optimal => "no plan is better".into(),
        Proof::Bounded => format!("at most {:.1}\u{a0}% from the best", 100.0 * plan.gap),
    }
}

/// Hours that a plan takes.
fn planned(plan: &SprintPlan) -> String {
    hours(&plan.taken.iter().map(|taken| taken.hours).sum())
}

/// How much more than the greedy plan it brings.
fn over_greedy(plan: &SprintPlan) -> String {
    if plan.greedy > 0.0 { words::percent(&(100.0 * (plan.value / plan.greedy - 1.0))) } else { "–".into() }
}

/// Whether a fold is open: something in it is supposed.
fn is_open(found: &Found, fields: &Fields) -> bool {
    let weights = found.weights.iter().any(|weight| (weight.share - weight.now).abs() > 0.05);
    weights || ["finishing", "velocity"].iter().any(|name| !given(fields, name).is_empty())
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
