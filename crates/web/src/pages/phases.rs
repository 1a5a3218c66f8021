//! `/projects/{gid}/phases`: how far Upnext may go, what speaks for more, and a person's decision to go there or back.
//!
//! A decision that lets Upnext write more by itself is asked for once more, with what it would change; one that lets it write less is
//! not. Deliberately not here: what a phase lets through, and what evidence there is (`engine::phase_of`).

use super::project::Here;
use super::{Shell, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Signed, Visitor, html, see_other};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Clearance, Phase};
use engine::{Deciding, NewPhase, PhaseEvidence, PhaseReport};
use store::{PhaseDecision, PhaseScope};

/// Every phase, the one that writes least first.
pub(super) const PHASES: [Phase; 4] = [Phase::Shadow, Phase::Suggest, Phase::Conditional, Phase::Auto];

/// Letters of a field's, option's or section's name.
const LONGEST: usize = 200;

#[derive(Template)]
#[template(path = "phases.html")]
struct Page {
    shell: Shell,
    here: Here,
    report: PhaseReport,
    /// Those that count, newest first.
    decisions: Vec<PhaseDecision>,
    sections: Vec<String>,
    may_decide: bool,
    has_hands: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let gid = here.gid.clone();
    let look = move |engine, _| async move { engine::phase_of(&engine, &gid).await };
    let report = dashboard.find(&visitor, look).await?;
    let mut decisions = dashboard.store().phases(&here.gid).await?;
    decisions.reverse();
    let page = Page {
        shell: Shell::of(&visitor, format!("Phases – {}", here.name), "projects"),
        sections: dashboard.views.sections(&here.gid).await?,
        may_decide: visitor.access.may(Clearance::Admin, &here.gid),
        has_hands: dashboard.has_hands(),
        here,
        report,
        decisions,
    };
    Ok(html(&page))
}

#[derive(Template)]
#[template(path = "phase_asked.html")]
struct Asked {
    shell: Shell,
    here: Here,
    report: PhaseReport,
    scope: PhaseScope,
    phase: Phase,
    /// What evidence is lacking for it.
    lacking: Vec<String>,
    reason: String,
    /// What is missing in the answer, when there was one.
    problem: Option<&'static str>,
}

/// Takes a decision, or asks once more.
pub(super) async fn decide(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Admin)).await?;
    let phase = chosen(&fields)?;
    let scope = scope(&fields)?;
    let gid = here.gid.clone();
    let look = move |engine, _| async move { engine::phase_of(&engine, &gid).await };
    let report = dashboard.find(&visitor, look).await?;
    let up = is_up(&report, phase);
    let lacking = lacking(&report, phase);
    let how = visitor.deciding(&fields);
    let (confirmed, anyway) = (fields.get("confirmed").is_some(), fields.get("anyway").is_some());
    let problem = problem(&fields, &how, lacking.is_empty());
    if up && (!confirmed || problem.is_some()) {
        let shell = Shell::of(&visitor, format!("Phase {phase}? – {}", here.name), "projects");
        let reason = how.reason.unwrap_or_default();
        return Ok(html(&Asked { shell, here, report, scope, phase, lacking, reason, problem }));
    }
    let (new, gid) = (NewPhase { scope, phase, anyway }, here.gid.clone());
    dashboard
        .do_it(move |engine, _| async move { engine::set_phase(&engine, &gid, new, &how).await })
        .await?;
    Ok(see_other(&here.page("phases")))
}

/// Whether a phase lets Upnext write more in any task of a project.
pub(super) fn is_up(report: &PhaseReport, phase: Phase) -> bool {
    phase > report.parts.iter().map(|part| part.phase).fold(report.whole.phase, Phase::min)
}

/// What evidence a phase lacks in a project.
pub(super) fn lacking(report: &PhaseReport, phase: Phase) -> Vec<String> {
    if is_up(report, phase) && phase >= Phase::Conditional { report.lacking.clone() } else { vec![] }
}

/// What is missing in the answer to the second question, when there was one; nothing where all evidence is there.
pub(super) fn problem(fields: &Fields, how: &Deciding, is_backed: bool) -> Option<&'static str> {
    if fields.get("confirmed").is_none() || is_backed {
        return None;
    }
    if fields.get("anyway").is_none() {
        return Some("Tick that it is decided without this evidence, or leave it.");
    }
    how.reason.is_none().then_some("Say why it is decided without this evidence.")
}

