//! Overrides: where a person set another value than Upnext's. They are the labels that confidence is measured on.
//!
//! The same override, a person's value in a field of a task (or its section), is recorded once, and once more when it was made again
//! later. Where a person then sets another value, that is kept beside it. Deliberately not here: finding them.

use crate::audit::{AuditEntry, append};
use crate::conn::{Arg, Tx, args, json};
use crate::ledger::{Settled, Slot, note_written};
use crate::runs::known_run;
use crate::{Store, StoreError};
use domain::{Digest, FieldGid, FieldValue, Person, ProjectGid, RunId, TaskGid, Written};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A person's value where Upnext had written another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// The project it was found in.
    pub project: ProjectGid,
    /// The task.
    pub task: TaskGid,
    /// Its name, for people.
    pub name: String,
    /// The field; [`Override::SECTION`] for the section, whose values are options with the section's gid and name.
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

impl Override {
    /// Stands for the section in place of a field's gid, and is its name.
    pub const SECTION: &str = "section";

    /// The place it is about.
    #[must_use]
    pub fn slot(&self) -> Slot {
        if self.field.as_str() == Override::SECTION { Slot::Section } else { Slot::Field(self.field.clone()) }
    }
}

/// A person's last change of a place that Upnext writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The task.
    pub task: TaskGid,
    /// The field, as of an override.
    pub field: FieldGid,
    /// What it was set to; `None` when it was cleared.
    pub to: Option<FieldValue>,
    /// Who.
    pub by: Person,
    /// When.
    pub at: Timestamp,
    /// When Upnext last wrote there, or was given what stood there.
    pub ours_at: Timestamp,
}

/// What people did in places that Upnext writes, as a run found it.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// Values of theirs that stand in place of Upnext's.
    pub overrides: Vec<Override>,
    /// Their last changes of tasks that were looked at closely, whether their value stands or Upnext's is back.
    pub edits: Vec<Edit>,
}

/// How a person's value was replaced by a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reversal {
    /// By what; `None` when it was cleared.
    pub to: Option<FieldValue>,
    /// By whom.
    pub by: Person,
    /// When.
    pub at: Timestamp,
}

/// What somebody said about an override.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OverrideNote {
    /// Why it was made.
    pub text: String,
    /// Who says so.
    pub by: String,
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
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
    /// Who replaced it later, and by what; none while it stands, and where that was not seen.
    pub reversal: Option<Reversal>,
}

impl KeptOverride {
    /// Whether a person has put Upnext's value back since: then it speaks against it no more.
    #[must_use]
    pub fn is_put_back(&self) -> bool {
        self.reversal.as_ref().is_some_and(|reversal| reversal.to == self.found.ours)
    }
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
        let sql = "SELECT o.digest, o.recorded_at, o.body, n.body, r.body FROM overrides o \
                   LEFT JOIN override_notes n ON n.digest = o.digest \
                   LEFT JOIN override_reversals r ON r.digest = o.digest WHERE o.project = $1 ORDER BY o.seq";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        rows.iter()
            .map(|row| {
                let note = if row.text_opt(3)?.is_some() { Some(row.json(3)?) } else { None };
                let reversal = if row.text_opt(4)?.is_some() { Some(row.json(4)?) } else { None };
                let id = id_of(&row.text(0)?);
                Ok(KeptOverride { id, recorded_at: row.time(1)?, found: row.json(2)?, note, reversal })
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

    /// Records what a run found people to have done, and audits each: overrides, and which earlier ones were replaced by a person.
    /// Returns how many overrides were new.
    pub async fn record_labels(
        &self,
        run: &RunId,
        at: Timestamp,
        project: &ProjectGid,
        labels: &Labels,
    ) -> Result<usize, StoreError> {
        let mut tx = self.write().await?;
        known_run(&mut tx, run).await?;
        let mut entries = reversals(&mut tx, (run, at), project, &labels.edits).await?;
        let new = unknown(&mut tx, &labels.overrides).await?;
        let row =
            |(d, o): (&Digest, &&Override)| args![d.as_str(), run.as_str(), o.project.as_str(), at, json(*o)];
        tx.insert_rows(
            "INSERT INTO overrides (digest, run, project, recorded_at, body)",
            new.iter().map(row).collect(),
            "",
        )
        .await?;
        entries.extend(new.values().map(|o| entry(run, at, o)));
        append(&mut tx, &entries).await?;
        tx.commit().await?;
        Ok(new.len())
    }
}

fn id_of(digest: &str) -> String {
    format!("ovr_{}", digest.chars().take(ID_DIGITS).collect::<String>())
}

/// The overrides that are not recorded yet, by their digest. One whose value is known and was set again since has a digest of its own.
async fn unknown<'o>(
    tx: &mut Tx,
    overrides: &'o [Override],
) -> Result<BTreeMap<Digest, &'o Override>, StoreError> {
    let mut found: BTreeMap<Digest, &Override> = overrides.iter().map(|o| (same(o), o)).collect();
    let mut again: BTreeMap<Digest, &Override> = BTreeMap::new();
    for (digest, known) in recorded(tx, &found).await? {
        let Some(one) = found.remove(&digest) else { continue };
        if known.at.is_some() && one.at > known.at {
            again.insert(Digest::of(&(digest, one.at)), one);
        }
    }
    for (digest, _) in recorded(tx, &again).await? {
        again.remove(&digest);
    }
    found.append(&mut again);
    Ok(found)
}

