//! Judgements: the latest of each task in full, and the course of scores and bands over the runs.
//!
//! Only the latest judgement keeps its contributions and reasons: a full one per task and run would be tens of
//! megabytes a run for 10,000 tasks. Scores and bands stay for the newest `KEPT_RUNS` runs of a project.

use crate::conn::{Tx, args, json};
use crate::runs::known_run;
use crate::{Store, StoreError};
use domain::{Band, Judgement, Points, ProjectGid, RunId, TaskGid};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// Runs over a whole project whose scores are kept, with the recalculations between them: most of a working year of one run a day, measured at 180 MB for 10,000 tasks.
const KEPT_RUNS: i64 = 200;

impl Store {
    /// Keeps the judgements of a run. Of two judgements of one task the later in the slice counts.
    pub async fn save_judgements(
        &self,
        run: &RunId,
        at: Timestamp,
        judgements: &[Judgement],
    ) -> Result<(), StoreError> {
        let latest: HashMap<&TaskGid, &Judgement> = judgements.iter().map(|j| (&j.task, j)).collect();
        let mut tx = self.write().await?;
        let (run_seq, project) = known_run(&mut tx, run).await?;
        let score = |j: &Judgement| {
            let tenths = i64::from(j.score.tenths());
            let stated = i64::from(j.confidence.stated);
            args![run_seq, j.task.as_str(), project.as_str(), at, tenths, j.band.label(), stated]
        };
        tx.insert_rows(
            "INSERT INTO scores (run_seq, task, project, at, tenths, band, stated)",
            latest.values().map(|j| score(j)).collect(),
            "ON CONFLICT (run_seq, task) DO UPDATE SET at = excluded.at, tenths = excluded.tenths, \
             band = excluded.band, stated = excluded.stated",
        )
        .await?;
        tx.insert_rows(
            "INSERT INTO judgements (task, run, at, body)",
            latest.values().map(|j| args![j.task.as_str(), run.as_str(), at, json(j)]).collect(),
            "ON CONFLICT (task) DO UPDATE SET run = excluded.run, at = excluded.at, body = excluded.body",
        )
        .await?;
        forget_old(&mut tx, &project).await?;
        tx.commit().await
    }

    /// The latest judgement of a task, with the run that made it and when.
    pub async fn judgement(
        &self,
        task: &TaskGid,
    ) -> Result<Option<(RunId, Timestamp, Judgement)>, StoreError> {
        let sql = "SELECT run, at, body FROM judgements WHERE task = $1";
        let rows = self.rows(sql, args![task.as_str()]).await?;
        rows.first().map(|r| Ok((RunId::new(r.text(0)?), r.time(1)?, r.json(2)?))).transpose()
    }

    /// The scores of a task, newest first; of one project, or of all that hold it.
    pub async fn history(
        &self,
        task: &TaskGid,
        project: Option<&ProjectGid>,
        limit: u32,
    ) -> Result<Vec<(RunId, Timestamp, Points, Band)>, StoreError> {
        let sql = "SELECT r.id, s.at, s.tenths, s.band FROM scores s JOIN runs r ON r.seq = s.run_seq \
                   WHERE s.task = $1 AND ($2 IS NULL OR s.project = $2) ORDER BY s.run_seq DESC LIMIT $3";
        let args = args![task.as_str(), project.map(ProjectGid::as_str), i64::from(limit)];
        let rows = self.rows(sql, args).await?;
        let entry = |row: &crate::Row| {
            let (score, band) = self.score(row.int(2)?, &row.text(3)?)?;
            Ok((RunId::new(row.text(0)?), row.time(1)?, score, band))
        };
        rows.iter().map(entry).collect()
    }

