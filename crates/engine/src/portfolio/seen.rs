//! Portfolios as read once, and what of them somebody may see: the ranking of those projects alone.
//!
//! Projects are read one after the other, each under its own lock; one that cannot be read is told and left out. Places, the list of
//! tasks, the hours that could be moved and what waits for what are reckoned anew of the projects that are seen, so that no figure
//! names another. Known limit: the free hours of a person are those that all their projects leave, seen or not, so what the others take
//! is known in sum. Deliberately not here: ranking (`judge::portfolio`), words (`decide`), and writing (`look`).

use super::look::refused;
use super::projects::{self, DAYS, ReadProject};
use super::projects_of;
use crate::context::Engine;
use crate::error::EngineError;
use domain::{Access, Moment, Named, PortfolioGid, Project, ProjectGid, Snapshot, TaskGid};
use jiff::Timestamp;
use jiff::civil::Date;
use judge::portfolio::{
    Crew, ProjectFacts, Ranked, RankedGoal, Shortage, TopTask, rank, rank_goals, shortages, top,
};
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
    left_out: Vec<(Project, String)>,
    /// Whether any is left out only for now: somebody works on it, or it could not be read.
    partial: bool,
    /// What of the whole could not be read.
    notes: Vec<String>,
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
    /// How many of them this is about.
    pub chosen: usize,
    /// Their projects, in the order of the attention they need; places are among these.
    pub projects: Vec<Ranked>,
    /// The open goals that these projects support, in the order of the attention they need.
    pub goals: Vec<RankedGoal>,
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
        self.partial
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
            chosen: self
                .portfolios
                .iter()
                .filter(|(frame, _)| chosen(frame))
                .filter(|one| is_seen(one, access))
                .count(),
            portfolios: self.portfolios_for(access),
            goals: rank_goals(&facts, self.now.today),
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
        let seen = self.portfolios.iter().filter(|one| is_seen(one, access)).map(|(frame, projects)| {
            let theirs = projects.iter().filter(|gid| access.sees(gid));
            let portfolio = Named {
                gid: PortfolioGid::new(frame.project.gid.as_str()),
                name: frame.project.name.clone(),
            };
            SeenPortfolio { portfolio, projects: theirs.filter(ranked).count() }
        });
        seen.collect()
    }

    fn notes(
        &self,
        held: &[&ProjectGid],
        read: &[&ReadProject],
        (access, chosen): (&Access, &dyn Fn(&Snapshot) -> bool),
    ) -> Vec<String> {
        let left_out = self.left_out.iter().filter(|(project, _)| held.contains(&&project.gid));
        let mut notes: Vec<(String, String)> =
            left_out.map(|(project, why)| (project.name.clone(), why.clone())).collect();
        for one in read {
            let name = &one.facts.project.name;
            notes.extend(one.notes.iter().map(|note| (name.clone(), note.clone())));
        }
        let mut notes = crate::workload::together_of(notes);
        if access.sees_all() {
            notes.extend(self.notes.iter().cloned());
            let frames = self.frames().filter(|frame| chosen(frame));
            notes.extend(frames.flat_map(|frame| frame.notes.iter().cloned()));
        }
        notes
    }
}

/// Whether anything of a portfolio is there for somebody.
fn is_seen((_, projects): &(Snapshot, Vec<ProjectGid>), access: &Access) -> bool {
    access.sees_all() || projects.iter().any(|gid| access.sees(gid))
}

/// Reads the projects of portfolios, each once; what of the whole could not be read is told already.
pub(super) async fn read_portfolios(
    engine: &Engine,
    (frames, mut notes): (Vec<Snapshot>, Vec<String>),
    now: Moment,
) -> Result<PortfolioLook, EngineError> {
    let (mut portfolios, mut listed): (Vec<_>, Vec<Project>) = (vec![], vec![]);
    let mut closed = None;
    for frame in frames {
        let gid = PortfolioGid::new(frame.project.gid.as_str());
        let projects = match projects_of(engine, &gid).await {
            Ok(projects) => projects,
            Err(error) if is_closed(&error) => {
                notes
                    .push(format!("{}: what it holds cannot be read, so it is left out", frame.project.name));
                closed = closed.or(Some(refused(error)));
                continue;
            }
            Err(error) => return Err(error),
        };
        portfolios.push((frame, projects.iter().map(|project| project.gid.clone()).collect()));
        for project in projects {
            if !listed.iter().any(|known| known.gid == project.gid) {
                listed.push(project);
            }
        }
    }
    if let Some(error) = closed.filter(|_| portfolios.is_empty()) {
        return Err(error);
    }
    read_projects(
        engine,
        listed,
        PortfolioLook { portfolios, read: vec![], left_out: vec![], partial: false, notes, now },
    )
    .await
}

/// Reads projects one after the other. One that fails takes no other with it, as long as any is read.
async fn read_projects(
    engine: &Engine,
    listed: Vec<Project>,
    mut look: PortfolioLook,
) -> Result<PortfolioLook, EngineError> {
    let mut failed = None;
    for project in listed {
        let why = match projects::read(engine, &project, look.now).await {
            Ok(Some(one)) => {
                look.read.push(one);
                continue;
            }
            Ok(None) => "completed or archived, and left out".to_owned(),
            Err(EngineError::UnknownProject { .. }) => {
                "this token may not read it, so it is left out".to_owned()
            }
            Err(EngineError::Store(store::StoreError::Busy { .. })) => {
                look.partial = true;
                "somebody works on it right now, so it is left out".to_owned()
            }
            Err(error) if stops(&error) => return Err(error),
            Err(error) => {
                tracing::warn!(project = %project.gid, %error, "a project of a portfolio could not be read, and is left out");
                look.partial = true;
                let why = format!("left out, because it could not be read: {error}");
                failed = failed.or(Some(error));
                why
            }
        };
        look.left_out.push((project, why));
    }
    match failed {
        // It is more than one project that fails: what was read before is worth more than this.
        Some(error) if look.read.is_empty() => Err(error),
        _ => Ok(look),
    }
}

/// Whether what it is about is not to be read by this token or on this plan, whatever else is.
pub(super) fn is_closed(error: &EngineError) -> bool {
    use asana::Error::{Forbidden, NotFound, PaymentRequired};
    matches!(error, EngineError::Asana(Forbidden { .. } | NotFound { .. } | PaymentRequired { .. }))
}

/// Whether the next project would fail of the same.
fn stops(error: &EngineError) -> bool {
    use asana::Error::{NoShare, RateLimited, Token, Unauthorized};
    match error {
        EngineError::Stopped(_) | EngineError::Store(_) => true,
        EngineError::Asana(error) => {
            matches!(error, Unauthorized { .. } | Token { .. } | RateLimited { .. } | NoShare { .. })
        }
        _ => false,
    }
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
