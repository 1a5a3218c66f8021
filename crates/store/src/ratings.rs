//! What a language model answered about tasks, so that the same question is never paid for twice.
//!
//! An answer is named by the digest of all it rests on (texts, rubric, prompt, model) and holds scores, quotes and sources:
//! neither the question nor the answer as it came. Those are kept only while a debug window is open. Deliberately not here:
//! what was paid (`usage`), what an answer is worth (`judge`).

use crate::conn::{args, json};
use crate::usage::{Used, insert_used};
use crate::{Store, StoreError};
use domain::{Answered, ProjectGid, TaskGid};
use jiff::Timestamp;
use std::collections::HashMap;

/// Answers kept of a task: a sample of nine and a larger model's, of the present texts, and two wordings: the rationale's, and
/// the summary's where the task comes first in it.
const KEPT: i64 = 12;

/// Which question an answer answers: the digest of all it rests on, and which of several the same it was.
pub type QuestionKey = (String, u8);

/// An answer with what it answers.
#[derive(Clone, Debug)]
pub struct NewAnswer<'a> {
    /// The project.
    pub project: &'a ProjectGid,
    /// The task.
    pub task: &'a TaskGid,
    /// The question.
    pub key: &'a QuestionKey,
    /// What is kept of it.
    pub answer: &'a Answered,
}

/// A question and an answer as they went over the wire.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ModelText {
    /// When.
    pub at: Timestamp,
    /// The task.
    pub task: TaskGid,
    /// The model.
    pub model: String,
    /// The question, its prompt left out.
    pub question: String,
    /// The answer.
    pub answer: String,
}

impl Store {
    /// Every answer about a project's tasks.
    pub async fn model_answers(
        &self,
        project: &ProjectGid,
    ) -> Result<HashMap<TaskGid, HashMap<QuestionKey, Answered>>, StoreError> {
        let sql = "SELECT task, question, sample, body FROM model_answers WHERE project = $1";
        let mut known: HashMap<TaskGid, HashMap<QuestionKey, Answered>> = HashMap::new();
        for row in self.rows(sql, args![project.as_str()]).await? {
            // What cannot be read is asked again.
            if let Ok(answer) = row.json(3) {
                let sample = u8::try_from(row.int(2)?).unwrap_or(0);
                known.entry(TaskGid::new(row.text(0)?)).or_default().insert((row.text(1)?, sample), answer);
            }
        }
        Ok(known)
    }

    /// Keeps an answer and what it used, in one transaction: what was paid for is never lost, nor counted twice.
    pub async fn save_model_answer(&self, new: &NewAnswer<'_>, used: &Used) -> Result<(), StoreError> {
        let (project, task) = (new.project.as_str(), new.task.as_str());
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO model_answers (project, task, question, sample, answered_at, body) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (project, task, question, sample) DO UPDATE SET \
             answered_at = excluded.answered_at, body = excluded.body",
            args![project, task, new.key.0.as_str(), i64::from(new.key.1), used.at, json(new.answer)],
        )
        .await?;
        tx.exec(
            "DELETE FROM model_answers WHERE project = $1 AND task = $2 AND seq < (SELECT seq FROM model_answers \
             WHERE project = $1 AND task = $2 ORDER BY seq DESC LIMIT 1 OFFSET $3)",
            args![project, task, KEPT - 1],
        )
        .await?;
        insert_used(&mut tx, used).await?;
        tx.commit().await
    }

    /// What was found out about a server and model since a moment.
    pub async fn model_server(
        &self,
        server: &str,
        model: &str,
        since: Timestamp,
    ) -> Result<Option<serde_json::Value>, StoreError> {
        let sql = "SELECT body FROM model_servers WHERE server = $1 AND model = $2 AND found_at >= $3";
        self.rows(sql, args![server, model, since]).await?.first().map(|row| row.json(0)).transpose()
    }

    /// Keeps what was found out about a server and model.
    pub async fn save_model_server(
        &self,
        server: &str,
        model: &str,
        (body, at): (&serde_json::Value, Timestamp),
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO model_servers (server, model, found_at, body) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (server, model) DO UPDATE SET found_at = excluded.found_at, body = excluded.body",
            args![server, model, at, body.to_string()],
        )
        .await?;
        tx.commit().await
    }

    /// Keeps a question and its answer whole: only for an open debug window.
    pub async fn save_model_text(&self, project: &ProjectGid, text: &ModelText) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO model_texts (at, project, task, model, question, answer) VALUES ($1, $2, $3, $4, $5, $6)",
            args![
                text.at,
                project.as_str(),
                text.task.as_str(),
                text.model.as_str(),
                text.question.as_str(),
                text.answer.as_str()
            ],
        )
        .await?;
        tx.commit().await
    }

    /// Deletes every question and answer that was kept whole before this moment; says how many.
    pub async fn forget_model_texts(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let gone = tx.exec("DELETE FROM model_texts WHERE at < $1", args![before]).await?;
        tx.commit().await?;
        Ok(gone)
    }

    /// Those about a task of a project, newest first.
    pub async fn model_texts_of(
        &self,
        project: &ProjectGid,
        task: &TaskGid,
        limit: u32,
    ) -> Result<Vec<ModelText>, StoreError> {
        let sql = "SELECT at, task, model, question, answer FROM model_texts WHERE project = $1 AND task = $2 \
                   ORDER BY seq DESC LIMIT $3";
        let rows = self.rows(sql, args![project.as_str(), task.as_str(), i64::from(limit)]).await?;
        rows.iter().map(model_text).collect()
    }

    /// The questions and answers kept whole, newest first.
    pub async fn model_texts(&self, limit: u32) -> Result<Vec<ModelText>, StoreError> {
        let sql = "SELECT at, task, model, question, answer FROM model_texts ORDER BY seq DESC LIMIT $1";
        let rows = self.rows(sql, args![i64::from(limit)]).await?;
        rows.iter().map(model_text).collect()
    }
}

fn model_text(row: &crate::conn::Row) -> Result<ModelText, StoreError> {
    Ok(ModelText {
        at: row.time(0)?,
        task: TaskGid::new(row.text(1)?),
        model: row.text(2)?,
        question: row.text(3)?,
        answer: row.text(4)?,
    })
}
