//! Forgetting a project's texts for good.
//!
//! What undo and the audit rest on stays: plans, the journal of writes, the ledger, overrides, scores. They hold names of
//! tasks and the values Upnext wrote (a rationale may quote a comment in a few words), not descriptions, comments or
//! attachments. Learned models go too: they hold words of the tasks they were learned from; so do a language model's answers,
//! which quote tasks, and the vectors of a sentence model, which hint at texts. In a SQLite file the freed pages are
//! overwritten with zeroes; PostgreSQL frees them at its next vacuum. Requests that were given up go with their texts; those that are
//! still to become tasks stay. Deliberately not here: backups, which forget nothing. Known limit: the plan and the journal of a request hold
//! its description and who asked, those of a retrospective its whole document: a task that was not made yet is made of them. The audit
//! keeps both by digest.

use crate::audit::append;
use crate::conn::{Tx, args};
use crate::{AuditEntry, Backend, Store, StoreError};
use domain::ProjectGid;
use jiff::Timestamp;
use serde::Serialize;

/// What is to be forgotten of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Forget {
    /// Attachments, comments, snapshots, judgements and learned models.
    Texts,
    /// What was read from attachments.
    Attachments,
}

/// What was forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Forgotten {
    /// Attachments whose text, or whose problem, was kept.
    pub attachments: u64,
    /// Lists of comments, one a task; two where a groom and a search had read them.
    pub comments: u64,
    /// Snapshots: the descriptions and comments that plans were made from.
    pub snapshots: u64,
    /// Learned models, every version.
    pub models: u64,
    /// Judgements: what `explain` tells.
    pub judgements: u64,
    /// Golden sets: they are orders of snapshots that are gone.
    pub golden_sets: u64,
    /// Requests that were given up, with what was asked for.
    pub requests: u64,
    /// Snapshots still kept because a run was stopped in the middle of a write: the next command on the project settles it.
    pub snapshots_kept: u64,
}

impl Store {
    /// Forgets the texts of a project and notes in the audit that it was done, in one transaction.
    /// The caller holds the project's lock.
    pub async fn forget(
        &self,
        project: &ProjectGid,
        what: Forget,
        at: Timestamp,
    ) -> Result<Forgotten, StoreError> {
        let mut tx = self.write().await?;
        if matches!(self.backend, Backend::Sqlite { .. }) {
            tx.rows("PRAGMA secure_delete = ON", vec![]).await?;
        }
        let forgotten = delete(&mut tx, project.as_str(), what).await?;
        let body = serde_json::json!({ "what": what, "forgotten": forgotten });
        let entry = AuditEntry {
            at,
            actor: "command line".into(),
            kind: "forget".into(),
            subject: project.to_string(),
            body,
        };
        append(&mut tx, &[entry]).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

async fn delete(tx: &mut Tx, project: &str, what: Forget) -> Result<Forgotten, StoreError> {
    let attachments = tx.exec("DELETE FROM attachments WHERE project = $1", args![project]).await?;
    tx.exec("DELETE FROM attachments_seen WHERE project = $1", args![project]).await?;
    if what == Forget::Attachments {
        return Ok(Forgotten { attachments, ..Forgotten::default() });
    }
    let comments = tx.exec("DELETE FROM comments WHERE project = $1", args![project]).await?;
    let found = tx.exec("DELETE FROM comments_found WHERE project = $1", args![project]).await?;
    // As `snapshots::forget_old`: recovery needs the snapshot of a plan with an action begun and not ended.
    let snapshots = tx
        .exec(
            "DELETE FROM snapshots WHERE project = $1 AND digest NOT IN (SELECT p.snapshot FROM plans p \
             JOIN attempts a ON a.plan = p.id WHERE a.project = $1 AND a.ended_at IS NULL)",
            args![project],
        )
        .await?;
    let models = tx.exec("DELETE FROM models WHERE project = $1", args![project]).await?;
    tx.exec("DELETE FROM known WHERE project = $1", args![project]).await?;
    tx.exec("DELETE FROM writers WHERE project = $1", args![project]).await?;
    tx.exec("DELETE FROM vectors WHERE project = $1", args![project]).await?;
    tx.exec("DELETE FROM findings WHERE project = $1", args![project]).await?;
    tx.exec("DELETE FROM model_answers WHERE project = $1", args![project]).await?;
    tx.exec("DELETE FROM model_texts WHERE project = $1", args![project]).await?;
    let judgements = tx
        .exec("DELETE FROM judgements WHERE run IN (SELECT id FROM runs WHERE project = $1)", args![project])
        .await?;
    let lane = format!("project:{project}");
    let requests = tx
        .exec("DELETE FROM jobs WHERE kind = 'intake' AND state = 'dead' AND lane = $1", args![lane.as_str()])
        .await?;
    let golden_sets = tx.exec("DELETE FROM golden_sets WHERE project = $1", args![project]).await?;
    let kept = tx.rows("SELECT COUNT(*) FROM snapshots WHERE project = $1", args![project]).await?;
    let snapshots_kept = kept.first().map_or(Ok(0), |row| row.count(0))?;
    Ok(Forgotten {
        attachments,
        comments: comments + found,
        snapshots,
        requests,
        snapshots_kept,
        models,
        judgements,
        golden_sets,
    })
}
