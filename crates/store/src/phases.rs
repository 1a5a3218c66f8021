//! Phases that people decided on: a stack of decisions a project, each audited.
//!
//! Nothing is deleted: what was taken back is marked so, and what was decided before it counts again. Deliberately not here: what
//! a decision means beside the configuration (`engine`).

use crate::audit::{AuditEntry, append};
use crate::conn::{Row, args, json};
use crate::{Store, StoreError};
use domain::{Phase, PortfolioGid, ProjectGid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// For which tasks of a project a phase holds; for all when everything is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseScope {
    /// The field that tells the task type, with `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

impl PhaseScope {
    /// Whether it is all of the project.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == PhaseScope::default()
    }
}

impl std::fmt::Display for PhaseScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.field, &self.value, &self.section) {
            (Some(field), Some(value), None) => write!(f, "tasks with {field} = {value}"),
            (Some(field), Some(value), Some(section)) => {
                write!(f, "tasks with {field} = {value} in section {section}")
            }
            (_, _, Some(section)) => write!(f, "tasks in section {section}"),
            _ => f.write_str("the whole project"),
        }
    }
}

/// A person's decision on a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseDecision {
    /// The project.
    pub project: ProjectGid,
    /// For which of its tasks.
    #[serde(flatten)]
    pub scope: PhaseScope,
    /// The portfolio for whose projects it was decided together, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portfolio: Option<PortfolioGid>,
    /// The phase.
    pub phase: Phase,
    /// The phase that was in force there before.
    pub before: Phase,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, if it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What evidence was lacking when it was decided all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<String>,
    /// What spoke for it and against it at that moment, as the engine told it; null in decisions made before that was kept.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub evidence: serde_json::Value,
}

/// Who takes a decision back, and what is kept of it.
#[derive(Clone, Copy, Debug)]
pub struct TakingBack<'a> {
    /// Who.
    pub by: &'a str,
    /// Why, if it was said.
    pub reason: Option<&'a str>,
    /// What evidence there was at that moment.
    pub evidence: &'a serde_json::Value,
}

impl Store {
    /// The decisions of a project that count, oldest first.
    pub async fn phases(&self, project: &ProjectGid) -> Result<Vec<PhaseDecision>, StoreError> {
        let sql = "SELECT body FROM phases WHERE project = $1 AND taken_back_at IS NULL ORDER BY seq";
        self.rows(sql, args![project.as_str()]).await?.iter().map(|row| row.json(0)).collect()
    }

    /// The newest decision of a project that counts, with its place among all.
    pub async fn newest_phase(
        &self,
        project: &ProjectGid,
    ) -> Result<Option<(u64, PhaseDecision)>, StoreError> {
        let sql = "SELECT seq, body FROM phases WHERE project = $1 AND taken_back_at IS NULL ORDER BY seq DESC LIMIT 1";
        self.rows(sql, args![project.as_str()]).await?.first().map(placed).transpose()
    }

    /// What was decided last for a portfolio, which is one set of decisions with one moment: those that are the newest of their
    /// projects, each with its place among all. The second are its projects in which something was decided since.
    pub async fn phases_of_portfolio(
        &self,
        portfolio: &PortfolioGid,
    ) -> Result<(Vec<(u64, PhaseDecision)>, Vec<ProjectGid>), StoreError> {
        let sql = "SELECT seq, body FROM phases WHERE taken_back_at IS NULL ORDER BY seq";
        let all: Vec<(u64, PhaseDecision)> =
            self.rows(sql, vec![]).await?.iter().map(placed).collect::<Result<_, _>>()?;
        let of_portfolio = |decision: &PhaseDecision| {
            decision.portfolio.as_ref().filter(|of| *of == portfolio).map(|_| decision.at)
        };
        let Some(last) = all.iter().rev().find_map(|(_, decision)| of_portfolio(decision)) else {
            return Ok((vec![], vec![]));
        };
        let is_of = |decision: &PhaseDecision| of_portfolio(decision) == Some(last);
        let mut newest: BTreeMap<ProjectGid, (bool, (u64, PhaseDecision))> = BTreeMap::new();
        for (seq, decision) in all {
            let was_of = newest.get(&decision.project).is_some_and(|(any, _)| *any);
            newest.insert(decision.project.clone(), (was_of || is_of(&decision), (seq, decision)));
        }
        let (mut theirs, mut since) = (vec![], vec![]);
        for (project, (any, placed)) in newest {
            match (any, is_of(&placed.1)) {
                (true, true) => theirs.push(placed),
                (true, false) => since.push(project),
                (false, _) => {}
            }
        }
        Ok((theirs, since))
    }

