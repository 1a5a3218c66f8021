//! Downloads: from Asana's hosts only, without the token, up to a limit.

use crate::server::{Reply, Server, error};
use asana::{Error, wire};

fn attachment(url: &str) -> wire::Attachment {
    wire::Attachment { gid: "77".into(), download_url: Some(url.into()), ..wire::Attachment::default() }
}

fn body(text: &str) -> Reply {
    Reply { status: 200, headers: vec![], body: text.into() }
}

#[tokio::test]
async fn content_comes_without_the_token_and_only_up_to_the_limit() {
    let server = Server::playing([body("12345678"), body("123456789")]).await;
    let here = attachment(&format!("http://{}/files/77?signature=x", server.address));
    let client = server.client();
    assert_eq!(client.attachments().download(&here, 8).await.unwrap(), b"12345678");
    let refused = client.attachments().download(&here, 8).await.unwrap_err();
    assert!(matches!(refused, Error::TooLarge { .. }), "{refused}");
    assert!(server.asked().iter().all(|asked| asked.authorization.is_empty()), "{:?}", server.asked());
}

#[tokio::test]
async fn no_other_host_is_asked_and_no_redirect_followed() {
    let other = Server::playing([]).await;
    let elsewhere = format!("http://{}/files/77", other.address);
    let server = Server::playing([error(302, "moved").header("location", &elsewhere)]).await;
    let client = server.client();
    let not_ours = [
        elsewhere.as_str(),
        "http://asanausercontent.com/x",
        "https://asanausercontent.com.evil.example/x",
        "https://asanausercontent.com:8443/x",
        "https://user@asanausercontent.com/x",
        "file:///etc/hostname",
        "no address",
    ];
    for url in not_ours {
        let refused = client.attachments().download(&attachment(url), 10).await.unwrap_err();
        assert!(matches!(refused, Error::InvalidRequest { .. }), "{url}: {refused}");
    }
    let none = wire::Attachment { gid: "7".into(), ..wire::Attachment::default() };
    assert!(client.attachments().download(&none, 10).await.is_err());
    let here = attachment(&format!("http://{}/files/77", server.address));
    let moved = client.attachments().download(&here, 10).await.unwrap_err();
    assert!(matches!(moved, Error::Unexpected { status: 302, .. }), "{moved}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn an_expired_address_and_a_server_in_trouble_are_told_apart() {
    let server = Server::playing([error(403, "expired"), error(500, "oops")]).await;
    let here = attachment(&format!("http://{}/files/77", server.address));
    let client = server.client();
    let expired = client.attachments().download(&here, 10).await.unwrap_err();
    assert!(matches!(expired, Error::Unexpected { status: 403, .. }) && !expired.is_retryable_later());
    let trouble = client.attachments().download(&here, 10).await.unwrap_err();
    assert!(matches!(trouble, Error::Unavailable { status: 500, .. }) && trouble.is_retryable_later());
}
