//! API keys: kept, found by their ids, used, taken back once, and all of it in the audit trail.

use crate::support::{World, stories};
use crate::things::at;
use domain::{ApiKey, Digest, ProjectGid, Scope};
use std::collections::BTreeSet;
use store::AuditEntry;

stories!(keys_come_back_and_are_taken_back_once);

fn entry(second: i64, id: &str) -> AuditEntry {
    AuditEntry {
        at: at(second),
        actor: "command line".into(),
        kind: "api_key".into(),
        subject: id.into(),
        body: serde_json::json!({ "what": "something" }),
    }
}

async fn keys_come_back_and_are_taken_back_once(world: World) {
    let store = world.open().await;
    let one = ApiKey {
        id: "key_one".into(),
        name: "a report".into(),
        scopes: BTreeSet::from([Scope::Read, Scope::ApprovalsWrite]),
        projects: Some(BTreeSet::from([ProjectGid::new("7"), ProjectGid::new("8")])),
        made_at: at(1),
        expires_at: Some(at(900)),
        revoked_at: None,
        used_at: None,
    };
    let all =
        ApiKey { id: "key_all".into(), projects: None, made_at: at(2), expires_at: None, ..one.clone() };
    let (a, b) = (Digest::of_bytes(b"a"), Digest::of_bytes(b"b"));
    store.add_api_key(&one, &a, &entry(1, "key_one")).await.unwrap();
    store.add_api_key(&all, &b, &entry(2, "key_all")).await.unwrap();
    // An id is given once: nothing is replaced, and nothing is noted of what did not happen.
    assert!(store.add_api_key(&all, &a, &entry(3, "key_all")).await.is_err());
    assert_eq!(store.api_key("key_one").await.unwrap(), Some((one.clone(), a)));
    assert_eq!(store.api_key("key_two").await.unwrap(), None);
    assert_eq!(store.api_keys().await.unwrap(), [all.clone(), one.clone()]);

    store.see_api_key("key_one", at(50)).await.unwrap();
    store.see_api_key("key_one", at(40)).await.unwrap();
    assert_eq!(store.api_key("key_one").await.unwrap().unwrap().0.used_at, Some(at(50)));

    assert!(store.revoke_api_key("key_one", &entry(60, "key_one")).await.unwrap());
    assert!(!store.revoke_api_key("key_one", &entry(70, "key_one")).await.unwrap());
    assert!(!store.revoke_api_key("key_two", &entry(70, "key_two")).await.unwrap());
    let (revoked, _) = store.api_key("key_one").await.unwrap().unwrap();
    assert_eq!((revoked.revoked_at, revoked.name.as_str()), (Some(at(60)), "a report"));

    let told = store.export_audit(0, 99).await.unwrap();
    let told: Vec<(&str, &str)> = told.iter().map(|row| (row.kind.as_str(), row.subject.as_str())).collect();
    assert_eq!(told, [("api_key", "key_one"), ("api_key", "key_all"), ("api_key", "key_one")]);
    assert_eq!(store.verify_audit().await.unwrap().broken, None);
}
