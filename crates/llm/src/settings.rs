//! `[model]` of the configuration: who answers, how, and at what price.
//!
//! Holds no key: that comes from the environment or a file and is given to [`crate::Client::new`]. Everything is checked
//! when a client is made or the configuration is read; a wrong value is named by its key.

use crate::clean::Secret;
use crate::price::Price;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Who answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Nobody: rules alone.
    #[default]
    None,
    /// OpenAI.
    #[serde(rename = "openai")]
    OpenAi,
    /// Anthropic.
    Anthropic,
    /// Any server that speaks Chat Completions: Ollama, llama.cpp, vLLM, a gateway.
    Compatible,
}

/// Which of OpenAI's two interfaces is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    /// `/v1/responses`.
    #[default]
    Responses,
    /// `/v1/chat/completions`.
    Chat,
}

/// `[model.redaction]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redaction {
    /// Kinds that are taken out of every text.
    pub kinds: Vec<Secret>,
    /// More to take out: regular expressions.
    pub patterns: Vec<String>,
}

impl Default for Redaction {
    fn default() -> Self {
        Redaction { kinds: Secret::KINDS.to_vec(), patterns: vec![] }
    }
}

/// `[model.budget]`: what may be used, tokens of questions and answers together, and US dollars; none is no ceiling, 0 allows
/// nothing. Days and months are those of the configured time zone. A ceiling in dollars keeps a model without a price from
/// being asked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceilings {
    /// Tokens of one run.
    pub run_tokens: Option<u64>,
    /// Tokens of a day.
    pub day_tokens: Option<u64>,
    /// Tokens of a calendar month.
    pub month_tokens: Option<u64>,
    /// Dollars of one run.
    pub run_dollars: Option<f64>,
    /// Dollars of a day.
    pub day_dollars: Option<f64>,
    /// Dollars of a calendar month.
    pub month_dollars: Option<f64>,
}

impl Default for Ceilings {
    /// A first run over 1,000 tasks, several such runs a day, and no more in a month than ten such days.
    fn default() -> Self {
        Ceilings {
            run_tokens: Some(2_000_000),
            day_tokens: Some(5_000_000),
            month_tokens: Some(50_000_000),
            run_dollars: None,
            day_dollars: None,
            month_dollars: None,
        }
    }
}

impl Ceilings {
    fn is_sound(&self) -> bool {
        let dollars = [self.run_dollars, self.day_dollars, self.month_dollars];
        dollars.into_iter().flatten().all(|dollars| dollars.is_finite() && dollars >= 0.0)
    }
}

/// `[model]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who answers.
    pub provider: Provider,
    /// Root of the API, version included; empty: the provider's own.
    pub base_url: String,
    /// Which interface of OpenAI's.
    pub openai_api: Api,
    /// The model asked first.
    pub model: String,
    /// A larger one for the questions that need it; empty: none.
    pub larger_model: String,
    /// File with the key; empty for none. Read by the caller.
    pub key_file: String,
    /// Seconds to wait for one answer.
    pub timeout_seconds: u64,
    /// Questions under way at once.
    pub concurrency: usize,
    /// Times a failed request is sent again.
    pub retries: u32,
    /// The longest answer, tokens, reasoning included.
    pub max_output_tokens: u32,
    /// How much a reasoning model reasons, in the provider's words; empty: its default.
    pub effort: String,
    /// Value of Anthropic's header `anthropic-version`.
    pub anthropic_version: String,
    /// What may be used.
    pub budget: Ceilings,
    /// What is taken out of texts.
    pub redaction: Redaction,
    /// By model, as the provider names it.
    pub prices: BTreeMap<String, Price>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            provider: Provider::None,
            base_url: String::new(),
            openai_api: Api::Responses,
            model: String::new(),
            larger_model: String::new(),
            key_file: String::new(),
            timeout_seconds: 60,
            concurrency: 4,
            retries: 2,
            max_output_tokens: 1_000,
            effort: String::new(),
            anthropic_version: "2023-06-01".to_owned(),
            budget: Ceilings::default(),
            redaction: Redaction::default(),
            prices: BTreeMap::new(),
        }
    }
}

/// A setting that cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("model.{key}: {why}")]
pub struct SettingsError {
    /// The key under `[model]`.
    pub key: &'static str,
    /// What is wrong and what to use instead.
    pub why: String,
}

/// Shorthand of this module and the client.
pub(crate) fn wrong(key: &'static str, why: impl Into<String>) -> SettingsError {
    SettingsError { key, why: why.into() }
}

impl Settings {
    /// Whether there is anybody to ask.
    pub fn is_on(&self) -> bool {
        self.provider != Provider::None
    }

    /// Refuses what no client can work with. Nothing is checked that `provider = "none"` does not use.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn check(&self) -> Result<(), SettingsError> {
        crate::clean::Cleaner::new(&self.redaction)?;
        if let Some((name, _)) = self.prices.iter().find(|(_, price)| !price.is_sound()) {
            return Err(wrong("prices", format!("{name}: a price is a number of 0 or more")));
        }
        if !self.budget.is_sound() {
            return Err(wrong("budget", "a ceiling in dollars is a number of 0 or more"));
        }
        if !self.is_on() {
            return Ok(());
        }
        if self.model.is_empty() {
            return Err(wrong("model", "name a model of the provider's"));
        }
        let least = [
            ("timeout_seconds", self.timeout_seconds > 0),
            ("concurrency", self.concurrency > 0),
            ("max_output_tokens", self.max_output_tokens > 0),
        ];
        if let Some((key, _)) = least.iter().find(|(_, fits)| !fits) {
            return Err(wrong(key, "must be at least 1"));
        }
        self.root().map(|_| ())
    }

    /// The root of the API, checked.
    pub(crate) fn root(&self) -> Result<Url, SettingsError> {
        let text = match (self.base_url.trim(), self.provider) {
            ("", Provider::OpenAi) => "https://api.openai.com/v1",
            ("", Provider::Anthropic) => "https://api.anthropic.com/v1",
            ("", _) => {
                return Err(wrong("base_url", "say where the server is, such as http://127.0.0.1:11434/v1"));
            }
            (given, _) => given,
        };
        let url = Url::parse(text).map_err(|e| wrong("base_url", format!("is not a URL ({e})")))?;
        let Some(host) = url.host_str() else { return Err(wrong("base_url", "names no host")) };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("base_url", "must not hold a user name or password; use the key"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("base_url", "must not hold a query or a fragment"));
        }
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_loopback(host) => Ok(url),
            "http" => {
                let why = format!(
                    "sends texts and the key to {host} unencrypted; use https (http is for this machine only)"
                );
                Err(wrong("base_url", why))
            }
            other => Err(wrong("base_url", format!("has the scheme {other}; use https"))),
        }
    }
}

/// Whether a URL's host can only be this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
