//! Requests in flight, as the server sees them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use asana::{Client, Error, Lane, Limits, RetryPolicy, Settings, Share};
use axum::Router;
use axum::extract::State;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::server::{Server, data, error, serve, settings};

/// Holds requests until `wave` of them are there at the same time, and keeps the most it ever saw at once.
struct Waves {
    barrier: Barrier,
    inside: AtomicUsize,
    most: AtomicUsize,
}

async fn hold(State(waves): State<Arc<Waves>>) -> &'static str {
    let inside = waves.inside.fetch_add(1, Ordering::SeqCst) + 1;
    waves.most.fetch_max(inside, Ordering::SeqCst);
    waves.barrier.wait().await;
    waves.inside.fetch_sub(1, Ordering::SeqCst);
    r#"{"data":{}}"#
}

async fn waves(wave: usize) -> (Client, Arc<Waves>) {
    let waves = Arc::new(Waves { barrier: Barrier::new(wave), inside: 0.into(), most: 0.into() });
    let address = serve(Router::new().fallback(hold).with_state(waves.clone())).await;
    let limits = Limits { reads_in_flight: 5, writes_in_flight: 3, ..Limits::default() };
    (Client::new(Settings { limits, ..settings(address) }).unwrap(), waves)
}

#[tokio::test]
async fn reads_in_flight_are_capped() {
    let (client, waves) = waves(5).await;
    let calls = (0..15).map(|_| client.get("/users/me").send::<Value>());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(waves.most.load(Ordering::SeqCst), 5);
    assert_eq!(client.counters().reads, 15);
}

#[tokio::test]
async fn writes_in_flight_are_capped_apart_from_reads() {
    let (client, waves) = waves(3).await;
    let calls = (0..9).map(|_| client.put("/tasks/1").run());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(waves.most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn counters_can_be_subtracted() {
    let (client, _waves) = waves(1).await;
    client.get("/users/me").send::<Value>().await.unwrap();
    let before = client.counters();
    client.put("/tasks/1").run().await.unwrap();
    client.get("/users/me").send::<Value>().await.unwrap();
    let run = client.counters() - before;
    assert_eq!((run.reads, run.writes, run.retries), (1, 1, 0));
    assert_eq!(serde_json::to_value(run).unwrap()["writes"], 1);
}

#[tokio::test]
async fn a_share_and_a_lane_narrow_what_is_in_flight() {
    let (client, waves) = waves(2).await;
    client.set_share(Share::new(1, 2).unwrap());
    let calls = (0..6).map(|_| client.get("/users/me").send::<Value>());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(waves.most.load(Ordering::SeqCst), 2, "half of five reads");
    client.set_share(Share::WHOLE);
    let background = client.lane(Lane::Background);
    let calls = (0..6).map(|_| background.put("/tasks/1").run());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(waves.most.load(Ordering::SeqCst), 2, "four fifths of three writes");
    assert_eq!(client.counters().writes, 6, "lanes share the counters");
}

#[tokio::test]
async fn without_a_share_nothing_is_sent() {
    let address = serve(Router::new().fallback(|| async { r#"{"data":{}}"# })).await;
    let retry = RetryPolicy { total_time: Duration::from_millis(20), ..RetryPolicy::default() };
    let client = Client::new(Settings { retry, ..settings(address) }).unwrap();
    client.set_share(Share::NONE);
    let refused = client.get("/users/me").send::<Value>().await.unwrap_err();
    assert!(matches!(refused, Error::NoShare { .. }) && refused.is_retryable_later(), "{refused}");
    assert_eq!((client.counters().reads, client.requests_per_minute()), (0, 0));
    client.lane(Lane::Background).set_share(Share::WHOLE);
    client.get("/users/me").send::<Value>().await.unwrap();
    assert_eq!(Limits::default().most_shares(), 15, "fifteen writes in flight");
}

#[tokio::test]
async fn activity_tells_endpoints_and_statuses_and_no_names() {
    let missing = error(404, "task: Unknown object: 1");
    let busy = error(503, "busy");
    let server = Server::playing([data(json!([])), missing, busy, data(json!({})), data(json!([]))]).await;
    let client = server.client();
    client.get("/tasks/1201/stories").send::<Value>().await.unwrap();
    client.get("/users/ada@example.org").send::<Value>().await.unwrap_err();
    client.put("/tasks/77").run().await.unwrap();
    client.get("/tasks/1202/stories").send::<Value>().await.unwrap();
    let activity = serde_json::to_value(client.activity()).unwrap();
    assert_eq!(
        activity["requests"],
        json!([
            { "route": "/tasks/{gid}", "method": "PUT", "status": 200, "count": 1 },
            { "route": "/tasks/{gid}", "method": "PUT", "status": 503, "count": 1 },
            { "route": "/tasks/{gid}/stories", "method": "GET", "status": 200, "count": 2 },
            { "route": "/users/{gid}", "method": "GET", "status": 404, "count": 1 },
        ])
    );
}

#[tokio::test]
async fn processes_that_share_a_token_stay_within_its_places_together() {
    let now = "2026-03-02T08:00:00Z".parse().unwrap();
    let latency = sandbox::Latency { min: 100, max: 100 };
    let faults = sandbox::Faults { latency_ms: Some(latency), ..sandbox::Faults::default() };
    let options = sandbox::Options { faults, ..sandbox::Options::default() };
    let world = sandbox::World::new(7, sandbox::Plan::Paid, now);
    let workspace = world.workspace().clone();
    let running = sandbox::serve(options, world).await.unwrap();
    let refused = async |share: Share| {
        let client = || {
            let settings = Settings::new(sandbox::DEFAULT_TOKEN);
            let (base_url, retry) = (running.base_url.clone(), RetryPolicy::never());
            let client = Client::new(Settings { base_url, retry, ..settings }).unwrap();
            client.set_share(share);
            client
        };
        let clients = [client(), client(), client()];
        let task = || asana::TaskWrite::new().name("x").workspace(&workspace);
        join_all(clients.iter().flat_map(|client| (0..12).map(|_| client.tasks().create(task(), &[])))).await;
        clients.iter().map(|client| client.counters().rejected).sum::<u64>()
    };
    assert_eq!(refused(Share::new(1, 3).unwrap()).await, 0);
    assert!(refused(Share::WHOLE).await > 0, "the sandbox does count what is in flight");
}
