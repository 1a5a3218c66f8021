//! Webhooks: what may be asked for, and how one looks. The sending is in `delivery.rs`.
//!
//! Creating one takes a handshake with its target, which no lock may wait for: `create` checks and answers
//! [`Answer::Handshake`], the server asks the target, and [`establish`] ends the call.

use crate::call::{Answer, Call, Route, check_long, check_object};
use crate::error::Failure;
use crate::http::reader;
use crate::node::{Node, Reader, Ref, Shape, View};
use crate::project::record;
use crate::world::{Gid, Kind, Webhook, WebhookFilter, World};
use axum::http::{StatusCode, Uri};
use serde_json::{Map, Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/webhooks", list),
    Route::post("/webhooks", create),
    Route::get("/webhooks/{webhook}", get),
    Route::put("/webhooks/{webhook}", update),
    Route::delete("/webhooks/{webhook}", delete),
];

const FULL: &[&str] = &[
    "resource_type",
    "active",
    "resource",
    "target",
    "created_at",
    "filters",
    "last_success_at",
    "last_failure_at",
    "last_failure_content",
    "delivery_retry_count",
    "next_attempt_after",
    "failure_deletion_timestamp",
];

pub(super) const SHAPE: Shape = Shape {
    name: "webhook",
    compact: &["resource_type", "active", "resource", "target"],
    full: FULL,
    written: FULL,
    field,
};

/// Of all apps together, on one resource.
const MOST_PER_RESOURCE: usize = 1000;
/// What may be watched. Guess: goals, which Asana's guide does not name.
pub(super) const WATCHED: &[Kind] = &[
    Kind::Task,
    Kind::Project,
    Kind::Section,
    Kind::Tag,
    Kind::Story,
    Kind::Attachment,
    Kind::UserTaskList,
    Kind::Goal,
    Kind::Workspace,
    Kind::Team,
    Kind::Portfolio,
];
/// What a filter may name: all that is told of.
const FILTERED: &[&str] = &[
    "task",
    "project",
    "section",
    "tag",
    "story",
    "attachment",
    "goal",
    "portfolio",
    "status_update",
    "team_membership",
    "workspace_membership",
];
const ACTIONS: &[&str] = &["changed", "added", "removed", "deleted", "undeleted"];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let hook = world.webhooks.get(&at.gid)?;
    let failure = hook.last_failure.as_ref();
    Some(match name {
        "active" => hook.active.into(),
        "resource" => Node::to(*world.kinds.get(&hook.resource)?, Some(&hook.resource)),
        "target" => hook.target.clone().into(),
        "created_at" => Node::at(Some(hook.created_at)),
        "filters" => Node::List(hook.filters.iter().map(|filter| shown(filter).into()).collect()),
        "last_success_at" => Node::at(hook.last_success_at),
        "last_failure_at" => Node::at(failure.map(|(at, _)| *at)),
        "last_failure_content" => failure.map(|(_, content)| content.clone()).into(),
        "delivery_retry_count" => hook.delivery_retry_count.into(),
        "next_attempt_after" => Node::at(hook.next_attempt_after),
        "failure_deletion_timestamp" => Node::at(hook.failure_deletion_timestamp),
        _ => return None,
    })
}

/// A filter with the parts that were given.
fn shown(filter: &WebhookFilter) -> Value {
    let mut out = Map::new();
    let words = [
        ("resource_type", &filter.resource_type),
        ("resource_subtype", &filter.resource_subtype),
        ("action", &filter.action),
    ];
    for (name, word) in words {
        out.extend(word.iter().map(|word| (name.to_owned(), json!(word))));
    }
    out.extend(filter.fields.iter().map(|fields| ("fields".to_owned(), json!(fields))));
    Value::Object(out)
}

/// A webhook belongs to the user and app that made it; for all others there is none.
fn is_own(hook: &Webhook, call: &Call) -> bool {
    hook.created_by == call.actor.user && hook.app == call.actor.app
}

