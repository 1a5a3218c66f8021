//! A phase decided for every project of a portfolio together.
//!
//! It is a decision about the whole of each project that the portfolio holds at that moment, kept in each with its own evidence and the
//! portfolio's number. So the newest word on a project counts, whoever it was said for, and a project that comes into the portfolio later
//! is not let do more unseen. Deliberately not here: rules of the configuration for portfolios, which such projects fall under (`held`).

use super::{NewPhase, PhaseReport, decision, evidence::evidence, kept, phase_of, weigh};
use crate::context::Engine;
use crate::error::EngineError;
use crate::portfolio::projects_of;
use crate::rubrics::Deciding;
use domain::{Access, Clearance, PortfolioGid, Project, ProjectGid};
use serde::Serialize;
use store::{PhaseDecision, TakingBack};

/// The phases of a portfolio's projects.
#[derive(Clone, Debug, Serialize)]
pub struct PortfolioPhases {
    /// The portfolio.
    pub portfolio: PortfolioGid,
    /// Its projects, in its order, each with its phase.
    pub projects: Vec<(Project, PhaseReport)>,
    /// Projects that were left as they are, because something was decided in them since.
    pub left: Vec<ProjectGid>,
}

/// The phases of a portfolio's projects.
///
/// # Errors
/// What keeps the portfolio from being read, or the store's.
pub async fn phases_of_portfolio(
    engine: &Engine,
    portfolio: &PortfolioGid,
) -> Result<PortfolioPhases, EngineError> {
    let mut projects = vec![];
    for project in projects_of(engine, portfolio).await? {
        let report = phase_of(engine, &project.gid).await?;
        projects.push((project, report));
    }
    Ok(PortfolioPhases { portfolio: portfolio.clone(), projects, left: vec![] })
}

/// Puts a phase in force for the whole of every project that a portfolio holds now, by somebody who may decide in each.
///
/// # Errors
/// A portfolio without projects, or with one in which they may not decide; a way up for which evidence is lacking in any of them, unless it is decided all the same, in which
/// case nothing is changed in any; the store's.
pub async fn set_for_portfolio(
    engine: &Engine,
    (portfolio, access): (&PortfolioGid, &Access),
    new: &NewPhase,
    how: &Deciding,
) -> Result<PortfolioPhases, EngineError> {
    let (mut all, mut lacking) = (vec![], vec![]);
    let projects = projects_of(engine, portfolio).await?;
    may_decide(access, projects.iter().map(|project| &project.gid))?;
    for project in projects {
        let weighed = weigh(engine, &project.gid, new).await?;
        if weighed.up && !weighed.report.lacking.is_empty() {
            lacking.push(format!("{}: {}", project.name, weighed.report.lacking.join("; ")));
        }
        all.push(weighed);
    }
    if all.is_empty() {
        return Err(EngineError::Unusable(format!(
            "portfolio {portfolio} holds no project that this token sees"
        )));
    }
    if !lacking.is_empty() && !new.anyway {
        return Err(EngineError::Unusable(format!(
            "evidence for phase {} is lacking, and nothing was changed in any project. {}. To decide it all the same: --anyway",
            new.phase,
            lacking.join(". ")
        )));
    }
    // One moment for all tells them from what was decided for the portfolio before and after.
    let (by, at) = (how.who(engine).await?, (engine.clock)());
    let decisions: Vec<PhaseDecision> =
        all.into_iter().map(|weighed| decision(weighed, new, (how, &by), (Some(portfolio), at))).collect();
    engine.store.decide_phases(&decisions).await?;
    phases_of_portfolio(engine, portfolio).await
}

/// Nothing is decided in a project by who may not decide there, and so in none of the portfolio's.
fn may_decide<'p>(
    access: &Access,
    mut projects: impl Iterator<Item = &'p ProjectGid>,
) -> Result<(), EngineError> {
    if projects.all(|project| access.may(Clearance::Admin, project)) {
        return Ok(());
    }
    let problem = "that takes the role of admin in every project of the portfolio, and nothing was changed: ask somebody who has it";
    Err(EngineError::Unusable(problem.into()))
}

/// Takes back what was decided last for a portfolio, in every project where nothing was decided since, those too that left it; by
/// somebody who may decide in each.
///
/// # Errors
/// Nothing decided for it, a project in which they may not decide, what keeps it from being read, or the store's.
pub async fn back_for_portfolio(
    engine: &Engine,
    (portfolio, access): (&PortfolioGid, &Access),
    how: &Deciding,
) -> Result<PortfolioPhases, EngineError> {
    let (theirs, mut left) = engine.store.phases_of_portfolio(portfolio).await?;
    if theirs.is_empty() {
        let since = if left.is_empty() { "" } else { ": in its projects something was decided since" };
        return Err(EngineError::Unusable(format!(
            "no decision for portfolio {portfolio} is the newest of a project{since}, so there is nothing to take back"
        )));
    }
    may_decide(access, theirs.iter().map(|(_, decision)| &decision.project))?;
    let by = how.who(engine).await?;
    let mut found = vec![];
    for (seq, decision) in &theirs {
        let project = &decision.project;
        found.push((*seq, kept(&evidence(&engine.for_project(project).await?, project).await?)));
    }
    let taking = |evidence| TakingBack { by: &by, reason: how.reason.as_deref(), evidence };
    let taking: Vec<_> = found.iter().map(|(seq, evidence)| (*seq, taking(evidence))).collect();
    let taken = engine.store.take_back_phases(&taking, (engine.clock)()).await?;
    let is_taken = |project: &ProjectGid| taken.iter().any(|taken| taken.project == *project);
    left.extend(
        theirs.into_iter().map(|(_, decision)| decision.project).filter(|project| !is_taken(project)),
    );
    Ok(PortfolioPhases { left, ..phases_of_portfolio(engine, portfolio).await? })
}
