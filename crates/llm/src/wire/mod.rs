//! What goes over the wire and what comes back: one file per interface.
//!
//! Requests are built in a fixed order, the stable part first. Answers are read tolerantly: providers add fields and words
//! all the time. Deliberately not here: sending (`http`), checking an answer's text (`read`).

mod anthropic;
mod chat;
mod responses;

use crate::price::Usage;
use crate::probe::Capability;
use crate::settings::{Api, Provider, Settings};
use serde_json::{Value, json};

/// An interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    Responses,
    Chat,
    Compatible,
    Anthropic,
}

/// Everything a request says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub model: &'a str,
    /// One word for the provider's logs.
    pub name: &'a str,
    /// The prompt's version: routes to the machine whose cache holds it.
    pub version: &'a str,
    pub system: &'a str,
    pub user: &'a str,
    pub schema: &'a Value,
    pub max_output_tokens: u32,
    /// Empty: the model's default.
    pub effort: &'a str,
    pub form: Capability,
}

/// Why an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Done,
    Refused(String),
    Truncated,
    Filtered,
    ContextFull,
    /// Told inside a good answer; whether it may pass.
    Failed {
        words: String,
        passing: bool,
    },
}

/// An answer off the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub text: String,
    pub stop: Stop,
    pub usage: Option<Usage>,
    pub model: String,
}

impl Wire {
    /// The interface of a configuration; none without a provider.
    pub(crate) fn of(settings: &Settings) -> Option<Wire> {
        match (settings.provider, settings.openai_api) {
            (Provider::None, _) => None,
            (Provider::OpenAi, Api::Responses) => Some(Wire::Responses),
            (Provider::OpenAi, Api::Chat) => Some(Wire::Chat),
            (Provider::Anthropic, _) => Some(Wire::Anthropic),
            (Provider::Compatible, _) => Some(Wire::Compatible),
        }
    }

    /// Path under the root.
    pub(crate) fn path(self) -> &'static [&'static str] {
        match self {
            Wire::Responses => &["responses"],
            Wire::Chat | Wire::Compatible => &["chat", "completions"],
            Wire::Anthropic => &["messages"],
        }
    }

    /// The body of a request.
    pub(crate) fn body(self, ask: &Ask<'_>) -> Value {
        match self {
            Wire::Responses => responses::body(ask),
            Wire::Chat => chat::body(ask),
            Wire::Compatible => chat::compatible_body(ask),
            Wire::Anthropic => anthropic::body(ask),
        }
    }

    /// The answer in a body; none when it has no shape we know.
    pub(crate) fn reply(self, body: &Value) -> Option<Reply> {
        match self {
            Wire::Responses => responses::reply(body),
            Wire::Chat | Wire::Compatible => chat::reply(body),
            Wire::Anthropic => anthropic::reply(body),
        }
    }
}

/// A text under a key, or nothing.
fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// A count under a pointer, 0 where there is none.
fn count(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

/// The named schema, as OpenAI wants it.
fn named_schema(ask: &Ask<'_>) -> Value {
    json!({ "name": ask.name, "strict": true, "schema": ask.schema })
}
