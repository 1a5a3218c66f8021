//! The portfolio workflow: read every project, rank them, and write the ranking where it was asked for.
//!
//! Deliberately not here: reading projects (`seen`), ranking (`judge::portfolio`), words and plans (`decide`).

use super::held;
use super::seen::{PortfolioLook, is_closed, read_portfolios};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{UNKNOWN_SKEW, actor, to_definition};
use crate::groom::Write;
use crate::recover::recover;
use crate::report::Requests;
use crate::workload::{Carried, carry_plan};
use asana::wire;
use decide::document::{Document, text};
use decide::{PortfolioFindings, plan_portfolio, portfolio_document, status_text, told_of};
use domain::{
    Access, Anchors, Evidence, FieldMap, Moment, Named, PortfolioGid, ProjectGid, Snapshot, WorkspaceGid,
};
use judge::portfolio::{Ranked, RankedGoal, Shortage, TopTask};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a look across projects found.
#[derive(Clone, Debug, Serialize)]
pub struct PortfolioReport {
    /// The portfolios.
    pub portfolios: Vec<Named<PortfolioGid>>,
    /// Their projects, in the order of the attention they need.
    pub projects: Vec<Ranked>,
    /// The open goals that they support, in the order of the attention they need.
    pub goals: Vec<RankedGoal>,
    /// The first tasks of all.
    pub top: Vec<TopTask>,
    /// Projects that lack hours, with who could help.
    pub shortages: Vec<Shortage>,
    /// `on_track`, `at_risk` or `off_track`.
    pub status: &'static str,
    /// The status update that is posted with --apply.
    pub status_text: String,
    /// The document as data.
    pub document: Document,
    /// What is, or would be, written; none where no portfolio was named.
    pub written: Option<Carried>,
    /// What could not be read and how it was got round.
    pub notes: Vec<String>,
    /// What it cost.
    pub requests: Requests,
}

impl PortfolioReport {
    /// The document for a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        text(&self.document)
    }
}

/// Ranks the projects of a portfolio, or of all that the token's user owns, and writes the ranking of a named one when asked to.
///
/// # Errors
/// A plan without portfolios, an unknown one, none at all, and what stops the run as a whole.
pub async fn portfolio(
    engine: &Engine,
    named: Option<&PortfolioGid>,
    (now, write): (Moment, Write),
) -> Result<PortfolioReport, EngineError> {
    let start = engine.asana.counters();
    let (frames, notes) = match named {
        Some(gid) => (vec![frame(engine, gid, now).await.map_err(refused)?], vec![]),
        None => owned(engine, now).await?.or_refused()?,
    };
    if frames.is_empty() {
        let problem = "the token's user owns no portfolio: name one by its number or URL";
        return Err(EngineError::Unusable(problem.into()));
    }
    let read = read_portfolios(engine, (frames, notes), now).await?;
    let seen = read.seen_by(&Access::admin(), None);
    let held =
        held::phases(engine, &seen.projects.iter().map(|one| &one.project.gid).collect::<Vec<_>>()).await?;
    let told = told_of(&seen.projects, &held);
    let names: Vec<&str> = seen.portfolios.iter().map(|one| one.portfolio.name.as_str()).collect();
    let document = portfolio_document(&PortfolioFindings {
        name: &names.join(", "),
        ranked: &seen.projects,
        told: &told,
        goals: &seen.goals,
        top: &seen.top,
        shortages: &seen.shortages,
        days: seen.days,
        names: &seen.names,
        notes: &seen.notes,
    });
    let written = match (named, read.frames().next()) {
        (Some(_), Some(frame)) => {
            let frame = Snapshot { held, ..frame.clone() };
            Some(written(engine, (frame, &seen.projects), (now, write), start).await?)
        }
        _ => None,
    };
    Ok(PortfolioReport {
        portfolios: seen.portfolios.into_iter().map(|one| one.portfolio).collect(),
        status: seen.status,
        status_text: status_text(&told),
        projects: seen.projects,
        goals: seen.goals,
        top: seen.top,
        shortages: seen.shortages,
        document,
        written,
        notes: seen.notes,
        requests: Requests::since(engine, start),
    })
}

/// Reads every portfolio that the token's user owns and those named besides, for any number of visitors. Nothing is written.
///
/// # Errors
/// What stops the reading as a whole. A portfolio or workspace that cannot be read, or whose plan has no portfolios, is told and left
/// out, unless nothing is left.
pub async fn look_at_portfolios(
    engine: &Engine,
    besides: &[PortfolioGid],
    now: Moment,
) -> Result<PortfolioLook, EngineError> {
    let mut found = owned(engine, now).await?;
    for gid in besides {
        if found.frames.iter().any(|one| one.project.gid.as_str() == gid.as_str()) {
            continue;
        }
        match frame(engine, gid, now).await {
            Ok(frame) => found.frames.push(frame),
            Err(error) => {
                found.leave_out(error, &format!("portfolio {gid}, which the configuration names"))?;
            }
        }
    }
    read_portfolios(engine, found.or_refused()?, now).await
}

/// Portfolios that were found.
#[derive(Default)]
struct Found {
    frames: Vec<Snapshot>,
    /// What was left out.
    notes: Vec<String>,
    /// Why the first of it was, when its plan has no portfolios.
    refused: Option<EngineError>,
}

