//! `/faults`: the clock and the fault switches, changed through the functions of `/_sandbox`.

use super::shell::Shell;
use super::visit::Visit;
use super::{html, see_other};
use crate::control;
use crate::faults::Faults;
use crate::server::{Server, Shared};
use askama::Template;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::json;
use std::sync::MutexGuard;

/// What is tried most, as a press of a button; each takes the place of all switches.
const READY: [(&str, &str); 6] = [
    ("None", ""),
    ("429 for the next five calls", "[too_many_requests]\nrate = 1.0\nretry_after = 1\nmax_count = 5\n"),
    ("500 for the next five calls", "[server_error]\nrate = 1.0\nstatuses = [500]\nmax_count = 5\n"),
    ("The next write is done, and answers 500", "[write_then_error]\nrate = 1.0\nmax_count = 1\n"),
    ("Events a minute late", "event_delay_seconds = 60\n"),
    ("The plan has lapsed", "plan = \"free\"\n"),
];
const JUMPS: [(&str, u32); 4] = [("1 minute", 60), ("1 hour", 3_600), ("1 day", 86_400), ("1 week", 604_800)];
const SPEEDS: [(&str, &str); 4] =
    [("Stop", "0"), ("As a clock", "1"), ("60 times", "60"), ("3,600 times", "3600")];

#[derive(Template)]
#[template(path = "faults.html")]
struct Switches {
    shell: Shell,
    /// The switches in force, or those that were refused.
    text: String,
    refusal: Option<String>,
    struck: Vec<(&'static str, u64)>,
    ready: &'static [(&'static str, &'static str)],
    jumps: &'static [(&'static str, u32)],
    speeds: &'static [(&'static str, &'static str)],
}

/// Whether any switch differs from its usual position.
pub(super) fn is_on(faults: &Faults) -> bool {
    !in_force(faults).is_empty()
}

pub(super) fn show(server: MutexGuard<'_, Server>) -> Response {
    let text = in_force(&server.faults.faults);
    page(server, (text, None), StatusCode::OK)
}

fn page(server: MutexGuard<'_, Server>, said: (String, Option<String>), status: StatusCode) -> Response {
    let page = Switches {
        shell: Shell::of(&server, "Clock and faults", "faults"),
        text: said.0,
        refusal: said.1,
        struck: server.faults.counts.iter().map(|(name, count)| (*name, *count)).collect(),
        ready: &READY,
        jumps: &JUMPS,
        speeds: &SPEEDS,
    };
    drop(server);
    html(status, &page)
}

/// The switches that differ from their usual position, as the file has them.
fn in_force(faults: &Faults) -> String {
    let (Ok(mut table), Ok(usual)) =
        (toml::Table::try_from(faults), toml::Table::try_from(Faults::default()))
    else {
        return String::new();
    };
    table.retain(|name, value| usual.get(name) != Some(value));
    toml::to_string(&table).unwrap_or_default()
}

/// Moves the clock on, or lets it run at another speed.
pub(super) fn set_clock(shared: &Shared, visit: &Visit) -> Response {
    let jump = visit.given("jump").and_then(|seconds| seconds.parse::<u32>().ok());
    let speed = visit.given("speed").and_then(|speed| speed.parse::<f64>().ok());
    let order = match (jump, speed) {
        (Some(seconds), _) => json!({ "jump_seconds": seconds }),
        (_, Some(speed)) => json!({ "speed": speed }),
        _ => json!({}),
    };
    let mut server = shared.lock();
    control::answer(&mut server, &Method::POST, "clock", order.to_string().as_bytes());
    drop(server);
    shared.wake();
    see_other("/faults")
}

/// Takes the switches over; those that are not valid are shown again with what is wrong with them.
pub(super) fn set_faults(shared: &Shared, visit: &Visit) -> Response {
    let text = visit.given("switches").unwrap_or_default().replace("\r\n", "\n");
    let mut server = shared.lock();
    let refusal = match Faults::from_toml(&text) {
        Ok(faults) => {
            let bytes = json!(faults).to_string();
            let reply = control::answer(&mut server, &Method::POST, "faults", bytes.as_bytes());
            reply.body["errors"][0]["message"].as_str().map(str::to_owned)
        }
        Err(error) => Some(error.to_string()),
    };
    shared.wake();
    match refusal {
        Some(_) => page(server, (text, refusal), StatusCode::BAD_REQUEST),
        None => see_other("/faults"),
    }
}
