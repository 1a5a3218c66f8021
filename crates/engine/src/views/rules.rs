//! The rubric and the policy of a project, as people read them.
//!
//! Deliberately not here: what other rules would do (`what_if`), and deciding on them (`rubrics`).

use crate::context::Engine;
use crate::error::EngineError;
use crate::rubrics::{Accepted, RubricList, accepted, rubrics};
use domain::{Bands, ProjectGid};
use serde::Serialize;

/// A criterion of the rubric in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CriterionRule {
    /// Its name.
    pub name: String,
    /// Its share of the score, percent.
    pub weight: f64,
    /// What feeds it.
    pub made_of: String,
}

/// What judges a project, and what may be written there.
#[derive(Clone, Debug, Serialize)]
pub struct RulesView {
    /// The versions of the rubric.
    pub list: RubricList,
    /// Who put the one in force there; none while it is the configured one.
    pub accepted: Option<Accepted>,
    /// What the rubric in force is for.
    pub description: String,
    /// Where its bands begin.
    pub bands: Bands,
    /// Its criteria.
    pub criteria: Vec<CriterionRule>,
    /// The policy with what people decided on phases, indented JSON.
    pub policy: String,
}

/// The rules of a project.
///
/// # Errors
/// The store's, or a saved rubric that cannot be read.
pub async fn rules_of(engine: &Engine, project: &ProjectGid) -> Result<RulesView, EngineError> {
    let list = rubrics(&engine.store, &engine.rubric, project).await?;
    let accepted = accepted(engine, project).await?;
    let engine = engine.for_project(project).await?;
    let criterion = |criterion: &judge::Criterion| CriterionRule {
        name: criterion.name.clone(),
        weight: 100.0 * criterion.weight,
        made_of: criterion.made_of(),
    };
    Ok(RulesView {
        description: engine.rubric.description().to_owned(),
        bands: *engine.rubric.bands(),
        criteria: engine.rubric.criteria().iter().map(criterion).collect(),
        policy: serde_json::to_string_pretty(&engine.policy).unwrap_or_default(),
        list,
        accepted,
    })
}
