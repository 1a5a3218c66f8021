//! The audit: append-only, each entry bound to the one before by its hash.
//!
//! The number and hash of the last entry are kept in a row of their own. Whoever appends updates that row first and so
//! holds it until the commit: appends from several processes queue up and the chain stays straight, and a cut-off end
//! shows. Deliberately not here: how entries are hashed and checked (`chain`).

use crate::chain::{AuditReport, AuditRow, Broken, Checker, Checkpoint, PRUNE};
use crate::conn::{Row, Tx, args, plain};
use crate::{Store, StoreError};
use domain::{Action, Digest, PlannedAction};
use jiff::Timestamp;

/// Rows checked at a time: a few megabytes at most.
const PAGE: u64 = 1000;

/// Something worth keeping for ever.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What sort of entry, one word.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The details.
    pub body: serde_json::Value,
}

impl Store {
    /// Appends entries to the chain, all or none.
    pub async fn audit(&self, entries: &[AuditEntry]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        append(&mut tx, entries).await?;
        tx.commit().await
    }

    /// Recomputes every hash: finds edits, deletions, changed order and a cut-off end.
    pub async fn verify_audit(&self) -> Result<AuditReport, StoreError> {
        let mut tx = self.read().await?;
        let pruned =
            tx.rows("SELECT seq, hash FROM audit_checkpoints ORDER BY seq DESC LIMIT 1", vec![]).await?;
        let pruned =
            pruned.first().map(|row| Ok::<_, StoreError>((row.count(0)?, row.text(1)?))).transpose()?;
        let mut after = pruned.as_ref().map_or(0, |(seq, _)| *seq);
        let mut checker = match pruned {
            Some((seq, hash)) => Checker::from(seq, Digest::from_hex(hash)),
            None => Checker::from_the_start(),
        };
        'pages: loop {
            let rows = page(&mut tx, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.seq;
            for row in &rows {
                if !checker.check(row) {
                    break 'pages;
                }
            }
        }
        let rows = tx.rows("SELECT entries, head FROM audit_head WHERE id = 1", vec![]).await?;
        tx.commit().await?;
        let mut report = checker.report;
        if report.broken.is_none() {
            let noted = rows.first().map(|r| Ok::<_, StoreError>((r.count(0)?, r.text(1)?))).transpose()?;
            report.broken = end_differs(&report, noted).or_else(|| unsigned(&report));
        }
        Ok(report)
    }

    /// Deletes the entries before a moment, all up to the first that is not, and keeps the number and hash of the last of them,
    /// signed off by a person, in an entry of the chain and beside it: what stays can be verified as before. None when there is
    /// nothing to delete. What is deleted is gone: export it before.
    pub async fn prune_audit(
        &self,
        before: Timestamp,
        (by, reason): (&str, Option<&str>),
        at: Timestamp,
    ) -> Result<Option<(Checkpoint, u64)>, StoreError> {
        let mut tx = self.write().await?;
        let sql = "SELECT seq, hash FROM audit WHERE seq < COALESCE((SELECT MIN(seq) FROM audit WHERE at >= $1), \
                   (SELECT MAX(seq) + 1 FROM audit)) ORDER BY seq DESC LIMIT 1";
        let rows = tx.rows(sql, args![before]).await?;
        let Some(last) = rows.first() else { return Ok(None) };
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        let (seq, hash) = (last.count(0)?, Digest::from_hex(last.text(1)?));
        let checkpoint = Checkpoint { seq, hash, by: by.to_owned(), at };
        let body = serde_json::json!({ "checkpoint": checkpoint, "before": before, "reason": reason });
        let (kind, subject) = (PRUNE.to_owned(), "audit".to_owned());
        append(&mut tx, &[AuditEntry { at, actor: by.to_owned(), kind, subject, body }]).await?;
        let deleted = tx.exec("DELETE FROM audit WHERE seq <= $1", args![seq]).await?;
        tx.exec(
            "INSERT INTO audit_checkpoints (seq, hash, signed_at, signed_by) VALUES ($1, $2, $3, $4)",
            args![seq, checkpoint.hash.as_str(), at, by],
        )
        .await?;
        tx.commit().await?;
        Ok(Some((checkpoint, deleted)))
    }

    /// The moment before which the entries were pruned last; none where the trail is whole.
    pub async fn pruned_before(&self) -> Result<Option<Timestamp>, StoreError> {
        /// What an entry of a pruning tells.
        #[derive(serde::Deserialize)]
        struct Pruned {
            before: Timestamp,
        }
        let rows =
            self.rows("SELECT body FROM audit WHERE kind = $1 ORDER BY seq DESC LIMIT 1", args![PRUNE]);
        rows.await?.first().map(|row| Ok(row.json::<Pruned>(0)?.before)).transpose()
    }

