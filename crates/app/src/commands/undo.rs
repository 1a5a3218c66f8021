//! `upnext undo`.
//!
//! Deliberately not here: what is restored.

use super::Call;
use crate::exit::Exit;
use crate::{compose, progress, show};
use domain::RunId;

pub(super) async fn run(call: &Call<'_>, run: &str) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let report = engine::undo(&engine, &RunId::new(run), compose::moment(&call.config)?).await?;
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        show::undo(&report);
    }
    let open = report.stopped.is_some() || report.outcome.open > 0 || report.outcome.refused > 0;
    Ok(if open { Exit::Partly } else { Exit::Ok })
}
