//! The providers' answers, in the shapes of their published types, and a client for each.

use crate::server::{Say, Server};
use llm::{Api, Client, Kind, Part, Price, Prompt, Provider, Question, Redaction, Schema, Settings};
use secrecy::SecretString;
use serde_json::{Value, json};

pub const KEY: &str = "sk-test-0123456789abcdefghij";

/// An interface and the setting that leads to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Responses,
    Chat,
    Anthropic,
    Compatible,
}

pub const ALL: [Of; 4] = [Of::Responses, Of::Chat, Of::Anthropic, Of::Compatible];

/// An answer as the provider words it, whatever happened.
pub enum Happened<'t> {
    Answered(&'t str),
    Refused,
    Cut,
    Filtered,
}

impl Of {
    pub fn settings(self, server: &Server) -> Settings {
        self.settings_at(&server.url)
    }

    pub fn settings_at(self, url: &str) -> Settings {
        let (provider, openai_api) = match self {
            Of::Responses => (Provider::OpenAi, Api::Responses),
            Of::Chat => (Provider::OpenAi, Api::Chat),
            Of::Anthropic => (Provider::Anthropic, Api::Responses),
            Of::Compatible => (Provider::Compatible, Api::Responses),
        };
        Settings {
            provider,
            openai_api,
            base_url: url.to_owned(),
            model: "small-1".to_owned(),
            larger_model: "large-1".to_owned(),
            timeout_seconds: 20,
            prices: [("small-1".to_owned(), price())].into(),
            ..Settings::default()
        }
    }

    /// A client that knows its server holds to schemas.
    pub fn client(self, settings: &Settings) -> Client {
        let key = SecretString::from(KEY);
        Client::new(settings, Some(&key)).unwrap().with_capability(llm::Capability::JsonSchema)
    }

    pub fn body(self, happened: &Happened<'_>) -> Value {
        match self {
            Of::Responses => responses(happened),
            Of::Chat | Of::Compatible => chat(happened),
            Of::Anthropic => anthropic(happened),
        }
    }

    pub fn says(self, text: &str) -> Say {
        Say::ok(self.body(&Happened::Answered(text)))
    }
}

pub fn price() -> Price {
    Price { input: 2.0, cached_input: 0.2, cache_write: Some(2.5), output: 10.0 }
}

fn chat(happened: &Happened<'_>) -> Value {
    let (content, refusal, reason) = match happened {
        Happened::Answered(text) => (json!(text), Value::Null, "stop"),
        Happened::Refused => (Value::Null, json!("I can't help with that."), "stop"),
        Happened::Cut => (json!("{\"value\": 3, \"kin"), Value::Null, "length"),
        Happened::Filtered => (json!(""), Value::Null, "content_filter"),
    };
    json!({
        "id": "chatcmpl-9", "object": "chat.completion", "created": 1_790_000_000, "model": "small-1-2026-09-01",
        "choices": [{
            "index": 0, "logprobs": null, "finish_reason": reason,
            "message": { "role": "assistant", "content": content, "refusal": refusal, "annotations": [] },
        }],
        "usage": {
            "prompt_tokens": 1200, "completion_tokens": 40, "total_tokens": 1240,
            "prompt_tokens_details": { "cached_tokens": 1024, "audio_tokens": 0 },
            "completion_tokens_details": { "reasoning_tokens": 12 },
        },
        "service_tier": "default", "a_field_of_next_year": { "deep": [1] },
    })
}

fn responses(happened: &Happened<'_>) -> Value {
    let part = |text: &str| json!({ "type": "output_text", "text": text, "annotations": [] });
    let (status, content, reason) = match happened {
        Happened::Answered(text) => ("completed", part(text), Value::Null),
        Happened::Refused => {
            ("completed", json!({ "type": "refusal", "refusal": "I can't help with that." }), Value::Null)
        }
        Happened::Cut => {
            ("incomplete", part("{\"value\": 3, \"kin"), json!({ "reason": "max_output_tokens" }))
        }
        Happened::Filtered => ("incomplete", part(""), json!({ "reason": "content_filter" })),
    };
    json!({
        "id": "resp_9", "object": "response", "status": status, "model": "small-1-2026-09-01", "error": null,
        "incomplete_details": reason, "created_at": 1_790_000_000, "parallel_tool_calls": true, "tool_choice": "auto", "tools": [],
        "output": [
            { "type": "reasoning", "id": "rs_1", "summary": [] },
            { "type": "message", "id": "msg_1", "role": "assistant", "status": status, "content": [content] },
        ],
        "usage": {
            "input_tokens": 1200, "input_tokens_details": { "cached_tokens": 1024, "cache_write_tokens": 0 },
            "output_tokens": 40, "output_tokens_details": { "reasoning_tokens": 12 }, "total_tokens": 1240,
        },
    })
}

