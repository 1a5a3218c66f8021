//! Golden sets: an order of a frozen snapshot that later rubrics are held against.
//!
//! The newest of a project counts; earlier ones stay, and so do the snapshots of all (`snapshots::forget_old`).
//! Deliberately not here: comparing orders.

use crate::audit::{AuditEntry, append};
use crate::conn::{args, json};
use crate::{Store, StoreError};
use domain::{Digest, Moment, PlanId, ProjectGid, TaskGid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A frozen order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoldenSet {
    /// The project.
    pub project: ProjectGid,
    /// The snapshot that is judged.
    pub snapshot: Digest,
    /// The moment it is judged at.
    pub now: Moment,
    /// The tasks, first things first.
    pub order: Vec<TaskGid>,
    /// The rubric whose order it is; `None` for a person's.
    pub rubric: Option<String>,
    /// When it was frozen.
    pub frozen_at: Timestamp,
    /// Who froze it.
    pub frozen_by: String,
    /// What they said about it.
    pub note: String,
}

impl Store {
    /// Keeps a golden set and audits it.
    ///
    /// # Errors
    /// Also when its snapshot is not kept (any more).
    pub async fn freeze(&self, set: &GoldenSet) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let sql = "SELECT seq FROM snapshots WHERE digest = $1";
        if tx.rows(sql, args![set.snapshot.as_str()]).await?.is_empty() {
            let what = format!("snapshot {}", set.snapshot);
            return Err(StoreError::unreadable(&self.place, what, "it is not kept"));
        }
        tx.exec(
            "INSERT INTO golden_sets (project, snapshot, frozen_at, body) VALUES ($1, $2, $3, $4)",
            args![set.project.as_str(), set.snapshot.as_str(), set.frozen_at, json(set)],
        )
        .await?;
        let body = serde_json::json!({
            "snapshot": set.snapshot, "tasks": set.order.len(), "rubric": set.rubric, "note": set.note,
        });
        let entry = AuditEntry {
            at: set.frozen_at,
            actor: set.frozen_by.clone(),
            kind: "golden".into(),
            subject: format!("project {}", set.project),
            body,
        };
        append(&mut tx, &[entry]).await?;
        tx.commit().await
    }

    /// The golden set of a project, if one was frozen.
    pub async fn golden(&self, project: &ProjectGid) -> Result<Option<GoldenSet>, StoreError> {
        let sql = "SELECT body FROM golden_sets WHERE project = $1 ORDER BY seq DESC LIMIT 1";
        self.rows(sql, args![project.as_str()]).await?.first().map(|row| row.json(0)).transpose()
    }

    /// When the golden set of a project was frozen, if one was.
    pub async fn golden_moment(&self, project: &ProjectGid) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT frozen_at FROM golden_sets WHERE project = $1 ORDER BY seq DESC LIMIT 1";
        self.rows(sql, args![project.as_str()]).await?.first().map(|row| row.time(0)).transpose()
    }

    /// The newest groom plan of a project whose snapshot is still kept.
    pub async fn newest_groom(&self, project: &ProjectGid) -> Result<Option<PlanId>, StoreError> {
        let sql = "SELECT p.id FROM plans p JOIN snapshots s ON s.digest = p.snapshot \
                   WHERE p.project = $1 AND p.kind = 'groom' ORDER BY p.seq DESC LIMIT 1";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        rows.first().map(|row| Ok(PlanId::new(row.text(0)?))).transpose()
    }
}

/// Which language model and prompt were held against which golden set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelGate<'a> {
    /// The project.
    pub project: &'a ProjectGid,
    /// The models, as configured.
    pub model: &'a str,
    /// The prompt's version.
    pub prompt: &'a str,
    /// When the golden set was frozen: another set is another gate.
    pub golden: Timestamp,
}

impl Store {
    /// What came of holding a model and prompt against a golden set; `None` when it was not done yet.
    pub async fn model_gate(&self, gate: &ModelGate<'_>) -> Result<Option<serde_json::Value>, StoreError> {
        let sql =
            "SELECT body FROM model_gates WHERE project = $1 AND model = $2 AND prompt = $3 AND golden = $4";
        let args = args![gate.project.as_str(), gate.model, gate.prompt, gate.golden];
        self.rows(sql, args).await?.first().map(|row| row.json(0)).transpose()
    }

    /// Keeps what came of it, in place of what came before, and audits it.
    pub async fn save_model_gate(
        &self,
        gate: &ModelGate<'_>,
        body: &serde_json::Value,
        (at, by): (Timestamp, &str),
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO model_gates (project, model, prompt, golden, tried_at, body) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (project, model, prompt, golden) DO UPDATE SET tried_at = excluded.tried_at, \
             body = excluded.body",
            args![gate.project.as_str(), gate.model, gate.prompt, gate.golden, at, body.to_string()],
        )
        .await?;
        let body = serde_json::json!({
            "project": gate.project, "model": gate.model, "prompt": gate.prompt, "golden": gate.golden, "came_to": body,
        });
        let subject = format!("model {}", gate.model);
        let entry = AuditEntry { at, actor: by.to_owned(), kind: "model_gate".into(), subject, body };
        append(&mut tx, &[entry]).await?;
        tx.commit().await
    }
}
