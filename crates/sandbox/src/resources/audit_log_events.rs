//! The audit log: who made and deleted what, for service accounts of enterprises.
//!
//! What is logged is listed in `world/audit.rs`.

use super::task_dates::moment;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::world::{AuditEvent, Kind, Plan, World};
use serde_json::{Map, Value, json};

pub(super) const ROUTES: &[Route] = &[Route::get("/workspaces/{workspace}/audit_log_events", list)];

const MOST: usize = 1000;
const ACTORS: &[&str] = &["user", "asana", "asana_support", "anonymous", "external_administrator"];

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    if world.plan != Plan::Enterprise || !call.actor.is_service_account {
        return Err(Failure::forbidden(
            "The audit log is only available to service accounts of enterprises.",
        ));
    }
    if let Some(odd) = call.query("actor_type").filter(|word| !ACTORS.contains(word)) {
        let known = ACTORS.join(", ");
        return Err(Failure::bad(format!("actor_type: Value must be one of {known}, not: {odd}")));
    }
    let limit = match call.query("limit") {
        None => MOST,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or_else(|| Failure::bad(format!("limit: Must be between 1 and {MOST}, not: {text}")))?,
    };
    let invalid = || Failure::bad("offset: Your pagination token is invalid.");
    let from: u64 = call.query("offset").map_or(Ok(0), |token| token.parse().map_err(|_| invalid()))?;
    let after = call.query("start_at").map(|text| moment("start_at", text)).transpose()?;
    let before = call.query("end_at").map(|text| moment("end_at", text)).transpose()?;
    let fits = |event: &AuditEvent| {
        let is = |name: &str, path: &[&str]| {
            call.query(name).is_none_or(|wanted| {
                path.iter().fold(&event.body, |value, key| &value[*key]).as_str() == Some(wanted)
            })
        };
        after.is_none_or(|after| event.at >= after)
            && before.is_none_or(|before| event.at < before)
            && is("event_type", &["event_type"])
            && is("actor_type", &["actor", "actor_type"])
            && is("actor_gid", &["actor", "gid"])
            && is("resource_gid", &["resource", "gid"])
    };
    let found: Vec<&AuditEvent> =
        world.audit_log.iter().filter(|event| event.number >= from && fits(event)).take(limit).collect();
    // Once there was an offset there always is one, so that a reader can wait for what comes.
    let next = found.last().map(|event| event.number + 1).or((from > 0).then_some(from));
    let mut body = Map::new();
    body.insert("data".to_owned(), found.iter().map(|event| event.body.clone()).collect());
    let next_page = next.map(|next| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let kept = call.query.iter().filter(|(name, _)| !matches!(name.as_str(), "offset" | "limit"));
        kept.for_each(|(name, value)| {
            query.append_pair(name, value);
        });
        query.append_pair("offset", &next.to_string()).append_pair("limit", &limit.to_string());
        let path = format!("{}?{}", call.path, query.finish());
        json!({ "offset": next.to_string(), "uri": format!("{}{path}", call.base), "path": path })
    });
    body.insert("next_page".to_owned(), next_page.unwrap_or(Value::Null));
    Ok(Answer::Body(body))
}
