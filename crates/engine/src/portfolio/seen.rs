//! Portfolios as read once, and what of them somebody may see: the ranking of those projects alone.
//!
//! Projects are read one after the other, each under its own lock; one that cannot be read is told and left out. Places, the list of
//! tasks, the hours that could be moved and what waits for what are reckoned anew of the projects that are seen, so that no figure
//! tells of another. Deliberately not here: ranking (`judge::portfolio`), words (`decide`), and writing (`look`).

use super::look::refused;
use super::projects::{self, DAYS, ReadProject};
use super::projects_of;
use crate::context::Engine;
use crate::error::EngineError;
use domain::{Access, Moment, Named, PortfolioGid, Project, ProjectGid, Snapshot, TaskGid};
use jiff::Timestamp;
use jiff::civil::Date;
use judge::portfolio::{Crew, ProjectFacts, Ranked, Shortage, TopTask, rank, shortages, top};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Tasks of the one list over all projects.
const TOP: usize = 20;

/// Portfolios with their projects, read once for any number of looks.
pub struct PortfolioLook {
    /// Each portfolio as a snapshot, with the projects it holds.
    portfolios: Vec<(Snapshot, Vec<ProjectGid>)>,
    read: Vec<ReadProject>,
    /// Projects that are left out, each with the sentence why.
    left_out: Vec<(ProjectGid, String)>,
    /// Whether any is left out only for now, because somebody works on it.
    busy: bool,
    now: Moment,
}

/// A portfolio with what is seen of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeenPortfolio {
    /// The portfolio.
    pub portfolio: Named<PortfolioGid>,
    /// Its projects that are seen and ranked.
    pub projects: usize,
}

/// What somebody sees of portfolios.
#[derive(Clone, Debug, Serialize)]
pub struct PortfolioSeen {
    /// The portfolios of which anything is seen.
    pub portfolios: Vec<SeenPortfolio>,
    /// Their projects, in the order of the attention they need; places are among these.
    pub projects: Vec<Ranked>,
    /// The first tasks of all.
    pub top: Vec<TopTask>,
    /// Projects that lack hours, with who could help.
    pub shortages: Vec<Shortage>,
    /// `on_track`, `at_risk` or `off_track`, by these projects.
    pub status: &'static str,
    /// Days that hours are compared over.
    pub days: u16,
    /// Names of tasks.
    #[serde(skip)]
    pub names: HashMap<TaskGid, String>,
    /// What could not be read and how it was got round.
    pub notes: Vec<String>,
}

impl PortfolioLook {
    /// When it was read.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.now.at
    }

    /// Whether a project is left out that can be read in a moment.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.busy
    }

    /// The portfolios themselves.
    pub(super) fn frames(&self) -> impl Iterator<Item = &Snapshot> {
        self.portfolios.iter().map(|(frame, _)| frame)
    }

    /// What somebody may see, of one portfolio or of all.
    #[must_use]
    pub fn seen_by(&self, access: &Access, of: Option<&PortfolioGid>) -> PortfolioSeen {
        let chosen = |frame: &Snapshot| of.is_none_or(|of| of.as_str() == frame.project.gid.as_str());
        let held: Vec<&ProjectGid> = self
            .portfolios
            .iter()
            .filter(|(frame, _)| chosen(frame))
            .flat_map(|(_, projects)| projects)
            .filter(|gid| access.sees(gid))
            .collect();
        let read: Vec<&ReadProject> =
            self.read.iter().filter(|one| held.contains(&&one.facts.project.gid)).collect();
        let facts = with_dates(&read);
        let projects = rank(&facts, self.now.today);
        let crews = in_order(&projects, &read);
        PortfolioSeen {
            portfolios: self.portfolios_for(access),
            top: top(&facts, TOP),
            shortages: shortages(&crews),
            status: decide::status(&projects),
            days: u16::try_from(DAYS).unwrap_or(u16::MAX),
            names: task_names(&facts),
            notes: self.notes(&held, &read, (access, &chosen)),
            projects,
        }
    }

    fn portfolios_for(&self, access: &Access) -> Vec<SeenPortfolio> {
        let ranked = |gid: &&ProjectGid| self.read.iter().any(|one| one.facts.project.gid == **gid);
        let seen = self.portfolios.iter().map(|(frame, projects)| {
            let theirs = projects.iter().filter(|gid| access.sees(gid));
            let portfolio = Named {
                gid: PortfolioGid::new(frame.project.gid.as_str()),
                name: frame.project.name.clone(),
            };
            let any = theirs.clone().next().is_some() || access.sees_all();
            (any, SeenPortfolio { portfolio, projects: theirs.filter(ranked).count() })
        });
        seen.filter(|(any, _)| *any).map(|(_, seen)| seen).collect()
    }

    fn notes(
        &self,
        held: &[&ProjectGid],
        read: &[&ReadProject],
        (access, chosen): (&Access, &dyn Fn(&Snapshot) -> bool),
    ) -> Vec<String> {
        let left_out = self.left_out.iter().filter(|(gid, _)| held.contains(&gid));
        let mut notes: Vec<String> = left_out.map(|(_, why)| why.clone()).collect();
        for one in read {
            let name = &one.facts.project.name;
            notes.extend(one.notes.iter().map(|note| format!("{name}: {note}")));
        }
        let mut notes = crate::workload::together(notes);
        if access.sees_all() {
            let frames = self.frames().filter(|frame| chosen(frame));
            notes.extend(frames.flat_map(|frame| frame.notes.iter().cloned()));
        }
        notes
    }
}

