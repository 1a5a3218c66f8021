//! Event streams: what happened to a resource, and to what lies in it, since a sync token.
//!
//! A token names a place in the log; the same token gives the same events again. It dies after a day, and sooner when
//! the log has run over. What was deleted can be asked for a day more, so that its deletion is told. Guess: all that
//! webhooks may watch can be asked but a workspace, where Asana names tasks, projects and goals.

use super::webhooks::WATCHED;
use crate::call::{Answer, Call, Route, check_long};
use crate::error::Failure;
use crate::http::reader;
use crate::node::{Node, Ref};
use crate::project::shell;
use crate::world::{Action, Event, Gid, Kind, Plan, World};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/events", list),
    Route::get("/workspaces/{workspace}/events", list_of_workspace),
    Route::get("/tasks/{resource}/events", list_of_path),
    Route::get("/projects/{resource}/events", list_of_path),
    Route::get("/goals/{resource}/events", list_of_path),
];

/// Events for one token, and for one of a whole workspace.
const MOST: usize = 100;
const MOST_OF_WORKSPACE: usize = 1000;
const TOKEN_LIFE_SECONDS: i64 = 24 * 60 * 60;
const TOO_OLD: &str = "Sync token invalid or too old. If you are attempting to keep resources in sync, you must fetch the full dataset for this query now and use the new sync token for the next sync.";

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let resource =
        call.query("resource").ok_or_else(|| Failure::bad("You should specify one of resource"))?.to_owned();
    check_long("resource", &resource)?;
    stream(world, call, &resource, MOST)
}

fn list_of_path(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    stream(world, call, call.param("resource"), MOST)
}

/// All of a workspace: for service accounts of the highest plans only.
fn list_of_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    if world.plan != Plan::Enterprise || !call.actor.is_service_account {
        return Err(Failure::forbidden("Workspace events are only available to service accounts."));
    }
    stream(world, call, &workspace, MOST_OF_WORKSPACE)
}

fn stream(world: &World, call: &Call, resource: &str, most: usize) -> Result<Answer, Failure> {
    let everything = most == MOST_OF_WORKSPACE;
    match world.kind_of(resource) {
        None if !is_just_deleted(world, resource) => return Err(Failure::unknown("resource", resource)),
        Some(kind) if !everything && (kind == Kind::Workspace || !WATCHED.contains(&kind)) => {
            let name = super::shape_of(kind).name;
            return Err(Failure::bad(format!("resource: There are no events of a {name}: {resource}")));
        }
        _ => {}
    }
    let head = visible_head(world);
    let Some(from) = call.query("sync").and_then(|token| position(world, resource, token)) else {
        let mut failure = Failure::new(StatusCode::PRECONDITION_FAILED, TOO_OLD);
        failure.extra.insert("sync".to_owned(), json!(token(world, resource, head)));
        return Err(failure);
    };
    let mut found = Vec::new();
    // A delay switched on meanwhile must not lead a stream back.
    let mut next = head.max(from);
    let mut has_more = false;
    let skipped = usize::try_from(from - world.events.first).unwrap_or(usize::MAX);
    for (number, event) in (from..head).zip(world.events.kept.iter().skip(skipped)) {
        if !everything && !event.seen_by.iter().any(|gid| gid == resource) {
            continue;
        }
        if found.len() == most {
            (next, has_more) = (number, true);
            break;
        }
        found.push(shown(world, call, event));
    }
    let mut body = Map::new();
    body.insert("data".to_owned(), Value::Array(found));
    body.insert("sync".to_owned(), json!(token(world, resource, next)));
    body.insert("has_more".to_owned(), json!(has_more));
    Ok(Answer::Body(body))
}

/// Whether a resource was deleted so lately that a token of before may still be good.
fn is_just_deleted(world: &World, resource: &str) -> bool {
    let now = world.now();
    let young = |event: &&Event| now.duration_since(event.created_at).as_secs() < TOKEN_LIFE_SECONDS;
    let lately = world.events.kept.iter().rev().take_while(young);
    lately.into_iter().any(|event| event.action == Action::Deleted && event.gid == resource)
}

/// The number after the newest event that may be seen already.
fn visible_head(world: &World) -> u64 {
    let delay = i64::from(world.event_delay_seconds);
    let now = world.now();
    let young = world
        .events
        .kept
        .iter()
        .rev()
        .take_while(|event| now.duration_since(event.created_at).as_secs() < delay);
    world.events.next() - young.count() as u64
}

fn shown(world: &World, call: &Call, event: &Event) -> Value {
    let object = |kind: Kind, gid: &Gid| Node::Resource(Ref::new(kind, gid));
    let mut parts = vec![
        ("user".into(), Node::to(Kind::User, event.user.as_ref())),
        ("created_at".into(), Node::at(Some(event.created_at))),
        ("type".into(), super::shape_of(event.kind).name.into()),
        ("action".into(), event.action.word().into()),
        ("resource".into(), resource(world, call, event)),
        ("parent".into(), event.parent.as_ref().map_or_else(Node::null, |(kind, gid)| object(*kind, gid))),
    ];
    if let Some(change) = &event.change {
        let mut told = vec![
            ("field".into(), change.field.clone().into()),
            ("action".into(), change.action.word().into()),
        ];
        if let Some(value) = &change.value {
            told.push((change.value_key().into(), value.clone()));
        }
        parts.push(("change".into(), Node::Shell(told)));
    }
    shell(&reader(world, call), &Node::Shell(parts), &call.fields)
}

/// What happened to something, as recorded: a story shows its type there and no subtype, unless fields are named.
fn resource(world: &World, call: &Call, event: &Event) -> Node {
    const OF_STORY: &[&str] = &["created_at", "type", "text", "created_by"];
    let at = Ref::new(event.kind, &event.gid);
    if event.kind != Kind::Story || !call.fields.is_empty() {
        return Node::Resource(at);
    }
    let shape = super::shape_of(Kind::Story);
    let reader = reader(world, call);
    let own = [("gid", event.gid.clone().into()), ("resource_type", shape.name.into())];
    let read = OF_STORY.iter().filter_map(|name| Some((*name, (shape.field)(&reader, &at, name)?)));
    Node::Shell(own.into_iter().chain(read).map(|(name, node)| (name.into(), node)).collect())
}

/// `number-issued-signature`, the first two in hexadecimal.
fn token(world: &World, resource: &str, number: u64) -> String {
    let body = format!("{number:x}-{:x}", world.now().as_second());
    let signature = signature(world, resource, &body);
    format!("{body}-{signature}")
}

fn signature(world: &World, resource: &str, body: &str) -> String {
    let digest = Sha256::digest(format!("{}|events|{resource}|{body}", world.seed));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// The place a token names, if it is one of ours, young enough, and its events are still there.
fn position(world: &World, resource: &str, token: &str) -> Option<u64> {
    let (body, signed) = token.rsplit_once('-')?;
    if signature(world, resource, body) != signed {
        return None;
    }
    let (number, issued) = body.split_once('-')?;
    let number = u64::from_str_radix(number, 16).ok()?;
    let issued = i64::from_str_radix(issued, 16).ok()?;
    let alive = world.now().as_second() - issued < TOKEN_LIFE_SECONDS;
    (alive && (world.events.first..=world.events.next()).contains(&number)).then_some(number)
}
