//! Answers to "which of these two first?", kept one by one as they come.
//!
//! An answer holds the strengths of both tasks as they were, so that it still counts when the tasks are long done. A later
//! answer about the same two tasks replaces the earlier one until a rubric was accepted on it. Deliberately not here: what
//! follows from answers.

use crate::audit::{AuditEntry, append};
use crate::conn::{args, json};
use crate::{Store, StoreError};
use domain::{ProjectGid, TaskGid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was said of two tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// `first` comes first.
    First,
    /// Neither comes first.
    Same,
    /// The person did not want to say; the pair is not asked again.
    Skipped,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The task that comes first, when one does.
    pub first: TaskGid,
    /// The other.
    pub second: TaskGid,
    /// What was said of them.
    pub said: Said,
    /// Why the question was asked: `learn`, `check`, or `given` when it was not.
    pub used: String,
    /// Strengths of both, 0–1, by the name of the criterion.
    pub strengths: BTreeMap<String, (f64, f64)>,
    /// Who said it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Keeps answers and audits each; they are durable when this returns.
    pub async fn save_answers(&self, project: &ProjectGid, answers: &[Answer]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let entries: Vec<AuditEntry> = answers.iter().map(|answer| entry(project, answer)).collect();
        append(&mut tx, &entries).await?;
        for answer in answers {
            let (a, b) = (answer.first.as_str(), answer.second.as_str());
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            let same =
                "DELETE FROM answers WHERE project = $1 AND task_a = $2 AND task_b = $3 AND spent IS NULL";
            tx.exec(same, args![project.as_str(), a, b]).await?;
            tx.exec(
                "INSERT INTO answers (project, task_a, task_b, answered_at, body) VALUES ($1, $2, $3, $4, $5)",
                args![project.as_str(), a, b, answer.at, json(answer)],
            )
            .await?;
        }
        tx.commit().await
    }

    /// The answers of a project that no accepted rubric rests on yet, in the order they came.
    pub async fn answers(&self, project: &ProjectGid) -> Result<Vec<Answer>, StoreError> {
        let sql = "SELECT body FROM answers WHERE project = $1 AND spent IS NULL ORDER BY seq";
        self.rows(sql, args![project.as_str()]).await?.iter().map(|row| row.json(0)).collect()
    }
}

fn entry(project: &ProjectGid, answer: &Answer) -> AuditEntry {
    AuditEntry {
        at: answer.at,
        actor: answer.by.clone(),
        kind: "calibration_answer".into(),
        subject: format!("project {project}"),
        body: serde_json::json!({ "project": project, "answer": answer }),
    }
}