fn own(world: &World, call: &Call) -> Result<Gid, Failure> {
    let gid = call.target(world, "webhook", Kind::Webhook)?;
    if is_own(&world.webhooks[&gid], call) { Ok(gid) } else { Err(Failure::unknown("webhook", &gid)) }
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace =
        call.query("workspace").ok_or_else(|| Failure::bad("You should specify one of workspace"))?;
    check_object(world, Kind::Workspace, "workspace", workspace)?;
    let resource = call.query("resource");
    resource.map_or(Ok(()), |resource| check_long("resource", resource))?;
    let found =
        world.webhooks.iter().filter(|(gid, _)| world.exists(Kind::Webhook, gid)).filter(|(_, hook)| {
            is_own(hook, call)
                && world.is_within(&hook.resource, workspace)
                && resource.is_none_or(|resource| resource == hook.resource)
        });
    Ok(Answer::list(Kind::Webhook, found.map(|(gid, _)| gid.clone()).collect::<Vec<_>>()))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    Ok(Answer::got(Kind::Webhook, &own(world, call)?))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = own(world, call)?;
    let resource = world.webhooks[&gid].resource.clone();
    let kind = world.kind_of(&resource);
    let given = call.data.get("filters").map(|given| filters(kind, given)).transpose()?;
    if let (Some(filters), Some(hook)) = (given, world.webhooks.get_mut(&gid)) {
        hook.filters = filters;
    }
    Ok(Answer::written(Kind::Webhook, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = own(world, call)?;
    world.webhooks.remove(&gid);
    Ok(Answer::empty())
}

/// Checks everything that can be checked before the target is asked.
fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let resource = call.required_gid("resource")?;
    check_long("resource", &resource)?;
    let kind = world.kind_of(&resource).ok_or_else(|| Failure::unknown("resource", &resource))?;
    if !WATCHED.contains(&kind) {
        let name = super::shape_of(kind).name;
        return Err(Failure::bad(format!("resource: Webhooks cannot be made on a {name}")));
    }
    let target = call.text("target")?.ok_or_else(|| Failure::missing("target"))?;
    check_target(world, &target)?;
    let filters = filters(Some(kind), call.data.get("filters").unwrap_or(&Value::Null))?;
    let on_it: Vec<&Webhook> = world.webhooks.values().filter(|hook| hook.resource == resource).collect();
    if on_it.iter().any(|hook| is_own(hook, call) && hook.target == target) {
        return Err(Failure::forbidden(
            "Duplicated webhook. You already have an existing webhook for the given resource and target. \
             Delete the old one before creating another.",
        ));
    }
    if on_it.len() >= MOST_PER_RESOURCE {
        return Err(Failure::forbidden("There are too many webhooks on this resource."));
    }
    let now = world.now();
    Ok(Answer::Handshake(Box::new(Webhook {
        resource,
        target,
        secret: world.secret(),
        filters,
        created_by: call.actor.user.clone(),
        app: call.actor.app.clone(),
        created_at: now,
        active: false,
        last_success_at: None,
        last_failure: None,
        delivery_retry_count: 0,
        next_attempt_after: None,
        failure_deletion_timestamp: None,
        next_heartbeat_at: now,
        queue: std::collections::VecDeque::new(),
        busy: false,
    })))
}

/// An address Asana could reach; the sandbox may be told to reach this machine too.
fn check_target(world: &World, target: &str) -> Result<(), Failure> {
    let invalid = || Failure::bad(format!("target: Not a valid URL: {target}"));
    let uri: Uri = target.parse().map_err(|_| invalid())?;
    let host = uri.host().ok_or_else(invalid)?.trim_matches(['[', ']']).to_ascii_lowercase();
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(invalid());
    }
    let address = host.parse::<std::net::IpAddr>().ok();
    let is_here = host == "localhost"
        || host.ends_with(".localhost")
        || address.is_some_and(|address| address.is_loopback() || address.is_unspecified());
    let is_named = address.is_some() || host.contains('.');
    let reachable = if is_here { world.loopback_webhooks } else { is_named };
    if reachable {
        Ok(())
    } else {
        Err(Failure::forbidden(format!("target: The host of the webhook target is not allowed: {host}")))
    }
}

