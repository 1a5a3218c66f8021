//! `upnext doctor`.
//!
//! Deliberately not here: mending.

mod model;
mod sign_in;

use super::{Call, gid};
use crate::exit::Exit;
use crate::{compose, progress, show};
use domain::ProjectGid;
use engine::doctor::{Check, Health, examine};

pub(super) async fn run(call: &Call<'_>, projects: &[String]) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let gids: Vec<ProjectGid> =
        projects.iter().map(|p| gid(p).map(ProjectGid::new)).collect::<anyhow::Result<_>>()?;
    let mut checks = examine(&engine, &gids).await;
    // Beside the token, which it says the origin of.
    let at = checks.iter().position(|check| check.what == "token").unwrap_or(checks.len());
    checks.insert(at, sign_in::examine(&engine.store, &call.config, call.env).await?);
    checks.push(Check::ok("rubric", format!("{}: {}", engine.rubric.version(), engine.rubric.description())));
    checks.extend(model::examine(&engine, &call.config, call.env).await?);
    if let Some(until) = engine.policy.ai.debug_until.filter(|until| *until > compose::now()) {
        let found = format!("questions to the model and its answers are kept whole until {until}");
        checks.push(Check::ok("debug window", found));
    }
    progress::clear();
    if call.json {
        show::json(&checks)?;
    } else {
        say!("{}", show::checks(&checks));
    }
    let broken = checks.iter().any(|c| c.health == Health::Broken);
    Ok(if broken { Exit::Amiss } else { Exit::Ok })
}
