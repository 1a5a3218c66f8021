//! `upnext audit verify | export`.
//!
//! Deliberately not here: the chain itself (`store`).

use super::Call;
use crate::cli::Audit;
use crate::exit::Exit;
use crate::{compose, show};

/// Entries written at a time.
const PAGE: u32 = 1000;

pub(super) async fn run(call: &Call<'_>, args: Audit) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    match args {
        Audit::Verify => verify(call, &store).await,
        Audit::Export { after } => export(&store, after).await,
    }
}

async fn verify(call: &Call<'_>, store: &store::Store) -> anyhow::Result<Exit> {
    let report = store.verify_audit().await?;
    if call.json {
        show::json(&report)?;
    } else {
        match &report.broken {
            None => say!("{} entries, unbroken, head {}", report.entries, report.head),
            Some(broken) => say!("broken at entry {}: {}", broken.seq, broken.what),
        }
    }
    Ok(if report.broken.is_none() { Exit::Ok } else { Exit::Amiss })
}

/// One JSON object a line: each carries its hash and the one before, so that a copy can be verified anywhere.
async fn export(store: &store::Store, mut after: u64) -> anyhow::Result<Exit> {
    loop {
        let rows = store.export_audit(after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(Exit::Ok) };
        after = last.seq;
        for row in &rows {
            say!("{}", serde_json::to_string(row)?);
        }
    }
}
