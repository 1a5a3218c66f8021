//! `upnext backup` and `upnext restore`.
//!
//! Deliberately not here: the format and the checks (`store`).

use super::Call;
use crate::exit::Exit;
use crate::{compose, progress, show};
use serde::Serialize;
use std::path::Path;
use store::{Backup, Store};

/// A backup that was made, for `--json`.
#[derive(Serialize)]
struct Made<'a> {
    file: &'a Path,
    store: String,
    bytes: u64,
    #[serde(flatten)]
    backup: Backup,
}

pub(super) async fn make(call: &Call<'_>, file: &Path) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let backup = store.backup(file, compose::now(), &progress::rows).await?;
    progress::clear();
    let made = Made { file, store: store.describe(), bytes: std::fs::metadata(file)?.len(), backup };
    if call.json {
        show::json(&made)?;
    } else {
        let (rows, schema) = (made.backup.rows, made.backup.schema);
        say!("{} holds {rows} rows of the {} (schema {schema})", file.display(), made.store);
        say!("  {} bytes; read back whole; its lines' SHA-256 is {}", made.bytes, made.backup.digest);
        say!("  The key that secrets are sealed with is not in it: keep a copy of that elsewhere.");
    }
    Ok(Exit::Ok)
}

pub(super) async fn restore(call: &Call<'_>, file: &Path, over: bool) -> anyhow::Result<Exit> {
    let url = compose::store_url(&call.config, call.env)?;
    let restored = Store::restore(&url, file, (over, compose::now()), &progress::rows).await?;
    progress::clear();
    let audit = &restored.audit;
    if call.json {
        show::json(&restored)?;
    } else {
        let backup = &restored.backup;
        say!("The {} holds {} rows again, as of {}", restored.store, backup.rows, backup.made_at);
        if let Some(kept) = &restored.kept {
            say!("  What was there before: {}", kept.display());
        }
        match &audit.broken {
            None => say!("  The audit chain is good: {} entries, head {}", audit.entries, audit.head),
            Some(broken) => say!("  The audit chain is broken at entry {}: {}", broken.seq, broken.what),
        }
    }
    Ok(if audit.broken.is_none() { Exit::Ok } else { Exit::Amiss })
}
