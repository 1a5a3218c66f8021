//! Control endpoints outside the API, for tests and demos. They need no token.
//!
//! | call | does |
//! |---|---|
//! | `GET /_sandbox/faults` | switches in force and how often each struck |
//! | `POST /_sandbox/faults` | replaces the switches; body: JSON of the shape in `faults.rs`, `{}` for none |
//! | `GET /_sandbox/requests` | newest requests: method, path with query, route, status, user, time, a write's body |
//! | `GET /_sandbox/counters` | reads, writes, 429s, by route, by status, and faults struck |
//! | `POST /_sandbox/reset-counters` | empties the log and the counters |
//! | `POST /_sandbox/clock` | `{"jump_seconds": 3600}` moves the world's clock forward, `{"speed": 60}` lets it run so fast (0 stops it); `{}` tells the time |
//! | `POST /_sandbox/save` | `{"path": "…"}` writes the world to a file |
//! | `POST /_sandbox/load` | `{"path": "…"}` goes on with the world of a file |
//! | `POST /_sandbox/reset` | goes back to the world of the start |
//! | `POST /_sandbox/tokens` | a further token: `{"token": "…", "user": "gid or address", "principal": "personal_access_token"}`, `oauth` or `service_account`; with `"scopes": [..]` or `"expires_in": seconds` as OAuth gives them |
//! | `POST /_sandbox/make` | what the API can read and not make, see `make.rs` |
//! | `POST /_sandbox/apps` | an OAuth app: `{"client_id": "…", "secret": "…", "name": "…", "redirect_uris": [..], "scopes": [..]}`; without scopes for full permissions |

use crate::clock::stamp;
use crate::error::Failure;
use crate::faults::Faults;
use crate::http::Reply;
use crate::journal::Journal;
use crate::make::Make;
use crate::server::Server;
use crate::world::{App, Principal, Token, World};
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::PathBuf;

/// A day in less than a second is as fast as a webhook's answer can be waited for.
const MOST_SPEED: f64 = 100_000.0;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ClockOrder {
    jump_seconds: u32,
    speed: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOrder {
    path: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenOrder {
    token: String,
    user: String,
    #[serde(default)]
    principal: Principal,
    app: Option<String>,
    scopes: Option<Vec<String>>,
    expires_in: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AppOrder {
    client_id: String,
    secret: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    redirect_uris: Vec<String>,
    scopes: Option<Vec<String>>,
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
        ("POST", "save") => save(server, bytes),
        ("POST", "load") => load(server, bytes),
        ("POST", "reset") => reset(server),
        ("POST", "tokens") => token(server, bytes),
        ("POST", "apps") => app(server, bytes),
        ("POST", "make") => {
            read::<Make>(bytes).and_then(|make| Ok(json!({ "gid": make.run(&mut server.world)? })))
        }
        _ => Err(Failure::new(
            StatusCode::NOT_FOUND,
            "No such control endpoint: use faults, requests, counters, reset-counters, clock, save, load, reset, tokens, apps or make",
        )),
    };
    match body {
        Ok(body) => Reply { body, ..Reply::default() },
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
    let order: ClockOrder = if bytes.is_empty() { ClockOrder::default() } else { read(bytes)? };
    if let Some(speed) = order.speed {
        if !(0.0..=MOST_SPEED).contains(&speed) {
            return Err(Failure::bad(format!("speed is {speed}; give a number from 0 to {MOST_SPEED}")));
        }
        server.world.clock.run(speed);
    }
    server.world.clock.jump(order.jump_seconds);
    Ok(json!({ "now": stamp(server.world.now()), "speed": server.world.clock.speed() }))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| Failure::bad(format!("The order is not valid: {error}")))
}

fn save(server: &Server, bytes: &[u8]) -> Result<Value, Failure> {
    let order: FileOrder = read(bytes)?;
    server.world.save(&order.path).map_err(|error| Failure::bad(error.to_string()))?;
    Ok(json!({ "saved": order.path }))
}

fn load(server: &mut Server, bytes: &[u8]) -> Result<Value, Failure> {
    let order: FileOrder = read(bytes)?;
    let world = World::load(&order.path).map_err(|error| Failure::bad(error.to_string()))?;
    server.replace(world);
    Ok(json!({ "loaded": order.path }))
}

fn reset(server: &mut Server) -> Result<Value, Failure> {
    let world = server.first_world().map_err(|reason| Failure::new(StatusCode::CONFLICT, reason))?;
    server.replace(world);
    Ok(json!({ "now": stamp(server.world.now()) }))
}

fn token(server: &mut Server, bytes: &[u8]) -> Result<Value, Failure> {
    let order: TokenOrder = read(bytes)?;
    let world = &mut server.world;
    let user =
        world.find_user(&order.user, &world.bot).ok_or_else(|| Failure::unknown("user", &order.user))?;
    let now = world.now();
    let expires_at =
        order.expires_in.and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds.into())).ok());
    let known = Token {
        principal: order.principal,
        app: order.app,
        scopes: order.scopes,
        expires_at,
        ..Token::personal(&user)
    };
    world.tokens.insert(order.token, known);
    Ok(json!({ "user": user }))
}

fn app(server: &mut Server, bytes: &[u8]) -> Result<Value, Failure> {
    let AppOrder { client_id, secret, name, redirect_uris, scopes } = read(bytes)?;
    server.world.add_app(&client_id, App { name, secret, redirect_uris, scopes });
    Ok(json!({ "client_id": client_id }))
}
