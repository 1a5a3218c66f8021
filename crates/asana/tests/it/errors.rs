//! Answers that are no success, and answers that do not fit.

use asana::wire::Task;
use asana::{Error, RetryPolicy, Settings};
use serde_json::{Value, json};

use crate::server::{Reply, Server, data, error, reply};

async fn get(answer: Reply) -> Error {
    let server = Server::playing([answer]).await;
    let client = asana::Client::new(Settings { retry: RetryPolicy::never(), ..server.settings() }).unwrap();
    client.get("/tasks/1201").query("opt_fields", "secret_query").send::<Value>().await.unwrap_err()
}

#[tokio::test]
async fn each_status_is_the_variant_that_tells_what_to_do() {
    assert!(matches!(get(error(400, "due_on: Date must be…")).await, Error::BadRequest { .. }));
    assert!(matches!(get(error(401, "Not Authorized")).await, Error::Unauthorized { .. }));
    assert!(matches!(
        get(error(402, "Search is only available to premium users.")).await,
        Error::PaymentRequired { .. }
    ));
    assert!(matches!(
        get(error(403, "You do not have access to this project.")).await,
        Error::Forbidden { .. }
    ));
    let unpaid = "Custom Fields are not available for free users or guests.";
    assert!(matches!(get(error(403, unpaid)).await, Error::PaymentRequired { .. }));
    assert!(matches!(get(error(404, "task: Unknown object: 1201")).await, Error::NotFound { .. }));
    assert!(matches!(get(error(413, "")).await, Error::TooLarge { .. }));
    let large = "The result is too large. You should use pagination (may require specifying a workspace)!";
    assert!(matches!(get(error(400, large)).await, Error::TooLarge { .. }));
    assert!(matches!(get(error(429, "slow down")).await, Error::RateLimited { retry_after: None, .. }));
    assert!(matches!(get(error(500, "Oops")).await, Error::Unavailable { status: 500, .. }));
    assert!(matches!(get(error(501, "not here")).await, Error::Unavailable { status: 501, .. }));
    assert!(matches!(get(error(451, "embargo")).await, Error::Unexpected { status: 451, .. }));
    let stale = reply(
        412,
        json!({ "errors": [{ "message": "Sync token invalid or too old." }], "sync": "de4774f6" }),
    );
    assert!(matches!(get(stale).await, Error::SyncExpired { sync, .. } if sync == "de4774f6"));
}

#[tokio::test]
async fn a_message_names_method_path_and_asanas_words_but_not_the_query() {
    let text = get(error(403, "You do not have access to this project.")).await.to_string();
    assert!(text.starts_with("GET /tasks/1201: "), "{text}");
    assert!(text.contains("You do not have access to this project."), "{text}");
    assert!(!text.contains("secret_query"), "{text}");
}

#[tokio::test]
async fn a_500_keeps_the_phrase_for_asanas_support() {
    let body = json!({ "errors": [{ "message": "Server Error", "phrase": "6 sad squid snuggle softly" }] });
    assert!(get(reply(500, body)).await.to_string().contains("6 sad squid snuggle softly"));
}

#[tokio::test]
async fn an_error_without_asanas_form_is_still_told() {
    let page = Reply { status: 404, headers: Vec::new(), body: "<html>proxy says no</html>".to_owned() };
    let text = get(page).await.to_string();
    assert!(text.contains("no message") && !text.contains("proxy"), "{text}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::playing([data(json!({}))]).await;
    let target = format!("http://{}/api/1.0/tasks/1", elsewhere.address);
    let error = get(reply(302, json!({})).header("location", &target)).await;
    assert!(matches!(&error, Error::Unexpected { status: 302, .. }), "{error:?}");
    assert!(elsewhere.asked().is_empty(), "the token would have gone elsewhere");
}

#[tokio::test]
async fn a_decode_error_names_the_field_and_hides_the_body() {
    let tasks = json!([{ "gid": "1" }, { "gid": "2", "due_on": "the confidential day" }]);
    let server = Server::playing([data(tasks)]).await;
    let error = server.client().get("/tasks").send::<Vec<Task>>().await.unwrap_err();
    let Error::Decode { path, .. } = &error else { panic!("{error:?}") };
    assert_eq!(path, "data[1].due_on");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("GET /tasks") && !shown.contains("confidential"), "{shown}");
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_a_decode_error() {
    let page =
        Reply { status: 200, headers: Vec::new(), body: "<html>sign in to the wifi</html>".to_owned() };
    let error = get(page).await;
    assert!(matches!(&error, Error::Decode { .. }) && !error.to_string().contains("wifi"), "{error}");
}

#[tokio::test]
async fn a_call_that_would_mean_something_else_is_not_sent() {
    let server = Server::playing([]).await;
    let client = server.client();
    for error in [
        client.tasks().get("", &[]).await.unwrap_err(),
        client.tasks().delete("..").await.unwrap_err(),
        client.get("/tasks/1?opt_fields=secret_query").send::<Value>().await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::InvalidRequest { .. }), "{error:?}");
        assert!(!error.to_string().contains("secret_query"), "{error}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_gid_cannot_leave_its_place_in_the_path() {
    let server = Server::playing([error(404, "task: Not a Long")]).await;
    server.client().tasks().get("1/subtasks", &[]).await.unwrap_err();
    assert_eq!(server.asked()[0].path, "/api/1.0/tasks/1%2Fsubtasks");
}
