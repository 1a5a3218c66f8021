//! Plans: their exact bytes, the rules that made them, and how far they have been applied.
//!
//! Plan ids come from content, so two runs may save the same plan: there is one row per run and plan, and attempts
//! count for the plan whoever made them. Plans are never dropped. Deliberately not here: the attempts (`journal`).

use crate::conn::{Arg, Row, Tx, args};
use crate::runs::known_run;
use crate::snapshots::{deflate, inflate};
use crate::{Store, StoreError, journal};
use domain::{Consent, Plan, PlanId, ProjectGid, RunId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// A plan as it was saved.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedPlan {
    /// The run that saved it.
    pub run: RunId,
    /// The plan.
    pub plan: Plan,
    /// Its JSON, byte for byte as saved.
    pub bytes: Vec<u8>,
    /// The rubric and policy it was made with, canonical text.
    pub rules: String,
}

/// One line of a list of plans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlanRow {
    /// The plan.
    pub id: PlanId,
    /// The run that saved it.
    pub run: RunId,
    /// One word: groom, setup or undo.
    pub kind: String,
    /// The project.
    pub project: ProjectGid,
    /// The moment it was made for.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub created_at: Timestamp,
    /// How many actions it has that need nobody's word; what waits for a person is counted with the approvals.
    pub actions: u64,
    /// How many of them are as the plan wants them.
    pub done: u64,
    /// How many could still be done: never tried, not ended, or waiting. Conflicts and refusals are neither.
    pub open: u64,
}

impl Store {
    /// Keeps a plan with the rules that made it, and notes it at its run. Saving it twice in a run changes nothing.
    pub async fn save_plan(&self, run: &RunId, plan: &Plan, rules: &str) -> Result<(), StoreError> {
        let packed = serde_json::to_vec(plan)
            .map_err(std::io::Error::from)
            .and_then(|bytes| deflate(&bytes))
            .map_err(|e| StoreError::unreadable(&self.place, "a new plan", e))?;
        let mut tx = self.write().await?;
        known_run(&mut tx, run).await?;
        tx.exec(
            "INSERT INTO plans (run, id, kind, project, snapshot, created_at, actions, body, rules) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (run, id) DO NOTHING",
            args![
                run.as_str(),
                plan.id.as_str(),
                plan.kind.word(),
                plan.project.gid.as_str(),
                plan.snapshot.as_str(),
                plan.now.at,
                plan.actions.iter().filter(|a| a.consent == Consent::Given).count() as u64,
                packed,
                rules
            ],
        )
        .await?;
        let noted = args![plan.id.as_str(), run.as_str()];
        tx.exec("UPDATE runs SET plan = $1 WHERE id = $2 AND plan IS NULL", noted).await?;
        tx.commit().await
    }

    /// A plan as its last run saved it.
    pub async fn plan(&self, id: &PlanId) -> Result<Option<SavedPlan>, StoreError> {
        let sql = "SELECT run, id, body, rules FROM plans WHERE id = $1 ORDER BY seq DESC LIMIT 1";
        self.first(&self.rows(sql, args![id.as_str()]).await?)
    }

    /// The plan a run saved, or else the one it was started to apply.
    pub async fn plan_of_run(&self, run: &RunId) -> Result<Option<SavedPlan>, StoreError> {
        let sql = "SELECT p.run, p.id, p.body, p.rules FROM plans p \
                   WHERE p.run = $1 OR p.id = (SELECT plan FROM runs WHERE id = $1) \
                   ORDER BY CASE WHEN p.run = $1 THEN 0 ELSE 1 END, p.seq DESC LIMIT 1";
        self.first(&self.rows(sql, args![run.as_str()]).await?)
    }

    /// The newest plan that judged a project, whole or in part: its snapshot is what the project was last known to be.
    pub async fn last_judged(&self, project: &ProjectGid) -> Result<Option<SavedPlan>, StoreError> {
        let sql = "SELECT run, id, body, rules FROM plans WHERE project = $1 AND kind IN ('groom', 'recalculate') \
                   ORDER BY seq DESC LIMIT 1";
        self.first(&self.rows(sql, args![project.as_str()]).await?)
    }

    /// The plans that undid a run of a project, oldest first.
    pub async fn undos(&self, project: &ProjectGid) -> Result<Vec<SavedPlan>, StoreError> {
        let sql = "SELECT run, id, body, rules FROM plans WHERE project = $1 AND kind = 'undo' ORDER BY seq";
        self.rows(sql, args![project.as_str()]).await?.iter().map(|row| self.saved(row)).collect()
    }

    /// The last plans, of one project or of all, newest first.
    pub async fn plans(&self, project: Option<&ProjectGid>, limit: u32) -> Result<Vec<PlanRow>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT id, run, kind, project, created_at, actions FROM plans \
                   WHERE $1 IS NULL OR project = $1 ORDER BY seq DESC LIMIT $2";
        let found = tx.rows(sql, args![project.map(ProjectGid::as_str), i64::from(limit)]).await?;
        let counts = endings(&mut tx, &found).await?;
        tx.commit().await?;
        found.iter().map(|row| plan_row(row, &counts)).collect()
    }

    fn first(&self, rows: &[Row]) -> Result<Option<SavedPlan>, StoreError> {
        rows.first().map(|row| self.saved(row)).transpose()
    }

    fn saved(&self, row: &Row) -> Result<SavedPlan, StoreError> {
        let id = row.text(1)?;
        let damaged = |why: String| StoreError::unreadable(&self.place, &id, why);
        let bytes = inflate(&row.blob(2)?).map_err(|e| damaged(e.to_string()))?;
        let plan = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
        Ok(SavedPlan { run: RunId::new(row.text(0)?), plan, bytes, rules: row.text(3)? })
    }
}

/// Per plan: how many actions ended well, and how many ended for good otherwise.
type Endings = HashMap<String, (u64, u64)>;

async fn endings(tx: &mut Tx, plans: &[Row]) -> Result<Endings, StoreError> {
    let ids = plans.iter().map(|row| row.text(0).map(Arg::from)).collect::<Result<Vec<_>, _>>()?;
    let sql = "SELECT a.plan, a.state FROM attempts a WHERE NOT EXISTS (SELECT 1 FROM attempts b \
               WHERE b.plan = a.plan AND b.action = a.action AND b.number > a.number) AND a.plan IN";
    let mut unique = std::collections::HashSet::new();
    let ids = ids.into_iter().filter(|id| matches!(id, Arg::Text(t) if unique.insert(t.clone()))).collect();
    let mut counts = Endings::new();
    for row in tx.rows_in(sql, vec![], ids).await? {
        let entry = counts.entry(row.text(0)?).or_default();
        match row.int(1)? {
            journal::WELL => entry.0 += 1,
            journal::CLOSED => entry.1 += 1,
            _ => {}
        }
    }
    Ok(counts)
}

fn plan_row(row: &Row, counts: &Endings) -> Result<PlanRow, StoreError> {
    let id = row.text(0)?;
    let (done, closed) = counts.get(&id).copied().unwrap_or_default();
    let actions = row.count(5)?;
    Ok(PlanRow {
        id: PlanId::new(id),
        run: RunId::new(row.text(1)?),
        kind: row.text(2)?,
        project: ProjectGid::new(row.text(3)?),
        created_at: row.time(4)?,
        actions,
        done,
        open: actions.saturating_sub(done + closed),
    })
}
