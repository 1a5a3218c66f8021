//! The gate for a rubric that is written into the configuration: where a project has a golden set, it is held against it before
//! it judges, as one that somebody accepts is.
//!
//! What judged the project last goes on judging while the configured rubric falls out with the set, and the configured one waits as
//! a proposal: a person accepts it, or the configuration changes. Reading works it out without keeping anything; a groom keeps it.
//! Deliberately not here: accepted versions, which go before the configured rubric whatever it is.

use super::golden::{agreements, golden_evidence};
use crate::calibrate::{BandChange, Evidence, proposal};
use crate::context::Engine;
use crate::error::EngineError;
use domain::ProjectGid;
use judge::weights::{LearnedWeight, next_version};
use judge::{Criterion, Rubric};
use serde::Serialize;
use store::{Decision, Origin, RubricState, RubricVersion, StandingRubric, Store};

/// Who proposes what the configuration names.
const BY: &str = "Upnext";

/// A configured rubric that does not judge, because it falls out with the golden set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    /// The configured version.
    pub configured: String,
    /// The version that judges in its place.
    pub in_force: String,
    /// The agreement of the one in force with the golden set, Kendall's tau.
    pub before: f64,
    /// The agreement of the configured one.
    pub after: f64,
    /// The least agreement that passes by itself.
    pub gate: f64,
}

impl Held {
    /// What happened and what to do, as a sentence.
    #[must_use]
    pub fn told(&self, project: &ProjectGid) -> String {
        format!(
            "{}. {} goes on judging; to put the configured one in force all the same, find it in `upnext rubric list --project \
             {project}` and accept it with `--override-gate --reason …`",
            self.why(),
            self.in_force
        )
    }

    /// The same for a page on which it waits.
    #[must_use]
    pub fn on_a_page(&self) -> String {
        format!(
            "{}. {} goes on judging, and the configured one waits below for an admin’s decision.",
            self.why(),
            self.in_force
        )
    }

    fn why(&self) -> String {
        format!(
            "the configured rubric {} falls out with the golden set: its order agrees to {:.2} instead of {:.2}, below the gate of {:.2}",
            self.configured, self.after, self.before, self.gate
        )
    }
}

/// Which rubric judges a project while nobody accepted one.
pub(super) struct Standing {
    pub rubric: Rubric,
    pub held: Option<Held>,
    row: StandingRubric,
    is_kept: bool,
}

/// Works out which rubric judges; keeps nothing.
pub(super) async fn standing(
    store: &Store,
    (configured, gate): (&Rubric, f64),
    project: &ProjectGid,
) -> Result<Standing, EngineError> {
    let (asked, golden) = (configured.canonical(), store.golden_moment(project).await?);
    let known = store.standing_rubric(project).await?;
    let is_kept =
        known.as_ref().is_some_and(|row| row.asked == asked && row.golden == golden && row.gate == gate);
    // A text that a later program cannot read holds nothing up: there is nothing left to judge by.
    let last = known.as_ref().and_then(|row| Rubric::from_canonical(&row.judges).ok());
    let held = match (&known, &last) {
        (Some(row), Some(_)) if is_kept => row.held,
        (Some(row), Some(last)) if row.judges != asked => {
            fallen(store, (last, configured), gate, project).await?
        }
        _ => None,
    };
    let (rubric, held) = match (last, held) {
        (Some(last), Some((before, after))) => {
            let versions = (configured.version().to_owned(), last.version().to_owned());
            (last, Some(Held { configured: versions.0, in_force: versions.1, before, after, gate }))
        }
        _ => (configured.clone(), None),
    };
    let taus = held.as_ref().map(|held| (held.before, held.after));
    let row = StandingRubric { asked, judges: rubric.canonical(), golden, gate, held: taus };
    Ok(Standing { rubric, held, row, is_kept })
}

/// The agreements of both where the second falls out with the golden set; `None` where it holds, or there is no set.
async fn fallen(
    store: &Store,
    (last, configured): (&Rubric, &Rubric),
    gate: f64,
    project: &ProjectGid,
) -> Result<Option<(f64, f64)>, EngineError> {
    let Some(set) = store.golden(project).await? else { return Ok(None) };
    let [before, after] = agreements(store, &set, [last, configured]).await?.map(|found| found.tau);
    let holds = after >= gate || after >= before;
    Ok((!holds).then_some((before, after)))
}

/// Keeps which rubric judges a project from now on, and proposes the configured one where it is held up. Tells what is held up.
/// The caller holds the project's lock.
pub(crate) async fn settle(engine: &Engine, project: &ProjectGid) -> Result<Option<Held>, EngineError> {
    if engine.store.accepted_rubric(project).await?.is_some() {
        return Ok(None);
    }
    let standing = standing(&engine.store, engine.asked_for(), project).await?;
    if standing.is_kept {
        return Ok(standing.held);
    }
    let proposal = match &standing.held {
        Some(held) => Some(propose(engine, project, (&standing.rubric, held)).await?),
        None => None,
    };
    let overtaken = |known: &RubricVersion| {
        let is_open = known.origin == Origin::File && known.state == RubricState::Proposed;
        is_open && proposal.as_ref().is_none_or(|new| new.id != known.id)
    };
    for old in engine.store.rubrics(project).await?.into_iter().filter(overtaken) {
        let note =
            serde_json::json!({ "reason": "the configuration, the golden set or the gate is another now" });
        engine.store.reject_rubric(&old, &Decision { by: BY, at: (engine.clock)(), note }).await?;
    }
    engine.store.keep_standing_rubric(project, &standing.row).await?;
    Ok(standing.held)
}

/// Proposes the configured rubric to whoever may accept it; the same one waits once.
async fn propose(
    engine: &Engine,
    project: &ProjectGid,
    (in_force, held): (&Rubric, &Held),
) -> Result<RubricVersion, EngineError> {
    let (known, configured) = (engine.store.rubrics(project).await?, &engine.rubric);
    let waits = |row: &&RubricVersion| {
        row.origin == Origin::File
            && row.state == RubricState::Proposed
            && row.body == configured.renamed(&row.version).canonical()
    };
    if let Some(waiting) = known.iter().find(waits) {
        return Ok(waiting.clone());
    }
    let is_taken = known.iter().any(|row| row.version == configured.version());
    let next = || next_version(configured.version(), known.iter().map(|row| row.version.as_str()));
    let version = if is_taken { next() } else { configured.version().to_owned() };
    let (before, after) = (*in_force.bands(), *configured.bands());
    let evidence = Evidence {
        base: in_force.version().to_owned(),
        weights: configured.criteria().iter().map(|criterion| weight(criterion, in_force)).collect(),
        answers: None,
        past: None,
        backlog: None,
        golden: golden_evidence(engine, project, [in_force, configured]).await?,
        bands: (before != after).then_some(BandChange { before, after }),
        reason: Some(held.why()),
    };
    let proposal = proposal(engine, (project, Origin::File), &configured.renamed(&version), &evidence);
    engine.store.propose_rubric(&proposal, BY).await?;
    Ok(proposal)
}

/// A criterion of the configured rubric beside that of the same name in force; nothing about it is uncertain.
fn weight(criterion: &Criterion, in_force: &Rubric) -> LearnedWeight {
    let same = in_force.criteria().iter().find(|known| known.name == criterion.name);
    let (before, after) = (same.map_or(0.0, |known| known.weight), criterion.weight);
    LearnedWeight { criterion: criterion.name.clone(), before, after, low: after, high: after, is_told: true }
}
