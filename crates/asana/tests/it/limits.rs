//! Requests in flight, as the server sees them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use asana::{Client, Limits, Settings};
use axum::Router;
use axum::extract::State;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::sync::Barrier;

use crate::server::{serve, settings};

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
