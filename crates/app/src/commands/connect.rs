//! `upnext connect`, `upnext disconnect` and `upnext connections`: which projects the service keeps right.
//!
//! Deliberately not here: keeping them right.

use super::{Call, gid, projects};
use crate::cli::Scope;
use crate::exit::{Exit, UsageError};
use crate::{compose, show};
use domain::ProjectGid;
use engine::Deciding;
use engine::service::{connect as connect_one, disconnect as disconnect_one};
use store::{Channel, Connection};

pub(super) async fn connect(call: &Call<'_>, scope: &Scope) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let mut connected = vec![];
    for project in projects(&engine, scope).await? {
        connected.push(connect_one(&engine, &project, &Deciding::default()).await?);
    }
    if call.json {
        show::json(&connected)?;
        return Ok(Exit::Ok);
    }
    for connection in &connected {
        say!("{} · {} is connected", connection.project, connection.name);
    }
    say!(
        "A running `upnext serve` takes it up within seconds. It writes what policy.phase allows (now: {}).",
        call.config.policy.phase
    );
    Ok(Exit::Ok)
}

pub(super) async fn disconnect(call: &Call<'_>, named: &[String]) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    for text in named {
        let project = ProjectGid::new(gid(text)?);
        if !disconnect_one(&engine, &project, &Deciding::default()).await? {
            let message =
                format!("project {project} is not connected: `upnext connections` shows those that are");
            return Err(UsageError(message).into());
        }
        if !call.json {
            say!("{project} is disconnected; what was written stays, and `upnext undo` takes it back");
        }
    }
    if call.json {
        show::json(&serde_json::json!({ "disconnected": named }))?;
    }
    Ok(Exit::Ok)
}

pub(super) async fn list(call: &Call<'_>) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let connections = store.connections().await?;
    if call.json {
        show::json(&connections)?;
        return Ok(Exit::Ok);
    }
    if connections.is_empty() {
        say!("No project is connected: upnext connect --project GID");
    }
    for connection in &connections {
        print(connection);
    }
    Ok(Exit::Ok)
}

fn print(connection: &Connection) {
    let channel = match connection.channel {
        Channel::New => "not heard of yet",
        Channel::Webhook => "by webhook",
        Channel::Events => "by event stream",
    };
    let moment = |at: Option<jiff::Timestamp>| {
        at.map_or_else(|| "never".to_owned(), |at| at.strftime("%F %R UTC").to_string())
    };
    say!("{} · {} · {channel}", connection.project, connection.name);
    say!("    last heard {}, looked at {}", moment(connection.heard_at), moment(connection.read_to));
    if let Some(trouble) = &connection.trouble {
        say!("    trouble: {trouble}");
    }
}
