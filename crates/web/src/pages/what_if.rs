//! `/projects/{gid}/what-if`: what other weights and thresholds would do to the order. Nothing is written.
//!
//! They are in the address, so that they can be sent, and can be kept as a proposal. Deliberately not here: putting a rubric in force
//! (`rubric`).

use super::{Shell, empty, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Clearance, ProjectGid};
use engine::views::{Floors, Found, Move, WhatIf};
use engine::{EngineError, RubricWish};

/// Moves that are told.
const MOVES: usize = 60;

/// How the fields of weights begin.
const WEIGHT: &str = "w_";

/// The fields of thresholds, the highest band first.
const FLOORS: [&str; 3] = ["p0", "p1", "p2"];

#[derive(Template)]
#[template(path = "what_if.html")]
struct Page {
    shell: Shell,
    project: ProjectGid,
    view: WhatIf,
    stale: bool,
    /// What cannot be done, when the weights that were asked for cannot be.
    problem: Option<String>,
    /// Whether what is tried can be kept as a proposal here.
    may_propose: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let project = ProjectGid::new(project);
    let name = dashboard.views.project_name(&visitor.access, &project).await?;
    let name = name.ok_or_else(Refusal::no_project)?;
    let (found, problem) = match asked(&fields) {
        Ok(asked) => match dashboard.views.what_if(&project, asked, MOVES).await {
            Err(EngineError::Unusable(problem)) => (as_it_is(&dashboard, &project).await?, Some(problem)),
            found => (found?, None),
        },
        Err(problem) => (as_it_is(&dashboard, &project).await?, Some(problem)),
    };
    match found {
        Found::Ranked { ranking: view, stale } => {
            let shell = Shell::of(&visitor, format!("What if – {name}"), "projects");
            let may_propose = dashboard.has_hands() && visitor.access.may(Clearance::Approver, &project);
            Ok(html(&Page { shell, project, view, stale, problem, may_propose }))
        }
        Found::NeverJudged => empty::page(&dashboard, &visitor, (&project, &name), false).await,
        Found::Forgotten => empty::page(&dashboard, &visitor, (&project, &name), true).await,
    }
}

async fn as_it_is(dashboard: &Dashboard, project: &ProjectGid) -> Result<Found<WhatIf>, EngineError> {
    dashboard.views.what_if(project, RubricWish::default(), MOVES).await
}

/// What a form or an address asks for.
pub(super) fn asked(fields: &Fields) -> Result<RubricWish, String> {
    let weights =
        fields.pairs().filter_map(|(key, value)| key.strip_prefix(WEIGHT).map(|name| (name, value)));
    let weights = weights
        .map(|(name, value)| match value.trim().parse::<f64>() {
            Ok(weight) => Ok((name.to_owned(), weight)),
            Err(_) => Err(format!("the weight of {} must be a number of 0 or more", words::name(name))),
        })
        .collect::<Result<_, _>>()?;
    let mut floors = [None; 3];
    for (floor, name) in floors.iter_mut().zip(FLOORS) {
        let Some(text) = fields.get(name) else { continue };
        let number = text.trim().parse::<f64>().ok().filter(|points| (0.0..=100.0).contains(points));
        *floor =
            Some(number.ok_or_else(|| {
                format!("{} must begin at a number from 0 to 100 points", name.to_uppercase())
            })?);
    }
    Ok(RubricWish { weights, floors })
}

/// Where the bands begin now, and where they are asked to.
fn floors(view: &WhatIf) -> [(&'static str, f64, f64); 3] {
    let of = |floors: &Floors| [floors.p0, floors.p1, floors.p2];
    let (now, then) = (of(&view.floors), of(&view.floors_then));
    [0, 1, 2].map(|at| (FLOORS[at], now[at], then[at]))
}

/// How far a task moves, in words.
fn far(moved: &Move) -> String {
    match moved.rises() {
        0 => "–".into(),
        n if n > 0 => format!("↑ {n}"),
        n => format!("↓ {}", -n),
    }
}
