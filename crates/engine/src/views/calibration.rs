//! How often a stated confidence was right, from the confidence model in force.
//!
//! Deliberately not here: learning it (`learn`).

use super::cache::Views;
use crate::error::EngineError;
use domain::{ModelKind, ProjectGid};
use jiff::Timestamp;
use judge::learn::calibration::Bar;
use judge::learn::team::TeamConfidence;
use schemars::JsonSchema;
use serde::Serialize;

/// Decisions with about the same stated confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BarView {
    /// Confidence stated, percent.
    pub stated: f64,
    /// Suggestions that people took, percent.
    pub taken: f64,
    /// Decisions.
    pub decisions: usize,
}

/// The reliability diagram of a project's confidence.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CalibrationView {
    /// The model.
    pub model: String,
    /// When it was learned.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub fitted_at: Timestamp,
    /// Decisions it was learned from.
    pub decisions: usize,
    /// As it was stated, on decisions held back.
    pub before: Vec<BarView>,
    /// As it is told now, on the same decisions.
    pub after: Vec<BarView>,
}

impl Views {
    /// The diagram of the model in force; none when there is none, or when it cannot be read.
    pub(super) async fn calibration(
        &self,
        project: &ProjectGid,
    ) -> Result<Option<CalibrationView>, EngineError> {
        let Some((row, content)) = self.store.model_in_force(project, ModelKind::Confidence).await? else {
            return Ok(None);
        };
        let Ok(found) = serde_json::from_slice::<TeamConfidence>(&content) else { return Ok(None) };
        let bars = |bars: &[Bar]| bars.iter().map(bar).collect();
        Ok(Some(CalibrationView {
            model: row.used.id,
            fitted_at: row.used.fitted_at,
            decisions: row.used.rows,
            before: bars(&found.before),
            after: bars(&found.after),
        }))
    }
}

fn bar(bar: &Bar) -> BarView {
    BarView {
        stated: super::ranked::percent(bar.stated),
        taken: super::ranked::percent(bar.came_true),
        decisions: bar.rows,
    }
}