impl Found {
    /// Notes what is closed to this token or on its plan; anything else is no matter of one portfolio.
    fn leave_out(&mut self, error: EngineError, what: &str) -> Result<(), EngineError> {
        if !is_closed(&error) {
            return Err(error);
        }
        tracing::warn!(%error, "{what} cannot be read, and is left out");
        let by_plan = matches!(error, EngineError::Asana(asana::Error::PaymentRequired { .. }));
        let why =
            if by_plan { "portfolios are not part of the Asana plan" } else { "this token may not read it" };
        self.notes.push(format!("{what}: {why}, so it is left out"));
        if by_plan && self.refused.is_none() {
            self.refused = Some(refused(error));
        }
        Ok(())
    }

    /// What was found with its notes; an error where a plan without portfolios left nothing.
    fn or_refused(self) -> Result<(Vec<Snapshot>, Vec<String>), EngineError> {
        match self.refused {
            Some(error) if self.frames.is_empty() => Err(error),
            _ => Ok((self.frames, self.notes)),
        }
    }
}

pub(super) fn refused(error: EngineError) -> EngineError {
    match error {
        EngineError::Asana(asana::Error::PaymentRequired { message, .. }) => EngineError::Unusable(format!(
            "portfolios are not part of this workspace's Asana plan ({message}): `upnext groom` and `upnext risk` work project by project"
        )),
        other => other,
    }
}

/// A portfolio as a snapshot: its name and the fields set on it, and no task.
async fn frame(engine: &Engine, portfolio: &PortfolioGid, now: Moment) -> Result<Snapshot, EngineError> {
    let read = engine.asana.portfolios().get(portfolio.as_str(), &["name", "workspace.name"]).await;
    let read = read?;
    let workspace = read.workspace.unwrap_or_default();
    let (fields, notes) = fields(engine, portfolio).await?;
    Ok(Snapshot {
        workspace: Named { gid: WorkspaceGid::new(workspace.gid), name: workspace.name.unwrap_or_default() },
        project: Named { gid: ProjectGid::new(portfolio.as_str()), name: read.name.unwrap_or_default() },
        taken_at: engine.asana.server_time().unwrap_or(now.at - UNKNOWN_SKEW),
        actor: actor(engine).await?,
        sections: vec![],
        fields_available: !fields.is_empty(),
        fields,
        roles: FieldMap::default(),
        tasks: vec![],
        goals: vec![],
        goals_read: false,
        anchors: Anchors::default(),
        notes,
        evidence: Evidence::default(),
        refused: vec![],
        writers: vec![],
        held: BTreeMap::new(),
        sprints: None,
    })
}

async fn fields(
    engine: &Engine,
    portfolio: &PortfolioGid,
) -> Result<(Vec<domain::FieldDef>, Vec<String>), EngineError> {
    let names =
        ["name", "resource_subtype", "representation_type", "precision", "format", "is_formula_field"];
    let names: Vec<String> = names.iter().map(|name| format!("custom_field.{name}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match engine
        .asana
        .portfolios()
        .custom_field_settings(portfolio.as_str())
        .fields(&names)
        .collect_all()
        .await
    {
        Ok(settings) => {
            let field = |setting: wire::CustomFieldSetting| setting.custom_field.map(to_definition);
            Ok((settings.into_iter().filter_map(field).collect(), vec![]))
        }
        Err(asana::Error::PaymentRequired { .. }) => Ok((
            vec![],
            vec![
                "custom fields are not part of this workspace's Asana plan: nothing is written to projects"
                    .into(),
            ],
        )),
        Err(asana::Error::Forbidden { .. }) => Ok((
            vec![],
            vec!["this token may not read the portfolio's fields: nothing is written to projects".into()],
        )),
        Err(error) => Err(error.into()),
    }
}

/// Every portfolio that the token's user owns.
async fn owned(engine: &Engine, now: Moment) -> Result<Found, EngineError> {
    let mut found = Found::default();
    for workspace in engine.asana.workspaces().list().fields(&["name"]).collect_all().await? {
        let list = engine.asana.portfolios().owned_by("me", &workspace.gid).fields(&["name"]);
        let list = match list.collect_all().await {
            Ok(list) => list,
            Err(error) => {
                found.leave_out(error.into(), &workspace.name.unwrap_or(workspace.gid))?;
                continue;
            }
        };
        for one in list {
            match frame(engine, &PortfolioGid::new(one.gid), now).await {
                Ok(frame) => found.frames.push(frame),
                Err(error) => found.leave_out(error, &one.name.unwrap_or_default())?,
            }
        }
    }
    Ok(found)
}

async fn written(
    engine: &Engine,
    (mut frame, ranked): (Snapshot, &[Ranked]),
    (now, write): (Moment, Write),
    start: asana::Counters,
) -> Result<Carried, EngineError> {
    let _lock = engine.store.lock_project(&frame.project.gid).await?;
    recover(engine, &frame.project.gid).await?;
    frame.held = held::with_values(engine, &frame.project.gid, frame.held).await?;
    let plan = plan_portfolio(&frame, &engine.policy, ranked, &engine.rules(), now);
    carry_plan(engine, (&frame, &plan), (now, write), start).await
}
