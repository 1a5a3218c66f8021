//! Batches of questions that a provider is working on, until their answers are read.
//!
//! A row goes when the batch's answers are kept. What it holds is counted by ceilings meanwhile. Deliberately not here: what was
//! asked, beyond whose question each is.

use crate::conn::{args, json};
use crate::{QuestionKey, Store, StoreError};
use domain::{ProjectGid, TaskGid};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A batch under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBatch {
    /// The provider's id, with its interface.
    pub id: String,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// The most tokens it is likely to use.
    pub held: u64,
    /// What they cost, millionths of a millionth of a dollar; 0 without a price.
    pub held_cost: u64,
    /// Whose question each is, by its name in the batch.
    pub questions: BTreeMap<String, (TaskGid, QuestionKey)>,
}

impl Store {
    /// Keeps batches that were submitted.
    pub async fn save_batches(&self, project: &ProjectGid, batches: &[OpenBatch]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for batch in batches {
            tx.exec(
                "INSERT INTO model_batches (id, project, submitted_at, held, held_cost, body) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
                args![
                    batch.id.as_str(),
                    project.as_str(),
                    batch.submitted_at,
                    batch.held,
                    batch.held_cost,
                    json(&batch.questions)
                ],
            )
            .await?;
        }
        tx.commit().await
    }

    /// The batches of a project under way, oldest first.
    pub async fn open_batches(&self, project: &ProjectGid) -> Result<Vec<OpenBatch>, StoreError> {
        let sql = "SELECT id, submitted_at, held, held_cost, body FROM model_batches WHERE project = $1 ORDER BY seq";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        let read = |row: &crate::conn::Row| {
            Ok(OpenBatch {
                id: row.text(0)?,
                submitted_at: row.time(1)?,
                held: row.count(2)?,
                held_cost: row.count(3)?,
                questions: row.json(4)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Tokens and money that all batches under way may use, of every project.
    pub async fn held_by_batches(&self) -> Result<(u64, u64), StoreError> {
        let sql = "SELECT CAST(COALESCE(SUM(held), 0) AS BIGINT), CAST(COALESCE(SUM(held_cost), 0) AS BIGINT) \
                   FROM model_batches";
        let rows = self.rows(sql, args![]).await?;
        rows.first().map_or(Ok((0, 0)), |row| Ok((row.count(0)?, row.count(1)?)))
    }

    /// Lets go of a batch whose answers are kept, or that will have none.
    pub async fn close_batch(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec("DELETE FROM model_batches WHERE id = $1", args![id]).await?;
        tx.commit().await
    }
}
