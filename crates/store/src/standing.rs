//! By which rubric a project was last judged without anybody's acceptance, and what the configuration asked for then.
//!
//! A rubric that is written into the configuration is held against the golden set before it counts; this row is what it is held
//! beside. Deliberately not here: comparing the two (`engine`), and accepted versions (`rubrics`).

use crate::conn::{args, json};
use crate::{Store, StoreError};
use domain::ProjectGid;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A rubric that judges a project, beside the one that is configured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingRubric {
    /// The configured rubric's canonical text.
    pub asked: String,
    /// The canonical text of the one that judges: the same, or an earlier one while the configured one is held up.
    pub judges: String,
    /// When the golden set was frozen that both were held against; `None` without one.
    pub golden: Option<Timestamp>,
    /// The gate then, Kendall's tau.
    pub gate: f64,
    /// The agreement of the one that judges and of the configured one, Kendall's tau, while the configured one is held up.
    pub held: Option<(f64, f64)>,
}

impl Store {
    /// The row of a project, if it was judged yet.
    pub async fn standing_rubric(&self, project: &ProjectGid) -> Result<Option<StandingRubric>, StoreError> {
        let sql = "SELECT body FROM standing_rubrics WHERE project = $1";
        self.rows(sql, args![project.as_str()]).await?.first().map(|row| row.json(0)).transpose()
    }

    /// Keeps the row of a project.
    pub async fn keep_standing_rubric(
        &self,
        project: &ProjectGid,
        standing: &StandingRubric,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO standing_rubrics (project, body) VALUES ($1, $2) \
                   ON CONFLICT (project) DO UPDATE SET body = excluded.body";
        let mut tx = self.write().await?;
        tx.exec(sql, args![project.as_str(), json(standing)]).await?;
        tx.commit().await
    }
}
