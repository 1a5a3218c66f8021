//! Runs: one row per execution of a workflow.
//!
//! A run that never finished keeps `finished_at: None`: that is how a crash shows. Deliberately not here: what it did.

use crate::conn::{Row, Tx, args};
use crate::{Store, StoreError};
use domain::{Named, PlanId, ProjectGid, RunId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// One execution of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Run {
    /// Its id, `run_…`.
    pub id: RunId,
    /// The workflow, one word.
    pub kind: String,
    /// The project it works on.
    pub project: Named<ProjectGid>,
    /// When it began.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs, and for ever when it crashed.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub finished_at: Option<Timestamp>,
    /// How it ended, one line.
    pub ending: Option<String>,
    /// The plan it made or applies; `save_plan` fills it in when it is `None`.
    pub plan: Option<PlanId>,
    /// Requests that read from Asana.
    pub reads: u64,
    /// Requests that wrote to Asana.
    pub writes: u64,
    /// Whether it began to write; `begin` sets it.
    pub applied: bool,
}

impl Store {
    /// Notes that a run begins.
    pub async fn start_run(&self, run: &Run) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO runs (id, kind, project, project_name, started_at, finished_at, ending, plan, reads, \
             writes, applied) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            args![
                run.id.as_str(),
                run.kind.as_str(),
                run.project.gid.as_str(),
                run.project.name.as_str(),
                run.started_at,
                run.finished_at,
                run.ending.as_deref(),
                run.plan.as_ref().map(PlanId::as_str),
                run.reads,
                run.writes,
                run.applied
            ],
        )
        .await?;
        tx.commit().await
    }

    /// Notes how a run ended and how many requests it made.
    pub async fn finish_run(
        &self,
        id: &RunId,
        ending: &str,
        at: Timestamp,
        reads: u64,
        writes: u64,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE runs SET ending = $1, finished_at = $2, reads = $3, writes = $4 WHERE id = $5";
        if tx.exec(sql, args![ending, at, reads, writes, id.as_str()]).await? == 0 {
            return Err(StoreError::UnknownRun { run: id.to_string() });
        }
        tx.commit().await
    }

    /// One run.
    pub async fn run(&self, id: &RunId) -> Result<Option<Run>, StoreError> {
        let sql = "SELECT id, kind, project, project_name, started_at, finished_at, ending, plan, reads, writes, \
                   applied FROM runs WHERE id = $1";
        self.rows(sql, args![id.as_str()]).await?.first().map(run).transpose()
    }

    /// The last runs, of one project or of all, newest first.
    pub async fn runs(&self, project: Option<&ProjectGid>, limit: u32) -> Result<Vec<Run>, StoreError> {
        let sql = "SELECT id, kind, project, project_name, started_at, finished_at, ending, plan, reads, writes, \
                   applied FROM runs WHERE $1 IS NULL OR project = $1 ORDER BY seq DESC LIMIT $2";
        let args = args![project.map(ProjectGid::as_str), i64::from(limit)];
        self.rows(sql, args).await?.iter().map(run).collect()
    }

    /// How many runs of each workflow began in a time, its end not included.
    pub async fn runs_between(
        &self,
        project: &ProjectGid,
        begin: Timestamp,
        end: Timestamp,
    ) -> Result<Vec<(String, usize)>, StoreError> {
        let sql = "SELECT kind, COUNT(*) FROM runs WHERE project = $1 AND started_at >= $2 AND started_at < $3 \
                   GROUP BY kind ORDER BY kind";
        let rows = self.rows(sql, args![project.as_str(), begin, end]).await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?, usize::try_from(row.count(1)?).unwrap_or(usize::MAX))))
            .collect()
    }
}

pub(crate) fn run(row: &Row) -> Result<Run, StoreError> {
    Ok(Run {
        id: RunId::new(row.text(0)?),
        kind: row.text(1)?,
        project: Named { gid: ProjectGid::new(row.text(2)?), name: row.text(3)? },
        started_at: row.time(4)?,
        finished_at: row.time_opt(5)?,
        ending: row.text_opt(6)?,
        plan: row.text_opt(7)?.map(PlanId::new),
        reads: row.count(8)?,
        writes: row.count(9)?,
        applied: row.int(10)? != 0,
    })
}

/// The order number and project of a run that must exist.
pub(crate) async fn known_run(tx: &mut Tx, run: &RunId) -> Result<(i64, String), StoreError> {
    let rows = tx.rows("SELECT seq, project FROM runs WHERE id = $1", args![run.as_str()]).await?;
    match rows.first() {
        Some(row) => Ok((row.int(0)?, row.text(1)?)),
        None => Err(StoreError::UnknownRun { run: run.to_string() }),
    }
}
