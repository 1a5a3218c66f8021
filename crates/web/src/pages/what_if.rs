//! `/projects/{gid}/what-if`: what other weights would do to the order. Nothing is written.
//!
//! The weights are in the address, so that a proposal can be sent. Deliberately not here: putting weights in force
//! (`upnext rubric`).

use super::{Shell, empty, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ProjectGid;
use engine::EngineError;
use engine::views::{Found, Move, WhatIf};
use std::collections::BTreeMap;

/// Moves that are told.
const MOVES: usize = 60;

/// How the fields of weights begin.
const WEIGHT: &str = "w_";

#[derive(Template)]
#[template(path = "what_if.html")]
struct Page {
    shell: Shell,
    project: ProjectGid,
    view: WhatIf,
    stale: bool,
    /// What cannot be done, when the weights that were asked for cannot be.
    problem: Option<String>,
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
            Ok(html(&Page { shell, project, view, stale, problem }))
        }
        Found::NeverJudged => Ok(empty::page(&visitor, (&project, &name), false)),
        Found::Forgotten => Ok(empty::page(&visitor, (&project, &name), true)),
    }
}

async fn as_it_is(dashboard: &Dashboard, project: &ProjectGid) -> Result<Found<WhatIf>, EngineError> {
    dashboard.views.what_if(project, BTreeMap::new(), MOVES).await
}

fn asked(fields: &Fields) -> Result<BTreeMap<String, f64>, String> {
    let weights =
        fields.pairs().filter_map(|(key, value)| key.strip_prefix(WEIGHT).map(|name| (name, value)));
    weights
        .map(|(name, value)| match value.trim().parse::<f64>() {
            Ok(weight) => Ok((name.to_owned(), weight)),
            Err(_) => Err(format!("the weight of {} must be a number of 0 or more", words::name(name))),
        })
        .collect()
}

/// How far a task moves, in words.
fn far(moved: &Move) -> String {
    match moved.rises() {
        0 => "–".into(),
        n if n > 0 => format!("↑ {n}"),
        n => format!("↓ {}", -n),
    }
}
