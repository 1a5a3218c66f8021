//! `upnext groom`.
//!
//! Deliberately not here: judging, deciding, writing.

use super::{Call, projects};
use crate::cli::Scope;
use crate::exit::Exit;
use crate::{compose, progress, show};
use engine::{GroomReport, Write};

pub(super) async fn run(call: &Call<'_>, scope: &Scope, apply: bool) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let write = if apply { Write::Apply } else { Write::PlanOnly };
    let mut reports = vec![];
    for project in projects(&engine, scope).await? {
        let report = engine::groom(&engine, &project, compose::moment(&call.config)?, write).await?;
        progress::clear();
        if !call.json {
            show::groom(&report, apply, call.config.display.scale);
        }
        reports.push(report);
    }
    let exit = if apply { ending(&reports) } else { Exit::Ok };
    if call.json {
        print(scope, reports)?;
    }
    Ok(exit)
}

/// One project gives one object; several, or a portfolio, a list of them.
fn print(scope: &Scope, mut reports: Vec<GroomReport>) -> anyhow::Result<()> {
    if scope.portfolio.is_none() && reports.len() == 1 {
        return show::json(&reports.swap_remove(0));
    }
    show::json(&serde_json::json!({ "portfolio": scope.portfolio, "runs": reports }))
}

/// How a command that wrote ends.
pub(super) fn ending(reports: &[GroomReport]) -> Exit {
    let open = reports.iter().any(|r| r.stopped.is_some() || r.outcome.open > 0 || r.outcome.refused > 0);
    if open { Exit::Partly } else { Exit::Ok }
}
