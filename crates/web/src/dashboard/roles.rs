//! What people who signed in with Asana may do: by the projects they are members of there, asked again every few minutes.
//!
//! Nothing of it is taken from a session: who is taken out of a project in Asana sees it for `FRESH` at most. While Asana does not
//! answer, what it said last counts for `STALE`; after that nobody of its people is let in. Deliberately not here: which access level
//! stands for what (`engine::members`).

use domain::{Access, Clearance, ProjectGid};
use engine::{Engine, EngineError};
use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long an answer of Asana's counts.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// How long it counts while Asana does not answer.
const STALE: SignedDuration = SignedDuration::from_hours(1);

/// How long a project is left alone that Asana did not answer about.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// How long one project's answer is waited for.
const PATIENCE: Duration = Duration::from_secs(8);

/// Projects asked about at a time.
const AT_ONCE: usize = 4;

/// The people of a project, as Asana said.
#[derive(Clone)]
struct Said {
    at: Timestamp,
    people: BTreeMap<String, Clearance>,
}

/// What Asana said of each project last.
#[derive(Default)]
pub(super) struct Roles {
    said: Mutex<HashMap<ProjectGid, Said>>,
    /// When Asana was last asked about a project in vain.
    failed: Mutex<HashMap<ProjectGid, Timestamp>>,
    /// Held while Asana is asked: of many pages one asks.
    asking: tokio::sync::Mutex<()>,
}

impl Roles {
    /// What a person may do in the projects that are known; none of them when they are a member nowhere.
    pub(super) async fn access_of(
        &self,
        engine: &Engine,
        (person, now): (&str, Timestamp),
    ) -> Result<Access, EngineError> {
        let connected = engine.store.connections().await?.into_iter().map(|one| one.project);
        let known = engine.store.known_projects().await?.into_iter().map(|known| known.project);
        let projects: BTreeSet<ProjectGid> = connected.chain(known).collect();
        if !self.missing(&projects, now).is_empty() {
            let _one_at_a_time = self.asking.lock().await;
            self.ask(engine, self.missing(&projects, now), now).await;
        }
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = projects.into_iter().filter_map(|project| {
            let said = said.get(&project).filter(|said| now.duration_since(said.at) < STALE)?;
            said.people.get(person).map(|clearance| (project, *clearance))
        });
        Ok(Access::each(theirs.collect()))
    }

    /// Those whose people are to be asked for.
    fn missing(&self, projects: &BTreeSet<ProjectGid>, now: Timestamp) -> Vec<ProjectGid> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |said: &Said| now.duration_since(said.at) < FRESH;
        let has_just_failed = |at: &Timestamp| now.duration_since(*at) < AGAIN;
        let waits = |project: &&ProjectGid| {
            !said.get(*project).is_some_and(is_fresh) && !failed.get(*project).is_some_and(has_just_failed)
        };
        projects.iter().filter(waits).cloned().collect()
    }

    async fn ask(&self, engine: &Engine, projects: Vec<ProjectGid>, now: Timestamp) {
        let asked = stream::iter(projects).map(|project| async move {
            let people = tokio::time::timeout(PATIENCE, engine::members(engine, &project)).await;
            let late = |_| EngineError::Stopped("no answer within the time that pages wait".into());
            (project, people.map_err(late).and_then(std::convert::identity))
        });
        let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        for (project, people) in answers {
            match people {
                Ok(people) => {
                    failed.remove(&project);
                    said.insert(project, Said { at: now, people });
                }
                Err(error) => {
                    tracing::warn!(%error, %project, "Asana does not say who belongs to a project");
                    failed.insert(project, now);
                }
            }
        }
    }

    /// Makes the next look ask Asana, because somebody signs in.
    pub(super) fn ask_again(&self, now: Timestamp) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for said in self.said.lock().unwrap_or_else(PoisonError::into_inner).values_mut() {
            said.at = said.at.min(now - FRESH);
        }
    }
}
