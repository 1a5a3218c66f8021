//! Anthropic's Messages: `POST /v1/messages`.
//!
//! The schema goes into `output_config.format`; there is no prefilled answer, which newer models refuse, and no
//! temperature, which they do not use. The system text carries the mark for the prompt cache; below a model's minimum the
//! mark does nothing and costs nothing. Its `input_tokens` leave out what was cached; ours do not.

use super::{Ask, Reply, Stop, count, text};
use crate::price::Usage;
use serde_json::{Value, json};

pub(super) fn body(ask: &Ask<'_>) -> Value {
    let mut body = json!({
        "model": ask.model,
        "max_tokens": ask.max_output_tokens,
        "system": [{ "type": "text", "text": ask.system, "cache_control": { "type": "ephemeral" } }],
        "output_config": { "format": { "type": "json_schema", "schema": ask.schema } },
        "messages": [{ "role": "user", "content": ask.user }],
    });
    if !ask.effort.is_empty() {
        body["output_config"]["effort"] = json!(ask.effort);
    }
    body
}

pub(super) fn reply(body: &Value) -> Option<Reply> {
    let content = body["content"].as_array()?;
    let stop = match body["stop_reason"].as_str() {
        Some("refusal") => Stop::Refused(text(&body["stop_details"], "explanation")),
        Some("max_tokens") => Stop::Truncated,
        Some("model_context_window_exceeded") => Stop::ContextFull,
        _ => Stop::Done,
    };
    Some(Reply {
        text: content.iter().filter(|part| part["type"] == "text").map(|part| text(part, "text")).collect(),
        stop,
        usage: body["usage"].is_object().then(|| usage(&body["usage"])),
        model: text(body, "model"),
    })
}

fn usage(usage: &Value) -> Usage {
    let cached_input = count(usage, "/cache_read_input_tokens");
    let cache_write = count(usage, "/cache_creation_input_tokens");
    let fresh = count(usage, "/input_tokens");
    Usage {
        input: fresh.saturating_add(cached_input).saturating_add(cache_write),
        cached_input,
        cache_write,
        output: count(usage, "/output_tokens"),
    }
}
