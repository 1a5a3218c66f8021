//! `upnext plan list | show | apply | replay`.
//!
//! Deliberately not here: rendering of a plan (`decide`).

use super::{Call, gid, groom};
use crate::cli::Plan;
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use domain::{PlanId, ProjectGid};

pub(super) async fn run(call: &Call<'_>, args: Plan) -> anyhow::Result<Exit> {
    match args {
        Plan::List { project, limit } => list(call, project.as_deref(), limit).await,
        Plan::Show { plan } => show_one(call, &plan).await,
        Plan::Apply { plan } => apply(call, &plan).await,
        Plan::Replay { plan } => replay(call, &plan).await,
    }
}

async fn list(call: &Call<'_>, project: Option<&str>, limit: u32) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let project = project.map(gid).transpose()?.map(ProjectGid::new);
    let rows = store.plans(project.as_ref(), limit).await?;
    if call.json {
        show::json(&rows)?;
    } else if rows.is_empty() {
        say!("No plans yet: make one with `upnext groom --project GID`.");
    } else {
        say!("{}", show::plans(&rows));
    }
    Ok(Exit::Ok)
}

async fn show_one(call: &Call<'_>, plan: &str) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let unknown = || UsageError(format!("there is no plan {plan}: `upnext plan list` shows them"));
    let saved = store.plan(&PlanId::new(plan)).await?.ok_or_else(unknown)?;
    if call.json {
        // The very bytes that were saved: what `plan replay` compares.
        say!("{}", String::from_utf8_lossy(&saved.bytes));
    } else {
        say!("{}", decide::render(&saved.plan).trim_end());
    }
    Ok(Exit::Ok)
}

async fn apply(call: &Call<'_>, plan: &str) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let report = engine::apply_plan(&engine, &PlanId::new(plan)).await?;
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        show::applied(&report);
    }
    Ok(groom::ending(&[report]))
}

async fn replay(call: &Call<'_>, plan: &str) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let replay = engine::replay(&store, &PlanId::new(plan)).await?;
    if call.json {
        show::json(&replay)?;
    } else if replay.identical {
        say!("{plan} replays byte for byte ({})", replay.saved);
    } else {
        say!("{plan} differs: saved {}, replayed {}", replay.saved, replay.replayed);
    }
    Ok(if replay.identical { Exit::Ok } else { Exit::Amiss })
}
