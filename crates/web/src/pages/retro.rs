//! `/projects/{gid}/retro`: which sprints can be looked back at, and the retrospective of one, with every figure's tasks.
//!
//! The same document as `upnext retro` makes; Asana is asked at most every ten minutes for a sprint, and nothing is written, not even a
//! plan. Deliberately not here: looking back (`engine`), and posting, which is the command's and the timetable's.

use super::document::{Part, parts};
use super::project::Here;
use super::{Shell, words};
use crate::dashboard::{Dashboard, FRESH, Fields, Look, Refusal, RetroAsked, RetroFound, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ProjectGid;
use engine::document::Document;
use engine::{EngineError, RetroWish, SprintList, SprintThere};
use jiff::civil::Date;
use std::sync::Arc;

/// Letters of a sprint's name.
const LONGEST: usize = 200;

/// Days that somebody may ask about at once: every task of a longer time would be read.
const MOST_DAYS: i32 = 366;

/// What is known of what was asked for.
struct Known {
    /// The sprints; none while the project is being read, or where it cannot be.
    list: Option<Arc<SprintList>>,
    /// What was looked back at, when anything was asked for.
    found: Option<Arc<RetroFound>>,
}

#[derive(Template)]
#[template(path = "retro.html")]
struct Page {
    shell: Shell,
    here: Here,
    fields: Fields,
    list: Option<Arc<SprintList>>,
    /// The retrospective: what it is about, and its parts.
    document: Option<(Document, Vec<Part>)>,
    /// Whether a sprint is asked for.
    asked: bool,
    problem: Option<String>,
    has_hands: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let has_hands = dashboard.has_hands();
    let today = dashboard.zone().to_datetime(dashboard.now()).date();
    let (wanted, mut problem) = match wanted(&fields, today) {
        Ok(wanted) => (wanted, None),
        Err(problem) => (None, Some(problem)),
    };
    let asked = wanted.is_some();
    let mut known = Known { list: None, found: None };
    if has_hands {
        known.list = told(list(&dashboard, &visitor, &here.gid).await, &mut problem)?;
        if let (Some(wanted), Some(_)) = (wanted, &known.list) {
            let read = document(&dashboard, &visitor, (&here.gid, wanted)).await;
            known.found = told(read, &mut problem)?;
        }
    }
    let document = match known.found.as_deref() {
        Some(Ok(document)) => Some((document.clone(), parts(document))),
        Some(Err(why)) => {
            problem = Some(why.clone());
            None
        }
        None => None,
    };
    let shell = Shell::of(&visitor, format!("Retro – {}", here.name), "projects");
    Ok(html(&Page { shell, here, fields, list: known.list, document, asked, problem, has_hands }))
}

/// What was read; a refusal that the page can tell itself becomes a sentence on it.
fn told<T>(read: Result<Option<T>, Refusal>, problem: &mut Option<String>) -> Result<Option<T>, Refusal> {
    let why = match read {
        Err(Refusal::Failed(EngineError::Unusable(why))) => why,
        Err(Refusal::Failed(_)) => {
            "Asana could not be asked just now; the log says why. It is asked again in a minute.".to_owned()
        }
        read => return read,
    };
    *problem = Some(why);
    Ok(None)
}

async fn list(
    dashboard: &Dashboard,
    visitor: &Visitor,
    project: &ProjectGid,
) -> Result<Option<Arc<SprintList>>, Refusal> {
    let (kept, gid, clock) = (dashboard.sprints.clone(), project.clone(), dashboard.clock());
    if let Some(list) = kept.of(&gid, clock())? {
        return Ok(Some(list));
    }
    let read = dashboard.reckon((visitor, Look::People), move |engine, now| async move {
        let list = engine::sprints_of(&engine, &gid, now);
        kept.or_read(gid.clone(), &clock, list, |_| FRESH).await
    });
    read.await
}

async fn document(
    dashboard: &Dashboard,
    visitor: &Visitor,
    (project, wanted): (&ProjectGid, RetroAsked),
) -> Result<Option<Arc<RetroFound>>, Refusal> {
    let (kept, clock, zone) = (dashboard.retros.clone(), dashboard.clock(), dashboard.zone());
    let key = (project.clone(), wanted);
    if let Some(found) = kept.of(&key, clock())? {
        return Ok(Some(found));
    }
    let read = dashboard.reckon((visitor, Look::People), move |engine, now| async move {
        let (gid, (sprint, from, to)) = key.clone();
        let wish = RetroWish { sprint, from, to, zone };
        let found = engine::retro_page(&engine, &gid, &wish, now);
        kept.or_read(key, &clock, found, |_| FRESH).await
    });
    read.await
}

/// What is asked for; none where nothing is.
fn wanted(fields: &Fields, today: Date) -> Result<Option<RetroAsked>, String> {
    let word = |name: &str| fields.get(name).map(str::trim).filter(|text| !text.is_empty());
    let day = |name: &str, what: &str| match word(name) {
        Some(text) => {
            text.parse::<Date>().map(Some).map_err(|_| format!("{what} must be a day such as 2026-12-24"))
        }
        None => Ok(None),
    };
    let (from, to) = (day("from", "the first day")?, day("to", "the last day")?);
    if from.is_some_and(|from| (to.unwrap_or(today) - from).get_days() >= MOST_DAYS) {
        return Err(format!("days are looked back at for a year at once, {MOST_DAYS} days"));
    }
    let sprint = word("sprint").map(|name| domain::fit(name, LONGEST));
    let asked = sprint.is_some() || from.is_some() || to.is_some() || fields.get("lately").is_some();
    Ok(asked.then_some((sprint, from, to)))
}

/// What a field of the form holds.
fn given<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).unwrap_or_default()
}

/// The query of a sprint's retrospective.
fn query(sprint: &SprintThere) -> String {
    let name: String = form_urlencoded::byte_serialize(sprint.name.as_bytes()).collect();
    format!("?sprint={name}")
}

fn days(sprint: &SprintThere) -> String {
    match &sprint.days {
        Some((from, to)) => format!("{} to {}", words::day(from), words::day(to)),
        None => "its tasks tell".into(),
    }
}
