//! The rubric in force for a project, and a person's decisions about proposed ones.
//!
//! The accepted version of a project goes over the configured rubric until somebody reverts it; one that is configured must hold
//! against the golden set (`standing`). Deliberately not here: how a
//! proposal is made (`calibrate`).

mod golden;
mod standing;
mod wish;

pub use golden::{Frozen, GoldenCheck, check_golden, freeze_golden};
pub(crate) use golden::{GoldenEvidence, falls_out, golden_evidence};
pub use standing::Held;
pub(crate) use standing::settle;
pub use wish::{RubricWish, Weight, propose_rubric};

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::actor;
use crate::phases::decided;
use domain::ProjectGid;
use judge::Rubric;
use judge::weights::base_version;
use serde::Serialize;
use standing::standing;
use store::{Decision, RubricState, RubricVersion, Store};

impl Engine {
    /// This engine with the rubric and the phases in force for a project.
    ///
    /// # Errors
    /// The store's, or an accepted rubric that cannot be read back.
    pub async fn for_project(&self, project: &ProjectGid) -> Result<Engine, EngineError> {
        let rubric = match self.store.accepted_rubric(project).await? {
            Some(accepted) => read(&accepted)?,
            None => standing(&self.store, self.asked_for(), project).await?.rubric,
        };
        let policy = self.decided_for(project).await?;
        Ok(Engine { rubric, policy, ..self.clone() })
    }

    /// The configured rubric, and the gate of the configured policy.
    pub(crate) fn asked_for(&self) -> (&Rubric, f64) {
        (&self.rubric, self.configured.golden_gate)
    }

    /// The policy with what people decided about a project.
    pub(crate) async fn decided_for(&self, project: &ProjectGid) -> Result<decide::Policy, EngineError> {
        let (decisions, held) = (self.store.phases(project).await?, self.holdings().await?);
        Ok(decided(&self.configured, project, (&decisions, &held)))
    }
}

/// The rubric of a version.
pub(crate) fn read(version: &RubricVersion) -> Result<Rubric, EngineError> {
    let what = |e: judge::RubricError| EngineError::Rules(format!("rubric {}: {e}", version.id));
    Rubric::from_canonical(&version.body).map_err(what)
}

/// Who put a project's rubric in force, and when: what a report says beside the rubric's version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// The version's id.
    pub id: String,
    /// Who accepted it.
    pub by: String,
    /// When.
    pub at: jiff::Timestamp,
    /// What a reader should know: the configuration has moved on since.
    pub note: Option<String>,
}

/// The accepted version behind the rubric in force, if it is one.
///
/// # Errors
/// The store's.
pub async fn accepted(engine: &Engine, project: &ProjectGid) -> Result<Option<Accepted>, EngineError> {
    let Some(version) = engine.store.accepted_rubric(project).await? else { return Ok(None) };
    let (configured, base) = (engine.rubric.version(), base_version(&version.version));
    let note = (base != base_version(configured)).then(|| {
        format!(
            "the configuration names rubric {configured}, and this project keeps the accepted {}: \
             `upnext rubric revert --project {project}` goes back to the configured one",
            version.version
        )
    });
    let (by, at) =
        (version.decided_by.unwrap_or_default(), version.decided_at.unwrap_or(version.proposed_at));
    Ok(Some(Accepted { id: version.id, by, at, note }))
}

/// The configured rubric that a project's golden set keeps from judging, if it does.
///
/// # Errors
/// The store's.
pub async fn held(engine: &Engine, project: &ProjectGid) -> Result<Option<Held>, EngineError> {
    Ok(match engine.store.accepted_rubric(project).await? {
        Some(_) => None,
        None => standing(&engine.store, engine.asked_for(), project).await?.held,
    })
}

/// The versions of a project, newest first, and the configured rubric's version.
#[derive(Clone, Debug, Serialize)]
pub struct RubricList {
    /// The version in force.
    pub in_force: String,
    /// The configured one.
    pub configured: String,
    /// Why the configured one does not judge, where the golden set keeps it from it.
    pub held: Option<Held>,
    /// All that were proposed.
    pub versions: Vec<RubricVersion>,
}

/// Lists the rubric versions of a project. `asked_for`: the configured rubric and the gate of the policy.
///
/// # Errors
/// The store's.
pub async fn rubrics(
    store: &Store,
    asked_for: (&Rubric, f64),
    project: &ProjectGid,
) -> Result<RubricList, EngineError> {
    let versions = store.rubrics(project).await?;
    let accepted = versions.iter().find(|v| v.state == RubricState::Accepted);
    let (in_force, held) = match accepted {
        Some(accepted) => (accepted.version.clone(), None),
        None => {
            let standing = standing(store, asked_for, project).await?;
            (standing.rubric.version().to_owned(), standing.held)
        }
    };
    Ok(RubricList { in_force, configured: asked_for.0.version().to_owned(), held, versions })
}

