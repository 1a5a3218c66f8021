//! `upnext mcp`.
//!
//! Deliberately not here: the tools (`crate::mcp`).

use super::{Call, gid};
use crate::exit::{Exit, UsageError};
use crate::{compose, mcp};
use anyhow::Context as _;
use domain::{Access, Clearance, ProjectGid, Reach};
use rmcp::ServiceExt as _;

pub(super) async fn run(call: &Call<'_>, projects: &[String]) -> anyhow::Result<Exit> {
    if call.json {
        return Err(
            UsageError("mcp speaks the protocol's JSON and nothing else: leave out --json".into()).into()
        );
    }
    let store = compose::open_store(&call.config, call.env).await?;
    let named = projects.iter().map(|text| gid(text).map(ProjectGid::new)).collect::<Result<_, _>>()?;
    let reach = if projects.is_empty() { Reach::All } else { Reach::Only(named) };
    let access = Access { clearance: Clearance::Viewer, reach };
    let rules = compose::rules(&call.config, store)?;
    let assistant = mcp::Server::new(rules, access).serve(rmcp::transport::stdio()).await;
    let assistant = assistant.context("the assistant did not begin as the protocol wants it")?;
    assistant.waiting().await.context("the conversation broke off")?;
    Ok(Exit::Ok)
}
