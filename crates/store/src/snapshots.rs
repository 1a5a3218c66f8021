//! Snapshots: what a judgement rested on, compressed, named by its digest.
//!
//! A snapshot is serialised, hashed and compressed in one stream: beside the snapshot itself only its compressed form
//! is in memory. Old ones go: per project the newest `KEPT` stay, and those that still matter (see `forget_old`).
//! Known limit: compressing happens on the calling thread, about a tenth of a second for 10,000 tasks.

use crate::conn::{Tx, args, json};
use crate::{Store, StoreError};
use domain::{Digest, Person, ProjectGid, RunId, Snapshot};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use sha2::{Digest as _, Sha256};
use std::io::{BufWriter, Read as _, Write};

/// Snapshots kept per project, and again of plans over the whole project. Twenty are a working month of one run a day; at 10,000 tasks one is a few MB. Plans and
/// their outcomes stay for ever, only the replay of older ones is given up.
const KEPT: i64 = 20;

impl Store {
    /// Keeps a snapshot and names it; saving the same one again changes nothing.
    pub async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<Digest, StoreError> {
        let (digest, body) =
            pack(snapshot).map_err(|e| StoreError::unreadable(&self.place, "a new snapshot", e))?;
        let project = snapshot.project.gid.as_str();
        let mut tx = self.write().await?;
        tx.exec(
            "INSERT INTO snapshots (digest, project, taken_at, actor, body) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (digest) DO NOTHING",
            args![digest.as_str(), project, snapshot.taken_at, json(&snapshot.actor), body],
        )
        .await?;
        forget_old(&mut tx, project).await?;
        tx.commit().await?;
        Ok(digest)
    }

    /// The snapshot of that digest, if it is still kept; checked against its digest.
    pub async fn snapshot(&self, digest: &Digest) -> Result<Option<Snapshot>, StoreError> {
        let rows = self.rows("SELECT body FROM snapshots WHERE digest = $1", args![digest.as_str()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let damaged = |why: String| StoreError::unreadable(&self.place, format!("snapshot {digest}"), why);
        let bytes = inflate(&row.blob(0)?).map_err(|e| damaged(e.to_string()))?;
        if Digest::of_bytes(&bytes) != *digest {
            return Err(damaged("its content does not match its digest".into()));
        }
        serde_json::from_slice(&bytes).map(Some).map_err(|e| damaged(e.to_string()))
    }

    /// Notes that a project is known from the snapshot of a run that is to write what it asks for.
    pub async fn known_by(&self, run: &RunId, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.change(
            "INSERT INTO known (project, run, taken_at, body) VALUES ($1, $2, $3, NULL) ON CONFLICT (project) \
             DO UPDATE SET run = excluded.run, taken_at = excluded.taken_at, body = NULL",
            args![snapshot.project.gid.as_str(), run.as_str(), snapshot.taken_at],
        )
        .await?;
        Ok(())
    }

    /// Notes how a known project was seen since, with nothing in it that calls for work.
    pub async fn seen_since(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let (_, body) =
            pack(snapshot).map_err(|e| StoreError::unreadable(&self.place, "a new snapshot", e))?;
        let sql = "UPDATE known SET taken_at = $2, body = $3 WHERE project = $1";
        self.change(sql, args![snapshot.project.gid.as_str(), snapshot.taken_at, body]).await?;
        Ok(())
    }

    /// By which run a project is known, and how it was seen since, if it was.
    pub async fn known(&self, project: &ProjectGid) -> Result<Option<(RunId, Option<Snapshot>)>, StoreError> {
        let sql = "SELECT run, body FROM known WHERE project = $1";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let read = |body: Vec<u8>| Ok(serde_json::from_slice(&inflate(&body)?)?);
        let seen = row.blob_opt(1)?.map(read).transpose();
        let seen = seen.map_err(|e: std::io::Error| {
            StoreError::unreadable(&self.place, format!("what project {project} was seen to be"), e)
        })?;
        Ok(Some((RunId::new(row.text(0)?), seen)))
    }
}

/// Drops what is past `KEPT`, but never the snapshots of as many plans that no recalculation and no approval made (a day of those must
/// not drive out a groom), of the newest plan of each kind (it may still be applied), of the run a project is known by, of a plan with an action begun and not ended (a
/// crash: recovery needs it), or one that a golden set is frozen on.
async fn forget_old(tx: &mut Tx, project: &str) -> Result<(), StoreError> {
    tx.exec(
        "DELETE FROM snapshots WHERE project = $1 \
         AND seq < (SELECT seq FROM snapshots WHERE project = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2) \
         AND digest NOT IN (SELECT snapshot FROM (SELECT snapshot FROM plans WHERE project = $1 \
             AND kind NOT IN ('recalculate', 'approve') ORDER BY seq DESC LIMIT $2 + 1) newest) \
         AND digest NOT IN (SELECT snapshot FROM plans WHERE seq IN \
             (SELECT MAX(seq) FROM plans WHERE project = $1 AND kind <> 'recalculate' GROUP BY kind)) \
         AND digest NOT IN (SELECT snapshot FROM golden_sets) \
         AND digest NOT IN (SELECT p.snapshot FROM plans p JOIN known k ON k.run = p.run WHERE k.project = $1) \
         AND digest NOT IN (SELECT p.snapshot FROM plans p JOIN attempts a ON a.plan = p.id \
             WHERE a.project = $1 AND a.ended_at IS NULL)",
        args![project, KEPT - 1],
    )
    .await?;
    Ok(())
}

/// Who read the snapshot and so writes the plan, if the snapshot is still kept.
pub(crate) async fn actor(tx: &mut Tx, snapshot: &Digest) -> Result<Option<Person>, StoreError> {
    let rows = tx.rows("SELECT actor FROM snapshots WHERE digest = $1", args![snapshot.as_str()]).await?;
    rows.first().map(|row| row.json(0)).transpose()
}

/// Hashes what passes through on its way to the compressor.
struct Tee {
    hash: Sha256,
    deflate: DeflateEncoder<Vec<u8>>,
}

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let taken = self.deflate.write(bytes)?;
        self.hash.update(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn pack(snapshot: &Snapshot) -> std::io::Result<(Digest, Vec<u8>)> {
    let deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
    // serde_json writes a few bytes at a time.
    let mut out = BufWriter::with_capacity(64 * 1024, Tee { hash: Sha256::new(), deflate });
    serde_json::to_writer(&mut out, snapshot)?;
    let tee = out.into_inner().map_err(|e| e.into_error())?;
    let hex: String = tee.hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok((Digest::from_hex(hex), tee.deflate.finish()?))
}

/// Compresses bytes that must come back exactly.
pub(crate) fn deflate(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes)?;
    out.finish()
}

/// The bytes that were compressed.
pub(crate) fn inflate(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes)
}
