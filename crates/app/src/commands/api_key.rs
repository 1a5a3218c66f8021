//! `upnext api-key create | list | revoke`.
//!
//! Deliberately not here: what a key is made of (`web`), and what it may do (`domain::ApiKey`).

use super::{Call, gid};
use crate::cli::{ApiKey as Command, NewKey};
use crate::exit::{Exit, UsageError};
use crate::{compose, show};
use domain::{ApiKey, KeyState, ProjectGid, Scope};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use web::KeyWish;

/// Who makes and revokes keys, for the audit trail.
const BY: &str = "command line";

/// Letters of a name.
const LONGEST: usize = 100;

pub(super) async fn run(call: &Call<'_>, args: Command) -> anyhow::Result<Exit> {
    match args {
        Command::Create(new) => create(call, new).await,
        Command::List => list(call).await,
        Command::Revoke { key } => revoke(call, &key).await,
    }
}

async fn create(call: &Call<'_>, new: NewKey) -> anyhow::Result<Exit> {
    let name = new.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        return Err(UsageError(format!("a key needs a name of 1 to {LONGEST} letters")).into());
    }
    let mut projects = BTreeSet::new();
    for text in &new.projects {
        projects.insert(ProjectGid::new(gid(text)?));
    }
    let wish = KeyWish {
        name,
        scopes: new.scopes.iter().filter_map(|word| Scope::from_word(word)).collect(),
        projects: (!new.all_projects).then_some(projects),
        days: new.days,
    };
    let store = compose::open_store(&call.config, call.env).await?;
    let now = compose::now();
    let (key, token) = web::new_api_key(&store, wish, (BY, now)).await?;
    if call.json {
        let mut object = as_json(&key, now);
        object["api_key"] = token.into();
        show::json(&object)?;
    } else {
        say!("{token}");
        say!("  {}: {}", key.id, words(&key, now));
        say!("  It is told only now. Take it back with: upnext api-key revoke {}", key.id);
    }
    Ok(Exit::Ok)
}

async fn list(call: &Call<'_>) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let (keys, now) = (store.api_keys().await?, compose::now());
    if call.json {
        let keys: Vec<Value> = keys.iter().map(|key| as_json(key, now)).collect();
        show::json(&keys)?;
    } else if keys.is_empty() {
        say!("There is no API key. Make one with: upnext api-key create NAME --project GID");
    } else {
        keys.iter().for_each(|key| say!("{}  {}: {}", key.id, key.name, words(key, now)));
    }
    Ok(Exit::Ok)
}

async fn revoke(call: &Call<'_>, id: &str) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let now = compose::now();
    let Some((key, revoked)) = web::revoke_api_key(&store, id, (BY, now)).await? else {
        let problem = format!("there is no API key {id}: `upnext api-key list` shows them");
        return Err(UsageError(problem).into());
    };
    if call.json {
        show::json(&as_json(&key, now))?;
    } else if revoked {
        say!("Revoked: {}  {}", key.id, key.name);
    } else {
        say!("It was revoked before: {}  {}", key.id, key.name);
    }
    Ok(Exit::Ok)
}

fn as_json(key: &ApiKey, now: Timestamp) -> Value {
    json!({
        "id": key.id, "name": key.name, "scopes": key.scopes, "projects": key.projects, "state": key.state(now),
        "made_at": key.made_at, "expires_at": key.expires_at, "revoked_at": key.revoked_at, "used_at": key.used_at,
    })
}

fn words(key: &ApiKey, now: Timestamp) -> String {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.word()).collect();
    let projects = match &key.projects {
        None => "every project".to_owned(),
        Some(projects) if projects.len() == 1 => {
            format!("project {}", projects.iter().map(ProjectGid::as_str).collect::<String>())
        }
        Some(projects) => {
            format!("projects {}", projects.iter().map(ProjectGid::as_str).collect::<Vec<_>>().join(", "))
        }
    };
    let state = match (key.state(now), key.expires_at, key.revoked_at) {
        (KeyState::Revoked, _, Some(at)) => format!("revoked {at}"),
        (KeyState::Expired, Some(at), _) => format!("expired {at}"),
        (_, Some(at), _) => format!("until {at}"),
        _ => "until it is revoked".to_owned(),
    };
    let used = key.used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {at}"));
    format!("{} in {projects}, {state}, {used}", scopes.join(", "))
}