    /// Keeps decisions and audits them: all or, where that fails, none.
    pub async fn decide_phases(&self, decisions: &[PhaseDecision]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let mut entries = vec![];
        for decision in decisions {
            tx.exec(
                "INSERT INTO phases (project, decided_at, body) VALUES ($1, $2, $3)",
                args![decision.project.as_str(), decision.at, json(decision)],
            )
            .await?;
            entries.push(AuditEntry {
                at: decision.at,
                actor: decision.by.clone(),
                kind: "phase".into(),
                subject: format!("project {}", decision.project),
                body: serde_json::json!({ "decision": decision }),
            });
        }
        append(&mut tx, &entries).await?;
        tx.commit().await
    }

    /// Takes decisions back and audits that, all in one. The answer are those taken back: one that is no longer the newest of its
    /// project stays, as nobody meant to take back what was decided since.
    pub async fn take_back_phases(
        &self,
        all: &[(u64, TakingBack<'_>)],
        at: Timestamp,
    ) -> Result<Vec<PhaseDecision>, StoreError> {
        let mut tx = self.write().await?;
        let (mut taken, mut entries) = (vec![], vec![]);
        for (seq, how) in all {
            let sql = "UPDATE phases SET taken_back_at = $1 WHERE seq = $2 AND taken_back_at IS NULL AND NOT EXISTS \
                       (SELECT 1 FROM phases AS later WHERE later.project = phases.project AND later.seq > phases.seq \
                       AND later.taken_back_at IS NULL) RETURNING body";
            let rows = tx.rows(sql, args![at, *seq]).await?;
            let Some(decision) = rows.first().map(|row: &Row| row.json::<PhaseDecision>(0)).transpose()?
            else {
                continue;
            };
            entries.push(AuditEntry {
                at,
                actor: how.by.to_owned(),
                kind: "phase".into(),
                subject: format!("project {}", decision.project),
                body: serde_json::json!({ "taken_back": decision, "reason": how.reason, "evidence": how.evidence }),
            });
            taken.push(decision);
        }
        append(&mut tx, &entries).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Keeps what the last backtest of a project came to, in place of the one before.
    pub async fn keep_backtest(
        &self,
        project: &ProjectGid,
        at: Timestamp,
        body: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO backtests (project, made_at, body) VALUES ($1, $2, $3) ON CONFLICT (project) \
                   DO UPDATE SET made_at = excluded.made_at, body = excluded.body";
        self.change(sql, args![project.as_str(), at, body.to_string()]).await.map(drop)
    }

    /// When the last backtest of a project was made, and what it came to.
    pub async fn last_backtest(
        &self,
        project: &ProjectGid,
    ) -> Result<Option<(Timestamp, serde_json::Value)>, StoreError> {
        let rows =
            self.rows("SELECT made_at, body FROM backtests WHERE project = $1", args![project.as_str()]);
        rows.await?.first().map(|row| Ok((row.time(0)?, row.json(1)?))).transpose()
    }
}

/// A decision with its place among all.
fn placed(row: &Row) -> Result<(u64, PhaseDecision), StoreError> {
    Ok((row.count(0)?, row.json(1)?))
}
