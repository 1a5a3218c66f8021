//! What `upnext doctor` finds of the language model: which, whether its key is there, whether it answers and how.
//!
//! A compatible server answers one or more short questions for this; OpenAI and Anthropic tell about the model for nothing.
//! No key is ever shown, only where it was found. Deliberately not here: asking about tasks.

use crate::compose;
use crate::config::Config;
use crate::env::Env;
use engine::Engine;
use engine::doctor::{Check, Health};
use llm::{Ending, Provider, Rejection, Settings, Size};

/// What is lost without a model that answers.
const LOST: &str = "no model is asked: rules alone score everything";

/// The checks of the model; one when there is none.
///
/// # Errors
/// A key file that cannot be read, or the store's.
pub(super) async fn examine(engine: &Engine, config: &Config, env: &Env) -> anyhow::Result<Vec<Check>> {
    let Some(engine::Model { client, .. }) = engine.model.clone() else {
        return Ok(vec![Check::ok("model", "no model configured: rules alone score everything")]);
    };
    let model = &config.model;
    let mut checks = vec![
        Check::ok("model", named(model)),
        key(model, compose::model_key(model, env)?.map(|(_, place)| place)),
    ];
    let mut asked = vec![client.model(Size::Small), client.model(Size::Large)];
    asked.dedup();
    checks.extend(asked.iter().filter(|name| !model.prices.contains_key(**name)).map(|name| no_price(name)));
    checks.push(match client.probe().await {
        Ok(found) => {
            engine::remember_capability(engine, found).await?;
            Check::ok("model server", format!("reached; {}", found.describe()))
        }
        Err(failed) => Check::amiss(
            "model server",
            Health::Reduced,
            failed.ending.to_string(),
            LOST,
            mend(&failed.ending),
        ),
    });
    Ok(checks)
}

fn named(model: &Settings) -> String {
    let (who, place) = match model.provider {
        Provider::OpenAi => ("OpenAI", "its own address"),
        Provider::Anthropic => ("Anthropic", "its own address"),
        Provider::Compatible | Provider::None => ("a compatible server", ""),
    };
    let place = if model.base_url.is_empty() { place } else { &model.base_url };
    let larger = match model.larger_model.as_str() {
        "" => String::new(),
        larger => format!(", {larger} for questions that need more"),
    };
    format!("{who} at {place}: {}{larger}", model.model)
}

fn key(model: &Settings, place: Option<String>) -> Check {
    match (place, model.provider) {
        (Some(place), _) => Check::ok("model key", format!("from {place}")),
        (None, Provider::Compatible | Provider::None) => {
            Check::ok("model key", "none; most servers of one's own need none")
        }
        (None, Provider::OpenAi) => {
            no_key("set OPENAI_API_KEY or UPNEXT_MODEL_KEY, or name a file in model.key_file")
        }
        (None, Provider::Anthropic) => {
            no_key("set ANTHROPIC_API_KEY or UPNEXT_MODEL_KEY, or name a file in model.key_file")
        }
    }
}

fn no_key(mend: &str) -> Check {
    Check::amiss("model key", Health::Reduced, "none", LOST, mend)
}

fn no_price(name: &str) -> Check {
    let lost = "what questions cost is unknown, and a ceiling in money stops them all";
    let mend = format!("add \"{name}\" under [model.prices]; zeros for a server of your own");
    Check::amiss("model price", Health::Reduced, format!("none for {name}"), lost, &mend)
}

/// What to do about a probe that failed.
fn mend(ending: &Ending) -> &'static str {
    match ending {
        Ending::Rejected { what: Rejection::Key, .. } => {
            "give a valid key in its variable or in model.key_file"
        }
        Ending::Rejected { what: Rejection::Quota, .. } => {
            "add credit to the provider's account, or wait for its next period"
        }
        Ending::Rejected { .. } => "check model.model and model.base_url",
        Ending::TimedOut(_) => "raise model.timeout_seconds, or use a faster model",
        Ending::Busy { .. } | Ending::Failed { .. } => "try again later",
        _ => "check model.base_url, and that the server runs",
    }
}
