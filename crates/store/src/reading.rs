//! What pages and reports ask for that no workflow needs: small answers, without the large bodies beside them.
//!
//! Reads only. Deliberately not here: what any of it means to people (`engine::views`).

use crate::conn::{Row, args};
use crate::journal::WELL;
use crate::{Override, Store, StoreError};
use domain::{ActionId, Digest, Outcome, OutcomeKind, PlanId, PlannedAction, ProjectGid, RunId, TaskGid};
use jiff::Timestamp;

/// Attempts on a task that are looked through for its newest writer: many times what one run does there.
const TOLD: i64 = 50;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// The newest plan that judged a project, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastJudged {
    /// The plan.
    pub plan: PlanId,
    /// The run that saved it.
    pub run: RunId,
    /// The snapshot it rests on.
    pub snapshot: Digest,
    /// Whether that snapshot is still kept.
    pub kept: bool,
}

/// The last attempt at an action of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempted {
    /// The action.
    pub action: ActionId,
    /// The run that tried.
    pub run: RunId,
    /// When it began.
    pub at: Timestamp,
    /// How it ended; none while it is under way, or when it was cut short.
    pub outcome: Option<Outcome>,
}

/// An override with when it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct OverrideRow {
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The override.
    pub found: Override,
}

/// The runs of one kind that began on one day of UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOfRuns {
    /// The day's first moment.
    pub day: Timestamp,
    /// Which workflow.
    pub kind: String,
    /// How many.
    pub runs: u64,
    /// Requests that read from Asana.
    pub reads: u64,
    /// Requests that wrote to Asana.
    pub writes: u64,
}

/// A project and how much is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The project.
    pub project: ProjectGid,
    /// Its name when it was last worked on.
    pub name: String,
    /// Whether it is a portfolio, whose runs are kept as a project's are.
    pub is_portfolio: bool,
}

impl Store {
    /// Every project that anything was ever done in, by name.
    pub async fn known_projects(&self) -> Result<Vec<Reached>, StoreError> {
        let sql = "SELECT r.project, r.project_name, \
                   (SELECT COUNT(*) FROM runs p WHERE p.project = r.project AND p.kind = 'portfolio') \
                   FROM runs r WHERE r.seq IN (SELECT MAX(seq) FROM runs GROUP BY project) \
                   ORDER BY r.project_name, r.project";
        let reached = |row: &Row| {
            Ok(Reached {
                project: ProjectGid::new(row.text(0)?),
                name: row.text(1)?,
                is_portfolio: row.count(2)? > 0,
            })
        };
        self.rows(sql, vec![]).await?.iter().map(reached).collect()
    }

    /// The newest plan that judged a project, whole or in part, without its body; as [`Store::last_judged`].
    pub async fn newest_judged(&self, project: &ProjectGid) -> Result<Option<LastJudged>, StoreError> {
        let sql = "SELECT id, run, snapshot, (SELECT COUNT(*) FROM snapshots s WHERE s.digest = plans.snapshot) \
                   FROM plans WHERE project = $1 AND kind IN ('groom', 'recalculate') ORDER BY seq DESC LIMIT 1";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        let found = |row: &Row| {
            Ok(LastJudged {
                plan: PlanId::new(row.text(0)?),
                run: RunId::new(row.text(1)?),
                snapshot: Digest::from_hex(row.text(2)?),
                kept: row.count(3)? > 0,
            })
        };
        rows.first().map(found).transpose()
    }

    /// The last attempt at each action of a plan, whatever run made it.
    pub async fn attempted(&self, plan: &PlanId) -> Result<Vec<Attempted>, StoreError> {
        let sql = "SELECT a.action, a.run, a.started_at, a.ending FROM attempts a WHERE a.plan = $1 \
                   AND NOT EXISTS (SELECT 1 FROM attempts b WHERE b.plan = a.plan AND b.action = a.action \
                   AND b.number > a.number) ORDER BY a.seq";
        let attempt = |row: &Row| {
            let outcome = row.text_opt(3)?.map(|_| row.json(3)).transpose()?;
            Ok(Attempted {
                action: ActionId::new(row.text(0)?),
                run: RunId::new(row.text(1)?),
                at: row.time(2)?,
                outcome,
            })
        };
        self.rows(sql, args![plan.as_str()]).await?.iter().map(attempt).collect()
    }

