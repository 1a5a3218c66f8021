//! `/portfolio/{gid}/phases`: the phases of a portfolio's projects, and a decision for all of them together.
//!
//! Shown are the projects that the visitor may see; deciding takes the role of admin in every one, those too that are not shown. What is
//! asked once more, and what is not, is as on a project's own page. Deliberately not here: the decision (`engine::set_for_portfolio`).

use super::phases::{PHASES, SINCE, chosen, is_up, lacking, problem, writes};
use super::{Shell, words};
use crate::dashboard::{Dashboard, Look, Refusal, Signed, Visitor, html, see_other};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Clearance, Phase, PortfolioGid, Project};
use engine::{EngineError, NewPhase, PhaseReport, PortfolioPhases};
use store::{PhaseDecision, PhaseScope};

/// A portfolio that somebody looks at, with what they may see of it.
struct Of {
    gid: PortfolioGid,
    name: String,
    projects: Vec<(Project, PhaseReport)>,
    /// Whether it holds projects that are not shown.
    is_part: bool,
    /// Whether they may decide in every one.
    may_decide: bool,
}

#[derive(Template)]
#[template(path = "portfolio_phases.html")]
struct Page {
    shell: Shell,
    of: Of,
    /// What was decided last for the portfolio, where nothing was decided since.
    newest: Option<PhaseDecision>,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(portfolio): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let of = of(&dashboard, &visitor, portfolio).await?;
    let newest = newest(&dashboard, &visitor, &of.gid).await?;
    let shell = Shell::of(&visitor, format!("Phases – {}", of.name), "portfolio");
    Ok(html(&Page { shell, of, newest }))
}

/// What is known of a portfolio; it is not there for who sees none of its projects.
async fn of(dashboard: &Dashboard, visitor: &Visitor, gid: String) -> Result<Of, Refusal> {
    let missing = || Refusal::Missing("There is no such portfolio here, or you may see nothing of it.");
    if !dashboard.has_hands() {
        let text = "What a portfolio holds is asked of Asana, and this dashboard only reads the store. Use the one of upnext serve.";
        return Err(Refusal::Missing(text));
    }
    if gid.is_empty() || !gid.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(missing());
    }
    let gid = PortfolioGid::new(gid);
    let asked = gid.clone();
    let look = move |engine, _| async move { engine::phases_of_portfolio(&engine, &asked).await };
    let report = match dashboard.reckon((visitor, Look::Store), look).await {
        Ok(Some(report)) => report,
        Ok(None) => {
            return Err(Refusal::Bad("This takes longer than a page waits: try again in a minute.".into()));
        }
        Err(Refusal::Failed(EngineError::Asana(
            asana::Error::NotFound { .. }
            | asana::Error::Forbidden { .. }
            | asana::Error::PaymentRequired { .. },
        ))) => return Err(missing()),
        Err(other) => return Err(other),
    };
    let PortfolioPhases { projects, .. } = report;
    let all = projects.len();
    let may_decide = projects.iter().all(|(project, _)| visitor.access.may(Clearance::Admin, &project.gid));
    let seen = projects.into_iter().filter(|(project, _)| visitor.access.sees(&project.gid));
    let projects: Vec<(Project, PhaseReport)> = seen.collect();
    if projects.is_empty() {
        return Err(missing());
    }
    let last = dashboard.portfolios.last(&(), dashboard.now());
    let known = last.map(|look| look.seen_by(&visitor.access, Some(&gid)).portfolios).unwrap_or_default();
    let named = known.into_iter().find(|one| one.portfolio.gid == gid);
    let name = named.map_or_else(|| format!("Portfolio {gid}"), |one| one.portfolio.name);
    Ok(Of { gid, name, is_part: projects.len() < all, projects, may_decide })
}

/// What was decided last for a portfolio and can be taken back, as far as the visitor sees a project of it.
async fn newest(
    dashboard: &Dashboard,
    visitor: &Visitor,
    portfolio: &PortfolioGid,
) -> Result<Option<PhaseDecision>, Refusal> {
    let (theirs, _) = dashboard.store().phases_of_portfolio(portfolio).await?;
    let mut theirs = theirs.into_iter().map(|(_, decision)| decision);
    Ok(theirs.find(|decision| visitor.access.sees(&decision.project)))
}

#[derive(Template)]
#[template(path = "portfolio_phase_asked.html")]
struct Asked {
    shell: Shell,
    of: Of,
    phase: Phase,
    /// What evidence is lacking for it, project by project.
    lacking: Vec<(String, Vec<String>)>,
    reason: String,
    /// What is missing in the answer, when there was one.
    problem: Option<&'static str>,
}

/// Takes a decision for every project, or asks once more.
pub(super) async fn decide(
    State(dashboard): State<Dashboard>,
    Path(portfolio): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let of = for_admins(of(&dashboard, &visitor, portfolio).await?)?;
    let phase = chosen(&fields)?;
    let up = of.projects.iter().any(|(_, report)| is_up(report, phase));
    let short = of.projects.iter().map(|(project, report)| (project.name.clone(), lacking(report, phase)));
    let short: Vec<_> = short.filter(|(_, lacking)| !lacking.is_empty()).collect();
    let how = visitor.deciding(&fields);
    let problem = problem(&fields, &how, short.is_empty());
    if up && (fields.get("confirmed").is_none() || problem.is_some()) {
        let shell = Shell::of(&visitor, format!("Phase {phase}? – {}", of.name), "portfolio");
        let reason = how.reason.unwrap_or_default();
        return Ok(html(&Asked { shell, of, phase, lacking: short, reason, problem }));
    }
    let new = NewPhase { scope: PhaseScope::default(), phase, anyway: fields.get("anyway").is_some() };
    let (gid, access) = (of.gid.clone(), visitor.access.clone());
    let work =
        move |engine, _| async move { engine::set_for_portfolio(&engine, (&gid, &access), &new, &how).await };
    dashboard.do_it(work).await?;
    Ok(see_other(&of.page()))
}

/// Takes back what was decided last for the portfolio.
pub(super) async fn back(
    State(dashboard): State<Dashboard>,
    Path(portfolio): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let of = for_admins(of(&dashboard, &visitor, portfolio).await?)?;
    let newest = newest(&dashboard, &visitor, &of.gid).await?;
    let is_meant = newest.is_some_and(|newest| fields.get("decided") == Some(newest.at.to_string().as_str()));
    if !is_meant {
        return Err(Refusal::Bad(SINCE.into()));
    }
    let (gid, access, how) = (of.gid.clone(), visitor.access.clone(), visitor.deciding(&fields));
    let work =
        move |engine, _| async move { engine::back_for_portfolio(&engine, (&gid, &access), &how).await };
    dashboard.do_it(work).await?;
    Ok(see_other(&of.page()))
}

fn for_admins(of: Of) -> Result<Of, Refusal> {
    if of.may_decide { Ok(of) } else { Err(Refusal::Forbidden(Clearance::Admin)) }
}

impl Of {
    fn page(&self) -> String {
        format!("/portfolio/{}/phases", self.gid)
    }
}
