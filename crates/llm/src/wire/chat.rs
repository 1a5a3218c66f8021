//! Chat Completions: OpenAI's own, and the form that compatible servers speak.
//!
//! The two differ: compatible servers know `system` and `max_tokens`, take a temperature, and may refuse keys they do not
//! know; how much of the schema they hold to is found out (`probe`).

use super::{Ask, Reply, Stop, count, named_schema, text};
use crate::price::Usage;
use crate::probe::Capability;
use serde_json::{Value, json};

pub(super) fn body(ask: &Ask<'_>) -> Value {
    let mut body = json!({
        "model": ask.model,
        "response_format": { "type": "json_schema", "json_schema": named_schema(ask) },
        "max_completion_tokens": ask.max_output_tokens,
        "store": false,
        "prompt_cache_key": ask.version,
        "messages": [
            { "role": "developer", "content": ask.system },
            { "role": "user", "content": ask.user },
        ],
    });
    if !ask.effort.is_empty() {
        body["reasoning_effort"] = json!(ask.effort);
    }
    body
}

pub(super) fn compatible_body(ask: &Ask<'_>) -> Value {
    let format = match ask.form {
        Capability::JsonSchema => Some(json!({ "type": "json_schema", "json_schema": named_schema(ask) })),
        Capability::JsonObject => Some(json!({ "type": "json_object" })),
        Capability::Text => None,
    };
    let system = match ask.form {
        Capability::JsonSchema => ask.system.to_owned(),
        // What the server does not hold the model to, the prompt says.
        _ => format!("{}\nThe object's JSON schema, and nothing but the object:\n{}", ask.system, ask.schema),
    };
    let mut body = json!({
        "model": ask.model,
        "max_tokens": ask.max_output_tokens,
        "temperature": 0,
        "stream": false,
        "messages": [{ "role": "system", "content": system }, { "role": "user", "content": ask.user }],
    });
    if let Some(format) = format {
        body["response_format"] = format;
    }
    if !ask.effort.is_empty() {
        body["reasoning_effort"] = json!(ask.effort);
    }
    body
}

pub(super) fn reply(body: &Value) -> Option<Reply> {
    let choice = body["choices"].as_array()?.first()?;
    let message = &choice["message"];
    let stop = match (message["refusal"].as_str(), choice["finish_reason"].as_str()) {
        (Some(refusal), _) => Stop::Refused(refusal.to_owned()),
        (None, Some("length")) => Stop::Truncated,
        (None, Some("content_filter")) => Stop::Filtered,
        // Words we do not know end an answer too; whether it is whole, its own check tells.
        (None, _) => Stop::Done,
    };
    Some(Reply {
        text: text(message, "content"),
        stop,
        usage: body["usage"].is_object().then(|| usage(&body["usage"])),
        model: text(body, "model"),
    })
}

fn usage(usage: &Value) -> Usage {
    Usage {
        input: count(usage, "/prompt_tokens"),
        cached_input: count(usage, "/prompt_tokens_details/cached_tokens"),
        cache_write: count(usage, "/prompt_tokens_details/cache_write_tokens"),
        output: count(usage, "/completion_tokens"),
    }
}
