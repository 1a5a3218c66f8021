//! What a form of a task's page does: the call of the API a person's click stands for, made as that person.
//!
//! The call runs as any other, so rules, stories, events and webhooks are those of the API; its source is `web`. It asks
//! for no token, spends no budget, is struck by no 429 or server error, and stands in the request log.

use super::visit::Visit;
use super::words::link;
use super::{missing, people, see_other, task};
use crate::error::Failure;
use crate::incoming::Incoming;
use crate::resources;
use crate::server::{Server, Shared};
use crate::world::{Actor, FieldType, Kind, World};
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

/// A call of the API.
struct Order {
    method: Method,
    path: String,
    data: Value,
}

impl Order {
    fn put(task: &str, key: &str, value: Value) -> Self {
        Self { method: Method::PUT, path: format!("/tasks/{task}"), data: json!({ key: value }) }
    }
}

/// Does what a form of a task's page asks, and shows the task again.
pub(super) fn answer(shared: &Shared, visit: &Visit, gid: &str) -> Response {
    let mut server = shared.lock();
    if !server.world.exists(Kind::Task, gid) {
        return missing(&server, &format!("There is no task {gid}."));
    }
    let parts = visit.parts();
    let what = &parts[2..];
    let Some(order) = order(&server.world, visit, gid, what) else {
        return missing(&server, "There is no such form.");
    };
    let done = send(&mut server, visit, order);
    server.publish();
    shared.wake();
    match done {
        Ok(()) if link(&server.world, gid).is_some() => {
            let what = what.join("-");
            see_other(&format!("/task/{gid}?saved={what}#{what}"))
        }
        Ok(()) => see_other("/"),
        Err(failure) => task::refused(server, visit, &what.join("-"), &failure),
    }
}

/// The call a form stands for; its fields are all called `value`.
fn order(world: &World, visit: &Visit, task: &str, what: &[&str]) -> Option<Order> {
    let text = match visit.given("value") {
        Some(text) => text.replace("\r\n", "\n"),
        // No box is ticked.
        None if has_boxes(world, what) => String::new(),
        None => return None,
    };
    let or_null = |text: String| if text.is_empty() { Value::Null } else { Value::String(text) };
    Some(match *what {
        ["name"] => Order::put(task, "name", text.into()),
        ["notes"] => Order::put(task, "notes", text.into()),
        ["completed"] => Order::put(task, "completed", text.into()),
        ["assignee"] => Order::put(task, "assignee", or_null(text)),
        ["due_on"] => Order::put(task, "due_on", or_null(text)),
        ["field", field] => {
            let value = field_value(world, visit, field, or_null(text));
            let values: Map<String, Value> = [(field.to_owned(), value)].into_iter().collect();
            Order::put(task, "custom_fields", values.into())
        }
        ["section", _] => Order {
            method: Method::POST,
            path: format!("/sections/{text}/addTask"),
            data: json!({ "task": task }),
        },
        ["comment"] => Order {
            method: Method::POST,
            path: format!("/tasks/{task}/stories"),
            data: json!({ "text": text }),
        },
        _ => return None,
    })
}

fn has_boxes(world: &World, what: &[&str]) -> bool {
    let field = if let ["field", field] = what { world.custom_fields.get(*field) } else { None };
    field.is_some_and(|field| matches!(field.field_type, FieldType::MultiEnum | FieldType::People))
}

/// Fields of many values have many inputs, of which none is sent when none is chosen.
fn field_value(world: &World, visit: &Visit, field: &str, single: Value) -> Value {
    let all = visit.all_given("value");
    match world.custom_fields.get(field).map(|field| field.field_type) {
        Some(FieldType::MultiEnum | FieldType::People) if all.len() != 1 => json!(all),
        Some(FieldType::MultiEnum | FieldType::People | FieldType::Reference) if single.is_null() => {
            json!([])
        }
        _ => single,
    }
}

/// Makes the call as the acting user.
fn send(server: &mut Server, visit: &Visit, order: Order) -> Result<(), Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("x-sandbox-source", HeaderValue::from_static("web"));
    if let Some(host) = visit.headers.get(header::HOST) {
        headers.insert(header::HOST, host.clone());
    }
    let incoming = Incoming {
        method: order.method,
        path: order.path,
        raw_query: String::new(),
        headers,
        bytes: Bytes::from(json!({ "data": order.data }).to_string()),
    };
    let user = people::acting(&server.world, visit);
    let actor = Actor::of(&user, "web");
    let (route, params) = resources::find(&incoming.method, &incoming.path).ok_or_else(Failure::no_route)?;
    let done = server.work((route, params, None), &incoming, actor);
    let status = done.as_ref().map_or_else(
        |failure| failure.status,
        |reply| match reply.status {
            StatusCode::CREATED => StatusCode::CREATED,
            _ => StatusCode::OK,
        },
    );
    server.log(&incoming, Some(route), Some(user), status.as_u16());
    done.map(|_| ())
}
