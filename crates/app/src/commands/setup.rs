//! `upnext setup`.
//!
//! Deliberately not here: which fields are made.

use super::{Call, projects};
use crate::cli::Scope;
use crate::exit::Exit;
use crate::{compose, progress, show};

pub(super) async fn run(call: &Call<'_>, scope: &Scope) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let mut reports = vec![];
    for project in projects(&engine, scope).await? {
        let report = engine::setup(&engine, &project, compose::moment(&call.config)?).await?;
        progress::clear();
        if !call.json {
            show::setup(&report);
        }
        reports.push(report);
    }
    if call.json {
        show::json(&reports)?;
    }
    let refused = reports.iter().any(|r| r.outcome.refused > 0);
    let open = reports.iter().any(|r| r.outcome.open > 0 || r.stopped.is_some());
    Ok(if refused {
        Exit::Refused
    } else if open {
        Exit::Partly
    } else {
        Exit::Ok
    })
}
