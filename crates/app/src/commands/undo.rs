//! `upnext undo`.
//!
//! Deliberately not here: what is restored.

use super::rubric::deciding;
use super::{Call, gid};
use crate::cli::Undo;
use crate::exit::Exit;
use crate::{compose, progress, show};
use domain::{RunId, TaskGid};
use engine::UndoOnly;

pub(super) async fn run(call: &Call<'_>, args: Undo) -> anyhow::Result<Exit> {
    let Undo { run, tasks, fields, who } = args;
    let tasks = tasks.iter().map(|task| Ok(TaskGid::new(gid(task)?))).collect::<anyhow::Result<_>>()?;
    let only = UndoOnly { tasks, fields };
    let engine = compose::engine(&call.config, call.env).await?;
    let (how, now) = (deciding(&who), compose::moment(&call.config)?);
    let report = engine::undo_some(&engine, &RunId::new(run), &only, (&how, now)).await?;
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        show::undo(&report);
    }
    let open = report.stopped.is_some() || report.outcome.open > 0 || report.outcome.refused > 0;
    Ok(if open { Exit::Partly } else { Exit::Ok })
}