    /// Entries after number `after`, in order, at most `limit`; each verifiable offline with `verify_export`.
    pub async fn export_audit(&self, after: u64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let mut tx = self.read().await?;
        let rows = page(&mut tx, after, limit.into()).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Entries of a time, its end not included, after number `after`, in order, at most `limit`.
    pub async fn audit_between(
        &self,
        (from, to): (Timestamp, Timestamp),
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let sql = "SELECT seq, at, actor, kind, subject, body, prev, hash FROM audit WHERE at >= $1 AND at < $2 \
                   AND seq > $3 ORDER BY seq LIMIT $4";
        self.rows(sql, args![from, to, after, u64::from(limit)]).await?.iter().map(audit_row).collect()
    }
}

/// A chain that begins in the middle must hold the entry that tells of its pruning.
fn unsigned(report: &AuditReport) -> Option<Broken> {
    let seq = report.begins_at.filter(|_| report.checkpoint.is_none())?;
    Some(Broken { seq, what: "no entry tells that what is before it was pruned".into() })
}

fn end_differs(report: &AuditReport, noted: Option<(u64, String)>) -> Option<Broken> {
    let before = report.begins_at.map_or(0, |seq| seq - 1);
    let (seq, end) = (before + report.entries + 1, before + report.entries);
    match noted {
        None => Some(Broken { seq, what: "the note of the last entry is gone".into() }),
        Some((entries, _)) if entries != end => {
            let what = format!("the chain should have {entries} entries and has {end}");
            Some(Broken { seq, what })
        }
        Some((_, head)) if head != report.head.as_str() => {
            Some(Broken { seq: end, what: "the last entry is not the one that was noted".into() })
        }
        Some(_) => None,
    }
}

async fn page(tx: &mut Tx, after: u64, limit: u64) -> Result<Vec<AuditRow>, StoreError> {
    let sql = "SELECT seq, at, actor, kind, subject, body, prev, hash FROM audit WHERE seq > $1 \
               ORDER BY seq LIMIT $2";
    tx.rows(sql, args![after, limit]).await?.iter().map(audit_row).collect()
}

/// An action as the audit keeps it: a stranger's texts and whole documents stand there by their digest and length, for the trail outlives
/// what is forgotten.
pub(crate) fn told(action: &PlannedAction) -> serde_json::Value {
    let mut told = serde_json::json!(action);
    let whole = match &action.action {
        Action::FileRequest { .. } => "notes",
        Action::AttachFile { .. } => "content",
        _ => return told,
    };
    if let Some(text) = told.pointer_mut(&format!("/action/{whole}")) {
        let (digest, bytes) =
            text.as_str().map_or((None, 0), |t| (Some(Digest::of_bytes(t.as_bytes())), t.len()));
        *text = serde_json::json!({ "digest": digest, "bytes": bytes });
    }
    told
}

pub(crate) fn audit_row(row: &Row) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        seq: row.count(0)?,
        at: row.time(1)?,
        actor: row.text(2)?,
        kind: row.text(3)?,
        subject: row.text(4)?,
        body: row.text(5)?,
        prev: Digest::from_hex(row.text(6)?),
        hash: Digest::from_hex(row.text(7)?),
    })
}

/// Appends within a transaction, so that an entry stands exactly when what it tells of does.
pub(crate) async fn append(tx: &mut Tx, entries: &[AuditEntry]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    // An update, not a select: it holds the row against other appenders on PostgreSQL too.
    let count = entries.len() as u64;
    let sql = "UPDATE audit_head SET entries = entries + $1 WHERE id = 1 RETURNING entries, head";
    let noted = tx.rows(sql, args![count]).await?;
    let Some(noted) = noted.first() else {
        let place = tx.place.clone();
        return Err(StoreError::unreadable(&place, "the audit chain", "the note of its last entry is gone"));
    };
    let (end, mut prev) = (noted.count(0)?, Digest::from_hex(noted.text(1)?));
    let mut rows = Vec::with_capacity(entries.len());
    for (seq, entry) in (end.saturating_sub(count) + 1..).zip(entries) {
        let row = chained(seq, entry, prev);
        prev = row.hash.clone();
        rows.push(args![
            row.seq,
            row.at,
            row.actor,
            row.kind,
            row.subject,
            row.body,
            row.prev.as_str(),
            row.hash.as_str()
        ]);
    }
    let insert = "INSERT INTO audit (seq, at, actor, kind, subject, body, prev, hash)";
    tx.insert_rows(insert, rows, "").await?;
    tx.exec("UPDATE audit_head SET head = $1 WHERE id = 1", args![prev.as_str()]).await?;
    Ok(())
}

/// The entry as it will be read back, which is what must be hashed: no NUL, no part of a millisecond.
fn chained(seq: u64, entry: &AuditEntry, prev: Digest) -> AuditRow {
    let mut row = AuditRow {
        seq,
        at: Timestamp::from_millisecond(entry.at.as_millisecond()).unwrap_or(entry.at),
        actor: plain(&entry.actor),
        kind: plain(&entry.kind),
        subject: plain(&entry.subject),
        body: entry.body.to_string(),
        prev,
        hash: Digest::from_hex(""),
    };
    row.hash = row.expected_hash();
    row
}