/// A version by id or by its version's name.
///
/// # Errors
/// One that the project does not have.
pub async fn rubric(store: &Store, project: &ProjectGid, name: &str) -> Result<RubricVersion, EngineError> {
    let found = store.rubrics(project).await?.into_iter().find(|v| v.id == name || v.version == name);
    let unknown = || EngineError::UnknownRubric { project: project.clone(), name: name.to_owned() };
    found.ok_or_else(unknown)
}

/// How somebody decides.
#[derive(Clone, Debug, Default)]
pub struct Deciding {
    /// Who, when it is not the token's user.
    pub by: Option<String>,
    /// Why; goes into the audit.
    pub reason: Option<String>,
    /// Whether a golden set that falls out with it does not keep it from being accepted.
    pub over_the_gate: bool,
}

impl Deciding {
    /// Who decides: the one named, or the token's user.
    pub(crate) async fn who(&self, engine: &Engine) -> Result<String, EngineError> {
        if let Some(by) = self.by.as_deref().map(str::trim).filter(|by| !by.is_empty()) {
            return Ok(by.to_owned());
        }
        let person = actor(engine).await?;
        Ok(format!("{} ({})", person.name, person.gid))
    }
}

/// What a decision came to.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// The version it was about, as it is now.
    pub rubric: RubricVersion,
    /// The version in force now.
    pub in_force: String,
    /// How it agrees with the golden set; `None` without one.
    pub golden: Option<GoldenCheck>,
    /// Whether the golden set kept it from being accepted.
    pub is_blocked: bool,
}

/// Puts a version in force, unless it falls out with the golden set.
///
/// # Errors
/// An unknown version, one that is in force already, or the store's.
pub async fn accept_rubric(
    engine: &Engine,
    project: &ProjectGid,
    name: &str,
    how: &Deciding,
) -> Result<Decided, EngineError> {
    let version = rubric(&engine.store, project, name).await?;
    if version.state == RubricState::Accepted {
        return Err(EngineError::Unusable(format!("rubric {} is in force already", version.version)));
    }
    let golden = match engine.store.golden(project).await? {
        Some(_) => Some(check_golden(engine, project, Some(read(&version)?)).await?),
        None => None,
    };
    let falls_out = golden.as_ref().is_some_and(|check| !check.holds);
    if falls_out && !how.over_the_gate {
        let in_force = engine.for_project(project).await?.rubric.version().to_owned();
        return Ok(Decided { rubric: version, in_force, golden, is_blocked: true });
    }
    let by = how.who(engine).await?;
    let note = serde_json::json!({ "golden": golden, "over_the_gate": falls_out, "reason": how.reason });
    let at = (engine.clock)();
    engine.store.accept_rubric(&version, &Decision { by: &by, at, note }).await?;
    outcome(engine, project, &version, golden).await
}

/// Turns a proposal down.
///
/// # Errors
/// An unknown version, one that does not wait for a decision, or the store's.
pub async fn reject_rubric(
    engine: &Engine,
    project: &ProjectGid,
    name: &str,
    how: &Deciding,
) -> Result<Decided, EngineError> {
    let version = rubric(&engine.store, project, name).await?;
    if version.state != RubricState::Proposed {
        let (name, state) = (&version.version, version.state.word());
        let problem = format!(
            "rubric {name} is {state}, and only a proposed one can be rejected; `upnext rubric revert` takes an \
             accepted one out of force"
        );
        return Err(EngineError::Unusable(problem));
    }
    let by = how.who(engine).await?;
    let note = serde_json::json!({ "reason": how.reason });
    engine.store.reject_rubric(&version, &Decision { by: &by, at: (engine.clock)(), note }).await?;
    outcome(engine, project, &version, None).await
}

/// Goes back to the configured rubric.
///
/// # Errors
/// When no version is accepted, or the store's.
pub async fn revert_rubric(
    engine: &Engine,
    project: &ProjectGid,
    how: &Deciding,
) -> Result<Decided, EngineError> {
    let by = how.who(engine).await?;
    let note = serde_json::json!({ "reason": how.reason });
    let old = engine.store.retire_rubric(project, &Decision { by: &by, at: (engine.clock)(), note }).await?;
    let Some(old) = old else {
        let already = || {
            let version = engine.rubric.version();
            format!("project {project} has the configured rubric {version} in force already")
        };
        let why = held(engine, project).await?.map_or_else(already, |held| held.told(project));
        return Err(EngineError::Unusable(why));
    };
    outcome(engine, project, &old, None).await
}

async fn outcome(
    engine: &Engine,
    project: &ProjectGid,
    version: &RubricVersion,
    golden: Option<GoldenCheck>,
) -> Result<Decided, EngineError> {
    let rubric = rubric(&engine.store, project, &version.id).await?;
    let in_force = engine.for_project(project).await?.rubric.version().to_owned();
    Ok(Decided { rubric, in_force, golden, is_blocked: false })
}