    /// When Upnext last wrote something into a task; none when it never did.
    pub async fn last_written(
        &self,
        project: &ProjectGid,
        task: &TaskGid,
    ) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MAX(written_at) FROM ledger WHERE project = $1 AND task = $2";
        let rows = self.rows(sql, args![project.as_str(), task.as_str()]).await?;
        rows.first().map_or(Ok(None), |row| row.time_opt(0))
    }

    /// The newest run of a project that wrote something on a task, and its actions there that were carried out, the latest first. Runs
    /// that took others back or made fields are passed over; none when no other wrote.
    pub async fn last_writes(
        &self,
        project: &ProjectGid,
        task: &TaskGid,
    ) -> Result<Option<(RunId, Vec<PlannedAction>)>, StoreError> {
        let sql = "SELECT a.run, a.body, a.ending FROM attempts a JOIN runs r ON r.id = a.run \
                   WHERE a.project = $1 AND a.action LIKE $2 ESCAPE '!' AND a.state = $3 \
                   AND r.kind <> 'undo' AND r.kind <> 'setup' AND r.finished_at IS NOT NULL \
                   ORDER BY a.started_at DESC, a.seq DESC LIMIT $4";
        // What is done on a task is named after it.
        let named = format!("%!_{task}");
        let rows = self.rows(sql, args![project.as_str(), named, WELL, TOLD]).await?;
        let mut found: Option<(RunId, Vec<PlannedAction>)> = None;
        for row in &rows {
            let (planned, outcome): (PlannedAction, Outcome) = (row.json(1)?, row.json(2)?);
            if outcome.kind != OutcomeKind::Done || planned.action.task() != Some(task) {
                continue;
            }
            let (run, actions) = found.get_or_insert((RunId::new(row.text(0)?), vec![]));
            if run.as_str() == row.text(0)? {
                actions.push(planned);
            }
        }
        Ok(found)
    }

    /// Overrides of a project recorded since a moment, newest first.
    pub async fn overrides_since(
        &self,
        project: &ProjectGid,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<OverrideRow>, StoreError> {
        let sql = "SELECT recorded_at, body FROM overrides WHERE project = $1 AND recorded_at >= $2 \
                   ORDER BY seq DESC LIMIT $3";
        let row = |row: &Row| Ok(OverrideRow { recorded_at: row.time(0)?, found: row.json(1)? });
        self.rows(sql, args![project.as_str(), since, i64::from(limit)]).await?.iter().map(row).collect()
    }

    /// Runs and requests a day and kind since a moment, oldest first; of one project or of all.
    pub async fn days_of_runs(
        &self,
        project: Option<&ProjectGid>,
        since: Timestamp,
    ) -> Result<Vec<DayOfRuns>, StoreError> {
        let sql = "SELECT started_at / 86400000, kind, COUNT(*), CAST(SUM(reads) AS BIGINT), \
                   CAST(SUM(writes) AS BIGINT) FROM runs WHERE started_at >= $1 AND ($2 IS NULL OR project = $2) \
                   GROUP BY 1, 2 ORDER BY 1, 2";
        let day = |row: &Row| {
            Ok(DayOfRuns {
                day: Timestamp::from_millisecond(row.int(0)?.saturating_mul(DAY)).unwrap_or_default(),
                kind: row.text(1)?,
                runs: row.count(2)?,
                reads: row.count(3)?,
                writes: row.count(4)?,
            })
        };
        self.rows(sql, args![since, project.map(ProjectGid::as_str)]).await?.iter().map(day).collect()
    }

    /// How long the newest `limit` runs of a project that judged it took, from a moment on: their kind, and milliseconds.
    pub async fn run_times(
        &self,
        project: &ProjectGid,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT kind, finished_at - started_at FROM runs WHERE project = $1 AND started_at >= $2 \
                   AND finished_at IS NOT NULL AND kind IN ('groom', 'recalculate') ORDER BY seq DESC LIMIT $3";
        let time = |row: &Row| Ok((row.text(0)?, row.count(1)?));
        self.rows(sql, args![project.as_str(), since, i64::from(limit)]).await?.iter().map(time).collect()
    }

    /// Runs that have no end yet, newest first: they work, or were cut short and nobody has settled it.
    pub async fn unfinished_runs(&self, limit: u32) -> Result<Vec<crate::Run>, StoreError> {
        let sql = "SELECT id, kind, project, project_name, started_at, finished_at, ending, plan, reads, writes, \
                   applied FROM runs WHERE finished_at IS NULL ORDER BY seq DESC LIMIT $1";
        self.rows(sql, args![i64::from(limit)]).await?.iter().map(crate::runs::run).collect()
    }

    /// How many actions of a plan have been tried and have ended; what progress is measured by.
    pub async fn ended_actions(&self, plan: &PlanId) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(DISTINCT action) FROM attempts WHERE plan = $1 AND ended_at IS NOT NULL";
        self.rows(sql, args![plan.as_str()]).await?.first().map_or(Ok(0), |row| row.count(0))
    }

    /// How many actions a plan has; 0 when there is no such plan.
    pub async fn planned_actions(&self, plan: &PlanId) -> Result<u64, StoreError> {
        let sql = "SELECT actions FROM plans WHERE id = $1 ORDER BY seq DESC LIMIT 1";
        self.rows(sql, args![plan.as_str()]).await?.first().map_or(Ok(0), |row| row.count(0))
    }
}
