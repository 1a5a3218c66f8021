//! The projects Upnext knows: how each stands, at a glance.
//!
//! Deliberately not here: anything about single tasks.

use super::cache::Views;
use super::ranked::BandCounts;
use super::runs::RunView;
use crate::error::EngineError;
use domain::{Access, Phase, ProjectGid};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{Connection, JobState};

/// Jobs given up that are looked at.
const GIVEN_UP: u32 = 500;

/// A project.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProjectCard {
    /// The project.
    pub gid: ProjectGid,
    /// Its name when it was last worked on.
    pub name: String,
    /// How it is connected; none when it is not.
    pub connection: Option<Connection>,
    /// The run that was started last.
    pub last_run: Option<RunView>,
    /// When it was last judged.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub judged_at: Option<Timestamp>,
    /// The phase of that judgement's plan.
    pub phase: Option<Phase>,
    /// Tasks by band.
    pub bands: BandCounts,
    /// Tasks left alone.
    pub left_alone: usize,
    /// Jobs given up.
    pub given_up: usize,
    /// Why its ranking cannot be shown, if it cannot.
    pub problem: Option<String>,
}

impl ProjectCard {
    /// How many things are wrong with it: jobs given up, a connection in trouble, a last run that was cut short, a ranking that
    /// cannot be shown.
    #[must_use]
    pub fn faults(&self) -> usize {
        let trouble = self.connection.as_ref().is_some_and(|connection| connection.trouble.is_some());
        let stopped = self.last_run.as_ref().is_some_and(|run| run.stopped);
        self.given_up + usize::from(trouble) + usize::from(stopped) + usize::from(self.problem.is_some())
    }
}

/// All projects somebody may see.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProjectsView {
    /// By name.
    pub projects: Vec<ProjectCard>,
}

impl Views {
    /// The name of a project that somebody may see and anything is known of.
    ///
    /// # Errors
    /// The store's.
    pub async fn project_name(
        &self,
        access: &Access,
        project: &ProjectGid,
    ) -> Result<Option<String>, EngineError> {
        if !access.sees(project) {
            return Ok(None);
        }
        if let Some(run) = self.store.runs(Some(project), 1).await?.pop() {
            return Ok(Some(run.project.name));
        }
        Ok(self.store.connection(project).await?.map(|connection| connection.name))
    }

    /// All projects somebody may see.
    ///
    /// # Errors
    /// The store's.
    pub async fn projects(&self, access: &Access, now: Timestamp) -> Result<ProjectsView, EngineError> {
        let mut named: BTreeMap<ProjectGid, (String, Option<Connection>)> = BTreeMap::new();
        for connection in self.store.connections().await? {
            named.insert(connection.project.clone(), (connection.name.clone(), Some(connection)));
        }
        for known in self.store.known_projects().await? {
            named.entry(known.project).or_default().0 = known.name;
        }
        named.retain(|project, _| access.sees(project));
        let dead = self.jobs_of(access, JobState::Dead, GIVEN_UP).await?;
        let mut projects = vec![];
        for (gid, (name, connection)) in named {
            let given_up = dead.iter().filter(|job| job.project.as_ref() == Some(&gid)).count();
            projects.push(self.card((gid, name), connection, given_up, now).await?);
        }
        projects.sort_by_cached_key(|card| (card.name.to_lowercase(), card.gid.clone()));
        Ok(ProjectsView { projects })
    }

    async fn card(
        &self,
        (gid, name): (ProjectGid, String),
        connection: Option<Connection>,
        given_up: usize,
        now: Timestamp,
    ) -> Result<ProjectCard, EngineError> {
        let last_run = self.store.runs(Some(&gid), 1).await?.pop().map(|run| RunView::of(run, now));
        // What is wrong with one project's ranking must not hide the others.
        let (head, problem) = match self.head(&gid).await {
            Ok(head) => (head, None),
            Err(error) => (None, Some(error.to_string())),
        };
        Ok(ProjectCard {
            judged_at: head.as_ref().map(|head| head.at),
            phase: head.as_ref().map(|head| head.phase),
            bands: head.as_ref().map(|head| head.bands).unwrap_or_default(),
            left_alone: head.as_ref().map_or(0, |head| head.left_alone),
            gid,
            name,
            connection,
            last_run,
            given_up,
            problem,
        })
    }
}
