//! Overrides: where a person set another value than Upnext's. They are the labels that confidence is measured on.
//!
//! The same override, a person's value in a field of a task, is recorded once. Deliberately not here: finding them.

use crate::audit::{AuditEntry, append};
use crate::conn::{Arg, args, json};
use crate::runs::known_run;
use crate::{Store, StoreError};
use domain::{Digest, FieldGid, FieldValue, Person, ProjectGid, RunId, TaskGid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// A person's value where Upnext had written another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// The project it was found in.
    pub project: ProjectGid,
    /// The task.
    pub task: TaskGid,
    /// Its name, for people.
    pub name: String,
    /// The field.
    pub field: FieldGid,
    /// The field's name.
    pub field_name: String,
    /// What Upnext had written; `None` when it had cleared the field.
    pub ours: Option<FieldValue>,
    /// What the person set; `None` when they cleared it.
    pub theirs: Option<FieldValue>,
    /// Who, when Asana's stories say.
    pub by: Option<Person>,
    /// When, when Asana's stories say.
    pub at: Option<Timestamp>,
}

impl Store {
    /// Records overrides found by a run and audits each; returns how many were new.
    pub async fn record_overrides(
        &self,
        run: &RunId,
        at: Timestamp,
        overrides: &[Override],
    ) -> Result<usize, StoreError> {
        let found: BTreeMap<Digest, &Override> = overrides.iter().map(|o| (same(o), o)).collect();
        let mut tx = self.write().await?;
        known_run(&mut tx, run).await?;
        let keys = found.keys().map(|d| Arg::from(d.as_str())).collect();
        let rows = tx.rows_in("SELECT digest FROM overrides WHERE digest IN", vec![], keys).await?;
        let known =
            rows.iter().map(|r| r.text(0).map(Digest::from_hex)).collect::<Result<HashSet<_>, _>>()?;
        let new: Vec<(&Digest, &Override)> =
            found.iter().filter(|(digest, _)| !known.contains(digest)).map(|(d, o)| (d, *o)).collect();
        let row =
            |(d, o): &(&Digest, &Override)| args![d.as_str(), run.as_str(), o.project.as_str(), at, json(o)];
        tx.insert_rows(
            "INSERT INTO overrides (digest, run, project, recorded_at, body)",
            new.iter().map(row).collect(),
            "",
        )
        .await?;
        let entries: Vec<AuditEntry> = new.iter().map(|(_, o)| entry(run, at, o)).collect();
        append(&mut tx, &entries).await?;
        tx.commit().await?;
        Ok(new.len())
    }

    /// All overrides of a project, in the order they were recorded.
    pub async fn overrides(&self, project: &ProjectGid) -> Result<Vec<Override>, StoreError> {
        let sql = "SELECT body FROM overrides WHERE project = $1 ORDER BY seq";
        self.rows(sql, args![project.as_str()]).await?.iter().map(|row| row.json(0)).collect()
    }
}

/// What makes two overrides the same: task, field and the person's value the way Asana compares values.
fn same(o: &Override) -> Digest {
    let theirs = o.theirs.as_ref().map(|value| match value {
        FieldValue::Enum { gid, .. } => json(&("enum", gid)),
        FieldValue::MultiEnum(options) => {
            json(&("multi_enum", options.iter().map(|o| &o.0).collect::<Vec<_>>()))
        }
        // Asana keeps six decimals.
        FieldValue::Number(n) => json(&("number", format!("{n:.6}"))),
        other => json(other),
    });
    Digest::of(&(&o.task, &o.field, theirs))
}

fn entry(run: &RunId, at: Timestamp, o: &Override) -> AuditEntry {
    let actor =
        o.by.as_ref().map_or_else(|| "somebody in Asana".into(), |p| format!("{} ({})", p.name, p.gid));
    let body = serde_json::json!({ "run": run, "override": o });
    AuditEntry { at, actor, kind: "override".into(), subject: format!("task {}", o.task), body }
}