/// Reads the projects of portfolios, each once.
pub(super) async fn read_portfolios(
    engine: &Engine,
    frames: Vec<Snapshot>,
    now: Moment,
) -> Result<PortfolioLook, EngineError> {
    let (mut portfolios, mut listed): (Vec<_>, Vec<Project>) = (vec![], vec![]);
    for frame in frames {
        let gid = PortfolioGid::new(frame.project.gid.as_str());
        let projects = projects_of(engine, &gid).await.map_err(refused)?;
        portfolios.push((frame, projects.iter().map(|project| project.gid.clone()).collect()));
        for project in projects {
            if !listed.iter().any(|known| known.gid == project.gid) {
                listed.push(project);
            }
        }
    }
    let mut look = PortfolioLook { portfolios, read: vec![], left_out: vec![], busy: false, now };
    for project in &listed {
        let why = match projects::read(engine, project, now).await {
            Ok(Some(one)) => {
                look.read.push(one);
                continue;
            }
            Ok(None) => "completed or archived, and left out",
            Err(EngineError::UnknownProject { .. }) => "this token may not read it, so it is left out",
            Err(EngineError::Store(store::StoreError::Busy { .. })) => {
                look.busy = true;
                "somebody works on it right now, so it is left out"
            }
            Err(error) => return Err(error),
        };
        look.left_out.push((project.gid.clone(), format!("{}: {why}", project.name)));
    }
    Ok(look)
}

/// What is known of projects, with the dates of what waits across them.
fn with_dates(read: &[&ReadProject]) -> Vec<ProjectFacts> {
    let due: BTreeMap<&TaskGid, Option<Date>> =
        read.iter().flat_map(|one| &one.due).map(|(gid, due)| (gid, *due)).collect();
    let mut facts: Vec<ProjectFacts> = read.iter().map(|one| one.facts.clone()).collect();
    for waits in facts.iter_mut().filter_map(|one| one.waits.as_mut()).flatten() {
        waits.on_due = due.get(&waits.on).copied().flatten();
    }
    facts
}

fn task_names(facts: &[ProjectFacts]) -> HashMap<TaskGid, String> {
    let tasks = facts.iter().flat_map(|facts| &facts.tasks);
    tasks.map(|scored| (scored.task.clone(), scored.name.clone())).collect()
}

/// The projects' people, in the order of the ranking.
fn in_order<'r>(ranked: &[Ranked], read: &[&'r ReadProject]) -> Vec<&'r Crew> {
    let crew =
        |one: &Ranked| read.iter().map(|read| &read.crew).find(|crew| crew.project.gid == one.project.gid);
    ranked.iter().filter_map(crew).collect()
}
