//! What goes over the wire to each provider, byte for byte where it matters.

use crate::server::Server;
use crate::shapes::{GOOD, KEY, Of, prompt, question};
use llm::{Prompt, Question, Size};
use serde_json::{Value, json};

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "value": { "type": "integer", "enum": [0, 1, 2, 3, 4, 5], "description": "the value" },
            "kind": { "type": "string", "enum": ["bug", "wish"], "description": "the kind" },
            "quote": { "type": "string", "description": "the quote" },
            "why": { "type": "string", "description": "the why" },
        },
        "required": ["value", "kind", "quote", "why"],
        "additionalProperties": false,
    })
}

async fn sent(of: Of, effort: &str) -> (crate::server::Got, Prompt) {
    let server = Server::start(vec![of.says(GOOD)]).await;
    let mut settings = of.settings(&server);
    settings.effort = effort.to_owned();
    let prompt = prompt();
    of.client(&settings).ask(&question(&prompt)).await.unwrap();
    (server.only(), prompt)
}

#[tokio::test]
async fn responses() {
    let (got, prompt) = sent(Of::Responses, "low").await;
    assert_eq!((got.method.as_str(), got.path.as_str()), ("POST", "/v1/responses"));
    assert_eq!(got.header("authorization"), Some(&*format!("Bearer {KEY}")));
    let expected = json!({
        "model": "small-1",
        "instructions": prompt.system(),
        "text": { "format": { "name": "score", "strict": true, "schema": schema(), "type": "json_schema" } },
        "max_output_tokens": 1000,
        "store": false,
        "prompt_cache_key": prompt.version(),
        "input": [{ "role": "user", "content": question(&prompt).user() }],
        "reasoning": { "effort": "low" },
    });
    assert_eq!(got.body, expected);
}

#[tokio::test]
async fn chat_completions() {
    let (got, prompt) = sent(Of::Chat, "low").await;
    assert_eq!(got.path, "/v1/chat/completions");
    assert_eq!(got.header("authorization"), Some(&*format!("Bearer {KEY}")));
    let expected = json!({
        "model": "small-1",
        "response_format": {
            "type": "json_schema", "json_schema": { "name": "score", "strict": true, "schema": schema() },
        },
        "max_completion_tokens": 1000,
        "store": false,
        "prompt_cache_key": prompt.version(),
        "messages": [
            { "role": "developer", "content": prompt.system() },
            { "role": "user", "content": question(&prompt).user() },
        ],
        "reasoning_effort": "low",
    });
    assert_eq!(got.body, expected);
}

#[tokio::test]
async fn messages() {
    let (got, prompt) = sent(Of::Anthropic, "low").await;
    assert_eq!(got.path, "/v1/messages");
    assert_eq!(got.header("x-api-key"), Some(KEY));
    assert_eq!(got.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(got.header("authorization"), None);
    let expected = json!({
        "model": "small-1",
        "max_tokens": 1000,
        "system": [{ "type": "text", "text": prompt.system(), "cache_control": { "type": "ephemeral" } }],
        "output_config": { "format": { "type": "json_schema", "schema": schema() }, "effort": "low" },
        "messages": [{ "role": "user", "content": question(&prompt).user() }],
    });
    assert_eq!(got.body, expected);
}

#[tokio::test]
async fn compatible_servers_get_nothing_they_may_not_know() {
    let (got, prompt) = sent(Of::Compatible, "").await;
    assert_eq!(got.path, "/v1/chat/completions");
    let expected = json!({
        "model": "small-1",
        "max_tokens": 1000,
        "temperature": 0,
        "stream": false,
        "messages": [
            { "role": "system", "content": prompt.system() },
            { "role": "user", "content": question(&prompt).user() },
        ],
        "response_format": {
            "type": "json_schema", "json_schema": { "name": "score", "strict": true, "schema": schema() },
        },
    });
    assert_eq!(got.body, expected);
}

#[tokio::test]
async fn the_larger_model_and_another_ceiling_are_the_questions_choice() {
    let server = Server::start(vec![Of::Chat.says(GOOD)]).await;
    let prompt = prompt();
    let question = question(&prompt).size(Size::Large).max_output_tokens(77);
    let client = Of::Chat.client(&Of::Chat.settings(&server));
    let answer = client.ask(&question).await.unwrap();
    assert_eq!(server.only().body["model"], "large-1");
    assert_eq!(server.only().body["max_completion_tokens"], 77);
    assert_eq!(answer.spent.cost, None, "the larger model has no price");
    assert_eq!(answer.model, "small-1-2026-09-01");
}

/// Everything before the first byte that differs is what a provider's prompt cache can use.
#[tokio::test]
async fn what_questions_share_comes_first_and_never_changes() {
    for of in crate::shapes::ALL {
        let server = Server::start(vec![of.says(GOOD)]).await;
        let client = of.client(&of.settings(&server));
        let prompt = prompt();
        let other = Question::new(&prompt).source("name", client.cleaner().clean("Another task"));
        client.ask(&question(&prompt)).await.unwrap();
        client.ask(&other).await.unwrap();
        let sent: Vec<String> = server.got().iter().map(|got| got.body.to_string()).collect();
        let shared = sent[0].bytes().zip(sent[1].bytes()).take_while(|(a, b)| a == b).count();
        let system = json!(prompt.system()).to_string();
        let shared = &sent[0][..shared];
        assert!(shared.contains(&system), "{of:?}: {shared}");
    }
}

#[test]
fn a_prompt_tells_every_anchor_and_its_version_follows_every_word() {
    let one = prompt();
    for word in ["0 = none", "5 = vital", "one of: bug, wish", "Score the task.", "at most 60 characters"] {
        assert!(one.system().contains(word), "{word}: {}", one.system());
    }
    assert_eq!(one.version(), prompt().version());
    let other = Prompt::new("score", "Score the task!", one.schema().clone());
    assert_ne!(one.version(), other.version());
}

#[test]
fn content_digests_tell_texts_apart() {
    let prompt = prompt();
    let cleaner = llm::Cleaner::new(&llm::Redaction::default()).unwrap();
    let of = |name: &str, text: &str| Question::new(&prompt).source(name, cleaner.clean(text)).content();
    assert_eq!(of("name", "a"), of("name", "a"));
    assert_ne!(of("name", "a"), of("name", "b"));
    assert_ne!(of("name", "a"), of("description", "a"));
}
