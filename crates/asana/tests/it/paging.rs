//! Lists over several pages.

use asana::Error;
use asana::wire::Task;
use futures_util::{StreamExt, pin_mut};
use serde_json::{Value, json};

use crate::server::{Reply, Server, error, reply};

fn page(gids: &[&str], offset: Option<&str>) -> Reply {
    let tasks: Vec<Value> = gids.iter().map(|gid| json!({ "gid": gid })).collect();
    let next = offset.map(|offset| json!({ "offset": offset, "path": "/tasks?…", "uri": "https://…" }));
    reply(200, json!({ "data": tasks, "next_page": next }))
}

fn expired() -> Reply {
    error(400, "offset: Your pagination token has expired.")
}

fn gids(tasks: &[Task]) -> Vec<&str> {
    tasks.iter().map(|task| task.gid.as_str()).collect()
}

#[tokio::test]
async fn an_empty_page_is_not_the_end_and_every_page_asks_for_100() {
    let server =
        Server::playing([page(&["1"], Some("a+b/c=")), page(&[], Some("d")), page(&["2"], None)]).await;
    let all =
        server.client().tasks().in_project("9").fields(&["name", "due_on"]).collect_all().await.unwrap();
    assert_eq!(gids(&all), ["1", "2"]);
    let queries: Vec<String> = server.asked().into_iter().map(|asked| asked.query).collect();
    assert_eq!(queries[0], "project=9&opt_fields=name%2Cdue_on&limit=100");
    assert_eq!(queries[1], "project=9&opt_fields=name%2Cdue_on&limit=100&offset=a%2Bb%2Fc%3D");
    assert_eq!(queries[2], "project=9&opt_fields=name%2Cdue_on&limit=100&offset=d");
}

#[tokio::test]
async fn a_list_without_next_page_ends() {
    let server = Server::playing([reply(200, json!({ "data": [{ "gid": "1" }] }))]).await;
    let mut pages = server.client().tasks().in_project("9").pages();
    assert_eq!(pages.next().await.unwrap().map(|page| page.len()), Some(1));
    assert!(pages.next().await.unwrap().is_none());
    assert!(pages.next().await.unwrap().is_none(), "and stays ended");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn reading_page_by_page_tells_that_the_place_is_lost() {
    let server = Server::playing([page(&["1"], Some("a")), expired()]).await;
    let mut pages = server.client().tasks().in_project("9").pages();
    pages.next().await.unwrap();
    let error = pages.next().await.unwrap_err();
    assert!(matches!(&error, Error::PageExpired { .. }) && error.is_retryable_later(), "{error:?}");
}

#[tokio::test]
async fn collecting_starts_over_once_and_repeats_nothing() {
    let script = [page(&["1"], Some("a")), expired(), page(&["1"], Some("b")), page(&["2"], None)];
    let server = Server::playing(script).await;
    let all = server.client().tasks().in_project("9").collect_all().await.unwrap();
    assert_eq!(gids(&all), ["1", "2"]);

    let server =
        Server::playing([page(&["1"], Some("a")), expired(), page(&["1"], Some("b")), expired()]).await;
    let result = server.client().tasks().in_project("9").collect_all().await;
    assert!(matches!(result, Err(Error::PageExpired { .. })), "{result:?}");
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn a_stream_gives_pages_and_ends_after_an_error() {
    let server =
        Server::playing([page(&["1"], Some("a")), error(403, "You do not have access to this project.")])
            .await;
    let stream = server.client().tasks().in_project("9").pages().into_stream();
    pin_mut!(stream);
    assert_eq!(gids(&stream.next().await.unwrap().unwrap()), ["1"]);
    assert!(matches!(stream.next().await, Some(Err(Error::Forbidden { .. }))));
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn filters_become_parameters() {
    let server = Server::playing([page(&[], None), page(&[], None)]).await;
    let client = server.client();
    let since = "2026-05-23T19:33:31.715Z".parse().unwrap();
    client.tasks().in_project("9").completed_since(since).modified_since(since).collect_all().await.unwrap();
    client.tasks().in_project("9").only_incomplete().collect_all().await.unwrap();
    let time = "2026-05-23T19%3A33%3A31.715Z";
    let queries: Vec<String> = server.asked().into_iter().map(|asked| asked.query).collect();
    assert_eq!(queries[0], format!("project=9&completed_since={time}&modified_since={time}&limit=100"));
    assert_eq!(queries[1], "project=9&completed_since=now&limit=100");
}
