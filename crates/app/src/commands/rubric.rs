//! `upnext rubric list | show | accept | reject | revert`.
//!
//! Deliberately not here: what a decision does (`engine`).

use super::{Call, calibrate::words, gid, golden};
use crate::cli::{Decision, Rubric, Who};
use crate::exit::Exit;
use crate::{compose, progress, show};
use domain::ProjectGid;
use engine::{Decided, Deciding, RubricList};
use store::{RubricState, RubricVersion};

pub(super) async fn run(call: &Call<'_>, args: Rubric) -> anyhow::Result<Exit> {
    match args {
        Rubric::List { project } => list(call, &project).await,
        Rubric::Show { project, rubric } => show_one(call, &project, &rubric).await,
        Rubric::Accept { decision, override_gate } => accept(call, &decision, override_gate).await,
        Rubric::Reject { decision } => {
            let engine = compose::engine(&call.config, call.env).await?;
            let (project, how) = (ProjectGid::new(gid(&decision.project)?), deciding(&decision.who));
            tell(call, &engine::reject_rubric(&engine, &project, &decision.rubric, &how).await?)
        }
        Rubric::Revert { project, who } => {
            let engine = compose::engine(&call.config, call.env).await?;
            let project = ProjectGid::new(gid(&project)?);
            tell(call, &engine::revert_rubric(&engine, &project, &deciding(&who)).await?)
        }
    }
}

pub(super) fn deciding(who: &Who) -> Deciding {
    Deciding { by: who.by.clone(), reason: who.reason.clone(), over_the_gate: false }
}

async fn list(call: &Call<'_>, project: &str) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(project)?);
    let found =
        engine::rubrics(&store, (&compose::rubric(&call.config)?, call.config.policy.golden_gate), &project)
            .await?;
    if call.json {
        show::json(&found)?;
    } else {
        print(&found, &project);
    }
    Ok(Exit::Ok)
}

fn print(found: &RubricList, project: &ProjectGid) {
    say!("In force: {} (configured: {})", found.in_force, found.configured);
    if let Some(held) = &found.held {
        say!("{}", held.told(project));
    }
    if found.versions.is_empty() {
        say!("No rubric was proposed yet: make one with `upnext calibrate --project {project}`.");
        return;
    }
    let mut table = show::table(&["Rubric", "Version", "From", "Proposed", "State", "Decided by", "Decided"]);
    for version in &found.versions {
        table.add_row([
            version.id.clone(),
            version.version.clone(),
            version.origin.word().to_owned(),
            version.proposed_at.to_string(),
            version.state.word().to_owned(),
            version.decided_by.clone().unwrap_or_default(),
            version.decided_at.map(|at| at.to_string()).unwrap_or_default(),
        ]);
    }
    say!("{table}");
}

async fn show_one(call: &Call<'_>, project: &str, rubric: &str) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let version = engine::rubric(&store, &ProjectGid::new(gid(project)?), rubric).await?;
    if call.json {
        show::json(&version)?;
        return Ok(Exit::Ok);
    }
    head(&version);
    words::evidence(&serde_json::from_value(version.evidence)?);
    Ok(Exit::Ok)
}

fn head(version: &RubricVersion) {
    let decided = match (&version.decided_by, version.decided_at) {
        (Some(by), Some(at)) => format!(" by {by} at {at}"),
        _ => String::new(),
    };
    say!(
        "{} ({}), from {} at {}, {}{decided}",
        version.version,
        version.id,
        version.origin.word(),
        version.proposed_at,
        version.state.word()
    );
}

async fn accept(call: &Call<'_>, decision: &Decision, over_the_gate: bool) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let how = Deciding { over_the_gate, ..deciding(&decision.who) };
    let project = ProjectGid::new(gid(&decision.project)?);
    tell(call, &engine::accept_rubric(&engine, &project, &decision.rubric, &how).await?)
}

fn tell(call: &Call<'_>, decided: &Decided) -> anyhow::Result<Exit> {
    progress::clear();
    if call.json {
        show::json(decided)?;
    } else {
        words(decided);
    }
    Ok(if decided.is_blocked { Exit::Amiss } else { Exit::Ok })
}

fn words(decided: &Decided) {
    let (version, project) = (&decided.rubric, &decided.rubric.project);
    if let Some(check) = &decided.golden {
        golden::print(check);
    }
    if decided.is_blocked {
        say!(
            "{} was not accepted: its order falls out with the golden set. {} stays in force. To accept it all the same: \
             --override-gate --reason \"…\"",
            version.version,
            decided.in_force
        );
        return;
    }
    head(version);
    say!("In force: {}", decided.in_force);
    if version.state == RubricState::Accepted {
        if decided.golden.is_none() {
            say!(
                "There is no golden set, so nothing was held against it: `upnext golden freeze --project {project}` makes one."
            );
        }
        say!("Use it: upnext groom --project {project}\nGo back: upnext rubric revert --project {project}");
    }
}