fn filters(kind: Option<Kind>, given: &Value) -> Result<Vec<WebhookFilter>, Failure> {
    let given = match given {
        Value::Null => Vec::new(),
        Value::Array(items) => items.clone(),
        other => return Err(Failure::bad(format!("filters: Value is not an array: {other}"))),
    };
    let filters: Vec<WebhookFilter> =
        given.iter().enumerate().map(|(nth, item)| filter(nth, item)).collect::<Result<_, _>>()?;
    if kind.is_some_and(World::is_higher_level)
        && (filters.is_empty() || !filters.iter().all(is_for_higher_level))
    {
        return Err(larger_scope());
    }
    Ok(filters)
}

fn filter(nth: usize, item: &Value) -> Result<WebhookFilter, Failure> {
    let at = |key: &str| format!("filters: [{nth}]: {key}");
    if !item.is_object() {
        return Err(Failure::bad(format!("filters: [{nth}]: Value is not a JSON object: {item}")));
    }
    let word = |key: &str| match item.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(word)) => Ok(Some(word.clone())),
        Some(other) => Err(Failure::bad(format!("{}: Value is not a string: {other}", at(key)))),
    };
    let resource_type = word("resource_type")?;
    if let Some(odd) = resource_type.as_deref().filter(|word| !FILTERED.contains(word)) {
        let known = FILTERED.join(", ");
        return Err(Failure::bad(format!("{}: Not one of {known}: {odd}", at("resource_type"))));
    }
    let action = word("action")?;
    if let Some(action) = action.as_deref().filter(|action| !ACTIONS.contains(action)) {
        return Err(Failure::bad(format!("{}: Not one of {}: {action}", at("action"), ACTIONS.join(", "))));
    }
    let fields = match item.get("fields") {
        None | Some(Value::Null) => None,
        Some(value) => Some(crate::call::words_of(&at("fields"), value)?),
    };
    if fields.is_some() && action.as_deref() != Some("changed") {
        return Err(Failure::bad(format!("{}: Only valid for the action changed", at("fields"))));
    }
    Ok(WebhookFilter { resource_type, resource_subtype: word("resource_subtype")?, action, fields })
}

/// The whitelist for workspaces, teams and portfolios.
fn is_for_higher_level(filter: &WebhookFilter) -> bool {
    let allowed: &[&str] = match filter.resource_type.as_deref() {
        Some("project") => ACTIONS,
        Some("team_membership" | "workspace_membership") => &["added", "removed"],
        _ => &[],
    };
    filter.fields.is_none() && filter.action.as_deref().is_some_and(|action| allowed.contains(&action))
}

fn larger_scope() -> Failure {
    let message =
        "Webhooks for larger scoped resources must have filters, and only some filters are allowed there";
    let mut failure = Failure::bad(message);
    failure.error = Some("invalid_filters_for_larger_scoped_webhooks");
    failure
}

/// Ends the creation of a webhook whose target answered the handshake.
pub(crate) fn establish(world: &mut World, call: &Call, hook: Webhook) -> Map<String, Value> {
    let gid = world.issue(Kind::Webhook);
    let secret = hook.secret.clone();
    world.webhooks.insert(gid.clone(), hook);
    let mut body = Map::new();
    let data = record(&reader(world, call), &Ref::new(Kind::Webhook, &gid), &call.fields, View::Written);
    body.insert("data".to_owned(), data);
    body.insert("X-Hook-Secret".to_owned(), json!(secret));
    body
}

/// The status of a creation.
pub(crate) const ESTABLISHED: StatusCode = StatusCode::CREATED;
