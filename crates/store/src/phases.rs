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

    /// The newest decisions that count and were made for a portfolio: of each project, the newest of all where it is one of those.
    /// The second are projects in which something was decided since.
    pub async fn phases_of_portfolio(
        &self,
        portfolio: &PortfolioGid,
    ) -> Result<(Vec<PhaseDecision>, Vec<ProjectGid>), StoreError> {
        let sql = "SELECT body FROM phases WHERE taken_back_at IS NULL ORDER BY seq";
        let all: Vec<PhaseDecision> =
            self.rows(sql, vec![]).await?.iter().map(|row| row.json(0)).collect::<Result<_, _>>()?;
        let is_of = |decision: &PhaseDecision| decision.portfolio.as_ref() == Some(portfolio);
        let mut newest: BTreeMap<ProjectGid, (bool, PhaseDecision)> = BTreeMap::new();
        for decision in all {
            let was_of = newest.get(&decision.project).is_some_and(|(any, _)| *any);
            newest.insert(decision.project.clone(), (was_of || is_of(&decision), decision));
        }
        let (mut theirs, mut since) = (vec![], vec![]);
        for (project, (any, decision)) in newest {
            match (any, is_of(&decision)) {
                (true, true) => theirs.push(decision),
                (true, false) => since.push(project),
                (false, _) => {}
            }
        }
        Ok((theirs, since))
    }

    /// Keeps a decision and audits it.
    pub async fn decide_phase(&self, decision: &PhaseDecision) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO phases (project, decided_at, body) VALUES ($1, $2, $3)",
            args![decision.project.as_str(), decision.at, json(decision)],
        )
        .await?;
        let entry = AuditEntry {
            at: decision.at,
            actor: decision.by.clone(),
            kind: "phase".into(),
            subject: format!("project {}", decision.project),
            body: serde_json::json!({ "decision": decision }),
        };
        append(&mut tx, &[entry]).await?;
        tx.commit().await
    }

    /// Takes the newest decision of a project back and audits that; none when there is none.
    pub async fn take_back_phase(
        &self,
        project: &ProjectGid,
        how: TakingBack<'_>,
        at: Timestamp,
    ) -> Result<Option<PhaseDecision>, StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE phases SET taken_back_at = $1 WHERE seq = (SELECT MAX(seq) FROM phases \
                   WHERE project = $2 AND taken_back_at IS NULL) RETURNING body";
        let rows = tx.rows(sql, args![at, project.as_str()]).await?;
        let taken: Option<PhaseDecision> = rows.first().map(|row: &Row| row.json(0)).transpose()?;
        if let Some(taken) = &taken {
            let entry = AuditEntry {
                at,
                actor: how.by.to_owned(),
                kind: "phase".into(),
                subject: format!("project {project}"),
                body: serde_json::json!({ "taken_back": taken, "reason": how.reason, "evidence": how.evidence }),
            };
            append(&mut tx, &[entry]).await?;
        }
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
