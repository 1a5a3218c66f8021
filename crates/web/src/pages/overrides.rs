//! `/projects/{gid}/overrides`: values people set in place of Upnext's, why, and giving one back.
//!
//! Deliberately not here: finding overrides, and what became of them (`engine::overrides`).

use super::project::Here;
use super::{Shell, words};
use crate::dashboard::{Dashboard, Refusal, Signed, Visitor, html, see_other};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Clearance;
use engine::{OverrideRow, Released, Since};

/// Overrides of a page, the newest first.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "overrides.html")]
struct Page {
    shell: Shell,
    here: Here,
    rows: Vec<OverrideRow>,
    /// Those there are, shown or not.
    all: usize,
    may_decide: bool,
    has_hands: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let mut rows = engine::overrides(dashboard.store(), &here.gid).await?;
    rows.reverse();
    let all = rows.len();
    rows.truncate(SHOWN);
    let page = Page {
        shell: Shell::of(&visitor, format!("Overrides – {}", here.name), "projects"),
        may_decide: visitor.access.may(Clearance::Approver, &here.gid),
        has_hands: dashboard.has_hands(),
        here,
        rows,
        all,
    };
    Ok(html(&page))
}

/// The override of a form, when it is one of the project's.
async fn meant(dashboard: &Dashboard, here: &Here, id: &str) -> Result<store::KeptOverride, Refusal> {
    let kept = dashboard.store().kept_overrides(&here.gid).await?;
    let found = kept.into_iter().find(|one| one.id == id);
    found.ok_or(Refusal::Missing("There is no such override here, or you may not see it."))
}

/// Keeps why somebody overrode a value.
pub(super) async fn note(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Approver)).await?;
    let one = meant(&dashboard, &here, fields.get("id").unwrap_or_default()).await?;
    let mut how = visitor.deciding(&fields);
    let text = how
        .reason
        .take()
        .ok_or_else(|| Refusal::Bad("A note needs words: go back and write some.".into()))?;
    dashboard
        .do_it(move |engine, _| async move { engine::note_override(&engine, &one.id, &text, &how).await })
        .await?;
    Ok(see_other(&here.page("overrides")))
}

#[derive(Template)]
#[template(path = "released.html")]
struct Given {
    shell: Shell,
    here: Here,
    /// What it came to; none while the task is still being read.
    released: Option<Released>,
}

/// Gives a field back to Upnext.
pub(super) async fn release(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Approver)).await?;
    let one = meant(&dashboard, &here, fields.get("id").unwrap_or_default()).await?;
    let how = visitor.deciding(&fields);
    // The task may be in other projects too, which are not this visitor's to decide on.
    let gid = here.gid.clone();
    let work = move |engine, now| async move {
        engine::release(&engine, (&gid, &one.found.task), &one.found.field_name, &how, now).await
    };
    let released = dashboard.do_it(work).await?;
    Ok(html(&Given { shell: Shell::of(&visitor, "Given back", "projects"), here, released }))
}

fn value(value: &Option<String>) -> String {
    value.as_ref().map_or_else(|| "empty".to_owned(), |value| domain::fit(value, 80))
}

/// What became of it, in words.
fn since(since: &Since) -> String {
    match since {
        Since::Stands => "stands".into(),
        Since::Reversed { value } if value.is_empty() => "was cleared".into(),
        Since::Reversed { value } => format!("now {}", domain::fit(value, 40)),
        Since::GivenBack => "given back".into(),
        Since::Unknown => "not known".into(),
    }
}

/// Whether there is something to give back.
fn stands(row: &OverrideRow) -> bool {
    row.since == Since::Stands
}
