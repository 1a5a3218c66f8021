//! `POST /batch`: up to ten calls in one, answered in order; one that fails does not stop the others.
//!
//! The whole call was already counted as that many requests. Calls run one after the other, which is one of the orders
//! real Asana may choose. The whole call is refused when its jobs or searches would be too many. A webhook is made in a
//! batch as it is alone, its handshake coming after the other actions. Uploads, organization exports and nested batches are refused inside.

use crate::body::{options_as_query, plain};
use crate::call::{Answer, Call, Query, Route};
use crate::error::Failure;
use crate::http::{Reply, answer, asked, check_params};
use crate::world::{MOST_JOBS, World};
use axum::http::Method;
use serde_json::{Map, Value, json};

pub(super) const ROUTES: &[Route] = &[Route::post("/batch", run)];

const MOST_ACTIONS: usize = 10;

fn run(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let actions = match call.data.get("actions") {
        Some(Value::Array(actions)) if !actions.is_empty() => actions,
        _ => return Err(Failure::bad("Batch requests must contain at least one action")),
    };
    if actions.len() > MOST_ACTIONS {
        return Err(Failure::bad("Batch requests must contain no more than 10 actions"));
    }
    let jobs = actions.iter().filter(|action| starts_job(action)).count();
    if jobs > 0 && world.jobs_under_way(&call.actor.user) + jobs > MOST_JOBS {
        return Err(Failure::too_many(1));
    }
    let replies = actions.iter().map(|action| act(world, call, action).unwrap_or_else(Reply::from)).collect();
    Ok(Answer::Batch(replies))
}

/// Whether an action would begin a job; the whole call is refused when these would be too many.
fn starts_job(action: &Value) -> bool {
    const ENDINGS: &[&str] =
        &["duplicate", "instantiateProject", "instantiateTask", "saveAsTemplate", "rollup"];
    let word = |key: &str| action.get(key).and_then(Value::as_str).unwrap_or_default();
    let path = word("relative_path");
    let last = path.rsplit('/').next().unwrap_or_default();
    word("method").eq_ignore_ascii_case("post")
        && (ENDINGS.contains(&last) || path.trim_start_matches('/').starts_with("exports/"))
}

/// Runs one action as if it had come alone.
fn act(world: &mut World, call: &Call, action: &Value) -> Result<Reply, Failure> {
    let word = |key: &str| action.get(key).and_then(Value::as_str);
    let path = word("relative_path").ok_or_else(|| Failure::missing("relative_path"))?;
    let method = word("method").ok_or_else(|| Failure::missing("method"))?;
    if path.contains('?') {
        return Err(Failure::bad("relative_path: Query parameters go into data, not into the path"));
    }
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes())
        .map_err(|_| Failure::bad(format!("method: Not a method: {method}")))?;
    refuse(&method, path)?;
    let (route, params) = super::find(&method, path).ok_or_else(Failure::no_route)?;
    check_params(&params)?;
    let object = |key: &str| match action.get(key) {
        Some(Value::Object(map)) => map.clone(),
        _ => Map::new(),
    };
    let mut query: Query = options_as_query(&object("options"));
    let mut data = object("data");
    if method == Method::GET {
        query.extend(data.iter().map(|(key, value)| (key.clone(), plain(value))));
        data = Map::new();
    }
    let inner = Call {
        params,
        fields: asked(&query),
        query,
        data,
        file: None,
        actor: call.actor.clone(),
        path: path.to_owned(),
        base: call.base.clone(),
        in_batch: true,
    };
    answer(world, route, &inner)
}

/// What Asana does not run inside a batch.
fn refuse(method: &Method, path: &str) -> Result<(), Failure> {
    let root = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let upload = root == "attachments" && method == Method::POST;
    if upload || matches!(root, "batch" | "organization_exports" | "scim") {
        return Err(Failure::bad(format!("{path} cannot be used in a batch request")));
    }
    Ok(())
}

/// One answer in the shape recorded from real Asana.
pub(crate) fn shown(reply: &Reply) -> Value {
    let headers: Vec<(&str, &str)> = reply.location.iter().map(|at| ("location", at.as_str())).collect();
    json!({
        "body": reply.body,
        "status_code": reply.status.as_u16(),
        "headers": {
            "headers": headers.iter().map(|(key, value)| json!({"key": key, "value": value})).collect::<Vec<_>>(),
            "keys": headers.iter().map(|(key, _)| key).collect::<Vec<_>>(),
            "as_tuples": headers,
            "empty": headers.is_empty(),
        },
    })
}
