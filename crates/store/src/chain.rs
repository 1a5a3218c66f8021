//! The audit chain: how an entry is hashed, and how a chain is checked without the store.
//!
//! `hash` is the SHA-256, as lower-case hex, of seven netstrings one after the other: `seq`, `at` (epoch milliseconds),
//! both in decimal, `actor`, `kind`, `subject`, `body` (the text as exported, not parsed), `prev`, in UTF-8. A
//! netstring is the length in bytes, a colon, the bytes, a comma. `prev` is the hash of the entry
//! before, or 64 zeros for the first. In Python:
//!
//! ```python
//! def net(v): b = str(v).encode(); return b"%d:%s," % (len(b), b)
//! ms = round(datetime.fromisoformat(row["at"]).timestamp() * 1000)
//! fields = [row["seq"], ms, row["actor"], row["kind"], row["subject"], row["body"], row["prev"]]
//! assert hashlib.sha256(b"".join(map(net, fields))).hexdigest() == row["hash"]
//! ```
//!
//! Known limit: a chain proves that nothing before its head was changed; that the head itself is the true one, only a
//! copy kept elsewhere can prove.

use domain::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One entry of the chain, as exported: one JSON object per line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its number, from 1 without gaps.
    pub seq: u64,
    /// When; to the millisecond.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What sort of entry it is, one word.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The details: JSON, kept as the text that was hashed.
    pub body: String,
    /// The hash of the entry before.
    pub prev: Digest,
    /// Its own hash.
    pub hash: Digest,
}

/// Where a chain begins whose older entries were pruned: the last of them, signed off by a person in an entry that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The number of the last pruned entry.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
    /// Who signed it off.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The kind of the entry that tells of a pruning.
pub(crate) const PRUNE: &str = "prune";

/// What checking a chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// Entries that were checked and found good.
    pub entries: u64,
    /// The hash of the last good one; 64 zeros when there is none.
    pub head: Digest,
    /// The number of the first entry, when it is not 1: what is before it was pruned, or left out of an export.
    pub begins_at: Option<u64>,
    /// The checkpoint it begins at, when a later entry of the chain tells of it; without one, the beginning is taken on trust.
    pub checkpoint: Option<Checkpoint>,
    /// The first thing wrong, if anything is.
    pub broken: Option<Broken>,
}

/// Where a chain breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The number of the entry.
    pub seq: u64,
    /// What is wrong with it.
    pub what: String,
}

impl AuditRow {
    /// The hash its other fields lead to.
    pub(crate) fn expected_hash(&self) -> Digest {
        let seq = self.seq.to_string();
        let at = self.at.as_millisecond().to_string();
        let fields = [&seq, &at, &self.actor, &self.kind, &self.subject, &self.body, self.prev.as_str()];
        let mut bytes = Vec::with_capacity(self.body.len() + 256);
        for field in fields {
            bytes.extend_from_slice(field.len().to_string().as_bytes());
            bytes.push(b':');
            bytes.extend_from_slice(field.as_bytes());
            bytes.push(b',');
        }
        Digest::of_bytes(&bytes)
    }
}

/// What the first entry has as `prev`.
pub(crate) fn genesis() -> Digest {
    Digest::from_hex("0".repeat(64))
}

/// Checks exported entries, in order, without the store.
///
/// An export may begin in the middle: its first `prev` is then taken on trust, unless an entry further on tells that the chain was
/// pruned just there; `checkpoint` says so. That entries are missing at the end
/// shows only when `head` is compared with the one the store, or somebody else, has.
pub fn verify_export(rows: impl IntoIterator<Item = AuditRow>) -> AuditReport {
    let mut checker = Checker::default();
    rows.into_iter().take_while(|row| checker.check(row)).for_each(drop);
    checker.report
}

/// Walks a chain entry by entry.
pub(crate) struct Checker {
    next: Option<u64>,
    /// What the first entry follows, when it is not the first of all.
    follows: Option<(u64, Digest)>,
    pub(crate) report: AuditReport,
}

impl Default for Checker {
    fn default() -> Checker {
        let (begins_at, checkpoint, broken) = (None, None, None);
        let report = AuditReport { entries: 0, head: genesis(), begins_at, checkpoint, broken };
        Checker { next: None, follows: None, report }
    }
}

impl Checker {
    /// A checker that accepts nothing but the whole chain.
    pub(crate) fn from_the_start() -> Checker {
        Checker { next: Some(1), ..Checker::default() }
    }

    /// A checker that accepts nothing but the whole chain after a checkpoint.
    pub(crate) fn from(seq: u64, hash: Digest) -> Checker {
        let mut checker = Checker { next: Some(seq + 1), ..Checker::default() };
        checker.follows = Some((seq, hash.clone()));
        checker.report.begins_at = Some(seq + 1);
        checker.report.head = hash;
        checker
    }

    /// Takes note of an entry that tells of the pruning the chain begins with.
    fn attested(&mut self, row: &AuditRow) {
        let Some((seq, hash)) = &self.follows else { return };
        if row.kind != PRUNE {
            return;
        }
        let told = serde_json::from_str::<serde_json::Value>(&row.body).ok();
        let told =
            told.and_then(|body| serde_json::from_value::<Checkpoint>(body["checkpoint"].clone()).ok());
        if let Some(told) = told.filter(|told| told.seq == *seq && told.hash == *hash) {
            self.report.checkpoint = Some(told);
        }
    }

    /// Checks the next entry; false from the first broken one on.
    pub(crate) fn check(&mut self, row: &AuditRow) -> bool {
        let wanted = self.next.unwrap_or(row.seq);
        let trusted = self.next.is_none() && row.seq != 1;
        let what = if row.seq != wanted {
            Some(format!("entry {wanted} is missing or out of order: entry {} stands in its place", row.seq))
        } else if !trusted && row.prev != self.report.head {
            Some("it does not follow from the entry before it".into())
        } else if row.hash != row.expected_hash() {
            Some("its content does not match its hash".into())
        } else {
            None
        };
        match what {
            Some(what) => self.report.broken = Some(Broken { seq: wanted, what }),
            None => {
                if trusted {
                    self.follows = Some((row.seq.saturating_sub(1), row.prev.clone()));
                    self.report.begins_at = Some(row.seq);
                }
                self.attested(row);
                self.report.entries += 1;
                self.report.head = row.hash.clone();
                self.next = Some(wanted + 1);
            }
        }
        self.report.broken.is_none()
    }
}
