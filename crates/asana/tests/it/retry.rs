//! Which calls are repeated, which are not, and what a caller learns.

use std::time::{Duration, Instant};

use asana::{Client, Error, Place, TaskWrite};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::server::{Server, data, error, hanging_up, settings};

#[tokio::test]
async fn a_post_is_never_replayed_after_a_5xx() {
    for status in [500, 502, 503, 504] {
        let server = Server::playing([error(status, "Oops"), data(json!({ "gid": "1" }))]).await;
        let result = server.client().stories().create_comment("1201", "hello").await;
        assert!(matches!(result, Err(Error::MayHaveLanded { .. })), "{result:?}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_may_have_landed() {
    let (address, seen) = hanging_up(1).await;
    let client = Client::new(settings(address)).unwrap();
    let result = client.tasks().create(TaskWrite::new().name("x").workspace("1"), &[]).await;
    let Err(Error::MayHaveLanded { call, reason }) = result else { panic!("{result:?}") };
    assert_eq!(call.to_string(), "POST /tasks");
    assert!(reason.contains("connection broke"), "{reason}");
    assert_eq!(*seen.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_post_is_repeated_after_a_429() {
    let refused = error(429, "You have made too many requests recently.").header("retry-after", "0");
    let server = Server::playing([refused.clone(), refused, data(json!({ "gid": "7" }))]).await;
    let client = server.client();
    let story = client.stories().create_comment("1201", "hello").await.unwrap();
    assert_eq!(story.gid, "7");
    assert_eq!(server.asked().len(), 3);
    let counters = client.counters();
    assert_eq!((counters.writes, counters.retries, counters.rejected, counters.reads), (3, 2, 2, 0));
}

#[tokio::test]
async fn a_post_that_never_connected_is_repeated_and_is_a_connection_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::new(settings(address)).unwrap();
    let result = client.stories().create_comment("1201", "hello").await;
    assert!(matches!(&result, Err(e @ Error::Connection { .. }) if e.is_retryable_later()), "{result:?}");
    assert_eq!(client.counters().retries, 3);
}

#[tokio::test]
async fn reads_puts_and_relation_posts_are_repeated() {
    let script = || [error(503, "busy"), error(500, "Oops"), data(json!({ "gid": "1" }))];
    let server = Server::playing(script()).await;
    server.client().tasks().get("1", &["name"]).await.unwrap();
    assert_eq!(server.asked().len(), 3);

    let server = Server::playing(script()).await;
    server.client().tasks().update("1", TaskWrite::new().name("x"), &["name"]).await.unwrap();
    assert_eq!(server.asked().len(), 3);

    let server = Server::playing(script()).await;
    server.client().tasks().add_dependencies("1", &["2"]).await.unwrap();
    assert_eq!(server.asked().len(), 3);

    let server = Server::playing(script()).await;
    server.client().sections().add_task("1", "2", Place::Top).await.unwrap();
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_lost_read_is_repeated() {
    let (address, seen) = hanging_up(2).await;
    let client = Client::new(settings(address)).unwrap();
    client.get("/anything").send::<Value>().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), 3);
}

#[tokio::test]
async fn a_delete_that_finds_nothing_after_an_unclear_attempt_is_done() {
    let server = Server::playing([error(500, "Oops"), error(404, "task: Unknown object: 1")]).await;
    server.client().tasks().delete("1").await.unwrap();
    assert_eq!(server.asked().len(), 2);

    let server = Server::playing([error(404, "task: Unknown object: 1")]).await;
    let result = server.client().tasks().delete("1").await;
    assert!(matches!(result, Err(Error::NotFound { .. })), "{result:?}");

    let server = Server::playing([error(429, "slow").header("retry-after", "0"), error(404, "gone")]).await;
    let result = server.client().tasks().delete("1").await;
    assert!(matches!(result, Err(Error::NotFound { .. })), "a refused attempt deleted nothing: {result:?}");
}

#[tokio::test]
async fn when_attempts_run_out_a_read_is_unavailable_and_a_write_may_have_landed() {
    let script = || std::iter::repeat_n(error(503, "busy"), 4);
    let server = Server::playing(script()).await;
    let result = server.client().tasks().get("1", &[]).await;
    assert!(
        matches!(&result, Err(e @ Error::Unavailable { status: 503, .. }) if e.is_retryable_later()),
        "{result:?}"
    );
    assert_eq!(server.asked().len(), 4);

    let server = Server::playing(script()).await;
    let result = server.client().tasks().update("1", TaskWrite::new().name("x"), &[]).await;
    assert!(matches!(&result, Err(e @ Error::MayHaveLanded { .. }) if !e.is_retryable_later()), "{result:?}");
}

#[tokio::test]
async fn a_final_answer_settles_an_unclear_write() {
    let server = Server::playing([error(500, "Oops"), error(400, "name: Missing input")]).await;
    let result = server.client().tasks().update("1", TaskWrite::new().name(""), &[]).await;
    assert!(matches!(result, Err(Error::BadRequest { .. })), "{result:?}");
}

#[tokio::test]
async fn a_refused_token_settles_nothing() {
    let server = Server::playing([error(500, "Oops"), error(401, "Not Authorized")]).await;
    let result = server.client().tasks().update("1", TaskWrite::new().name("x"), &[]).await;
    assert!(matches!(result, Err(Error::MayHaveLanded { .. })), "{result:?}");
}

#[tokio::test]
async fn retry_after_holds_back_every_caller() {
    let refused = error(429, "You have made too many requests recently.").header("retry-after", "1");
    let server = Server::playing([refused, data(json!({ "gid": "1" })), data(json!({ "gid": "1" }))]).await;
    let client = server.client();
    let started = Instant::now();
    let (a, b) = tokio::join!(client.users().me(&[]), async {
        // Joined futures run in order, so this one asks after the refusal has come back.
        while client.counters().rejected == 0 {
            tokio::task::yield_now().await;
        }
        client.users().me(&[]).await
    });
    a.unwrap();
    b.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
    assert_eq!(server.asked().len(), 3);
    assert!(client.counters().waits > 0);
}

#[tokio::test]
async fn a_retry_after_beyond_our_patience_ends_the_call_at_once() {
    let refused = error(429, "You have made too many requests recently.").header("retry-after", "3600");
    let server = Server::playing([refused]).await;
    let client = server.client();
    let result = client.users().me(&[]).await;
    assert!(
        matches!(&result, Err(Error::RateLimited { retry_after: Some(d), .. }) if d.as_secs() == 3600),
        "{result:?}"
    );
    let next = client.users().me(&[]).await;
    assert!(matches!(next, Err(Error::RateLimited { .. })), "the next call knows, too: {next:?}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_read_that_takes_too_long_is_repeated_and_a_create_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent =
        asana::Settings { timeout: Duration::from_millis(50), ..settings(listener.local_addr().unwrap()) };
    let client = Client::new(silent).unwrap();
    let read = client.users().me(&[]).await;
    assert!(matches!(read, Err(Error::Connection { .. })), "{read:?}");
    assert_eq!(client.counters().reads, 4);
    let write = client.stories().create_comment("1", "hello").await;
    assert!(
        matches!(&write, Err(Error::MayHaveLanded { reason, .. }) if reason == "no answer in time"),
        "{write:?}"
    );
    assert_eq!(client.counters().writes, 1);
}
