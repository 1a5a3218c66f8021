//! What was heard of changes in Asana: deliveries as they came, then which tasks to look at again.
//!
//! A delivery is durable before it is acknowledged and is sorted later; sorting takes deliveries away, notes the tasks and asks for
//! the work in one transaction, so that a crash loses nothing and at most looks twice. A task stands once however often it
//! changed: events carry no values, and whoever looks at a task sees its present state anyway.
//! Deliberately not here: reading a delivery's body.

use crate::conn::{Row, args};
use crate::jobs::enqueue;
use crate::{NewJob, Store, StoreError};
use domain::{ProjectGid, TaskGid};
use jiff::Timestamp;

/// A delivery of a webhook, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The project whose webhook it is.
    pub project: ProjectGid,
    /// When it came.
    pub received_at: Timestamp,
    /// Its body, byte for byte.
    pub body: Vec<u8>,
}

/// A delivery that waits to be sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsorted {
    /// Its number.
    pub id: i64,
    /// The delivery.
    pub delivery: Delivery,
}

/// A task that something was heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its project.
    pub project: ProjectGid,
    /// The task.
    pub task: TaskGid,
    /// When the first of it was heard.
    pub first_at: Timestamp,
    /// When the last of it was heard.
    pub last_at: Timestamp,
    /// How often.
    pub events: u64,
}

impl Store {
    /// Keeps deliveries: durable once this returns.
    pub async fn receive(&self, deliveries: Vec<Delivery>) -> Result<(), StoreError> {
        let rows = deliveries.into_iter().map(|d| args![d.project.as_str(), d.received_at, d.body]).collect();
        let mut tx = self.write().await?;
        tx.insert_rows("INSERT INTO deliveries (project, received_at, body)", rows, "").await?;
        tx.commit().await
    }

    /// The oldest deliveries that wait to be sorted.
    pub async fn unsorted(&self, limit: u32) -> Result<Vec<Unsorted>, StoreError> {
        let sql = "SELECT seq, project, received_at, body FROM deliveries ORDER BY seq LIMIT $1";
        let unsorted = |row: &Row| {
            let project = ProjectGid::new(row.text(1)?);
            let delivery = Delivery { project, received_at: row.time(2)?, body: row.blob(3)? };
            Ok(Unsorted { id: row.int(0)?, delivery })
        };
        self.rows(sql, args![i64::from(limit)]).await?.iter().map(unsorted).collect()
    }

    /// Takes sorted deliveries away, notes what changed, which projects were heard of and when, and asks for the work, all at once.
    /// No task twice.
    pub async fn sort(
        &self,
        sorted: &[i64],
        changes: &[Change],
        jobs: &[NewJob],
        (projects, at): (&[&ProjectGid], Timestamp),
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for project in projects {
            let sql = "UPDATE connections SET heard_at = $2 WHERE project = $1";
            tx.exec(sql, args![project.as_str(), at]).await?;
        }
        let ids = sorted.iter().map(|id| (*id).into()).collect();
        tx.rows_in("DELETE FROM deliveries WHERE seq IN", vec![], ids).await?;
        let rows = changes
            .iter()
            .map(|c| args![c.project.as_str(), c.task.as_str(), c.first_at, c.last_at, c.events])
            .collect();
        tx.insert_rows(
            "INSERT INTO changes (project, task, first_at, last_at, events)",
            rows,
            "ON CONFLICT (project, task) DO UPDATE SET events = changes.events + excluded.events, \
             last_at = CASE WHEN excluded.last_at > changes.last_at THEN excluded.last_at ELSE changes.last_at END",
        )
        .await?;
        enqueue(&mut tx, jobs).await?;
        tx.commit().await
    }

    /// What was heard of a project's tasks and not looked at yet, the oldest first.
    pub async fn changes(&self, project: &ProjectGid) -> Result<Vec<Change>, StoreError> {
        let sql = "SELECT project, task, first_at, last_at, events FROM changes WHERE project = $1 ORDER BY first_at, task";
        let change = |row: &Row| {
            Ok(Change {
                project: ProjectGid::new(row.text(0)?),
                task: TaskGid::new(row.text(1)?),
                first_at: row.time(2)?,
                last_at: row.time(3)?,
                events: row.count(4)?,
            })
        };
        self.rows(sql, args![project.as_str()]).await?.iter().map(change).collect()
    }

    /// Notes that changes were looked at. What was heard of a task since stays.
    pub async fn looked_at(&self, changes: &[Change]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for change in changes {
            tx.exec(
                "DELETE FROM changes WHERE project = $1 AND task = $2 AND last_at <= $3",
                args![change.project.as_str(), change.task.as_str(), change.last_at],
            )
            .await?;
        }
        tx.commit().await
    }

    /// How many deliveries wait to be sorted and how many tasks to be looked at, and since when the oldest does.
    pub async fn waiting(&self) -> Result<(u64, u64, Option<Timestamp>), StoreError> {
        let sql = "SELECT (SELECT COUNT(*) FROM deliveries), (SELECT COUNT(*) FROM changes), \
             (SELECT MIN(at) FROM (SELECT MIN(received_at) AS at FROM deliveries UNION ALL SELECT MIN(first_at) FROM changes) w)";
        let rows = self.rows(sql, vec![]).await?;
        rows.first().map_or(Ok((0, 0, None)), |row| Ok((row.count(0)?, row.count(1)?, row.time_opt(2)?)))
    }
}
