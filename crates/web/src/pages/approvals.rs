//! `/approvals`: what waits for a person's word, and what became of the rest; answered singly or in bulk.
//!
//! A yes is carried out at once, as a run that can be undone. Deliberately not here: which questions there are
//! (`engine::approvals`).

use super::{Shell, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Signed, Visitor, html};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{Approval, ApprovalId, ApprovalState, Band, Clearance, ProjectGid};
use engine::{ApprovalFilter, ApprovalReport, ApprovalView};
use std::collections::{BTreeMap, BTreeSet};

/// Questions of a page; the rest comes when these are answered.
const SHOWN: usize = 200;

/// A project to choose.
struct ProjectChoice {
    gid: ProjectGid,
    name: String,
    chosen: bool,
}

/// The fewest bands that a priority would move, in words; one that is empty yet counts as moving all the way.
const CHANGES: [(u8, &str); 3] =
    [(1, "1 band or more"), (2, "2 bands or more"), (3, "3 bands, or empty yet")];

#[derive(Template)]
#[template(path = "approvals.html")]
struct Page {
    shell: Shell,
    approvals: Vec<ApprovalView>,
    /// Those that are like that, shown or not.
    all: usize,
    names: BTreeMap<ProjectGid, String>,
    projects: Vec<ProjectChoice>,
    state: ApprovalState,
    bands: Vec<Band>,
    confidence: Option<u8>,
    /// The fewest bands that a priority would move.
    change: Option<u8>,
    /// Whether the visitor may answer any of them.
    may_answer: bool,
    /// Those they may answer.
    answerable: BTreeSet<ProjectGid>,
    has_hands: bool,
}

/// What waits, or what is asked for.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let project = fields.get("project").filter(|gid| !gid.is_empty()).map(ProjectGid::new);
    if let Some(project) = &project {
        visitor.sees(project)?;
    }
    let state = fields.get("state").and_then(state_of).unwrap_or(ApprovalState::Pending);
    let bands: Vec<Band> = fields.all("band").filter_map(Band::from_label).collect();
    let confidence: Option<u8> = fields.get("confidence").and_then(|text| text.parse().ok());
    let change: Option<u8> =
        fields.get("change").and_then(|text| text.parse().ok()).filter(|bands| (1..=3).contains(bands));
    let filter = ApprovalFilter {
        project: project.clone(),
        state: Some(state),
        bands: bands.clone(),
        min_confidence: confidence,
        min_change: change,
    };
    let mut approvals = engine::approvals(dashboard.store(), &filter).await?;
    approvals.retain(|approval| visitor.access.sees(&approval.project));
    let all = approvals.len();
    approvals.truncate(SHOWN);
    let known = dashboard.store().known_projects().await?;
    let seen = known.into_iter().filter(|known| visitor.access.sees(&known.project));
    let names: BTreeMap<ProjectGid, String> = seen.map(|known| (known.project, known.name)).collect();
    let choice = |(gid, name): (&ProjectGid, &String)| ProjectChoice {
        chosen: project.as_ref() == Some(gid),
        gid: gid.clone(),
        name: name.clone(),
    };
    let page = Page {
        projects: names.iter().map(choice).collect(),
        shell: Shell::of(&visitor, "Approvals", "approvals"),
        may_answer: state == ApprovalState::Pending && visitor.access.clearance >= Clearance::Approver,
        answerable: names
            .keys()
            .filter(|gid| visitor.access.may(Clearance::Approver, gid))
            .cloned()
            .collect(),
        has_hands: dashboard.has_hands(),
        approvals: approvals.into_iter().map(|one| dashboard.told(one)).collect(),
        all,
        names,
        state,
        bands,
        confidence,
        change,
    };
    Ok(html(&page))
}

#[derive(Template)]
#[template(path = "answered.html")]
struct Answered {
    shell: Shell,
    yes: bool,
    /// What it came to; none while it is still being written.
    report: Option<ApprovalReport>,
}

/// Takes answers.
pub(super) async fn answer(State(dashboard): State<Dashboard>, signed: Signed) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let yes = match fields.get("answer") {
        Some("approve") => true,
        Some("reject") => false,
        _ => {
            return Err(Refusal::Bad(
                "Say whether you approve or reject: go back and press a button.".into(),
            ));
        }
    };
    let ids: Vec<ApprovalId> = fields.all("id").map(ApprovalId::new).collect();
    if ids.is_empty() {
        return Err(Refusal::Bad("Nothing was chosen: go back and tick what you mean.".into()));
    }
    let known = dashboard.store().approvals_named(&ids).await?;
    let missing = || Refusal::Missing("There is no such question here, or you may not see it.");
    // What is not to be seen is not there, and one wrong id answers nothing.
    if ids.iter().any(|id| !known.iter().any(|one| one.id == *id && visitor.access.sees(&one.project))) {
        return Err(missing());
    }
    for one in &known {
        visitor.must(Clearance::Approver, &one.project)?;
    }
    let how = visitor.deciding(&fields);
    let report = dashboard
        .do_it(move |engine, now| async move {
            if yes {
                engine::approve(&engine, &ids, &how, now).await
            } else {
                engine::reject(&engine, &ids, &how, now).await
            }
        })
        .await?;
    Ok(html(&Answered { shell: Shell::of(&visitor, "Answered", "approvals"), yes, report }))
}

fn state_of(word: &str) -> Option<ApprovalState> {
    ApprovalState::ALL.into_iter().find(|state| state.word() == word)
}

/// The name of an approval's project.
fn project_of<'a>(names: &'a BTreeMap<ProjectGid, String>, one: &'a Approval) -> &'a str {
    names.get(&one.project).map_or(one.project.as_str(), String::as_str)
}

fn is_least(chosen: &Option<u8>, least: &u8) -> bool {
    *chosen == Some(*least)
}

fn is_band(bands: &[Band], band: &Band) -> bool {
    bands.contains(band)
}