/// Those of these digests that are recorded.
async fn recorded(
    tx: &mut Tx,
    wanted: &BTreeMap<Digest, &Override>,
) -> Result<Vec<(Digest, Override)>, StoreError> {
    let keys = wanted.keys().map(|d| Arg::from(d.as_str())).collect();
    let rows = tx.rows_in("SELECT digest, body FROM overrides WHERE digest IN", vec![], keys).await?;
    rows.iter().map(|row| Ok((Digest::from_hex(row.text(0)?), row.json(1)?))).collect()
}

/// An override as it is recorded, when it was made, and whether it is known to be replaced.
struct Known {
    digest: String,
    when: Timestamp,
    found: Override,
    reversed: bool,
}

/// Keeps which overrides people have replaced since, as far as Upnext wrote nothing in between; of each place the newest alone.
async fn reversals(
    tx: &mut Tx,
    (run, now): (&RunId, Timestamp),
    project: &ProjectGid,
    edits: &[Edit],
) -> Result<Vec<AuditEntry>, StoreError> {
    if edits.is_empty() {
        return Ok(vec![]);
    }
    let sql = "SELECT o.digest, o.recorded_at, o.body, r.digest FROM overrides o \
               LEFT JOIN override_reversals r ON r.digest = o.digest WHERE o.project = $1 ORDER BY o.seq";
    let mut known: HashMap<(TaskGid, FieldGid), Vec<Known>> = HashMap::new();
    for row in tx.rows(sql, args![project.as_str()]).await? {
        let found: Override = row.json(2)?;
        let when = found.at.unwrap_or(row.time(1)?);
        let place = (found.task.clone(), found.field.clone());
        let (digest, reversed) = (row.text(0)?, row.text_opt(3)?.is_some());
        known.entry(place).or_default().push(Known { digest, when, found, reversed });
    }
    let (mut rows, mut entries) = (vec![], vec![]);
    for edit in edits {
        let mut of = known.get(&(edit.task.clone(), edit.field.clone())).into_iter().flatten();
        let newest = of.rfind(|known| known.when < edit.at);
        let Some(Known { digest, when, found, reversed: false }) = newest else { continue };
        if found.theirs == edit.to || edit.ours_at >= *when {
            continue;
        }
        let reversal = Reversal { to: edit.to.clone(), by: edit.by.clone(), at: edit.at };
        rows.push(args![digest.as_str(), now, json(&reversal)]);
        let body = serde_json::json!({
            "run": run, "project": project, "override": id_of(digest), "field": found.field_name,
            "from": found.theirs, "reversal": reversal,
        });
        let (actor, subject) = (format!("{} ({})", edit.by.name, edit.by.gid), format!("task {}", edit.task));
        entries.push(AuditEntry { at: now, actor, kind: "override_reversed".into(), subject, body });
    }
    let sql = "INSERT INTO override_reversals (digest, recorded_at, body)";
    tx.insert_rows(sql, rows, "").await?;
    Ok(entries)
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
