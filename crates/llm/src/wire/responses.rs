//! OpenAI's Responses: `POST /v1/responses`.
//!
//! `store` is on by default there and switched off here. Reasoning items are passed over. The text is sent as a plain string:
//! as a list of parts, the published description takes it for two kinds of item at once.

use super::{Ask, Reply, Stop, count, named_schema, text};
use crate::price::Usage;
use serde_json::{Value, json};

pub(super) fn body(ask: &Ask<'_>) -> Value {
    let mut format = named_schema(ask);
    format["type"] = json!("json_schema");
    let mut body = json!({
        "model": ask.model,
        "instructions": ask.system,
        "text": { "format": format },
        "max_output_tokens": ask.max_output_tokens,
        "store": false,
        "prompt_cache_key": ask.version,
        "input": [{ "role": "user", "content": ask.user }],
    });
    if !ask.effort.is_empty() {
        body["reasoning"] = json!({ "effort": ask.effort });
    }
    body
}

pub(super) fn reply(body: &Value) -> Option<Reply> {
    let status = body["status"].as_str()?;
    let items = body["output"].as_array().map(Vec::as_slice).unwrap_or_default();
    let parts: Vec<&Value> = items
        .iter()
        .filter(|item| item["type"] == "message")
        .flat_map(|item| item["content"].as_array().map(Vec::as_slice).unwrap_or_default())
        .collect();
    let refusal = parts.iter().find(|part| part["type"] == "refusal").map(|part| text(part, "refusal"));
    let answer = parts.iter().filter(|part| part["type"] == "output_text").map(|part| text(part, "text"));
    Some(Reply {
        text: answer.collect(),
        stop: refusal.map_or_else(|| stop(status, body), Stop::Refused),
        usage: body["usage"].is_object().then(|| usage(&body["usage"])),
        model: text(body, "model"),
    })
}

fn stop(status: &str, body: &Value) -> Stop {
    let reason = body["incomplete_details"]["reason"].as_str().unwrap_or_default();
    match (status, reason) {
        ("completed", _) => Stop::Done,
        ("incomplete", "max_output_tokens") => Stop::Truncated,
        ("incomplete", "content_filter") => Stop::Filtered,
        ("incomplete", other) => Stop::Failed { words: format!("incomplete: {other}"), passing: false },
        ("failed", _) => {
            let error = &body["error"];
            let code = text(error, "code");
            let passing = matches!(code.as_str(), "server_error" | "rate_limit_exceeded");
            Stop::Failed { words: format!("{code}: {}", text(error, "message")), passing }
        }
        (other, _) => Stop::Failed { words: format!("status {other}"), passing: false },
    }
}

fn usage(usage: &Value) -> Usage {
    Usage {
        input: count(usage, "/input_tokens"),
        cached_input: count(usage, "/input_tokens_details/cached_tokens"),
        cache_write: count(usage, "/input_tokens_details/cache_write_tokens"),
        output: count(usage, "/output_tokens"),
    }
}
