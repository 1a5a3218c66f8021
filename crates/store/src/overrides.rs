//! Overrides: where a person set another value than Upnext's. They are the labels that confidence is measured on.
//!
//! The same override, a person's value in a field of a task, is recorded once. Deliberately not here: finding them.

use crate::audit::{AuditEntry, append};
use crate::conn::{Arg, args, json};
use crate::ledger::{Settled, Slot, note_written};
use crate::runs::known_run;
use crate::{Store, StoreError};
use domain::{Digest, FieldGid, FieldValue, Person, ProjectGid, RunId, TaskGid, Written};
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

/// What somebody said about an override.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverrideNote {
    /// Why it was made.
    pub text: String,
    /// Who says so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// An override as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeptOverride {
    /// Its id, `ovr_…`.
    pub id: String,
    /// When a run found it.
    pub recorded_at: Timestamp,
    /// What was found.
    #[serde(flatten)]
    pub found: Override,
    /// What somebody said about it.
    pub note: Option<OverrideNote>,
}

/// A place on a task that a person gives back to Upnext.
#[derive(Clone, Debug)]
pub struct Release {
    /// The project.
    pub project: ProjectGid,
    /// The task.
    pub task: TaskGid,
    /// The place.
    pub slot: Slot,
    /// Its name, for people.
    pub field: String,
    /// The value that stands there, which counts as Upnext's from now on.
    pub written: Written,
    /// Who gives it back.
    pub by: String,
    /// Why, if it was said.
    pub reason: Option<String>,
}

/// Digits of a digest that an id shows.
const ID_DIGITS: usize = 12;

impl Store {
    /// The overrides of a project with what was said about them, in the order they were recorded.
    pub async fn kept_overrides(&self, project: &ProjectGid) -> Result<Vec<KeptOverride>, StoreError> {
        let sql = "SELECT o.digest, o.recorded_at, o.body, n.body FROM overrides o \
                   LEFT JOIN override_notes n ON n.digest = o.digest WHERE o.project = $1 ORDER BY o.seq";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        rows.iter()
            .map(|row| {
                let note = if row.text_opt(3)?.is_some() { Some(row.json(3)?) } else { None };
                let digits: String = row.text(0)?.chars().take(ID_DIGITS).collect();
                let id = format!("ovr_{digits}");
                Ok(KeptOverride { id, recorded_at: row.time(1)?, found: row.json(2)?, note })
            })
            .collect()
    }

    /// Notes why an override was made, in place of an earlier note, and audits it; false when there is none of that id.
    pub async fn note_override(&self, id: &str, note: &OverrideNote) -> Result<bool, StoreError> {
        let Some(digits) = id.strip_prefix("ovr_").filter(|digits| digits.len() == ID_DIGITS) else {
            return Ok(false);
        };
        let mut tx = self.write().await?;
        let sql = "SELECT digest, body FROM overrides WHERE SUBSTR(digest, 1, 12) = $1";
        let rows = tx.rows(sql, args![digits]).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let found: Override = row.json(1)?;
        tx.exec(
            "INSERT INTO override_notes (digest, noted_at, body) VALUES ($1, $2, $3) ON CONFLICT (digest) \
             DO UPDATE SET noted_at = excluded.noted_at, body = excluded.body",
            args![row.text(0)?, note.at, json(note)],
        )
        .await?;
        let entry = AuditEntry {
            at: note.at,
            actor: note.by.clone(),
            kind: "override_note".into(),
            subject: format!("task {}", found.task),
            body: serde_json::json!({ "override": id, "field": found.field_name, "note": note }),
        };
        append(&mut tx, &[entry]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Notes that a value counts as Upnext's from now on, because a person gave it back, and audits it.
    pub async fn release(&self, release: &Release) -> Result<(), StoreError> {
        let Release { project, task, slot, written, .. } = release;
        let mut settled = Settled::new();
        settled.insert((task.as_str().to_owned(), slot.key()), (written.value.clone(), written.at));
        let mut tx = self.write().await?;
        note_written(&mut tx, project.as_str(), settled).await?;
        let body = serde_json::json!({
            "project": project, "field": release.field, "value": written.value, "reason": release.reason,
        });
        let entry = AuditEntry {
            at: written.at,
            actor: release.by.clone(),
            kind: "release".into(),
            subject: format!("task {task}"),
            body,
        };
        append(&mut tx, &[entry]).await?;
        tx.commit().await
    }

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
