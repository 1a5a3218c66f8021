//! Rankings in memory, the newest of each project, so that a page of 10,000 tasks does not decode them anew.
//!
//! A ranking is named by its plan: as long as that is the project's newest, nothing is read but its name. When a newer one takes
//! long to read, the one before is shown meanwhile and said to be so. Known limit: a ranking of 10,000 tasks takes some tens of
//! megabytes; those of `KEPT` projects are kept, and of all others a few numbers.

use super::monitoring::Figures;
use super::ranked::{BandCounts, Ranked};
use crate::error::EngineError;
use domain::{Phase, PlanId, ProjectGid};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{LastJudged, Store};

/// Rankings kept, the last ones looked at.
const KEPT: usize = 6;

/// How long somebody waits for a newer ranking before the one before is shown.
const PATIENCE: Duration = Duration::from_millis(80);

/// Everything people look at; clones are the same one.
#[derive(Clone)]
pub struct Views {
    pub(crate) store: Store,
    cache: Arc<Mutex<Cache>>,
    loading: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Cache {
    /// The one looked at last is at the end.
    rankings: Vec<Arc<Ranked>>,
    heads: HashMap<ProjectGid, Head>,
    figures: HashMap<ProjectGid, (PlanId, Figures)>,
}

/// What the overview tells of a ranking.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) plan: PlanId,
    pub(crate) at: Timestamp,
    pub(crate) phase: Phase,
    pub(crate) bands: BandCounts,
    pub(crate) left_alone: usize,
}

/// What there is of a project's ranking.
#[derive(Clone, Debug)]
pub enum Found<T> {
    /// It is there; `stale` when a newer one is being read just now.
    Ranked {
        /// The ranking, or what was made of it.
        ranking: T,
        /// Whether a newer one is on its way.
        stale: bool,
    },
    /// Nothing judged the project yet.
    NeverJudged,
    /// What it was judged from has been deleted, or was given up as too old.
    Forgotten,
}

impl<T> Found<T> {
    /// The same with something made of the ranking.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Found::Ranked { ranking, stale } => Found::Ranked { ranking: make(ranking), stale },
            Found::NeverJudged => Found::NeverJudged,
            Found::Forgotten => Found::Forgotten,
        }
    }
}

impl Views {
    /// Over a store.
    #[must_use]
    pub fn new(store: Store) -> Views {
        Views { store, cache: Arc::default(), loading: Arc::default() }
    }

    /// The store below.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The newest ranking of a project.
    ///
    /// # Errors
    /// The store's, or saved rules that cannot be read.
    pub(crate) async fn ranked(&self, project: &ProjectGid) -> Result<Found<Arc<Ranked>>, EngineError> {
        let Some(newest) = self.store.newest_judged(project).await? else { return Ok(Found::NeverJudged) };
        if !newest.kept {
            // What was deleted from the store is not shown from memory either.
            self.cache().rankings.retain(|ranked| ranked.project.gid != *project);
            return Ok(Found::Forgotten);
        }
        if let Some(ranking) = self.kept(|ranked| ranked.plan == newest.plan) {
            return Ok(Found::Ranked { ranking, stale: false });
        }
        let mut load = tokio::spawn(self.clone().load(newest));
        let before = self.kept(|ranked| ranked.project.gid == *project);
        let loaded = match before {
            None => load.await,
            Some(ranking) => match tokio::time::timeout(PATIENCE, &mut load).await {
                Ok(loaded) => loaded,
                Err(_) => return Ok(Found::Ranked { ranking, stale: true }),
            },
        };
        let broken = |error: tokio::task::JoinError| EngineError::Stopped(error.to_string());
        Ok(match loaded.map_err(broken)?? {
            Some(ranking) => Found::Ranked { ranking, stale: false },
            None => Found::Forgotten,
        })
    }

    /// The numbers of a project's newest ranking; none when there is none.
    pub(crate) async fn head(&self, project: &ProjectGid) -> Result<Option<Head>, EngineError> {
        let Some(newest) = self.store.newest_judged(project).await? else { return Ok(None) };
        let known = self.cache().heads.get(project).filter(|head| head.plan == newest.plan).cloned();
        if known.is_some() {
            return Ok(known);
        }
        self.ranked(project).await?;
        Ok(self.cache().heads.get(project).cloned())
    }

    /// What monitoring tells of a project's newest ranking; none when there is none.
    pub(crate) async fn figures(&self, project: &ProjectGid) -> Result<Option<Figures>, EngineError> {
        let Some(newest) = self.store.newest_judged(project).await?.filter(|newest| newest.kept) else {
            return Ok(None);
        };
        let known = self.cache().figures.get(project).cloned();
        if let Some((_, figures)) = known.filter(|(plan, _)| *plan == newest.plan) {
            return Ok(Some(figures));
        }
        let Found::Ranked { ranking, .. } = self.ranked(project).await? else { return Ok(None) };
        let churn = self.churn(project, ranking.now.at).await?;
        let figures = Figures::of(&ranking, churn);
        self.cache().figures.insert(project.clone(), (ranking.plan.clone(), figures.clone()));
        Ok(Some(figures))
    }

    /// Reads a ranking, one at a time: each takes a core for as long as it lasts.
    async fn load(self, newest: LastJudged) -> Result<Option<Arc<Ranked>>, EngineError> {
        let _one_at_a_time = self.loading.lock().await;
        if let Some(ranking) = self.kept(|ranked| ranked.plan == newest.plan) {
            return Ok(Some(ranking));
        }
        let Some(saved) = self.store.plan(&newest.plan).await? else { return Ok(None) };
        let Some(snapshot) = self.store.snapshot(&newest.snapshot).await? else { return Ok(None) };
        let judged = tokio::task::spawn_blocking(move || Ranked::again(saved, snapshot)).await;
        let ranked = judged.map_err(|error| EngineError::Stopped(error.to_string()))??;
        Ok(Some(self.keep(ranked)))
    }

    fn keep(&self, ranked: Ranked) -> Arc<Ranked> {
        let head = Head {
            plan: ranked.plan.clone(),
            at: ranked.now.at,
            phase: ranked.phase,
            bands: ranked.bands,
            left_alone: ranked.skipped.len(),
        };
        let ranked = Arc::new(ranked);
        let mut cache = self.cache();
        cache.heads.insert(ranked.project.gid.clone(), head);
        cache.rankings.retain(|kept| kept.project.gid != ranked.project.gid);
        cache.rankings.push(ranked.clone());
        if cache.rankings.len() > KEPT {
            cache.rankings.remove(0);
        }
        ranked
    }

    fn kept(&self, is: impl Fn(&Ranked) -> bool) -> Option<Arc<Ranked>> {
        let mut cache = self.cache();
        let at = cache.rankings.iter().position(|ranked| is(ranked))?;
        let ranked = cache.rankings.remove(at);
        cache.rankings.push(ranked.clone());
        Some(ranked)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
