//! Learned models: every version with the time it was learned from, its figures and its verdict; one in force of each kind.
//!
//! A model's content is the caller's bytes, compressed. The newest `KEPT` of a kind stay, and the one in force. Every
//! version, promoted or refused, and every return to an older one is audited. Deliberately not here: what is in a model.

use crate::audit::{AuditEntry, append};
use crate::conn::{Row, Tx, args};
use crate::snapshots::{deflate, inflate};
use crate::{Store, StoreError};
use domain::{ModelKind, ModelUsed, ProjectGid};
use jiff::Timestamp;
use serde::Serialize;

/// Versions kept of a kind and project: a working month of one a day is no use, ten weeks of one a week are.
const KEPT: i64 = 10;

/// Whether a version is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelState {
    /// It is what is used.
    InForce,
    /// It was, until a newer one took its place.
    Retired,
    /// It was worse than what was in force, and never used.
    Refused,
}

impl ModelState {
    const ALL: [Self; 3] = [Self::InForce, Self::Retired, Self::Refused];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Retired => "retired",
            Self::Refused => "refused",
        }
    }
}

/// A version, without its content.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelRow {
    /// What evidence tells of it.
    #[serde(flatten)]
    pub used: ModelUsed,
    /// Whether it is used.
    pub state: ModelState,
    /// How it did: JSON of whoever learned it.
    pub report: serde_json::Value,
}

macro_rules! columns {
    () => {
        "SELECT id, kind, state, fitted_at, data_from, data_to, learned_from, report"
    };
}

impl Store {
    /// Keeps a version; one that is in force retires the one before it. The same id again changes nothing.
    pub async fn save_model(
        &self,
        project: &ProjectGid,
        model: &ModelRow,
        content: &[u8],
    ) -> Result<(), StoreError> {
        let used = &model.used;
        let packed = deflate(content).map_err(|e| StoreError::unreadable(&self.place, "a new model", e))?;
        let mut tx = self.write().await?;
        let known = tx.rows("SELECT seq FROM models WHERE id = $1", args![used.id.as_str()]).await?;
        if !known.is_empty() {
            return tx.commit().await;
        }
        if model.state == ModelState::InForce {
            retire(&mut tx, project, used.kind).await?;
        }
        tx.exec(
            "INSERT INTO models (id, project, kind, state, fitted_at, data_from, data_to, learned_from, report, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![
                used.id.as_str(),
                project.as_str(),
                used.kind.word(),
                model.state.word(),
                used.fitted_at,
                used.from,
                used.to,
                used.rows as u64,
                model.report.to_string(),
                packed
            ],
        )
        .await?;
        tx.exec(
            "DELETE FROM models WHERE project = $1 AND kind = $2 AND state <> 'in_force' AND seq < \
             (SELECT seq FROM models WHERE project = $1 AND kind = $2 ORDER BY seq DESC LIMIT 1 OFFSET $3)",
            args![project.as_str(), used.kind.word(), KEPT - 1],
        )
        .await?;
        let body = serde_json::json!({ "project": project, "model": model });
        append(&mut tx, &[entry(used.fitted_at, "upnext", used, body)]).await?;
        tx.commit().await
    }

    /// Puts an older version back in force; `None` when there is no such model.
    pub async fn use_model(&self, id: &str, at: Timestamp, by: &str) -> Result<Option<ModelRow>, StoreError> {
        let mut tx = self.write().await?;
        let sql = concat!(columns!(), ", project FROM models WHERE id = $1");
        let rows = tx.rows(sql, args![id]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (model, project) = (self.model_row(row)?, ProjectGid::new(row.text(8)?));
        retire(&mut tx, &project, model.used.kind).await?;
        tx.exec("UPDATE models SET state = 'in_force' WHERE id = $1", args![id]).await?;
        let body = serde_json::json!({ "project": project, "put_in_force": id });
        append(&mut tx, &[entry(at, by, &model.used, body)]).await?;
        tx.commit().await?;
        Ok(Some(ModelRow { state: ModelState::InForce, ..model }))
    }

    /// The version in force of a kind, with its content.
    pub async fn model_in_force(
        &self,
        project: &ProjectGid,
        kind: ModelKind,
    ) -> Result<Option<(ModelRow, Vec<u8>)>, StoreError> {
        let sql =
            concat!(columns!(), ", body FROM models WHERE project = $1 AND kind = $2 AND state = 'in_force'");
        let rows = self.rows(sql, args![project.as_str(), kind.word()]).await?;
        rows.first().map(|row| self.with_content(row)).transpose()
    }

    fn with_content(&self, row: &Row) -> Result<(ModelRow, Vec<u8>), StoreError> {
        let model = self.model_row(row)?;
        let content = inflate(&row.blob(8)?);
        let content = content.map_err(|e| StoreError::unreadable(&self.place, &*model.used.id, e))?;
        Ok((model, content))
    }

    /// A version by its id, without its content.
    pub async fn model(&self, id: &str) -> Result<Option<ModelRow>, StoreError> {
        let sql = concat!(columns!(), " FROM models WHERE id = $1");
        self.rows(sql, args![id]).await?.first().map(|row| self.model_row(row)).transpose()
    }

    /// A version by its id, with its content.
    pub async fn model_content(&self, id: &str) -> Result<Option<(ModelRow, Vec<u8>)>, StoreError> {
        let sql = concat!(columns!(), ", body FROM models WHERE id = $1");
        let rows = self.rows(sql, args![id]).await?;
        rows.first().map(|row| self.with_content(row)).transpose()
    }

    /// Every version kept of a project, newest first.
    pub async fn models(&self, project: &ProjectGid) -> Result<Vec<ModelRow>, StoreError> {
        let sql = concat!(columns!(), " FROM models WHERE project = $1 ORDER BY seq DESC");
        self.rows(sql, args![project.as_str()]).await?.iter().map(|row| self.model_row(row)).collect()
    }

    fn model_row(&self, row: &Row) -> Result<ModelRow, StoreError> {
        let (kind, state) = (row.text(1)?, row.text(2)?);
        let known = ModelKind::from_word(&kind).zip(ModelState::ALL.into_iter().find(|s| s.word() == state));
        let Some((kind, state)) = known else {
            return Err(StoreError::unreadable(&self.place, "a model", format!("{kind} {state}")));
        };
        let (fitted_at, from, to) = (row.time(3)?, row.time(4)?, row.time(5)?);
        let rows = usize::try_from(row.count(6)?).unwrap_or(usize::MAX);
        let used = ModelUsed { id: row.text(0)?, kind, fitted_at, from, to, rows };
        Ok(ModelRow { used, state, report: row.json(7)? })
    }
}

async fn retire(tx: &mut Tx, project: &ProjectGid, kind: ModelKind) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE models SET state = 'retired' WHERE project = $1 AND kind = $2 AND state = 'in_force'",
        args![project.as_str(), kind.word()],
    )
    .await?;
    Ok(())
}

fn entry(at: Timestamp, actor: &str, used: &ModelUsed, body: serde_json::Value) -> AuditEntry {
    AuditEntry {
        at,
        actor: actor.to_owned(),
        kind: "model".into(),
        subject: format!("model {}", used.id),
        body,
    }
}
