//! What was asked of language models, question by question: tokens, money, how it ended.
//!
//! Rows are never changed. Money is whole millionths of a millionth of a dollar; `held` is what an answer that never came may
//! have used, which a ceiling counts and a bill may not. Deliberately not here: prices and ceilings.

use crate::conn::{Row, Tx, args};
use crate::{Store, StoreError};
use domain::{ProjectGid, RunId, TaskGid};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// When it ended.
    pub at: Timestamp,
    /// The day it counts for, in the configured time zone.
    pub day: Date,
    /// The run that asked.
    pub run: RunId,
    /// The project.
    pub project: ProjectGid,
    /// The task.
    pub task: TaskGid,
    /// What for, one word: `rate`, `golden`, `try`.
    pub purpose: String,
    /// The model, as configured.
    pub model: String,
    /// Requests sent.
    pub requests: u32,
    /// Tokens of questions.
    pub input: u64,
    /// Of those, read from the provider's cache.
    pub cached_input: u64,
    /// Tokens of answers.
    pub output: u64,
    /// Tokens that answers without a count may have used.
    pub held: u64,
    /// What it cost; none when a price or a count is missing.
    pub cost: Option<u64>,
    /// What answers without a count may have cost, where there is a price.
    pub held_cost: u64,
    /// How it ended, when there was no answer.
    pub ending: Option<String>,
}

/// What is known of some questions together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UsedSum {
    /// Of what: a day, a run, a project, a task, a model.
    pub of: String,
    /// Questions.
    pub questions: u64,
    /// Those without an answer.
    pub unanswered: u64,
    /// Requests sent.
    pub requests: u64,
    /// Tokens of questions.
    pub input: u64,
    /// Of those, read from the provider's cache.
    pub cached_input: u64,
    /// Tokens of answers.
    pub output: u64,
    /// Tokens that answers without a count may have used.
    pub held: u64,
    /// What those with a known cost came to, millionths of a millionth of a dollar.
    pub cost: u64,
    /// Questions whose cost is not known.
    pub without_cost: u64,
    /// What answers without a count may have cost.
    pub held_cost: u64,
}

impl UsedSum {
    /// Tokens a ceiling counts.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.input.saturating_add(self.output).saturating_add(self.held)
    }

    /// Money a ceiling counts.
    #[must_use]
    pub fn money(&self) -> u64 {
        self.cost.saturating_add(self.held_cost)
    }
}

/// What sums are made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedBy {
    /// The day.
    Day,
    /// The run.
    Run,
    /// The project.
    Project,
    /// The task.
    Task,
    /// The model.
    Model,
}

macro_rules! sums {
    ($of:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $of,
            ", COUNT(*), COUNT(ending), CAST(SUM(requests) AS BIGINT), CAST(SUM(input) AS BIGINT), \
             CAST(SUM(cached_input) AS BIGINT), CAST(SUM(output) AS BIGINT), CAST(SUM(held) AS BIGINT), \
             CAST(SUM(cost) AS BIGINT), CAST(SUM(1 - has_cost) AS BIGINT), CAST(SUM(held_cost) AS BIGINT) \
             FROM model_usage ",
            $rest
        )
    };
}

macro_rules! sums_by {
    ($of:literal) => {
        sums!(
            $of,
            "WHERE day >= $1 AND ($2 IS NULL OR project = $2) GROUP BY 1 ORDER BY MAX(seq) DESC LIMIT $3"
        )
    };
}

pub(crate) async fn insert_used(tx: &mut Tx, used: &Used) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO model_usage (at, day, run, project, task, purpose, model, requests, input, cached_input, output, \
         held, cost, held_cost, has_cost, ending) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        args![
            used.at,
            used.day.to_string(),
            used.run.as_str(),
            used.project.as_str(),
            used.task.as_str(),
            used.purpose.as_str(),
            used.model.as_str(),
            i64::from(used.requests),
            used.input,
            used.cached_input,
            used.output,
            used.held,
            used.cost.unwrap_or(0),
            used.held_cost,
            used.cost.is_some(),
            used.ending.as_deref()
        ],
    )
    .await?;
    Ok(())
}

impl Store {
    /// Keeps what a question used that got no answer.
    pub async fn save_model_use(&self, used: &Used) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        insert_used(&mut tx, used).await?;
        tx.commit().await
    }

    /// What was used on a day, and in its calendar month up to and with it.
    pub async fn model_use_until(&self, day: Date) -> Result<(UsedSum, UsedSum), StoreError> {
        let (today, first) = (day.to_string(), day.first_of_month().to_string());
        let sql = sums!("MAX(day)", "WHERE day >= $1 AND day <= $2");
        let of_day = self.rows(sql, args![today.as_str(), today.as_str()]).await?;
        let of_month = self.rows(sql, args![first, today]).await?;
        let whole = |rows: &[Row]| rows.first().map_or(Ok(UsedSum::default()), sum);
        Ok((whole(&of_day)?, whole(&of_month)?))
    }

    /// Sums since a day, of one project or of all, what was used last first.
    pub async fn model_use_by(
        &self,
        by: UsedBy,
        since: Date,
        project: Option<&ProjectGid>,
        limit: u32,
    ) -> Result<Vec<UsedSum>, StoreError> {
        let sql = match by {
            UsedBy::Day => sums_by!("day"),
            UsedBy::Run => sums_by!("run"),
            UsedBy::Project => sums_by!("project"),
            UsedBy::Task => sums_by!("task"),
            UsedBy::Model => sums_by!("model"),
        };
        let args = args![since.to_string(), project.map(ProjectGid::as_str), i64::from(limit)];
        self.rows(sql, args).await?.iter().map(sum).collect()
    }
}

/// A sum of no rows is all NULL.
fn sum(row: &Row) -> Result<UsedSum, StoreError> {
    let count =
        |at: usize| Ok::<u64, StoreError>(row.int_opt(at)?.map_or(0, |n| u64::try_from(n).unwrap_or(0)));
    Ok(UsedSum {
        of: row.text_opt(0)?.unwrap_or_default(),
        questions: count(1)?,
        unanswered: count(2)?,
        requests: count(3)?,
        input: count(4)?,
        cached_input: count(5)?,
        output: count(6)?,
        held: count(7)?,
        cost: count(8)?,
        without_cost: count(9)?,
        held_cost: count(10)?,
    })
}
