//! `/projects/{gid}/risk`: which due dates are in danger and what causes it, when everything will be done, what carries the end, and what
//! of the dates contradicts itself. Nothing is written.
//!
//! Deliberately not here: the forecast (`engine::Workload`), and telling owners, which is the command's and the timetable's.

use super::project::Here;
use super::{Shell, words};
use crate::dashboard::{Dashboard, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::{EndsBetween, EngineError, HeldUpBy, RiskCause, RiskTask, RiskView};
use jiff::civil::Date;
use std::sync::Arc;

/// The probability from which a date is told among those in danger, as `upnext risk` does.
const IN_DANGER: f64 = 0.2;

/// Tasks of each list that are told; the API has all.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "risk.html")]
struct Page {
    shell: Shell,
    here: Here,
    /// None while people are still being read, or where there is no Asana to ask.
    found: Option<Arc<RiskView>>,
    problem: Option<String>,
    has_hands: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let has_hands = dashboard.has_hands();
    let (mut found, mut problem) = (None, None);
    if has_hands {
        (found, problem) = told(dashboard.risks(&visitor.place(), &here.gid).await)?;
    }
    let shell = Shell::of(&visitor, format!("Risk – {}", here.name), "projects");
    Ok(html(&Page { shell, here, found, problem, has_hands }))
}

/// What was read; a refusal that the page can tell itself is a sentence on it.
pub(super) fn told<T>(read: Result<Option<T>, Refusal>) -> Result<(Option<T>, Option<String>), Refusal> {
    match read {
        Ok(found) => Ok((found, None)),
        Err(Refusal::Failed(EngineError::Unusable(why))) => Ok((None, Some(why))),
        Err(Refusal::Failed(_)) => {
            let why = "Asana could not be asked just now; the log says why. It is asked again in a minute.";
            Ok((None, Some(why.to_owned())))
        }
        Err(refusal) => Err(refusal),
    }
}

/// The tasks whose dates are in danger, and the others.
fn parted(view: &RiskView) -> (Vec<&RiskTask>, Vec<&RiskTask>) {
    view.tasks.iter().partition(|task| task.missed.is_some_and(|missed| missed >= IN_DANGER))
}

fn chance(missed: &Option<f64>) -> String {
    missed.map_or_else(|| "–".into(), |missed| share(&missed))
}

fn share(of: &f64) -> String {
    format!("{:.0}\u{a0}%", 100.0 * of)
}

fn day(date: &Option<Date>) -> String {
    date.as_ref().map_or_else(|| "–".into(), words::day)
}

/// The days between which something ends four times of five.
fn between(done: &EndsBetween) -> String {
    let day = |date: &Option<Date>| date.as_ref().map_or_else(|| "beyond two years".into(), words::day);
    if done.tenth == done.ninetieth {
        day(&done.tenth)
    } else {
        format!("{} – {}", day(&done.tenth), day(&done.ninetieth))
    }
}

/// How a cause holds a task up, before its name.
fn held_up(cause: &RiskCause) -> &'static str {
    match cause.kind {
        HeldUpBy::Predecessor => "waits for",
        HeldUpBy::SameOwner => "the same owner first does",
        HeldUpBy::Itself => "its own work takes longer than there is time",
    }
}
