//! What starts by the clock, so that each moment fires once whatever number of processes watch it.
//!
//! A row holds the next moment of a workflow. Whoever sees that it has passed moves it on and asks for the work in one
//! transaction: a second process finds it moved already. Moments missed while nothing ran are one, since the row holds only
//! the first of them. What has to be done every so often, and sooner when something calls for it, has a row too, which whoever does
//! it moves on afterwards. Deliberately not here: time zones and cron expressions.

use crate::conn::{Arg, Row, args};
use crate::jobs::enqueue;
use crate::{NewJob, Store, StoreError};
use domain::ProjectGid;
use jiff::Timestamp;
use serde::Serialize;

/// The next moment of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// The project.
    pub project: ProjectGid,
    /// The workflow.
    pub workflow: String,
    /// The rule the moment was worked out by; another rule makes another moment.
    pub rule: String,
    /// When it fires next.
    pub next_at: Timestamp,
}

/// The statement that puts a row, with what it does where there is one.
macro_rules! put {
    ($otherwise:literal) => {
        concat!(
            "INSERT INTO schedules (project, workflow, rule, next_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (project, workflow) DO ",
            $otherwise
        )
    };
}

impl Store {
    /// All schedules, by project and workflow.
    pub async fn schedules(&self) -> Result<Vec<Schedule>, StoreError> {
        let sql = "SELECT project, workflow, rule, next_at FROM schedules ORDER BY project, workflow";
        let schedule = |row: &Row| {
            Ok(Schedule {
                project: ProjectGid::new(row.text(0)?),
                workflow: row.text(1)?,
                rule: row.text(2)?,
                next_at: row.time(3)?,
            })
        };
        self.rows(sql, vec![]).await?.iter().map(schedule).collect()
    }

    /// Sets a schedule that has no row yet or had another rule.
    pub async fn set_schedule(&self, schedule: &Schedule) -> Result<(), StoreError> {
        let sql = put!(
            "UPDATE SET rule = excluded.rule, next_at = excluded.next_at WHERE schedules.rule <> excluded.rule"
        );
        self.change(sql, columns(schedule)).await.map(drop)
    }

    /// When a workflow of a project is due next; none where it has no row.
    pub async fn due_at(
        &self,
        project: &ProjectGid,
        workflow: &str,
    ) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT next_at FROM schedules WHERE project = $1 AND workflow = $2";
        let rows = self.rows(sql, args![project.as_str(), workflow]).await?;
        rows.first().map(|row| row.time(0)).transpose()
    }

    /// Makes a workflow due at a moment, whatever its row says.
    pub async fn make_due(&self, schedule: &Schedule) -> Result<(), StoreError> {
        let sql = put!("UPDATE SET rule = excluded.rule, next_at = excluded.next_at");
        self.change(sql, columns(schedule)).await.map(drop)
    }

    /// Sets the next moment of what was done just now, unless it has been made due anew since `seen` was read: by [`Store::due_at`].
    pub async fn done_until(&self, seen: Option<Timestamp>, next: &Schedule) -> Result<(), StoreError> {
        let Some(seen) = seen else {
            return self.change(put!("NOTHING"), columns(next)).await.map(drop);
        };
        let sql = "UPDATE schedules SET next_at = $4 WHERE project = $1 AND workflow = $2 AND next_at = $3";
        let row = args![next.project.as_str(), next.workflow.as_str(), seen, next.next_at];
        self.change(sql, row).await.map(drop)
    }

    /// Forgets a schedule.
    pub async fn forget_schedule(&self, project: &ProjectGid, workflow: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM schedules WHERE project = $1 AND workflow = $2";
        self.change(sql, args![project.as_str(), workflow]).await.map(drop)
    }

    /// Moves a schedule on and asks for the work, if nobody else has done so since `seen` was read; whether it was this call.
    pub async fn fire(&self, seen: &Schedule, next: Timestamp, job: &NewJob) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let moved = tx
            .exec(
                "UPDATE schedules SET next_at = $4 WHERE project = $1 AND workflow = $2 AND next_at = $3",
                args![seen.project.as_str(), seen.workflow.as_str(), seen.next_at, next],
            )
            .await?;
        if moved == 1 {
            enqueue(&mut tx, std::slice::from_ref(job)).await?;
        }
        tx.commit().await?;
        Ok(moved == 1)
    }
}

fn columns(row: &Schedule) -> Vec<Arg> {
    args![row.project.as_str(), row.workflow.as_str(), row.rule.as_str(), row.next_at]
}
