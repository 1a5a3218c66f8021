//! Wrong settings are named before anything is sent.

use std::time::Duration;

use asana::{Client, Error, Limits, RetryPolicy, Settings};
use serde_json::json;

use crate::server::{Server, TOKEN, data};

fn refusal(settings: Settings) -> (&'static str, String) {
    match Client::new(settings) {
        Err(Error::Settings { name, reason }) => (name, reason),
        other => panic!("{other:?}"),
    }
}

fn with_url(url: &str) -> Settings {
    Settings { base_url: url.to_owned(), ..Settings::new(TOKEN) }
}

#[test]
fn https_is_wanted_everywhere_but_on_this_machine() {
    for good in [
        "https://app.asana.com/api/1.0",
        "https://app.asana.com/api/1.0/",
        "http://127.0.0.1:8700",
        "http://localhost:8700/api/1.0",
        "http://[::1]:8700",
    ] {
        Client::new(with_url(good)).unwrap();
    }
    let (name, reason) = refusal(with_url("http://asana.internal/api/1.0"));
    assert_eq!(name, "base_url");
    assert!(reason.contains("use https"), "{reason}");
    for bad in [
        "asana",
        "ftp://app.asana.com",
        "https://me:pw@app.asana.com",
        "https://app.asana.com/?x=1",
        "data:x",
    ] {
        assert_eq!(refusal(with_url(bad)).0, "base_url", "{bad}");
    }
}

#[test]
fn tokens_and_numbers_are_checked() {
    assert_eq!(refusal(Settings::new("  ")).0, "token");
    assert_eq!(refusal(Settings::new("line\nbreak")).0, "token");
    let limits = Limits { writes_in_flight: 0, ..Limits::default() };
    assert_eq!(refusal(Settings { limits, ..Settings::new(TOKEN) }).0, "limits.writes_in_flight");
    let retry = RetryPolicy { max_attempts: 0, ..RetryPolicy::default() };
    assert_eq!(refusal(Settings { retry, ..Settings::new(TOKEN) }).0, "retry.max_attempts");
    let zero = Settings { timeout: Duration::ZERO, ..Settings::new(TOKEN) };
    assert_eq!(refusal(zero).0, "timeout");
    let agent = Settings { user_agent: "line\nbreak".to_owned(), ..Settings::new(TOKEN) };
    assert_eq!(refusal(agent).0, "user_agent");
}

#[tokio::test]
async fn the_token_is_sent_and_can_be_replaced() {
    let server = Server::playing([data(json!({ "gid": "1" })), data(json!({ "gid": "1" }))]).await;
    let client = server.client();
    client.users().me(&[]).await.unwrap();
    assert!(client.replace_token(&"".into()).is_err());
    client.replace_token(&"fresh".into()).unwrap();
    client.clone().users().me(&[]).await.unwrap();
    let sent: Vec<String> = server.asked().into_iter().map(|asked| asked.authorization).collect();
    assert_eq!(sent, [format!("Bearer {TOKEN}"), "Bearer fresh".to_owned()]);
    assert_eq!(server.asked()[0].path, "/api/1.0/users/me", "a trailing slash in base_url does no harm");
}
