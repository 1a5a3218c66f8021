//! Rubric versions of a project: proposed, and what a person made of each.
//!
//! At most one version of a project is accepted at a time; the database holds that too. Proposals and decisions go into the
//! audit chain in the same transaction. Deliberately not here: whether a rubric is any good.

use crate::audit::{AuditEntry, append};
use crate::conn::{Row, Tx, args};
use crate::{Store, StoreError};
use domain::ProjectGid;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a proposal came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Answers to "A or B first?".
    Answers,
    /// What was taken up and overruled in the past.
    History,
    /// What somebody asked for.
    Hand,
    /// The configuration, where the golden set keeps it from being in force by itself.
    File,
}

impl Origin {
    /// The word that is kept.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Origin::Answers => "answers",
            Origin::History => "history",
            Origin::Hand => "hand",
            Origin::File => "file",
        }
    }
}

/// What became of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RubricState {
    /// It waits for a person.
    Proposed,
    /// It is in force.
    Accepted,
    /// A person said no.
    Rejected,
    /// It was in force.
    Retired,
}

impl RubricState {
    /// The word that is kept.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            RubricState::Proposed => "proposed",
            RubricState::Accepted => "accepted",
            RubricState::Rejected => "rejected",
            RubricState::Retired => "retired",
        }
    }
}

/// One version of a project's rubric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RubricVersion {
    /// Its id, `rub_…`.
    pub id: String,
    /// The project.
    pub project: ProjectGid,
    /// The version that judgements carry; there is one of a name in a project.
    pub version: String,
    /// The rubric's canonical text.
    pub body: String,
    /// Where it came from.
    pub origin: Origin,
    /// When.
    pub proposed_at: Timestamp,
    /// What speaks for it.
    pub evidence: serde_json::Value,
    /// What became of it.
    pub state: RubricState,
    /// Who decided that last.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// A decision about a version.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// What else the audit should keep: the golden set's figures, a reason.
    pub note: serde_json::Value,
}

impl Store {
    /// Keeps a proposal and audits it.
    pub async fn propose_rubric(&self, proposed: &RubricVersion, by: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO rubrics (id, project, version, body, origin, proposed_at, evidence, state) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![
                proposed.id.as_str(),
                proposed.project.as_str(),
                proposed.version.as_str(),
                proposed.body.as_str(),
                proposed.origin.word(),
                proposed.proposed_at,
                proposed.evidence.to_string(),
                RubricState::Proposed.word()
            ],
        )
        .await?;
        let decision = Decision { by, at: proposed.proposed_at, note: proposed.evidence.clone() };
        append(&mut tx, &[entry(proposed, RubricState::Proposed, &decision)]).await?;
        tx.commit().await
    }

    /// All versions of a project, newest first.
    pub async fn rubrics(&self, project: &ProjectGid) -> Result<Vec<RubricVersion>, StoreError> {
        let sql = "SELECT id, project, version, body, origin, proposed_at, evidence, state, decided_by, decided_at \
                   FROM rubrics WHERE project = $1 ORDER BY seq DESC";
        self.rows(sql, args![project.as_str()]).await?.iter().map(version).collect()
    }

    /// The accepted version of a project, if there is one.
    pub async fn accepted_rubric(&self, project: &ProjectGid) -> Result<Option<RubricVersion>, StoreError> {
        Ok(self.rubrics(project).await?.into_iter().find(|known| known.state == RubricState::Accepted))
    }

    /// Puts a version in force; the one that was is retired. The answers it was fitted on are spent: they do not count again.
    pub async fn accept_rubric(
        &self,
        version: &RubricVersion,
        decision: &Decision<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for old in accepted(&mut tx, &version.project).await? {
            decide(&mut tx, &old, RubricState::Retired, decision).await?;
        }
        decide(&mut tx, version, RubricState::Accepted, decision).await?;
        // What somebody asked for was fitted on nothing.
        if !matches!(version.origin, Origin::Hand | Origin::File) {
            tx.exec(
                "UPDATE answers SET spent = $1 WHERE project = $2 AND spent IS NULL AND answered_at <= $3",
                args![version.id.as_str(), version.project.as_str(), version.proposed_at],
            )
            .await?;
        }
        tx.commit().await
    }

    /// Turns a proposal down.
    pub async fn reject_rubric(
        &self,
        version: &RubricVersion,
        decision: &Decision<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        decide(&mut tx, version, RubricState::Rejected, decision).await?;
        tx.commit().await
    }

    /// Takes the accepted version out of force, and answers it. The answers count again: they moved the configured rubric.
    pub async fn retire_rubric(
        &self,
        project: &ProjectGid,
        decision: &Decision<'_>,
    ) -> Result<Option<RubricVersion>, StoreError> {
        let mut tx = self.write().await?;
        let old = accepted(&mut tx, project).await?.pop();
        if let Some(old) = &old {
            decide(&mut tx, old, RubricState::Retired, decision).await?;
            tx.exec("UPDATE answers SET spent = NULL WHERE project = $1", args![project.as_str()]).await?;
        }
        tx.commit().await?;
        Ok(old)
    }
}

async fn accepted(tx: &mut Tx, project: &ProjectGid) -> Result<Vec<RubricVersion>, StoreError> {
    let sql = "SELECT id, project, version, body, origin, proposed_at, evidence, state, decided_by, decided_at \
               FROM rubrics WHERE project = $1 AND state = 'accepted'";
    tx.rows(sql, args![project.as_str()]).await?.iter().map(version).collect()
}

async fn decide(
    tx: &mut Tx,
    about: &RubricVersion,
    state: RubricState,
    decision: &Decision<'_>,
) -> Result<(), StoreError> {
    let sql = "UPDATE rubrics SET state = $1, decided_by = $2, decided_at = $3 WHERE id = $4";
    tx.exec(sql, args![state.word(), decision.by, decision.at, about.id.as_str()]).await?;
    append(tx, &[entry(about, state, decision)]).await
}

fn entry(about: &RubricVersion, state: RubricState, decision: &Decision<'_>) -> AuditEntry {
    let body = serde_json::json!({
        "rubric": about.id, "version": about.version, "state": state, "was": about.state, "note": decision.note,
    });
    AuditEntry {
        at: decision.at,
        actor: decision.by.to_owned(),
        kind: "rubric".into(),
        subject: format!("project {}", about.project),
        body,
    }
}

fn version(row: &Row) -> Result<RubricVersion, StoreError> {
    Ok(RubricVersion {
        id: row.text(0)?,
        project: ProjectGid::new(row.text(1)?),
        version: row.text(2)?,
        body: row.text(3)?,
        origin: row.word(4)?,
        proposed_at: row.time(5)?,
        evidence: row.json(6)?,
        state: row.word(7)?,
        decided_by: row.text_opt(8)?,
        decided_at: row.time_opt(9)?,
    })
}
