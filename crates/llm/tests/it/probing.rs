//! What a compatible server is found to hold a model to.

use crate::server::{Say, Server};
use crate::shapes::{GOOD, Happened, Of, prompt, question};
use llm::{Capability, Client, Ending, Rejection};
use serde_json::json;

const TWO_KEYS: &str = r#"{"number": 2, "colour": "red"}"#;

fn unknown() -> Say {
    Say::status(400, json!({ "error": { "message": "response_format is not supported" } }))
}

async fn client(server: &Server) -> Client {
    Client::new(&Of::Compatible.settings(server), None).unwrap()
}

#[tokio::test]
async fn forms_are_tried_from_the_strictest_down() {
    let says = |text: &str| Of::Compatible.says(text);
    for (answers, expected, requests) in [
        (vec![says(TWO_KEYS)], Capability::JsonSchema, 1),
        // Obeys silently not: prose, then an object in a code fence.
        (vec![says("Sure, red!"), says(&format!("```json\n{TWO_KEYS}\n```"))], Capability::JsonObject, 2),
        (vec![unknown(), says(TWO_KEYS)], Capability::JsonObject, 2),
        (vec![unknown(), unknown()], Capability::Text, 2),
        (vec![says("red"), says("2")], Capability::Text, 2),
    ] {
        let server = Server::start(answers).await;
        let client = client(&server).await;
        assert_eq!(client.capability(), None);
        assert_eq!(client.probe().await.unwrap(), expected);
        assert_eq!(client.capability(), Some(expected));
        let got = server.got();
        assert_eq!(got.len(), requests);
        assert_eq!(got[0].body["max_tokens"], 50);
        assert_eq!(got[0].body["response_format"]["type"], "json_schema");
    }
}

#[tokio::test]
async fn the_first_question_probes_once_and_later_ones_do_not() {
    let says = |text: &str| Of::Compatible.says(text);
    let chatty = format!("Here you are:\n{GOOD}\nAnything else? {{}}");
    let server = Server::start(vec![unknown(), unknown(), says(&chatty)]).await;
    let client = client(&server).await;
    let prompt = prompt();
    let answer = client.ask(&question(&prompt)).await.unwrap();
    assert_eq!(answer.score("value").unwrap().get(), 3);
    assert_eq!(answer.spent.requests, 3, "the probe is paid for by the question that needed it");
    client.ask(&question(&prompt)).await.unwrap();
    let got = server.got();
    assert_eq!(got.len(), 4);
    assert!(got[3].body.get("response_format").is_none());
    let system = got[3].body["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("\"additionalProperties\":false"), "the prompt tells the schema: {system}");
}

#[tokio::test]
async fn questions_that_come_together_wait_for_one_probe() {
    let server = Server::start(vec![Of::Compatible.says(TWO_KEYS), Of::Compatible.says(GOOD)]).await;
    let client = client(&server).await;
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        asking.spawn(async move {
            let prompt = prompt();
            client.ask(&question(&prompt)).await.unwrap().spent.requests
        });
    }
    let mut requests = 0;
    while let Some(done) = asking.join_next().await {
        requests += done.unwrap();
    }
    assert_eq!((requests, server.got().len()), (9, 9));
}

#[tokio::test]
async fn what_was_found_can_be_given_back() {
    let server = Server::start(vec![Of::Compatible.says(GOOD)]).await;
    let client = client(&server).await.with_capability(Capability::JsonObject);
    let prompt = prompt();
    client.ask(&question(&prompt)).await.unwrap();
    assert_eq!(server.only().body["response_format"], json!({ "type": "json_object" }));
}

#[tokio::test]
async fn a_model_that_thinks_first_gets_the_room_for_it() {
    let cut = Say::ok(Of::Compatible.body(&Happened::Cut));
    let server = Server::start(vec![cut, Of::Compatible.says(TWO_KEYS)]).await;
    assert_eq!(client(&server).await.probe().await.unwrap(), Capability::JsonSchema);
    assert_eq!(server.got()[1].body["max_tokens"], 1000);
}

#[tokio::test]
async fn a_wrong_key_is_no_weakness_of_the_server() {
    let server = Server::start(vec![Say::status(401, json!({ "error": "no" }))]).await;
    let failed = client(&server).await.probe().await.unwrap_err();
    assert!(matches!(failed.ending, Ending::Rejected { what: Rejection::Key, .. }));
    server.only();
}

#[tokio::test]
async fn hosted_providers_are_asked_for_the_model_alone() {
    for of in [Of::Responses, Of::Chat, Of::Anthropic] {
        let server = Server::start(vec![Say::ok(json!({ "id": "small-1" }))]).await;
        let client = of.client(&of.settings(&server));
        assert_eq!(client.probe().await.unwrap(), Capability::JsonSchema);
        let got = server.only();
        assert_eq!((got.method.as_str(), got.path.as_str()), ("GET", "/v1/models/small-1"));
    }
}