    /// What was stated about a project's tasks in all runs kept: task, time, confidence before measuring (percent), band;
    /// oldest first. Runs made before confidence was kept are left out.
    pub async fn stated(
        &self,
        project: &ProjectGid,
    ) -> Result<Vec<(TaskGid, Timestamp, u8, Band)>, StoreError> {
        let sql = "SELECT task, at, stated, band, tenths FROM scores \
                   WHERE project = $1 AND stated IS NOT NULL ORDER BY run_seq, task";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        rows.iter()
            .map(|row| {
                let (_, band) = self.score(row.int(4)?, &row.text(3)?)?;
                let percent = u8::try_from(row.int(2)?).unwrap_or(100);
                Ok((TaskGid::new(row.text(0)?), row.time(1)?, percent, band))
            })
            .collect()
    }

    /// Score and band of every task that the latest run over the whole project judged, as later recalculations left them.
    pub async fn last_bands(
        &self,
        project: &ProjectGid,
    ) -> Result<BTreeMap<TaskGid, (Points, Band)>, StoreError> {
        let sql = "SELECT s.task, s.tenths, s.band FROM scores s WHERE s.project = $1 AND s.run_seq >= \
                   (SELECT COALESCE(MAX(r.seq), 0) FROM runs r WHERE r.project = $1 AND r.kind <> 'recalculate' \
                    AND EXISTS (SELECT 1 FROM scores w WHERE w.run_seq = r.seq)) ORDER BY s.run_seq";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        rows.iter()
            .map(|row| Ok((TaskGid::new(row.text(0)?), self.score(row.int(1)?, &row.text(2)?)?)))
            .collect()
    }

    /// The first and the last band that each task of a project was put in, in a time, its end not included.
    pub async fn bands_between(
        &self,
        project: &ProjectGid,
        begin: Timestamp,
        end: Timestamp,
    ) -> Result<Vec<(TaskGid, Band, Band)>, StoreError> {
        let sql = "SELECT task, tenths, band FROM scores WHERE project = $1 AND at >= $2 AND at < $3 ORDER BY run_seq";
        let mut bands: BTreeMap<TaskGid, (Band, Band)> = BTreeMap::new();
        for row in self.rows(sql, args![project.as_str(), begin, end]).await? {
            let (_, band) = self.score(row.int(1)?, &row.text(2)?)?;
            bands
                .entry(TaskGid::new(row.text(0)?))
                .and_modify(|(_, last)| *last = band)
                .or_insert((band, band));
        }
        Ok(bands.into_iter().map(|(task, (first, last))| (task, first, last)).collect())
    }

    /// Of the tasks of a project that runs since a moment judged: how many there are, and how many were put in more than one band.
    pub async fn churn(&self, project: &ProjectGid, since: Timestamp) -> Result<(u64, u64), StoreError> {
        let sql = "SELECT COUNT(*), COALESCE(CAST(SUM(CASE WHEN lowest <> highest THEN 1 ELSE 0 END) AS BIGINT), 0) \
                   FROM (SELECT MIN(band) AS lowest, MAX(band) AS highest FROM scores WHERE project = $1 AND run_seq >= \
                   (SELECT MIN(seq) FROM runs WHERE project = $1 AND started_at >= $2) GROUP BY task) AS judged";
        let rows = self.rows(sql, args![project.as_str(), since]).await?;
        rows.first().map_or(Ok((0, 0)), |row| Ok((row.count(0)?, row.count(1)?)))
    }

    fn score(&self, tenths: i64, band: &str) -> Result<(Points, Band), StoreError> {
        let tenths = i32::try_from(tenths).ok();
        match (tenths, Band::from_label(band)) {
            (Some(tenths), Some(band)) => Ok((Points::from_tenths(tenths), band)),
            _ => Err(StoreError::unreadable(&self.place, "a score", "out of range")),
        }
    }
}

async fn forget_old(tx: &mut Tx, project: &str) -> Result<(), StoreError> {
    tx.exec(
        "DELETE FROM scores WHERE project = $1 AND run_seq < \
         (SELECT seq FROM runs WHERE project = $1 AND kind NOT IN ('recalculate', 'approve', 'review', 'retro') ORDER BY seq DESC LIMIT 1 OFFSET $2)",
        args![project, KEPT_RUNS - 1],
    )
    .await?;
    Ok(())
}