/// Said to who takes back what they did not see.
pub(super) const SINCE: &str =
    "Somebody has decided since this page was loaded, and nothing was taken back: look at it again.";

/// The phase a form asks for.
pub(super) fn chosen(fields: &Fields) -> Result<Phase, Refusal> {
    let phase = fields.get("phase").and_then(phase_of);
    phase.ok_or_else(|| Refusal::Bad("Choose a phase: go back and press a button.".into()))
}

/// Takes the newest decision back.
pub(super) async fn back(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Admin)).await?;
    let newest = dashboard.store().phases(&here.gid).await?.pop();
    // Somebody else may have decided since the page was loaded.
    let is_meant = newest.is_some_and(|newest| fields.get("decided") == Some(newest.at.to_string().as_str()));
    if !is_meant {
        return Err(Refusal::Bad(SINCE.into()));
    }
    let (gid, how) = (here.gid.clone(), visitor.deciding(&fields));
    dashboard.do_it(move |engine, _| async move { engine::phase_back(&engine, &gid, &how).await }).await?;
    Ok(see_other(&here.page("phases")))
}

fn phase_of(word: &str) -> Option<Phase> {
    PHASES.into_iter().find(|phase| phase.to_string() == word)
}

/// For which tasks: all, those of a section, those of a type.
fn scope(fields: &Fields) -> Result<PhaseScope, Refusal> {
    let named = |name: &str| {
        let text = domain::fit(fields.get(name).unwrap_or_default().trim(), LONGEST);
        (!text.is_empty()).then_some(text)
    };
    let scope = PhaseScope { field: named("field"), value: named("value"), section: named("section") };
    if scope.field.is_some() != scope.value.is_some() {
        return Err(Refusal::Bad(
            "A type needs a field and its value, such as Type and Bug: go back.".into(),
        ));
    }
    Ok(scope)
}

/// What was known when it was decided, in words; empty for decisions made before that was kept.
fn known_then(decision: &PhaseDecision) -> String {
    let evidence = &decision.evidence;
    let count = |name: &str| evidence[name].as_u64();
    let sum = |what: &str| -> u64 {
        let answers = evidence["answers"].as_array();
        answers.into_iter().flatten().filter_map(|band| band[what].as_u64()).sum()
    };
    let Some(written) = count("written") else { return String::new() };
    let (yes, all) = (sum("yes"), sum("yes") + sum("no"));
    let calibrated = count("calibrated").map_or_else(
        || "confidence not calibrated".to_owned(),
        |decisions| format!("confidence measured on {decisions} decisions"),
    );
    let golden = match (evidence["golden"][0].as_bool(), evidence["golden"][1].as_f64()) {
        (Some(holds), Some(tau)) => {
            format!("golden set {tau:.2}, {}", if holds { "holds" } else { "falls out" })
        }
        _ => "no golden set".to_owned(),
    };
    let backtest = evidence["backtest"][1].as_str().unwrap_or("none").replace('_', " ");
    format!(
        "{yes} of {all} answers yes, overrides on {} of {written} written tasks, {calibrated}, {golden}, last backtest: {backtest}",
        count("overridden").unwrap_or_default()
    )
}

/// A share in words; a dash of nothing.
fn part(share: Option<f64>) -> String {
    share.map_or_else(|| "–".into(), |share| words::percent(&(100.0 * share)))
}

fn agreement(evidence: &PhaseEvidence) -> String {
    part(evidence.agreement())
}

fn override_rate(evidence: &PhaseEvidence) -> String {
    part(evidence.override_rate())
}

/// How many answers there are.
fn answered(evidence: &PhaseEvidence) -> usize {
    evidence.answers.iter().map(|band| band.yes + band.no).sum()
}

/// What a phase writes without asking.
pub(super) fn writes(phase: &Phase) -> &'static str {
    match phase {
        Phase::Shadow => "writes nothing",
        Phase::Suggest => "writes AI fields, asks about official values",
        Phase::Conditional => "writes by itself also what policy.conditional names",
        Phase::Auto => "writes by itself also priorities nobody set, and moves",
    }
}
