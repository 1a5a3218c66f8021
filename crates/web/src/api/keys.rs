//! Making API keys and taking them back.
//!
//! A key is `upnext_key_`, ten letters of its id, and a random number of 256 bits. Deliberately not here: what it may do.

use domain::{ApiKey, Digest, ProjectGid, Scope};
use engine::{EngineError, unguessable};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::BTreeSet;
use store::{AuditEntry, Store};

/// Every key begins like this, so that scanners of code know one.
const PREFIX: &str = "upnext_key_";

/// Letters of an id: enough that no two of a store's keys have the same.
const ID: usize = 10;

/// Letters of the secret.
const SECRET: usize = 64;

/// What a key is asked to be.
#[derive(Clone, Debug)]
pub struct KeyWish {
    /// What it is for.
    pub name: String,
    /// What it lets a program do.
    pub scopes: BTreeSet<Scope>,
    /// Where; none for every project, those to come too.
    pub projects: Option<BTreeSet<ProjectGid>>,
    /// Days it lets in for; none until it is revoked.
    pub days: Option<u32>,
}

/// The digest that a key is kept under.
pub(super) fn digest(token: &str) -> Digest {
    Digest::of_bytes(token.as_bytes())
}

/// The id of the key that a token may be; none when it is no key of ours.
pub(super) fn id_of(token: &str) -> Option<String> {
    let (id, secret) = token.strip_prefix(PREFIX)?.split_once('_')?;
    let is = |text: &str, letters: usize| {
        text.len() == letters && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    (is(id, ID) && is(secret, SECRET)).then(|| format!("key_{id}"))
}

/// Makes a key and tells it, which is the only time it is told.
///
/// # Errors
/// The store's; also when the system gives no random numbers.
pub async fn new_api_key(
    store: &Store,
    wish: KeyWish,
    (by, now): (&str, Timestamp),
) -> Result<(ApiKey, String), EngineError> {
    let random = || unguessable().map_err(|error| EngineError::Stopped(error.to_string()));
    let (id, secret) = (random()?, random()?);
    let id = &id[..ID];
    let token = format!("{PREFIX}{id}_{secret}");
    // The store keeps milliseconds.
    let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    let key = ApiKey {
        id: format!("key_{id}"),
        name: wish.name,
        scopes: wish.scopes,
        projects: wish.projects,
        made_at: now,
        expires_at: wish.days.map(|days| now + SignedDuration::from_hours(24 * i64::from(days))),
        revoked_at: None,
        used_at: None,
    };
    let entry = entry(&key, "created", (by, now));
    store.add_api_key(&key, &digest(&token), &entry).await?;
    Ok((key, token))
}

/// Takes a key back; none when there is no such key, else the key and whether it was good until now.
///
/// # Errors
/// The store's.
pub async fn revoke_api_key(
    store: &Store,
    id: &str,
    (by, now): (&str, Timestamp),
) -> Result<Option<(ApiKey, bool)>, EngineError> {
    let Some((key, _)) = store.api_key(id).await? else { return Ok(None) };
    let revoked = store.revoke_api_key(id, &entry(&key, "revoked", (by, now))).await?;
    let key = store.api_key(id).await?.map_or(key, |(key, _)| key);
    Ok(Some((key, revoked)))
}

fn entry(key: &ApiKey, what: &str, (by, at): (&str, Timestamp)) -> AuditEntry {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.word()).collect();
    AuditEntry {
        at,
        actor: by.to_owned(),
        kind: "api_key".into(),
        subject: key.id.clone(),
        body: json!({
            "what": what, "name": key.name, "scopes": scopes, "projects": key.projects, "expires_at": key.expires_at
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::id_of;

    #[test]
    fn only_what_looks_like_a_key_is_looked_up() {
        let secret = "a".repeat(64);
        assert_eq!(id_of(&format!("upnext_key_0123456789_{secret}")), Some("key_0123456789".into()));
        for wrong in [
            String::new(),
            format!("upnext_{secret}"),
            format!("upnext_key_012345678_{secret}"),
            format!("upnext_key_0123456789_{secret}a"),
            format!("upnext_key_01234'6789_{secret}"),
            format!("upnext_key_0123456789_{}", "A".repeat(64)),
            format!(" upnext_key_0123456789_{secret}"),
        ] {
            assert_eq!(id_of(&wrong), None, "{wrong}");
        }
    }
}
