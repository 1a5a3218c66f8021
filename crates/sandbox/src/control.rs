//! Control endpoints outside the API, for tests and demos. They need no token.
//!
//! | call | does |
//! |---|---|
//! | `GET /_sandbox/faults` | switches in force and how often each struck |
//! | `POST /_sandbox/faults` | replaces the switches; body: JSON of the shape in `faults.rs`, `{}` for none |
//! | `GET /_sandbox/requests` | newest requests: method, path with query, route, status, user, time |
//! | `GET /_sandbox/counters` | reads, writes, 429s, by route, by status, and faults struck |
//! | `POST /_sandbox/reset-counters` | empties the log and the counters |
//! | `POST /_sandbox/clock` | `{"jump_seconds": 3600}` moves the world's clock forward; `{}` tells the time |

use crate::clock::stamp;
use crate::error::Failure;
use crate::faults::Faults;
use crate::http::Reply;
use crate::journal::Journal;
use crate::server::Server;
use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ClockOrder {
    jump_seconds: u32,
}

/// Answers a control call.
pub(crate) fn answer(server: &mut Server, method: &Method, verb: &str, bytes: &[u8]) -> Reply {
    let body = match (method.as_str(), verb) {
        ("GET", "faults") => Ok(faults(server)),
        ("POST", "faults") => Faults::from_json(bytes)
            .map(|new| server.faults.replace(new))
            .map(|()| faults(server))
            .map_err(|error| Failure::bad(error.to_string())),
        ("GET", "requests") => Ok(json!({ "requests": server.journal.entries })),
        ("GET", "counters") => Ok(counters(server)),
        ("POST", "reset-counters") => {
            server.journal = Journal::default();
            server.faults.counts.clear();
            Ok(json!({}))
        }
        ("POST", "clock") => clock(server, bytes),
        _ => Err(Failure::new(
            StatusCode::NOT_FOUND,
            "No such control endpoint: use faults, requests, counters, reset-counters or clock",
        )),
    };
    match body {
        Ok(body) => Reply { status: StatusCode::OK, location: None, retry_after: None, body },
        Err(failure) => Reply::from(failure),
    }
}

fn faults(server: &Server) -> Value {
    json!({ "faults": server.faults.faults, "injected": server.faults.counts })
}

fn counters(server: &Server) -> Value {
    let mut sums = json!(server.journal.counters);
    sums["faults"] = json!(server.faults.counts);
    sums
}

fn clock(server: &mut Server, bytes: &[u8]) -> Result<Value, Failure> {
    let order = if bytes.is_empty() {
        ClockOrder::default()
    } else {
        serde_json::from_slice::<ClockOrder>(bytes)
            .map_err(|error| Failure::bad(format!("Send {{\"jump_seconds\": whole number}}: {error}")))?
    };
    server.world.clock.jump(order.jump_seconds);
    Ok(json!({ "now": stamp(server.world.now()) }))
}
