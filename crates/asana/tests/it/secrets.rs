//! What must not be seen: the token anywhere, queries and bodies in logs.

use std::io::Write;
use std::sync::{Arc, Mutex};

use asana::{Client, RetryPolicy, Settings};
use sandbox::world::{APP_SECRET, FULL_APP, Plan};
use secrecy::ExposeSecret;
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;

use crate::oauth::Site;
use crate::server::{Server, TOKEN, data, error, settings};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_token_is_in_no_debug_output_and_no_error() {
    let server = Server::playing([error(401, "Not Authorized")]).await;
    let client = server.client();
    let refused = client.users().me(&[]).await.unwrap_err();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = Settings { retry: RetryPolicy::never(), ..settings(listener.local_addr().unwrap()) };
    drop(listener);
    let request = client.get("/tasks").query("text", "secret search");
    let broken =
        Client::new(dead).unwrap().get("/tasks").query("text", "secret search").run().await.unwrap_err();
    let shown =
        format!("{:?} {client:?} {request:?} {refused} {refused:?} {broken} {broken:?}", server.settings());
    assert!(!shown.contains(TOKEN), "{shown}");
    assert!(!format!("{broken} {broken:?}").contains("secret"), "{broken:?}");
}

#[tokio::test]
async fn logs_tell_method_path_status_and_attempt_and_no_more() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole process, other tests' calls included: a subscriber of one thread can miss events whose call sites
    // another thread has met first.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let change = "name=new_goals;info=https://asana.com/developers;affected=true";
    let busy = error(503, "busy").header("asana-change", change);
    let done = data(json!({ "gid": "1", "text": "said in private" })).header("asana-change", change);
    let server = Server::playing([busy, done]).await;
    let client = server.client();
    client.stories().update("77077", "written in private").await.unwrap();
    let text = log.text();
    let ours: Vec<&str> =
        text.lines().filter(|line| line.contains("asana request") && line.contains("77077")).collect();
    assert_eq!(ours.len(), 2, "{ours:?}");
    for part in ["DEBUG", "method=PUT", "path=/stories/77077", "status=200", "ms=", "attempt=2"] {
        assert!(ours[1].contains(part), "{part} in {}", ours[1]);
    }
    assert_eq!(text.matches("our calls are affected").count(), 1, "an announced change is told once");
    assert!(!text.contains(TOKEN), "not even in the HTTP library's trace");
    assert!(!ours.concat().contains("private"));

    let site = Site::start(Plan::Paid).await;
    let tokens = site.sign_in(FULL_APP, &["default"]).await;
    site.client(tokens.access.clone()).users().me(&[]).await.unwrap();
    let text = log.text();
    assert!(text.contains("path=\"/-/oauth_token\" status=200"), "signing in is logged");
    for secret in [APP_SECRET, tokens.access.expose_secret(), tokens.refresh.expose_secret()] {
        assert!(!text.contains(secret));
    }
}
