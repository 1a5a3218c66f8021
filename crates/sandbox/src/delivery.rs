//! Sending webhooks: the handshake inside a creation, and everything that becomes due later.
//!
//! The world is never locked while a target is waited for. Each target has ten seconds, as with Asana. Time is the
//! world's: the loop wakes when something is due, when something happened, and when the clock jumped.

use crate::clock::stamp;
use crate::error::{Error, Failure};
use crate::http::{PREFIX, Reply};
use crate::resources::{self, shape_of};
use crate::server::Shared;
use crate::world::{Delivery, Event, Kind, Webhook};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use std::time::Duration;

const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The loop looks again at least this often.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// Kept of what a failing target answered.
const MOST_FAILURE_CHARS: usize = 1000;
const SECRET: &str = "x-hook-secret";

/// The client of all deliveries.
#[expect(clippy::disallowed_methods, reason = "webhook targets are not Asana: no token, no retry, no limits")]
pub(crate) fn client() -> Result<Client, Error> {
    // A provider that was installed before serves as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().timeout(ANSWER_WITHIN).redirect(redirect::Policy::none()).no_proxy();
    client.build().map_err(|error| Error::Client(error.to_string()))
}

/// Asks a target whether it wants the webhook, and ends the call.
pub(crate) async fn establish(shared: &Shared, call: &crate::call::Call, hook: Webhook) -> Reply {
    let asked = shared.client().post(&hook.target).header(SECRET, &hook.secret).send().await;
    let shaken = asked.is_ok_and(|answer| {
        is_good(answer.status())
            && answer.headers().get(SECRET).is_some_and(|echo| echo == hook.secret.as_str())
    });
    if !shaken {
        let message = format!("The remote server {} did not respond with the handshake secret.", hook.target);
        return Failure::bad(message).into();
    }
    let mut server = shared.lock();
    let body = resources::establish(&mut server.world, call, hook);
    drop(server);
    shared.wake();
    let location = body["data"]["gid"].as_str().map(|gid| format!("{PREFIX}/webhooks/{gid}"));
    Reply { status: resources::ESTABLISHED, location, body: Value::Object(body), ..Reply::default() }
}

fn is_good(status: StatusCode) -> bool {
    matches!(status, StatusCode::OK | StatusCode::NO_CONTENT)
}

/// Sends what is due until the sandbox ends.
pub(crate) async fn run(shared: Shared) {
    loop {
        let (due, sleep) = {
            let mut server = shared.lock();
            let due = server.world.deliveries_due();
            let now = server.world.now();
            let next = server.world.next_delivery_at().map(|at| at.duration_since(now));
            let wait = next.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or(LONGEST_SLEEP);
            let sleep = wait.div_f64(server.world.clock.speed().max(0.001));
            (due, sleep.clamp(Duration::from_millis(1), LONGEST_SLEEP))
        };
        for delivery in due {
            let shared = shared.clone();
            tokio::spawn(async move { deliver(&shared, delivery).await });
        }
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            () = shared.woken() => {}
        }
    }
}

async fn deliver(shared: &Shared, mut delivery: Delivery) {
    shared.lock().faults.shuffle(&mut delivery.events);
    let body = json!({ "events": delivery.events.iter().map(told).collect::<Vec<_>>() }).to_string();
    let asked = shared
        .client()
        .post(&delivery.target)
        .header("content-type", "application/json")
        .header("x-hook-signature", signature(&delivery.secret, body.as_bytes()))
        .body(body)
        .send()
        .await;
    let outcome = match asked {
        Ok(answer) if is_good(answer.status()) => Ok(()),
        Ok(answer) => Err(failure_content(answer).await),
        Err(error) if error.is_timeout() => Err("The target did not answer within 10 seconds".to_owned()),
        Err(error) => Err(format!("The target could not be reached: {error}")),
    };
    let mut server = shared.lock();
    server.world.delivered(delivery, outcome);
    drop(server);
    shared.wake();
}

async fn failure_content(answer: Response) -> String {
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    format!("{status}\n\n{text}").chars().take(MOST_FAILURE_CHARS).collect()
}

/// Lowercase hexadecimal HMAC-SHA256 of the bytes as sent.
fn signature(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new(); // HMAC takes keys of every length
    };
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An event as webhooks tell it: ids and types, no names.
fn told(event: &Event) -> Value {
    let object = |kind: Kind, gid: &str| json!({ "gid": gid, "resource_type": shape_of(kind).name });
    let mut resource = object(event.kind, &event.gid);
    if let Some(subtype) = &event.subtype {
        resource["resource_subtype"] = json!(subtype);
    }
    let mut out = Map::new();
    out.insert("user".to_owned(), event.user.as_ref().map_or(Value::Null, |user| object(Kind::User, user)));
    out.insert("created_at".to_owned(), json!(stamp(event.created_at)));
    out.insert("action".to_owned(), json!(event.action.word()));
    out.insert("resource".to_owned(), resource);
    let parent = event.parent.as_ref().map_or(Value::Null, |(kind, gid)| object(*kind, gid));
    out.insert("parent".to_owned(), parent);
    if let Some(change) = &event.change {
        let mut body = json!({ "field": change.field, "action": change.action.word() });
        match &change.value {
            Some(crate::node::Node::Resource(at)) => body[change.value_key()] = object(at.kind, &at.gid),
            Some(crate::node::Node::Plain(value)) => body[change.value_key()] = value.clone(),
            _ => {}
        }
        out.insert("change".to_owned(), body);
    }
    Value::Object(out)
}