fn anthropic(happened: &Happened<'_>) -> Value {
    let (text, reason, details) = match happened {
        Happened::Answered(text) => (*text, "end_turn", Value::Null),
        Happened::Refused | Happened::Filtered => (
            "",
            "refusal",
            json!({ "type": "refusal", "category": null, "explanation": "I can't help with that." }),
        ),
        Happened::Cut => ("{\"value\": 3, \"kin", "max_tokens", Value::Null),
    };
    json!({
        "id": "msg_9", "type": "message", "role": "assistant", "model": "small-1-2026-09-01",
        "content": [{ "type": "thinking", "thinking": "…", "signature": "x" }, { "type": "text", "text": text }],
        "stop_reason": reason, "stop_sequence": null, "stop_details": details,
        "usage": {
            "input_tokens": 76, "cache_creation_input_tokens": 100, "cache_read_input_tokens": 1024,
            "cache_creation": { "ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 0 },
            "output_tokens": 40, "service_tier": "standard",
        },
    })
}

/// OpenAI's batch of five questions.
pub fn openai_batch(status: &str, output: Option<&str>, error: Option<&str>) -> Value {
    let errors = json!({
        "object": "list",
        "data": [{ "code": "invalid_json_line", "message": "line 1 is wrong", "param": null, "line": 1 }],
    });
    json!({
        "id": "batch_1", "object": "batch", "endpoint": "/v1/chat/completions", "model": "small-1",
        "errors": if status == "failed" { errors } else { Value::Null },
        "input_file_id": "file-in", "completion_window": "24h", "status": status, "output_file_id": output,
        "error_file_id": error, "created_at": 1_790_000_000, "expires_at": 1_790_086_400,
        "request_counts": { "total": 5, "completed": 1, "failed": 1 }, "metadata": null,
    })
}

/// A line of OpenAI's output or error file.
pub fn openai_line(custom_id: &str, status: u16, body: &Value) -> Value {
    json!({
        "id": "batch_req_1", "custom_id": custom_id, "error": null,
        "response": { "status_code": status, "request_id": "req_1", "body": body },
    })
}

/// Anthropic's batch of two questions.
pub fn anthropic_batch(status: &str, results_url: Option<&str>) -> Value {
    let ended = status == "ended";
    json!({
        "id": "msgbatch_1", "type": "message_batch", "processing_status": status, "results_url": results_url,
        "request_counts": {
            "processing": if ended { 0 } else { 2 }, "succeeded": if ended { 2 } else { 0 },
            "errored": 0, "canceled": 0, "expired": 0,
        },
        "created_at": "2026-11-20T22:00:00Z", "expires_at": "2026-11-21T22:00:00Z",
        "ended_at": if ended { json!("2026-11-20T22:40:00Z") } else { Value::Null },
        "archived_at": null, "cancel_initiated_at": null,
    })
}

/// A line of Anthropic's results.
pub fn anthropic_line(custom_id: &str, result: &Value) -> Value {
    json!({ "custom_id": custom_id, "result": result })
}

/// A value 0–5, a kind, a quote, and a few words.
pub fn prompt() -> Prompt {
    let anchors = ["none", "little", "some", "fair", "much", "vital"].map(str::to_owned);
    let part = |name: &str, kind| Part { name: name.to_owned(), about: format!("the {name}"), kind };
    let schema = Schema::new(vec![
        part("value", Kind::Score(anchors)),
        part("kind", Kind::Choice(vec!["bug".to_owned(), "wish".to_owned()])),
        part("quote", Kind::Quote(60)),
        part("why", Kind::Words(40)),
    ]);
    Prompt::new("score", "Score the task.", schema.unwrap())
}

pub const GOOD: &str = r#"{"value": 3, "kind": "bug", "quote": "the checkout fails", "why": "money"}"#;

/// What is asked about in most tests.
pub fn question(prompt: &Prompt) -> Question<'_> {
    let cleaner = llm::Cleaner::new(&Redaction::default()).unwrap();
    Question::new(prompt)
        .source("name", cleaner.clean("Checkout"))
        .source("description", cleaner.clean("Since Monday the checkout fails. Ask ann@example.com."))
}
