//! Approvals: what waits for a person's word, and what became of it.
//!
//! One pending row a project, task and kind of value: a unique index holds that. A row that ended is never changed again, so of
//! two who answer at once one is first. Every question and every ending is audited in the transaction that keeps it; that a newer
//! plan asks the same is not. Rows hold names of tasks and values as plans do, and stay as plans do when texts are forgotten.
//! Deliberately not here: when a question is asked or ends (`decide`).

use crate::audit::{AuditEntry, append};
use crate::conn::{Arg, Row, args, json};
use crate::{Store, StoreError};
use domain::{Approval, ApprovalId, ApprovalState, ProjectGid};
use jiff::Timestamp;

/// Which approvals are looked for.
#[derive(Clone, Debug, Default)]
pub struct ApprovalQuery {
    /// Of this project; of every one when left out.
    pub project: Option<ProjectGid>,
    /// In this state; in every one when left out.
    pub state: Option<ApprovalState>,
    /// Those that ended at or after this moment; all when left out.
    pub settled_since: Option<Timestamp>,
}

impl Store {
    /// Approvals, the first asked first.
    pub async fn approvals(&self, query: &ApprovalQuery) -> Result<Vec<Approval>, StoreError> {
        let sql = "SELECT body FROM approvals WHERE ($1 IS NULL OR project = $1) AND ($2 IS NULL OR state = $2) \
                   AND ($3 IS NULL OR settled_at >= $3) ORDER BY asked_at, seq";
        let project = query.project.as_ref().map(ProjectGid::as_str);
        let args = args![project, query.state.map(ApprovalState::word), query.settled_since];
        self.rows(sql, args).await?.iter().map(approval).collect()
    }

    /// Those of these ids that there are.
    pub async fn approvals_named(&self, ids: &[ApprovalId]) -> Result<Vec<Approval>, StoreError> {
        let mut tx = self.read().await?;
        let keys = ids.iter().map(|id| Arg::from(id.as_str())).collect();
        let rows = tx.rows_in("SELECT body FROM approvals WHERE id IN", vec![], keys).await?;
        tx.commit().await?;
        rows.iter().map(approval).collect()
    }

    /// What people last said in a project, or did not say in time: one a task and kind of value.
    pub async fn last_approvals(&self, project: &ProjectGid) -> Result<Vec<Approval>, StoreError> {
        let sql = "SELECT a.body FROM approvals a WHERE a.project = $1 \
                   AND a.state IN ('approved', 'rejected', 'expired') AND NOT EXISTS \
                   (SELECT 1 FROM approvals b WHERE b.project = a.project AND b.task = a.task AND b.what = a.what \
                   AND b.seq > a.seq AND b.state IN ('approved', 'rejected', 'expired'))";
        self.rows(sql, args![project.as_str()]).await?.iter().map(approval).collect()
    }

    /// Projects in which something pending ends by itself at or before `expired`, or was asked at or before `silent`.
    pub async fn approvals_due(
        &self,
        expired: Timestamp,
        silent: Option<Timestamp>,
    ) -> Result<Vec<ProjectGid>, StoreError> {
        let sql = "SELECT DISTINCT project FROM approvals WHERE state = 'pending' \
                   AND (expires_at <= $1 OR asked_at <= $2)";
        let rows = self.rows(sql, args![expired, silent]).await?;
        rows.iter().map(|row| Ok(ProjectGid::new(row.text(0)?))).collect()
    }

    /// How many are pending in a project.
    pub async fn pending_count(&self, project: &ProjectGid) -> Result<usize, StoreError> {
        let sql = "SELECT COUNT(*) FROM approvals WHERE project = $1 AND state = 'pending'";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        let count = rows.first().map_or(Ok(0), |row| row.count(0))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Keeps what became of questions, all or none: those that ended, those asked again by a newer plan, then new ones. One that had
    /// ended already stays as it ended. Returns the ids of those that ended now.
    pub async fn keep_approvals(
        &self,
        at: Timestamp,
        known: &[Approval],
        new: &[Approval],
    ) -> Result<Vec<ApprovalId>, StoreError> {
        if known.is_empty() && new.is_empty() {
            return Ok(vec![]);
        }
        let (mut ended, mut entries) = (vec![], vec![]);
        let mut tx = self.write().await?;
        for one in known {
            let settled = one.settled.as_ref().map(|settled| settled.at);
            let sql = "UPDATE approvals SET state = $1, settled_at = $2, body = $3 WHERE id = $4 AND state = 'pending'";
            let changed = tx.exec(sql, args![one.state.word(), settled, json(one), one.id.as_str()]).await?;
            if changed > 0 && one.state != ApprovalState::Pending {
                ended.push(one.id.clone());
                entries.push(entry(at, one));
            }
        }
        let row = |one: &Approval| {
            args![
                one.id.as_str(),
                one.project.as_str(),
                one.ask.task.as_str(),
                one.ask.what.as_str(),
                one.state.word(),
                one.asked_at,
                one.expires_at,
                json(one)
            ]
        };
        tx.insert_rows(
            "INSERT INTO approvals (id, project, task, what, state, asked_at, expires_at, body)",
            new.iter().map(row).collect(),
            "",
        )
        .await?;
        entries.extend(new.iter().map(|one| entry(at, one)));
        append(&mut tx, &entries).await?;
        tx.commit().await?;
        Ok(ended)
    }
}

fn approval(row: &Row) -> Result<Approval, StoreError> {
    row.json(0)
}

fn entry(at: Timestamp, one: &Approval) -> AuditEntry {
    let actor = one.settled.as_ref().map_or_else(|| "Upnext".to_owned(), |settled| settled.by.clone());
    let body = serde_json::json!({ "approval": one });
    AuditEntry { at, actor, kind: "approval".into(), subject: format!("task {}", one.ask.task), body }
}
