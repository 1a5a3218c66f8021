//! The portfolio workflow: read every project, rank them, and write the ranking where it was asked for.
//!
//! Projects are read one after the other, each under its own lock; one that cannot be read is told and left out. Deliberately not
//! here: ranking (`judge::portfolio`), words and plans (`decide`).

use super::held;
use super::projects::{self, DAYS, ReadProject};
use super::projects_of;
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{UNKNOWN_SKEW, actor, to_definition};
use crate::groom::Write;
use crate::recover::recover;
use crate::report::Requests;
use crate::workload::{Carried, carry_plan};
use asana::wire;
use decide::document::{Document, text};
use decide::{PortfolioFindings, plan_portfolio, portfolio_document, status, status_text, told_of};
use domain::{
    Anchors, Evidence, FieldMap, Moment, Named, PortfolioGid, Project, ProjectGid, Snapshot, TaskGid,
    WorkspaceGid,
};
use jiff::civil::Date;
use judge::portfolio::{Crew, ProjectFacts, Ranked, Shortage, TopTask, rank, shortages, top};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Tasks of the one list over all projects.
const TOP: usize = 20;

/// What a look across projects found.
#[derive(Clone, Debug, Serialize)]
pub struct PortfolioReport {
    /// The portfolios.
    pub portfolios: Vec<Named<PortfolioGid>>,
    /// Their projects, in the order of the attention they need.
    pub projects: Vec<Ranked>,
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
    let portfolios = match named {
        Some(gid) => vec![frame(engine, gid, now).await?],
        None => owned(engine, now).await?,
    };
    let listed = listed(engine, &portfolios).await?;
    let (read, mut notes) = read_all(engine, &listed, now).await?;
    let facts: Vec<ProjectFacts> = read.iter().map(|one| one.facts.clone()).collect();
    let projects = rank(&facts, now.today);
    let held = held::phases(engine, &projects.iter().map(|one| &one.project.gid).collect::<Vec<_>>()).await?;
    let told = told_of(&projects, &held);
    let crews = in_order(&projects, &read);
    let lacking = shortages(&crews);
    let top = top(&facts, TOP);
    for one in &read {
        let name = &one.facts.project.name;
        notes.extend(one.notes.iter().map(|note| format!("{name}: {note}")));
    }
    let mut notes = crate::workload::together(notes);
    notes.extend(portfolios.iter().flat_map(|one| one.notes.iter().cloned()));
    let names: Vec<&str> = portfolios.iter().map(|one| one.project.name.as_str()).collect();
    let document = portfolio_document(&PortfolioFindings {
        name: &names.join(", "),
        ranked: &projects,
        told: &told,
        top: &top,
        shortages: &lacking,
        days: u16::try_from(DAYS).unwrap_or(u16::MAX),
        names: &task_names(&facts),
        notes: &notes,
    });
    let written = match (named, portfolios.first()) {
        (Some(_), Some(frame)) => {
            let frame = Snapshot { held, ..frame.clone() };
            Some(written(engine, (frame, &projects), (now, write), start).await?)
        }
        _ => None,
    };
    let name = |one: &Snapshot| Named {
        gid: PortfolioGid::new(one.project.gid.as_str()),
        name: one.project.name.clone(),
    };
    Ok(PortfolioReport {
        portfolios: portfolios.iter().map(name).collect(),
        status: status(&projects),
        status_text: status_text(&told),
        projects,
        top,
        shortages: lacking,
        document,
        written,
        notes,
        requests: Requests::since(engine, start),
    })
}

fn task_names(facts: &[ProjectFacts]) -> HashMap<TaskGid, String> {
    let tasks = facts.iter().flat_map(|facts| &facts.tasks);
    tasks.map(|scored| (scored.task.clone(), scored.name.clone())).collect()
}

/// The projects of all portfolios, each once.
async fn listed(engine: &Engine, portfolios: &[Snapshot]) -> Result<Vec<Project>, EngineError> {
    let mut listed: Vec<Project> = vec![];
    for one in portfolios {
        let gid = PortfolioGid::new(one.project.gid.as_str());
        for project in projects_of(engine, &gid).await.map_err(refused)? {
            if !listed.iter().any(|known| known.gid == project.gid) {
                listed.push(project);
            }
        }
    }
    Ok(listed)
}

fn refused(error: EngineError) -> EngineError {
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
    let read = read.map_err(|error| refused(error.into()))?;
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
async fn owned(engine: &Engine, now: Moment) -> Result<Vec<Snapshot>, EngineError> {
    let mut found = vec![];
    for workspace in engine.asana.workspaces().list().fields(&["name"]).collect_all().await? {
        let list = engine.asana.portfolios().owned_by("me", &workspace.gid).fields(&["name"]);
        for one in list.collect_all().await.map_err(|error| refused(error.into()))? {
            found.push(frame(engine, &PortfolioGid::new(one.gid), now).await?);
        }
    }
    if found.is_empty() {
        let problem = "the token's user owns no portfolio: name one by its number or URL";
        return Err(EngineError::Unusable(problem.into()));
    }
    Ok(found)
}

/// Every project that can be read, with the dates of what waits across them, and a sentence for each that cannot.
async fn read_all(
    engine: &Engine,
    listed: &[Project],
    now: Moment,
) -> Result<(Vec<ReadProject>, Vec<String>), EngineError> {
    let (mut read, mut notes) = (vec![], vec![]);
    for project in listed {
        match projects::read(engine, project, now).await {
            Ok(Some(one)) => read.push(one),
            Ok(None) => notes.push(format!("{}: completed or archived, and left out", project.name)),
            Err(EngineError::UnknownProject { .. }) => {
                notes.push(format!("{}: this token may not read it, so it is left out", project.name));
            }
            Err(EngineError::Store(store::StoreError::Busy { .. })) => {
                notes.push(format!("{}: somebody works on it right now, so it is left out", project.name));
            }
            Err(error) => return Err(error),
        }
    }
    let due: BTreeMap<TaskGid, Option<Date>> =
        read.iter().flat_map(|one: &ReadProject| one.due.clone()).collect();
    for one in &mut read {
        for waits in one.facts.waits.iter_mut().flatten() {
            waits.on_due = due.get(&waits.on).copied().flatten();
        }
    }
    Ok((read, notes))
}

/// The projects' people, in the order of the ranking.
fn in_order<'r>(ranked: &[Ranked], read: &'r [ReadProject]) -> Vec<&'r Crew> {
    let crew =
        |one: &Ranked| read.iter().map(|read| &read.crew).find(|crew| crew.project.gid == one.project.gid);
    ranked.iter().filter_map(crew).collect()
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
