//! `/projects/{gid}/rubric`: the rubric in force, what was proposed, and an admin's decision; the policy as it is configured.
//!
//! A rubric is data of the store and is decided on here; the policy says what may be written to Asana and stands in a file of the
//! server, so it is shown and not edited. Deliberately not here: learning weights (`calibrate`), trying them (`what_if`).

use super::project::Here;
use super::{Shell, rubric, what_if, words};
use crate::dashboard::{Dashboard, Refusal, Signed, Visitor, html, see_other};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Clearance;
use engine::views::{RulesView, rules_of};
use engine::{Decided, Evidence, LearnedWeight};
use store::{RubricState, RubricVersion};

/// A version with what speaks for it.
struct Version {
    row: RubricVersion,
    /// None where it cannot be read back.
    evidence: Option<Evidence>,
}

#[derive(Template)]
#[template(path = "rubric.html")]
struct Page {
    shell: Shell,
    here: Here,
    rules: RulesView,
    waiting: Vec<Version>,
    past: Vec<Version>,
    may_decide: bool,
    has_hands: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let (gid, access) = (here.gid.clone(), visitor.access.clone());
    let look = move |engine, _| async move { rules_of(&engine, &gid, &access).await };
    let rules = dashboard.find(&visitor, look).await?;
    let version = |row: &RubricVersion| Version {
        evidence: serde_json::from_value(row.evidence.clone()).ok(),
        row: row.clone(),
    };
    let (waiting, past): (Vec<_>, Vec<_>) =
        rules.list.versions.iter().map(version).partition(|one| one.row.state == RubricState::Proposed);
    let page = Page {
        shell: Shell::of(&visitor, format!("Rubric – {}", here.name), "projects"),
        may_decide: visitor.access.may(Clearance::Admin, &here.gid),
        has_hands: dashboard.has_hands(),
        here,
        rules,
        waiting,
        past,
    };
    Ok(html(&page))
}

/// Keeps a proposal that was tried on the what-if page.
pub(super) async fn propose(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Approver)).await?;
    let wish =
        what_if::asked(&fields).map_err(|problem| Refusal::Bad(format!("Not possible: {problem}.")))?;
    let (gid, how) = (here.gid.clone(), visitor.deciding(&fields));
    dashboard
        .do_it(move |engine, _| async move { engine::propose_rubric(&engine, &gid, &wish, &how).await })
        .await?;
    Ok(see_other(&here.page("rubric")))
}

#[derive(Template)]
#[template(path = "rubric_blocked.html")]
struct Blocked {
    shell: Shell,
    here: Here,
    decided: Decided,
    reason: String,
}

/// Accepts a proposal, turns it down, or goes back to the configured rubric.
pub(super) async fn decide(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Admin)).await?;
    let (id, gid) = (fields.get("rubric").unwrap_or_default().to_owned(), here.gid.clone());
    let mut how = visitor.deciding(&fields);
    how.over_the_gate = fields.get("over_the_gate").is_some();
    if how.over_the_gate && how.reason.is_none() {
        return Err(Refusal::Bad(
            "Say why it is accepted against the golden set: go back and write it.".into(),
        ));
    }
    let known = dashboard.store().rubrics(&here.gid).await?;
    let answer = fields.get("answer").unwrap_or_default().to_owned();
    if answer != "revert" && !known.iter().any(|one| one.id == id) {
        return Err(Refusal::Missing("There is no such rubric here, or you may not see it."));
    }
    let reason = how.reason.clone().unwrap_or_default();
    let decided = dashboard
        .do_it(move |engine, _| async move {
            match answer.as_str() {
                "accept" => engine::accept_rubric(&engine, &gid, &id, &how).await,
                "reject" => engine::reject_rubric(&engine, &gid, &id, &how).await,
                "revert" => engine::revert_rubric(&engine, &gid, &how).await,
                _ => Err(engine::EngineError::Unusable("press one of the buttons of the page".into())),
            }
        })
        .await?;
    match decided {
        Some(decided) if decided.is_blocked => {
            let shell = Shell::of(&visitor, "Not accepted", "projects");
            Ok(html(&Blocked { shell, here, decided, reason }))
        }
        _ => Ok(see_other(&here.page("rubric"))),
    }
}

/// A share, 0–1, in percent.
pub(super) fn part(share: &f64) -> String {
    words::percent(&(100.0 * share))
}

/// How far a weight may lie, when that is not certain.
pub(super) fn range(weight: &LearnedWeight) -> String {
    match weight {
        w if !w.is_told => "nothing told of it: it stays".into(),
        w if w.low == w.high => "as asked for".into(),
        w => format!("{} – {}", part(&w.low), part(&w.high)),
    }
}

/// Whether a weight moves by what a page shows.
pub(super) fn moves(weight: &LearnedWeight) -> bool {
    (weight.after - weight.before).abs() >= 0.0005
}
